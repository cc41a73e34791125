"""A search counts all evidence once, however much there is, and ends in few steps or at a bound."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import Symbol, expr, read
from mettaclaw.atoms.truth import Truth, revise
from mettaclaw.reasoning import Bounds, Proof, ask, infer
from mettaclaw.reasoning.backward.derivation import is_a
from mettaclaw.reasoning.backward.derived import Derived
from mettaclaw.reasoning.backward.facts import Facts
from tests.reasoning.conftest import Fact, Tell, only

# --- bounds ----------------------------------------------------------------------------------


def test_a_chain_among_ten_thousand_distractors_is_found_in_few_steps(tell: Tell) -> None:
    store = tell("(--> ca cb)", "(--> cb cc)", "(--> cc cd)")
    chance = random.Random(7)
    terms = [Symbol(f"t{i}") for i in range(3_000)]
    with store.database.transaction():
        store.add_many(
            ((expr(Symbol("-->"), *chance.sample(terms, 2)), Truth(1, 0.9)) for _ in range(10_000)),
            "file",
        )
    outcome = ask(store, "(--> ca cd)")
    assert [answer.truth.c for answer in outcome.answers] == [pytest.approx(0.729, abs=1e-9)]
    assert outcome.steps < 50


@pytest.mark.parametrize("thicket", ["above the subject", "below the predicate"])
def test_where_both_ends_leave_as_many_ways_that_end_is_taken_which_leads_to_fewer(
    tell: Tell, thicket: str
) -> None:
    def link(low: str, high: str) -> str:
        return f"(--> {low} {high})" if thicket == "above the subject" else f"(--> {high} {low})"

    chain = [link(low, high) for low, high in itertools.pairwise("abcd")]
    for end in "abcd":
        chain += [link(end, f"wood{n}") for n in (1, 2, 3)]  # where it goes on and on
        chain += [link(f"{end}{n}", end) for n in (1, 2, 3)]  # where it ends at once
    wood = {link(f"wood{n}", f"wood{n * k % 61}") for n in range(1, 61) for k in (2, 3, 5, 7)}
    outcome = ask(tell(*chain, *sorted(wood)), link("a", "d"))
    assert [answer.truth.c for answer in outcome.answers] == [pytest.approx(0.729, abs=1e-9)]
    assert outcome.steps < 80  # half of them go to other chains, once this one is found


@pytest.mark.parametrize(("classes", "members"), [(3, 3), (41, 42), (41, 300), (300, 41)])
def test_an_answer_counts_all_that_is_said_however_much_that_is(
    tell: Tell, classes: int, members: int
) -> None:
    crowd = [f"(--> tom class{n})" for n in range(classes)]
    crowd += [f"(--> member{n} flyer)" for n in range(members)]
    two_ways = ["(--> tom a)", "(--> a flyer)", *crowd, "(--> tom b)", "(--> b flyer)"]
    pooled = revise(Truth(1.0, 0.81), Truth(1.0, 0.81))
    assert only(tell(*two_ways), "(--> tom flyer)").truth == pooled
    exception = ("(--> penguin flyer)", (0.0, 0.9))
    birds = ["(--> tom bird)", "(--> bird flyer)", *crowd, "(--> penguin bird)"]
    answer = only(tell(*birds, "(--> tom penguin)", exception), "(--> tom flyer)")
    assert answer.truth == Truth(0.0, 0.81)


def test_all_rules_that_conclude_a_thing_count_however_many_there_are(tell: Tell) -> None:
    rules = [f"(==> cause{n} effect)" for n in range(70)]
    answer = only(tell(*rules, "cause3", "cause68"), "effect")
    assert answer.truth == revise(Truth(1.0, 0.81), Truth(1.0, 0.81))


def test_nothing_that_follows_is_certain(tell: Tell) -> None:
    store = tell(("(--> a b)", (1.0, 1.0)), ("(--> b c)", (1.0, 1.0)))
    assert only(store, "(∧ (--> a b) (--> b c))").truth == Truth(1.0, 0.99)


@pytest.mark.parametrize(
    ("told", "goal"),
    [
        (["(<-> tom ann)", "(--> ann rich)"], "(--> tom rich)"),
        (["(<=> p q)", "p"], "q"),
    ],
)
@pytest.mark.parametrize("c", [0.05, 0.35])
def test_a_faint_word_for_it_takes_nothing_from_what_follows(
    tell: Tell, told: list[str], goal: str, c: float
) -> None:
    answer = only(tell(*told, (goal, (1.0, c))), goal)
    assert answer.truth.f == 1.0
    assert answer.truth.c == pytest.approx(revise(Truth(1.0, 0.81), Truth(1.0, c)).c, abs=1e-9)


def _maze() -> list[str]:
    chance = random.Random(3)
    names = [f"n{i}" for i in range(40)]
    return sorted({f"(--> {a} {b})" for a, b in (chance.sample(names, 2) for _ in range(400))})


def test_a_hopeless_search_ends_at_its_steps(tell: Tell) -> None:
    outcome = ask(tell(*_maze()), "(--> n0 nowhere)", Bounds(steps=500, seconds=60))
    assert outcome.answers == []
    assert 400 < outcome.steps <= 500 + 64
    assert outcome.cut == ("steps", "500 steps")


def test_a_search_ends_when_its_time_is_over_and_keeps_what_it_found(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundredth of a second passes at each look at the clock, however fast the machine is."""
    looks = itertools.count()
    clock = SimpleNamespace(monotonic=lambda: next(looks) / 100)
    monkeypatch.setattr("mettaclaw.reasoning.backward.goals.time", clock)
    outcome = ask(tell(*_maze()), "(--> n0 $x)", Bounds(steps=2_000, seconds=0.5))
    assert outcome.answers
    assert outcome.steps < 200
    assert outcome.cut == ("seconds", "0.5 s")
    assert next(looks) < 100  # half of its time again is for what it found late


