"""``why_not`` in any little world, and in large ones: it agrees with ``infer``, and is bounded."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atomspace import Atomspace
from mettaclaw.reasoning import Bounds, Proof, infer, why, why_not
from mettaclaw.reasoning.whynot.rejected import EACH, MOST
from mettaclaw.ui import pictures
from tests.reasoning.conftest import Fact, Tell
from tests.reasoning.rejections import EXCEPTION, FLIES, NO, PINGU, SAID, of

TERMS = "abcde"
WORLD = st.lists(
    st.tuples(
        st.sampled_from(TERMS),
        st.sampled_from(TERMS),
        st.sampled_from([1.0, 1.0, 0.9, 0.5, 0.0]),
        st.sampled_from([0.9, 0.5]),
        st.booleans(),
        st.booleans(),
    ).filter(lambda edge: edge[0] != edge[1]),
    min_size=1,
    max_size=9,
    unique_by=lambda edge: (edge[0], edge[1], edge[4]),
)


def nodes(proof: Proof) -> Iterator[Proof]:
    yield proof
    for premise in proof.premises:
        yield from nodes(premise)


def key(proof: Proof) -> tuple[object, ...]:
    leaves = tuple(evidence.id for evidence in proof.evidence)
    return proof.statement, proof.rule, proof.truth, tuple(map(key, proof.premises)), leaves


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(WORLD)
def test_what_is_rejected_is_in_no_proof_and_the_answer_is_that_of_infer(
    tell: Tell, world: list[tuple[str, str, float, float, bool, bool]]
) -> None:
    shapes = ("(--> {} {})", "(==> (--> $x {}) (--> $x {}))")
    facts = [(shapes[rule].format(a, b), (f, c)) for a, b, f, c, rule, _ in world]
    store = tell(*facts)
    with store.database.transaction():
        for (text, _), edge in zip(facts, world, strict=True):
            if edge[5]:
                store.retract(read(text))
    for goal in ("(--> a e)", "(--> b d)", "(--> a $y)"):
        found = why_not(store, goal)
        answers = infer(store, goal)
        assert found.answer == (answers[0] if answers else None)
        assert len(found.rejected) <= MOST
        assert not (found.answer and found.needs)
        proof = why(store, goal)
        counted = [key(node) for node in nodes(proof)] if proof is not None else []
        for one in found.rejected:
            assert one.words
            assert key(one.proof) not in counted
            pictures.lines(pictures.why_not_parts(found))


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from([0.3, 0.5, 0.9]), min_size=1, max_size=5))
def test_nothing_is_rejected_where_there_is_one_candidate(
    tell: Tell, confidences: list[float]
) -> None:
    assume(math.prod(confidences) > 0.01)  # no fainter way is taken
    facts: list[Fact] = [(f"(--> n{i} n{i + 1})", (1.0, c)) for i, c in enumerate(confidences)]
    found = why_not(tell(*facts), f"(--> n0 n{len(facts)})")
    assert found.answer is not None
    assert found.rejected == ()


# --- bounds --------------------------------------------------------------------------------------


def test_a_thousand_contradictory_beliefs_of_one_statement_are_bounded(kb: Atomspace) -> None:
    with kb.transaction():
        for number in range(1_000):
            kb.store.add(read(FLIES), Truth(float(number % 2), 0.9), f"s{number}", f"w{number}")
    kb.add(PINGU, SAID)
    kb.add(EXCEPTION, NO)
    found = kb.why_not(FLIES)
    assert found.answer is not None
    assert found.answer.truth.c == 0.99
    kb.remove(FLIES)
    found = kb.why_not(FLIES)
    assert len(of(found, "retired")) == EACH
    assert all(len(one.words) < 500 for one in found.rejected)


def test_a_thousand_contradictory_ways_are_bounded(kb: Atomspace) -> None:
    with kb.transaction():
        kb.store.add(read("(==> (, top $anything) flag)"), None, "u")
        for number in range(1_000):
            sign = "flag" if number % 2 else "(¬ flag)"
            kb.store.add(read(f"(==> p{number} {sign})"), Truth(1.0, 0.5), "u")
            kb.store.add(read(f"p{number}"), Truth(1.0, 0.5), "u")
    found = why_not(kb.store, "flag", bounds=Bounds(steps=600))
    assert len(found.rejected) <= MOST
    assert len(str(found)) < 40_000
