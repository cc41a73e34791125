"""Proofs and beliefs as pictures: complete, bounded, harmless."""

from __future__ import annotations

import io
import json

from rich.console import Console, RenderableType

from mettaclaw.atoms.syntax import read
from mettaclaw.atomspace import Atomspace
from mettaclaw.reasoning import Proof, from_atom
from mettaclaw.ui import pictures

LEAF = '(evidence 1 "user" "2025-03-01T12:00:00Z" "a is b")'


def drawn(what: RenderableType, width: int = 100) -> str:
    console = Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)
    console.print(what)
    return console.file.getvalue()  # type: ignore[attr-defined]


def proof(text: str) -> Proof:
    return from_atom(read(text))


def test_a_proof_is_a_tree_down_to_its_evidence() -> None:
    shown = drawn(
        pictures.proof_tree(
            proof(
                "(proof (--> a c) (stv 1.0 0.81) deduction "
                f"(proof (--> a b) (stv 1.0 0.9) said {LEAF}) (proof (--> b c) (stv 1.0 0.9) said))"
            )
        )
    )
    assert [line.rstrip() for line in shown.splitlines()] == [
        "(--> a c)  f 1, c 0.81  by deduction",
        "├── (--> a b)  f 1, c 0.9",
        '│   └── user said "a is b"  2025-03-01 12:00 UTC',
        "└── (--> b c)  f 1, c 0.9",
    ]


def test_words_in_a_proof_are_neither_markup_nor_control() -> None:
    words = "[bold]x[/bold] [/] \\u{1b}]0;owned\\u{7} :smile:"
    node = proof(
        f'(proof (--> a b) (stv 1.0 0.9) said (evidence 1 "user" "2025-03-01T12:00:00Z" "{words}"))'
    )
    shown = drawn(pictures.proof_tree(node))
    assert "[bold]x[/bold] [/] ␛]0;owned␇ :smile:" in shown
    plain = "\n".join(pictures.proof_lines(node))
    assert not {"\x1b", "\x07"} & set(shown + plain)


def test_a_huge_proof_is_cut_and_says_so() -> None:
    branch = f"(proof (--> a b) (stv 1.0 0.9) said {LEAF})"
    node = proof(f"(proof (--> a c) (stv 1.0 0.5) revision {branch * 450})")
    shown = drawn(pictures.proof_tree(node))
    assert len(shown.splitlines()) < 2 * pictures.MAX_NODES + 10
    assert "the rest is left out" in shown


def test_a_proof_as_json_has_all_of_it() -> None:
    node = proof(
        f"(proof (--> a c) (stv 1.0 0.81) deduction (proof (--> a b) (stv 1.0 0.9) said {LEAF}))"
    )
    found = json.loads(json.dumps(pictures.proof_json(node)))
    assert (found["statement"], found["truth"], found["rule"]) == (
        "(--> a c)",
        [1.0, 0.81],
        "deduction",
    )
    (leaf,) = found["premises"][0]["evidence"]
    assert (leaf["id"], leaf["source"], leaf["words"]) == (1, "user", "a is b")


def test_proofs_are_found_inside_results() -> None:
    result = read("((--> a c) (stv 1.0 0.8) ACT (proof (--> a c) (stv 1.0 0.8) said (proof x)))")
    (found,) = pictures.proofs(result)
    assert str(found).startswith("(proof (--> a c)")
    assert list(pictures.proofs(read("(a (proof))"))) == []


def test_tables_show_beliefs_and_bindings() -> None:
    with Atomspace.open(":memory:") as kb:
        kb.add("(--> tom cat)", truth=(0.9, 0.8), source="\x1b[2Jvet")
        kb.add("(--> (x tom jerry) chase)")
        shown = drawn(pictures.beliefs_table(kb.store.beliefs()))
        assert "(--> tom cat)" in shown
        assert "f 0.9, c 0.8" in shown
        assert "␛[2Jvet" in shown
        assert "\x1b" not in shown
        bindings = kb.match("(--> (x $who $whom) chase)")
        assert "jerry" in drawn(pictures.bindings_table(bindings))
        assert pictures.bindings_line(bindings[0]) == "$who = tom, $whom = jerry"
