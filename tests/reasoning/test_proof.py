from __future__ import annotations

from dataclasses import replace

import pytest

from mettaclaw.atoms.syntax import Symbol, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Belief, Evidence
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import Proof, from_atom, infer, render, why
from mettaclaw.reasoning.proof import LEAVES, NODES, told
from mettaclaw.reasoning.statements import size
from tests.reasoning.conftest import Tell

NOON = 1_741_003_200.0  # 2025-03-03 12:00 UTC


def leaf(number: int, words: str | None = "Tom is a cat.") -> Evidence:
    return Evidence(number, Truth(1, 0.9), "user", NOON, words)


def said(text: str, *evidence: Evidence) -> Proof:
    stamp = tuple(e.id for e in evidence)
    belief = Belief(read(text), Truth(1.0, 0.9), stamp, "user", NOON)
    return Proof(belief, "said", (), evidence)


def derived(text: str, rule: str, *premises: Proof) -> Proof:
    stamp = tuple(sorted({i for p in premises for i in p.belief.stamp}))
    return Proof(Belief(read(text), Truth(1.0, 0.81), stamp, rule, NOON), rule, premises)


PROOF = derived(
    "(--> tom animal)",
    "deduction",
    said("(--> tom cat)", leaf(7)),
    said("(--> cat animal)", leaf(-1, None)),
)
ATOM = (
    "(proof (--> tom animal) (stv 1.0 0.81) deduction"
    ' (proof (--> tom cat) (stv 1.0 0.9) said (evidence 7 "user" "2025-03-03T12:00:00Z" '
    '"Tom is a cat."))'
    ' (proof (--> cat animal) (stv 1.0 0.9) said (evidence -1 "user" "2025-03-03T12:00:00Z" "")))'
)


def test_a_proof_is_an_atom_of_a_fixed_form() -> None:
    assert str(PROOF.to_atom()) == ATOM


def test_a_proof_comes_back_from_its_atom() -> None:
    again = from_atom(read(ATOM))
    assert again.to_atom() == PROOF.to_atom()
    assert again.belief.stamp == (-1, 7)
    assert again.belief.time == NOON
    assert again.premises[0].evidence[0].words == "Tom is a cat."
    assert again.premises[1].evidence[0].words is None


def test_the_leaves_are_all_evidence_once() -> None:
    twice = derived("(--> tom x)", "revision", PROOF, PROOF, said("(--> tom x)", leaf(9)))
    assert [e.id for e in twice.leaves()] == [7, -1, 9]


def test_a_rendered_proof_is_an_indented_tree() -> None:
    assert render(PROOF).split("\n") == [
        "(--> tom animal)  f 1, c 0.81  by deduction",
        "  (--> tom cat)  f 1, c 0.9",
        '    user said "Tom is a cat." on 2025-03-03 12:00 UTC',
        "  (--> cat animal)  f 1, c 0.9",
        "    user said it on 2025-03-03 12:00 UTC",
    ]
    assert str(PROOF) == render(PROOF)


def test_words_cannot_break_out_of_their_line() -> None:
    evil = said("(--> a b)", leaf(1, 'x"\n(--> a c)  f 1, c 1\x1b[31m'))
    lines = render(evil).split("\n")
    assert len(lines) == 2
    assert "\x1b" not in lines[1]


def test_a_belief_with_very_much_evidence_stays_legible() -> None:
    proof = said("(--> a b)", *(leaf(i) for i in range(1, 10_001)))
    assert len(render(proof).split("\n")) < 10
    assert len(proof.to_atom().children) == 4 + LEAVES
    assert len(list(proof.leaves())) == 10_000


def test_a_proof_that_unfolds_without_end_is_bounded() -> None:
    proof = said("s", leaf(1))
    for level in range(40):
        proof = derived(f"s{level}", "deduction", proof, proof)
    atom = proof.to_atom()
    assert NODES / 4 < size(atom) <= NODES
    assert read(str(atom)) == atom
    assert len(render(proof).split("\n")) <= 201
    assert [e.id for e in proof.leaves()] == [1]


@pytest.mark.parametrize(
    "text",
    ["(proof a)", "nothing", "(proof a (stv 1 1) said b)", "(proof a (stv 1 1) (rule))"],
)
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no proof"):
        from_atom(read(text))


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="is no time"):
        from_atom(read('(proof a (stv 1 1) said (evidence 1 "user" "noon" ""))'))


@pytest.mark.parametrize("time", [-62135596800.0, -1.0, 1e30, float("inf"), float("nan")])
def test_evidence_of_an_odd_time_is_shown_and_comes_back(time: float) -> None:
    proof = said("(--> tom cat)", Evidence(1, Truth(1, 0.9), "user", time, None))
    assert "user said it on" in render(proof)
    assert from_atom(proof.to_atom()).to_atom() == proof.to_atom()


def test_why_a_belief_shows_who_said_it(tell: Tell) -> None:
    proof = why(tell("(--> tom cat)"), "(--> tom cat)")
    assert proof is not None
    assert proof.rule == "said"
    (evidence,) = proof.evidence
    assert (evidence.source, evidence.words) == ("user", "they said (--> tom cat)")


def test_why_a_conclusion_goes_down_to_who_said_what(tell: Tell) -> None:
    proof = why(tell("(--> tom cat)", "(--> cat animal)"), "(--> tom animal)")
    assert proof is not None
    assert [e.words for e in proof.leaves()] == [
        "they said (--> tom cat)",
        "they said (--> cat animal)",
    ]
    assert from_atom(proof.to_atom()).to_atom() == proof.to_atom()


def test_why_an_implication_is_found_whatever_its_variables_are_called(tell: Tell) -> None:
    store = tell("(==> (--> $x bird) (--> $x flyer))")
    proof = why(store, "(==> (--> $y bird) (--> $y flyer))")
    assert proof is not None
    assert proof.rule == "said"


def test_why_something_unknown_is_none(tell: Tell) -> None:
    assert why(tell("(--> tom cat)"), "(--> tom dog)") is None


def test_all_evidence_of_one_belief_is_shown(tell: Tell) -> None:
    store = tell("(--> tom cat)")
    with store.database.transaction():
        store.add(read("(--> tom cat)"), Truth(0.5, 0.5), "sam", "Tom? Perhaps.")
    proof = why(store, "(--> tom cat)")
    assert proof is not None
    assert [e.source for e in proof.evidence] == ["user", "sam"]
    assert proof.truth == store.belief(read("(--> tom cat)")).truth  # pyright: ignore


def test_rules_that_are_premises_keep_the_names_of_their_variables(tell: Tell) -> None:
    store = tell("(--> tweety bird)", "(==> (--> $one bird) (--> $one flyer))")
    (answer,) = infer(store, "(--> tweety flyer)")
    shown = [str(premise.statement) for premise in answer.proof.premises]
    assert "(==> (--> $one bird) (--> $one flyer))" in shown
    assert all(isinstance(p.statement, type(read("(a)"))) for p in answer.proof.premises)
    assert Symbol("tweety") in answer.statement.children  # pyright: ignore


def test_words_that_name_their_source_are_those_of_who_reported_it() -> None:
    reported = Evidence(1, None, "sam", 0.0, "On Monday Sam said that Tom is tame.")
    assert told(reported) == (
        'sam said it on 1970-01-01 00:00 UTC, reported as "On Monday Sam said that Tom is tame."'
    )
    own = replace(reported, words="Tom is the same.")
    assert told(own) == 'sam said "Tom is the same." on 1970-01-01 00:00 UTC'
