"""Proofs and beliefs as pictures for a terminal: complete, bounded, harmless, each part once."""

from __future__ import annotations

import io
import json
import re

from rich.console import Console, RenderableType

from mettaclaw.atoms.syntax import read
from mettaclaw.atomspace import Atomspace
from mettaclaw.reasoning import Proof, from_atom, render
from mettaclaw.ui import pictures
from mettaclaw.ui.pictures import Node, Parts
from tests.ui.proofs import two_chains

LEAF = '(evidence 1 "user" "2025-03-01T12:00:00Z" "a is b")'
CHAIN = (
    "(proof (--> a c) (stv 1.0 0.81) deduction "
    f"(proof (--> a b) (stv 1.0 0.9) said {LEAF}) (proof (--> b c) (stv 1.0 0.9) said))"
)


def drawn(what: RenderableType, width: int = 100) -> list[str]:
    """What a terminal without colours shows."""
    out = io.StringIO()
    Console(file=out, force_terminal=True, width=width, color_system=None).print(what)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def proof(text: str) -> Proof:
    return from_atom(read(text))


def tree(node: Proof, width: int = 100) -> list[str]:
    return drawn(pictures.tree(pictures.proof_parts(node)), width)


def plain(node: Proof) -> list[str]:
    return pictures.lines(pictures.proof_parts(node))


def test_a_proof_is_a_tree_down_to_its_evidence() -> None:
    assert tree(proof(CHAIN)) == [
        "(--> a c)  f 1, c 0.81  by deduction",
        "├── (--> a b)  f 1, c 0.9",
        '│   └── user said "a is b" on 2025-03-01 12:00 UTC',
        "└── (--> b c)  f 1, c 0.9",
    ]


def test_without_a_terminal_it_is_the_text_of_the_proof() -> None:
    for node in (proof(CHAIN), two_chains()):
        assert plain(node) == render(node).splitlines()


def test_sources_that_disagree_are_shown_with_what_each_said() -> None:
    with Atomspace.open(":memory:") as kb:
        kb.add("(--> cat dangerous)", truth=(0.2, 0.8), source="vet", words="Rarely.")
        kb.add("(--> cat dangerous)", truth=(0.9, 0.5), source="blog")
        found = kb.why("(--> cat dangerous)")
    assert found is not None
    head, vet, blog = plain(found)
    assert head == "(--> cat dangerous)  f 0.34, c 0.833"
    assert vet.startswith('  vet said "Rarely." on ')
    assert vet.endswith(" UTC with f 0.2, c 0.8")
    assert blog.startswith("  blog said it on ")
    assert blog.endswith(" UTC with f 0.9, c 0.5")


def test_what_is_shared_is_shown_once_and_referred_to() -> None:
    shared = (
        f"(proof (--> a b) (stv 1.0 0.5) deduction (proof (--> a x) (stv 1.0 0.5) said {LEAF}))"
    )
    one = f"(proof (--> a c) (stv 1.0 0.3) deduction {shared})"
    node = proof(f"(proof (--> a d) (stv 1.0 0.2) union {one} {shared})")
    assert plain(node) == [
        "(--> a d)  f 1, c 0.2  by union",
        "  (--> a c)  f 1, c 0.3  by deduction",
        "    (--> a b)  f 1, c 0.5  by deduction  [1]",
        "      (--> a x)  f 1, c 0.5",
        '        user said "a is b" on 2025-03-01 12:00 UTC',
        "  (--> a b)  f 1, c 0.5  see [1]",
    ]


def test_a_proof_that_doubles_at_each_step_is_as_small_as_its_parts() -> None:
    node = proof(f"(proof (--> a s0) (stv 1.0 0.9) said {LEAF})")
    for step in range(1, 60):
        other = Proof(proof(f"(proof (--> a t{step}) (stv 1.0 0.5) r)").belief, "r", (node,))
        node = Proof(proof(f"(proof (--> a s{step}) (stv 1.0 0.5) r)").belief, "r", (node, other))
    assert len(plain(node)) < 60 * 3 + 2
    assert len(tree(node)) < 60 * 9


