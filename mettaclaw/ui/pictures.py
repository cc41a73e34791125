"""Proofs as trees, beliefs, bindings and other rows as tables, for a terminal.

Where there is no terminal, a proof is ``reasoning.render``'s text and a row is one plain line.
Invariant: no text of others is read as markup, and none of its control characters is shown. A
proof's parts are shared, so its tree can be huge: a picture stops at ``MAX_NODES`` and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mettaclaw.atoms.syntax import Atom, Expression, Symbol
from mettaclaw.atoms.times import minute
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Belief, Evidence
from mettaclaw.ui.text import clean, one_line

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text
    from rich.tree import Tree

    from mettaclaw.reasoning import Proof

MAX_NODES = 300
_LEAVES = 5  # pieces of evidence shown under one statement, the latest


def truth_text(truth: Truth | None) -> str:
    """``f 0.9, c 0.81``; nothing for None."""
    return "" if truth is None else f"f {truth.f:.3g}, c {truth.c:.3g}"


def proofs(atom: Atom) -> Iterator[Expression]:
    """The outermost proofs in an atom."""
    match atom:
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


def proof_lines(proof: Proof) -> list[str]:
    """A proof as plain lines."""
    from mettaclaw.reasoning import render

    return [clean(line) for line in render(proof).split("\n")]


def proof_tree(proof: Proof) -> Tree:
    """A proof as a tree for a terminal."""
    from rich.tree import Tree

    left = MAX_NODES

    def grow(tree: Tree, proof: Proof) -> None:
        nonlocal left
        for premise in proof.premises:
            if left <= 0:
                tree.add(_plain("… the rest is left out; --json has it all"))
                return
            left -= 1
            grow(tree.add(_statement(premise)), premise)
        hidden = len(proof.evidence) - _LEAVES
        if hidden > 0:
            tree.add(_plain(f"{hidden:,} earlier pieces of evidence, and"))
        for evidence in proof.evidence[-_LEAVES:]:
            tree.add(_evidence(evidence))

    root = Tree(_statement(proof), guide_style="dim")
    grow(root, proof)
    return root


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


def beliefs_table(beliefs: Iterable[Belief]) -> Table:
    """Statements with their truth values, and who said so last."""
    rows = ((str(b.statement), truth_text(b.truth), b.origin, minute(b.time)) for b in beliefs)
    return rows_table(("statement", "truth", "source", "time (UTC)"), rows)


def bindings_table(bindings: Sequence[Mapping[str, Atom]]) -> Table:
    """What the variables of a pattern stand for, one answer a row."""
    names = list(bindings[0]) if bindings else []
    return rows_table(names, ([str(bound[name]) for name in names] for bound in bindings))


def rows_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Texts in columns."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for header in headers:
        table.add_column(_plain(header), overflow="fold")
    for row in rows:
        table.add_row(*map(_plain, row))
    return table


def bullet(sign: str, text: str, style: str) -> Table:
    """A text after a sign; where it is too long for a line, it goes on under its beginning."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(style=style)
    grid.add_column(style=style, overflow="fold")
    grid.add_row(_plain(sign), _plain(text))
    return grid


def belief_line(belief: Belief) -> str:
    """A belief in one plain line: its statement, a tab, its truth value if it has one."""
    statement = one_line(str(belief.statement))
    return f"{statement}\t{belief.truth}" if belief.truth else statement


def bindings_line(bound: Mapping[str, Atom]) -> str:
    """Bindings in one plain line: ``$x = tom, $y = jerry``."""
    return ", ".join(f"{name} = {one_line(str(value))}" for name, value in bound.items())


def _statement(proof: Proof) -> Text:
    from rich.text import Text

    by = "" if proof.rule == "said" else f"by {one_line(proof.rule)}"
    return Text.assemble(
        (one_line(str(proof.statement)), "bold"),
        ("  " + truth_text(proof.truth), "cyan"),
        (f"  {by}", "dim"),
    )


def _evidence(evidence: Evidence) -> Text:
    from rich.text import Text

    words = f'"{one_line(evidence.words)}"' if evidence.words else "it"
    return Text.assemble(
        (f"{one_line(evidence.source)} said {words}", "green"),
        (f"  {minute(evidence.time)} UTC", "dim"),
    )


def _plain(text: str) -> Text:
    from rich.text import Text

    return Text(clean(text))
