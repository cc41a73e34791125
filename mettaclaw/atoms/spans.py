"""When a statement holds: ``(at STATEMENT FROM TO)``, which says that it does throughout the span.

A time is a number of seconds since 1970 (UTC), or ISO 8601 as text or as a symbol
(``2025-03-03``, ``"2025-03-03T12:00:00Z"``); one without a zone is UTC. A day is the whole of it:
``(at p 2025-03-03 2025-03-04)`` lasts for two days. A prediction may have a lag, which is a number
and a unit: ``(=/> cloud rain (after 2 d))``. A rule moves a time by one, ``(+ 2025-03-03 2 d)``,
and ``moved`` works such sums out for its conclusion.

Invariant: what ``check`` lets pass has times that can be compared, in the order in which they come.
Variables stand for any. Not covered: what follows from such statements (``metta/nal.metta`` and
``reasoning.backward.windowsearch``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from mettaclaw.atoms import times
from mettaclaw.atoms.values import Atom, Expression, Number, String, Symbol, Variable, is_ground
from mettaclaw.errors import UsageError

AT = Symbol("at")
UNITS_S = {"s": 1, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}

_PREDICTION = "=/>"
_JOINING = frozenset(  # what stands before statements, and so perhaps before one with a time
    {"at", "==>", "<=>", _PREDICTION, "=|>", "</>", "<|>", "&/"}
    | {"∧", "and", ",", "∨", "or", "¬", "not"}
)
_EXAMPLE = "(at (--> ann ([] ill)) 2025-03-01 2025-03-05)"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one moment to another, both within it; in seconds since 1970 (UTC)."""

    first: float
    last: float

    def holds(self, other: Span) -> bool:
        """Whether the other is within this one."""
        return self.first <= other.first and other.last <= self.last


def of(atom: Atom) -> Span | None:
    """The span of ``(at STATEMENT FROM TO)``; None for any other atom, and one that is no span."""
    match atom:
        case Expression((Symbol("at"), _, begin, end)):
            return between(begin, end)
        case _:
            return None


def timed(statement: Atom, begin: Atom, end: Atom) -> Expression:
    """``(at STATEMENT FROM TO)``."""
    return Expression((AT, statement, begin, end))


def between(begin: Atom, end: Atom) -> Span | None:
    """From one time to another; None where they are none, or the end comes first."""
    first, last = seconds(begin), seconds(end, end=True)
    return None if first is None or last is None or last < first else Span(first, last)


def seconds(atom: Atom, *, end: bool = False) -> float | None:
    """The time that an atom writes, in seconds since 1970 (UTC); None if it is none.

    Args:
        atom: A time, or a time that is moved by a lag.
        end: Whether a day stands for its end, and not for its beginning.
    """
    match atom:
        case Number(value):
            try:
                return float(value) if math.isfinite(value) else None
            except OverflowError:
                return None
        case String(text) | Symbol(text):
            return _read(text, end)
        case Expression((Symbol("+"), time, Number() as number, Symbol() as unit)):
            begun, lag = seconds(time, end=end), lag_s(number, unit)
            return None if begun is None or lag is None else begun + lag
        case _:
            return None


@lru_cache(maxsize=4_096)
def _read(text: str, end: bool) -> float | None:
    try:
        return times.seconds(text, end=end)
    except UsageError:
        return None


def lag_s(number: Atom, unit: Atom) -> float | None:
    """The seconds of ``2 d``; None where that is no lag."""
    match number, unit:
        case Number(value), Symbol(name) if name in UNITS_S:
            found = value * UNITS_S[name] if abs(value) < times.LONGEST_S else math.inf
            return found if 0 <= found < times.LONGEST_S else None
        case _:
            return None


def moved(atom: Atom) -> Atom:
    """A statement with the times in it that are moved by a lag worked out; days stay days.

    What cannot be worked out stays as it is.
    """
    match atom:
        case Expression((Symbol("at"), statement, begin, end)):
            return timed(statement, _moved(begin), _moved(end, end=True))
        case _:
            return atom


def _moved(time: Atom, *, end: bool = False) -> Atom:
    match time:
        case Expression((Symbol("+"), begun, _, _)):
            first, found = seconds(time), seconds(time, end=end)
        case _:
            return time
    if first is None or found is None:
        return time
    if first % UNITS_S["d"] == 0 and times.utc(first) and seconds(begun) != _end(begun):
        return Symbol(times.moment(first)[:10])
    if isinstance(begun, Number):
        return Number(int(found) if found.is_integer() else found)
    if times.utc(found) is None:
        return Number(found)
    return String(times.moment(found))


def _end(time: Atom) -> float | None:
    return seconds(time, end=True)


def gap(first: Atom, second: Atom) -> float:
    """The seconds from the end of one statement with a time to the beginning of another.

    0 where they overlap, and where one of them is no such statement.
    """
    before, after = of(first), of(second)
    return 0.0 if before is None or after is None else max(0.0, after.first - before.last)


def check(atom: Atom) -> Atom:
    """Return the atom if whatever it says of times can be understood.

    Raises:
        UsageError: ``(at STATEMENT FROM TO)`` or a lag in it is written wrongly, with the right
            form.
    """
    stack = [atom]
    while stack:
        match stack.pop():
            case Expression((Symbol("at"), *parts)) as found:
                _check_span(found, parts)
            case Expression((Symbol(sign), *parts)) if sign in _JOINING:
                if sign == _PREDICTION and len(parts) == 3:
                    _check_lag(parts.pop())
            case _:
                continue
        stack.extend(parts)
    return atom


def _check_span(found: Expression, parts: list[Atom]) -> None:
    shown = str(found) if len(str(found)) <= 80 else f"{str(found)[:77]}..."
    if len(parts) != 3:
        raise UsageError(
            f"`{shown}` says no times: `at` takes a statement and from when to when it holds, "
            f"as in {_EXAMPLE}"
        )
    _, begin, end = parts
    for time in (begin, end):
        if not isinstance(time, Variable) and (
            isinstance(time, Expression) or seconds(time) is None
        ):
            raise UsageError(
                f"`{str(time)[:60]}` in `{shown}` is no time; write a day, a moment such as "
                f'"2025-03-01T12:00:00Z" or seconds since 1970, as in {_EXAMPLE}'
            )
    if is_ground(begin) and is_ground(end) and between(begin, end) is None:
        raise UsageError(
            f"`{shown}` ends before it begins; write the earlier time first, as in {_EXAMPLE}"
        )


def _check_lag(part: Atom) -> None:
    match part:
        case Variable():
            return
        case Expression((Symbol("after"), number, unit)):
            if isinstance(number, Variable) or isinstance(unit, Variable):
                return
            if lag_s(number, unit) is not None:
                return
        case _:
            pass
    raise UsageError(
        f"`{str(part)[:60]}` is no lag; write a number from 0 on and one of "
        f"{', '.join(UNITS_S)}, as in (=/> cloud rain (after 2 h))"
    )
