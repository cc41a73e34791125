from __future__ import annotations

import pytest

from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import read
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import from_atom
from mettaclaw.reasoning.operations import OPERATIONS
from tests.reasoning.conftest import Tell

RUN = {operation.name: operation.run for operation in OPERATIONS}


def call(store: AtomStore, text: str) -> list[str]:
    name, *arguments = read(text).children  # pyright: ignore
    return [str(atom) for atom in RUN[str(name)](store, tuple(arguments))]  # pyright: ignore


def test_the_operations_are_declared() -> None:
    assert list(RUN) == ["|-", "infer", "derive", "why"]
    assert all(operation.doc.startswith(f"({operation.name} ") for operation in OPERATIONS)


def test_conclusions_are_statement_truth_and_rule(tell: Tell) -> None:
    given = "(|- ((--> tom cat) (stv 1.0 0.9)) ((--> cat animal) (stv 1 0.9)))"
    assert call(tell(), given)[0] == "((--> tom animal) (stv 1.0 0.81) deduction)"


def test_what_follows_the_truth_of_a_premise_is_ignored(tell: Tell) -> None:
    given = '(|- (a (stv 1.0 0.9) deduction "words") ((==> a b) (stv 1.0 0.9) (1 2)))'
    assert call(tell(), given) == ["(b (stv 1.0 0.81) conditional-deduction)"]


def test_one_premise_may_be_given(tell: Tell) -> None:
    assert call(tell(), "(|- ((¬ a) (stv 1.0 0.9)))") == ["(a (stv 0.0 0.9) negation)"]


def test_premises_that_are_known_need_no_truth(tell: Tell) -> None:
    store = tell("(--> tom cat)", ("(--> cat animal)", (0.5, 0.9)))
    found = call(store, "(|- (--> tom cat) (--> cat animal))")
    assert "((--> tom animal) (stv 0.5 0.405) deduction)" in found


def test_a_belief_is_not_revised_with_itself(tell: Tell) -> None:
    store = tell("(--> tom cat)")
    assert call(store, "(|- (--> tom cat) (--> tom cat))") == []
    other = call(store, "(|- (--> tom cat) ((--> tom cat) (stv 1.0 0.9)))")
    assert [line.split(" ")[-1] for line in other] == ["revision)"]


def test_inference_gives_statement_truth_tier_and_proof(tell: Tell) -> None:
    store = tell("(--> tom cat)", "(--> cat animal)")
    (found,) = call(store, "(infer (--> tom animal))")
    assert found.startswith("((--> tom animal) (stv 1.0 0.81) ACT (proof (--> tom animal) ")
    proof = from_atom(read(found).children[3])  # pyright: ignore
    assert [e.words for e in proof.leaves()] == [
        "they said (--> tom cat)",
        "they said (--> cat animal)",
    ]


def test_inference_that_fails_says_what_it_needs(tell: Tell) -> None:
    assert call(tell("(--> cat animal)"), "(infer (--> tom animal))") == [
        "(unknown (--> tom animal) (need (--> tom cat)))"
    ]
    assert call(tell(), "(infer (--> tom animal))") == ["(unknown (--> tom animal))"]


def test_very_many_answers_give_the_best_that_fit(tell: Tell) -> None:
    store = tell(*(f"(--> {'long' * 50}{i} cat)" for i in range(120)))
    found = call(store, "(infer (--> $who cat))")
    assert 10 < len(found) < 100
    assert sum(map(len, found)) <= 40_000


def test_why_gives_a_proof_or_says_that_it_is_unknown(tell: Tell) -> None:
    store = tell("(--> tom cat)")
    assert call(store, "(why (--> tom cat))")[0].startswith("(proof (--> tom cat) (stv 1.0 0.9) s")
    assert call(store, "(why (--> tom dog))") == ["(unknown (--> tom dog))"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("(|-)", r"one or two premises, not 0; write \(\|- "),
        ("(|- a b c)", "not 3"),
        ("(|- (--> tom cat) (--> cat animal))", r"&kb holds no `\(--> tom cat\)`"),
        ("(|- ((--> tom cat) (stv 1.0)) a)", "is no truth value"),
        ("(|- ((--> tom cat) (stv 2.0 0.9)) a)", r"not in \[0, 1\]"),
        ("(infer)", r"write \(infer "),
        ("(infer a b)", "not 2"),
        ("(infer $x)", "names nothing"),
        ("(why)", r"write \(why "),
    ],
)
def test_wrong_arguments_are_told_the_right_form(tell: Tell, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        call(tell(), text)
