"""Episodes: the automatic log of everything said and done. Append only.

Invariants: a line is written in the transaction of what it tells about, and nothing here changes or
removes one; only what is forgotten is taken out of its text (``erasure``). Lines stand in the order
in which they were written, also where the clock was set back. Each names the message, cycle, call
and transaction that it belongs to, as far as there are such; lines that are older than these
columns have none. A large text is stored once, however many lines have it (``storage.blobs``).

Not covered: what is logged when (``mettaclaw.loop``), and what the model saw (``loop.replay``).
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal

from mettaclaw.errors import UsageError
from mettaclaw.memory.text import storable
from mettaclaw.storage import Database, blobs

Kind = Literal["message", "call", "result", "reply", "error"]

_TEXT = "coalesce(b.text, e.text)"
_COLUMNS = f"e.id, e.time, e.kind, {_TEXT}, e.message, e.cycle, e.call, e.txn, e.tool"
_FROM = "FROM episode e LEFT JOIN blob b ON b.id = e.blob"


@dataclass(frozen=True, slots=True)
class Episode:
    """One line of the log. ``time`` is in seconds, UTC.

    ``message``, ``cycle``, ``call`` and ``transaction`` are ids; ``tool`` is the name of what was
    called, for a call and all that came of it.
    """

    id: int
    time: float
    kind: Kind
    text: str
    message: int | None = None
    cycle: int | None = None
    call: int | None = None
    transaction: int | None = None
    tool: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The call that a line belongs to, by its id and its tool's name, and the cycle of the call."""

    cycle: int
    call: int
    tool: str


class Episodes:
    """The log in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._local = threading.local()

    def append(
        self, kind: Kind, text: str, message: int | None = None, cycle: int | None = None
    ) -> int:
        """Log a line inside the open transaction; its id.

        What no database can hold is logged as U+FFFD, and secrets as their markers.
        """
        inline, blob = blobs.keep_large(self._database, self._database.clean(storable(text)))
        place: Place | None = getattr(self._local, "place", None)
        if place is not None:
            cycle = place.cycle
        return self._database.write(
            "INSERT INTO episode (time, kind, text, blob, message, cycle, call, tool, txn) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT max(id) FROM txn))",  # the open one
            (
                time.time(),
                kind,
                inline,
                blob,
                message,
                cycle,
                place and place.call,
                place and place.tool,
            ),
        )

    @contextlib.contextmanager
    def within(self, place: Place) -> Generator[None, None, None]:
        """What this thread logs belongs to a call."""
        before: Place | None = getattr(self._local, "place", None)
        self._local.place = place
        try:
            yield
        finally:
            self._local.place = before

    def between(
        self, since: float | None = None, until: float | None = None, limit: int = 100
    ) -> list[Episode]:
        """The latest ``limit`` lines with since <= time < until (seconds, UTC), oldest first."""
        return self.find(since, until, limit=limit)

    def search(self, text: str, limit: int = 100) -> list[Episode]:
        """The latest ``limit`` lines that hold this text, in any case (of ASCII), oldest first."""
        return self.find(text=text, limit=limit)

    def of_call(self, tool: str, limit: int = 100) -> list[Episode]:
        """The latest ``limit`` lines of calls of a tool: calls, results, errors, oldest first."""
        return self.find(tool=tool, limit=limit)

    def find(
        self,
        since: float | None = None,
        until: float | None = None,
        *,
        text: str | None = None,
        tool: str | None = None,
        limit: int = 100,
    ) -> list[Episode]:
        """The latest ``limit`` lines that fit all of what is given, oldest first.

        Args:
            since: They are not older (seconds, UTC).
            until: They are older.
            text: They hold it, in any case (of ASCII).
            tool: They belong to a call of it.
            limit: How many at most.

        Raises:
            UsageError: The limit is no number of lines.
        """
        if not 0 <= limit < 2**63:
            raise UsageError("limit is how many lines are wanted: a whole number from 0 on")
        holds = None if text is None else re.sub(r"([%_\\])", r"\\\1", storable(text))
        bounds: dict[str, float | str | None] = {
            "e.time >= ?": since,
            "e.time < ?": until,
            rf"{_TEXT} LIKE ? ESCAPE '\'": None if holds is None else f"%{holds}%",
            "e.tool = ?": None if tool is None else storable(tool),
        }
        given = {where: value for where, value in bounds.items() if value is not None}
        where = " AND ".join(given) or "TRUE"
        sql = f"SELECT {_COLUMNS} {_FROM} WHERE {where} ORDER BY e.id DESC LIMIT ?"
        rows = self._database.rows(sql, (*given.values(), limit))
        return [Episode(*row) for row in reversed(rows)]

    def line(self, id_: int) -> Episode | None:
        """The line with this id, or None."""
        if not 0 < id_ < 2**63:
            return None
        row = self._database.row(f"SELECT {_COLUMNS} {_FROM} WHERE e.id = ?", (id_,))
        return Episode(*row) if row else None

    def of_message(self, message: int) -> list[Episode]:
        """All lines of a turn, oldest first."""
        sql = f"SELECT {_COLUMNS} {_FROM} WHERE e.message = ? ORDER BY e.id"
        return [Episode(*row) for row in self._database.rows(sql, (message,))]

    def count(self) -> int:
        """How many lines there are."""
        row = self._database.row("SELECT count(*) FROM episode")
        return int(row[0]) if row else 0
