"""One SQLite database: reading, transactions, backup.

Invariant: every write happens inside ``transaction``, which either commits as a whole with a row
in ``txn`` (id, time, author), or leaves no trace. A commit is on the disk when it returns
(``synchronous=FULL``, the default). One connection, guarded by a lock: a thread that is inside a
transaction keeps the others out until it ends; other processes wait up to ``BUSY_TIMEOUT_S``.

Where the place of the file allows no writing, it is opened to be read, and each transaction says
why it cannot begin.

Not covered: how a file is opened and made (``connection``), and what the tables mean. That is the
business of the packages above.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mettaclaw.errors import StorageError, UsageError
from mettaclaw.redaction import Label, Redactor
from mettaclaw.storage import backup
from mettaclaw.storage.connection import Still, Synchronous, to_read, to_write
from mettaclaw.storage.faults import BUSY_TIMEOUT_S, explained, ours

Value = str | int | float | bytes | None


@dataclass(frozen=True, slots=True)
class Transaction:
    """One committed or pending change of the database."""

    id: int
    time: float
    author: str


@dataclass(slots=True)
class _Deferred:
    """A transaction that has not begun, or has."""

    author: str
    note: str
    begun: bool = False


class Database:
    """An open database. Use ``Database.open``; a context manager that closes it.

    Args:
        path: The file.
        connection: Its connection, in autocommit mode.
        read_only: Whether writes are refused.
        refusal: What is said then.
        still: The file, where it is read without locks.
        redactor: What leaves secrets out of what is written.

    Attributes:
        redactor: What leaves secrets out of what is written; writers ask ``clean``.
    """

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        read_only: bool,
        refusal: str = "",
        still: Still | None = None,
        redactor: Redactor | None = None,
    ) -> None:
        self.path = path
        self.redactor = redactor or Redactor()
        self.read_only = read_only
        self._connection = connection
        self._refusal = refusal
        self._still = still
        self._identity = None if read_only else _identity(path)
        self._task: object = None  # of asyncio, in which the open transaction was begun
        self._lock = threading.RLock()
        self._local = threading.local()
        self._current: Transaction | None = None
        self._after_commit: list[Callable[[], None]] = []
        self._after_rollback: list[Callable[[], None]] = []

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        synchronous: Synchronous = "FULL",
        read_only: bool = False,
        redactor: Redactor | None = None,
    ) -> Database:
        """Open a database file, creating or migrating it first where needed.

        One that is there but cannot be written (a read-only folder, a full disk) is opened to be
        read: then ``read_only`` is true, and a transaction is an error that says why.

        Args:
            path: The file; its folder must exist.
            synchronous: ``FULL`` survives a power cut; ``NORMAL`` may lose the last transactions
                in one, but nothing in a crash of the process.
            read_only: Open an existing, current database without the means to write it.
            redactor: What leaves secrets out of what is written; None for the default.

        Raises:
            SchemaError: The file was written by a newer MeTTaClaw.
            StorageError: It cannot be opened, is corrupt, or is another program's.
        """
        file = Path(path)
        if synchronous not in ("FULL", "NORMAL"):
            raise UsageError(f"synchronous={synchronous!r}; it is FULL or NORMAL")
        opened = to_read(file) if read_only else to_write(file, synchronous)
        refusal = opened.refusal
        return cls(file, opened.connection, refusal != "", refusal, opened.still, redactor)

    def close(self) -> None:
        """Close the connection. Closing twice does nothing."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- reading and writing ---

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Run a query and return all of its rows."""
        with self._lock:
            try:
                found = self._connection.execute(sql, values).fetchall()
            except (sqlite3.Error, UnicodeEncodeError) as error:
                raise ours(error, self.path) from error
            if self._still is not None:
                self._still.check()
            return found

    def row(self, sql: str, values: Sequence[Value] = ()) -> tuple[Any, ...] | None:
        """Run a query and return its first row, or None."""
        with self._lock:
            with explained(self.path):
                found = self._connection.execute(sql, values).fetchone()
            if self._still is not None:
                self._still.check()
            return found

    def write(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Run one statement inside the open transaction; returns the id of an inserted row."""
        with self._lock, explained(self.path):
            self._require_transaction()
            return self._connection.execute(sql, values).lastrowid or 0

    def write_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each of many rows, inside the open transaction."""
        with self._lock, explained(self.path):
            self._require_transaction()
            self._connection.executemany(sql, rows)

    def clean(self, text: str) -> str:
        """A text as it may be written, without secrets; inside a transaction it is counted what
        was left out.
        """
        redacted = self.redactor.cleaned(text)
        self.note_redacted(redacted.counts)
        return redacted.text

    def note_redacted(self, counts: Mapping[Label, int]) -> None:
        """Count what was left out of the open transaction; outside of one it is not counted."""
        if counts and (self.current is not None or self._deferred is not None):
            self.write_many(
                "INSERT INTO redaction (txn, label, number) "
                "SELECT max(id), ?, ? FROM txn WHERE TRUE "
                "ON CONFLICT DO UPDATE SET number = number + excluded.number",
                list(counts.items()),
            )

    def redacted(self) -> dict[Label, int]:
        """How much was left out of all that was written, by label."""
        rows = self.rows("SELECT label, sum(number) FROM redaction GROUP BY label")
        return {label: int(number) for label, number in rows}

    @property
    def current(self) -> Transaction | None:
        """The transaction that this thread has open, or None."""
        with self._lock:
            return self._current

    @property
    def is_inside(self) -> bool:
        """Whether this thread has a transaction open. Unlike ``current`` it waits for no other."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            return self._current is not None
        finally:
            self._lock.release()

    @contextlib.contextmanager
    def transaction(
        self, author: str = "api", note: str = "", *, synced: bool = True
    ) -> Generator[Transaction, None, None]:
        """All or nothing: commit at the end of the block, roll back if it raises.

        Inside another transaction of the same thread this is a savepoint of it: it can be rolled
        back alone, and becomes durable with the outer one.

        Args:
            author: Who writes: ``user``, ``model``, ``api``, a tool's or a file's name.
            note: What for, in a few words.
            synced: False spares the wait for the disk, where the next commit brings this one along:
                it survives a crash of the process, and a power cut only with that commit.
        """
        with self._lock:
            outer = self._current or self._begin_deferred()
            if outer is not None:
                self._require_own_task()
                with self._savepoint():
                    yield outer
                return
            with contextlib.nullcontext() if synced else self._unsynced():
                try:
                    yield self._begin(author, note)
                    self._commit()
                except BaseException:
                    self._rollback()
                    raise

    @contextlib.contextmanager
    def deferred(self, author: str = "api", note: str = "") -> Generator[None, None, None]:
        """A transaction that begins at its first write, so that a long computation before it
        keeps nobody out; what is read before then is not part of it. Otherwise ``transaction``.
        """
        if self.current is not None or self._deferred is not None:
            with self.transaction(author, note):
                yield
            return
        frame = self._local.deferred = _Deferred(author, note)
        try:
            yield
            self._local.deferred = None  # what is to happen after the commit has its own
            if frame.begun:
                self._commit()
        except BaseException:
            if frame.begun:
                self._rollback()
            raise
        finally:
            self._local.deferred = None
            if frame.begun:
                self._lock.release()

    @contextlib.contextmanager
    def snapshot(self) -> Generator[Database, None, None]:
        """What is committed now, for as long as the block lasts, whoever writes meanwhile.

        Inside a transaction it is this database, with what the transaction has written.
        """
        if self.current is not None:
            yield self
            return
        with Database.open(self.path, read_only=True) as reader:
            reader.rows("BEGIN")
            reader.row("SELECT 1 FROM txn")  # from here on SQLite shows this instant
            yield reader

    @contextlib.contextmanager
    def alone(self) -> Generator[None, None, None]:
        """Keep the other threads out for the block, so that what is read in it belongs together.

        Whoever guards something in memory that goes with the database does it by this, and by no
        lock of its own: in whichever order two locks are taken, some thread has one of them.
        """
        with self._lock:
            yield

    def on_rollback(self, undo: Callable[[], None]) -> None:
        """Call ``undo`` if the open transaction is rolled back: for caches in memory."""
        self._after_rollback.append(undo)

    def on_commit(self, act: Callable[[], None]) -> None:
        """Call ``act`` after the open transaction has been committed."""
        self._after_commit.append(act)

    def backup(self, target: str | Path) -> int:
        """Copy the database, as of now, to a new file while others go on using it.

        The copy is complete and on the disk, or is not there. Returns its size in bytes.

        Raises:
            StorageError: The target exists or cannot be written.
        """
        return backup.copy(self.path, Path(target))

    def clear(self) -> bool:
        """Write the file anew without what was removed, and empty the write-ahead log.

        False where that waits: inside a transaction, while another process reads or writes, or
        where there is no room. What SQLite moves within its pages it does not overwrite, so no
        less will do. It takes as long as copying the file.
        """
        with self._lock:
            if self._connection.in_transaction or self.read_only:
                return False
            run = self._connection.execute
            try:
                run("PRAGMA busy_timeout=1000")
                run("VACUUM")
                return run("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
            except sqlite3.Error:
                return False
            finally:
                with contextlib.suppress(sqlite3.Error):
                    run(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_S * 1000)}")

    def size(self) -> int:
        """Bytes on disk, with what is still in the write-ahead log."""
        files = (self.path, self.path.with_name(f"{self.path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def check(self) -> list[str]:
        """SQLite's own integrity check: a list of faults, empty when the file is sound."""
        try:
            found = [str(row[0]) for row in self.rows("PRAGMA quick_check")]
        except StorageError as error:  # too damaged even to be checked
            return [str(error)]
        return [] if found == ["ok"] else found

    # --- inside ---

    def _begin(self, author: str, note: str) -> Transaction:
        if self.read_only:
            raise StorageError(self._refusal)
        self._require_file()
        now = time.time()
        self._after_commit.clear()
        self._after_rollback.clear()
        with explained(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            cursor = self._connection.execute(
                "INSERT INTO txn (time, author, note) VALUES (?, ?, ?)",
                (now, self.redactor.clean(author), self.redactor.clean(note)),
            )
        self._current = Transaction(cursor.lastrowid or 0, now, author)
        self._task = _task()
        return self._current

    @contextlib.contextmanager
    def _unsynced(self) -> Generator[None, None, None]:
        """What is committed here goes to the write-ahead log, and the disk is not waited for."""
        run = self._connection.execute
        with explained(self.path):
            ((level,),) = run("PRAGMA synchronous").fetchall()
            run("PRAGMA synchronous=NORMAL")
        try:
            yield
        finally:
            with contextlib.suppress(sqlite3.ProgrammingError):  # closed meanwhile
                run(f"PRAGMA synchronous={level}")

    def _require_own_task(self) -> None:
        """Two coroutines of a thread hold the same lock; what one writes must not go with the
        other's transaction.
        """
        if _task() is not self._task:
            raise UsageError(
                "another task of this thread is inside a transaction of this atomspace, and would "
                "take this change with it; do not await inside of `with kb.transaction():`"
            )

    def _require_file(self) -> None:
        """What is written to a file that has no name any more is lost when it is closed."""
        if self._identity is not None and _identity(self.path) != self._identity:
            raise StorageError(
                f"database {self.path}: it was moved, removed or replaced while it was open; "
                "nothing was written. Put it back and open it again"
            )

    @property
    def _deferred(self) -> _Deferred | None:
        return getattr(self._local, "deferred", None)

    def _begin_deferred(self) -> Transaction | None:
        """Begin the transaction that this thread has deferred, if it has one."""
        frame = self._deferred
        if frame is None:
            return None
        self._lock.acquire()  # until the deferred block ends
        try:
            transaction = self._begin(frame.author, frame.note)
        except BaseException:
            self._rollback()
            self._lock.release()
            raise
        frame.begun = True
        return transaction

    def _commit(self) -> None:
        self._require_open()
        with explained(self.path):
            self._connection.execute("COMMIT")
        self._current = None
        acts, self._after_commit = self._after_commit, []  # one of them may write too
        for act in acts:
            act()

    def _rollback(self) -> None:
        with contextlib.suppress(sqlite3.ProgrammingError):  # closed: nothing is left to undo
            if self._connection.in_transaction:  # SQLite does it itself when the disk is full
                self._connection.execute("ROLLBACK")
        self._current = None
        for undo in self._after_rollback:
            undo()

    @contextlib.contextmanager
    def _savepoint(self) -> Generator[None, None, None]:
        run = self._connection.execute
        self._require_open()
        with explained(self.path):
            run("SAVEPOINT inner")
        try:
            yield
        except BaseException:
            if self._in_transaction():
                run("ROLLBACK TO inner")
                run("RELEASE inner")
            raise
        with explained(self.path):
            run("RELEASE inner")

    def _require_transaction(self) -> None:
        if self._current is None:
            if self._begin_deferred() is None:
                raise UsageError("a write outside a transaction; use `with db.transaction():`")
        else:
            self._require_open()

    def _require_open(self) -> None:
        with explained(self.path):
            still_open = self._connection.in_transaction
        if not still_open:
            raise StorageError(
                f"database {self.path}: the transaction was rolled back after an error; "
                "leave its block and try it again as a whole"
            )

    def _in_transaction(self) -> bool:
        """Whether SQLite still has ours open: it rolls back by itself when the disk is full."""
        try:
            return self._connection.in_transaction
        except sqlite3.ProgrammingError:  # closed meanwhile, which rolls back too
            return False


def _task() -> object:
    """The task of asyncio that runs in this thread, or None; asyncio is not loaded for it."""
    asyncio = sys.modules.get("asyncio")
    try:
        return None if asyncio is None else asyncio.current_task()
    except RuntimeError:  # no event loop runs here
        return None


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at a path; None if there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
