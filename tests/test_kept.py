"""Conclusions that somebody decides to keep, and the past, from Python and from MeTTa."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError

SAID = (1.0, 0.9)
FACTS = ("(--> tom cat)", "(--> cat animal)", "(--> animal being)")


@pytest.fixture
def kb() -> Iterator[Atomspace]:
    with Atomspace.open(":memory:") as kb:
        yield kb


@pytest.fixture
def told(kb: Atomspace) -> Atomspace:
    for fact in FACTS:
        kb.add(fact, SAID, source="ann", words=fact)
    return kb


def results(kb: Atomspace, program: str) -> list[str]:
    done = kb.evaluate(program)
    assert done.error is None, done.error
    return [str(atom) for form in done.results for atom in form]


def test_an_answer_can_be_kept_with_its_proof(told: Atomspace) -> None:
    (answer,) = told.infer("(--> tom being)")
    belief = told.keep(answer)
    assert belief.derived
    assert belief.truth == answer.truth
    assert {"$x": read("being")} in told.match("(--> tom $x)")
    proof = told.why("(--> tom being)")
    assert proof is not None
    assert {leaf.words for leaf in proof.leaves()} == set(FACTS)
    (again,) = told.infer("(--> tom being)")
    assert again.truth == answer.truth
    told.remove("(--> cat animal)")
    assert told.belief("(--> tom being)") is None
    assert told.infer("(--> tom being)") == []


def test_what_is_kept_carries_inference_further_than_one_search_goes(kb: Atomspace) -> None:
    for number in range(16):
        kb.add(f"(--> c{number} c{number + 1})", (1.0, 0.99))
    assert kb.infer("(--> c0 c16)") == []
    for far in (5, 10, 15):
        (answer,) = kb.infer(f"(--> c0 c{far})")
        kb.keep(answer)
    (answer,) = kb.infer("(--> c0 c16)")
    assert answer.truth.f == 1.0
    assert len(answer.proof.belief.stamp) == 16
    assert len(list(answer.proof.leaves())) == 16


def test_what_is_kept_counts_once(told: Atomspace) -> None:
    (before,) = told.infer("(--> tom animal)")
    told.keep(before)
    for _ in range(3):
        (after,) = told.infer("(--> tom animal)")
        told.keep(after)
        assert after.truth == before.truth


def test_what_can_be_worth_knowing_is_derived_from_new_statements(told: Atomspace) -> None:
    found = told.derive("(--> tom cat)")
    assert [str(answer.statement) for answer in found] == ["(--> tom animal)", "(--> tom being)"]
    assert all(answer.proof.premises for answer in found)
    assert told.truth("(--> tom animal)") == Truth(1.0, 0.81)
    assert told.derive("(--> tom cat)") == []
    history = told.history()[0]
    assert history.note == "derive"
    assert history.kept >= 2


def test_deriving_keeps_to_exceptions(kb: Atomspace) -> None:
    for fact, truth in (
        ("(--> bird flyer)", (0.9, 0.9)),
        ("(--> penguin bird)", SAID),
        ("(--> penguin flyer)", (0.0, 0.9)),
        ("(--> tux penguin)", SAID),
    ):
        kb.add(fact, truth)
    kb.derive("(--> tux penguin)")
    truth = kb.truth("(--> tux flyer)")
    assert truth is not None
    assert truth.f < 0.1


def test_deriving_by_a_rule_with_several_conditions(kb: Atomspace) -> None:
    kb.add(
        "(==> (∧ (--> (x $a $b) parent) (--> (x $b $c) parent)) (--> (x $a $c) grandparent))",
        (1.0, 0.99),
    )
    kb.add("(--> (x ann bob) parent)", SAID)
    kb.add("(--> (x bob cid) parent)", SAID)
    found = kb.derive("(--> (x ann bob) parent)")
    assert [str(answer.statement) for answer in found] == ["(--> (x ann cid) grandparent)"]


def test_what_is_not_believed_derives_nothing(kb: Atomspace) -> None:
    with pytest.raises(UsageError, match="not believed"):
        kb.derive("(--> tom cat)")
    with pytest.raises(UsageError, match="nothing to derive from"):
        kb.derive()


def test_metta_derives_keeps_and_retracts(told: Atomspace) -> None:
    assert results(told, "!(derive (--> tom cat))") == [
        "((--> tom animal) (stv 1.0 0.81) ACT)",
        "((--> tom being) (stv 1.0 0.7290000000000001) ACT)",
    ]
    belief = told.belief("(--> tom being)")
    assert belief is not None
    assert belief.derived
    assert len(told.store.derivations(read("(--> tom being)"))) == 1
    assert results(told, "!(match &kb (--> tom $x) $x)") == ["cat", "animal", "being"]
    assert results(told, "!(retract (--> cat animal))") == ["()"]
    assert results(told, "!(match &kb (--> tom $x) $x)") == ["cat"]
    assert results(told, "!(retract (--> cat animal))") == ["(unknown (--> cat animal))"]


def test_metta_asks_a_past_moment(told: Atomspace) -> None:
    told.add("(--> tom dog)", SAID, source="sam", time="2026-11-16")
    told.add("(--> dog barker)", SAID, source="sam", time="2026-11-17T08:00")
    asked = '!(as-of "2026-11-16" (infer (--> tom barker)))'
    assert results(told, asked)[0].startswith("(unknown (--> tom barker)")
    asked = "!(as-of 2026-11-17 (infer (--> tom barker)))"
    assert results(told, asked)[0].startswith("((--> tom barker) (stv 1.0 0.81) ACT")
    matched = '!(as-of "2026-11-17" (match &kb (--> tom $x) $x)) !(match &kb (--> tom $x) $x)'
    assert results(told, matched) == ["dog", "cat", "dog"]
    assert results(told, '!(as-of "2026-11-16" (truth (--> tom cat)))') == [
        "(unknown (--> tom cat))"
    ]


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ('!(as-of "2026-11-16" (believe (--> a b) (stv 1.0 0.9)))', "past cannot be changed"),
        ('!(as-of "2026-11-16" (add-atom &kb (a)))', "past cannot be changed"),
        ('!(as-of "someday" (truth (--> a b)))', "no time"),
        ('!(+ 1 (as-of "2026-11-16" (+ 1 2)))', "stands outermost"),
        ('!(as-of "2026-11-16")', "stands outermost"),
        ("!(derive)", "nothing to derive from"),
        ("!(derive (--> no one))", "not believed"),
        ("!(retract)", "takes one statement"),
    ],
)
def test_what_cannot_be_is_an_error_and_changes_nothing(
    told: Atomspace, program: str, words: str
) -> None:
    before = told.store.state()
    done = told.evaluate(program)
    assert done.error is not None
    assert words in str(done.error)
    assert told.store.state() == before


# --- priors -----------------------------------------------------------------------------------

LINK = "(Inheritance a c)"


@pytest.fixture
def links(kb: Atomspace) -> Atomspace:
    kb.add("(Inheritance a b)", (0.8, 0.9), source="ann")
    kb.add("(Inheritance b c)", (0.7, 0.9), source="ann")
    for term, strength in (("a", 0.2), ("b", 0.3), ("c", 0.25)):
        kb.add(term, (strength, 0.9), source="prior-src", words=f"prior of {term}")
    return kb


def test_priors_that_were_said_are_evidence_of_an_answer(links: Atomspace) -> None:
    (answer,) = links.infer(LINK)
    assert answer.proof.belief.stamp == (1, 2, 3, 4, 5)
    assert {"ann", "prior-src"} == {leaf.source for leaf in answer.proof.leaves()}
    assert [str(p.statement) for p in answer.proof.premises][2:] == ["a", "b", "c"]


@pytest.mark.parametrize("by_metta", [False, True])
def test_what_is_kept_rests_on_the_priors_that_were_said(links: Atomspace, by_metta: bool) -> None:
    before = links.infer(LINK)[0].truth
    if by_metta:
        results(links, "!(derive (Inheritance a b))")
    else:
        links.keep(links.infer(LINK)[0])
    belief = links.belief(LINK)
    assert belief is not None
    assert (belief.truth, belief.stamp) == (before, (1, 2, 3, 4, 5))
    proof = links.why(LINK)
    assert proof is not None
    assert "prior of b" in {leaf.words for leaf in proof.leaves()}
    (again,) = links.infer(LINK)
    assert again.truth == before
    links.retire("prior-src")
    assert links.belief(LINK) is None
    after = links.infer(LINK)[0].truth
    assert after != before


def test_a_prior_that_is_revised_revises_what_was_kept(links: Atomspace) -> None:
    links.keep(links.infer(LINK)[0])
    before = links.truth(LINK)
    links.add("c", (0.6, 0.9), source="prior-src", words="prior of c, again")
    assert links.truth(LINK) != before
    assert links.truth(LINK) == links.infer(LINK)[0].truth


# --- the specific before the general, in what is kept -----------------------------------------


def birds(kb: Atomspace) -> None:
    kb.add("(--> p bird)", SAID)
    kb.add("(--> bird fly)", SAID)
    kb.keep(kb.infer("(--> p fly)")[0])
    assert kb.truth("(--> p fly)") == Truth(1.0, 0.81)


EXCEPTION = (
    ("(--> p penguin)", SAID),
    ("(--> penguin bird)", SAID),
    ("(--> penguin fly)", (0.0, 0.9)),
)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_what_is_kept_gives_way_to_an_exception_that_is_told_later(
    kb: Atomspace, order: tuple[int, ...]
) -> None:
    birds(kb)
    for place in order:
        kb.add(*EXCEPTION[place])
    (answer,) = kb.infer("(--> p fly)")
    assert answer.truth == Truth(0.0, 0.81)
    assert kb.truth("(--> p fly)") == answer.truth
    proof = kb.why("(--> p fly)")
    assert proof is not None
    assert proof.truth == answer.truth


def test_what_rests_on_what_gives_way_follows_in_the_same_transaction(kb: Atomspace) -> None:
    birds(kb)
    kb.add("(==> (--> p fly) (--> p high))", SAID)
    kb.keep(kb.infer("(--> p high)")[0])
    before = len(kb.history())
    with kb.transaction():
        for statement, truth in EXCEPTION:
            kb.add(statement, truth)
    assert len(kb.history()) == before + 1
    assert kb.truth("(--> p fly)") == Truth(0.0, 0.81)
    high = kb.truth("(--> p high)")
    assert high is None or high.c == 0.0 or high.f < 0.5
    kb.undo(kb.history()[0].id)
    assert kb.truth("(--> p fly)") == Truth(1.0, 0.81)


@pytest.mark.parametrize("gone", [0, 2])
def test_what_gave_way_is_believed_again_when_the_exception_falls(kb: Atomspace, gone: int) -> None:
    birds(kb)
    for statement, truth in EXCEPTION:
        kb.add(statement, truth)
    kb.retract(EXCEPTION[gone][0])
    assert kb.truth("(--> p fly)") == Truth(1.0, 0.81)
    assert kb.infer("(--> p fly)")[0].truth.f == 1.0


def test_an_exception_several_classes_away_is_found(kb: Atomspace) -> None:
    links = ("p rockhopper", "rockhopper penguin", "penguin seabird", "seabird bird", "bird fly")
    for link in links:
        kb.add(f"(--> {link})", SAID)
    kb.keep(kb.infer("(--> p fly)")[0])
    assert kb.infer("(--> p fly)")[0].truth.f == 1.0
    kb.add("(--> penguin fly)", (0.0, 0.9))
    (answer,) = kb.infer("(--> p fly)")
    assert answer.truth.f == 0.0
    assert kb.truth("(--> p fly)") == answer.truth


def test_very_many_kept_conclusions_under_one_exception_are_bounded_work(kb: Atomspace) -> None:
    with kb.transaction():
        kb.add("(--> bird fly)", SAID)
        kb.add("(--> penguin bird)", SAID)
        for number in range(120):
            kb.add(f"(--> p{number} bird)", SAID)
            kb.keep(kb.infer(f"(--> p{number} fly)")[0])
            kb.add(f"(--> p{number} penguin)", SAID)
    kb.add("(--> penguin fly)", (0.0, 0.9))
    truths = [kb.truth(f"(--> p{number} fly)") for number in range(120)]
    assert 1 <= truths.count(Truth(0.0, 0.81)) <= 100, "as many as there is time for, and no more"


def test_what_is_not_believed_any_more_cannot_be_kept(kb: Atomspace) -> None:
    kb.add("(--> a b)", SAID)
    answer = kb.infer("(--> a b)")[0]
    kb.retract("(--> a b)")
    with pytest.raises(UsageError, match="not believed any more"):
        kb.keep(answer)


def test_a_guess_that_was_kept_gives_way_to_what_is_told_later(kb: Atomspace) -> None:
    kb.add("(--> swan1 swan)", (1.0, 0.9))
    kb.add("(--> swan1 white)", (1.0, 0.9))
    kb.keep(kb.infer("(--> swan white)")[0])
    for i in range(2, 8):
        kb.add(f"(--> swan{i} swan)", (1.0, 0.9))
        kb.add(f"(--> swan{i} white)", (0.0, 0.9))
    (answer,) = kb.infer("(--> swan white)")
    assert answer.truth.f == pytest.approx(1 / 7)


@pytest.mark.parametrize(
    "exception",
    [
        ("(¬ (--> penguin fly))", SAID),
        ("(==> (--> $x penguin) (--> $x fly))", (0.0, 0.9)),
    ],
)
@pytest.mark.parametrize("last", [0, 1, 2])
def test_what_is_kept_gives_way_in_whatever_form_the_exception_is_told(
    kb: Atomspace, exception: tuple[str, tuple[float, float]], last: int
) -> None:
    birds(kb)
    told = [*EXCEPTION[:2], exception]
    for one in (*told[:last], *told[last + 1 :], told[last]):
        kb.add(*one)
    (answer,) = kb.infer("(--> p fly)")
    assert answer.truth == Truth(0.0, 0.81)
    assert kb.truth("(--> p fly)") == answer.truth


def test_what_is_kept_gives_way_to_its_negation(kb: Atomspace) -> None:
    birds(kb)
    kb.add("(¬ (--> p fly))", SAID)
    assert kb.truth("(--> p fly)") == kb.infer("(--> p fly)")[0].truth == Truth(0.0, 0.9)


def test_a_denial_in_another_form_still_counts_when_the_one_beside_it_falls(kb: Atomspace) -> None:
    birds(kb)
    kb.add("(--> p penguin)", SAID)
    kb.add("(¬ (--> penguin fly))", SAID, source="ann")
    kb.add("(not (--> penguin fly))", SAID, source="bob")
    kb.retire("ann")
    (answer,) = kb.infer("(--> p fly)")
    assert answer.truth.f == pytest.approx(0.5)
    assert kb.truth("(--> p fly)") == answer.truth


MUTUAL = ("(--> e b)", "(--> e d)")


@pytest.mark.parametrize("first", [MUTUAL, MUTUAL[::-1], ("(--> e $x)", "(--> e d)")])
def test_kept_conclusions_that_support_each_other_come_to_what_is_inferred(
    kb: Atomspace, first: tuple[str, ...]
) -> None:
    kb.add("(<-> d b)", (1.0, 0.5), source="ann")
    kb.add("(--> e b)", (0.0, 0.7), source="bob")
    kb.add("(--> e d)", (0.1, 0.9), source="sam")
    for goal in first:
        for answer in kb.infer(goal):
            kb.keep(answer)
    for statement in MUTUAL:
        (answer,) = kb.infer(statement)
        known = kb.truth(statement)
        assert known is not None
        assert (known.f, known.c) == pytest.approx((answer.truth.f, answer.truth.c), abs=1e-9)
    kb.retire("sam")
    kb.retire("bob")
    assert not any(map(kb.truth, MUTUAL)), "neither carries the other alone"
