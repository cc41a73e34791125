"""What somebody is reported to have said: it has that source and time, and no more weight."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

import pytest

from mettaclaw import Atomspace
from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.truth import Truth
from mettaclaw.errors import UsageError
from mettaclaw.evaluator import Evaluation

WORDS = "Sam says that Tom is a cat."
QUALITY = Quality({"expert": 0.9, "general": 0.55}, {"vet": "expert"})


@pytest.fixture
def kb() -> Iterator[Atomspace]:
    with Atomspace.open(":memory:", quality=QUALITY) as opened:
        yield opened


def believe(
    kb: Atomspace, words: str, *who: str, message: str | None = None, f: float = 1.0
) -> Evaluation:
    program = f'!(believe (--> tom cat) (stv {f} 0.9) "{words}" {" ".join(who)})'
    quotable = words if message is None else message
    return kb.evaluate(program, source="model:m", quotable=quotable)


def test_what_is_reported_has_its_source_its_words_and_its_time(kb: Atomspace) -> None:
    dated = "On 2025-03-03 Sam said that Tom is a cat."
    assert believe(kb, dated, "sam", "2025-03-03").error is None
    (one,) = kb.evidence("(--> tom cat)")
    assert (one.source, one.words) == ("sam", dated)
    assert one.time == datetime(2025, 3, 3, tzinfo=timezone.utc).timestamp()
    assert kb.as_of("2025-03-02").truth("(--> tom cat)") is None
    assert kb.as_of("2025-03-04").truth("(--> tom cat)") == Truth(1.0, 0.55)


def test_a_report_is_no_surer_than_its_source_and_shows_what_is_stored(kb: Atomspace) -> None:
    for words, who, c in ((WORDS, "sam", 0.55), ("The vet says so.", "vet", 0.9)):
        kb.remove("(--> tom cat)")
        shown = believe(kb, words, who)
        assert [str(value) for value in shown.results[0]] == [f"(stv 1.0 {c})"]
        assert kb.truth("(--> tom cat)") == Truth(1.0, c)


@pytest.mark.parametrize("who", ["vet", "user", "model:m", '"file:a.metta"', '""', "model"])
def test_a_model_names_only_sources_that_the_persons_words_name(kb: Atomspace, who: str) -> None:
    words = WORDS if who != "user" else "Somebody else wrote this."
    found = believe(kb, words, who, message=WORDS)
    assert isinstance(found.error, UsageError)
    assert "name" in str(found.error)
    assert kb.count() == 0


def test_words_that_nobody_said_have_no_source_to_name(kb: Atomspace) -> None:
    found = believe(kb, "The vet says that Tom is a cat.", "vet", message="Tom is a cat.")
    assert isinstance(found.error, UsageError)


@pytest.mark.parametrize("when", ["2125-01-01", "soon", "2025-02-31"])
def test_a_time_that_has_not_come_or_is_none_is_refused(kb: Atomspace, when: str) -> None:
    assert isinstance(believe(kb, WORDS, "sam", when).error, UsageError)
    assert kb.count() == 0


def test_a_person_at_the_command_line_may_name_anybody(kb: Atomspace) -> None:
    program = '!(believe (--> tom cat) (stv 1 0.8) "as she told me" ann)'
    assert kb.evaluate(program, source="user").error is None
    (one,) = kb.evidence("(--> tom cat)")
    assert (one.source, one.truth) == ("ann", Truth(1.0, 0.8))


def test_the_same_words_count_once_whomever_they_are_put_down_to(kb: Atomspace) -> None:
    believe(kb, WORDS)
    assert [e.source for e in kb.evidence("(--> tom cat)")] == ["model:m"]
    believe(kb, WORDS, "sam")
    believe(kb, WORDS, "sam")
    assert [e.source for e in kb.evidence("(--> tom cat)")] == ["sam"]


def test_those_whom_the_words_name_together_are_a_piece_of_evidence_each(kb: Atomspace) -> None:
    words = "On Monday, Sam, the vet and Ann said that Tom is a cat."
    for who in ("sam", "vet", "ann", "sam"):
        assert believe(kb, words, who).error is None
    assert [e.source for e in kb.evidence("(--> tom cat)")] == ["sam", "vet", "ann"]


def test_whoever_stands_in_the_words_without_saying_it_is_no_second_witness(kb: Atomspace) -> None:
    words = "Sam said Kit and Ann know that Tom is a cat."
    for who in ("sam", "ann"):
        believe(kb, words, who)
    assert len(kb.evidence("(--> tom cat)")) == 1


def test_reports_that_contradict_each_other_are_found_when_they_arise(kb: Atomspace) -> None:
    assert not believe(kb, WORDS, "sam").contradictions
    denied = believe(kb, "The vet says that Tom is not a cat.", "vet", f=0.0)
    (found,) = denied.contradictions
    assert [e.source for e in (*found.speaking_for, *found.speaking_against)] == ["sam", "vet"]


def test_a_proof_of_pooled_evidence_has_the_truth_of_each_piece(kb: Atomspace) -> None:
    believe(kb, WORDS, "sam")
    (alone,) = kb.evaluate("!(why (--> tom cat))").results[0]
    assert "(stv 1.0 0.55))" not in str(alone)
    believe(kb, "The vet says that Tom is not a cat.", "vet", f=0.0)
    (pooled,) = kb.evaluate("!(why (--> tom cat))").results[0]
    assert '"Sam says that Tom is a cat." (stv 1.0 0.55))' in str(pooled)
    assert '"The vet says that Tom is not a cat." (stv 0.0 0.9))' in str(pooled)
    shown = str(kb.why("(--> tom cat)"))
    assert "with f 1, c 0.55" in shown
    assert "with f 0, c 0.9" in shown
