"""Days, weeks, months and years that people name: ``yesterday``, ``last week``, ``June 2026``.

A period is the moment at which it begins and that at which the next one does, in seconds (UTC).
What is reckoned from today (``yesterday``, ``last month``) is of the local clock; what a calendar
names (``2026-06``, ``10 June 2026``) is UTC, as all that is shown is. A month without its year is
the last one of that name that has begun.

Invariant: a name has one meaning: where ``10.6.2026`` may be two days, it is an error. Not covered:
moments (``moments``), and ISO 8601 dates and years (``times``).
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone, tzinfo

from mettaclaw.errors import UsageError

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_NAMES = {
    written: number
    for number, name in enumerate(MONTHS, start=1)
    for written in (name, name[:3], *(["sept"] if number == 9 else []))
}
_NAMED = "|".join(sorted(_NAMES, key=len, reverse=True))

_MONTH = re.compile(rf"({_NAMED})\.?,?(?: (\d{{4}}))?")
_NUMBERED = re.compile(r"(\d{4})-(\d{2})")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})\.? ({_NAMED})\.?,? (\d{{4}})")
_MONTH_FIRST = re.compile(rf"({_NAMED})\.? (\d{{1,2}}),? (\d{{4}})")
_DOTTED = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})")
_YEARS = range(1, 9999)  # the next one has a beginning too


def named(said: str, now: float) -> tuple[float, float] | None:
    """The beginning and the end of what is named; None where it is no period.

    Args:
        said: The words, in small letters, with one space between them.
        now: The present, in seconds.

    Raises:
        UsageError: It may be two days.
    """
    today = datetime.fromtimestamp(now).date()
    local = _from_today(said, today)
    if local is not None:
        return _seconds(*local, None)
    found = _of_calendar(said, today)
    return None if found is None else _seconds(*found, timezone.utc)


def _from_today(said: str, today: date) -> tuple[date, date] | None:
    word, _, rest = said.rpartition(" ")
    if rest in DAYS and word in ("", "last"):
        return _day(today - timedelta(days=(today.weekday() - DAYS.index(rest) - 1) % 7 + 1))
    if said in ("today", "yesterday"):
        return _day(today - timedelta(days=int(said == "yesterday")))
    if word not in ("this", "last"):
        return None
    back = int(word == "last")
    if rest == "week":
        first = today - timedelta(days=today.weekday() + 7 * back)
        return first, first + timedelta(days=7)
    if rest == "month":
        return _month(*((today.year, today.month) if not back else _before(today)))
    if rest == "year":
        return date(today.year - back, 1, 1), date(today.year - back + 1, 1, 1)
    return None


def _of_calendar(said: str, today: date) -> tuple[date, date] | None:
    if found := _NUMBERED.fullmatch(said):
        return _month(int(found[1]), int(found[2]))
    if found := _MONTH.fullmatch(said):
        number = _NAMES[found[1]]
        return _month(int(found[2] or today.year - (number > today.month)), number)
    if found := _DAY_FIRST.fullmatch(said):
        return _date(int(found[3]), _NAMES[found[2]], int(found[1]))
    if found := _MONTH_FIRST.fullmatch(said):
        return _date(int(found[3]), _NAMES[found[1]], int(found[2]))
    if found := _DOTTED.fullmatch(said):
        day, month, year = int(found[1]), int(found[2]), int(found[3])
        if day != month and day <= 12 and month <= 12:
            raise UsageError(
                f"`{said}` may be {day} {MONTHS[month - 1].title()} or "
                f"{month} {MONTHS[day - 1].title()}; write {year}-{month:02}-{day:02} or "
                f"{year}-{day:02}-{month:02}"
            )
        return _date(year, month, day) or _date(year, day, month)
    return None


def _before(today: date) -> tuple[int, int]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.year, last.month


def _month(year: int, number: int) -> tuple[date, date] | None:
    if year not in _YEARS or not 1 <= number <= 12:
        return None
    after = (year, number + 1) if number < 12 else (year + 1, 1)
    return date(year, number, 1), date(*after, 1)


def _date(year: int, month: int, day: int) -> tuple[date, date] | None:
    try:
        return _day(date(year, month, day)) if year in _YEARS else None
    except ValueError:
        return None


def _day(day: date) -> tuple[date, date]:
    return day, day + timedelta(days=1)


def _seconds(first: date, after: date, zone: tzinfo | None) -> tuple[float, float]:
    begins, ends = (
        datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() for day in (first, after)
    )
    return begins, ends
