"""Connections to a database file: made, opened to be written where that can be, else to be read.

Invariants: a reader sees all that was committed when it opened, what is in the write-ahead log
included, or gets an error. A file that is made here is closed to other people (0600), and SQLite
gives the files beside it the same mode; the mode of a file that is there is left alone.

Not covered: what is in the file, and who waits for whom (``database``).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mettaclaw.errors import SchemaError, StorageError
from mettaclaw.storage.faults import BUSY_TIMEOUT_S, blames_place, explained, unwritable
from mettaclaw.storage.schema import APPLICATION_ID, MIGRATIONS, VERSION

OLDEST_SQLITE = (3, 37, 0)  # the first with STRICT tables
CACHE_KIB = 65_536
WAL_KEPT_BYTES = 67_108_864  # what a large transaction leaves of its log

Synchronous = Literal["FULL", "NORMAL"]

_making = threading.Lock()


@dataclass(frozen=True, slots=True)
class Still:
    """A file that is read without locks, because its place allows none: it must not change."""

    path: Path
    seen: tuple[int, int, int]

    @classmethod
    def of(cls, path: Path) -> Still:
        """The file as it is now."""
        return cls(path, _state(path))

    def check(self) -> None:
        """Raise a ``StorageError`` if somebody has written to the file meanwhile."""
        with contextlib.suppress(OSError):
            if _state(self.path) == self.seen:
                return
        raise StorageError(
            f"database {self.path}: it changed while it was read without locks, for which there "
            "was no room; open it again"
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection in autocommit mode, and what may be done with it.

    ``refusal`` says why it cannot write, and is empty where it can. ``still`` is set where what
    was read counts only after a check.
    """

    connection: sqlite3.Connection
    refusal: str = ""
    still: Still | None = None


def to_write(file: Path, synchronous: Synchronous) -> Opened:
    """Open a file to be written, made and migrated where needed; to be read if its place allows
    no more, such as a read-only folder or a full disk.

    Raises:
        SchemaError: The file was written by a newer MeTTaClaw.
        StorageError: It cannot be opened, is corrupt, or is another program's; or this Python's
            SQLite is too old.
    """
    _require_sqlite()
    make(file)
    if _is_there(file) and not os.access(file, os.W_OK):  # SQLite would open it, and write nothing
        refused = unwritable(file)
    else:
        try:
            return Opened(_writer(file, synchronous))
        except StorageError as error:
            if not blames_place(error):
                raise
            refused = error
    if not file.is_file() or file.stat().st_size == 0:
        raise refused
    try:
        return to_read(file, str(refused))
    except StorageError as unread:
        if blames_place(unread) and not _has_log(file):
            raise refused from unread
        raise


def _require_sqlite() -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StorageError(
            f"this Python has SQLite {sqlite3.sqlite_version}, and MeTTaClaw needs "
            f"{'.'.join(map(str, OLDEST_SQLITE))} or newer: use a Python with a newer one (those "
            "of uv and conda have it), or update the system's libsqlite3"
        )


def _is_there(file: Path) -> bool:
    """Whether the file exists.

    Raises:
        StorageError: A folder above it is closed to us.
    """
    try:
        return file.exists()
    except OSError as error:
        raise StorageError(
            f"{file} cannot be reached ({error.strerror}): check the permissions of the folders "
            "above it, or name another place"
        ) from error


def to_read(file: Path, refusal: str = "") -> Opened:
    """Open an existing, current database without the means to write it.

    Args:
        file: The database.
        refusal: Why it cannot be written; empty where nobody has tried.

    Raises:
        SchemaError, StorageError: As ``to_write``.
    """
    _require_sqlite()
    if not _is_there(file):
        raise StorageError(f"there is no database at {file}")
    refusal = refusal or f"database {file}: it cannot be written: it was opened only to be read"
    still = Still.of(file)
    try:
        return Opened(_reader(file, "mode=ro"), refusal)
    except StorageError as error:
        if not blames_place(error):
            raise
        refused = error
    # Not even the files for locks can be made here, so nobody else has made them and writes.
    if _has_log(file):
        raise StorageError(
            f"{refused}. What was committed last is in {file.name}-wal, and cannot be read in this "
            "place: copy both files to a folder that can be written, and name that one"
        ) from refused.__cause__
    opened = Opened(_reader(file, "mode=ro&immutable=1"), refusal, still)
    if _has_log(file):  # somebody could, after all
        opened.connection.close()
        raise refused
    still.check()
    return opened


