"""Drafts: what is to be kept, made of what callers give, and checked once.

Invariant: a draft that is made here can be stored. What cannot be kept is an error that says why.
Not covered: what is kept of it, and what is left out as a secret (``items``).
"""

from __future__ import annotations

import time as clock
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

from mettaclaw.atoms.moments import instant
from mettaclaw.atoms.syntax import Atom, check, read
from mettaclaw.errors import LimitError, UsageError
from mettaclaw.memory.items import Draft
from mettaclaw.memory.standing import tried
from mettaclaw.memory.text import require_storable, storable

MAX_CHARS = 200_000
MAX_SCOPE_CHARS = 200

Atoms: TypeAlias = Atom | str | Sequence[Atom | str]
Moment: TypeAlias = float | str


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
    """A time in seconds, UTC; a day as the end of something counts to its end."""
    if isinstance(time, str):
        return instant(time, end=end)
    return None if time is None else float(time)


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
