"""said, contradictions, changed in ``metta``, and forgetting single pieces: what they return."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from mettaclaw.errors import CallError, UsageError
from tests.tools.conftest import Bench

TAME = "(--> tom ([] tame))"
MONDAY, WEDNESDAY = "2025-03-03", "2025-03-05"


@pytest.fixture
def told(bench: Bench) -> Bench:
    """Sam on Monday and the vet on Wednesday disagree; Sam also says something of Kit."""
    kb = bench.context.kb
    kb.add(TAME, (1.0, 0.55), source="sam", words="Sam said that Tom is tame.", time=MONDAY)
    kb.add("(--> kit dog)", (1.0, 0.55), source="sam", words="Sam: Kit is a dog.", time=WEDNESDAY)
    kb.add(TAME, (0.0, 0.9), source="vet", words="The vet denied it.", time=WEDNESDAY)
    return bench


def asked(bench: Bench, form: str) -> list[str]:
    """What ``metta`` returns for one form."""
    return bench.values(f"(metta {form})")


def found(bench: Bench, call: str) -> list[int]:
    """The ids of the evidence that a call finds, in its order."""
    return [int(text.split("(evidence ")[1].split()[0]) for text in asked(bench, call)]


def test_said_tells_who_said_a_statement_with_time_words_and_truth(told: Bench) -> None:
    first, second = asked(told, f'(said "" {TAME})')
    assert first == (
        f'(said {TAME} (evidence 1 "sam" "2025-03-03T00:00:00Z" "Sam said that Tom is tame."'
        " (stv 1.0 0.55)))"
    )
    assert '"vet"' in second
    assert "(stv 0.0 0.9)" in second


@pytest.mark.parametrize(
    ("call", "ids"),
    [
        ('(said "sam")', [1, 2]),
        ('(said "Sam" tom)', [1]),
        ('(said "" tom)', [1, 3]),
        ('(said "sam" "" "2025-03-04")', [2]),
        ('(said "sam" "" "2025-03-01" "2025-03-03")', [1]),
        ('(said "" "" "2025-03-04" "2025-03-04")', []),
        ('(said "" (--> $x ([] tame)) "2025-03-05" "2025-03-05")', [3]),
        ('(said "ann")', []),
        ('(said "sam" zorble)', []),
    ],
)
def test_said_keeps_to_source_subject_and_time(told: Bench, call: str, ids: list[int]) -> None:
    assert found(told, call) == ids


def test_said_shows_the_latest_and_says_that_there_are_more(bench: Bench) -> None:
    for i in range(102):
        bench.context.kb.add(f"(--> wug{i} blicket)", 1.0, source="sam")
    *pieces, note = asked(bench, '(said "sam")')
    assert (len(pieces), "wug101" in pieces[-1], "wug1 " in pieces[0]) == (100, True, False)
    assert "the latest 100" in note


def test_what_was_forgotten_is_not_said_any_more(told: Bench) -> None:
    told.said.append("Forget what Sam said about Tom.")
    assert told.values("(forget (evidence 1))") == [
        f'(forgot "evidence" 1 {TAME})',
        f"(change {told.context.kb.history()[0].id})",
    ]
    assert found(told, f'(said "" {TAME})') == [3]
    assert str(told.context.kb.truth(TAME)) == str(told.context.kb.evidence(TAME)[0].truth)


def test_forgetting_the_last_piece_takes_what_rests_on_it_along(bench: Bench) -> None:
    kb = bench.context.kb
    kb.add("(--> tom cat)", (1.0, 0.9), source="user")
    kb.add("(--> cat animal)", (1.0, 0.9), source="user")
    kb.keep(kb.infer("(--> tom animal)")[0])
    bench.call("(forget (evidence 1))")
    assert kb.belief("(--> tom cat)") is None
    assert kb.belief("(--> tom animal)") is None
    assert kb.belief("(--> cat animal)") is not None


def test_only_the_person_takes_back_what_others_said(told: Bench) -> None:
    told.said.append("Forget something.")
    with pytest.raises(CallError, match="does not name the source `sam`"):
        told.call("(forget (evidence 1))")
    assert found(told, '(said "sam")') == [1, 2]


@pytest.mark.parametrize("ids", ["99", "-1", "1e300", "0.5"])
def test_evidence_that_is_not_there_is_no_evidence_to_forget(told: Bench, ids: str) -> None:
    with pytest.raises(CallError, match="there is no evidence"):
        told.call(f"(forget (evidence {ids}))")


def test_contradictions_are_all_or_those_of_a_statement(told: Bench) -> None:
    (one,) = asked(told, "(contradictions)")
    assert one.startswith(f'(contradiction {TAME} (for (evidence 1 "sam"')
    assert asked(told, f"(contradictions {TAME})") == [one]
    assert asked(told, "(contradictions (--> kit dog))") == []
    assert asked(told, "(contradictions tom)") == [one]
    assert asked(told, "(contradictions dog)") == []


def test_changed_tells_how_it_was_and_how_it_is(told: Bench) -> None:
    tame, kit = asked(told, '(changed "2025-03-04")')
    assert tame.startswith(f"(changed {TAME} (stv 1.0 0.55) (stv 0.11")
    assert kit == "(changed (--> kit dog) none (stv 1.0 0.55))"
    assert asked(told, '(changed "2025-03-01" "2025-03-03")') == [
        f"(changed {TAME} none (stv 1.0 0.55))"
    ]
    today = datetime.now(timezone.utc).date().isoformat()
    assert asked(told, f'(changed "{today}")') == []


def test_a_time_that_is_none_is_refused(told: Bench) -> None:
    for call in ('(said "sam" "" "someday")', '(changed "someday")'):
        with pytest.raises(UsageError, match="someday"):
            asked(told, call)
