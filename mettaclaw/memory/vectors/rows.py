"""The vectors that SQLite holds, read a part at a time.

A part of memory is one scope, or all. `embedding.seq` only grows, so what is new since a moment is
read without the rest. Invariant: nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mettaclaw.storage import Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Ids = NDArray[np.int64]

_AT_ONCE = 2_000
_LAST = (1 << 63) - 1  # no place in the order is later


@dataclass(frozen=True, slots=True)
class Block:
    """Vectors that were read together: row i of ``vectors`` (n, size) is that of ``ids[i]``.

    ``seq`` is how far that was in the order of writing, where they were read in that order.
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
        while True:
            rows = database.rows(
                f"SELECT e.seq, e.item, e.data FROM embedding e {self._join} "
                "WHERE e.model = ? AND e.seq > ? ORDER BY e.seq LIMIT ?",
                (*self._values, self.model, seq, _AT_ONCE),
            )
            if not rows:
                return
            seq = rows[-1][0]
            yield self._block(rows)
            if len(rows) < _AT_ONCE:
                return

    def named(
        self, database: Database, ids: Iterable[int], up_to: int | None = None
    ) -> Iterator[Block]:
        """The vectors of these items, as far as there are any; up to a place in the order."""
        wanted = list(ids)
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            rows = database.rows(
                "SELECT seq, item, data FROM embedding WHERE model = ? AND seq <= ? "
                f"AND item IN ({', '.join('?' * len(some))})",
                (self.model, _LAST if up_to is None else up_to, *some),
            )
            yield self._block(rows)

    def _block(self, rows: Sequence[Sequence[Any]]) -> Block:
        """Rows of place, item and data; data of another length is no vector of this model."""
        import numpy as np

        whole = [row for row in rows if len(row[2]) == 4 * self.size]
        flat: Vectors = np.frombuffer(b"".join(row[2] for row in whole), dtype="<f4")
        vectors: Vectors = np.reshape(flat, (len(whole), self.size))
        ids = np.array([row[1] for row in whole], dtype=np.int64)
        return Block(rows[-1][0] if rows else 0, ids, vectors)

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
