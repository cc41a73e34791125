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
_SCANNED = 20_000  # vectors of all scopes that are looked through for those of one
_NAMED = 20_000  # items that are looked up one by one, and not by a list of all


@dataclass(frozen=True, slots=True)
class Block:
    """Vectors that were read together: row i of ``vectors`` (n, size) is that of ``ids[i]``.

    ``seq`` is how far that was in the order of writing; 0 where they were named.
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
        """The vectors that were written after a place in the order, in blocks.

        The last block's place is the newest there is, whosever vector that is.
        """
        newest = self._newest(database)
        if self.scope is not None and newest - seq > _SCANNED:
            for block in self._listed(database, seq):
                yield block
                seq = block.seq
        while seq < newest:
            rows = database.rows(
                f"SELECT e.seq, e.item, e.data FROM embedding e {self._join} "
                "WHERE e.model = ? AND e.seq > ? AND e.seq <= ? ORDER BY e.seq LIMIT ?",
                (*self._values, self.model, seq, newest, _AT_ONCE),
            )
            seq = rows[-1][0] if len(rows) == _AT_ONCE else newest
            yield self._block(rows, seq)

    def _listed(self, database: Database, seq: int) -> Iterator[Block]:
        """As ``after``, by way of the scope's own list: where most vectors are of other scopes."""
        places = database.rows(
            "SELECT e.seq FROM item i CROSS JOIN embedding e ON e.item = i.id AND e.model = ? "
            "WHERE i.scope = ? AND e.seq > ? ORDER BY e.seq",
            (self.model, self.scope, seq),
        )
        for start in range(0, len(places), _AT_ONCE):
            some = [place for (place,) in places[start : start + _AT_ONCE]]
            rows = database.rows(
                f"SELECT seq, item, data FROM embedding WHERE seq IN ({_marks(some)}) ORDER BY seq",
                some,
            )
            yield self._block(rows, some[-1])

    def named(
        self, database: Database, ids: Iterable[int], up_to: int | None = None
    ) -> Iterator[Block]:
        """The vectors of these items, as far as there are any; up to a place in the order."""
        wanted = list(ids)
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            rows = database.rows(
                "SELECT seq, item, data FROM embedding WHERE model = ? AND seq <= ? "
                f"AND item IN ({_marks(some)})",
                (self.model, _LAST if up_to is None else up_to, *some),
            )
            yield self._block(rows, 0)

    def _block(self, rows: Sequence[Sequence[Any]], seq: int) -> Block:
        """Rows of place, item and data; data of another length is no vector of this model."""
        import numpy as np

        whole = [row for row in rows if len(row[2]) == 4 * self.size]
        flat: Vectors = np.frombuffer(b"".join(row[2] for row in whole), dtype="<f4")
        vectors: Vectors = np.reshape(flat, (len(whole), self.size))
        ids = np.array([row[1] for row in whole], dtype=np.int64)
        return Block(seq, ids, vectors)

    def ids(self, database: Database) -> Ids:
        """The items that have a vector, ascending."""
        import numpy as np

        sql = "SELECT item FROM embedding WHERE model = ?"
        values: tuple[str, ...] = (self.model,)
        if self.scope is not None:
            sql = (
                "SELECT i.id FROM item i CROSS JOIN embedding e ON e.item = i.id AND e.model = ? "
                "WHERE i.scope = ?"
            )
            values = (self.model, self.scope)
        rows = database.rows(sql, values)
        return np.sort(np.array([row[0] for row in rows], dtype=np.int64))

    def count(self, database: Database, most: int) -> int:
        """How many vectors there are; counted up to ``most``."""
        inner, values = "SELECT 1 FROM embedding WHERE model = ? LIMIT ?", (self.model, most)
        if self.scope is not None:
            inner = (
                "SELECT 1 FROM item i CROSS JOIN embedding e ON e.item = i.id AND e.model = ? "
                "WHERE i.scope = ? LIMIT ?"
            )
            values = (self.model, self.scope, most)
        row = database.row(f"SELECT count(*) FROM ({inner})", values)
        return int(row[0]) if row else 0

    def present(self, database: Database, ids: Sequence[int]) -> Ids:
        """Those of these items that have a vector, ascending."""
        import numpy as np

        if len(ids) > _NAMED:
            return np.intersect1d(self.ids(database), np.array(ids, dtype=np.int64))
        found: list[int] = []
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            sql = f"SELECT item FROM embedding WHERE model = ? AND item IN ({_marks(some)})"
            found += [row[0] for row in database.rows(sql, (self.model, *some))]
        return np.sort(np.array(found, dtype=np.int64))

    @staticmethod
    def _newest(database: Database) -> int:
        row = database.row("SELECT max(seq) FROM embedding")
        return int(row[0] or 0) if row else 0

    @property
    def _join(self) -> str:
        # CROSS, or SQLite begins with the scope's items and sorts all of them for each block.
        return "" if self.scope is None else "CROSS JOIN item i ON i.id = e.item AND i.scope = ?"

    @property
    def _values(self) -> tuple[str, ...]:
        return () if self.scope is None else (self.scope,)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
