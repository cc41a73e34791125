"""Episodes: the automatic log of everything said and done. Append only.

Invariants: a line is written in the transaction of what it tells about, and nothing here changes or
removes one. Lines stand in the order in which they were written, also where the clock was set back.
Not covered: what is logged when (``mettaclaw.loop``).
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Literal

from mettaclaw.config import without_key
from mettaclaw.errors import UsageError
from mettaclaw.memory.text import storable
from mettaclaw.storage import Database

Kind = Literal["message", "call", "result", "reply", "error"]

_COLUMNS = "id, time, kind, text, message, cycle"


@dataclass(frozen=True, slots=True)
class Episode:
    """One line of the log. ``time`` is in seconds, UTC; ``message`` and ``cycle`` are ids."""

    id: int
    time: float
    kind: Kind
    text: str
    message: int | None = None
    cycle: int | None = None


class Episodes:
    """The log in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(
        self, kind: Kind, text: str, message: int | None = None, cycle: int | None = None
    ) -> int:
        """Log a line inside the open transaction; its id.

        What no database can hold is logged as U+FFFD, and the key of the endpoint as ``***``.
        """
        return self._database.write(
            "INSERT INTO episode (time, kind, text, message, cycle) VALUES (?, ?, ?, ?, ?)",
            (time.time(), kind, without_key(storable(text)), message, cycle),
        )

    def between(
        self, since: float | None = None, until: float | None = None, limit: int = 100
    ) -> list[Episode]:
        """The latest ``limit`` lines with since <= time < until (seconds, UTC), oldest first."""
        bounds = {"time >= ?": since, "time < ?": until}
        given = {where: time for where, time in bounds.items() if time is not None}
        return self._latest(" AND ".join(given) or "TRUE", tuple(given.values()), limit)

    def search(self, text: str, limit: int = 100) -> list[Episode]:
        """The latest ``limit`` lines that hold this text, in any case (of ASCII), oldest first."""
        escaped = re.sub(r"([%_\\])", r"\\\1", storable(text))
        return self._latest(r"text LIKE ? ESCAPE '\'", (f"%{escaped}%",), limit)

    def count(self) -> int:
        """How many lines there are."""
        row = self._database.row("SELECT count(*) FROM episode")
        return int(row[0]) if row else 0

    def _latest(self, where: str, values: tuple[float | str, ...], limit: int) -> list[Episode]:
        if not 0 <= limit < 2**63:
            raise UsageError("limit is how many lines are wanted: a whole number from 0 on")
        sql = f"SELECT {_COLUMNS} FROM episode WHERE {where} ORDER BY id DESC LIMIT ?"
        rows = self._database.rows(sql, (*values, limit))
        return [Episode(*row) for row in reversed(rows)]
