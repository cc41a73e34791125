"""Compounds of two parts and more: what is concluded from them, and asked of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import Bounds, Rules, conclude, consequences, infer, needs
from mettaclaw.reasoning.backward.facts import Facts
from mettaclaw.reasoning.backward.search import Search
from mettaclaw.reasoning.rules.rule import signature
from mettaclaw.reasoning.rules.segments import PARTS
from tests.reasoning.conftest import Fact, Tell

NO = (0.0, 0.9)
NOT_B, NOT_D = ("(--> tom b)", NO), ("(--> tom d)", NO)
NOT_MB, NOT_MD = ("(--> b m)", NO), ("(--> d m)", NO)


@pytest.mark.parametrize(
    ("told", "goal", "f", "c"),
    [
        # What is one of several things and none of the others.
        (["(--> tom (∪ a b))", NOT_B], "(--> tom a)", 1.0, 0.81),
        (["(--> tom (∪ b a))", NOT_B], "(--> tom a)", 1.0, 0.81),
        (["(--> tom (| a b))", NOT_B], "(--> tom a)", 1.0, 0.81),
        (["(--> tom (∪ b a d))", NOT_B, NOT_D], "(--> tom a)", 1.0, 0.729),
        (["(--> tom (∪ b a))", NOT_B], "(--> $who a)", 1.0, 0.81),
        (["(--> tom (∪ b a d))", NOT_B], "(--> tom (∪ a d))", 1.0, 0.81),
        ([("(--> tom (∩ a b))", NO), "(--> tom b)"], "(--> tom a)", 0.0, 0.81),
        ([("(--> tom (& a b))", NO), "(--> tom cat)", "(--> cat b)"], "(--> tom a)", 0.0, 0.729),
        ([("(--> tom (∩ a b d))", NO), "(--> tom b)", "(--> tom d)"], "(--> tom a)", 0.0, 0.729),
        ([("(--> (∪ a b) m)", NO), "(--> b m)"], "(--> a m)", 0.0, 0.81),
        (["(--> (∩ a b) m)", NOT_MB], "(--> a m)", 1.0, 0.81),
        (["(--> (∩ a b d) m)", NOT_MB, NOT_MD], "(--> a m)", 1.0, 0.729),
        ([("(--> tom (− b a))", NO), "(--> tom b)"], "(--> tom a)", 1.0, 0.81),
        ([("(--> tom (− a b))", NO), NOT_B], "(--> tom a)", 0.0, 0.81),
        ([("(--> (~ b a) m)", NO), "(--> b m)"], "(--> a m)", 1.0, 0.81),
        ([("(--> (~ a b) m)", NO), NOT_MB], "(--> a m)", 0.0, 0.81),
        ([("(∧ a b d)", NO), "b", "d"], "a", 0.0, 0.729),
        (["(∨ a b d)", ("b", NO), ("d", NO)], "a", 1.0, 0.729),
        # What is asked of a compound, from its parts.
        (["(--> tom a)", "(--> tom b)"], "(--> tom (∩ a b))", 1.0, 0.81),
        (["(--> tom a)", "(--> tom b)"], "(--> tom (& b a))", 1.0, 0.81),
        (["(--> tom cat)", "(--> cat a)", "(--> tom b)"], "(--> tom (∩ a b))", 1.0, 0.729),
        (["(--> tom a)", "(--> tom b)", "(--> tom d)"], "(--> tom (∩ d a b))", 1.0, 0.729),
        (["(--> tom a)", "(--> tom b)"], "(--> $who (∩ a b))", 1.0, 0.81),
        (["(--> tom (∩ a b))"], "(--> tom (∩ b a))", 1.0, 0.6561),
        (["(--> tom a)"], "(--> tom (∪ b a))", 1.0, 0.81),
        (["(--> tom a)"], "(--> tom (∪ b d a))", 1.0, 0.81),
        ([("(--> tom a)", NO), NOT_B], "(--> tom (∪ a b))", 0.0, 0.81),
        (["(--> a m)", "(--> b m)"], "(--> (∪ a b) m)", 1.0, 0.81),
        (["(--> a m)"], "(--> (∩ b a) m)", 1.0, 0.81),
        (["(--> a m)", "(--> b m)", "(--> tom (∪ a b))"], "(--> tom m)", 1.0, 0.729),
        (["(--> tom a)", NOT_B], "(--> tom (− a b))", 1.0, 0.81),
        (["(--> tom a)", NOT_B], "(--> tom (- a b))", 1.0, 0.81),
        (["(--> a m)", NOT_MB], "(--> (~ a b) m)", 1.0, 0.81),
        (["(--> tom ([] red))", "(--> tom ([] big))"], "(--> tom ([] big red))", 1.0, 0.81),
        (["(--> ({} tom) m)", "(--> ({} sam) m)"], "(--> ({} sam tom) m)", 1.0, 0.81),
        (["a"], "(∨ a b)", 1.0, 0.81),
        (["a"], "(or b d a)", 1.0, 0.81),
        ([("a", NO), ("b", NO)], "(∨ a b)", 0.0, 0.81),
        (["(==> m a)", "(==> m b)"], "(==> m (∧ a b))", 1.0, 0.81),
        (["(==> m a)"], "(==> m (∨ b a))", 1.0, 0.81),
        (["(==> a m)", "(==> b m)"], "(==> (∨ a b) m)", 1.0, 0.81),
        # What is asked of a part, from the compound.
        (["(∧ a b d)"], "b", 1.0, 0.81),
        (["(, a b d e h)"], "h", 1.0, 0.81),
        (["(--> tom (∩ a b d))"], "(--> tom d)", 1.0, 0.81),
        (["(--> (∪ a b d) m)"], "(--> b m)", 1.0, 0.81),
        (["(--> ({} tom sam kim) m)"], "(--> ({} kim) m)", 1.0, 0.81),
        (["(--> tom ([] red big soft))"], "(--> tom ([] soft))", 1.0, 0.81),
        (["(==> (∧ a b d e) h)", "b"], "(==> (∧ a d e) h)", 1.0, 0.81),
    ],
)
def test_a_goal_is_reached(told: list[Fact], goal: str, f: float, c: float, tell: Tell) -> None:
    (answer,) = infer(tell(*told), goal)
    assert (answer.truth.f, answer.truth.c) == pytest.approx((f, c), abs=1e-9)
    assert not answer.guess


def test_what_speaks_against_an_implication_speaks_against_its_contraposition(tell: Tell) -> None:
    (answer,) = infer(tell(("(==> a b)", (0.2, 0.9))), "(==> (¬ b) (¬ a))")
    assert (answer.truth.f, answer.proof.rule, answer.guess) == (0.0, "contraposition", True)


@pytest.mark.parametrize(
    ("premises", "expected"),
    [
        (["(∧ a b d)"], {"a", "b", "d"}),
        (["(--> ({} tom sam kim) m)"], {f"(--> ({{}} {one}) m)" for one in ("tom", "sam", "kim")}),
        (["(--> m ([] red big soft))"], {f"(--> m ([] {one}))" for one in ("red", "big", "soft")}),
        (["(--> m (∩ a b d))"], {f"(--> m {one})" for one in "abd"}),
        (["(==> (∧ a b d e) h)", "a"], {"(==> (∧ b d e) h)"}),
        (["(==> (and a b d e) h)", "d"], {"(==> (and a b e) h)"}),
        (["(∨ a b d)", ("b", NO)], {"(∨ a d)"}),
        (["(∨ a b d)", ("(∨ a d)", NO)], {"b"}),
        (["(--> tom (∪ a b d))", NOT_B], {"(--> tom (∪ a d))"}),
    ],
)
def test_compounds_of_many_parts_are_taken_apart(premises: list[Fact], expected: set[str]) -> None:
    given = [one if isinstance(one, tuple) else (one, (1.0, 0.9)) for one in premises]
    found = {str(c.statement): c.truth for c in conclude(*(part for one in given for part in one))}
    assert expected <= set(found)
    assert all((found[one].f, round(found[one].c, 9)) == (1.0, 0.81) for one in expected)


def test_an_open_question_is_not_answered_with_terms_that_nobody_wrote(tell: Tell) -> None:
    store = tell("(--> tom a)", "(--> tom b)", "(--> sam a)")
    for goal in ("(--> tom $x)", "(--> $x a)", "(==> $x $y)"):
        assert not any(
            "(∩" in str(a.statement) or "(∪" in str(a.statement) for a in infer(store, goal)
        )


def test_a_search_among_compounds_builds_no_further_ones(tell: Tell) -> None:
    names = [f"k{i}" for i in range(12)]
    told = [f"(--> tom (∪ {a} {b}))" for a, b in itertools.pairwise(names)]
    store = tell(*told, *(f"(--> tom {name})" for name in names[:6]))
    bounds = Bounds(steps=100_000, seconds=60.0)
    search = Search(store, read("(--> tom nothing)"), Rules.load(), bounds)
    search.run()
    assert search.answers() == []
    assert search.agenda.spent < 10_000


def test_a_set_of_three_is_found_among_very_many_of_one(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mettaclaw.reasoning.backward.facts._SAMPLE", 100)
    many = [f"(--> t{i} ([] red))" for i in range(300)]
    (answer,) = infer(tell(*many, "(--> tom ([] red big soft))"), "(--> tom ([] soft))")
    assert (answer.truth.f, answer.proof.rule) == (1.0, "element")


def test_how_many_parts_compounds_have_is_asked_once_and_of_a_few(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, read_so_far = tell(*(f"(--> t{i} ([] red))" for i in range(200))), 0
    candidates = store.candidates

    def counted(pattern: Atom) -> Iterator[tuple[Atom, bool]]:
        nonlocal read_so_far
        for found in candidates(pattern):
            read_so_far += 1
            yield found

    monkeypatch.setattr(store, "candidates", counted)
    facts = Facts(store)
    sets = [read(f"(--> $m ([] {' '.join(f'$p{i}' for i in range(n))}))") for n in range(1, 6)]
    assert [facts.may_hold(shape) for shape in sets] == [True, False, False, False, False]
    assert read_so_far == 200


def test_what_is_needed_is_no_compound_and_not_what_was_asked(tell: Tell) -> None:
    store = tell("(--> tom (∪ cat dog))")
    assert {str(need) for need in needs(store, "(--> tom cat)")} <= {
        "(--> tom dog)",
        "(--> cat dog)",
        "(--> dog cat)",
    }
    assert str(needs(store, "(--> tom cat)")[0]) == "(--> tom dog)"


def test_no_rule_about_compounds_is_tried_where_there_are_none() -> None:
    rules, asked = Rules.load(), []

    def never(sign: object) -> bool:
        asked.append(sign)
        return False

    usable = rules.answering(signature(read("(--> tom cat)")), never, never)
    about = {"decomposition", "composition", "component", "conjunct", "element"}
    assert {rule.name for rule in usable}.isdisjoint(about)
    assert {rule.name for rule in usable} >= {"deduction", "conditional-deduction"}
    assert len(asked) < 60  # each is a look into the base


def test_what_follows_from_a_condition_of_many_parts_is_derived(tell: Tell) -> None:
    store = tell("(==> (∧ a b d e) h)", "a", "b", "d", "e")
    assert [str(a.statement) for a in consequences(store, ["a"])] == [
        "(==> (∧ b d e) h)",
        "h",
    ]


# --- rules for any number of parts -------------------------------------------------------------


def _loaded(tmp_path: Path, text: str) -> Rules:
    path = tmp_path / "own.metta"
    path.write_text(text, encoding="utf-8")
    return Rules.load([path])


def test_a_rule_of_ones_own_may_be_for_any_number_of_parts(tmp_path: Path) -> None:
    text = """(rule team
      (premise (team $u... $a $v...) $t1)
      (conclusion (--> $a player) (structural-deduction $t1)))"""
    rules = _loaded(tmp_path, text)
    for count in range(2, PARTS + 1):
        names = [f"p{i}" for i in range(count)]
        found = conclude(f"(team {' '.join(names)})", (1.0, 0.9), rules=rules)
        assert {str(c.statement) for c in found} == {f"(--> {name} player)" for name in names}
    assert conclude("(team p0)", (1.0, 0.9), rules=rules) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "(rule r (premise (a $x) $t) (conclusion (b $y...) (negation $t)))",
            r"own.metta, line 1, rule r: the segment \$y... is in no premise",
        ),
        (
            "(rule r (premise (a $x) $t...) (conclusion (b $x) (intersection $t...)))",
            r"line 1, rule r: a premise with \$t... has one segment",
        ),
        (
            "(rule r (premise (a $a... $b... $c... $d...) $t) (conclusion (b) (negation $t)))",
            "rule r: a rule has at most 3 segments",
        ),
        ("(rule r (premise $x... $t) (conclusion (b $x...) (negation $t)))", "rule r: "),
    ],
)
def test_a_rule_with_impossible_segments_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        _loaded(tmp_path, text)


@pytest.mark.parametrize("whole", ["(--> tom (∪ dog pet))", "(--> tom (∪ pet dog))"])
def test_a_compound_says_nothing_of_a_part_by_what_it_was_composed_from(whole: str) -> None:
    pet, dog = "(--> tom pet)", "(--> tom dog)"
    with Atomspace.open(":memory:") as kb:
        kb.add(pet, (0.5, 0.9), source="sam")
        kb.keep(kb.infer(whole)[0])
        assert kb.infer(dog) == []
        ahead = kb.evaluate(f"!(|- {whole} {pet})")
        assert ahead.error is None
        assert not any(dog in str(atom) for atom in ahead.results[0])
        assert "overlap" in {one.reason for one in kb.why_not(dog).rejected}
        kb.add(whole, (0.9, 0.8), source="ann")
        (answer,) = kb.infer(dog)
        apart = conclude(whole, (0.9, 0.8), pet, (0.5, 0.9))
        assert answer.truth == next(c.truth for c in apart if str(c.statement) == dog)
