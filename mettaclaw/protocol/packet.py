"""The packet: all that a model gets to see in one cycle, and what it answers.

A packet is a value: a model holds no state between cycles, so that a turn can be resumed,
replayed and shown. How it is laid out as text or as chat messages is the model's business
(``mettaclaw.models``); what may not happen there is that untrusted text reaches the system role.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from mettaclaw.protocol.calls import Call, Result
from mettaclaw.protocol.tool import Tool


@dataclass(frozen=True, slots=True)
class Message:
    """A human message: the id it queued under, its words, and when it came (seconds, UTC)."""

    id: int
    text: str
    time: float


@dataclass(frozen=True, slots=True)
class Cycle:
    """One finished cycle: what the model answered and what became of its calls.

    ``error`` says why an answer as a whole did not run (syntax, no calls); then there are no
    results.
    """

    number: int
    answer: str
    results: tuple[Result, ...]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier turn: the person's words, what the agent did, and what it said."""

    message: Message
    cycles: tuple[Cycle, ...]
    replies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Packet:
    """All that the model gets to see in one cycle.

    ``results`` are the cycles of this turn so far, oldest first; ``history`` is earlier turns,
    oldest first; ``time`` is now, in seconds UTC; ``calls_limit`` and ``cycles_left`` are the
    limits in force; ``notice`` is a line from the loop itself, such as a limit that was hit.
    ``recall`` has the few items of long-term memory that are close to the message, a line each;
    empty where none is.
    """

    system: str
    tools: tuple[Tool, ...]
    pin: str
    results: tuple[Cycle, ...]
    history: tuple[Exchange, ...]
    message: Message
    time: float
    calls_limit: int = 5
    cycles_left: int = 20
    notice: str = ""
    recall: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a model read and wrote."""

    tokens_in: int = 0
    tokens_out: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out)


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer in one cycle: its text as it came, and the calls in it.

    ``error`` is set, and ``calls`` empty, when the text is not an answer in calls; the loop shows
    it to the model in the next cycle. ``prose`` is free text beside native tool calls, or instead
    of them: with native tools and no call, it is the reply.
    """

    text: str
    calls: tuple[Call, ...] = ()
    error: str | None = None
    usage: Usage = Usage()
    prose: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a turn ends with: the text sent to the person, cycles used, tokens used.

    ``message`` is the id of the message that it answers, ``results`` every call of the turn,
    ``state`` is ``done``, ``failed`` (the text says why) or ``stopped``.
    """

    text: str
    cycles: int
    usage: Usage
    message: int
    results: tuple[Result, ...] = ()
    state: str = "done"


class Note(str):
    """A piece of a model's stream that is no part of its answer: a wait, a retry; for people."""

    __slots__ = ()


class Model(Protocol):
    """What decides. Implementations: ``english``, ``openai``, later local weights.

    One that offers the tools as JSON functions has an attribute ``native`` that is true, so that
    what it was shown can be laid out again as it was.
    """

    @property
    def name(self) -> str:
        """The name it was asked for by, such as ``english`` or ``openai:gpt-5``."""
        ...

    def answer(self, packet: Packet) -> AsyncIterator[str | Answer]:
        """Think: yields pieces of text as they come, then exactly one ``Answer``, last.

        A piece that is a ``Note`` is news for the person (the loop makes it a ``Notice``).

        Raises:
            ModelError: It cannot answer; the message is one line that says what to do.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
