"""A copy of a database in use: complete and on the disk, or not there.

Invariant: no file is ever overwritten. Not covered: restoring, which is putting the copy in the
place of a database that nobody has open.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from mettaclaw.errors import StorageError
from mettaclaw.storage.faults import explained


def copy(database: Path, file: Path) -> int:
    """Copy what is committed in the database now to a new file; returns its size in bytes.

    Raises:
        StorageError: The file exists or cannot be written.
    """
    if file.exists():
        raise StorageError(f"{file} exists already; name a new file for the backup")
    part = file.with_name(f"{file.name}.part{os.getpid()}")
    try:
        with explained(part):
            target = sqlite3.connect(part)
            source = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
            with contextlib.closing(target), contextlib.closing(source):
                source.backup(target)  # in one step: after each, others' writes begin it anew
                target.execute("PRAGMA journal_mode=DELETE")
        sync(part)
        os.replace(part, file)
        sync(file.absolute().parent)
    except OSError as error:
        raise StorageError(f"no backup: cannot write {file} ({error.strerror})") from error
    finally:
        part.unlink(missing_ok=True)
    return file.stat().st_size


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of files, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
