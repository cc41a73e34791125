"""Conclusions of a logic that was asked for by name: kept, and valued by that logic ever after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mettaclaw.atoms.truth import Truth
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError

FIRST, SECOND, GOAL = "(--> a b)", "(--> b c)", "(--> a c)"


@pytest.fixture
def kb() -> Iterator[Atomspace]:
    with Atomspace.open(":memory:") as kb:
        yield kb


def told(kb: Atomspace, first: float, second: float) -> Atomspace:
    kb.add(FIRST, (first, 0.9))
    kb.add(SECOND, (second, 0.9))
    return kb


def by(kb: Atomspace, logic: str | None) -> Truth:
    (answer,) = kb.infer(GOAL, logic)
    return answer.truth


@pytest.mark.parametrize("f", [0.9, 1.0])  # with 1.0 both logics give the same at first
def test_what_follows_by_pln_is_kept_and_valued_by_pln(kb: Atomspace, f: float) -> None:
    (answer,) = told(kb, f, f).infer(GOAL, "pln")
    belief = kb.keep(answer)
    assert (belief.truth, belief.origin, belief.derived) == (answer.truth, "pln:deduction", True)
    kb.add(FIRST, (0.2, 0.9), source="vet")
    kb.add(SECOND, (0.3, 0.9), source="vet")
    with Atomspace.open(":memory:") as other:
        told(other, f, f)
        other.add(FIRST, (0.2, 0.9), source="vet")
        other.add(SECOND, (0.3, 0.9), source="vet")
        assert kb.truth(GOAL) == by(other, "pln") != by(other, "nal")


def test_what_is_kept_of_pln_goes_with_its_premise_and_comes_back(kb: Atomspace) -> None:
    kb.keep(told(kb, 0.8, 0.9).infer(GOAL, "pln")[0])
    before = kb.truth(GOAL)
    with kb.transaction() as transaction:
        kb.remove(FIRST)
    assert kb.truth(GOAL) is None
    kb.undo(transaction.id)
    assert kb.truth(GOAL) == before


def test_what_rests_on_a_kept_conclusion_of_pln_is_kept_too(kb: Atomspace) -> None:
    kb.keep(told(kb, 0.8, 0.9).infer(GOAL, "pln")[0])
    kb.add("(--> c d)", (0.9, 0.9))
    (far,) = kb.infer("(--> a d)", "pln")
    kb.keep(far)
    assert kb.truth("(--> a d)") == far.truth
    done = kb.evaluate("!(derive (--> c d))")
    assert done.error is None, done.error
    proof = kb.why(GOAL, "pln")
    assert proof is not None
    assert (proof.rule, proof.truth) == ("deduction", kb.truth(GOAL))


def test_what_follows_by_all_logics_keeps_the_plain_name(kb: Atomspace) -> None:
    belief = kb.keep(told(kb, 0.8, 0.9).infer(GOAL)[0])
    assert belief.origin == "deduction"
    kb.add("(Inheritance a b)", (0.8, 0.9))
    kb.add("(Inheritance b c)", (0.8, 0.9))
    for logic in (None, "pln"):
        assert kb.keep(kb.infer("(Inheritance a c)", logic)[0]).origin == "deduction"


def test_a_proof_whose_numbers_its_rule_does_not_give_is_refused(kb: Atomspace) -> None:
    (answer,) = told(kb, 0.8, 0.9).infer(GOAL, "pln")
    wrong = replace(answer.proof, belief=replace(answer.proof.belief, truth=Truth(0.1, 0.5)))
    with pytest.raises(UsageError, match="does not follow by pln:deduction with the truth"):
        kb.keep(wrong)
    assert kb.belief(GOAL) is None
