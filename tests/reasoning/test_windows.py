"""What holds at a time: parts of it, what follows then, what comes later, and what it says of now.

Not covered: how times are written (``tests.atoms.test_spans``), which rules there are
(``test_rule_table``), and evidence for what comes after what (``test_layers``).
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atomspace import Atomspace
from mettaclaw.reasoning import Answer, Rules, infer, kept, why, why_not
from mettaclaw.reasoning.engine import needs
from tests.reasoning.conftest import Fact, Tell

ILL = "(at (--> ann ill) 2025-03-01 2025-03-05)"
HOME = "(==> (--> $x ill) (--> $x home))"
LATE = '"2025-03-05T22:00:00Z"'
NO = (0.0, 0.9)
RULES = Rules.load()


def values(answers: list[Answer]) -> dict[str, tuple[float, float]]:
    return {str(a.statement): (round(a.truth.f, 9), round(a.truth.c, 9)) for a in answers}


# --- parts of a time -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "found"),
    [
        ("(at (--> ann ill) 2025-03-02 2025-03-03)", ["2025-03-02 2025-03-03"]),
        ("(at (--> $who ill) 2025-03-02 2025-03-03)", ["2025-03-02 2025-03-03"]),
        (f"(at (--> ann ill) {LATE} 2025-03-05)", [f"{LATE} 2025-03-05"]),
        ("(at (--> ann ill) $from $to)", ["2025-03-01 2025-03-05"]),
        ("(at (--> ann ill) 2025-03-01 $to)", ["2025-03-01 2025-03-05"]),
        ("(at (--> ann ill) 2025-03-02 $to)", []),
        ("(at (--> ann ill) 2025-03-05 2025-03-06)", []),
        ("(at (--> ann ill) 2025-02-27 2025-02-28)", []),
    ],
)
def test_what_holds_throughout_a_time_holds_in_each_part(
    goal: str, found: list[str], tell: Tell
) -> None:
    answers = infer(tell(ILL), goal)
    assert values(answers) == {f"(at (--> ann ill) {times})": (1.0, 0.9) for times in found}


def test_a_part_of_a_time_is_proven_by_a_rule_with_a_name(tell: Tell) -> None:
    store = tell(ILL)
    (answer,) = infer(store, "(at (--> ann ill) 2025-03-02 2025-03-03)")
    assert answer.proof.rule == "sub-interval"
    assert [str(p.statement) for p in answer.proof.premises] == [ILL]
    (leaf,) = answer.proof.leaves()
    assert leaf.words == f"they said {ILL}"
    (whole,) = infer(store, ILL)
    assert whole.proof.rule == "said"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=4, max_size=4))
def test_a_goal_is_answered_if_and_only_if_it_is_within_what_was_said(numbers: list[int]) -> None:
    a, b, c, d = numbers
    told, asked = (min(a, b), max(a, b)), (min(c, d), max(c, d))
    with Atomspace.open(":memory:") as kb:
        kb.add("(at (--> ann ill) {} {})".format(*told), (1.0, 0.9))
        answers = kb.infer("(at (--> ann ill) {} {})".format(*asked))
        assert bool(answers) is (told[0] <= asked[0] and asked[1] <= told[1])


def test_what_several_say_of_one_time_is_pooled_and_counts_once(tell: Tell) -> None:
    spans = ["(at p 1 9)", "(at p 2 8)", "(at p 4 5)"]
    (answer,) = infer(tell(*spans), "(at p 3 7)")
    assert answer.truth.c == pytest.approx(18 / 19)
    assert answer.proof.rule == "revision"
    assert {str(p.premises[0].statement) for p in answer.proof.premises} == set(spans[:2])


def test_what_was_said_of_no_time_holds_always_unless_more_is_known_of_the_time(
    tell: Tell,
) -> None:
    store = tell("(--> ann ill)", ("(at (--> ann ill) 10 20)", NO))
    (then,) = infer(store, "(at (--> ann ill) 12 13)")
    (before,) = infer(store, "(at (--> ann ill) 1 2)")
    assert (then.truth.f, before.truth.f) == (0.0, 1.0)
    assert (then.proof.rule, before.proof.rule) == ("sub-interval", "always")


def test_what_was_put_down_as_so_now_and_since_then_says_nothing_of_other_times(
    tell: Tell,
) -> None:
    store = tell("(--> ill home)", "(--> bob ill)", "(--> cat animal)")
    with store.database.transaction():
        for told in ("(--> ann ill)", "(at (--> ann ill) 10 20)"):
            store.add(read(told), Truth(1.0, 0.9), "user", "Ann is ill since 10.")
        store.add(read("(at (--> bob ill) 10 20)"), Truth(1.0, 0.9), "user", "Bob was ill, too.")
    for what in ("ill", "home"):
        assert infer(store, f"(at (--> ann {what}) 1 2)") == []
        assert infer(store, f"(at (--> ann {what}) 30 40)") == []
        assert infer(store, f"(at (--> ann {what}) 12 13)")[0].truth.f == 1.0
        assert infer(store, f"(at (--> bob {what}) 1 2)")[0].truth.f == 1.0
    assert [str(a.statement) for a in infer(store, "(at (--> $who ill) 1 2)")] == [
        "(at (--> bob ill) 1 2)"
    ]


# --- what follows at a time ------------------------------------------------------------------


@pytest.mark.parametrize(
    "times",
    ["2025-03-01 2025-03-05", "2025-03-02 2025-03-03", "$from $to"],
)
def test_what_follows_does_so_at_the_time(times: str, tell: Tell) -> None:
    store = tell(ILL, HOME, "(--> home place)")
    for who in ("ann", "$who"):
        answers = infer(store, f"(at (--> {who} place) {times})")
        (answer,) = [one for one in answers if one.proof.rule != "always"]
        shown = times if "$" not in times else "2025-03-01 2025-03-05"
        assert str(answer.statement) == f"(at (--> ann place) {shown})"
        assert answer.truth.c == pytest.approx(0.729)
        assert answer.proof.rule == "deduction"
        home, place = answer.proof.premises
        assert str(home.statement) == f"(at (--> ann home) {shown})"
        assert str(place.statement) == "(--> home place)"
    assert infer(store, "(at (--> ann place) 2025-03-02 2025-03-08)") == []
    assert infer(store, "(at (--> bob place) $from $to)") == []


def test_what_follows_from_two_holds_while_both_do(tell: Tell) -> None:
    both = "(==> (∧ (--> $x ill) (--> $x tired)) (--> $x home))"
    store = tell(ILL, "(at (--> ann tired) 2025-03-03 2025-03-09)", both)
    (answer,) = infer(store, "(at (--> ann home) $from $to)")
    assert str(answer.statement) == "(at (--> ann home) 2025-03-03 2025-03-05)"
    assert answer.truth.c == pytest.approx(0.729)
    assert infer(store, "(at (--> ann home) 2025-03-04 2025-03-04)")
    assert infer(store, "(at (--> ann home) 2025-03-02 2025-03-04)") == []


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=4, max_size=4))
def test_two_times_have_in_common_what_they_have(numbers: list[int]) -> None:
    a, b, c, d = numbers
    one, other = (min(a, b), max(a, b)), (min(c, d), max(c, d))
    common = max(one[0], other[0]), min(one[1], other[1])
    with Atomspace.open(":memory:") as kb:
        kb.add("(at (--> ann ill) {} {})".format(*one), (1.0, 0.9))
        kb.add("(at (--> ann tired) {} {})".format(*other), (1.0, 0.9))
        found = kb.infer("(at (∧ (--> ann ill) (--> ann tired)) $from $to)")
        if common[0] > common[1]:
            assert found == []
        else:
            (answer,) = found
            inner = "(∧ (--> ann ill) (--> ann tired))"
            assert str(answer.statement) == f"(at {inner} {common[0]} {common[1]})"


def test_the_specific_comes_before_the_general_at_a_time_too(tell: Tell) -> None:
    general = ["(at (--> tim penguin) 1 9)", "(--> penguin bird)", "(--> bird flyer)"]
    (answer,) = infer(tell(*general, ("(--> penguin flyer)", NO)), "(at (--> tim flyer) 2 3)")
    assert (answer.truth.f, answer.proof.rule) == (0.0, "exclusion")
    told = tell(*general, ("(at (--> tim flyer) 1 5)", NO))
    (answer,) = infer(told, "(at (--> tim flyer) 2 3)")
    assert (answer.truth.f, answer.proof.rule) == (0.0, "sub-interval")
    (later,) = infer(told, "(at (--> tim flyer) 6 7)")
    assert later.truth.f == 1.0


def test_a_rule_with_times_of_its_own_is_used(tell: Tell) -> None:
    told = [ILL, "(==> (at (--> $x ill) $f $t) (at (--> $x contagious) $f $t))"]
    store = tell(*told, "(--> contagious risky)")
    for times in ("2025-03-02 2025-03-03", "$from $to"):
        (answer,) = infer(store, f"(at (--> ann risky) {times})")
        assert answer.truth.c == pytest.approx(0.729)


def test_what_would_be_needed_has_the_time(tell: Tell) -> None:
    store = tell(HOME, "(at (--> ann ill) 1 2)")
    missing = [str(need) for need in needs(store, "(at (--> ann home) 5 6)")]
    assert "(at (--> ann ill) 5 6)" in missing
    found = why_not(store, "(at (--> ann home) 5 6)")
    assert found.answer is None
    assert "missing" in [one.reason for one in found.rejected]


def test_why_not_tells_what_did_not_count_at_the_time(tell: Tell) -> None:
    store = tell(
        "(at (--> tim penguin) 1 9)", "(--> penguin bird)", "(--> bird flyer)",
        ("(--> penguin flyer)", NO),
    )  # fmt: skip
    found = why_not(store, "(at (--> tim flyer) 2 3)")
    assert found.answer is not None
    assert found.answer.truth.f == 0.0
    (general,) = [one for one in found.rejected if one.reason == "general"]
    assert str(general.proof.statement) == "(at (--> tim flyer) 2 3)"
    assert "(at (--> tim penguin) 1 9)" in str(general.proof)


def test_what_follows_at_a_time_is_kept_and_falls_with_its_premise() -> None:
    goal = "(at (--> ann home) 2025-03-02 2025-03-03)"
    with Atomspace.open(":memory:") as kb:
        kb.add(ILL, (1.0, 0.9))
        kb.add(HOME, (1.0, 0.9))
        kb.keep(kb.infer(goal)[0])
        belief = kb.belief(goal)
        assert belief is not None
        assert belief.derived
        (again,) = kb.infer(goal)
        assert again.truth == belief.truth
        assert again.proof == kb.why(goal)
        kb.retract(ILL)
        assert kb.belief(goal) is None
        assert kb.infer(goal) == []


def test_what_was_kept_of_no_time_is_no_premise_at_another_time() -> None:
    with Atomspace.open(":memory:") as kb:
        kb.add(ILL, (1.0, 0.9))
        kb.keep(kb.infer("(--> ann ill)")[0])
        assert kb.infer("(at (--> ann ill) 2025-04-01 2025-04-02)") == []


def test_what_is_no_part_of_a_time_cannot_be_kept_as_one() -> None:
    part, whole = read("(at p 5 6)"), read("(at p 1 9)")
    assert kept.rule_of("sub-interval", [part], whole, RULES) is None
    assert kept.rule_of("sub-interval", [whole], part, RULES) is not None
    assert kept.rule_of("always", [read("q")], part, RULES) is None
    assert kept.rule_of("deduction", [read("p"), read("q")], part, RULES) is None


# --- what comes later ------------------------------------------------------------------------

SOON = "(=/> cloud rain (after 2 d))"
CLOUD = "(at cloud 2025-03-01 2025-03-02)"


def test_a_cause_with_a_time_foretells_an_effect_with_one(tell: Tell) -> None:
    store = tell(SOON, CLOUD, "(==> rain wet)")
    (answer,) = infer(store, "(at rain $from $to)")
    assert values([answer]) == {"(at rain 2025-03-03 2025-03-04)": (1.0, 0.81)}
    assert answer.proof.rule == "prediction"
    assert infer(store, "(at rain 2025-03-04 2025-03-04)")[0].truth == answer.truth
    assert infer(store, "(at rain 2025-03-01 2025-03-01)") == []
    (wet,) = infer(store, "(at wet $from $to)")
    assert values([wet]) == {"(at wet 2025-03-03 2025-03-04)": (1.0, 0.729)}


def test_what_is_foretold_foretells_more_in_its_turn(tell: Tell) -> None:
    feverish = "(=/> (--> $x infected) (--> $x feverish) (after 3 d))"
    infected = "(at (--> ann infected) 2025-03-01 2025-03-01)"
    weary = "(=/> (--> $x feverish) (--> $x weary) (after 12 h))"
    store = tell(feverish, infected, weary, "(==> (--> $x weary) (--> $x home))")
    (answer,) = infer(store, "(at (--> $who home) $from $to)")
    times = '"2025-03-04T12:00:00Z" "2025-03-05T11:59:59Z"'
    assert values([answer]) == {f"(at (--> ann home) {times})": (1.0, 0.6561)}


def test_what_comes_after_some_time_comes_after_and_no_sum_of_times_is_made_up(tell: Tell) -> None:
    store = tell("(=/> a b (after 1 d))", "(=/> b c)")
    assert values(infer(store, "(=/> a c)")) == {"(=/> a c)": (1.0, 0.81)}
    assert infer(store, "(=/> a c (after 1 d))") == []


@pytest.mark.parametrize(
    ("rain", "f"), [("2025-03-03 2025-03-03", 0.0), ("2025-03-03 2025-03-04", 1.0)]
)
def test_whether_it_came_when_it_was_foretold_is_evidence(rain: str, f: float, tell: Tell) -> None:
    (answer,) = infer(tell(CLOUD, (f"(at rain {rain})", (f, 0.9))), SOON)
    assert (answer.truth.f, answer.truth.c) == pytest.approx((f, 0.81 / 1.81))
    assert not answer.guess
    said = tell(SOON, CLOUD, (f"(at rain {rain})", (f, 0.9)))
    (answer,) = infer(said, SOON)
    assert answer.truth.f == pytest.approx((9 + f * 0.81) / (9 + 0.81))
    assert answer.truth.c == pytest.approx(9.81 / 10.81)


def test_no_lag_is_asked_for_that_nobody_spoke_of(tell: Tell) -> None:
    store, goal = tell(SOON, CLOUD), "(at rain 2025-03-08 2025-03-08)"
    found = why_not(store, goal)
    assert not [need for need in (*needs(store, goal), *found.needs) if "after" in str(need)]
    assert found.rejected == ()


def test_what_came_at_another_time_says_nothing_of_what_was_foretold(tell: Tell) -> None:
    assert infer(tell(CLOUD, ("(at rain 2025-03-08 2025-03-09)", NO)), SOON) == []


def test_that_it_comes_later_is_no_reason_that_it_comes_at_once(tell: Tell) -> None:
    store = tell("(=/> cloud rain)", CLOUD)
    assert infer(store, "(at rain 2025-03-01 2025-03-02)") == []
    assert infer(store, "(at rain $from $to)") == []


# --- what a time says of others --------------------------------------------------------------


def test_what_was_so_at_a_time_is_a_guess_about_now(tell: Tell) -> None:
    store = tell(ILL, HOME)
    (answer,) = infer(store, "(--> ann ill)")
    assert (answer.truth.f, answer.truth.c) == pytest.approx((1.0, 0.9 / 1.9))
    assert (answer.tier, answer.guess, answer.proof.rule) == ("HYPOTHESIZE", True, "eternalization")
    (home,) = infer(store, "(--> ann home)")
    assert (home.tier, home.guess) == ("HYPOTHESIZE", True)
    assert infer(store, "(at (--> ann ill) 2025-04-01 2025-04-02)") == []


@pytest.mark.parametrize(("last", "f"), [((1.0, 0.9), 1.0), (NO, 0.0)])
def test_of_several_times_the_latest_says_how_it_is_now(
    last: tuple[float, float], f: float, tell: Tell
) -> None:
    facts: list[Fact] = [f"(at p {day} {day})" for day in range(10)]
    store = tell(("(at p 20 21)", last), *facts)
    (answer,) = infer(store, "p")
    assert (answer.truth.f, answer.truth.c) == pytest.approx((f, 0.9 / 1.9))
    assert answer.tier != "ACT"
    proof = why(store, "p")
    assert proof is not None
    assert [str(p.statement) for p in proof.premises] == ["(at p 20 21)"]


def test_what_is_known_of_no_time_is_not_guessed_from_one(tell: Tell) -> None:
    (answer,) = infer(tell(ILL, ("(--> ann ill)", NO)), "(--> ann ill)")
    assert (answer.truth.f, answer.guess) == (0.0, False)


def test_what_was_said_of_a_part_of_a_span_comes_before_what_was_said_of_the_whole(
    tell: Tell,
) -> None:
    store = tell("(at p 1 10)", ("(at p 4 5)", NO))
    truths = {"4 4": 0.0, "4 5": 0.0, "3 5": 1.0, "7 8": 1.0, "1 10": 1.0}
    for times, f in truths.items():
        (answer,) = infer(store, f"(at p {times})")
        assert (answer.truth.f, answer.truth.c) == (f, 0.9), times


def test_one_saying_in_two_spellings_of_a_time_counts_once(tell: Tell) -> None:
    store = tell()
    with store.database.transaction():
        for times in ('"2025-01-01T00:00:00Z" "2025-01-01T01:00:00Z"', "1735689600 1735693200"):
            store.add(read(f"(at p {times})"), Truth(1.0, 0.9), "sam", "p was so then")
    assert infer(store, "(at p 1735689600 1735693200)")[0].truth.c == pytest.approx(0.9)


def test_a_model_is_no_surer_for_the_number_of_spans_it_names() -> None:
    with Atomspace.open(":memory:") as kb:
        told = " ".join(f"!(believe (at p {n} 100) (stv 1.0 0.9))" for n in range(20))
        assert kb.evaluate(told, source="model:x").error is None
        (answer,) = kb.infer("(at p 50 60)")
        assert answer.truth.c == pytest.approx(0.35)


@pytest.mark.parametrize("form", ["(at (¬ p) 1 9)", "(¬ (at p 1 9))", "(at (not p) 1 9)"])
def test_a_negation_within_a_time_is_one_of_it(form: str) -> None:
    with Atomspace.open(":memory:") as kb:
        kb.add("(at p 1 9)", (1.0, 0.9), source="sam", words="p was so then")
        kb.add(form, (0.0, 0.9), source="sam", words="p was so then")
        assert kb.infer("(at p 1 9)")[0].truth.c == pytest.approx(0.9)
        assert kb.add(form, (1.0, 0.9), source="ann").contradictions


def test_guesses_that_agree_are_no_more_than_guesses(tell: Tell) -> None:
    store = tell(*(f"(at (--> ann{i} ill) {i} {i})" for i in range(2)), "(at (--> ben ill) 3 4)")
    other = ("(--> ann0 nurse)", "(--> ann1 nurse)", "(--> ben nurse)", "(--> nurse ill)")
    assert all(answer.tier != "ACT" for answer in infer(store, "(--> ben ill)"))
    likely = [f"(--> {who} {what})" for who in ("a", "b") for what in "pqrs"]
    (guess,) = infer(tell(*likely, *other), "(--> a b)")
    assert (guess.guess, guess.tier) == (True, "HYPOTHESIZE")
    assert guess.truth.tier == "ACT"
