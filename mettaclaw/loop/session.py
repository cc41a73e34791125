"""Sessions: which process answers which messages, when several share a home.

A session is one open agent. It holds a lock on a file of its own as long as its process lives, and
answers the messages that were given to it. A session whose lock is free has died: whoever opens
the home next takes over its unanswered messages and undelivered replies, and the pin of a turn
that it left in the middle. So two agents may work on one home at once, and none takes a message
from under the other.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path
from typing import IO

from mettaclaw.errors import StorageError
from mettaclaw.memory import erasure
from mettaclaw.storage import Database


class Session:
    """This process's session. Use ``Session.open``."""

    def __init__(self, id_: int, database: Database, folder: Path, lock: IO[str]) -> None:
        self.id = id_
        self._database = database
        self._folder = folder
        self._lock = lock

    @classmethod
    def open(cls, database: Database, folder: Path) -> Session:
        """Begin a session, and take over what dead ones left.

        Args:
            database: The home's database.
            folder: Where lock files are kept; made if needed.
        """
        try:
            folder.mkdir(exist_ok=True, mode=0o700)
            with contextlib.ExitStack() as undone:
                with database.transaction("loop", "session"):
                    id_ = database.write(
                        "INSERT INTO session (started, pid) VALUES (?, ?)",
                        (time.time(), os.getpid()),
                    )
                    file = _lock_file(folder, id_)
                    lock = _try_lock(file)
                    if lock is None:
                        raise StorageError(f"the lock file of session {id_} in {folder} is taken")
                    undone.callback(file.unlink, missing_ok=True)
                    undone.enter_context(lock)
                session = cls(id_, database, folder, lock)
                undone.callback(session.close)
                session._adopt()
                erasure.settle(database)
                undone.pop_all()
        except OSError as error:
            raise StorageError(
                f"{folder} cannot be used ({error.strerror}); see to its permissions and to the "
                "space left, then try again"
            ) from error
        return session

    def close(self) -> None:
        """End the session; messages that are still open wait for the next one."""
        if self._lock.closed:
            return
        try:
            with self._database.transaction("loop", "session"):
                self._database.write(
                    "UPDATE session SET ended = ? WHERE id = ?", (time.time(), self.id)
                )
            _lock_file(self._folder, self.id).unlink(missing_ok=True)
            erasure.settle(self._database)
        finally:
            self._lock.close()  # whoever opens the home next sees that nobody holds it

    def _adopt(self) -> None:
        others = self._database.rows(
            "SELECT id FROM session s WHERE id <> ? AND (ended IS NULL OR EXISTS "
            "(SELECT 1 FROM message m LEFT JOIN outbox o ON o.message = m.id "
            "WHERE m.session = s.id AND (m.state IN ('queued', 'running') "
            "OR (o.id IS NOT NULL AND o.delivered IS NULL))))",
            (self.id,),
        )
        for (other,) in others:
            file = _lock_file(self._folder, other)
            lock = _try_lock(file)
            if lock is None:
                continue  # alive
            with lock:
                self._take_over(other)
                file.unlink(missing_ok=True)

    def _take_over(self, other: int) -> None:
        run = self._database.write
        with self._database.transaction("loop", "take over"):
            left = self._database.row(
                "SELECT 1 FROM message WHERE session = ? AND state = 'running'", (other,)
            )
            if left is not None:
                run(
                    "UPDATE session SET pin = (SELECT pin FROM session WHERE id = ?) WHERE id = ?",
                    (other, self.id),
                )
            run(
                "UPDATE message SET session = ? WHERE session = ? AND (state IN "
                "('queued', 'running') OR id IN "
                "(SELECT message FROM outbox WHERE delivered IS NULL))",
                (self.id, other),
            )
            run(
                "UPDATE session SET ended = ? WHERE id = ? AND ended IS NULL",
                (time.time(), other),
            )


def _lock_file(folder: Path, session: int) -> Path:
    return folder / f"session-{session}.lock"


def _try_lock(file: Path) -> IO[str] | None:
    """The file, open and locked until it is closed (or the process ends); None if it is taken."""
    handle = file.open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle
