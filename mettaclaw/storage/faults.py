"""SQLite's errors as ours: what happened to which file, and what to do next.

Not covered: errors that are found without SQLite (a newer schema, another program's file).
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Generator
from pathlib import Path

from mettaclaw.errors import MettaClawError, StorageError, UsageError

BUSY_TIMEOUT_S = 20.0


@contextlib.contextmanager
def explained(path: Path) -> Generator[None, None, None]:
    """Turn SQLite's errors into ours, with what to do next."""
    try:
        yield
    except (sqlite3.Error, UnicodeEncodeError) as error:
        raise ours(error, path) from error


def ours(error: sqlite3.Error | UnicodeEncodeError, path: Path) -> MettaClawError:
    """The error of ours for one of SQLite's on the database at ``path``."""
    if isinstance(error, UnicodeEncodeError):
        return UsageError("half of a surrogate pair cannot be stored; remove it from the text")
    return StorageError(_explanation(str(error), path))


def _explanation(text: str, path: Path) -> str:
    cures = {
        "disk is full": "the disk is full: free some space; what was committed is safe",
        "disk I/O error": "the disk failed: check it, then run `mettaclaw doctor`",
        "readonly": "it cannot be written: check the permissions of the file and its folder",
        "unable to open": "it cannot be opened: check that the folder exists and can be written",
        "not a database": "it is damaged or no database: move it away, or restore a backup",
        "malformed": "it is damaged: move it away and restore a backup"
        " (`sqlite3 FILE .recover` may save more)",
        "locked": f"another process kept it locked for {BUSY_TIMEOUT_S:.0f} s: wait, or end it",
        "closed": "it was closed: open it again",
    }
    for sign, cure in cures.items():
        if sign in text:
            return f"database {path}: {cure} (SQLite: {text})"
    return f"database {path}: {text}"
