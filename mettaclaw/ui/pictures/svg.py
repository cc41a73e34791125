"""A graph as the text of an SVG file, with nothing from elsewhere: no fonts, no scripts, no links.

Colours are for looks; what a node is can be told from its shape: statements have round corners, a
derivation is a pill, evidence has square corners, what is rejected has a dashed border and ``✗``.
Where the viewer is dark, the picture is too; it paints its own ground, so that it can be read in
both. Readers of screens get the title, a description and the text of every node in full.

Invariant: the text is valid XML 1.0 whatever the nodes say, and no text leaves its box. The same
graph gives the same text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from mettaclaw.ui.pictures import labels
from mettaclaw.ui.pictures.layout import Box, Layout, Point, arrange
from mettaclaw.ui.pictures.outline import REJECTED
from mettaclaw.ui.pictures.parts import Node
from mettaclaw.ui.text import one_line

if TYPE_CHECKING:
    from networkx import DiGraph

_FONT = 13
_ROW = 18
_PAD = 10
_ROWS = 5  # of one line of a node
_LIMIT = 24.0  # ems in a row
_LEAST = 72  # pixels
_SPOKEN = 2_000  # characters of a node's text for readers of screens
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2

_KINDS = "statement", "derivation", "evidence", "note"
_FAMILY = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"


@dataclass(frozen=True, slots=True)
class _Look:
    """Fill and border, in light and in dark viewers."""

    fill: str
    line: str
    dark_fill: str
    dark_line: str


_LOOKS = {
    "ground": _Look("#ffffff", "none", "#0d1117", "none"),
    "text": _Look("#1f2328", "none", "#e6edf3", "none"),
    "more": _Look("#4b535d", "none", "#b1bac4", "none"),
    "edge": _Look("none", "#6e7781", "none", "#8b949e"),
    "tip": _Look("#6e7781", "none", "#8b949e", "none"),
    "statement": _Look("#f6f8fa", "#57606a", "#161b22", "#8b949e"),
    "derivation": _Look("#ddf4ff", "#0969da", "#0c2d6b", "#58a6ff"),
    "evidence": _Look("#dafbe1", "#1a7f37", "#033a16", "#3fb950"),
    "note": _Look("#ffffff", "#8c959f", "#0d1117", "#6e7681"),
    "rejected": _Look("#ffffff", "#cf222e", "#0d1117", "#f85149"),
}


@dataclass(frozen=True, slots=True)
class _Label:
    """A node's text in rows, and the size of the box around them."""

    kind: str
    emphasis: str
    first: list[str]
    more: list[str]
    spoken: str

    @property
    def size(self) -> tuple[int, int]:
        rows = [*self.first, *self.more]
        wide = ceil(max(map(labels.width, rows), default=0.0) * _FONT) + 2 * _PAD
        return max(_LEAST, wide + wide % 2), len(rows) * _ROW + _PAD


def draw(graph: DiGraph[str]) -> str:
    """The text of an SVG file.

    Args:
        graph: See ``parts``: nodes with ``kind``, ``lines`` and ``emphasis``, and the graph's
            ``title`` and ``description``.
    """
    shown = {name: _label(Node.of(graph.nodes[name])) for name in graph}
    layout = arrange(graph, {name: label.size for name, label in shown.items()})
    title = _text(str(graph.graph.get("title", "")))
    description = _text(str(graph.graph.get("description", "")))
    body = [*_edges(layout), *_boxes(layout, shown)]
    # Names of this picture's own: several may stand in one page.
    mark = hashlib.sha256("\n".join([title, description, *body]).encode()).hexdigest()[:10]
    size = f'width="{layout.width}" height="{layout.height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
        f'viewBox="0 0 {layout.width} {layout.height}" role="img" '
        f'aria-labelledby="title-{mark}" aria-describedby="about-{mark}" '
        f'font-family="{_FAMILY}" font-size="{_FONT}">',
        f'<title id="title-{mark}">{title}</title>',
        f'<desc id="about-{mark}">{description}</desc>',
        f"<style>{_dark()}</style>",
        f"<rect {size} {_look('ground')}/>",
        *body,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _label(node: Node) -> _Label:
    lines = [_FORBIDDEN.sub("\ufffd", line) for line in node.lines]
    first, *more = lines
    spoken = labels.cut("; ".join(lines), _SPOKEN)
    if node.emphasis == "rejected":
        first, spoken = REJECTED + first, f"rejected: {spoken}"
    return _Label(
        node.kind if node.kind in _KINDS else "statement",
        node.emphasis,
        labels.rows(first, _LIMIT, _ROWS),
        [row for line in more for row in labels.rows(line, _LIMIT, _ROWS)],
        spoken,
    )


def _boxes(layout: Layout, shown: dict[str, _Label]) -> Iterator[str]:
    for name, label in shown.items():
        box = layout.boxes[name]
        size = f'width="{box.width}" height="{box.height}"'
        yield f'<g data-node="{_text(name)}">'
        yield f"<title>{_text(label.spoken)}</title>"
        yield f'<rect x="{box.x}" y="{box.y}" {size} {_border(label, box)}/>'
        yield f'<svg x="{box.x}" y="{box.y}" {size} overflow="hidden">'
        yield from _rows(label, box)
        yield "</svg>"
        yield "</g>"


def _border(label: _Label, box: Box) -> str:
    radius = {"derivation": box.height // 2, "evidence": 0}.get(label.kind, 6)
    look = "rejected" if label.emphasis == "rejected" else label.kind
    width = 3 if label.emphasis == "main" else 1
    dashes = ' stroke-dasharray="6 4"' if look == "rejected" else ""
    return f'rx="{radius}" stroke-width="{width}"{dashes} {_look(look)}'


def _rows(label: _Label, box: Box) -> Iterator[str]:
    place = f'x="{box.width // 2}" text-anchor="middle"'
    y = _PAD // 2 + _FONT
    for row in label.first:
        weight = ' font-weight="bold"' if label.kind == "statement" else ""
        yield f'<text {place} y="{y}"{weight} {_look("text")}>{_text(row)}</text>'
        y += _ROW
    for row in label.more:
        yield f'<text {place} y="{y}" {_look("more")}>{_text(row)}</text>'
        y += _ROW


def _edges(layout: Layout) -> Iterator[str]:
    for (start, end), route in layout.routes.items():
        ends = f'data-from="{_text(start)}" data-to="{_text(end)}"'
        yield f'<path {ends} d="{_path(route)}" {_look("edge")}/>'
        (x, y), before = route[-1][1], route[-2][1]
        back = 8 if before[1] > y else -8  # upwards, where a cycle was broken
        yield f'<path d="M{x} {y}l-4 {back}h8z" {_look("tip")}/>'


def _path(route: list[tuple[Point, Point]]) -> str:
    (x, y), (_, lower) = route[0]
    steps = [f"M{x} {y}V{lower}"]
    for (_, before), (to, after) in pairwise(route):
        middle = (before[1] + to[1]) // 2
        steps.append(f"C{before[0]} {middle} {to[0]} {middle} {to[0]} {to[1]}V{after[1]}")
    return "".join(steps)


def _look(name: str) -> str:
    look = _LOOKS[name]
    return f'class="mc-{name}" fill="{look.fill}" stroke="{look.line}"'


def _dark() -> str:
    rules = (
        f".mc-{name}{{fill:{look.dark_fill};stroke:{look.dark_line}}}"
        for name, look in _LOOKS.items()
    )
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", one_line(text)))
