"""Times that English names: on Monday, since 2019, last week, from May to July, as of 2025-03-04.

A time is cut off a sentence as ``When``, in its words, and becomes days only where it is asked for
(``days``): what ``Monday`` is depends on when it was said. Days are those of UTC, as all times that
are shown. Invariant: a weekday, or a month without a year, is the last one before the day it was
said on. Not covered: hours, and what has not come yet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from mettaclaw.atoms.syntax import Atom, String, Symbol
from mettaclaw.atoms.times import utc

Relation = Literal["at", "since", "from", "as of", "ever"]

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_SMALL = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]

_WEEKDAY, _MONTH = "|".join(_WEEKDAYS), "|".join(_MONTHS)
_ISO = r"\d{4}-\d{2}-\d{2}"
_YEAR = r"(?:1\d|20)\d\d"
_DAY = rf"\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})(?:,? {_YEAR})?"
_US_DAY = rf"(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?(?:,? {_YEAR})?"
_AGO = rf"(?:an?|\d{{1,3}}|{'|'.join(_SMALL)}) (?:day|week|month|year)s? ago"
_LONE = rf"(?:today|yesterday|the day before yesterday|(?:last|this) (?:week|month|year)|{_AGO})"
_DATED = rf"(?:(?:{_WEEKDAY}),? )?(?:the )?(?:{_ISO}|{_DAY}|{_US_DAY})"
_NAMED = rf"(?:{_DATED}|(?:last )?(?:{_WEEKDAY})|(?:{_MONTH})(?: (?:of )?{_YEAR})?|{_YEAR})"
_ANY = rf"(?:{_LONE}|{_NAMED})"
_PHRASE = (
    rf"(?:from (?P<from>{_ANY}) (?:to|until|till|through) (?P<to>{_ANY})"
    rf"|between (?P<low>{_ANY}) and (?P<high>{_ANY})"
    rf"|since (?P<since>{_ANY})|as (?:of|at) (?P<asof>{_ANY})"
    rf"|(?:on|in|during|back in|back on) (?P<at>{_NAMED})|(?:during )?(?P<lone>{_LONE})"
    rf"|(?P<last>last (?:{_WEEKDAY})))"
)
_BEFORE = re.compile(rf"{_PHRASE}\s*,?\s+(?=\S)".replace(" ", r"\s+"), re.IGNORECASE)
_AFTER = re.compile(rf"(?<=\S)(?P<comma>\s*,)?\s+{_PHRASE}\Z".replace(" ", r"\s+"), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class When:
    """A time in words: at a day or in a longer time, since one, from one to another, as of one."""

    relation: Relation
    first: str
    last: str = ""


EVER = When("ever", "")  # what is asked: when was it
SINCE_WHEN = When("ever", "since")


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day to the last, both included."""

    first: date
    last: date

    def meets(self, other: Days) -> bool:
        """Whether they have a day in common."""
        return self.first <= other.last and other.first <= self.last

    @property
    def atoms(self) -> tuple[Symbol, Symbol]:
        """As ``(at STATEMENT FROM TO)`` writes them."""
        return Symbol(self.first.isoformat()), Symbol(self.last.isoformat())


def opening(text: str) -> tuple[When, str] | None:
    """The time that a sentence begins with, and what comes after it."""
    found = _BEFORE.match(text)
    return (_when(found), text[found.end() :]) if found else None


def ending(text: str) -> tuple[When, str] | None:
    """The time that a sentence ends with, and what comes before it."""
    found = _AFTER.search(text)
    return (_when(found), text[: found.start()]) if found else None


def _when(found: re.Match[str]) -> When:
    part = {
        name: " ".join((text or "").lower().split()) for name, text in found.groupdict().items()
    }
    if part["since"]:
        return When("since", part["since"])
    if part["asof"]:
        return When("as of", part["asof"])
    if part["from"] or part["low"]:
        return When("from", part["from"] or part["low"], part["to"] or part["high"])
    return When("at", part["at"] or part["lone"] or part["last"])


def is_weekday(word: str) -> bool:
    """Whether a word in small letters names a day of the week."""
    return word in _WEEKDAYS


def days(when: When, now: float) -> Days | None:
    """The days that are meant by somebody who speaks now (seconds, UTC).

    None where there are no such days, or they have not come yet.
    """
    moment = utc(now)
    if moment is None:
        return None
    if when.relation == "ever":
        return Days(date.min, date.max)
    today = moment.date()
    first = _days(when.first, today)
    last = _days(when.last, today) if when.last else first
    if first is None or last is None or first.first > today:
        return None
    end = today if when.relation == "since" else last.last
    return Days(first.first, end) if first.first <= end else None


def whole(text: str, first: date) -> Days | None:
    """The week, month or year that was named in these words and begins on a day; None for a day."""
    parts = text.split()
    if any(part.rstrip("s") == "week" for part in parts):
        return Days(first, first + timedelta(days=6))
    if any(part.rstrip("s") == "year" for part in parts) or text.isdigit():
        return _whole(first.year)
    if any(part.rstrip("s") == "month" for part in parts) or (
        parts[:1] and parts[0] in _MONTHS and all(len(part) > 3 for part in parts[1:])
    ):
        return _month(first.replace(day=1))
    return None


