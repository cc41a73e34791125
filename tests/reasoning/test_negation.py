"""What is denied: of a class, by an exception, by a weak objection, in either form."""

from __future__ import annotations

import pytest

from mettaclaw.atoms.truth import Truth, revise
from mettaclaw.atomspace import Atomspace
from mettaclaw.reasoning import infer
from tests.reasoning.conftest import NO, Fact, Tell, only, truth


def test_what_is_false_of_a_class_is_false_of_its_members(tell: Tell) -> None:
    store = tell("(--> pingu penguin)", ("(--> penguin flyer)", NO))
    assert truth(store, "(--> pingu flyer)") == (0.0, 0.81)


def test_a_rule_that_rarely_holds_gives_a_low_frequency(tell: Tell) -> None:
    store = tell("(--> kim cat)", ("(==> (--> $x cat) (--> $x swimmer))", (0.1, 0.9)))
    answer = only(store, "(--> kim swimmer)")
    assert answer.truth.f == pytest.approx(0.1)
    assert answer.truth.c > 0.5
    assert answer.tier == "IGNORE"


def test_a_class_without_the_thing_says_nothing_of_it(tell: Tell) -> None:
    store = tell(("(--> tom cat)", NO), "(--> cat animal)")
    assert infer(store, "(--> tom animal)") == []


def test_a_direct_no_is_not_swamped_by_what_is_inherited(tell: Tell) -> None:
    classes = [f for i in range(4) for f in (f"(--> tweety b{i})", f"(--> b{i} flyer)")]
    store = tell(*classes, ("(--> tweety flyer)", NO))
    assert truth(store, "(--> tweety flyer)") == NO


@pytest.mark.parametrize(
    "facts",
    [
        ["(--> pingu penguin)", "(--> penguin bird)", "(--> bird flyer)"],
        ["(--> pingu penguin)", "(--> pingu bird)", "(--> penguin bird)", "(--> bird flyer)"],
        ["(--> pingu penguin)", "(--> penguin bird)", "(==> (--> $x bird) (--> $x flyer))"],
    ],
)
@pytest.mark.parametrize(
    "exception",
    [("(--> penguin flyer)", (0.1, 0.8)), ("(==> (--> $x penguin) (--> $x flyer))", (0.0, 0.9))],
)
def test_an_exception_stands_against_the_rule(
    tell: Tell, facts: list[Fact], exception: Fact
) -> None:
    answer = only(tell(*facts, exception), "(--> pingu flyer)")
    assert answer.truth.f <= 0.1
    assert answer.truth.c >= 0.5


def test_the_rule_still_holds_where_there_is_no_exception(tell: Tell) -> None:
    store = tell("(--> tweety robin)", "(--> robin bird)", "(--> bird flyer)", "(--> p bird)")
    assert only(store, "(--> tweety flyer)").truth.f == 1.0


def test_a_weak_objection_does_not_silence_strong_evidence(tell: Tell) -> None:
    store = tell("(--> a b)", "(--> b c)", ("(--> a c)", (0.0, 0.2)))
    assert truth(store, "(--> a c)") == _both(Truth(0.0, 0.2), Truth(1.0, 0.81))


def _both(a: Truth, b: Truth) -> tuple[float, float]:
    pooled = revise(a, b)
    return pooled.f, pooled.c


@pytest.mark.parametrize("sign", ["¬", "not"])
def test_negation_is_understood_both_ways(tell: Tell, sign: str) -> None:
    assert truth(tell(f"({sign} rain)"), "rain") == (0.0, 0.9)
    assert truth(tell(("rain", (0.2, 0.9))), f"({sign} rain)") == (0.8, 0.9)
    rule = f"(==> (∧ smoke ({sign} rain)) alarm)"
    assert truth(tell(rule, "smoke", ("rain", NO)), "alarm") == (1.0, 0.9**3)
    denied = f"(==> (--> $x penguin) ({sign} (--> $x flyer)))"
    assert truth(tell(denied, "(--> pingu penguin)"), "(--> pingu flyer)") == (0.0, 0.81)


@pytest.mark.parametrize("said", [(0.4, 0.21), (0.8, 0.6)])
@pytest.mark.parametrize(
    "links",
    [
        [("(not (--> tom d))", NO), "(--> d cat)"],
        [("(¬ (--> d cat))", NO), "(--> tom d)"],
        [("(¬ (--> tom d))", NO), "(--> d cat)", "(--> e cat)", "(--> f cat)", "(--> g cat)"],
    ],
)
def test_a_link_that_is_said_by_a_negation_counts_beside_what_was_said(
    tell: Tell, links: list[Fact], said: tuple[float, float]
) -> None:
    answer = only(tell(*links, ("(--> tom cat)", said)), "(--> tom cat)")
    whole = revise(Truth(1.0, 0.81), Truth(*said))
    assert (answer.truth.f, answer.truth.c) == pytest.approx((whole.f, whole.c), abs=1e-9)


@pytest.mark.parametrize("denied", [("(--> penguin flyer)", NO), "(¬ (--> penguin flyer))"])
def test_nothing_rests_on_what_an_exception_has_made_false(tell: Tell, denied: Fact) -> None:
    birds = ["(--> bird flyer)", "(--> pingu bird)", "(--> penguin bird)", "(--> pingu penguin)"]
    store = tell(*birds, denied, "(==> (--> pingu flyer) (--> pingu escapes))")
    assert truth(store, "(--> pingu flyer)") == (0.0, 0.81)
    assert infer(store, "(--> pingu escapes)") == []


@pytest.mark.parametrize(
    ("denial", "statement"),
    [
        ("(¬ (at (--> tom ill) 22 28))", "(at (--> tom ill) 22 28)"),
        ("(not (at (--> tom ill) 22 28))", "(at (--> tom ill) 22 28)"),
        ("(¬ (∧ p q))", "(∧ p q)"),
    ],
)
def test_a_denial_before_a_time_or_a_conjunction_is_heard(denial: str, statement: str) -> None:
    with Atomspace.open(":memory:") as kb:
        kb.add(denial, (1.0, 0.99), source="vet")
        assert [one.truth for one in kb.infer(statement)] == [Truth(0.0, 0.99)]
        kb.add(statement, (1.0, 0.9), source="sam")
        assert [one.truth.f for one in kb.infer(statement)] == [pytest.approx(1 / 12)]
        assert kb.retract(denial)
        assert [one.truth for one in kb.infer(statement)] == [Truth(1.0, 0.9)]


def test_a_denial_of_a_time_counts_where_the_time_is_asked_for() -> None:
    with Atomspace.open(":memory:") as kb:
        kb.add("(at (--> tom ill) 22 28)", (1.0, 0.9), source="sam")
        kb.add("(at (¬ (--> tom ill)) 22 28)", (1.0, 0.9), source="vet")
        (named,) = kb.infer("(at (--> tom ill) 22 28)")
        for goal in ("(at (--> tom ill) $from $to)", "(at (--> tom $what) $from $to)"):
            assert [one.truth for one in kb.infer(goal)] == [named.truth]
        assert named.truth.f == pytest.approx(0.5)
