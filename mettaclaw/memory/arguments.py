"""What callers of memory give, checked once: texts, names, times, kinds, numbers.

Invariant: whatever is given, a wrong argument is a ``UsageError`` that names it, says what it is
and what it takes. Not covered: whether a text is too long or empty (``drafts``), and atoms.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeAlias, cast

from mettaclaw.atoms import times
from mettaclaw.atoms.moments import instant
from mettaclaw.errors import UsageError
from mettaclaw.memory.items import KINDS
from mettaclaw.memory.text import require_storable

Moment: TypeAlias = float | str | date  # a datetime is a date too

_SHOWN = 40
_MOST_TIME = 1e300  # seconds; more is none that can be reckoned with


def text(what: str, value: object, such: str = "") -> str:
    """A text, which may be stored."""
    if not isinstance(value, str):
        hint = "; decode it first, as in value.decode()" if isinstance(value, bytes) else ""
        raise wrong(what, value, f"a text{such}{hint}")
    require_storable(value, f"the {what}")
    return value


def moment(value: object, *, end: bool = False, what: str = "time") -> float | None:
    """A time in seconds, UTC; a day as the end of something counts to its end."""
    match value:
        case None:
            return None
        case str():
            return instant(value, end=end)
        case datetime():
            return times.seconds(value)
        case date():
            return instant(value.isoformat(), end=end)
        case int() | float() if not isinstance(value, bool) and _is_finite(value):
            return float(value)
        case _:
            takes = "a datetime or a date, seconds since 1970, or a text such as "
            raise wrong(what, value, f"{takes}2026-05-04T10:30, June 2026, yesterday or 2h")


def period(since: object, until: object) -> tuple[float | None, float | None]:
    """The bounds of a time in which something was said, in seconds, UTC; None where there is none.

    Raises:
        UsageError: One is no time, or the end is not after the beginning.
    """
    first, last = moment(since, what="since"), moment(until, end=True, what="until")
    if first is not None and last is not None and first >= last:
        raise UsageError(
            f"nothing is since {times.minute(first)} and until {times.minute(last)} (UTC); give "
            "the earlier time as since"
        )
    return first, last


def kind(value: object) -> str:
    """A kind of items."""
    if value not in KINDS:
        raise wrong("kind", value, f"one of {', '.join(KINDS)}")
    return str(value)


def kinds(value: object) -> tuple[str, ...]:
    """Several kinds, or none for all."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise wrong("kinds", value, 'a list of kinds, such as ["note", "told"]')
    return tuple(kind(each) for each in cast("Iterable[object]", value))


def whole(what: str, value: object, least: int, most: int, takes: str) -> int:
    """A whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise wrong(what, value, takes)
    return value


def wrong(what: str, value: object, takes: str) -> UsageError:
    """The error about an argument."""
    shown = repr(value)
    if len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN]}…"
    return UsageError(f"{what} is {shown} ({type(value).__name__}); it takes {takes}")


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(float(value)) and abs(value) <= _MOST_TIME
    except OverflowError:
        return False
