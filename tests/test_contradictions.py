"""Contradictions: found when they arise, told once, listed for as long as they stand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mettaclaw.atoms.conflicts import contradiction
from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atomspace import Atomspace

CAT = "(--> tom cat)"


@pytest.fixture
def kb() -> Iterator[Atomspace]:
    with Atomspace.open(":memory:") as kb:
        yield kb


def test_sure_opposites_contradict_and_name_both_sides(kb: Atomspace) -> None:
    kb.add(CAT, (1.0, 0.9), source="ann", words="Tom is a cat")
    assert kb.contradictions() == []
    kb.add(CAT, (0.1, 0.7), source="bob", words="Tom is hardly a cat")
    (found,) = kb.contradictions()
    assert str(found.statement) == CAT
    assert found.truth == kb.truth(CAT)
    assert [e.source for e in found.speaking_for] == ["ann"]
    assert [e.words for e in found.speaking_against] == ["Tom is hardly a cat"]
    assert kb.contradictions(CAT) == [found]
    assert kb.contradictions("(--> tim cat)") == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((1.0, 0.5), (0.5, 0.5), 1),
        ((1.0, 0.49), (0.0, 0.9), 0),
        ((1.0, 0.9), (0.0, 0.49), 0),
        ((0.9, 0.9), (0.41, 0.9), 0),
        ((0.0, 0.9), (0.5, 0.9), 1),
    ],
)
def test_it_takes_half_a_frequency_and_half_a_confidence(
    kb: Atomspace, one: tuple[float, float], other: tuple[float, float], expected: int
) -> None:
    kb.add(CAT, one, source="ann", words="a")
    kb.add(CAT, other, source="bob", words="b")
    assert len(kb.contradictions()) == expected


def test_the_negation_of_a_statement_speaks_against_it(kb: Atomspace) -> None:
    kb.add(CAT, (1.0, 0.9), source="ann")
    kb.add(f"(¬ {CAT})", (1.0, 0.9), source="bob")
    (found,) = kb.contradictions()
    assert str(found.statement) == CAT
    assert [e.source for e in found.speaking_against] == ["bob"]
    assert kb.contradictions(f"(¬ {CAT})") == [found]
    kb.remove(f"(¬ {CAT})")
    assert kb.contradictions() == []


def test_two_negations_can_contradict_each_other(kb: Atomspace) -> None:
    kb.add(f"(¬ {CAT})", (1.0, 0.9), source="ann")
    kb.add(f"(¬ {CAT})", (0.0, 0.9), source="bob")
    (found,) = kb.contradictions()
    assert (str(found.statement), found.truth) == (CAT, None)
    assert [e.source for e in found.speaking_for] == ["bob"]
    assert found.speaking_for[0].truth == Truth(1.0, 0.9)


def test_a_contradiction_ends_with_its_source_and_is_there_as_of_before(kb: Atomspace) -> None:
    kb.add(CAT, (1.0, 0.9), source="ann", time="2025-03-03")
    kb.add(CAT, (0.0, 0.9), source="bob", time="2025-03-05")
    assert kb.as_of("2025-03-04").contradictions() == []
    assert len(kb.as_of("2025-03-06").contradictions()) == 1
    kb.retire("bob")
    assert kb.contradictions() == []


def test_an_evaluation_tells_a_contradiction_once(kb: Atomspace) -> None:
    kb.add(CAT, (1.0, 0.9), source="ann")
    first = kb.evaluate(f"!(believe {CAT} (stv 0.0 0.9))", source="bob")
    assert [str(c.statement) for c in first.contradictions] == [CAT]
    second = kb.evaluate(f"!(believe {CAT} (stv 0.0 0.8))", source="eve")
    assert second.error is None
    assert second.contradictions == ()
    negated = kb.evaluate(f"!(believe (¬ (¬ {CAT})) (stv 0.0 0.8))", source="mia")
    assert negated.contradictions == ()
    both = kb.evaluate('!(believe (a b) (stv 0 0.9) "no") !(believe (¬ (a b)) (stv 0 0.9) "yes")')
    assert [str(c.statement) for c in both.contradictions] == ["(a b)"]


def test_a_thousand_contradictory_opinions_are_bounded_work(kb: Atomspace) -> None:
    with kb.transaction():
        for number in range(1_000):
            kb.add(CAT, (float(number % 2), 0.9), source=f"s{number}")
    (found,) = kb.contradictions()
    assert len(found.speaking_for) + len(found.speaking_against) == 500


def test_a_contradiction_stays_however_much_is_said_later(kb: Atomspace) -> None:
    with kb.transaction():
        kb.add(CAT, (1.0, 0.9), source="ann", words="Tom is a cat")
        for number in range(600):
            kb.add(CAT, (0.0, 0.9), source=f"s{number}")
    (found,) = kb.contradictions()
    assert [e.source for e in found.speaking_for] == ["ann"]
    assert found.speaking_against[-1].source == "s599"
    (then,) = kb.as_of("2999-01-01").contradictions()
    assert then.speaking_for == found.speaking_for


def tame(kb: Atomspace) -> None:
    kb.add("(--> tom cat)", (1.0, 0.9), source="ann")
    kb.add("(--> cat tame)", (1.0, 0.9), source="ann")


def test_what_is_said_against_a_kept_conclusion_contradicts_it(kb: Atomspace) -> None:
    tame(kb)
    kb.keep(kb.infer("(--> tom tame)")[0])
    assert kb.contradictions() == []
    said = kb.add("(--> tom tame)", (0.0, 0.9), source="bob")
    (found,) = said.contradictions
    assert kb.contradictions() == kb.contradictions("(--> tom tame)") == [found]
    assert [e.source for e in found.speaking_against] == ["bob"]
    assert found.speaking_for == ()
    assert [(d.rule, d.truth) for d in found.kept_for] == [("deduction", Truth(1.0, 0.81))]
    assert kb.add("(--> tom tame)", (0.0, 0.8), source="eve").contradictions == ()
    kb.retract("(--> cat tame)")
    assert kb.contradictions() == []


def test_a_negation_that_contradicts_what_was_kept_tells_it(kb: Atomspace) -> None:
    tame(kb)
    kb.derive("(--> tom cat)")
    (found,) = kb.add("(¬ (--> tom tame))", (1.0, 0.9), source="bob").contradictions
    assert str(found.statement) == "(--> tom tame)"
    assert [e.source for e in found.speaking_against] == ["bob"]
    assert len(found.kept_for) == 1


def test_what_is_said_in_a_negation_stands_over_what_is_inherited(kb: Atomspace) -> None:
    tame(kb)
    kb.add("(¬ (--> tom tame))", (1.0, 0.9), source="bob")
    assert kb.infer("(--> tom tame)")[0].truth == Truth(0.0, 0.9)


def test_adding_tells_a_contradiction_once_also_of_what_rests_on_it(kb: Atomspace) -> None:
    assert kb.add(CAT, (1.0, 0.9), source="ann").contradictions == ()
    (found,) = kb.add(CAT, (0.0, 0.9), source="bob").contradictions
    assert str(found.statement) == CAT
    assert kb.add(CAT, (0.0, 0.9), source="eve").contradictions == ()

    kb.add("(--> sam dog)", (1.0, 0.9))
    kb.add("(--> dog loud)", (1.0, 0.4))
    kb.keep(kb.infer("(--> sam loud)")[0])
    assert kb.add("(--> sam loud)", (0.0, 0.9)).contradictions == ()
    (above,) = kb.add("(--> dog loud)", (1.0, 0.9)).contradictions
    assert str(above.statement) == "(--> sam loud)"


def test_an_evaluation_tells_a_contradiction_with_what_was_kept(kb: Atomspace) -> None:
    tame(kb)
    assert kb.evaluate("!(derive (--> tom cat))").error is None
    done = kb.evaluate("!(believe (--> tom tame) (stv 0.0 0.9))", source="bob")
    assert [str(c.statement) for c in done.contradictions] == ["(--> tom tame)"]
    assert len(done.contradictions[0].kept_for) == 1


@pytest.mark.parametrize("turned", [False, True])
def test_what_has_no_truth_value_contradicts_what_is_said_of_its_negation(
    kb: Atomspace, turned: bool
) -> None:
    stored, said = (f"(¬ {CAT})", CAT) if turned else (CAT, f"(¬ {CAT})")
    kb.add(stored, source="ann")
    belief = kb.add(said, (1.0, 0.9), source="bob")
    (found,) = belief.contradictions
    assert [one.source for one in found.speaking_for] == ["bob" if turned else "ann"]
    assert [one.source for one in found.speaking_against] == ["ann" if turned else "bob"]
    assert [str(one.statement) for one in kb.contradictions()] == [CAT]


def test_contradictions_about_a_symbol_are_those_of_statements_that_hold_it(kb: Atomspace) -> None:
    for statement in (CAT, "(--> (x ann tom) like)", "(--> ann cat)"):
        kb.add(statement, (1.0, 0.9), source="ann")
        kb.add(statement, (0.0, 0.9), source="bob")
    of_tom = kb.contradictions("tom")
    assert [str(one.statement) for one in of_tom] == [CAT, "(--> (x ann tom) like)"]
    assert kb.contradictions("tim") == []


ILL = "(--> tom ([] ill))"
WEEK, DAY = f"(at {ILL} 2026-03-02 2026-03-06)", f"(at {ILL} 2026-03-04 2026-03-04)"


@pytest.mark.parametrize(
    ("other", "truth"),
    [
        (DAY, 0.0),
        (f"(at (¬ {ILL}) 2026-03-04 2026-03-04)", 1.0),
        (f"(¬ {DAY})", 1.0),
        (f"(at {ILL} 2026-03-06 2026-03-20)", 0.0),
    ],
)
def test_what_is_said_of_overlapping_times_is_listed_as_long_as_it_contradicts(
    kb: Atomspace, other: str, truth: float
) -> None:
    kb.add(WEEK, (1.0, 0.9), source="ann")
    kb.add(f"(at {ILL} 2026-03-07 2026-03-08)", (0.0, 0.9), source="ann")
    assert kb.contradictions() == []
    kb.add(other, (truth, 0.9), source="bob")
    found = [one for one in kb.contradictions() if one.speaking_against[0].source == "bob"]
    (one,) = found
    assert [(d.rule, str(*d.premises)) for d in one.kept_for] == [("sub-interval", WEEK)]
    assert kb.contradictions(other) == found
    assert kb.contradictions(WEEK) == found
    assert found[0] in kb.contradictions("tom")
    assert kb.contradictions(f"(at {ILL} 2026-03-07 2026-03-08)") == []
    kb.retire("ann")
    assert kb.contradictions() == []


@pytest.mark.parametrize(("day", "f"), [("2026-03-09", 0.0), ("2026-03-04", 0.6)])
def test_times_apart_and_doubts_do_not_contradict(kb: Atomspace, day: str, f: float) -> None:
    kb.add(WEEK, (1.0, 0.9))
    kb.add(f"(at {ILL} {day} {day})", (f, 0.9))
    assert kb.contradictions() == []


def test_every_time_that_contradicts_another_is_told(kb: Atomspace) -> None:
    kb.add(WEEK, (1.0, 0.9))
    kb.add(f"(at {ILL} 2026-03-01 2026-03-31)", (1.0, 0.8), source="ann")
    kb.add(DAY, (0.0, 0.9), source="bob")
    (found,) = kb.contradictions()
    assert len({d.id for d in found.kept_for}) == len(found.kept_for) == 2
    done = kb.evaluate("!(contradictions)")
    assert str(done.results[0]).count("(kept sub-interval (at") == 2


def test_where_nobody_says_otherwise_what_was_said_is_not_read(kb: Atomspace) -> None:
    read_through: list[Atom] = []

    class Noting(Reader):
        def bounds(
            self, statement: Atom, least: float, *, turned: bool
        ) -> tuple[float, float] | None:
            read_through.append(statement)
            return super().bounds(statement, least, turned=turned)

    reader, cat = Noting(kb.database), read(CAT)
    for c in (0.9, 0.8, 0.4):
        kb.add(CAT, (1.0, c))
        kb.add(CAT, (0.0, 0.4))  # unsure, so it contradicts nothing
        assert contradiction(reader, cat) is None
    assert read_through == []
    kb.add(CAT, (0.5, 0.5))
    assert contradiction(reader, cat) is not None
    assert read_through == [cat]
