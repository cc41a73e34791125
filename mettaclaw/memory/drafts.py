"""Drafts: what is to be kept, made of what callers give, and checked once.

Invariant: a draft that is made here can be stored. What cannot be kept is an error that says why.
Not covered: what is kept of it, and what is left out as a secret (``items``).
"""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, cast

from mettaclaw.atoms import times
from mettaclaw.atoms.syntax import Atom, check, read
from mettaclaw.errors import LimitError, UsageError
from mettaclaw.memory import arguments
from mettaclaw.memory.arguments import Moment
from mettaclaw.memory.items import MOST_ATOMS, MOST_CONTEXT, Draft
from mettaclaw.memory.standing import tried
from mettaclaw.memory.text import storable

MAX_CHARS = 200_000
MAX_SCOPE_CHARS = 200

Atoms: TypeAlias = Atom | str | Sequence[Atom | str]

_GIVEN = "text atom scope speaker time context source thread kind expires".split()  # noqa: SIM905


def given(each: object) -> Draft:
    """A draft from what a caller of ``remember_many`` has."""
    if isinstance(each, Draft):
        fields = {name: getattr(each, name) for name in _GIVEN if name != "atom"}
        return replace(draft(atom=each.atoms or None, **fields), is_quarantined=each.is_quarantined)
    if isinstance(each, str):
        return draft(text=each)
    if not isinstance(each, Mapping):
        raise UsageError(f"an item is a text or a mapping, and this is {type(each).__name__}")
    fields = dict(cast("Mapping[Any, Any]", each))
    strange = [str(key)[:40] for key in fields if key not in _GIVEN]
    if strange:
        raise UsageError(f"there is no `{strange[0]}`; an item may have {', '.join(_GIVEN)}")
    return draft(**fields)


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
        _check_text(arguments.text("text", text))
    atoms = _atoms(atom)
    if text is None and not atoms:
        raise UsageError("there is nothing to remember: give a text, an atom, or both")
    for what, value in (("scope", scope), ("speaker", speaker), ("thread", thread)):
        if value is not None or what == "scope":
            _check_name(what, arguments.text(what, value, _EMPTY if what == "scope" else ""))
    arguments.text("source", source, ", such as user or file:notes.md")
    if context is not None and not isinstance(cast("object", context), str):
        raise arguments.wrong("context", context, "a text")
    if context is not None and len(context) > MOST_CONTEXT:
        raise LimitError(
            "text",
            f"a context of {len(context):,} characters, and an item has {MOST_CONTEXT:,} around it "
            "(limit text); give less of it",
        )
    when = dated("time", arguments.moment(time))
    ends = dated("expires", arguments.moment(expires, end=True, what="expires"))
    return tried(
        Draft(
            text,
            atoms,
            source,
            clock.time() if when is None else when,
            scope,
            arguments.kind(kind),
            speaker or None,
            thread,
            None if context is None else storable(context),
            ends,
        )
    )


def _atoms(atom: Atoms | None) -> tuple[Atom, ...]:
    if atom is None:
        return ()
    many = (atom,) if isinstance(atom, str | Atom) else cast("object", atom)
    if isinstance(many, bytes | Mapping) or not isinstance(many, Iterable):
        raise arguments.wrong("atom", cast("object", many), _ATOMS)
    found: list[Atom] = []
    for each in cast("Iterable[object]", many):
        if not isinstance(each, str | Atom):
            raise arguments.wrong("atom", each, _ATOMS)
        found.append(check(read(each) if isinstance(each, str) else each))
    if len(found) > MOST_ATOMS:
        raise LimitError(
            "atoms",
            f"{len(found):,} atoms for one item, and {MOST_ATOMS} can be given at once (limit "
            "atoms); split it into several items",
        )
    return tuple(found)


_ATOMS = 'an atom, its MeTTa text such as "(--> garfield cat)", or a list of these'
_EMPTY = '; "" is the part of memory without a name'


def dated(what: str, time: float | None) -> float | None:
    """A time that a calendar has.

    Raises:
        UsageError: It is none of the years 1 to 9999, or no number.
    """
    if time is not None and not times.FIRST <= time <= times.LAST:
        raise UsageError(
            f"{what} is {time!r}, and takes seconds since 1970 of one of the years 1 to 9999"
        )
    return time


def place(scope: str | None, clean: Callable[[str], str]) -> str | None:
    """A scope to look in, as that of items was kept: without what is a secret by the settings.

    Raises:
        UsageError: No item can be in it.
    """
    if scope is None:
        return None
    return clean(arguments.text("scope", scope, ', the name of a part of memory ("" has none)'))


def _check_name(what: str, value: str) -> None:
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
