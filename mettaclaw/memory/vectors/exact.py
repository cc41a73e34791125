"""Exact search: cosines against all vectors of a part, held in memory as one matrix.

Invariant: after ``update`` the matrix has what is in the database, whoever wrote it, in whichever
process. Not covered: parts of more than some 100,000 items, for which this is slow
(``approximate``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mettaclaw.memory.vectors.rows import Block, Part
from mettaclaw.storage import Database

if TYPE_CHECKING:
    from mettaclaw.memory.vectors.rows import Ids, Vectors

_GROWTH = 1.25


@dataclass(frozen=True, slots=True)
class View:
    """Vectors of a part: row i of ``vectors`` (n, size) is that of item ``ids[i]``.

    ``places`` has the row of each item, and perhaps of items that came later.
    """

    ids: Ids
    vectors: Vectors
    places: Mapping[int, int]

    def __contains__(self, number: int) -> bool:
        return self.places.get(number, len(self.ids)) < len(self.ids)

    def nearest(
        self, vector: Vectors, k: int, allowed: frozenset[int] | None = None
    ) -> dict[int, float]:
        """The cosines of the k nearest items to a vector (size,) of length 1."""
        import numpy as np

        cosines = self.vectors @ vector
        places = np.arange(len(cosines))
        if allowed is not None:
            places = np.array(sorted(self._rows(allowed).values()), dtype=np.int64)
        if not len(places):
            return {}
        first = min(k, len(places))
        best = places[np.argpartition(-cosines[places], first - 1)[:first]]
        return dict(zip(self.ids[best].tolist(), cosines[best].tolist(), strict=True))

    def of(self, ids: Iterable[int], vector: Vectors) -> dict[int, float]:
        """The cosines of these items, as far as they are there."""
        rows = self._rows(ids)
        cosines = self.vectors[list(rows.values())] @ vector
        return dict(zip(rows, cosines.tolist(), strict=True))

    def _rows(self, ids: Iterable[int]) -> dict[int, int]:
        found = {number: self.places.get(number, len(self.ids)) for number in ids}
        return {number: place for number, place in found.items() if place < len(self.ids)}


class Matrix:
    """The vectors of one part of memory, or those written after a place in their order."""

    def __init__(self, part: Part, seq: int = 0) -> None:
        import numpy as np

        self.part = part
        self._seq = seq
        self._removed = 0
        self._count = 0
        self._ids: Ids = np.empty(0, np.int64)
        self._vectors: Vectors = np.empty((0, part.size), np.float32)
        self._places: dict[int, int] = {}

    def __len__(self) -> int:
        return self._count

    def copy(self) -> Matrix:
        """Another with the same vectors, which can be brought up to date apart from this one."""
        twin = Matrix(self.part)
        twin._seq, twin._removed, twin._count = self._seq, self._removed, self._count
        twin._ids, twin._vectors = self._ids[: self._count], self._vectors[: self._count]
        twin._places = dict(self._places)
        return twin

    def update(self, database: Database, removed: int) -> None:
        """Take in what was written since, and leave out what is gone: there is something where
        the count of items that were ever removed (``item_change``) is another than last time.
        """
        for block in self.part.after(database, self._seq):
            self._append(block)
        if removed != self._removed:
            self._keep_only(self.part.present(database, self._ids[: self._count].tolist()))
            self._removed = removed

    def view(self) -> View:
        """What it holds now; a later update leaves that as it is."""
        return View(self._ids[: self._count], self._vectors[: self._count], self._places)

    def _append(self, block: Block) -> None:
        import numpy as np

        self._seq = block.seq
        new = [i for i, number in enumerate(block.ids.tolist()) if number not in self._places]
        for i, number in enumerate(block.ids.tolist()):
            if number in self._places:  # its vector was made anew
                self._own()
                self._vectors[self._places[number]] = block.vectors[i]
        need = self._count + len(new)
        if need > len(self._ids):
            room = max(need, int(len(self._ids) * _GROWTH))
            ids = np.empty(room, np.int64)
            vectors = np.empty((room, self.part.size), np.float32)
            ids[: self._count] = self._ids[: self._count]
            vectors[: self._count] = self._vectors[: self._count]
            self._ids, self._vectors = ids, vectors
        self._ids[self._count : need] = block.ids[new]
        self._vectors[self._count : need] = block.vectors[new]
        for place, i in enumerate(new, start=self._count):
            self._places[int(block.ids[i])] = place
        self._count = need

    def _own(self) -> None:
        """Write to no rows that a copy shares."""
        import numpy as np

        if self._vectors.base is not None:
            self._vectors = np.array(self._vectors)
            self._ids = np.array(self._ids)

    def _keep_only(self, ids: Ids) -> None:
        import numpy as np

        held, vectors = self._ids[: self._count], self._vectors[: self._count]
        kept = np.isin(held, ids)
        if bool(kept.all()):
            return
        self._ids, self._vectors = held[kept], vectors[kept]
        self._count = len(self._ids)
        self._places = {number: place for place, number in enumerate(self._ids.tolist())}
