"""Graphs as SVG and Mermaid: valid whatever the nodes say, nothing overlaps, the same each time."""

from __future__ import annotations

import html
import random
import re
import subprocess
import sys
from itertools import combinations, pairwise
from xml.etree import ElementTree

import networkx
import pytest

from mettaclaw.atoms.syntax import read
from mettaclaw.reasoning import from_atom
from mettaclaw.ui import pictures
from mettaclaw.ui.pictures import labels, mermaid, svg
from mettaclaw.ui.pictures.layout import Box, arrange
from tests.ui.proofs import two_chains

SVG = "{http://www.w3.org/2000/svg}"
# As Mermaid's own grammar reads a line that begins with a node.
NODE = re.compile(r'    (n\d+)(?:\(\["([^"]*)"\]\)|\["([^"]*)"\]|\("([^"]*)"\))')
HOSTILE = [
    '"]; click A "javascript:alert(1)"',
    '"]\nn9["x',
    "end",
    "subgraph x",
    "`md **b**`",
    '%%{init: {"theme": "forest", "securityLevel": "loose"}}%%',
    "%% comment",
    "<img src=x onerror=alert(1)>",
    "</text></svg><script>alert(1)</script>",
    "]]><![CDATA[ <?xml ?> <!DOCTYPE x>",
    "&lt;b&gt; &quot; &#34; &undefined;",
    "#quot; #34; #lt;",
    "$$x^2$$ fa:fa-user a\\nb {a} [b](c) ![i](j) | ~~~",
    "- item",
    "1. item",
    "12) item",
    "# head",
    "www.example.com https://x.y me@x.org",
    "style n0 fill:#fff;",
    "lifestyle: at 10:58 #1;",
    "\ufb02\xb0\xb060\xb6\xdfimg src=x\xb6\xdf",
    "Straße 5° 猫 🐈 é",
    "\x00\x08\x1b[2J\x7f\x85\u202e\ufffe\uffff\ud800 control",
]


def graph_of(texts: list[str], emphasis: str = "") -> networkx.DiGraph[str]:
    """A chain of nodes with these texts."""
    graph: networkx.DiGraph[str] = networkx.DiGraph(title=texts[0], description=texts[-1])
    for number, text in enumerate(texts):
        kind = ("statement", "derivation", "evidence", "note")[number % 4]
        graph.add_node(f"<{number}>", kind=kind, lines=(text, f"x {text}"), emphasis=emphasis)
    networkx.add_path(graph, list(graph))
    return graph


def random_graph(seed: int, cyclic: bool) -> networkx.DiGraph[str]:
    chance = random.Random(seed)
    count = chance.randrange(2, 40)
    graph: networkx.DiGraph[str] = networkx.DiGraph(title="random")
    for number in range(count):
        lines = tuple("word " * chance.randrange(1, 30) for _ in range(chance.randrange(1, 4)))
        graph.add_node(f"n{number}", kind="statement", lines=lines)
    for _ in range(2 * count):
        ends = chance.sample(range(count), 2)
        start, end = ends if cyclic else sorted(ends)
        graph.add_edge(f"n{start}", f"n{end}")
    return graph


def box(element: ElementTree.Element) -> Box:
    found = element.find(f"{SVG}rect")
    assert found is not None
    return Box(*(int(found.attrib[name]) for name in ("x", "y", "width", "height")))


def texts(element: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in element.iter(f"{SVG}text")]


def boxes(picture: str) -> dict[str, Box]:
    root = ElementTree.fromstring(picture)
    return {group.attrib["data-node"]: box(group) for group in root.findall(f"{SVG}g")}


def crossed(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.bottom
        and other.y < one.bottom
    )


# --- graphs of proofs ---


def test_the_graph_of_a_proof_has_its_statements_rules_and_evidence() -> None:
    graph = pictures.proof_parts(two_chains()).graph()
    assert networkx.is_directed_acyclic_graph(graph)
    kinds = networkx.get_node_attributes(graph, "kind")
    lines = networkx.get_node_attributes(graph, "lines")
    shown = {
        kind: sorted(lines[n][0] for n in graph if kinds[n] == kind) for kind in kinds.values()
    }
    assert shown["derivation"] == ["by deduction", "by deduction", "by deduction", "by revision"]
    assert shown["statement"].count("(--> tim animal)") == 3
    assert 'zoo said "A \\"penguin\\", yes."' in shown["evidence"]
    assert len(shown["evidence"]) == 6
    (root,) = (node for node in graph if not list(graph.predecessors(node)))
    assert graph.nodes[root]["emphasis"] == "main"
    assert all(kinds[node] == "evidence" for node in graph if not list(graph.successors(node)))


