"""``why_not``: what was considered about a statement and did not count, and the reason."""

from __future__ import annotations

import pytest

from mettaclaw.atoms.truth import Truth
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import Bounds, infer, why_not
from mettaclaw.reasoning.whynot.rejected import EACH
from tests.reasoning.conftest import Tell
from tests.reasoning.rejections import (
    BIRD,
    EXCEPTION,
    FLIES,
    NO,
    PENGUIN,
    PINGU,
    of,
    only,
    premises,
)

FED = "(==> (, (--> $x bird) (--> $x fed)) (--> $x happy))"


# --- the specific before the general -------------------------------------------------------------


def test_what_is_inherited_against_an_exception_names_the_exception(tell: Tell) -> None:
    found = why_not(tell(PINGU, PENGUIN, BIRD, (EXCEPTION, NO)), FLIES)
    assert found.answer is not None
    assert found.answer.truth == Truth(0.0, 0.81)
    one = only(found, "general")
    assert one.proof.truth.f == 1.0
    assert premises(one.proof) == ["(--> pingu bird)", BIRD]
    assert one.words == (
        "it is inherited by way of (--> pingu bird), and what follows by way of "
        "(--> pingu penguin), which is more specific, contradicts it (f 0, c 0.81)"
    )


def test_what_is_inherited_against_what_was_said_of_the_thing_names_that(tell: Tell) -> None:
    found = why_not(tell(PINGU, "(--> penguin flyer)", (FLIES, NO)), FLIES)
    one = only(found, "general")
    assert "by way of (--> pingu penguin)" in one.words
    assert "of the thing itself" in one.words
    assert f"{FLIES}, f 0, c 0.9" in one.words


# --- guesses -------------------------------------------------------------------------------------


def test_a_guess_is_silenced_by_what_was_said(tell: Tell) -> None:
    found = why_not(tell("(==> rained wet)", "wet", ("rained", NO)), "rained")
    assert found.answer is not None
    assert found.answer.truth == Truth(0.0, 0.9)
    one = only(found, "guess")
    assert one.proof.rule == "conditional-abduction"
    assert one.words == (
        "conditional-abduction only guesses (c 0.448), and something stronger was said (c 0.9)"
    )


def test_a_guess_is_silenced_by_deduction(tell: Tell) -> None:
    store = tell("(==> rained wet)", "wet", "(==> cloudy rained)", ("cloudy", (1.0, 0.7)))
    found = why_not(store, "rained")
    assert found.answer is not None
    assert found.answer.proof.rule == "conditional-deduction"
    one = only(found, "guess")
    assert one.proof.rule == "conditional-abduction"
    assert "conditional-deduction knows something stronger (c 0.63)" in one.words


def test_a_guess_on_a_guess_is_told_with_both(tell: Tell) -> None:
    found = why_not(tell("(==> a b)", "b", "(==> c a)"), "c")
    assert found.answer is None
    one = only(found, "guesses")
    assert "rests on a guess (conditional-abduction)" in one.words


def test_a_guess_too_weak_to_be_an_answer_is_told(tell: Tell) -> None:
    found = why_not(tell("(==> rained wet)", ("wet", (1.0, 0.2))), "rained")
    assert found.answer is None
    one = only(found, "faint")
    assert one.proof.truth.c < 0.2
    assert "a guess below c 0.2 is no answer" in one.words


def test_a_guess_whose_premises_rest_on_one_thing_names_it(tell: Tell) -> None:
    found = why_not(tell(PINGU, PENGUIN, BIRD), EXCEPTION)
    one = only(found, "overlap")
    assert one.proof.rule == "induction"
    assert f"rest on the same evidence: {PINGU}, user said" in one.words


# --- what counts twice ---------------------------------------------------------------------------


def test_a_chain_that_shares_a_premise_with_a_better_one_names_it(tell: Tell) -> None:
    store = tell(
        *("(--> k p)", "(--> k q)", "(--> k s)"),
        "(==> (, (--> $x p) (--> $x q)) (--> $x r))",
        ("(==> (, (--> $x p) (--> $x s)) (--> $x r))", (1.0, 0.8)),
    )
    found = why_not(store, "(--> k r)")
    one = only(found, "shared")
    assert one.proof.truth.c == pytest.approx(0.648)
    assert '(--> k p), user said "they said (--> k p)" on ' in one.words
    assert "(--> k q)" not in one.words
    assert "(conditional-deduction, c 0.729)" in one.words


def test_the_same_evidence_in_another_order_is_not_rejected(tell: Tell) -> None:
    store = tell(*(f"(--> c{i} c{i + 1})" for i in range(5)))
    assert why_not(store, "(--> c0 c5)").rejected == ()


def test_what_the_search_did_not_come_to_is_told(tell: Tell) -> None:
    links = ("(--> tom k{0})", "(--> k{0} l{0})", "(--> l{0} animal)")
    classes = [link.format(i) for i in range(100) for link in links]
    found = why_not(tell(*classes), "(--> tom animal)", bounds=Bounds(steps=400))
    assert found.answer is not None
    assert found.answer.truth.c == 0.99
    assert len(of(found, "late")) == EACH
    assert all("before the search came to it" in one.words for one in of(found, "late"))


# --- nothing found -------------------------------------------------------------------------------


def test_a_rule_that_lacks_a_premise_is_told_with_what_it_needs(tell: Tell) -> None:
    found = why_not(tell(FED, "(--> kim bird)"), "(--> kim happy)")
    assert found.answer is None
    assert str(found.needs[0]) == "(--> kim fed)"
    one = of(found, "missing")[0]
    assert one.words == "conditional-deduction needs (--> kim fed), which is not known"
    assert one.proof.truth.c == 0.0
    assert FED in premises(one.proof)


def test_a_rule_with_a_false_premise_names_it(tell: Tell) -> None:
    found = why_not(tell(FED, "(--> kim bird)", ("(--> kim fed)", NO)), "(--> kim happy)")
    assert found.answer is None
    assert only(found, "false").words == (
        "conditional-deduction needs (--> kim fed), which is false (f 0, c 0.9)"
    )


def test_a_false_premise_further_down_is_found(tell: Tell) -> None:
    store = tell(("(--> tom cat)", NO), "(--> cat animal)", "(--> animal being)")
    words = [one.words for one in of(why_not(store, "(--> tom being)"), "false")]
    assert any("needs (--> tom cat), which is false (f 0, c 0.9)" in line for line in words)


def test_of_an_unknown_statement_in_an_empty_base_there_is_nothing_to_tell(tell: Tell) -> None:
    found = why_not(tell(), "(--> tom animal)")
    assert (found.answer, found.rejected, found.needs) == (None, (), ())
    assert str(found) == "unknown: (--> tom animal)"


@pytest.mark.parametrize("goal", ["$x", "($a $b)", "()"])
def test_a_question_that_names_nothing_is_refused(tell: Tell, goal: str) -> None:
    with pytest.raises(UsageError, match="names nothing"):
        why_not(tell("(--> a b)"), goal)


# --- variables -----------------------------------------------------------------------------------


def test_of_a_pattern_all_that_fit_are_told(tell: Tell) -> None:
    store = tell(
        *(PINGU, PENGUIN, BIRD, (EXCEPTION, NO)),
        *("(--> tux penguin)", "(--> tweety robin)", "(--> robin bird)"),
    )
    found = why_not(store, "(--> $who flyer)")
    assert found.answer == infer(store, "(--> $who flyer)")[0]
    told = {str(one.proof.statement) for one in of(found, "general")}
    assert told == {EXCEPTION, FLIES, "(--> tux flyer)"}
