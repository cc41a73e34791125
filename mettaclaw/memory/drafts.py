"""Drafts: what is to be kept, made of what callers give, and checked once.

Invariant: a draft that is made here can be stored. What cannot be kept is an error that says why.
Not covered: what is kept of it, and what is left out as a secret (``items``).
"""

from __future__ import annotations

import time as clock
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias, cast

from mettaclaw.atoms import times
from mettaclaw.atoms.moments import instant
from mettaclaw.atoms.syntax import Atom, check, read
from mettaclaw.atoms.times import minute
from mettaclaw.errors import LimitError, UsageError
from mettaclaw.memory.items import Draft
from mettaclaw.memory.standing import tried
from mettaclaw.memory.text import require_storable, storable

MAX_CHARS = 200_000
MAX_SCOPE_CHARS = 200

Atoms: TypeAlias = Atom | str | Sequence[Atom | str]
Given: TypeAlias = str | Mapping[str, Any] | Draft
Moment: TypeAlias = float | str | date  # a datetime is a date too

_MOST_S = 1e300  # of a time; what is more is none that can be reckoned with


def many(found: Iterable[Given]) -> Iterable[Given]:
    """What a caller of ``remember_many`` has, if it is many.

    Raises:
        UsageError: It is one, or none: a text would be kept letter by letter.
    """
    if isinstance(cast("object", found), str | bytes | Mapping | Draft):
        raise UsageError(
            f"remember_many takes a list of items, and this is one ({type(found).__name__}); put "
            "it into a list, or use remember"
        )
    if not isinstance(cast("object", found), Iterable):
        raise UsageError(f"remember_many takes a list of items, not {type(found).__name__}")
    return found


def given(each: str | Mapping[str, Any]) -> Draft:
    """A draft from what a caller of ``remember_many`` has."""
    if isinstance(each, str):
        return draft(text=each)
    if isinstance(cast("object", each), Mapping):
        return draft(**each)
    raise UsageError(f"an item is a text or a mapping, and this is {type(each).__name__}")


def draft(
    text: str | None = None,
    atom: Atoms | None = None,
    scope: str = "",
    speaker: str | None = None,
    time: Moment | None = None,
    context: str | None = None,
    source: str = "user",
    thread: str | None = None,
    kind: str = "note",
    expires: Moment | None = None,
) -> Draft:
    """A draft of what ``Memory.remember`` takes.

    Raises:
        UsageError: There is nothing to keep, or no database can hold it.
        LimitError: A text, a name or an atom is too large.
    """
    if text is not None:
        _check_text(text)
    atoms = _atoms(atom)
    if text is None and not atoms:
        raise UsageError("there is nothing to remember: give a text, an atom, or both")
    for what, value in (("scope", scope), ("speaker", speaker), ("thread", thread)):
        _check_name(what, value)
    when = clock.time() if time is None else moment(time)
    return tried(
        Draft(
            text,
            atoms,
            source,
            clock.time() if when is None else when,
            scope,
            kind,
            speaker or None,
            thread,
            None if context is None else storable(context[:MAX_CHARS]),
            moment(expires, end=True),
        )
    )


def _atoms(atom: Atoms | None) -> tuple[Atom, ...]:
    if atom is None:
        return ()
    many: Sequence[Atom | str] = (atom,) if isinstance(atom, str | Atom) else atom
    return tuple(check(read(each) if isinstance(each, str) else each) for each in many)


def moment(time: Moment | None, *, end: bool = False) -> float | None:
    """A time in seconds, UTC; a day as the end of something counts to its end.

    Raises:
        UsageError: It is no time.
    """
    match cast("object", time):
        case None:
            return None
        case str() as words:
            return instant(words, end=end)
        case datetime() as when:
            return times.seconds(when)
        case date() as day:
            return instant(day.isoformat(), end=end)
        case int() | float() as number if type(time) is not bool and abs(number) <= _MOST_S:
            return float(number)
        case other:
            raise UsageError(
                f"`{str(other)[:40]}` is no time; give a datetime or a date, seconds since 1970, "
                "or a text such as 2026-05-04T10:30, June 2026, yesterday or 2h"
            )


def period(since: Moment | None, until: Moment | None) -> tuple[float | None, float | None]:
    """The bounds of a time in which something was said, in seconds, UTC; None where there is none.

    Raises:
        UsageError: One is no time, or the end is not after the beginning.
    """
    first, last = moment(since), moment(until, end=True)
    if first is not None and last is not None and first >= last:
        raise UsageError(
            f"nothing is since {minute(first)} and until {minute(last)} (UTC); give the earlier "
            "time as since"
        )
    return first, last


def _check_name(what: str, value: str | None) -> None:
    if value is not None:
        require_storable(value, f"the {what}")
        if len(value) > MAX_SCOPE_CHARS:
            raise LimitError(
                "text",
                f"the {what} has {len(value):,} characters, and {MAX_SCOPE_CHARS} are allowed",
            )


def _check_text(text: str) -> None:
    if not text.strip():
        raise UsageError("there is nothing to remember: the text is empty")
    if len(text) > MAX_CHARS:
        raise LimitError(
            "text",
            f"a text of {len(text):,} characters, and an item holds {MAX_CHARS:,} (limit text); "
            "split it, or read it in with `mettaclaw memory import`, which does",
        )
    require_storable(text, "the text")
