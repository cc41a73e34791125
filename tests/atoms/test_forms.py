"""One statement has several forms; what is said once of it is one piece of evidence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mettaclaw.atoms.forms import forms, others
from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import Truth, pool
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError

TAME, NOT_TAME = "(--> tom tame)", "(¬ (--> tom tame))"
WORDS = "Tom is not tame."


@pytest.fixture
def kb() -> Iterator[Atomspace]:
    with Atomspace.open(":memory:") as kb:
        yield kb


def told(kb: Atomspace) -> dict[str, int]:
    return {str(belief.statement): len(belief.stamp) for belief in kb.store.beliefs()}


def test_a_statement_has_its_negations_and_its_other_way_round() -> None:
    found = {str(form): turned for form, turned in forms(read("(not (<-> a b))"))}
    assert found["(<-> a b)"] is False
    assert found["(<-> b a)"] is False
    assert found["(¬ (<-> b a))"] is True
    assert found["(not (not (<-> a b)))"] is False
    assert len(found) == 14
    assert [str(form) for form, _ in forms(read("(--> a b)"))][:2] == ["(--> a b)", "(¬ (--> a b))"]
    assert dict(others(read(NOT_TAME)))[read(TAME)] is True
    assert dict(others(read(NOT_TAME)))[read("(not (--> tom tame))")] is False


@pytest.mark.parametrize(
    ("first", "f", "second", "g"),
    [
        (NOT_TAME, 1.0, TAME, 0.0),
        (TAME, 0.0, NOT_TAME, 1.0),
        (NOT_TAME, 1.0, "(not (--> tom tame))", 1.0),
        ("(<-> tom ann)", 1.0, "(<-> ann tom)", 1.0),
    ],
)
def test_one_saying_counts_once_in_whatever_form(
    kb: Atomspace, first: str, f: float, second: str, g: float
) -> None:
    kb.add(first, (f, 0.9), words=WORDS)
    (before,) = kb.infer(second)
    belief = kb.add(second, (g, 0.9), words=WORDS)
    assert str(belief.statement) == first  # it is there, in this form
    assert told(kb) == {first: 1}
    (after,) = kb.infer(second)
    assert after.truth == before.truth


def test_another_saying_of_the_negation_is_more_evidence(kb: Atomspace) -> None:
    kb.add(TAME, (0.0, 0.9), words=WORDS)
    kb.add(NOT_TAME, (1.0, 0.9), source="vet", words="He is not tame at all.")
    assert told(kb) == {TAME: 1, NOT_TAME: 1}
    (answer,) = kb.infer(TAME)
    assert (answer.truth.f, answer.truth.c) == pytest.approx((0.0, 18 / 19))


def test_the_latest_opinion_stands_whatever_its_form(kb: Atomspace) -> None:
    kb.evaluate(f"!(believe {TAME} (stv 0.9 0.3))", source="model:x")
    kb.evaluate(f"!(believe {NOT_TAME} (stv 0.8 0.3))", source="model:x")
    assert told(kb) == {NOT_TAME: 1}
    kb.evaluate(f"!(believe {NOT_TAME} (stv 0.8 0.3)) !(believe {TAME} (stv 0.9 0.3))", source="me")
    assert told(kb) == {NOT_TAME: 1, TAME: 1}


def test_an_evaluation_shows_the_forms_as_they_are_stored(kb: Atomspace) -> None:
    kb.evaluate(f"!(believe {TAME} (stv 0.9 0.3))", source="me")
    done = kb.evaluate(
        f"!(believe {NOT_TAME} (stv 0.8 0.3)) !(match &kb $x $x) !(truth {TAME})", source="me"
    )
    assert [str(atom) for atom in done.results[1]] == [NOT_TAME]
    assert [str(atom) for atom in done.results[2]] == [f"(unknown {TAME})"]
    assert told(kb) == {NOT_TAME: 1}


def test_what_is_observed_without_words_is_new_each_time(kb: Atomspace) -> None:
    kb.add(TAME, (0.0, 0.5))
    kb.add(NOT_TAME, (1.0, 0.5))
    assert told(kb) == {TAME: 1, NOT_TAME: 1}


def test_the_two_ways_of_a_likeness_contradict_each_other(kb: Atomspace) -> None:
    kb.add("(<-> tom ann)", (1.0, 0.9), source="sam")
    belief = kb.add("(<-> ann tom)", (0.0, 0.9), source="pat")
    assert [str(one.statement) for one in belief.contradictions] == ["(<-> ann tom)"]
    assert len(list(kb.contradictions())) == 1


@pytest.mark.parametrize("negation", [NOT_TAME, "(not (--> tom tame))"])
@pytest.mark.parametrize(("yes", "no"), [(0.9, 0.55), (0.55, 0.9), (0.9, 0.9)])
def test_what_is_said_for_and_against_in_two_forms_is_weighed_together(
    kb: Atomspace, negation: str, yes: float, no: float
) -> None:
    kb.add(TAME, (1.0, yes), source="ann")
    kb.add(negation, (1.0, no), source="bob")
    (answer,) = kb.infer(TAME)
    (against,) = kb.infer(negation)
    pooled = pool([Truth(1.0, yes), Truth(0.0, no)])
    assert (answer.truth.f, answer.truth.c) == pytest.approx((pooled.f, pooled.c))
    assert against.truth.f == pytest.approx(1 - pooled.f)


def test_one_saying_in_two_forms_counts_once_beside_what_is_kept(kb: Atomspace) -> None:
    for link in ("(--> tom pet)", "(--> pet tame)"):
        kb.add(link, (1.0, 0.9))
    kb.keep(kb.infer(TAME)[0])
    kb.add(NOT_TAME, (0.0, 0.8), source="sam", words="w")
    (once,) = kb.infer(TAME)
    kb.add(TAME, (1.0, 0.8), source="sam", words="w")
    (again,) = kb.infer(TAME)
    assert again.truth == once.truth


def test_a_double_negation_is_a_form_too(kb: Atomspace) -> None:
    kb.add(TAME, (1.0, 0.8), source="sam", words="w")
    kb.add(f"(not (not {TAME}))", (1.0, 0.8), source="sam", words="w")
    assert told(kb) == {TAME: 1}


def test_an_opinion_beside_what_the_same_source_said_in_words_is_shown_as_it_is_stored(
    kb: Atomspace,
) -> None:
    kb.add(TAME, (1.0, 0.9), source="user", words="Tom is tame.")
    done = kb.evaluate(f"!(believe {TAME} (stv 0.0 0.9)) !(truth {TAME})", source="user")
    assert str(done.results[1][0]) == str(kb.truth(TAME))


def test_a_removal_beside_an_opinion_of_the_other_form_is_done(kb: Atomspace) -> None:
    kb.add(NOT_TAME, (1.0, 0.9), source="user", words="Tom is not tame.")
    kb.evaluate(f"!(believe {TAME} (stv 0.5 0.9)) !(remove-atom &kb {NOT_TAME})", source="user")
    assert told(kb) == {TAME: 1}


@pytest.mark.parametrize(
    "nothing",
    ["$x", "($x $y)", "($a ($b) $c)", "(¬ $x)", "(∧ $x $y)", "(at $x 1 2)", "(--> $x $y)"],
)
def test_what_names_nothing_cannot_be_stated(kb: Atomspace, nothing: str) -> None:
    with pytest.raises(UsageError, match="names nothing"):
        kb.add(nothing)
    for program in (f"!(add-atom &kb {nothing})", f"!(believe {nothing} (stv 1 0.9))"):
        assert "names nothing" in str(kb.evaluate(program).error)
    assert told(kb) == {}