def test_only_a_bound_that_may_hide_answers_is_told_of(tell: Tell) -> None:
    store = tell(*(f"(--> c{i} cat)" for i in range(90)), "(--> cat animal)")
    for goal, steps, cut in (
        ("(--> $x animal)", 2_000, None),
        ("(--> $x animal)", 100, "100 steps"),
        ("(at (--> $x animal) 2025-01-01 2025-01-02)", 100, "100 steps"),
        ("(--> c3 animal)", 100, None),
        ("(--> c3 plant)", 10, "10 steps"),
    ):
        found = ask(store, goal, Bounds(steps=steps, seconds=60)).cut
        assert (None if found is None else found.said) == cut


def test_a_chain_that_is_too_long_is_told_of_and_nothing_known_is_asked_for(tell: Tell) -> None:
    store = tell(*(f"(--> k{i} k{i + 1})" for i in range(8)))
    outcome = ask(store, "(--> k0 k8)")
    assert (outcome.answers, outcome.needs) == ([], [])
    assert outcome.cut == ("depth", "6 rules in a row")
    assert ask(store, "(--> $x k8)").cut == ("depth", "6 rules in a row")
    assert len(infer(store, "(--> k0 k8)", Bounds(depth=8))) == 1
    assert ask(store, "(--> k0 k9)", Bounds(depth=9)).cut is None


def test_answers_that_are_left_out_are_told_of(tell: Tell) -> None:
    store = tell(*(f"(--> k{i} k)" for i in range(8)))
    assert ask(store, "(--> $x k)", Bounds(answers=7)).cut == ("answers", "7 answers")
    assert ask(store, "(--> $x k)", Bounds(answers=8)).cut is None


def test_a_class_with_very_many_members_is_no_obstacle(tell: Tell) -> None:
    store = tell("(--> tom cat)", "(--> cat animal)")
    with store.database.transaction():
        store.add_many(((read(f"(--> m{i} animal)"), Truth(1, 0.9)) for i in range(5_000)), "file")
    assert ask(store, "(--> tom animal)").steps < 50
    assert len(infer(store, "(--> $x animal)", Bounds(answers=100))) == 100


def test_a_tautology_as_a_goal_costs_nothing(tell: Tell) -> None:
    outcome = ask(tell("(--> a b)", "(--> b c)"), "(==> (--> a b) (--> a b))")
    assert outcome.answers == []
    assert outcome.steps < 10


# --- any little world ------------------------------------------------------------------------


LETTERS = "abcdef"


