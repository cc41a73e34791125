"""The vectors that SQLite holds, read a part at a time.

A part of memory is one scope, or all. `embedding.seq` only grows, so what is new since a moment is
read without the rest. Invariant: nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mettaclaw.storage import Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Ids = NDArray[np.int64]

_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Block:
    """Vectors that were read together: row i of ``vectors`` (n, size) is that of ``ids[i]``.

    ``seq`` is how far that was in the order of writing.
    """

    seq: int
    ids: Ids
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Part:
    """The vectors of one model in one scope; ``scope`` None is all of them."""

    model: str
    size: int
    scope: str | None = None

    def after(self, database: Database, seq: int) -> Iterator[Block]:
        """The vectors that were written after a place in the order, in blocks."""
        import numpy as np

        while True:
            rows = database.rows(
                f"SELECT e.seq, e.item, e.data FROM embedding e {self._join} "
                "WHERE e.model = ? AND e.seq > ? ORDER BY e.seq LIMIT ?",
                (*self._values, self.model, seq, _AT_ONCE),
            )
            if not rows:
                return
            seq = rows[-1][0]
            whole = [row for row in rows if len(row[2]) == 4 * self.size]
            data = b"".join(row[2] for row in whole)
            flat: Vectors = np.frombuffer(data, dtype="<f4")
            vectors: Vectors = np.reshape(flat, (len(whole), self.size))
            yield Block(seq, np.array([row[1] for row in whole], dtype=np.int64), vectors)
            if len(rows) < _AT_ONCE:
                return

    def ids(self, database: Database) -> Ids:
        """The items that have a vector, ascending."""
        import numpy as np

        sql = f"SELECT e.item FROM embedding e {self._join} WHERE e.model = ?"
        rows = database.rows(sql, (*self._values, self.model))
        return np.sort(np.array([row[0] for row in rows], dtype=np.int64))

    def count(self, database: Database, most: int) -> int:
        """How many vectors there are; counted up to ``most``."""
        sql = (
            f"SELECT count(*) FROM (SELECT 1 FROM embedding e {self._join} WHERE e.model = ? "
            "LIMIT ?)"
        )
        row = database.row(sql, (*self._values, self.model, most))
        return int(row[0]) if row else 0

    @property
    def _join(self) -> str:
        return "" if self.scope is None else "JOIN item i ON i.id = e.item AND i.scope = ?"

    @property
    def _values(self) -> tuple[str, ...]:
        return () if self.scope is None else (self.scope,)
