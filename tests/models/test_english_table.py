"""Plays ``conversations.txt``: what a newcomer may say, and what must be answered to it.

Each line of the table is a conversation with the real agent in a home of its own. A wrong answer is
worse than "I could not read", so the table has as many sentences that must be refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from tests.models.english import Talk

_TABLE = Path(__file__).with_name("conversations.txt")


def _lines() -> Iterator[str]:
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("# "):
            yield line


def _fits(wanted: str, reply: str) -> bool:
    flat = " ".join(reply.split())
    if wanted == "?":
        return "I could not read" in flat and "Noted" not in flat
    return bool(re.fullmatch(".*".join(map(re.escape, wanted.split("…"))), flat))


def _is_refused(line: str) -> bool:
    """Whether one sentence is all that is said, and nothing is made of it."""
    said, wanted = line.split(" => ")
    return wanted.strip() == "?" and " | " not in said


@pytest.mark.parametrize("line", [line for line in _lines() if not _is_refused(line)])
def test_a_conversation_ends_with_the_right_answer(tmp_path: Path, line: str) -> None:
    said, wanted = line.split(" => ")
    with Agent.open(tmp_path / "home", "english") as agent:
        talk = Talk(agent)
        replies = [talk(message.replace("\\n", "\n").strip()) for message in said.split(" | ")]
    assert any(_fits(one.strip(), replies[-1]) for one in wanted.split(" || ")), replies


def test_what_cannot_be_read_is_named_and_nothing_is_noted(tmp_path: Path) -> None:
    refused = [line.split(" => ")[0] for line in _lines() if _is_refused(line)]
    assert len(refused) > 50
    with Agent.open(tmp_path / "home", "english") as agent:
        talk = Talk(agent)
        for said in refused:
            assert _fits("?", talk(said)), said
        assert agent.kb.count() == 0


def test_a_long_message_is_answered_without_stalling(tmp_path: Path) -> None:
    long = {
        "Tom is a cat and " * 300: "I could not read",
        "Wug" * 1_700: "I could not read",
        "Is Tom a cat? " * 360: "I read 100 sentences; send the last 260 sentences again.",
        "".join(
            f"Wug{i} is a blicket. " for i in range(250)
        ): "Wug99 is a blicket (f 1.00, c 0.90)",
        "(" * 5_000: "I read plain sentences",
    }
    with Agent.open(tmp_path / "home", "english") as agent:
        for message, wanted in long.items():
            assert len(message) >= 5_000
            assert wanted in Talk(agent)(message)
