"""Pictures: proofs and what was rejected, beliefs, bindings, other rows; in terminals and files.

``parts`` is a proof taken apart into nodes and edges, each once. The rest draws any such graph, of
whatever it is: ``outline`` as a tree of text, ``svg`` and ``mermaid`` as the text of a file, which
``files`` writes. Rows are drawn by ``tables``.

Invariant: no text of others is read as markup, and none of its control characters is shown.
"""

from __future__ import annotations

from mettaclaw.ui.pictures.outline import lines, tree
from mettaclaw.ui.pictures.parts import (
    MAX_NODES,
    Node,
    Parts,
    best_proof,
    proof_json,
    proof_parts,
    proofs,
    truth_text,
    why_not_json,
    why_not_parts,
)
from mettaclaw.ui.pictures.tables import (
    belief_line,
    beliefs_table,
    bindings_line,
    bindings_table,
    bullet,
    rows_table,
)

__all__ = [
    "MAX_NODES",
    "Node",
    "Parts",
    "belief_line",
    "beliefs_table",
    "best_proof",
    "bindings_line",
    "bindings_table",
    "bullet",
    "lines",
    "proof_json",
    "proof_parts",
    "proofs",
    "rows_table",
    "tree",
    "truth_text",
    "why_not_json",
    "why_not_parts",
]
