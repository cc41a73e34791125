"""What a picture shows: nodes with some lines of text, and what each of them rests on.

``proof_parts`` takes proofs apart into statements with their truth values, derivations with their
rules, and evidence with words, source and time. What several of them share is one node, however
often it stands in the tree. ``Parts.graph`` gives the same as a networkx graph, which is what
``svg`` and ``mermaid`` draw, whoever built it: a node has the attributes of ``Node``, the graph
``title`` and ``description``.

Invariant: the same proofs give the same parts in the same order. There are at most ``MAX_NODES``
nodes and ``MAX_EDGES`` edges, from the root down; a node whose parts are left out says how many.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from mettaclaw.atoms.sources import is_report
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, quote
from mettaclaw.atoms.times import minute
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Evidence
from mettaclaw.ui.text import count, one_line

if TYPE_CHECKING:
    from networkx import DiGraph

    from mettaclaw.reasoning import Proof, WhyNot

MAX_NODES = 300
MAX_EDGES = 450  # viewers of Mermaid refuse more than 500
LEAVES = 5  # pieces of evidence shown under one statement, the latest

_READING = "An arrow leads from what is believed to what it rests on."
_REJECTED = f"{_READING} What is rejected does not count; the note under it says why."


@dataclass(frozen=True, slots=True)
class Node:
    """What is shown of a node.

    Attributes:
        kind: ``statement``, ``derivation``, ``evidence`` or ``note``; another one is drawn like a
            statement.
        lines: Its text; the first line is what it is called.
        emphasis: ``main`` is what the picture is about, ``rejected`` what does not count.
    """

    kind: str
    lines: tuple[str, ...]
    emphasis: Literal["", "main", "rejected"] = ""

    @classmethod
    def of(cls, attributes: Mapping[str, Any]) -> Node:
        """The node of a graph that has these attributes; its lines have no breaks and are clean."""
        lines = (one_line(str(line)) for line in attributes.get("lines", ()))
        return cls(
            str(attributes.get("kind", "")),
            tuple(line for line in lines if line) or ("",),
            attributes.get("emphasis", ""),
        )


@dataclass(slots=True)
class Parts:
    """The nodes of a picture by id, with the ids of what stands below each."""

    title: str
    description: str = _READING
    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    below: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def graph(self) -> DiGraph[str]:
        """The same as a graph."""
        import networkx

        graph: DiGraph[str] = networkx.DiGraph(title=self.title, description=self.description)
        for name, node in self.nodes.items():
            graph.add_node(name, kind=node.kind, lines=node.lines, emphasis=node.emphasis)
        for name, others in self.below.items():
            graph.add_edges_from((name, other) for other in others)
        return graph


def truth_text(truth: Truth | None) -> str:
    """``f 0.9, c 0.81``; nothing for None."""
    return "" if truth is None else f"f {truth.f:.3g}, c {truth.c:.3g}"


def proofs(atom: Atom) -> Iterator[Expression]:
    """The outermost proofs in an atom, but for those of what was rejected."""
    match atom:
        case Expression((Symbol("rejected"), _, _, _)):
            pass
        case Expression((Symbol("proof"), _, _, _, *_)):
            yield atom
        case Expression(children):
            for child in children:
                yield from proofs(child)
        case _:
            pass


def best_proof(atoms: Iterable[Atom]) -> Expression | None:
    """The first proof in the results of one call: answers come best first."""
    return next((proof for atom in atoms for proof in proofs(atom)), None)


def proof_parts(*proofs: Proof) -> Parts:
    """Proofs as one picture; what they share is in it once."""
    names = [one_line(str(proof.statement), 120) for proof in proofs]
    taken = _Taken(Parts(f"Proof of {', '.join(dict.fromkeys(names))}"))
    for proof in proofs:
        taken.root(proof)
    taken.spread()
    return taken.parts


def why_not_parts(*found: WhyNot) -> Parts:
    """What holds about statements as one picture with what was rejected, and with what is needed.

    Each thing rejected has a note under it that says why it does not count.
    """
    names = [one_line(str(each.statement), 120) for each in found]
    taken = _Taken(Parts(f"Why not {', '.join(dict.fromkeys(names))}", _REJECTED))
    for each in found:
        if each.answer is not None:
            taken.root(each.answer.proof)
        else:
            statement = one_line(str(each.statement))
            above = taken.note(Node("statement", (statement, "unknown"), "main"))
            for need in each.needs:
                taken.note(Node("note", (f"needed: {one_line(str(need))}",)), above)
        for one in each.rejected:
            alone = one.reason == "retired" and not one.proof.premises
            proof = replace(one.proof, evidence=()) if alone else one.proof  # the words tell it
            taken.root(proof, "rejected", one_line(one.words))
    taken.spread()
    return taken.parts


def why_not_json(found: WhyNot) -> dict[str, Any]:
    """What holds about a statement, what was rejected and what is needed, as nested objects."""
    return {
        "statement": str(found.statement),
        "answer": None if found.answer is None else proof_json(found.answer.proof),
        "rejected": [
            {"reason": one.reason, "words": one.words, "proof": proof_json(one.proof)}
            for one in found.rejected
        ],
        "needs": [str(need) for need in found.needs],
    }


def proof_json(proof: Proof) -> dict[str, Any]:
    """A proof as nested objects."""
    return {
        "statement": str(proof.statement),
        "truth": [proof.truth.f, proof.truth.c],
        "rule": proof.rule,
        "premises": [proof_json(premise) for premise in proof.premises],
        "evidence": [
            {"id": e.id, "source": e.source, "time": e.time, "words": e.words}
            for e in proof.evidence
        ],
    }


class _Taken:
    """Proofs as they are taken apart, breadth first, so that what is left out is far down."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._edges = 0
        self._names: dict[Hashable, str] = {}
        self._waiting: deque[tuple[Proof, str]] = deque()
        self._numbers: dict[Hashable, int] = {}
        self._seen: dict[int, int] = {}

    def root(
        self, proof: Proof, emphasis: Literal["main", "rejected"] = "main", words: str = ""
    ) -> None:
        """Begin with a proof; with words, a note under it."""
        name = self._statement(proof)
        if not self.parts.nodes[name].emphasis:
            self.parts.nodes[name] = replace(self.parts.nodes[name], emphasis=emphasis)
        if words:
            self.note(Node("note", (words,)), name)

    def note(self, node: Node, above: str | None = None) -> str:
        """A node of its own, under another one where that is named."""
        key = ("note", len(self.parts.nodes))
        return self._named(key, node) if above is None else self._under(above, key, node)

    def spread(self) -> None:
        """Take apart what waits, until there is nothing more or no room."""
        while self._waiting:
            proof, name = self._waiting.popleft()
            if not self._room():
                self._add_line(name, "… what it rests on is left out")
                continue
            if proof.premises or proof.rule != "said":
                rule = Node("derivation", (f"by {one_line(proof.rule)}",))
                name = self._under(name, ("rule", name), rule)
            left_out = sum(not self._premise(name, premise) for premise in proof.premises)
            if left_out:
                total = len(proof.premises)
                self._add_line(name, f"… {left_out:,} of its {total:,} premises are left out")
            self._evidence(name, proof)

    def _premise(self, above: str, proof: Proof) -> bool:
        if not self._room():
            return False
        self._edge(above, self._statement(proof))
        return True

    def _statement(self, proof: Proof) -> str:
        number = self._number(proof)
        name = self._names.get(number)
        if name is None:
            lines = (one_line(str(proof.statement)), truth_text(proof.truth))
            name = self._named(number, Node("statement", lines))
            self._waiting.append((proof, name))
        return name

    def _evidence(self, above: str, proof: Proof) -> None:
        hidden = len(proof.evidence) - LEAVES
        if hidden > 0:
            earlier = f"{hidden:,} earlier {'piece' if hidden == 1 else 'pieces'} of evidence"
            self._under(above, ("earlier", above), Node("note", (earlier,)))
        told = len(proof.evidence) > 1  # else it is that of the statement
        for number, evidence in enumerate(latest := proof.evidence[-LEAVES:]):
            if not self._room():
                left = count(len(latest) - number, "piece")
                self._add_line(above, f"… {left} of evidence left out")
                return
            self._under(above, ("evidence", evidence), _leaf(evidence, told))

    def _under(self, above: str, key: Hashable, node: Node) -> str:
        name = self._names.get(key) or self._named(key, node)
        self._edge(above, name)
        return name

    def _named(self, key: Hashable, node: Node) -> str:
        name = self._names[key] = f"n{len(self.parts.nodes)}"
        self.parts.nodes[name] = node
        self.parts.below[name] = []
        return name

    def _edge(self, above: str, name: str) -> None:
        if name not in self.parts.below[above]:
            self.parts.below[above].append(name)
            self._edges += 1

    def _room(self) -> bool:
        return len(self.parts.nodes) < MAX_NODES and self._edges < MAX_EDGES

    def _add_line(self, name: str, line: str) -> None:
        node = self.parts.nodes[name]
        self.parts.nodes[name] = replace(node, lines=(*node.lines, line))

    def _number(self, proof: Proof) -> int:
        """The same number for equal proofs, without comparing what they share over and over."""
        known = self._seen.get(id(proof))
        if known is None:
            below = tuple(map(self._number, proof.premises))
            key = (proof.statement, proof.truth, proof.rule, below, proof.evidence)
            known = self._seen[id(proof)] = self._numbers.setdefault(key, len(self._numbers))
        return known


def _leaf(evidence: Evidence, told: bool) -> Node:
    words = quote(one_line(evidence.words)) if evidence.words else "it"
    source, when = one_line(evidence.source), f"on {minute(evidence.time)} UTC"
    if is_report(evidence.source, evidence.words or ""):
        lines = [f"{source} said it", f"{when}, reported as", words]
    else:
        lines = [f"{source} said {words}", when]
    if told and evidence.truth is not None:
        lines.append(f"with {truth_text(evidence.truth)}")
    return Node("evidence", tuple(lines))
