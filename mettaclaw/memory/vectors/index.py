"""The index of vectors: exact in memory up to 100,000 items of a scope, above that a graph.

SQLite is the truth; both are caches of it, per scope, brought up to date before they are used. A
graph that is missing, damaged or of another model is built in the background, and exact search
serves meanwhile. Where hnswlib is not installed, exact search goes on serving, and ``lacking`` says
so.

Invariant: what is pending in a transaction is seen by it and kept from all others.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mettaclaw.errors import MettaClawError, StorageError
from mettaclaw.memory.retrieval.plan import Filter
from mettaclaw.memory.vectors import approximate
from mettaclaw.memory.vectors.approximate import Graph
from mettaclaw.memory.vectors.exact import Matrix, View
from mettaclaw.memory.vectors.rows import Part
from mettaclaw.storage import Database

if TYPE_CHECKING:
    from mettaclaw.memory.vectors.rows import Vectors

EXACT = 100_000  # items; so many vectors are compared in some 20 ms
_FEW = 20_000  # allowed items that are compared one by one, since a graph would miss them
_HELD = 600_000  # vectors in memory, of all parts together; 1,536 bytes each
_SAVE_AFTER = 0.1  # of the graph has to be new before its file is written again
_NO_GRAPH = (
    "over {:,} items are searched exactly, which is slow; hnswlib is not installed: "
    'pip install "mettaclaw[ann]" (it needs a C++ compiler)'
)


class VectorIndex:
    """The vectors of one embedding model. Any thread may use it.

    Args:
        database: The one database.
        model: The embedding model's name.
        size: The length of its vectors.
        cache: The folder of the graphs' files; None keeps them in memory alone.
        exact_up_to: Up to how many items of a scope the search is exact.
    """

    def __init__(
        self,
        database: Database,
        model: str,
        size: int,
        cache: Path | None = None,
        exact_up_to: int = EXACT,
    ) -> None:
        self._database = database
        self.model = model
        self._size = size
        self._cache = cache
        self._exact_up_to = exact_up_to
        self._lock = threading.RLock()
        self._parts: OrderedDict[str | None, _Served] = OrderedDict()
        self._closing = threading.Event()
        self.building: str | None = None  # what is said to people while a graph is built
        self._trouble: str | None = None  # what came of that, or of its file, where it failed

    def ask(self, vector: Vectors, within: Filter) -> Asked:
        """Hold a query's vector, (size,) of length 1, against the items that may be found."""
        with self._lock:
            held = self._current(within.scope).holder()
        allowed = None if within.is_scope_only else self._allowed(within)
        return Asked(held, vector, allowed)

    def prepare(self, scope: str | None = None) -> None:
        """Bring a part of memory up to date, and wait until its graph is built, if it has one."""
        with self._lock:
            self._current(scope)
        self.wait()

    def lacking(self) -> str | None:
        """What makes the search or the start slow, and what to type; None where nothing does."""
        with self._lock:
            large = any(served.is_large for served in self._parts.values())
        if not large or approximate.available():
            return self._trouble
        return _NO_GRAPH.format(self._exact_up_to)

    def wait(self) -> None:
        """Wait until no graph is being built."""
        for served in list(self._parts.values()):
            if served.builder is not None:
                served.builder.join()

    def close(self) -> None:
        """End what is built in the background, and save the graphs that have grown."""
        self._closing.set()
        self.wait()
        for served in self._parts.values():
            if served.graph is not None and served.unsaved > _SAVE_AFTER * len(served.graph):
                self._save(served.graph)
                served.saved = len(served.graph)

    # --- inside ---

    def _current(self, scope: str | None) -> _Served:
        change, removed = self._change()
        served = self._parts.get(scope)
        if served is None:
            served = _Served(Part(self.model, self._size, scope))
        if served.change != change:
            if self._database.current is not None:  # what is pending may yet be rolled back
                return self._pending(served, removed)
            self._update(served, removed)
            served.change = change
        self._parts[scope] = served
        self._parts.move_to_end(scope)
        self._shrink()
        return served

    def _update(self, served: _Served, removed: int) -> None:
        if served.graph is None and served.matrix is None:
            most = self._exact_up_to + 1
            served.is_large = served.part.count(self._database, most) == most
            if served.is_large and approximate.available() and self._cache is not None:
                with contextlib.suppress(StorageError):
                    served.graph = Graph.load(self._cache, served.part, self._database)
                    served.saved = len(served.graph)
        if served.graph is not None:
            self._bring_up(served, served.graph, removed)
            return
        if served.matrix is None:
            served.matrix = Matrix(served.part)
        served.matrix.update(self._database, removed)
        served.is_large = len(served.matrix) > self._exact_up_to
        if served.is_large and served.builder is None and approximate.available():
            served.builder = threading.Thread(
                target=self._build, args=(served,), name="mettaclaw-index", daemon=True
            )
            served.builder.start()

    def _bring_up(self, served: _Served, graph: Graph, removed: int) -> None:
        graph.update()
        if served.removed != removed:
            graph.keep_only(served.part.ids(self._database).tolist())
            served.removed = removed

    def _pending(self, served: _Served, removed: int) -> _Served:
        """A part with what the open transaction wrote, for this transaction alone."""
        if served.graph is not None:
            return served  # a copy would take a second; what is pending is found by its words
        twin = _Served(served.part)
        twin.matrix = Matrix(served.part) if served.matrix is None else served.matrix.copy()
        twin.matrix.update(self._database, removed)
        return twin

    def _build(self, served: _Served) -> None:
        """Build the graph of a part from the database; it serves when it is whole."""
        graph = Graph(served.part, self._database)
        total = max(1, len(served.matrix or ()))

        def progress(count: int) -> bool:
            self.building = f"the index is being built: {min(99, 100 * count // total)} %"
            return not self._closing.is_set()

        try:
            if not graph.update(progress):
                return
            if self._cache is not None:
                self._save(graph)
            with self._lock:
                _, removed = self._change()
                self._bring_up(served, graph, removed)
                served.graph, served.matrix = graph, None
                served.saved = len(graph)
        except (MettaClawError, RuntimeError, MemoryError) as error:  # hnswlib's are the latter two
            if not self._closing.is_set():
                self._trouble = (
                    f"the index could not be built ({error}); all are searched exactly, which is "
                    "slow, and the next start builds it again"
                )
        finally:
            self.building = None

    def _save(self, graph: Graph) -> None:
        if self._cache is None:
            return
        try:
            graph.save(self._cache)
            approximate.sweep(self._cache)
            self._trouble = None
        except (OSError, RuntimeError) as error:  # a cache that cannot be written is built again
            self._trouble = (
                f"the index cannot be written to {self._cache} ({error}); it is built again at "
                "each start until there is room and leave to write"
            )

    def _allowed(self, within: Filter) -> frozenset[int]:
        where, values = within.where()
        rows = self._database.rows(f"SELECT i.id FROM item i WHERE {where}", values)
        return frozenset(row[0] for row in rows)

    def _change(self) -> tuple[int, int]:
        row = self._database.row("SELECT number, removed FROM item_change")
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def _shrink(self) -> None:
        """Let go of the parts that were used longest ago, where all together are too many."""
        while len(self._parts) > 1 and sum(map(len, self._parts.values())) > _HELD:
            oldest = next(iter(self._parts))
            builder = self._parts[oldest].builder
            if builder is not None and builder.is_alive():
                return
            del self._parts[oldest]


