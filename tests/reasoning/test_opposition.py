"""What follows from what is told now is held against what was said, whichever is told last."""

from __future__ import annotations

from itertools import permutations

import pytest

from mettaclaw.atoms.syntax import read
from mettaclaw.reasoning import Rules
from mettaclaw.reasoning.opposition import Opposition, opposed
from tests.reasoning.conftest import NO, Fact, Tell

DOG, FOX, RULE = "(--> kit dog)", "(--> kit fox)", "(--> fox dog)"
KIT: tuple[Fact, ...] = ((DOG, (1.0, 0.55)), FOX, (RULE, NO))


def found(tell: Tell, facts: tuple[Fact, ...], last: str) -> list[Opposition]:
    return opposed(tell(*facts), [read(last)], Rules.load())


@pytest.mark.parametrize("last", [FOX, RULE])
def test_what_was_said_is_found_whether_the_case_or_the_rule_is_told_last(
    tell: Tell, last: str
) -> None:
    (one,) = found(tell, KIT, last)
    assert (str(one.statement), one.is_denied, one.rule) == (DOG, False, "exclusion")
    assert [evidence.words for evidence in one.said] == [f"they said {DOG}"]
    assert {str(premise): truth.f for premise, truth in one.premises} == {FOX: 1.0, RULE: 0.0}


def test_it_is_found_in_a_property_and_over_two_rules(tell: Tell) -> None:
    facts = ("(--> bird ([] flying))", ("(--> tweety ([] flying))", NO), "(--> tweety bird)")
    (one,) = found(tell, facts, "(--> tweety bird)")
    assert (str(one.statement), one.is_denied) == ("(--> tweety ([] flying))", True)
    chain = ("(--> kit fox)", "(--> fox canid)", ("(--> canid cat)", NO), "(--> kit cat)")
    for last in ("(--> kit fox)", "(--> fox canid)", "(--> canid cat)"):
        assert "(--> kit cat)" in [str(one.statement) for one in found(tell, chain, last)]


@pytest.mark.parametrize("form", ["(¬ (--> kit dog))", "(not (--> kit dog))"])
def test_a_negation_that_was_said_is_what_it_denies(tell: Tell, form: str) -> None:
    (one,) = found(tell, (form, FOX, "(--> fox dog)"), FOX)
    assert (str(one.statement), one.is_denied) == (DOG, True)
    assert [evidence.truth.f for evidence in one.said] == [0.0]


def test_what_agrees_is_unsure_or_was_not_said_is_no_opposition(tell: Tell) -> None:
    facts: tuple[tuple[Fact, ...], ...] = (
        (DOG, FOX, "(--> fox dog)"),
        ((DOG, (1.0, 0.4)), FOX, (RULE, NO)),
        (DOG, FOX, (RULE, (0.0, 0.5))),
        (FOX, (RULE, NO)),
    )
    for told in facts:
        assert found(tell, told, FOX) == []


def test_the_order_of_telling_makes_no_difference(tell: Tell) -> None:
    for facts in permutations(KIT):
        assert [str(one.statement) for one in found(tell, facts, RULE)] == [DOG]


def test_no_more_is_told_than_was_asked_for(tell: Tell) -> None:
    flying = [f"(--> b{i} ([] flying))" for i in range(12)]
    kinds = [f"(--> b{i} bird)" for i in range(12)]
    facts = (*flying, *kinds, ("(--> bird ([] flying))", NO))
    assert len(found(tell, facts, "(--> bird ([] flying))")) == 3


@pytest.mark.parametrize("times", ["4 5", "8 20", "0 30"])
def test_what_was_said_of_a_time_that_has_some_of_it_in_common_is_opposed(
    tell: Tell, times: str
) -> None:
    told: tuple[Fact, ...] = ("(at p 1 10)", (f"(at p {times})", NO))
    (one,) = found(tell, told, f"(at p {times})")
    assert (str(one.statement), one.is_denied) == ("(at p 1 10)", False)
    (other,) = found(tell, told, "(at p 1 10)")
    assert (str(other.statement), other.is_denied) == (f"(at p {times})", True)
    assert found(tell, ("(at p 1 10)", ("(at p 11 12)", NO)), "(at p 1 10)") == []


def test_what_was_said_of_a_time_counts_as_it_was_said_last(tell: Tell) -> None:
    told: tuple[Fact, ...] = ("(at p 1 10)", "(at p 4 5)", ("(at p 4 5)", NO))
    (one,) = found(tell, told, "(at p 4 5)")
    assert (str(one.statement), one.is_denied) == ("(at p 1 10)", False)
    assert [evidence.truth.f for evidence in one.said if evidence.truth] == [1.0]
    assert [truth.f for _, truth in one.premises] == [0.0]


def test_what_is_as_much_denied_as_told_contradicts_nothing_that_follows(tell: Tell) -> None:
    told: tuple[Fact, ...] = ("(--> kit fox)", ("(--> kit fox)", NO), "(--> fox dog)", (DOG, NO))
    assert found(tell, told, FOX) == []


@pytest.mark.parametrize(
    "denial", ["(at (¬ {}) 2026-03-04 2026-03-04)", "(at {} 2026-03-04 2026-03-04)"]
)
def test_a_denial_of_a_part_of_a_time_is_opposed_in_either_form(tell: Tell, denial: str) -> None:
    day = denial.format("(--> tom ill)")
    denied: Fact = day if "¬" in denial else (day, NO)
    week = "(at (--> tom ill) 2026-03-02 2026-03-06)"
    for last, statement, is_denied in (
        (day, week, False),
        (week, "(at (--> tom ill) 2026-03-04 2026-03-04)", True),
    ):
        (one,) = found(tell, (denied, week), last)
        assert (str(one.statement), one.is_denied, one.rule) == (
            statement,
            is_denied,
            "sub-interval",
        )
