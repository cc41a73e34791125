"""Times as text and text as times: ISO 8601, in UTC.

Times are seconds since 1970. Invariant: every number of seconds has a text, also one that no
calendar has (``UNKNOWN``); years have four digits. What is read and names no zone is UTC, as all
that is shown is; a date alone is a whole day, and text that is four digits (``2026``) is a whole
year, which nobody means as seconds. Words that people use (``today``, ``2h``) are ``moments``'.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timezone

from mettaclaw.errors import UsageError

UNKNOWN = "an unknown time"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_YEAR = re.compile(r"[12]\d{3}", re.ASCII)
_FORM = (
    "write 2026-11-16, 2026-11-16T10:30 or 2026-11-16T10:30:00+01:00, a year, or seconds since 1970"
)
_DAY_S = 86_400
BEFORE_S = 1e-3  # so long before the next day a day ends
FIRST, LAST = -62_135_596_800.0, 253_402_300_799.0  # the years 1 to 9999
LONGEST_S = LAST - FIRST


def utc(time: float) -> datetime | None:
    """A time in seconds as a date; None where no calendar has it."""
    try:
        return datetime.fromtimestamp(math.floor(time), timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def moment(time: float) -> str:
    """A time as ISO 8601, to the second: ``2025-03-01T12:00:00Z``."""
    when = utc(time)
    return f"{when.replace(tzinfo=None).isoformat()}Z" if when else UNKNOWN


def minute(time: float) -> str:
    """A time for people: ``2025-03-01 12:00``."""
    when = utc(time)
    return when.replace(tzinfo=None).isoformat(" ", "minutes") if when else UNKNOWN


def seconds_of(text: str) -> float:
    """The time that ``moment`` wrote; infinite for one that is unknown.

    Raises:
        ValueError: The text is no time.
    """
    if text == UNKNOWN:
        return math.inf
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def seconds(value: object, *, end: bool = False) -> float:
    """A time in seconds since 1970 (UTC).

    Args:
        value: A number of seconds, a ``datetime`` or ``date``, or ISO 8601 text.
        end: Whether a date stands for the end of its day, and a year for its own, and not for the
            beginning.

    Raises:
        UsageError: It is no time, or none of the years 1 to 9999.
    """
    match value:
        case bool():
            raise _no_time(value)
        case int() | float():
            if not FIRST <= value <= LAST:
                raise _no_time(value if isinstance(value, float) else "that number of seconds")
            found = float(value)
        case datetime():
            found = _within(_utc(value).timestamp(), value)
        case date():
            found = _day(value, end)
        case str():
            found = _read(value.strip(), end)
        case _:
            raise _no_time(value)
    return found


def year(text: str, *, end: bool = False) -> float | None:
    """The beginning of the year that four digits name, or that of the next one; else None."""
    if not _YEAR.fullmatch(text):
        return None
    return datetime(int(text) + end, 1, 1, tzinfo=timezone.utc).timestamp()


def _read(text: str, end: bool) -> float:
    whole = year(text, end=end)
    if whole is not None:
        return whole - BEFORE_S if end else whole
    try:
        if _DATE.fullmatch(text):
            return _day(date.fromisoformat(text), end)
        return _within(_utc(datetime.fromisoformat(_plain(text))).timestamp(), text)
    except (ValueError, OverflowError):
        pass
    try:
        return _within(float(text), text)
    except ValueError:
        raise _no_time(text) from None


def _plain(text: str) -> str:
    """ISO 8601 as Python 3.10 reads it: without the letter Z."""
    return f"{text[:-1]}+00:00" if text.endswith(("Z", "z")) else text


def _day(day: date, end: bool) -> float:
    first = datetime(day.year, day.month, day.day, tzinfo=timezone.utc).timestamp()
    return first + _DAY_S - BEFORE_S if end else first


def _utc(when: datetime) -> datetime:
    return when if when.tzinfo is not None else when.replace(tzinfo=timezone.utc)


def _within(value: float, shown: object) -> float:
    if not math.isfinite(value) or not FIRST <= value <= LAST:
        raise _no_time(shown)
    return value


def _no_time(value: object) -> UsageError:
    return UsageError(f"{str(value)[:60]!r} is no time; {_FORM}")
