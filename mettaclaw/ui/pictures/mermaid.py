"""A graph as the text of a Mermaid file: a flowchart, as Markdown pages show it.

Nodes have names of ours (``n0``, ``n1``, …); texts stand in quoted labels. In them every character
that Mermaid, Markdown, HTML, KaTeX or an icon could read as more than a letter is written as an
entity code, ``#34;`` for a quotation mark; all else is as it was, so that the file can be read too.
Mermaid takes ``#`` codes out before it parses, and puts the characters in after that, as text.

Invariant: no text of a node can end its label, add a node, a link or a style, or set an option. The
same graph gives the same text. Viewers refuse more than ``MAX_CHARS`` characters and 500 links:
labels are cut for that, and parts that are no more than ``parts`` allows stay within both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mettaclaw.ui.pictures import labels
from mettaclaw.ui.pictures.outline import REJECTED
from mettaclaw.ui.pictures.parts import Node
from mettaclaw.ui.text import one_line

if TYPE_CHECKING:
    from networkx import DiGraph

MAX_CHARS = 50_000
# How many characters of a line, and lines of a label, until all of it fits.
_LIMITS = ((400, 12), (160, 12), (80, 6), (40, 4), (20, 4), (8, 2))
_SHAPES = {"derivation": ("([", "])"), "evidence": ("[", "]")}
_ROUND = "(", ")"
_CLASSES = {"main": "stroke-width:3px", "rejected": "stroke-dasharray:6 4"}
# What is left as it is: letters, digits, points in numbers, spaces, and a few signs that nothing
# reads as more. The last four are Mermaid's own marks for entity codes.
_SPECIAL = re.compile(r"(?!(?<=\d)\.\d)[^A-Za-z0-9 (),?'=\x80-\U0010ffff-]" "|[\ufb02\xb0\xb6\xdf]")
_OPENING = re.compile("^[^A-Za-z(\x80-\U0010ffff]")  # a list or a heading may begin so


def draw(graph: DiGraph[str]) -> str:
    """The text of a Mermaid file.

    Args:
        graph: See ``parts``: nodes with ``kind``, ``lines`` and ``emphasis``, and the graph's
            ``title`` and ``description``.
    """
    text = ""
    for chars, rows in _LIMITS:
        text = "\n".join(_lines(graph, chars, rows)) + "\n"
        if len(text) <= MAX_CHARS:
            break
    return text


def _lines(graph: DiGraph[str], chars: int, rows: int) -> Iterator[str]:
    names = {key: f"n{number}" for number, key in enumerate(graph)}
    nodes = {name: Node.of(graph.nodes[key]) for key, name in names.items()}
    yield "flowchart TD"
    for key, attribute in (("accTitle", "title"), ("accDescr", "description")):
        if words := _words(str(graph.graph.get(attribute, ""))):
            yield f"    {key}: {words}"
    for name, node in nodes.items():
        before, after = _SHAPES.get(node.kind, _ROUND)
        yield f'    {name}{before}"{_label(node, chars, rows)}"{after}'
    for start, end in graph.edges:
        yield f"    {names[start]} --> {names[end]}"
    for emphasis, style in _CLASSES.items():
        if marked := [name for name, node in nodes.items() if node.emphasis == emphasis]:
            yield f"    classDef {emphasis} {style}"
            yield f"    class {','.join(marked)} {emphasis}"


def _label(node: Node, chars: int, rows: int) -> str:
    first, *more = (labels.cut(line, chars) for line in node.lines[:rows])
    crossed = REJECTED if node.emphasis == "rejected" else ""
    return "<br/>".join(map(_escaped, (crossed + first or " ", *more)))


def _escaped(line: str) -> str:
    opening = _OPENING.match(line)
    start = opening.end() if opening else 0
    codes = "".join(map(_code, line[:start]))
    return codes + _SPECIAL.sub(lambda found: _code(found[0]), line[start:])


def _code(char: str) -> str:
    return f"#{ord(char)};"


def _words(text: str) -> str:
    """Its letters and digits alone, for where Mermaid knows no quotes."""
    return " ".join(re.sub(r"[^\w]|_", " ", one_line(text)).split())
