"""Kept derivations: they stand while evidence carries them, and fall in one transaction."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest

from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atoms.truth import Truth, revise
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError

SAID, BY_RULE = Truth(1.0, 0.9), Truth(1.0, 0.81)
A_B, B_C, C_D = "(--> a b)", "(--> b c)", "(--> c d)"
A_C, A_D, B_D = "(--> a c)", "(--> a d)", "(--> b d)"


@pytest.fixture
def kb() -> Iterator[Atomspace]:
    with Atomspace.open(":memory:") as kb:
        yield kb


def keep(kb: Atomspace, conclusion: str, *premises: str) -> bool:
    with kb.transaction():
        given = [read(one) for one in premises]
        return kb.store.derive(read(conclusion), "deduction", given, BY_RULE, "1")


def chain(kb: Atomspace) -> None:
    """a is b, b is c, c is d; so a is c, and so a is d."""
    for statement in (A_B, B_C, C_D):
        kb.add(statement, SAID, words=statement)
    keep(kb, A_C, A_B, B_C)
    keep(kb, A_D, A_C, C_D)


def held(kb: Atomspace) -> set[str]:
    return {str(belief.statement) for belief in kb.store.beliefs()}


def test_a_derived_belief_is_found_like_any_other_and_rests_on_the_evidence_under_it(
    kb: Atomspace,
) -> None:
    chain(kb)
    belief = kb.belief(A_D)
    assert belief is not None
    assert belief.derived
    assert belief.origin == "deduction"
    assert [one.words for one in kb.evidence(A_D)] == [A_B, B_C, C_D]
    assert {str(found["$x"]) for found in kb.match("(--> a $x)")} == {"b", "c", "d"}
    assert [str(found.statement) for found in kb.store.find(read("(--> a d)"))] == [A_D]


@pytest.mark.parametrize("gone", [A_B, B_C, C_D])
def test_what_rests_on_a_premise_goes_with_it(kb: Atomspace, gone: str) -> None:
    chain(kb)
    kb.remove(gone)
    assert held(kb) == {A_B, B_C, C_D, A_C} - {gone} - ({A_C} if gone != C_D else set())
    assert kb.match("(--> a d)") == []


def test_it_goes_in_the_same_transaction_or_not_at_all(kb: Atomspace) -> None:
    chain(kb)
    retired = "SELECT count(*) FROM derivation WHERE retired IS NOT NULL"
    before, ended = held(kb), kb.database.row(retired)
    with pytest.raises(RuntimeError), kb.transaction():
        kb.remove(A_B)
        assert A_D not in held(kb)
        raise RuntimeError
    assert held(kb) == before
    assert kb.database.row(retired) == ended


def test_what_follows_otherwise_stays(kb: Atomspace) -> None:
    chain(kb)
    kb.add(B_D, SAID)
    keep(kb, A_D, A_B, B_D)
    kb.remove(B_C)
    assert {A_D, A_B} <= held(kb)
    assert A_C not in held(kb)
    assert len(kb.store.derivations(read(A_D))) == 1
    kb.remove(A_B)
    assert A_D not in held(kb)


def test_support_that_goes_round_in_a_circle_is_none(kb: Atomspace) -> None:
    kb.add("(<-> a b)", SAID)
    keep(kb, "(<-> b a)", "(<-> a b)")
    keep(kb, "(<-> a b)", "(<-> b a)")
    kb.retract("(<-> a b)")
    assert held(kb) == set()


def test_retracting_leaves_what_follows_and_removing_does_not(kb: Atomspace) -> None:
    for statement in (A_B, B_C):
        kb.add(statement, SAID)
    kb.add(A_C, (0.5, 0.5))
    keep(kb, A_C, A_B, B_C)
    assert kb.truth(A_C) == Truth(0.5, 0.5)  # what is said of it comes first
    kb.retract(A_C)
    assert kb.truth(A_C) == Truth(1.0, 0.81)
    kb.remove(A_C)
    assert kb.belief(A_C) is None
    assert kb.store.derivations(read(A_C)) == []


def test_saying_what_was_derived_counts_beside_what_it_follows_from(kb: Atomspace) -> None:
    chain(kb)
    kb.add(A_C, (0.9, 0.5))
    belief = kb.belief(A_C)
    assert belief is not None
    assert belief.truth == revise(Truth(0.9, 0.5), Truth(1.0, 0.81))
    assert belief.by_word.truth == Truth(0.9, 0.5)
    assert set(belief.by_word.stamp) < set(belief.stamp)
    kb.remove(A_B)
    assert kb.truth(A_C) == Truth(0.9, 0.5)
    assert {A_C, A_D} <= held(kb)


@pytest.mark.parametrize("said", [(1.0, 0.01), (0.0, 0.01), (0.0, 0.9), (0.9, 0.5), None])
def test_what_is_stored_weighs_what_was_said_as_an_answer_does(
    kb: Atomspace, said: tuple[float, float] | None
) -> None:
    chain(kb)
    kb.add(A_C, said)
    (answer,) = kb.infer(A_C)
    belief = kb.belief(A_C)
    assert belief is not None
    assert belief.standing.f == pytest.approx(answer.truth.f)
    assert belief.standing.c == pytest.approx(answer.truth.c)
    kb.retract(A_C)
    assert kb.truth(A_C) == Truth(1.0, 0.81)
    kb.add(A_C, said)
    kb.remove(A_B)
    assert kb.truth(A_C) == (None if said is None else Truth(*said))


def test_two_that_follow_from_each_other_and_were_said_do_not_count_twice(kb: Atomspace) -> None:
    a, b, link, back = "(--> a p)", "(--> b p)", "(--> a b)", "(--> b a)"
    for one in (a, b, link, back):
        kb.add(one, (1.0, 0.9))
    keep(kb, a, link, b)
    keep(kb, b, back, a)
    most = revise(Truth(1.0, 0.9), Truth(1.0, 0.81))
    for truth in (kb.truth(a), kb.truth(b)):
        assert truth is not None
        assert truth.c <= most.c


def test_what_was_said_of_a_conclusion_is_as_it_was_then(kb: Atomspace) -> None:
    chain(kb)
    before = time.time()
    time.sleep(0.01)
    kb.add(A_C, (0.9, 0.5))
    then = time.time()
    time.sleep(0.01)
    kb.remove(A_B)
    assert kb.as_of(before).truth(A_C) == Truth(1.0, 0.81)
    assert kb.as_of(then).truth(A_C) == revise(Truth(0.9, 0.5), Truth(1.0, 0.81))
    assert kb.truth(A_C) == Truth(0.9, 0.5)


def test_an_evaluation_shows_what_it_says_beside_what_is_kept(kb: Atomspace) -> None:
    chain(kb)
    done = kb.evaluate(f"!(believe {A_C} (stv 0.9 0.5)) !(truth {A_C})")
    assert str(done.results[-1][0]) == str(kb.truth(A_C))
    assert kb.truth(A_C) == revise(Truth(0.9, 0.5), Truth(1.0, 0.81))


def test_a_premise_that_is_revised_revises_what_rests_on_it(kb: Atomspace) -> None:
    chain(kb)
    before = kb.truth(A_D)
    kb.add(A_B, (0.0, 0.9))
    after = kb.truth(A_D)
    assert before is not None
    assert after is not None
    assert round(after.f, 9) == 0.5
    assert after.c < before.c
    past = kb.store.derivations(read(A_D))
    assert [round(one.truth.f, 9) for one in past] == [0.5]


def test_independent_derivations_are_pooled_and_dependent_ones_are_not(kb: Atomspace) -> None:
    chain(kb)
    single = kb.truth(A_D)
    assert single is not None
    kb.add("(--> a e)", SAID)
    kb.add("(--> e d)", SAID)
    keep(kb, A_D, "(--> a e)", "(--> e d)")
    pooled = kb.truth(A_D)
    assert pooled is not None
    assert pooled.c > 0.81
    kb.add(B_D, SAID)
    keep(kb, A_D, A_B, B_D)  # better than the long chain, and shares evidence with it
    better = kb.truth(A_D)
    assert better is not None
    assert pooled.c < better.c < 0.99
    belief = kb.belief(A_D)
    assert belief is not None
    assert belief.origin == "revision"


def test_what_rests_on_nothing_cannot_be_kept(kb: Atomspace) -> None:
    kb.add(A_B, SAID)
    with pytest.raises(UsageError, match=r"\(--> b c\) is not believed"):
        keep(kb, A_C, A_B, B_C)
    assert held(kb) == {A_B}
    assert not keep(kb, A_B, A_B)


def test_a_derivation_is_kept_once(kb: Atomspace) -> None:
    chain(kb)
    assert not keep(kb, A_C, A_B, B_C)
    assert len(kb.store.derivations(read(A_C))) == 1


def test_an_export_has_what_was_said_alone(kb: Atomspace) -> None:
    chain(kb)
    head, *lines, _ = kb.exported()
    assert head.endswith("3 statements")
    assert len(lines) == 3


def test_random_bases_hold_exactly_what_evidence_carries(kb: Atomspace) -> None:
    """Against a plain fixed point, through tellings, derivations, removals and undoings."""
    random.seed(7)
    names = [f"(s {number})" for number in range(12)]
    said: set[str] = set()
    kept: list[tuple[str, tuple[str, ...]]] = []
    for _ in range(400):
        name = random.choice(names)
        match random.randrange(4):
            case 0:
                kb.add(name, SAID)
                said.add(name)
            case 1:
                premises = tuple(random.sample(names, random.randint(1, 2)))
                if set(premises) <= standing(said, kept) and name not in premises:
                    keep(kb, name, *premises)
                    kept.append((name, premises))
            case 2:
                kb.retract(name)
                said.discard(name)
            case _:
                kb.remove(name)
                said.discard(name)
                kept = [one for one in kept if one[0] != name]
        still = standing(said, kept)
        kept = [one for one in kept if {one[0], *one[1]} <= still]
        assert held(kb) == still
        posted = {row[0] for row in kb.database.rows("SELECT DISTINCT atom FROM leaf")}
        current = {row[0] for row in kb.database.rows("SELECT id FROM atom WHERE version > 0")}
        assert posted == current


def standing(said: set[str], kept: list[tuple[str, tuple[str, ...]]]) -> set[str]:
    found = set(said)
    while True:
        more = {name for name, premises in kept if set(premises) <= found} - found
        if not more:
            return found
        found |= more


def test_a_premise_under_very_many_derived_beliefs_can_go(kb: Atomspace) -> None:
    kb.add("(--> cat animal)", SAID)
    with kb.transaction():
        for number in range(300):
            kb.add(f"(--> c{number} cat)", SAID)
            keep(kb, f"(--> c{number} animal)", f"(--> c{number} cat)", "(--> cat animal)")
    assert kb.count() == 601
    kb.remove("(--> cat animal)")
    assert kb.count() == 300
    assert all(isinstance(one, Atom) for one in kb.store.atoms())
