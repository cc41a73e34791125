"""Open questions give all answers, ranked; a question without one names what would have helped.

Those of the benchmark have answers that are worked out without the engine.
"""

from __future__ import annotations

import pytest

from benchmarks.questions import KINDS, world
from mettaclaw.atoms.truth import Truth
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import Bounds, ask, infer, needs
from tests.reasoning.conftest import NO, Fact, Tell, statements

# --- open questions --------------------------------------------------------------------------


def test_an_open_goal_gives_all_answers_ranked(tell: Tell) -> None:
    store = tell(
        *("(--> garfield cat)", "(--> tom cat)", "(--> lion cat)", "(--> leo lion)"),
        *(("(--> rex cat)", NO), ("(--> kim cat)", (0.8, 0.9)), "(--> rex dog)"),
    )
    answers = infer(store, "(--> $who cat)")
    assert set(statements(answers[:3])) == {f"(--> {n} cat)" for n in ("garfield", "lion", "tom")}
    assert statements(answers[3:]) == ["(--> leo cat)", "(--> kim cat)", "(--> rex cat)"]


def test_what_something_is_can_be_asked(tell: Tell) -> None:
    store = tell("(--> tom cat)", "(--> cat animal)", "(==> (--> $x animal) (--> $x mortal))")
    assert statements(infer(store, "(--> tom $what)")) == [
        "(--> tom cat)",
        "(--> tom animal)",
        "(--> tom mortal)",
    ]


def test_what_something_is_can_be_asked_among_very_many_rules(tell: Tell) -> None:
    rules = [f"(==> (--> $x p{i}) (--> $x q{i}))" for i in range(100)]
    store = tell(*rules, "(--> tom p7)", "(--> q7 z)")
    answers = ask(store, "(--> tom $what)")
    assert statements(answers.answers) == ["(--> tom p7)", "(--> tom q7)", "(--> tom z)"]
    assert answers.steps < 500


def test_a_conjunction_can_be_asked(tell: Tell) -> None:
    store = tell("(--> tom cat)", "(--> tom tame)", "(--> leo cat)", "(--> cat animal)")
    assert statements(infer(store, "(, (--> $x animal) (--> $x tame))")) == [
        "(, (--> tom animal) (--> tom tame))"
    ]


@pytest.mark.parametrize("goal", ["$x", "($a $b)", "($a ($b $c))", "()"])
def test_a_goal_that_names_nothing_is_refused(tell: Tell, goal: str) -> None:
    with pytest.raises(UsageError, match="names nothing"):
        infer(tell("(--> a b)"), goal)


def test_a_goal_of_a_copula_alone_is_bounded(tell: Tell) -> None:
    store = tell(*(f"(--> a{i} b)" for i in range(200)))
    assert len(infer(store, "(--> $a $b)", Bounds(answers=50))) == 50


# --- what is missing -------------------------------------------------------------------------


def test_what_would_have_helped_is_named(tell: Tell) -> None:
    store = tell("(--> cat animal)")
    assert [str(need) for need in needs(store, "(--> tom animal)")] == ["(--> tom cat)"]


def test_a_missing_part_of_a_condition_is_named(tell: Tell) -> None:
    store = tell("(==> (, (--> $x bird) (--> $x fed)) (--> $x happy))", "(--> kim bird)")
    assert str(needs(store, "(--> kim happy)")[0]) == "(--> kim fed)"


NONSENSE = {
    "a way by what is disbelieved": (
        ["(--> tom cat)", ("(--> cat dog)", (0.0, 0.9)), "(--> dog animal)"],
        "(--> tom mammal)",
        ["(--> cat mammal)"],
    ),
    "a member by what is disbelieved": (
        [("(--> tom bird)", (0.0, 0.9)), "(--> bird flyer)"],
        "(--> rex flyer)",
        ["(--> rex bird)"],
    ),
    "a property as a thing": (
        ["(--> garfield ([] lazy))", "(--> garfield cat)"],
        "(--> garfield ([] red))",
        ["(--> cat ([] red))"],
    ),
    "a property as one of two things": (
        ["(--> garfield ([] lazy))", "(--> garfield cat)", "(--> (x odie meat) like)"],
        "(--> (x garfield meat) like)",
        ["(--> garfield odie)", "(--> cat odie)", "(--> (x cat meat) like)"],
    ),
    "a relation as a class": (
        ["(--> (x tom fish) like)", "(--> tom cat)"],
        "(--> (x tom fish) adore)",
        ["(--> (x cat fish) adore)"],
    ),
    "a product as a kind": (
        ["(--> (x ann bob) pair)", "(--> couple pair)"],
        "(--> tom pair)",
        ["(--> tom couple)"],
    ),
}


@pytest.mark.parametrize(("facts", "goal", "sensible"), NONSENSE.values(), ids=NONSENSE.keys())
def test_what_nobody_could_say_is_not_needed(
    tell: Tell, facts: list[Fact], goal: str, sensible: list[str]
) -> None:
    assert sorted(str(need) for need in needs(tell(*facts), goal)) == sorted(sensible)


def test_needs_are_few_and_none_where_there_is_an_answer(tell: Tell) -> None:
    store = tell(*(f"(--> c{i} animal)" for i in range(50)), "(--> tom c3)")
    assert len(needs(store, "(--> rex animal)")) == 5
    assert needs(store, "(--> tom animal)") == []
    assert needs(tell(), "(--> tom animal)") == []


# --- questions that are measured -------------------------------------------------------------


def test_every_kind_of_question_has_its_answers_worked_out() -> None:
    made = world(1, 100, 14)
    assert [question.kind for question in made.questions[: len(KINDS)]] == list(KINDS)
    for question in made.questions:
        assert bool(question.answers) == (question.kind != "unknown")
        assert {Truth(*truth).tier for truth in question.answers.values()} <= {question.tier}


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_pooled_or_many_is_answered_as_it_was_worked_out(tell: Tell, seed: int) -> None:
    made = world(seed, 100, 14)
    store = tell(*((text, truth) for text, truth, _ in made.told))
    for question in made.questions:
        if question.kind in ("faint", "twofold", "manifold"):
            found = [one for one in infer(store, question.goal) if not one.guess]
            truths = {str(one.statement): (one.truth.f, one.truth.c) for one in found}
            assert truths.keys() == question.answers.keys()
            for statement, truth in question.answers.items():
                assert truths[statement] == pytest.approx(truth, abs=1e-9)
