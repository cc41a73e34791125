"""Exact search by meaning: cosines against all vectors, held in memory as one matrix.

Invariant: the matrix shows what is committed (and, inside a transaction, what is pending there).
SQLite counts the changes of items in ``item_change``; a matrix whose count is not the current one
is brought up to date before it is used, whoever wrote, in whichever process. Item ids are never
used twice, so only ids have to be compared. Not covered: approximate search, for which exact
search is fast enough up to about 100,000 items.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mettaclaw.memory.embed import SIZE
from mettaclaw.storage import Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mettaclaw.memory.embed import Vectors

_MARKS = 500


@dataclass(frozen=True, slots=True)
class _Matrix:
    """Vectors of items: row i of ``vectors`` (n, 384) is that of item ``ids[i]``, ascending."""

    change: int
    ids: NDArray[np.int64]
    vectors: Vectors


class VectorIndex:
    """The vectors of one embedding model. Any thread may use it."""

    def __init__(self, database: Database, model: str) -> None:
        self._database = database
        self._model = model
        self._kept: _Matrix | None = None

    def nearest(self, vector: Vectors, k: int, also: Iterable[int] = ()) -> dict[int, float]:
        """The cosines of the k nearest items and of those in ``also`` that have a vector.

        ``vector`` has shape (384,) and length 1.
        """
        import numpy as np

        matrix = self._current()
        if not len(matrix.ids):
            return {}
        cosines = matrix.vectors @ vector
        first = min(k, len(cosines))
        wanted = set(np.argpartition(-cosines, first - 1)[:first].tolist())
        others = np.fromiter(also, dtype=np.int64)
        places = np.minimum(np.searchsorted(matrix.ids, others), len(matrix.ids) - 1)
        wanted.update(places[matrix.ids[places] == others].tolist())
        return {int(matrix.ids[i]): float(cosines[i]) for i in wanted}

    def _current(self) -> _Matrix:
        row = self._database.row("SELECT number FROM item_change")
        change = int(row[0]) if row else 0
        kept = self._kept
        if kept is not None and kept.change == change:
            return kept
        matrix = self._updated(kept, change)
        if self._database.current is None:  # what is pending may yet be rolled back
            self._kept = matrix
        return matrix

    def _updated(self, old: _Matrix | None, change: int) -> _Matrix:
        import numpy as np

        sql = "SELECT item FROM vector WHERE model = ? ORDER BY item"
        ids = np.array([row[0] for row in self._database.rows(sql, (self._model,))], dtype=np.int64)
        if old is None:
            old = _Matrix(0, np.empty(0, np.int64), np.empty((0, SIZE), np.float32))
        known = np.isin(ids, old.ids, assume_unique=True)
        vectors = np.empty((len(ids), SIZE), dtype=np.float32)
        vectors[known] = old.vectors[np.searchsorted(old.ids, ids[known])]
        fresh: list[int] = ids[~known].tolist()
        found = np.ones(len(ids), dtype=bool)
        for start in range(0, len(fresh), _MARKS):
            part = fresh[start : start + _MARKS]
            data = {item: blob for item, blob in self._rows(part) if len(blob) == 4 * SIZE}
            for item in part:
                place = int(np.searchsorted(ids, item))
                if item in data:
                    vectors[place] = np.frombuffer(data[item], dtype="<f4")
                else:  # removed since the ids were read
                    found[place] = False
        whole = bool(found.all())
        return _Matrix(change, ids if whole else ids[found], vectors if whole else vectors[found])

    def _rows(self, items: Sequence[int]) -> list[tuple[Any, ...]]:
        marks = ", ".join("?" * len(items))
        sql = f"SELECT item, data FROM vector WHERE model = ? AND item IN ({marks})"
        return self._database.rows(sql, (self._model, *items))