def test_what_is_shared_is_one_node_also_among_several_proofs() -> None:
    leaf = '(evidence 1 "user" "2025-03-01T12:00:00Z" "a is b")'
    shared = (
        f"(proof (--> a b) (stv 1.0 0.5) deduction (proof (--> a x) (stv 1.0 0.5) said {leaf}))"
    )
    one = from_atom(read(f"(proof (--> a c) (stv 1.0 0.3) deduction {shared})"))
    other = from_atom(read(f"(proof (--> a d) (stv 1.0 0.2) union {shared})"))
    parts = pictures.proof_parts(one, other)
    said = [node.lines[0] for node in parts.nodes.values() if node.kind != "derivation"]
    assert len(said) == len(set(said)) == 5
    (both,) = (name for name, node in parts.nodes.items() if node.lines[0] == "(--> a b)")
    above = [name for name, below in parts.below.items() if both in below]
    assert [parts.nodes[name].lines[0] for name in above] == ["by deduction", "by union"]
    assert [n.lines[0] for n in parts.nodes.values() if n.emphasis == "main"] == [
        "(--> a c)",
        "(--> a d)",
    ]


def test_importing_the_program_and_drawing_a_tree_need_no_networkx() -> None:
    code = (
        "import sys, mettaclaw, mettaclaw.ui.cli, mettaclaw.ui.pictures as p\n"
        "from mettaclaw.reasoning import from_atom\n"
        "from mettaclaw.atoms.syntax import read\n"
        "p.lines(p.proof_parts(from_atom(read('(proof a (stv 1.0 0.5) r)'))))\n"
        "print('networkx' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# --- layout ---


@pytest.mark.parametrize("cyclic", [False, True])
def test_no_boxes_overlap_and_edges_run_between_them(cyclic: bool) -> None:
    for seed in range(25):
        graph = random_graph(seed, cyclic)
        chance = random.Random(seed)
        sizes = {n: (2 * chance.randrange(30, 170), chance.randrange(20, 120)) for n in graph}
        layout = arrange(graph, sizes)
        found = list(layout.boxes.values())
        assert not any(crossed(one, other) for one, other in combinations(found, 2))
        assert all(
            b.x > 0 and b.x + b.width < layout.width and b.bottom < layout.height for b in found
        )
        assert set(layout.routes) == set(graph.edges)
        for (start, end), route in layout.routes.items():
            first, last = layout.boxes[start], layout.boxes[end]
            down = route[0][0][1] < route[-1][1][1]
            assert down or cyclic
            assert route[0][0] == (first.middle, first.bottom if down else first.y)
            assert route[-1][1] == (last.middle, last.y if down else last.bottom)
            for (x, above), (_, below) in route[1:-1]:
                top, bottom = sorted((above, below))
                lane = Box(x - 1, top, 2, max(1, bottom - top))
                assert not any(crossed(lane, other) for other in found)
            for (_, (x1, y1)), ((x2, y2), _) in pairwise(route):
                between = Box(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))
                assert not any(crossed(between, other) for other in found)


def test_a_long_row_of_premises_stays_in_order() -> None:
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_edges_from(("root", f"n{number}") for number in range(60))
    layout = arrange(graph, dict.fromkeys(graph, (200, 40)))
    places = [layout.boxes[f"n{number}"].x for number in range(60)]
    assert places == sorted(places)


# --- SVG ---


