"""Where the boxes of a graph stand, in layers from top to bottom, and how its edges run.

Each node stands one layer below the lowest of those that lead to it (topological generations). An
edge over several layers gets a place of its own in each of those between (Sugiyama, Tagawa and
Toda 1981), so that it runs past the boxes. Orders within layers are by the mean of the neighbours
(barycentres), which makes few crossings, not the fewest.

Invariant: no two boxes overlap, no edge crosses a box, an edge begins at the lower side of a box
and ends at the upper side of another; where a cycle had to be broken, the other way round. The same
graph has the same layout. An edge from a node to itself has no route.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from networkx import DiGraph

MARGIN = 24
GAP = 24  # between boxes side by side
DROP = 48  # between layers
_LANE = 12  # the width of an edge's place in a layer
_SWEEPS = 8

_Key = str | tuple[str, str, int]  # a node, or an edge's place in a layer
Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its upper left corner, in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """Its middle from left to right."""
        return self.x + self.width // 2

    @property
    def bottom(self) -> int:
        """Its lower side."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes and routes; ``routes`` has, for each edge, the ends of its vertical pieces in order."""

    boxes: dict[str, Box]
    routes: dict[tuple[str, str], list[tuple[Point, Point]]]
    width: int
    height: int


def arrange(graph: DiGraph[str], sizes: Mapping[str, tuple[int, int]]) -> Layout:
    """Lay a graph out.

    Args:
        graph: What to lay out.
        sizes: Width and height of every node, in pixels.
    """
    layers = _Layers(graph)
    layers.order()
    middles = layers.place({key: sizes[key][0] for key in graph})
    tops: list[int] = []
    ends: list[int] = []
    top = MARGIN
    for row in layers.rows:
        tops.append(top)
        ends.append(top + max((sizes[key][1] for key in row if isinstance(key, str)), default=0))
        top = ends[-1] + DROP
    boxes: dict[str, Box] = {}
    for layer, row in enumerate(layers.rows):
        for key in row:
            if isinstance(key, str):
                width, height = sizes[key]
                boxes[key] = Box(middles[key] - width // 2, tops[layer], width, height)
    routes: dict[tuple[str, str], list[tuple[Point, Point]]] = {}
    for (start, end), lane in layers.lanes.items():
        first = boxes[start]
        route = [((first.middle, first.bottom), (first.middle, ends[layers.of[start]]))]
        for key in lane:
            x, layer = middles[key], key[2]
            route.append(((x, tops[layer]), (x, ends[layer])))
        last = (boxes[end].middle, boxes[end].y)
        route.append((last, last))
        if not graph.has_edge(start, end):
            start, end, route = end, start, [(below, above) for above, below in reversed(route)]
        routes[start, end] = route
        if graph.has_edge(end, start):
            routes[end, start] = [(below, above) for above, below in reversed(route)]
    right = max((*(box.x + box.width for box in boxes.values()), *middles.values()), default=0)
    return Layout(boxes, routes, right + MARGIN, (ends[-1] if ends else 0) + MARGIN)


class _Layers:
    """The rows of a layout: nodes, and places of the edges that pass by them."""

    def __init__(self, graph: DiGraph[str]) -> None:
        import networkx

        acyclic = _without_cycles(graph)
        number = {key: index for index, key in enumerate(graph)}
        self.rows: list[list[_Key]] = []
        for row in networkx.topological_generations(acyclic):
            self.rows.append([*sorted(row, key=number.__getitem__)])
        self.of = {key: layer for layer, row in enumerate(self.rows) for key in row}
        self.lanes: dict[tuple[str, str], list[tuple[str, str, int]]] = {}
        self._above: dict[_Key, list[_Key]] = {key: [] for key in self.of}
        self._below: dict[_Key, list[_Key]] = {key: [] for key in self.of}
        for start, end in acyclic.edges:
            lane = [(start, end, layer) for layer in range(self.of[start] + 1, self.of[end])]
            self.lanes[start, end] = lane
            for key in lane:
                self.rows[key[2]].append(key)
            chain: list[_Key] = [start, *lane, end]
            for above, below in pairwise(chain):
                self._below.setdefault(above, []).append(below)
                self._above.setdefault(below, []).append(above)

    def order(self) -> None:
        """Sort each row by where its neighbours stand in the rows beside it.

        The first order is that of the graph, as far as the row above allows; another one takes its
        place where it has fewer crossings.
        """
        best: list[list[_Key]] = []
        least = 0
        for sweep in range(_SWEEPS):
            down = sweep % 2 == 0
            neighbours = self._above if down else self._below
            places = {key: _share(i, row) for row in self.rows for i, key in enumerate(row)}
            for row in self.rows[1:] if down else self.rows[-2::-1]:
                means = {key: _mean(neighbours.get(key, ()), places, key) for key in row}
                row.sort(key=means.__getitem__)
                places.update((key, _share(i, row)) for i, key in enumerate(row))
            crossings = self._crossings()
            if not best or crossings < least:
                best, least = [list(row) for row in self.rows], crossings
            if not least:
                break
        self.rows = best

    def _crossings(self) -> int:
        total = 0
        for above, below in pairwise(self.rows):
            places = {key: index for index, key in enumerate(below)}
            seen: list[int] = []
            for key in above:
                ends = sorted(places[end] for end in self._below.get(key, ()))
                total += sum(len(seen) - bisect_right(seen, end) for end in ends)
                for end in ends:
                    insort(seen, end)
        return total

    def place(self, widths: Mapping[str, int]) -> dict[_Key, int]:
        """The middle of every box and lane, as near to its neighbours as there is room."""
        half: dict[_Key, float] = {
            key: (widths[key] if isinstance(key, str) else _LANE) / 2
            for row in self.rows
            for key in row
        }
        places = dict.fromkeys(half, 0.0)
        for row in self.rows:
            left = 0.0
            for key in row:
                places[key] = left + half[key]
                left += 2 * half[key] + GAP
        for sweep in range(_SWEEPS):
            near = (self._above, self._below) if sweep % 2 == 0 else (self._below, self._above)
            for row in self.rows if sweep % 2 == 0 else reversed(self.rows):
                wanted = [
                    _mean(near[0].get(key) or near[1].get(key, ()), places, key) for key in row
                ]
                places.update(zip(row, _apart(wanted, [half[key] for key in row]), strict=True))
        left = min((places[key] - half[key] for key in places), default=0.0)
        return {key: round(place - left) + MARGIN for key, place in places.items()}


def _without_cycles(graph: DiGraph[str]) -> DiGraph[str]:
    """The graph with one edge of every cycle turned round, and none from a node to itself."""
    import networkx

    acyclic: DiGraph[str] = networkx.DiGraph()
    acyclic.add_nodes_from(graph)
    acyclic.add_edges_from(edge for edge in graph.edges if edge[0] != edge[1])
    turned: list[tuple[str, str]] = []
    while not networkx.is_directed_acyclic_graph(acyclic):
        cycle: list[tuple[str, str]] = list(
            networkx.find_cycle(acyclic)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        )
        edge = cycle[-1]
        acyclic.remove_edge(*edge)
        turned.append(edge)
    order = {key: index for index, key in enumerate(networkx.topological_sort(acyclic))}
    for start, end in turned:
        acyclic.add_edge(*((start, end) if order[start] < order[end] else (end, start)))
    return acyclic


def _share(index: int, row: Sequence[_Key]) -> float:
    return (index + 0.5) / len(row)


def _mean(keys: Sequence[_Key], places: Mapping[_Key, float], own: _Key) -> float:
    return sum(places[key] for key in keys) / len(keys) if keys else places[own]


def _apart(wanted: Sequence[float], half: Sequence[float]) -> list[float]:
    """Places near those that are wanted, in the same order, with a gap between neighbours.

    Pushed to the right as far as need be, and to the left; the mean of both keeps the gaps too.
    """
    right: list[float] = []
    for index, place in enumerate(wanted):
        least = right[-1] + half[index - 1] + GAP + half[index] if index else place
        right.append(max(place, least))
    left = [0.0] * len(wanted)
    for index in range(len(wanted) - 1, -1, -1):
        most = wanted[index]
        if index + 1 < len(wanted):
            most = min(most, left[index + 1] - half[index + 1] - GAP - half[index])
        left[index] = most
    return [(a + b) / 2 for a, b in zip(right, left, strict=True)]
