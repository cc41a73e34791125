"""When a statement holds: ``(at STATEMENT FROM TO)``, with times that can be compared.

A time is a number of seconds since 1970 (UTC), or ISO 8601 as text or as a symbol
(``2025-03-03``, ``"2025-03-03T12:00:00Z"``); a day is its first moment, and a time without a zone
is UTC. Anything else is no time, and nothing is before or after it.

Not covered: what a base makes of such statements (``atomspace``).
"""

from __future__ import annotations

from mettaclaw.atoms import times
from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol
from mettaclaw.errors import UsageError


def seconds(atom: Atom) -> float | None:
    """The time that an atom writes, in seconds since 1970 (UTC); None if it is none."""
    match atom:
        case Number(value):
            try:
                return float(value)
            except OverflowError:
                return None
        case String(text) | Symbol(text):
            try:
                return times.seconds(text)
            except UsageError:
                return None
        case _:
            return None


def gap(first: Atom, second: Atom) -> float:
    """The seconds from the end of one ``(at STATEMENT FROM TO)`` to the beginning of another.

    0 where they overlap, and where one of them is no such statement.
    """
    match first, second:
        case (
            Expression((Symbol("at"), _, _, end)),
            Expression((Symbol("at"), _, begin, _)),
        ):
            ended, began = seconds(end), seconds(begin)
            return 0.0 if ended is None or began is None else max(0.0, began - ended)
        case _:
            return 0.0