EDGES = st.lists(
    st.tuples(
        st.sampled_from(LETTERS),
        st.sampled_from(LETTERS),
        st.sampled_from([1.0, 1.0, 0.9, 0.5, 0.0]),
        st.sampled_from([0.9, 0.5]),
    ).filter(lambda edge: edge[0] != edge[1]),
    min_size=1,
    max_size=9,
    unique_by=lambda edge: edge[:2],
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(EDGES, st.randoms())
def test_every_answer_counts_its_evidence_once(
    tell: Tell, edges: list[tuple[str, str, float, float]], chance: random.Random
) -> None:
    facts = [(f"(--> {a} {b})", (f, c)) for a, b, f, c in edges]
    store = tell(*facts)
    shuffled = list(facts)
    chance.shuffle(shuffled)
    other = tell(*shuffled)
    ways = {(a, b) for a, b, f, _ in edges if f > 0}
    for start, end in itertools.permutations(LETTERS[:4], 2):
        goal = f"(--> {start} {end})"
        answers, again = (infer(one, goal, Bounds(seconds=60)) for one in (store, other))
        assert [a.statement for a in again] == [a.statement for a in answers]
        for one, two in zip(answers, again, strict=True):
            assert one.truth.f == pytest.approx(two.truth.f, abs=1e-9)
            assert one.truth.c == pytest.approx(two.truth.c, abs=1e-9)
        for answer in answers:
            _check(answer.proof, ())
        if (start, end) in ways:
            assert answers


def _check(proof: Proof, above: tuple[object, ...]) -> None:
    assert 0.0 < proof.truth.c <= 0.99
    if proof.rule == "revision":
        stamps = [set(premise.belief.stamp) for premise in proof.premises]
        assert sum(map(len, stamps)) == len(set[int]().union(*stamps))
        assert all(premise.statement == proof.statement for premise in proof.premises)
    else:
        assert proof.statement not in above, "a statement is among its own reasons"
        above = (*above, proof.statement)
    if not proof.premises:
        assert [e.id for e in proof.evidence] == list(proof.belief.stamp)
    for premise in proof.premises:
        _check(premise, above)


@pytest.mark.parametrize("beside", [[], ["e", "f", "g"]])
def test_what_was_said_does_not_hide_what_follows_from_a_derived_link(
    tell: Tell, beside: list[str]
) -> None:
    rule = "(==> (--> $x bird) (--> $x d))"
    ways = [rule, "(--> tom bird)", "(--> d cat)", *(f"(--> {name} cat)" for name in beside)]
    (answer,) = infer(tell(*ways, ("(--> tom cat)", (0.8, 0.6))), "(--> tom cat)")
    (chain,) = infer(tell(*ways), "(--> tom cat)")
    whole = revise(chain.truth, Truth(0.8, 0.6))
    assert (answer.truth.f, answer.truth.c) == pytest.approx((whole.f, whole.c), abs=1e-9)


def test_a_step_that_two_goals_need_answers_both(tell: Tell) -> None:
    store = tell(
        "(==> (∧ (--> $x p) (--> $x q)) done)",
        "(==> (--> $x r) (--> $x p))",
        "(==> (--> $x p) (--> $x q))",
        "(--> a r)",
    )
    assert only(store, "done").truth.c == pytest.approx(0.9**6)
    kinds = ["cat", "animal", "mortal", "finite"]
    rules = [f"(==> (--> $x {a}) (--> $x {b}))" for a, b in itertools.pairwise(kinds)]
    found = infer(tell("(--> tom cat)", *rules), "(--> tom $what)")
    assert [str(answer.statement) for answer in found] == [f"(--> tom {kind})" for kind in kinds]


@pytest.mark.parametrize(
    ("links", "truth"),
    [
        (["(==> p (--> a b))", "p", "(--> b c)"], (1.0, 0.81, 1.0, 0.729)),
        (["(==> p (--> b c))", "p", "(--> a b)"], (1.0, 0.81, 1.0, 0.729)),
        (["(==> p (--> a b))", "p", ("(--> b c)", (0.0, 0.9))], (1.0, 0.81, 0.0, 0.729)),
    ],
)
def test_a_chain_with_a_derived_link_counts_beside_one_without(
    tell: Tell, links: list[Fact], truth: tuple[float, float, float, float]
) -> None:
    answer = only(tell("(--> a d)", "(--> d c)", *links), "(--> a c)")
    both = revise(Truth(*truth[:2]), Truth(*truth[2:]))
    assert (answer.truth.f, answer.truth.c) == pytest.approx((both.f, both.c), abs=1e-9)


def test_a_guess_makes_no_class_more_specific(tell: Tell) -> None:
    facts = Facts(tell("(--> tom cat)"))
    link = facts.statements.of(read("(--> cat pet)"))
    sure = Derived(link, Truth(1.0, 0.4), frozenset(), "deduction")
    for derived, belongs in ((sure, True), (replace(sure, weak=1), False)):
        assert is_a(facts, {link: derived})(Symbol("cat"), Symbol("pet")) is belongs


def test_a_chain_less_sure_than_all_around_it_is_found(tell: Tell) -> None:
    around = [
        (f"(--> s z{i})", f"(--> y{i} t)", f"(==> (--> $x w{i}) (--> $x t))") for i in range(60)
    ]
    store = tell(
        ("(--> s a)", (1.0, 0.65)),
        ("(--> a t)", (1.0, 0.65)),
        *itertools.chain.from_iterable(around),
    )
    assert only(store, "(--> s t)").truth.c == pytest.approx(0.4225)


def test_all_that_fits_a_conjunction_of_open_parts_is_found(tell: Tell) -> None:
    both = [f"(--> m{i} {kind})" for i in range(60) for kind in ("cat", "pet")]
    found = infer(tell(*both), "(∧ (--> $x cat) (--> $x pet))", Bounds(seconds=60))
    assert len(found) == 60
    assert [answer.truth.c for answer in found] == [pytest.approx(0.81)] * 60


@pytest.mark.parametrize("sign", ["<->", "<=>", "Similarity"])
def test_a_symmetric_chain_is_found_from_either_end(tell: Tell, sign: str) -> None:
    store = tell(f"({sign} a b)", f"({sign} b c)", f"({sign} c d)")
    for start, end in itertools.permutations("abcd", 2):
        assert only(store, f"({sign} {start} {end})").truth.c > 0.2


def test_what_was_said_faintly_stays_beside_a_fainter_guess(tell: Tell) -> None:
    weak = (1.0, 0.4)
    store = tell(("(--> a b)", (1.0, 0.05)), ("(--> a m)", weak), ("(--> b m)", weak))
    assert only(store, "(--> a b)").truth == Truth(1.0, 0.05)


def test_classes_in_a_circle_drop_none_of_two_ways(tell: Tell) -> None:
    store = tell("(--> d c)", "(<-> f c)", "(--> c (∩ d g))", ("(--> c d)", (0.5, 0.9)))
    assert infer(store, "(--> c f)")
