"""Approximate search in a graph of neighbours (HNSW), for parts of more than 100,000 items.

The graph holds what was written up to a place in the order of writing; what came later is somebody
else's (``served``). It finds neighbours; cosines of named items are made from the vectors in the
database, which gives them out ten times as fast as hnswlib does.

Invariant: a vector that was removed is overwritten, so that no file of the graph has it. Not
covered: the file (``files``). Source: Malkov and Yashunin, "Efficient and robust approximate
nearest neighbor search using HNSW graphs", 2018; hnswlib.
"""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mettaclaw.memory.vectors.rows import Block, Part
from mettaclaw.storage import Database

if TYPE_CHECKING:
    from mettaclaw.memory.vectors.rows import Vectors

M = 16
EF_CONSTRUCTION = 200
EF = 3_000  # 0.99 of the exact nearest ten among a million, in 6 ms
_ROOM = 1.2
_AT_ONCE = 50  # vectors that are added while nobody can search: some 30 ms


def available() -> bool:
    """Whether hnswlib is installed."""
    return importlib.util.find_spec("hnswlib") is not None


class Graph:
    """The vectors of one part of memory, as a graph. Any thread may use it.

    Args:
        part: The part of memory.
        database: Where the vectors are.
        index: What hnswlib has loaded; None begins with nothing.
        seq: How far in the order of writing that goes.
        gone: The items in it that are marked as removed.
    """

    def __init__(
        self,
        part: Part,
        database: Database,
        index: Any = None,
        seq: int = 0,
        gone: Iterable[int] = (),
    ) -> None:
        import hnswlib

        self.part = part
        self.seq = seq
        self._database = database
        # hnswlib must not add and search at once, nor add and write its file: who adds takes both.
        self._changing = threading.Lock()
        self._searching = threading.Lock()
        if index is None:
            index = hnswlib.Index(space="ip", dim=part.size)
            index.init_index(max_elements=1_000, M=M, ef_construction=EF_CONSTRUCTION)
        self._index = index
        self.gone = set(gone)
        self._ids = set(index.get_ids_list()) - self.gone

    def __len__(self) -> int:
        return len(self._ids)

    # --- building ---

    def add(self, block: Block) -> None:
        """Take in vectors; those of items that it has are replaced."""
        for start in range(0, len(block.ids), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            with self._changing, self._searching:
                self._add(block.ids[some].tolist(), block.vectors[some])
        self.seq = max(self.seq, block.seq)

    def _add(self, numbers: Sequence[int], vectors: Vectors) -> None:
        need = self._index.element_count + len(numbers)
        if need > self._index.max_elements:
            self._index.resize_index(int(need * _ROOM))
        for number in self.gone.intersection(numbers):
            self._index.unmark_deleted(number)
        self.gone.difference_update(numbers)
        self._index.add_items(vectors, numbers, num_threads=-1)
        self._ids.update(numbers)

    def lost(self, ids: Iterable[int]) -> list[int]:
        """The items in it that are none of these."""
        return list(self._ids.difference(ids))

    def remove(self, numbers: Sequence[int]) -> None:
        """Leave out items, and overwrite their vectors."""
        import numpy as np

        with self._changing, self._searching:
            there = [number for number in numbers if number in self._ids]
            if not there:
                return
            nothing = np.zeros((len(there), self.part.size), np.float32)
            self._index.add_items(nothing, there, num_threads=1)
            for number in there:
                self._index.mark_deleted(number)
            self._ids.difference_update(there)
            self.gone.update(there)

    # --- searching ---

    def nearest(
        self, vector: Vectors, k: int, allowed: frozenset[int] | None = None
    ) -> dict[int, float]:
        """The cosines of about the k nearest items, by id; of those that are allowed."""
        with self._searching:
            count = min(k, len(self._ids))
            keep = None if allowed is None else allowed.__contains__
            while count:
                self._index.set_ef(max(EF, 2 * count))
                try:
                    labels, far = self._index.knn_query(vector, count, num_threads=1, filter=keep)
                except RuntimeError:  # it says so where it finds less than that
                    if allowed is not None:
                        break
                    count //= 2
                    continue
                return {int(n): 1.0 - float(d) for n, d in zip(labels[0], far[0], strict=True)}
        return best(self.of(allowed or (), vector), k)

    def of(self, ids: Iterable[int], vector: Vectors) -> dict[int, float]:
        """The cosines of these items, as far as they are there."""
        with self._searching:
            known = self._ids.intersection(ids)
        found: dict[int, float] = {}
        for block in self.part.named(self._database, known):
            cosines: Vectors = block.vectors @ vector
            found |= zip(block.ids.tolist(), cosines.tolist(), strict=True)
        return found

    # --- the file ---

    def write(self, file: Path) -> tuple[int, int, tuple[int, ...]]:
        """Write it to a file: how many items that has, how far it goes, and which are marked.

        It is searched meanwhile.

        Raises:
            OSError, RuntimeError: It cannot be written.
        """
        with self._changing:
            self._index.save_index(str(file))
            return len(self._ids), self.seq, tuple(sorted(self.gone))

    def holds(self, block: Block) -> bool:
        """Whether it has these very vectors, of items that it has."""
        import numpy as np

        return bool(np.allclose(self._index.get_items(block.ids), block.vectors, atol=1e-5))


def best(cosines: dict[int, float], k: int) -> dict[int, float]:
    """The k highest cosines, the highest first."""
    return dict(sorted(cosines.items(), key=lambda found: -found[1])[:k])
