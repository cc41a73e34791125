"""What goes on beside an evaluation: operations of the host and of providers, and cancelling."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol, read
from mettaclaw.errors import EvaluationError, LimitError, UsageError
from mettaclaw.evaluator import Limits
from tests.evaluator.conftest import Bench

# --- operations of the host ---


def test_an_operation_of_the_host_gets_atoms_and_gives_atoms(bench: Bench) -> None:
    asked: list[tuple[Atom, ...]] = []

    def query(arguments: tuple[Atom, ...]) -> Iterator[Atom]:
        asked.append(arguments)
        yield read('(item 1 "Tom \\"the\\" cat")')
        yield read("(item 2 (+ 1 2))")

    evaluation = bench.evaluator.evaluate('!(query "Tom" (k 1))', host={"query": query})
    assert evaluation.error is None
    assert asked == [(String("Tom"), Expression((Symbol("k"), Number(1))))]
    assert sorted(map(str, evaluation.results[0])) == [
        '(item 1 "Tom \\"the\\" cat")',
        "(item 2 (+ 1 2))",
    ]


def test_an_operation_of_the_host_cannot_be_defined_anew(bench: Bench) -> None:
    evaluation = bench.evaluator.evaluate(
        "(= (query $x) mine) !(query 1)", host={"query": lambda _: [Symbol("theirs")]}
    )
    assert "`query` is part of the language" in str(evaluation.error)
    assert bench.text("(= (query $x) mine) !(query 1)") == "mine"


def test_results_of_the_host_can_be_used_further(bench: Bench) -> None:
    evaluation = bench.evaluator.evaluate(
        "!(let (item $n $t) (query x) (add-atom &kb (noted $n $t)))",
        host={"query": lambda _: [read('(item 7 "words")')]},
    )
    assert [str(change.atom) for change in evaluation.changes] == ['(noted 7 "words")']


def test_the_clock_stands_still_while_the_host_works(bench: Bench) -> None:
    def slow(_: tuple[Atom, ...]) -> list[Atom]:
        time.sleep(1.2)
        return [Symbol("done")]

    evaluation = bench.evaluator.evaluate(
        "!(slow) !(+ 1 1)", host={"slow": slow}, limits=Limits(seconds=0.6)
    )
    assert evaluation.error is None
    assert len(evaluation.results) == 2
    hang = bench.evaluator.evaluate(
        "(= (f) (f)) !(slow) !(f)", host={"slow": slow}, limits=Limits(seconds=0.6)
    )
    assert isinstance(hang.error, LimitError)


def test_an_error_of_the_hosts_operation_is_the_evaluations_error(bench: Bench) -> None:
    def refuse(_: tuple[Atom, ...]) -> list[Atom]:
        raise UsageError("there is no such memory; say which")

    evaluation = bench.evaluator.evaluate(
        "!(add-atom &kb (a b)) !(query 1) !(+ 1 1)", host={"query": refuse}
    )
    assert isinstance(evaluation.error, UsageError)
    assert "say which" in str(evaluation.error)
    assert evaluation.changes == ()


def test_a_mistake_in_the_hosts_operation_is_raised_and_harms_nothing(bench: Bench) -> None:
    def broken(_: tuple[Atom, ...]) -> list[Atom]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bench.evaluator.evaluate("!(query)", host={"query": broken})
    assert bench.text("!(+ 1 2)") == "3"


# --- operations of providers ---


def test_an_operation_gets_its_arguments_unevaluated(bench: Bench) -> None:
    assert bench.text("!(echo (+ 1 2) $x)") == "(heard (+ 1 2) $x)"
    assert bench.text("!(let $y (+ 1 2) (echo $y))") == "(heard 3)"
    assert bench.text("!(echo)") == "(heard)"


def test_an_operation_sees_the_evaluations_own_writes(bench: Bench) -> None:
    bench.learn("(--> tom cat)")
    found = bench.texts("!(add-atom &kb (--> rex dog)) !(kinds (--> $x $y))")[1]
    assert sorted(found) == ["(--> rex dog)", "(--> tom cat)"]


def test_errors_of_an_operation_end_the_evaluation(bench: Bench) -> None:
    assert "say please" in str(bench.error("!(refuse)"))
    assert "say please" in str(bench.error("!(collapse (superpose (1 (refuse))))"))
    assert "fault of the operation" in str(bench.error("!(stumble)"))


# --- threads and cancelling ---


def test_many_threads_evaluate_side_by_side(bench: Bench) -> None:
    bench.learn(*(f"(n {i})" for i in range(8)))
    results: dict[int, list[str]] = {}

    def work(number: int) -> None:
        for _ in range(3):
            (found,) = bench.texts(f"!(match &kb (n {number}) (+ {number} 100))")
            results[number] = found

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {i: [str(i + 100)] for i in range(8)}


def test_cancel_ends_what_runs_and_nothing_else(bench: Bench) -> None:
    timer = threading.Timer(0.3, bench.evaluator.cancel)
    timer.start()
    begun = time.monotonic()
    evaluation = bench.run("(= (f) (f)) !(f)", Limits(seconds=30))
    assert time.monotonic() - begun < 10
    assert isinstance(evaluation.error, EvaluationError)
    assert "cancelled" in str(evaluation.error)
    assert bench.text("!(+ 1 2)") == "3"


def test_a_closed_evaluator_says_so(bench: Bench) -> None:
    bench.evaluator.close()
    bench.evaluator.close()
    assert "closed" in str(bench.run("!(+ 1 2)").error)