def test_a_proof_as_svg_shows_every_part_in_boxes_that_do_not_overlap() -> None:
    graph = pictures.proof_parts(two_chains()).graph()
    picture = svg.draw(graph)
    root = ElementTree.fromstring(picture)
    assert root.attrib["role"] == "img"
    title, about = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert about is not None
    assert title.text == "Proof of (--> tim animal)"
    assert root.attrib["aria-labelledby"] == title.attrib["id"]
    assert root.attrib["aria-describedby"] == about.attrib["id"]
    shown = " ".join(texts(root))
    for words in ("(--> tim animal)", "by revision", "Tim is a penguin.", "book said it", "UTC"):
        assert words in shown
    found = boxes(picture)
    assert set(found) == set(graph)
    assert not any(crossed(one, other) for one, other in combinations(found.values(), 2))
    edges = [path for path in root.iter(f"{SVG}path") if "data-from" in path.attrib]
    assert {(e.attrib["data-from"], e.attrib["data-to"]) for e in edges} == set(graph.edges)
    for edge in edges:
        numbers = list(map(int, re.findall(r"-?\d+", edge.attrib["d"])))
        start, end = found[edge.attrib["data-from"]], found[edge.attrib["data-to"]]
        assert numbers[:2] == [start.middle, start.bottom]
        assert (numbers[-3], numbers[-1]) == (end.middle, end.y)


def test_svg_is_valid_and_harmless_whatever_a_node_says() -> None:
    picture = svg.draw(graph_of(HOSTILE))
    root = ElementTree.fromstring(picture)
    known = {"svg", "title", "desc", "style", "rect", "g", "path", "text"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == known
    assert not [name for e in root.iter() for name in e.attrib if name.startswith(("on", "href"))]
    spoken = [title.text or "" for title in root.iter(f"{SVG}title")]
    assert '"]; click A "javascript:alert(1)"; x "]; click A "javascript:alert(1)"' in spoken
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e\ufffe\uffff]", picture)
    picture.encode()
    for outside in ("@import", "url(", "http://", "<script"):
        assert outside not in picture.replace('xmlns="http://www.w3.org/2000/svg"', "").replace(
            "https://", ""
        )


def test_text_stays_in_its_box() -> None:
    long = ["word " * 200, "W" * 500, "猫" * 300, "(--> " + "x" * 90 + " y)", "\u0e01\u0e33" * 90]
    picture = svg.draw(graph_of([*HOSTILE, *long]))
    root = ElementTree.fromstring(picture)
    for group in root.findall(f"{SVG}g"):
        outer, inner = box(group), group.find(f"{SVG}svg")
        assert inner is not None
        assert inner.attrib["overflow"] == "hidden"  # where a font is wider than any we know
        for text in inner:
            assert labels.width(text.text or "") * 13 <= outer.width - 16, text.text
            assert 0 < int(text.attrib["y"]) < outer.height


def test_what_is_too_long_is_cut_with_an_ellipsis_and_spoken_in_full() -> None:
    picture = svg.draw(graph_of(["word " * 100]))
    root = ElementTree.fromstring(picture)
    assert [row for row in texts(root) if row.endswith("…")]
    (group,) = root.findall(f"{SVG}g")
    title = group.find(f"{SVG}title")
    assert title is not None
    assert (title.text or "").startswith(("word " * 100).strip())


def test_rejected_nodes_are_told_without_colours() -> None:
    picture = svg.draw(graph_of(["(--> a b)"], "rejected"))
    assert "✗ (--&gt; a b)" in picture
    assert "stroke-dasharray" in picture
    assert "<title>rejected: (--&gt; a b)" in picture
    text = mermaid.draw(graph_of(["(--> a b)"], "rejected"))
    assert "✗ (--#62; a b)" in text
    assert "class n0 rejected" in text


def test_dark_viewers_get_dark_colours_for_everything_that_is_drawn() -> None:
    picture = svg.draw(pictures.proof_parts(two_chains()).graph())
    root = ElementTree.fromstring(picture)
    style = root.find(f"{SVG}style")
    assert style is not None
    assert (style.text or "").startswith("@media (prefers-color-scheme:dark){")
    for element in root.iter():
        if element.tag in (f"{SVG}rect", f"{SVG}path", f"{SVG}text"):
            assert f".{element.attrib['class']}{{" in (style.text or "")
            assert "fill" in element.attrib  # for viewers without styles


def test_an_empty_graph_is_a_picture_too() -> None:
    empty: networkx.DiGraph[str] = networkx.DiGraph()
    ElementTree.fromstring(svg.draw(empty))
    assert mermaid.draw(empty) == "flowchart TD\n"


# --- Mermaid ---


