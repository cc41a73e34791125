"""What a caller passed, as the value it stands for, or an error that says what to pass instead.

Not covered: whether an atom is within the limits (``values.check``); whether a file is there.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from time import time as clock
from typing import Any, cast

from mettaclaw.atoms import moments
from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol, Variable, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.errors import UsageError

_LARGEST = 2**63  # what the database can number
_AHEAD_S = 60.0  # by which another machine's clock may be ahead of ours


def atom(value: object) -> Atom:
    """An atom, or the one that a MeTTa text writes."""
    if isinstance(value, str):
        return read(value)
    if isinstance(value, Symbol | Variable | Number | String | Expression):
        return value
    raise UsageError(
        f"{_shown(value)} is no atom; write its MeTTa text, such as '(--> garfield cat)', "
        "or an Atom"
    )


def truth(value: object) -> Truth | None:
    """A truth value, or a pair (f, c) as one; None stays None."""
    if value is None or isinstance(value, Truth):
        return value
    pair: Sequence[Any] = cast("Any", value) if isinstance(value, tuple | list) else ()
    if len(pair) == 2:
        return Truth(pair[0], pair[1])
    raise UsageError(f"{_shown(value)} is no truth value; write (1.0, 0.9), say")


def text(value: object, name: str) -> str:
    """A text; the argument's name is for the error."""
    if isinstance(value, str):
        return value
    raise UsageError(f"{name}={_shown(value)} is no text; write a string")


def limit(value: object) -> int | None:
    """A number of answers; None is no limit."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
        return value if value is None else min(value, _LARGEST - 1)
    raise UsageError(f"limit={_shown(value)}; it is a whole number from 0 on, or None for all")


def whole(value: object, name: str) -> int:
    """A whole number from 0 on; the argument's name is for the error."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST:
        return value
    raise UsageError(f"{name}={_shown(value)}; it is a whole number from 0 on")


def past(value: object) -> float:
    """A time that has come, in seconds; see ``moments.told``."""
    found = moments.told(value)
    if found > clock() + _AHEAD_S:
        raise UsageError(
            f"time={_shown(value)} has not come yet; what will hold is written "
            "(at STATEMENT FROM TO)"
        )
    return found


def path(value: object) -> Path:
    """A file's path."""
    if isinstance(value, str | os.PathLike):
        found = cast("object", os.fspath(cast("Any", value)))
        if isinstance(found, str) and "\0" not in found and _can_be_named(found):
            return Path(found)
    raise UsageError(f"{_shown(value)} is no file name; write a string or a Path of a file")


def _can_be_named(path: str) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return Path(path).name not in ("", "..")


def _shown(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