def _writer(file: Path, synchronous: Synchronous) -> sqlite3.Connection:
    with _connected(file, "mode=rwc") as connection:
        run = connection.execute
        run(f"PRAGMA synchronous={synchronous}")
        run("PRAGMA fullfsync=1")  # on macOS, a plain fsync leaves data in the drive's cache
        run(f"PRAGMA journal_size_limit={WAL_KEPT_BYTES}")
        run("PRAGMA secure_delete=ON")  # what is removed is overwritten
        version = _version(connection, file)
        _write_ahead(connection)
        if version < VERSION:
            _migrate(connection)
        return connection


def _reader(file: Path, mode: str) -> sqlite3.Connection:
    with _connected(file, mode) as connection:
        if _version(connection, file) < VERSION:
            raise StorageError(f"{file} has an old schema; open it for writing once")
        return connection


@contextlib.contextmanager
def _connected(file: Path, mode: str) -> Generator[sqlite3.Connection, None, None]:
    """A connection, closed again if it does not come to be what was wanted."""
    with explained(file):
        connection = sqlite3.connect(
            f"{file.absolute().as_uri()}?{mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_TIMEOUT_S,
            cached_statements=512,
        )
        try:
            connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
            yield connection
        except BaseException:
            connection.close()
            raise


def make(file: Path) -> None:
    """Make a file that is not there yet, for its owner alone; where it fails, SQLite will tell.

    One thread at a time: closing a file drops the locks that the process holds on it, so nobody
    may open it as a database between these lines.
    """
    with _making, contextlib.suppress(OSError):
        if not file.exists():
            os.close(os.open(file.resolve(), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _version(connection: sqlite3.Connection, file: Path) -> int:
    """The schema of a database that is ours, 0 for an empty one."""
    run = connection.execute
    version = int(run("PRAGMA user_version").fetchone()[0])
    owner = int(run("PRAGMA application_id").fetchone()[0])
    empty = run("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if not (empty and version == 0) and owner != APPLICATION_ID:
        raise StorageError(f"{file} is a SQLite database of another program; name another file")
    if version > VERSION:
        raise SchemaError(
            f"{file} has schema {version}, and this MeTTaClaw knows up to {VERSION}: "
            "a newer version wrote it. Update with: pip install -U mettaclaw"
        )
    return version


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log, so that readers and a writer do not wait for each other.

    The file remembers it, but not in a backup. SQLite does not wait for another process that
    does the same right now, so this does.
    """
    until = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _migrate(connection: sqlite3.Connection) -> None:
    run = connection.execute
    run("BEGIN IMMEDIATE")  # of two processes that open a new file at once, one waits here
    try:
        version = int(run("PRAGMA user_version").fetchone()[0])
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            for statement in _statements(script):
                run(statement)
            run(f"PRAGMA user_version={number}")
        run(f"PRAGMA application_id={APPLICATION_ID}")
        run("COMMIT")
    except BaseException:
        if connection.in_transaction:
            run("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    """Split a script where SQLite itself says that a statement is complete (triggers hold `;`)."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def _has_log(file: Path) -> bool:
    """Whether something was committed, or begun, that is not in the file itself yet."""
    logs = (file.with_name(f"{file.name}-{end}") for end in ("wal", "journal"))
    return any(log.exists() and log.stat().st_size > 0 for log in logs)


def _state(file: Path) -> tuple[int, int, int]:
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