def shown(label: str) -> list[str]:
    """The lines that a viewer shows of a label."""
    return html.unescape(re.sub(r"#(\d+);", r"&#\1;", label.replace("<br/>", "\n"))).split("\n")


def test_a_proof_as_mermaid_has_its_nodes_and_edges() -> None:
    parts = pictures.proof_parts(two_chains())
    first, *rest = mermaid.draw(parts.graph()).splitlines()
    assert first == "flowchart TD"
    assert "    accTitle: Proof of tim animal" in rest
    found = {
        m[1]: shown(m[2] or m[3] or m[4])
        for line in rest
        if (m := NODE.fullmatch(line)) is not None
    }
    assert found == {name: list(node.lines) for name, node in parts.nodes.items()}
    edges = [tuple(line.split(" --> ")) for line in map(str.strip, rest) if " --> " in line]
    assert edges == [(a, b) for a, below in parts.below.items() for b in below]


def test_no_text_leaves_its_label_in_mermaid() -> None:
    graph = graph_of(HOSTILE)
    first, *rest = mermaid.draw(graph).splitlines()
    count = len(HOSTILE)
    heads, rest = rest[:2], rest[2:]
    assert all(re.fullmatch(r"    acc(Title|Descr): [\w ]+", line) for line in heads)
    assert first == "flowchart TD"
    assert len(rest) == 2 * count - 1
    for number, (line, text) in enumerate(zip(rest[:count], HOSTILE, strict=True)):
        found = NODE.fullmatch(line)
        assert found is not None, text
        label = found[2] or found[3] or found[4]
        assert found[1] == f"n{number}"
        assert not re.search(r"%%|[`<>&\\$\[\]{}|*_~!/@+]|#(?!\d+;)", label.replace("<br/>", ""))
        for row in label.split("<br/>"):
            assert not re.match(r"[-=>+*\d\s]", row), text  # no list, no heading
    assert [line.strip() for line in rest[count:]] == [
        f"n{number} --> n{number + 1}" for number in range(count - 1)
    ]


def test_mermaid_shows_texts_as_they_are() -> None:
    texts = [text for text in HOSTILE if text.isprintable() and text == text.strip()]
    lines = mermaid.draw(graph_of(texts)).splitlines()
    found = [shown(m[2] or m[3] or m[4]) for line in lines if (m := NODE.fullmatch(line))]
    assert found == [[text, f"x {text}"] for text in texts]
    assert len(found) > 15


def test_mermaid_text_stays_within_what_viewers_take() -> None:
    text = mermaid.draw(graph_of(["%" * 3000] * pictures.MAX_NODES))
    assert len(text) <= mermaid.MAX_CHARS
    assert len([line for line in text.splitlines() if NODE.fullmatch(line)]) == pictures.MAX_NODES


# --- both ---


def test_the_same_proof_gives_the_same_bytes() -> None:
    code = (
        "from mettaclaw.atoms.syntax import read\n"
        "from mettaclaw.reasoning import from_atom\n"
        "from mettaclaw.ui import pictures\n"
        "from mettaclaw.ui.pictures import mermaid, svg\n"
        "import sys\n"
        "graph = pictures.proof_parts(from_atom(read(sys.argv[1]))).graph()\n"
        "print(svg.draw(graph), mermaid.draw(graph))"
    )
    atom = str(two_chains().to_atom())
    runs = {
        subprocess.run(
            [sys.executable, "-c", code, atom],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path), "PYTHONUTF8": "1"},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
    assert b"<svg" in runs.pop()


@pytest.mark.parametrize("limit", [4.0, 12.0, 24.0])
def test_rows_hold_the_whole_text_and_are_no_wider_than_asked(limit: float) -> None:
    for text in (
        "a few words in a row",
        "x" * 70,
        "猫は危険です" * 5,
        "e\u0301" * 40,
        "👩\u200d👩\u200d👦" * 9,
    ):
        rows = labels.rows(text, limit, 1000)
        assert "".join(rows).replace(" ", "") == text.replace(" ", "")
        assert all(labels.width(row) <= limit for row in rows)
        assert not any(row[0] in "\u0301\u200d" for row in rows)
        few = labels.rows(text, limit, 2)
        assert len(few) <= 2
        assert few == rows or few[-1].endswith("…")
        assert all(labels.width(row) <= limit for row in few)
