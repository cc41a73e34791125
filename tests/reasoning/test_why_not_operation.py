"""``(why-not STATEMENT)`` in MeTTa text: the same, but for the words that were forgotten."""

from __future__ import annotations

import pytest

from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import from_atom
from mettaclaw.reasoning.operations import OPERATIONS
from mettaclaw.ui import pictures
from tests.reasoning.conftest import Tell
from tests.reasoning.rejections import BIRD, EXCEPTION, FLIES, NO, PENGUIN, PINGU, SAID, of

RUN = {operation.name: operation.run for operation in OPERATIONS}


def call(store: AtomStore, statement: str) -> list[Atom]:
    return list(RUN["why-not"](store, (read(statement),)))  # pyright: ignore[reportArgumentType]


def test_in_metta_what_was_rejected_has_reason_words_and_proof(tell: Tell) -> None:
    store = tell(PINGU, PENGUIN, BIRD, (EXCEPTION, NO))
    first, *_ = call(store, FLIES)
    sign, reason, words, proof = first.children  # pyright: ignore
    assert (str(sign), str(reason)) == ("rejected", "general")
    assert "(--> pingu penguin)" in words.value  # pyright: ignore
    assert from_atom(proof).to_atom() == proof  # pyright: ignore
    assert pictures.best_proof([first]) is None, "what was rejected is no proof to show"


def test_in_metta_what_is_needed_follows(tell: Tell) -> None:
    found = [str(atom) for atom in call(tell("(--> tom cat)"), "(--> tom animal)")]
    assert found[-1] == "(need (--> cat animal))"
    assert found[0].startswith("(rejected missing ")
    assert [str(atom) for atom in call(tell(), "p")] == ["(unknown p)"]
    with pytest.raises(UsageError, match="takes one statement"):
        list(RUN["why-not"](tell(), ()))  # pyright: ignore[reportArgumentType]


def test_an_evaluation_may_ask(kb: Atomspace) -> None:
    for fact, value in ((PINGU, SAID), (PENGUIN, SAID), (BIRD, SAID), (EXCEPTION, NO)):
        kb.add(fact, value)
    done = kb.evaluate(f"!(why-not {FLIES})")
    assert done.error is None
    assert str(done.results[0][0]).startswith("(rejected general ")


def test_an_evaluation_is_told_what_was_taken_back_as_python_is(kb: Atomspace) -> None:
    kb.add(PINGU, SAID, source="ann")
    kb.add(EXCEPTION, NO, source="sam", time="2026-11-16T12:00")
    kb.retire("sam")
    then = kb.history()[0].time
    kb.add(PENGUIN, SAID, source="bob")
    for known, asked in (
        (kb, f"(why-not {FLIES})"),
        (kb.as_of(then), f"(as-of {then!r} (why-not {FLIES}))"),
    ):
        expected = of(known.why_not(FLIES), "retired")
        assert expected, "there is one to tell"
        done = kb.evaluate(f"!{asked}")
        assert done.error is None
        (results,) = done.results
        told = [one.children[2:] for one in results if str(one).startswith("(rejected retired ")]  # pyright: ignore
        assert [(words.value, str(proof)) for words, proof in told] == [  # pyright: ignore
            (one.words, str(one.proof.to_atom())) for one in expected
        ]


def test_in_metta_no_words_are_told_of_what_was_forgotten(kb: Atomspace) -> None:
    kb.add(EXCEPTION, NO, source="sam", words="a secret of penguins")
    kb.add(PINGU, SAID, source="ann", words="no secret")
    kb.remove(EXCEPTION)
    for statement in (EXCEPTION, FLIES):
        assert "a secret" in str(kb.why_not(statement).rejected[0].proof)
        text = " ".join(str(atom) for atom in call(kb.store, statement))
        assert "retired" in text
        assert "sam said it" in text
        assert "a secret" not in text