def test_words_in_a_proof_are_neither_markup_nor_control() -> None:
    words = "[bold]x[/bold] [/] \\u{1b}]0;owned\\u{7} :smile:"
    node = proof(
        f'(proof (--> a b) (stv 1.0 0.9) said (evidence 1 "user" "2025-03-01T12:00:00Z" "{words}"))'
    )
    shown = "\n".join(tree(node))
    assert "[bold]x[/bold] [/] ␛]0;owned␇ :smile:" in shown
    assert not {"\x1b", "\x07"} & set(shown + "\n".join(plain(node)))


def test_a_tree_fits_a_narrow_terminal() -> None:
    assert max(map(len, tree(two_chains(), 60))) <= 60


def test_a_deep_proof_is_shown_whole_at_80_columns() -> None:
    node = proof(f"(proof (--> a s0) (stv 1.0 0.9) said {LEAF})")
    for step in range(1, 60):
        top = proof(f"(proof (--> a step{step}) (stv 1.0 0.5) r)").belief
        node = Proof(top, "deduction", (node,))
    shown = tree(node, 80)
    assert max(map(len, shown)) <= 80
    for step in range(1, 60):
        assert any(f"(--> a step{step})  f 1, c 0.5  by deduction" in line for line in shown)
    assert sum("see [1]" in line for line in shown) == 1
    assert any(
        re.match(r"\(--> a step\d+\)  f 1, c 0.5  by deduction  \[1\]", line) for line in shown
    )
    assert len(plain(node)) == 61


def test_a_huge_proof_is_cut_and_says_so() -> None:
    branches = "".join(
        f"(proof (--> a b{number}) (stv 1.0 0.9) said {LEAF})" for number in range(450)
    )
    node = proof(f"(proof (--> a c) (stv 1.0 0.5) revision {branches})")
    parts = pictures.proof_parts(node)
    assert len(parts.nodes) <= pictures.MAX_NODES
    head, *rest = pictures.lines(parts)
    assert head.endswith("… 152 of its 450 premises are left out")
    assert len(rest) == pictures.MAX_NODES - 2
    assert all(line.endswith("… what it rests on is left out") for line in rest)


def test_of_much_evidence_the_latest_is_shown() -> None:
    leaves = "".join(
        f'(evidence {number} "user" "2025-03-01T12:00:00Z" "it is {number}")'
        for number in range(1, 13)
    )
    found = plain(proof(f"(proof (--> a b) (stv 1.0 0.9) said {leaves})"))
    assert found[1] == "  7 earlier pieces of evidence"
    assert [line.split('"')[1] for line in found[2:]] == [f"it is {n}" for n in range(8, 13)]


def test_what_is_rejected_is_marked_without_colours() -> None:
    parts = Parts("Why not?")
    parts.nodes = {"a": Node("statement", ("(--> a b)", "too weak"), "rejected")}
    parts.below = {"a": []}
    assert drawn(pictures.tree(parts)) == ["✗ (--> a b)  too weak"]


def test_cycles_and_several_roots_are_drawn_too() -> None:
    parts = Parts("skills")
    parts.nodes = {name: Node("skill", (name,)) for name in "abcdef"}
    parts.below = {"a": ["b"], "b": ["a"], "c": ["d"], "d": [], "e": ["e"], "f": ["d"]}
    assert pictures.lines(parts) == [
        "c",
        "  d",
        "f",
        "  d",
        "a  [1]",
        "  b",
        "    a  see [1]",
        "e  [2]",
        "  e  see [2]",
    ]


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
        shown = "\n".join(drawn(pictures.beliefs_table(kb.store.beliefs())))
        assert "(--> tom cat)" in shown
        assert "f 0.9, c 0.8" in shown
        assert "␛[2Jvet" in shown
        assert "\x1b" not in shown
        bindings = kb.match("(--> (x $who $whom) chase)")
        assert "jerry" in "\n".join(drawn(pictures.bindings_table(bindings)))
        assert pictures.bindings_line(bindings[0]) == "$who = tom, $whom = jerry"
