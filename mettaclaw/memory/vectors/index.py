"""The index of vectors: exact in memory up to 100,000 items of a scope, above that with a graph.

SQLite is the truth; what is in memory is a cache of it, per part of memory (a scope, or all), and
brought up to date before it is used. A large scope that is a good share of all is found by way of
all: one graph serves both. Where hnswlib is not installed, exact search goes on serving, and
``lacking`` says so.

Invariant: what is pending in a transaction is seen by it and kept from all others. It is guarded by
the database's own lock (``Database.alone``).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mettaclaw.memory.retrieval.plan import Filter, has_expired
from mettaclaw.memory.vectors import approximate
from mettaclaw.memory.vectors.approximate import best
from mettaclaw.memory.vectors.exact import View
from mettaclaw.memory.vectors.rows import Part
from mettaclaw.memory.vectors.served import Both, Served
from mettaclaw.storage import Database
from mettaclaw.storage.batches import batches, marks

if TYPE_CHECKING:
    from mettaclaw.memory.vectors.rows import Vectors

EXACT = 100_000  # items; so many vectors are compared in some 20 ms
_FEW = 20_000  # allowed items that are compared one by one, since a graph would miss them
_HELD = 1_000_000  # vectors in memory, 1,536 bytes each, of all parts but the largest
_SHARE = 8  # a scope with one of so many items is found by way of all
_WIDER = (4, 16)  # so many times more are looked at, where some of them may not be found
_STEP_S = 0.2
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
        self._parts: OrderedDict[str | None, Served] = OrderedDict()
        self._dropped: list[Served] = []

    def ask(self, vector: Vectors, within: Filter) -> Asked:
        """Hold a query's vector, (size,) of length 1, against the items that may be found."""
        with self._database.alone():
            scope, is_wider = self._part_of(within.scope)
            held = self._current(scope)
            is_all = within.is_scope_only and not has_expired(self._database, within)
        if is_all and not is_wider:
            return Asked(held, vector)
        is_few = not within.is_scope_only
        return Asked(held, vector, Narrowed(self._database, within, is_few))

    def prepare(
        self, scope: str | None = None, told: Callable[[float], object] = lambda _: None
    ) -> None:
        """Bring a part of memory up to date, and wait until its graph is whole, if it has one.

        ``told`` is called with how much of it is, from 0 to 1.
        """
        with self._database.alone():
            part, _ = self._part_of(scope)
            self._current(part)
            served = self._parts[part]
        while served.is_busy:
            served.wait(_STEP_S)
            told(served.progress or 1.0)

    @property
    def building(self) -> str | None:
        """What is said to people while a graph is built."""
        for served in list(self._parts.values()):
            if served.is_busy and served.progress is not None:
                return f"the index is being built: {int(100 * served.progress)} %"
        return None

    def lacking(self) -> str | None:
        """What makes the search or the start slow, and what to type; None where nothing does."""
        parts = list(self._parts.values())
        if any(served.is_large for served in parts) and not approximate.available():
            return _NO_GRAPH.format(self._exact_up_to)
        return next((served.trouble for served in parts if served.trouble is not None), None)

    def wait(self) -> None:
        """Wait until no graph is being built."""
        for served in self._all():
            served.wait()

    def close(self) -> None:
        """End what is built in the background, and save the graphs that have grown."""
        for served in self._all():
            served.close()

    # --- inside ---

    def _all(self) -> list[Served]:
        return [*self._parts.values(), *self._dropped]

    def _current(self, scope: str | None) -> View | Both:
        served = self._parts.get(scope)
        if served is None:
            part = Part(self.model, self._size, scope)
            served = Served(part, self._database, self._cache, self._exact_up_to)
            self._parts[scope] = served
        self._parts.move_to_end(scope)
        held = served.holder(*self._change())
        self._shrink()
        return held

    def _part_of(self, scope: str | None) -> tuple[str | None, bool]:
        """The part of memory that answers for a scope, None being all of it; and whether that has
        items of other scopes too.
        """
        if scope is None:
            return None, False
        ends = "SELECT (SELECT min(scope) FROM item), (SELECT max(scope) FROM item)"
        if self._database.row(ends) == (scope, scope):
            return None, False
        most = self._exact_up_to + 1
        part = Part(self.model, self._size, scope)
        if scope in self._parts or part.count(self._database, most) < most:
            return scope, False
        row = self._database.row("SELECT count(*), sum(scope = ?) FROM item", (scope,))
        is_share = row is not None and row[1] * _SHARE >= row[0]
        return (None, True) if is_share else (scope, False)

    def _change(self) -> tuple[int, int]:
        row = self._database.row("SELECT number, removed FROM item_change")
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def _shrink(self) -> None:
        """Let go of the parts that were used longest ago, where all but the largest are much."""
        self._dropped = [served for served in self._dropped if served.is_busy]
        sizes = {scope: len(served) for scope, served in self._parts.items()}
        largest = max(sizes, key=lambda scope: sizes[scope])
        last = next(reversed(self._parts))
        while sum(sizes.values()) - sizes[largest] > _HELD:
            oldest = next((scope for scope in sizes if scope not in (largest, last)), None)
            if oldest is None:
                return
            del sizes[oldest]
            self._dropped.append(self._parts.pop(oldest))


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Those items of a part of memory that may be found, where that is not all of it.

    ``is_few``: a time or a kind decides, so that they are looked up before the search; else nearly
    all may be found, and what is found is held against the filter after it.
    """

    database: Database
    filter: Filter
    is_few: bool

    def all(self) -> frozenset[int]:
        """All that may be found."""
        where, values = self.filter.where()
        rows = self.database.rows(f"SELECT i.id FROM item i WHERE {where}", values)
        return frozenset(row[0] for row in rows)

    def of(self, found: dict[int, float]) -> dict[int, float]:
        """Those of what was found."""
        where, values = self.filter.where()
        inside: dict[int, float] = {}
        for some in batches(found):
            sql = f"SELECT i.id FROM item i WHERE {where} AND i.id IN ({marks(some)})"
            rows = self.database.rows(sql, (*values, *some))
            inside.update((number, found[number]) for (number,) in rows)
        return inside


@dataclass(frozen=True, slots=True)
class Asked:
    """A query's vector before a part of memory; ``narrowed`` None may find all its items."""

    held: View | Both
    vector: Vectors
    narrowed: Narrowed | None = None

    def nearest(self, k: int) -> dict[int, float]:
        """The cosines of the k nearest items, by id."""
        if self.narrowed is None:
            return self.held.nearest(self.vector, k)
        if not self.narrowed.is_few:
            for wider in _WIDER:
                found = self.held.nearest(self.vector, wider * k)
                inside = self.narrowed.of(found)
                if len(inside) >= k or len(found) < wider * k:
                    return best(inside, k)
        allowed = self.narrowed.all()
        if isinstance(self.held, Both) and len(allowed) <= _FEW:
            return best(self.held.of(allowed, self.vector), k)
        return self.held.nearest(self.vector, k, allowed)

    def of(self, ids: Iterable[int]) -> dict[int, float]:
        """The cosines of these items, as far as they have vectors."""
        return self.held.of(ids, self.vector)
