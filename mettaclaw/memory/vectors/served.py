"""What answers for a part of memory: a graph of what was there, and a matrix of what came since.

Small parts have no graph, and their matrix has all. Where a graph is wanted and what came since is
much, it is taken into the graph in the background; the matrix has it until then, so that what is
found does not depend on how far that is. What the background has done is saved even where the
program ends in its middle, and the next program goes on from there.

Invariant: graph and matrix together have every vector of the part. Not covered: which part answers
for a query (``index``), and the graph's file (``graphfiles``).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mettaclaw.errors import MettaClawError, StorageError
from mettaclaw.memory.vectors import approximate, graphfiles
from mettaclaw.memory.vectors.approximate import Graph, best
from mettaclaw.memory.vectors.exact import Matrix, View
from mettaclaw.memory.vectors.rows import Part
from mettaclaw.storage import Database

if TYPE_CHECKING:
    from mettaclaw.memory.vectors.rows import Vectors

_BEHIND = 5_000  # vectors that the matrix has beside a graph, before the graph takes them in
_SAVE_AFTER = 0.1  # of the graph has to be new before its file is written again
_FEW_GONE = 1_000  # removed vectors; of more, the graph is built anew


@dataclass(frozen=True, slots=True)
class Both:
    """A graph, and the vectors that are not in it yet, or that it has as they were before."""

    graph: Graph
    rest: View

    def nearest(
        self, vector: Vectors, k: int, allowed: frozenset[int] | None = None
    ) -> dict[int, float]:
        """The cosines of about the k nearest items, by id."""
        found = self.graph.nearest(vector, k, allowed)
        known = {number: far for number, far in found.items() if number not in self.rest}
        return best(known | self.rest.nearest(vector, k, allowed), k)

    def of(self, ids: Iterable[int], vector: Vectors) -> dict[int, float]:
        """The cosines of these items, as far as they are there."""
        wanted = list(ids)
        return self.graph.of(wanted, vector) | self.rest.of(wanted, vector)


class Served:
    """A part of memory and what answers for it. Used inside ``Database.alone``.

    Attributes:
        part: The part.
        progress: From 0 to 1, how much of it is in the graph that is being built; None while none
            is.
        trouble: What came of that, or of its file, where it failed.
    """

    def __init__(self, part: Part, database: Database, cache: Path | None, exact_up_to: int):
        self.part = part
        self._database = database
        self._cache = cache
        self._exact_up_to = exact_up_to
        self._change = -1
        self._removed = 0
        self._saved = 0
        self._matrix: Matrix | None = None
        self._graph: Graph | None = None
        self._builder: threading.Thread | None = None
        self._closing = threading.Event()
        self.progress: float | None = None
        self.trouble: str | None = None

    def __len__(self) -> int:
        return len(self._matrix or ()) + len(self._graph or ())

    @property
    def is_large(self) -> bool:
        """Whether it has more items than are searched exactly."""
        return self._graph is not None or len(self._matrix or ()) > self._exact_up_to

    @property
    def is_busy(self) -> bool:
        """Whether its graph is being built."""
        return self._builder is not None and self._builder.is_alive()

    def holder(self, change: int, removed: int) -> View | Both:
        """What answers now, brought up to date with the counts of ``item_change``."""
        matrix = self._matrix or self._first()
        if self._change != change:
            if self._database.current is not None:  # what is pending may yet be rolled back
                matrix = matrix.copy()
                matrix.update(self._database, removed)
                return self._answer(matrix)
            self._update(matrix, removed)
            self._change = change
        return self._answer(self._matrix or matrix)

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until its graph is whole, or so long."""
        if self._builder is not None:
            self._builder.join(timeout_s)

    def close(self) -> None:
        """End the work in the background, and save what it has done."""
        self._closing.set()
        self.wait()

    # --- inside ---

    def _answer(self, matrix: Matrix) -> View | Both:
        return matrix.view() if self._graph is None else Both(self._graph, matrix.view())

    def _first(self) -> Matrix:
        # Inside a transaction a file would be held against what may yet be rolled back.
        if self._graph is None and self._database.current is None:
            self._graph = self._loaded()
            self._saved = len(self._graph or ())
        return Matrix(self.part, 0 if self._graph is None else self._graph.seq)

    def _loaded(self) -> Graph | None:
        """The graph in its file; None where the part is small, or it has to be built."""
        most = self._exact_up_to + 1
        if self._cache is None or not approximate.available():
            return None
        if self.part.count(self._database, most) < most:
            return None
        try:
            return graphfiles.load(self._cache, self.part, self._database)
        except StorageError:
            return None

    def _update(self, matrix: Matrix, removed: int) -> None:
        if self._graph is not None and self._removed != removed:
            lost = self._graph.lost(self.part.ids(self._database).tolist())
            if len(lost) > _FEW_GONE and not self.is_busy:
                self._graph, matrix = None, Matrix(self.part)
            else:
                self._graph.remove(lost)
        self._removed = removed
        matrix.update(self._database, removed)
        self._matrix = matrix
        is_behind = self._graph is None or len(matrix) > min(_BEHIND, self._exact_up_to)
        if self.is_large and is_behind and not self.is_busy and approximate.available():
            self._builder = threading.Thread(
                target=self._build, args=(self._graph,), name="mettaclaw-index", daemon=True
            )
            self._builder.start()

    def _build(self, graph: Graph | None) -> None:
        """Take into the graph what was written since; in a thread of its own."""
        try:
            graph = graph or Graph(self.part, self._database)
            total = len(graph) + len(self._matrix or ())
            for block in self.part.after(self._database, graph.seq):
                graph.add(block)
                self.progress = min(0.99, len(graph) / max(1, total))
                if self._closing.is_set():
                    self._save(graph)
                    return
            with self._database.alone():
                self._take(graph)
            self._save(graph)
        except (MettaClawError, RuntimeError, MemoryError) as error:  # hnswlib's are the latter two
            if not self._closing.is_set():
                self.trouble = (
                    f"the index could not be built ({error}); all are searched exactly, which is "
                    "slow, and the next start builds it again"
                )
        finally:
            self.progress = None

    def _take(self, graph: Graph) -> None:
        """From now on the graph answers, and the matrix has only what came since."""
        self._graph, self._matrix = graph, Matrix(self.part, graph.seq)
        self._change = self._removed = -1

    def _save(self, graph: Graph) -> None:
        if self._cache is None or abs(len(graph) - self._saved) <= _SAVE_AFTER * len(graph):
            return
        try:
            graphfiles.save(graph, self._cache, self._database)
            graphfiles.blank(self._cache, self._database)  # what was removed while it was written
            graphfiles.sweep(self._cache)
            self._saved = len(graph)
            self.trouble = None
        except (OSError, RuntimeError, StorageError) as error:  # it is a cache: it is built again
            self.trouble = (
                f"the index cannot be written to {self._cache} ({error}); it is built again at "
                "each start until there is room and leave to write"
            )
