"""``why_not`` tells evidence that was taken back, and what would follow from it."""

from __future__ import annotations

import pytest

from mettaclaw.atoms.times import minute
from mettaclaw.atoms.truth import Truth
from mettaclaw.atomspace import Atomspace
from tests.reasoning.rejections import (
    BIRD,
    EXCEPTION,
    FLIES,
    NO,
    PENGUIN,
    PINGU,
    SAID,
    of,
    only,
    premises,
)


def test_a_retired_source_is_told_with_what_it_said_and_when(kb: Atomspace) -> None:
    kb.add(FLIES, SAID, source="ann")
    kb.add(FLIES, NO, source="sam", words="Pingu cannot fly.", time="2026-11-16T12:00")
    kb.retire("sam")
    found = kb.why_not(FLIES)
    assert found.answer is not None
    assert found.answer.truth == Truth(*SAID)
    one = only(found, "retired")
    assert one.proof.truth == Truth(*NO)
    assert [evidence.source for evidence in one.proof.evidence] == ["sam"]
    when = minute(kb.history()[0].time)
    assert one.words == (
        'sam said "Pingu cannot fly." on 2026-11-16 12:00 UTC (f 0, c 0.9); '
        f"all that this source had said was taken back on {when} UTC"
    )


def test_a_chain_that_rests_on_what_was_taken_back_is_told_whole(kb: Atomspace) -> None:
    for fact in (PINGU, PENGUIN, BIRD):
        kb.add(fact, SAID, source="ann")
    kb.add(EXCEPTION, NO, source="sam")
    kb.retract(EXCEPTION)
    found = kb.why_not(FLIES)
    assert found.answer is not None
    assert found.answer.truth.f == 1.0
    one = only(found, "retired")
    assert one.proof.truth == Truth(0.0, 0.81)
    assert premises(one.proof) == [PINGU, EXCEPTION]
    assert one.words.startswith(f"{EXCEPTION}: sam said it on ")
    assert "; it was taken back on " in one.words


def test_a_statement_that_fell_is_told_with_what_it_rested_on(kb: Atomspace) -> None:
    kb.add("(--> tom cat)", SAID)
    kb.add("(--> cat animal)", SAID, source="sam")
    kb.keep(kb.infer("(--> tom animal)")[0])
    kb.remove("(--> cat animal)")
    found = kb.why_not("(--> tom animal)")
    assert found.answer is None
    assert [str(need) for need in found.needs] == ["(--> cat animal)"]
    assert only(found, "retired").words.startswith("(--> cat animal): sam said it on ")


def test_what_was_taken_back_of_a_premise_is_told(kb: Atomspace) -> None:
    kb.add(PINGU, SAID, source="ann")
    kb.add(PINGU, NO, source="sam")
    kb.add("(--> penguin bird)", SAID)
    kb.retire("sam")
    one = only(kb.why_not("(--> pingu bird)"), "retired")
    assert str(one.proof.statement) == PINGU


@pytest.mark.parametrize("undone", [True, False])
def test_what_an_undo_took_back_is_told_and_what_it_told_again_is_not(
    kb: Atomspace, undone: bool
) -> None:
    kb.add(FLIES, SAID, source="sam")
    if undone:
        kb.undo(kb.history()[0].id)
        assert "; that was undone on " in only(kb.why_not(FLIES), "retired").words
    else:
        kb.remove(FLIES)
        kb.undo(kb.history()[0].id)
        assert kb.why_not(FLIES).rejected == ()


def test_an_opinion_that_was_changed_is_told_as_replaced(kb: Atomspace) -> None:
    for value in ("1.0 0.3", "0.0 0.3"):
        assert kb.evaluate(f"!(believe {FLIES} (stv {value}))", source="model").error is None
    one = only(kb.why_not(FLIES), "retired")
    assert one.proof.truth == Truth(1.0, 0.3)
    assert "; something newer took its place on " in one.words


def test_the_past_knows_nothing_of_what_was_taken_back_later(kb: Atomspace) -> None:
    kb.add(FLIES, SAID, source="ann")
    kb.add(FLIES, NO, source="sam")
    first = kb.history()[0].time
    kb.add(PINGU, SAID)
    kb.retire("sam")
    second = kb.history()[0].time
    kb.retire("ann")
    assert kb.as_of(first).why_not(FLIES).rejected == ()
    then = kb.as_of(second).why_not(FLIES)
    assert then.answer is not None
    assert then.answer.truth == Truth(*SAID)
    assert [one.proof.evidence[0].source for one in then.rejected] == ["sam"]
    sources = {one.proof.evidence[0].source for one in of(kb.why_not(FLIES), "retired")}
    assert sources == {"ann", "sam"}


def test_the_past_tells_chains_that_had_fallen_by_then(kb: Atomspace) -> None:
    kb.add(PINGU, SAID)
    kb.add(EXCEPTION, NO, source="sam")
    kb.retire("sam")
    then = kb.history()[0].time
    kb.add(EXCEPTION, NO, source="bob")
    one = only(kb.as_of(then).why_not(FLIES), "retired")
    assert one.words.startswith(f"{EXCEPTION}: sam said it on ")
    assert of(kb.why_not("(--> pingu swimmer)"), "retired") == []


def test_of_a_rule_with_variables_what_was_taken_back_is_told(kb: Atomspace) -> None:
    rule = "(==> (--> $x bird) (--> $x flyer))"
    kb.add(rule, SAID, source="sam")
    kb.remove(rule)
    one = only(kb.why_not("(==> (--> $a bird) (--> $a flyer))"), "retired")
    assert one.proof.evidence[0].source == "sam"
