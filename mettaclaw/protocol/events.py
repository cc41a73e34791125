"""What a turn tells as it goes: the typed events of ``Agent.stream``, in order.

``CycleStarted (TextDelta | CallStarted | CallFinished | Notice | ReplySent)* … TurnEnded``; the
last event of a turn is always ``TurnEnded``. A ``Notice`` of what was left out of the message
(``mettaclaw.redaction``) comes before all. One that goes on where a crash left it, or finds no
time, may begin with any other. Only ``resume`` ends one with a ``Notice``: where the model cannot
be reached, what an earlier process left waits on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from mettaclaw.protocol.calls import Call, Result
from mettaclaw.protocol.packet import Reply


@dataclass(frozen=True, slots=True)
class CycleStarted:
    """The model is asked: cycle ``number`` of the turn for ``message``, from 1."""

    message: int
    number: int


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the model's answer as it comes: raw, before it is read as calls."""

    message: int
    text: str


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A call begins to run."""

    message: int
    call: Call


@dataclass(frozen=True, slots=True)
class CallFinished:
    """A call has ended and is committed, with its value or its failure."""

    message: int
    result: Result


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should know: an unreadable answer, a limit, a retry."""

    message: int
    text: str


@dataclass(frozen=True, slots=True)
class ReplySent:
    """A text for the person; it was committed before and leaves the outbox with this event."""

    message: int
    outbox: int
    text: str


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The turn is over."""

    message: int
    reply: Reply


Event: TypeAlias = (
    CycleStarted | TextDelta | CallStarted | CallFinished | Notice | ReplySent | TurnEnded
)
