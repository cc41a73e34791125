"""A graph as a tree of text: for a terminal with guides, elsewhere with indents.

What a node rests on stands below it. A derivation stands on the line of what it derives. What is
shared is shown once, with a number in square brackets; where it comes again, the line says which.
What is too deep for the width of a terminal goes on in a tree of its own, with a number too.
No colour carries a meaning: ``✗`` stands before what is rejected.

Invariant: every node that can be reached is shown, whatever cycles there are; the number of lines
is bounded by that of the edges.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from mettaclaw.ui.pictures.parts import Node, Parts
from mettaclaw.ui.text import one_line

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text
    from rich.tree import Tree

REJECTED = "✗ "
_DEEPEST = 10  # levels in a terminal; what is further down gets a tree of its own
# Of the first line of a node, and of the others.
_STYLES = {
    "statement": ("bold", "cyan"),
    "derivation": ("dim", "dim"),
    "evidence": ("green", "dim"),
    "note": ("dim", "dim"),
}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the tree: how deep it stands, and its pieces with their styles."""

    depth: int
    pieces: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return "".join(text for text, _ in self.pieces)


def lines(parts: Parts) -> list[str]:
    """The tree as plain lines, two spaces a level."""
    return [f"{'  ' * line.depth}{line}" for line in _lines(parts)]


def tree(parts: Parts) -> RenderableType:
    """The tree for a terminal."""
    from rich.console import Group
    from rich.text import Text
    from rich.tree import Tree

    roots: list[Tree] = []
    above: list[Tree] = []
    for line in _lines(parts, _DEEPEST):
        text: Text = Text.assemble(*line.pieces)
        if line.depth:
            grown = above[line.depth - 1].add(text)
        else:
            grown = Tree(text, guide_style="dim")
            roots.append(grown)
        above[line.depth :] = [grown]
    return Group(*roots)


def _lines(parts: Parts, deepest: int | None = None) -> Iterator[_Line]:
    nodes, below = parts.nodes, parts.below
    arrivals = Counter(chain.from_iterable(below.values()))
    roots = [name for name in nodes if not arrivals[name]]
    numbers: dict[str, int] = {}
    shown: set[str] = set()
    waiting = deque(chain(roots, nodes))  # what no root leads to stands in a cycle
    while waiting:
        root = waiting.popleft()
        if root in shown:
            continue
        later: list[str] = []
        arrivals[root] += 1
        stack = [(root, 0)]
        while stack:
            name, depth = stack.pop()
            pieces, under = _pieces(nodes[name]), below[name]
            too_deep = depth == deepest and name not in shown
            if under and (name in shown or too_deep):
                yield _Line(depth, (*pieces, ("  see ", "dim"), _number(name, numbers)))
                later += [name] if too_deep else []
                continue
            shown.add(name)
            if len(under) == 1 and nodes[under[0]].kind == "derivation" and arrivals[under[0]] == 1:
                (rule,) = under
                shown.add(rule)
                pieces, under = [*pieces, ("  ", ""), *_pieces(nodes[rule])], below[rule]
            if arrivals[name] > 1 and below[name]:
                pieces += [("  ", ""), _number(name, numbers)]
            yield _Line(depth, tuple(pieces))
            stack.extend((part, depth + 1) for part in reversed(under))
        waiting.extendleft(reversed(later))


def _number(name: str, numbers: dict[str, int]) -> tuple[str, str]:
    return f"[{numbers.setdefault(name, len(numbers) + 1)}]", "bold"


def _pieces(node: Node) -> list[tuple[str, str]]:
    first, *rest = (one_line(line) for line in node.lines or ("",))
    styles = _STYLES.get(node.kind, ("", ""))
    crossed = REJECTED if node.emphasis == "rejected" else ""
    glue = " " if node.kind == "evidence" else "  "
    return [(crossed + first, styles[0]), *((glue + line, styles[1]) for line in rest if line)]
