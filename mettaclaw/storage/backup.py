"""A copy of a database in use: complete and on the disk, or not there.

Invariant: no file is ever overwritten, and other people cannot read the new one. Not covered:
restoring, which is putting the copy in the place of a database that nobody has open.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from mettaclaw.errors import StorageError
from mettaclaw.storage.connection import to_read
from mettaclaw.storage.faults import explained
from mettaclaw.storage.files import new_part, sync


def copy(database: Path, file: Path) -> int:
    """Copy what is committed in the database now to a new file; returns its size in bytes.

    Raises:
        StorageError: The file exists or cannot be written.
    """
    if file.exists():
        raise StorageError(f"{file} exists already; name a new file for the backup")
    part: Path | None = None
    try:
        part = new_part(file)
        source = to_read(database)
        with contextlib.closing(source.connection), explained(part):
            with contextlib.closing(sqlite3.connect(part)) as target:
                # In one step: after each, others' writes begin it anew.
                source.connection.backup(target)
                target.execute("PRAGMA journal_mode=DELETE")
            if source.still is not None:
                source.still.check()
        sync(part)
        _publish(part, file)
        sync(file.absolute().parent)
    except OSError as error:
        raise StorageError(f"no backup: cannot write {file} ({error.strerror})") from error
    finally:
        if part is not None:
            with contextlib.suppress(OSError):
                part.unlink()
    return file.stat().st_size


def _publish(part: Path, file: Path) -> None:
    """Give the finished copy its name, unless somebody has taken that meanwhile."""
    try:
        os.link(part, file)
    except FileExistsError as error:
        raise StorageError(f"{file} exists already; name a new file for the backup") from error
    except OSError:  # a file system without hard links
        os.replace(part, file)