class _Served:
    """A part of memory, and what answers for it: a matrix, or a graph once it is there."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.change = -1
        self.removed = 0
        self.saved = 0
        self.is_large = False
        self.matrix: Matrix | None = None
        self.graph: Graph | None = None
        self.builder: threading.Thread | None = None

    def __len__(self) -> int:
        return len(self.matrix or self.graph or ())

    def holder(self) -> View | Graph | None:
        """What answers now."""
        return self.graph or (self.matrix.view() if self.matrix is not None else None)

    @property
    def unsaved(self) -> int:
        return abs(len(self.graph) - self.saved) if self.graph is not None else 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A query's vector before a part of memory; ``allowed`` None are all its items."""

    held: View | Graph | None
    vector: Vectors
    allowed: frozenset[int] | None

    def nearest(self, k: int) -> dict[int, float]:
        """The cosines of the k nearest items, by id."""
        match self.held:
            case None:
                return {}
            case Graph() as graph if self.allowed is not None and len(self.allowed) <= _FEW:
                found = graph.of(self.allowed, self.vector)
                best = sorted(found, key=lambda number: -found[number])[:k]
                return {number: found[number] for number in best}
            case held:
                return held.nearest(self.vector, k, self.allowed)

    def of(self, ids: Iterable[int]) -> dict[int, float]:
        """The cosines of these items, as far as they have vectors."""
        return {} if self.held is None else self.held.of(ids, self.vector)