def misnamed(when: When, now: float) -> str:
    """That a day is another weekday than it is called: 2026-11-17 is a Tuesday; "" where none is.

    ``now`` is when it is said (seconds, UTC).
    """
    moment = utc(now)
    for text in (when.first, when.last):
        weekday, _, rest = text.replace(",", "").partition(" ")
        found = _days(rest, moment.date()) if moment is not None and rest else None
        if weekday in _WEEKDAYS and found is not None and found.first == found.last:
            real = _WEEKDAYS[found.first.weekday()]
            if real != weekday:
                return f"{found.first.isoformat()} is a {real.capitalize()}"
    return ""


def _days(text: str, today: date) -> Days | None:
    try:
        return _single(text, today) or _span(text, today)
    except (ValueError, OverflowError):  # 31 February
        return None


def _single(text: str, today: date) -> Days | None:
    """A day."""
    words = text.replace(",", "").removeprefix("last ").removeprefix("the ").split()
    dated = words[1:] if words[0] in _WEEKDAYS and len(words) > 1 else words
    dated = [word for word in dated if word not in ("the", "of")]
    day: date | None = None
    if text in ("today", "yesterday"):
        day = today - timedelta(days=int(text == "yesterday"))
    elif text == "the day before yesterday":
        day = today - timedelta(days=2)
    elif words[0] in _WEEKDAYS and len(words) == 1:
        day = today - timedelta(days=(today.weekday() - _WEEKDAYS.index(words[0]) - 1) % 7 + 1)
    elif re.fullmatch(_ISO, dated[0]):
        day = date.fromisoformat(dated[0])
    elif len(dated) > 1 and (month := next((w for w in dated if w in _MONTHS), "")):
        rest = [word for word in dated if word != month]
        number = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", rest[0])
        if number:
            day = _latest(int(rest[1]) if rest[1:] else 0, month, int(number[1]), today)
    if day is None or words[0] in {*_WEEKDAYS} - {_WEEKDAYS[day.weekday()]}:
        return None  # Friday, 2025-03-03, which was a Monday
    return Days(day, day)


def _latest(year: int, month: str, day: int, today: date) -> date:
    """A day of a month; without a year, the last one that there was."""
    number = _MONTHS.index(month) + 1
    if year:
        return date(year, number, day)
    this = date(today.year, number, day)
    return this if this <= today else date(today.year - 1, number, day)


def _span(text: str, today: date) -> Days | None:
    """A week, a month, a year."""
    words = text.split()
    if words[-1] == "ago":
        return _ago(words, today)
    if words[0] in ("last", "this"):
        back = int(words[0] == "last")
        if words[1] == "week":
            monday = today - timedelta(days=today.weekday() + 7 * back)
            return Days(monday, monday + timedelta(days=6))
        if words[1] == "year":
            return _whole(today.year - back)
        first = today.replace(day=1)
        return _month((first - timedelta(days=back)).replace(day=1))
    if words[0] in _MONTHS:
        return _month(_latest(int(words[-1]) if len(words) > 1 else 0, words[0], 1, today))
    return _whole(int(text)) if text.isdigit() else None


def _ago(words: list[str], today: date) -> Days:
    count = _SMALL.index(words[0]) + 1 if words[0] in _SMALL else int(words[0].strip("an") or 1)
    unit = words[1].rstrip("s")
    if unit == "year":
        return _whole(today.year - count)
    if unit == "month":
        month = today.year * 12 + today.month - 1 - count
        return _month(date(month // 12, month % 12 + 1, 1))
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * count)
        return Days(monday, monday + timedelta(days=6))
    day = today - timedelta(days=count)
    return Days(day, day)


def _month(first: date) -> Days:
    after = (first + timedelta(days=31)).replace(day=1)
    return Days(first, after - timedelta(days=1))


def _whole(year: int) -> Days:
    return Days(date(year, 1, 1), date(year, 12, 31))


# --- as English ------------------------------------------------------------------------------


def read_days(first: Atom, last: Atom) -> Days | None:
    """The days of ``(at STATEMENT FROM TO)``; None where they are written as anything else."""
    found = [
        atom.name if isinstance(atom, Symbol) else atom.value
        for atom in (first, last)
        if isinstance(atom, Symbol | String)
    ]
    try:
        begun, ended = (date.fromisoformat(text[:10]) for text in found)
    except ValueError:
        return None
    return Days(begun, ended)


def during(when: Days) -> str:
    """Days as English says them: on Monday, 2025-03-03; in 2020; from 2019 to 2021."""
    first, last = when.first, when.last
    if first == last:
        return on(first)
    if first == date.min:
        return f"until {on(last).removeprefix('on ')}"
    whole = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    if whole and first.year == last.year:
        return f"in {first.year}"
    if whole:
        return f"from {first.year} to {last.year}"
    if when == _month(first):
        return f"in {_MONTHS[first.month - 1].capitalize()} {first.year}"
    return f"from {first.isoformat()} to {last.isoformat()}"


def within(when: Days) -> str:
    """A time that something fell into: in the week of 2025-03-03; else as ``during``."""
    if when.last - when.first == timedelta(days=6):
        return f"in the week of {when.first.isoformat()}"
    return during(when)


def since(day: date) -> str:
    """``since Monday, 2025-03-03``; ``since 2019``."""
    if (day.month, day.day) == (1, 1):
        return f"since {day.year}"
    return f"since {on(day).removeprefix('on ')}"


def on(day: date) -> str:
    """``on Monday, 2025-03-03``."""
    return f"on {_WEEKDAYS[day.weekday()].capitalize()}, {day.isoformat()}"
