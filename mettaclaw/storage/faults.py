"""SQLite's errors as ours: what happened to which file, and what to do next.

SQLite says "disk I/O error" of a disk that is full, of one that is broken and of a limit on the
size of files, and "unable to open" of a place that is read-only. So where it blames the place,
the place is asked: a little is written beside the database, to a file without a name.

Not covered: errors that are found without SQLite (a newer schema, another program's file).
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import tempfile
from collections.abc import Generator
from pathlib import Path

from mettaclaw.errors import MettaClawError, StorageError, UsageError

BUSY_TIMEOUT_S = 20.0
_PERMISSIONS = "it cannot be written: check the permissions of the file and its folder"

_PROBE = bytes(65_536)  # more than SQLite asks for at once: its shared memory takes 32 KiB
_SAFE = "what was committed is safe"
_IO = "disk I/O error"
_OF_PLACE = {
    "disk is full": f"the disk is full: free some space; {_SAFE}",
    _IO: "the disk failed: check it, then run `mettaclaw doctor`",
    "readonly": _PERMISSIONS,
    "unable to open": "it cannot be opened: check that the folder exists and can be written",
}
_OTHERS = {
    "not a database": "it is damaged or no database: move it away, or restore a backup",
    "malformed": "it is damaged: move it away and restore a backup"
    " (`sqlite3 FILE .recover` may save more)",
    "locked": f"another process kept it locked for {BUSY_TIMEOUT_S:.0f} s: wait, or end it",
    "closed": "it was closed: open it again",
}


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
    text = str(error)
    name = getattr(error, "sqlite_errorname", "")  # Python 3.11 and later
    said = f"SQLite: {text}, {name}" if name else f"SQLite: {text}"
    for sign, cure in _OF_PLACE.items():
        if sign in text:
            return StorageError(f"database {path}: {_of_place(path, sign) or cure} ({said})")
    for sign, cure in _OTHERS.items():
        if sign in text:
            return StorageError(f"database {path}: {cure} ({said})")
    return StorageError(f"database {path}: {text}")


def blames_place(error: StorageError) -> bool:
    """Whether SQLite blamed the disk, the folder or the file's permissions, not what is in it."""
    cause = error.__cause__
    return isinstance(cause, sqlite3.Error) and any(sign in str(cause) for sign in _OF_PLACE)


def unwritable(path: Path) -> StorageError:
    """The error for a database that the system does not let us write."""
    return StorageError(f"database {path}: {_of_place(path, 'readonly') or _PERMISSIONS}")


def _of_place(path: Path, sign: str) -> str | None:
    """What is wrong with the place of a database that SQLite could not use; None if unknown."""
    folder = path.absolute().parent
    if not folder.is_dir():
        return f"it cannot be opened: there is no folder {folder}; make it, or name another"
    found = _probe(path, folder)
    if found in (errno.ENOSPC, errno.EDQUOT) or (found is None and sign == "disk is full"):
        return f"the disk is full ({_disk(folder)}): free some space there; {_SAFE}"
    if found == errno.EROFS:
        return f"it cannot be written: {folder} is read-only; mount it to be written, or copy it"
    if found == errno.EFBIG:
        return f"its disk takes no larger file (`ulimit -f` shows the limit): raise it; {_SAFE}"
    if found in (errno.EACCES, errno.EPERM) and sign != _IO:
        return _PERMISSIONS
    return None


def _probe(path: Path, folder: Path) -> int | None:
    """The errno of writing a little beside the database, as far into a file as it has got."""
    try:
        end = max(_size(path), _size(path.with_name(f"{path.name}-wal")))
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.seek(end)
            written = file.write(_PROBE)
            os.fsync(file.fileno())
    except OSError as error:
        return error.errno
    return None if written == len(_PROBE) else errno.ENOSPC


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _disk(folder: Path) -> str:
    """A disk for people: where it is mounted, and what is free."""
    mount = folder.resolve()
    while not mount.is_mount():
        mount = mount.parent
    try:
        space = os.statvfs(folder)
    except OSError:
        return f"mounted at {mount}"
    return f"mounted at {mount}, {space.f_bavail * space.f_frsize:,} bytes free"
