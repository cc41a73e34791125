"""What plays are made of: what they need, what they say, and the stage that they share.

A play is a generator. It yields ``Need``s, is sent the results of their calls, and returns what to
say. It keeps nothing else: each cycle the plays of a message run again from the start over the
results that are there (``turn``), so that a turn can be taken up anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from mettaclaw.atoms.syntax import Atom, Expression, Symbol
from mettaclaw.models.english import results
from mettaclaw.models.english.meaning import Statement
from mettaclaw.models.english.results import Step
from mettaclaw.models.english.speech import Speech
from mettaclaw.protocol.calls import Call, Result


@dataclass(frozen=True, slots=True)
class Need:
    """Calls whose results a play waits for; ``last`` where it makes no more after them.

    Without calls it waits for those that were made before it.
    """

    calls: tuple[Call, ...]
    last: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """What a play says: facts it has taken in, and sentences of its own.

    ``unanswered`` where a question has no answer by what is believed.
    """

    noted: tuple[str, ...] = ()
    text: str = ""
    unanswered: bool = False


Play: TypeAlias = Generator[Need, list[Result], Say]


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement with the truth value that it was ``told`` with, or has as an answer.

    ``denied`` where somebody has denied it since: the statement is still what he denied.
    """

    statement: Statement
    told: bool
    denied: bool = False


@dataclass(slots=True)
class Stage:
    """What the plays of a message share: how to say things, what was asked and said before, what
    was claimed last, when the message came (seconds, UTC), and what was ``forgotten`` last of all:
    None where something else came after it, "" where its words are gone too.
    """

    speech: Speech
    topics: Callable[[], list[Atom]]
    claims: Callable[[], list[Claim]]
    replies: tuple[str, ...] = ()
    now: float = 0.0
    forgotten: Callable[[], str | None] = lambda: None


def metta(forms: Iterable[Atom]) -> Call:
    """A call that evaluates these forms."""
    return Call("metta", tuple(forms))


def form(head: str, *parts: Atom) -> Expression:
    """``(head part ...)``."""
    return Expression((Symbol(head), *parts))


def as_of(time: Atom, asked: Atom) -> Expression:
    """What is asked as of a time."""
    return form("as-of", time, asked)


def about(head: str, topic: Atom) -> Expression:
    """``(head topic)``; of a topic as of a time, ``(as-of TIME (head topic))``."""
    match topic:
        case Expression((Symbol("as-of"), time, inner)):
            return as_of(time, form(head, inner))
        case _:
            return form(head, topic)


def plain(topic: Atom) -> Atom:
    """A topic without the time that it is asked of."""
    match topic:
        case Expression((Symbol("as-of"), _, inner)):
            return inner
        case _:
            return topic


def stored(pattern: Atom) -> Expression:
    """The proof of each belief that fits a pattern."""
    return form("match", Symbol("&kb"), pattern, form("why", pattern))


def proofs(call: Call, result: Result) -> list[Step]:
    """The proofs that the forms of a call returned."""
    return [
        proof
        for values in results.forms(result, len(call.args))
        for value in values
        if (proof := results.step(value)) is not None
    ]
