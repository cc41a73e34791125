"""Moments that people and models name: ``yesterday``, ``June 2026``, ``2h`` ago, ISO 8601.

What names no zone is UTC, but for what is reckoned from today, which is of the local clock
(``periods``).
Invariant: a day that is looked back at is its end, and that is before the next day begins.

Not covered: the times that a statement has (``spans``), which words cannot name, for they would
mean another time tomorrow.
"""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta, timezone

from mettaclaw.atoms import periods, times
from mettaclaw.errors import UsageError

_AGO = re.compile(r"(\d{1,6}(?:\.\d{1,6})?) ?(s|m|min|h|d|w)(?: ago)?")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def told(value: object) -> float:
    """The moment at which something was said, in seconds (UTC); a day is its beginning.

    Args:
        value: What ``times.seconds`` takes, or words that ``instant`` takes.

    Raises:
        UsageError: It is no time.
    """
    try:
        return times.seconds(value)
    except UsageError:
        if not isinstance(value, str):
            raise
    return times.seconds(instant(value))


def back(value: object) -> float:
    """The moment to look back at, in seconds (UTC); a day is its end.

    Args:
        value: What ``times.seconds`` takes, or words that ``instant`` takes.

    Raises:
        UsageError: It is no time.
    """
    try:
        return times.seconds(value, end=True)
    except UsageError:
        if not isinstance(value, str):
            raise
    now = time.time()
    found = instant(value, now=now, end=True)
    is_day = found != instant(value, now=now)
    return times.seconds(found - times.BEFORE_S if is_day else found)


def instant(text: str, *, now: float | None = None, end: bool = False) -> float:
    """The time that a person or a model means, in seconds, UTC.

    ``today``, ``yesterday`` and ``tuesday`` or ``last tuesday`` (the one before today, as any other
    weekday) are days of the local clock, as are ``this`` and ``last`` week, month and year; ``2h``
    (also s, min, d, w) is so long ago; ``June 2026``, ``2026-06``, ``10 June 2026``, ISO 8601 dates
    and times without an offset, and years (``2026``), are UTC.

    Args:
        text: What was said.
        now: The present; None asks the clock.
        end: Whether a day, a week, a month or a year means its end, not its start.

    Raises:
        UsageError: It is none of these.
    """
    said = " ".join(text.lower().split())
    moment = time.time() if now is None else now
    if said == "now":
        return moment
    period = periods.named(said, moment)
    if period is not None:
        return period[int(end)]
    ago = _AGO.fullmatch(said)
    if ago:
        return moment - float(ago.group(1)) * _SECONDS[ago.group(2)]
    year = times.year(said, end=end)
    if year is not None:
        return year
    try:
        when = datetime.fromisoformat(re.sub(r"z$", "+00:00", said))
        if end and re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
            when += timedelta(days=1)
        return (when if when.tzinfo else when.replace(tzinfo=timezone.utc)).timestamp()
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"`{text[:40]}` is no time; say today, yesterday, tuesday, last week, June 2025, "
            "2h (so long ago), 2025-11-20 or 2025-11-20T14:30"
        ) from error
