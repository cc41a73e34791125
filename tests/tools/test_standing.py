"""promote and demote, and what the model is told of rules on trial."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mettaclaw.errors import CallError, UsageError
from mettaclaw.memory import votes
from mettaclaw.tools import toolset
from tests.tools.conftest import Bench

RULE = "(==> (--> $x cat) (--> $x lazy))"


def answering(bench: Bench, message: int) -> None:
    bench.context = replace(bench.context, episode=lambda: message)
    bench.tools = toolset(bench.context)


def value(bench: Bench, number: int) -> float:
    item = bench.context.memory.get(number)
    assert item is not None
    return item.value


def test_in_one_message_an_item_counts_once(bench: Bench) -> None:
    bench.call('(remember "tea")')
    answering(bench, 1)
    assert bench.values("(promote 1)") == ["(promoted 1)"]
    bench.call("(promote 1)")
    assert value(bench, 1) == 1.0
    answering(bench, 2)
    bench.call("(promote 1)")
    assert value(bench, 1) == pytest.approx(2.0, abs=1e-3)
    assert bench.values("(demote 1)") == ["(demoted 1)"]
    assert value(bench, 1) == pytest.approx(0.0, abs=1e-3)


def test_a_models_rule_is_found_with_its_quarantine_which_it_cannot_end(bench: Bench) -> None:
    bench.call(f"(remember {RULE})")
    for message in range(1, 5):
        answering(bench, message)
        (_, note) = bench.values("(promote 1)")
        assert note == '(note "it is in quarantine")'
    found, *_ = bench.values('(query "lazy cat")')
    assert found.endswith(" quarantined)")


def test_a_rule_that_the_person_gave_is_not_on_trial(bench: Bench) -> None:
    bench.said.append(f"Remember this: {RULE}")
    bench.call(f"(remember {RULE})")
    found, *_ = bench.values('(query "lazy cat")')
    assert "quarantined" not in found


def test_a_model_votes_in_the_persons_words_alone_and_ends_no_trial(bench: Bench) -> None:
    bench.call(f"(remember {RULE})")
    for message in range(1, 5):
        answering(bench, message)
        bench.said.append("Rex sleeps all day long.")
        assert bench.values('(support 1 "Rex sleeps all day long.")') == [
            "(supported 1)",
            '(note "it is in quarantine")',
        ]
    assert votes.tally(bench.context.kb.database, 1) == votes.Votes(4, 0)
    assert bench.values('(contradict 1 "Rex sleeps all day long.")')[0] == "(contradicted 1)"
    assert votes.tally(bench.context.kb.database, 1) == votes.Votes(3, 1)
    with pytest.raises(CallError, match="quote a whole sentence"):
        bench.call('(support 1 "Rex is lazy.")')


def test_what_is_no_item_is_refused(bench: Bench) -> None:
    with pytest.raises(UsageError, match="no item 7"):
        bench.call("(promote 7)")
    for number in ("1.5", "1e300", "-1"):
        with pytest.raises((CallError, UsageError), match="item"):
            bench.call(f"(demote {number})")
