"""Reading and changing in one evaluation is one step, whoever evaluates beside it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mettaclaw.atoms.syntax import Atom, Symbol
from mettaclaw.atomspace import Atomspace
from mettaclaw.evaluator import process

INCREMENT = (
    "!(match &kb (counter $n) (let $m (+ $n 1)"
    " (let () (remove-atom &kb (counter $n)) (add-atom &kb (counter $m)))))"
)
WORK = f"""
import sys
from mettaclaw import Atomspace
with Atomspace.open(sys.argv[1]) as kb:
    for _ in range(8):
        assert kb.evaluate({INCREMENT!r}).error is None
"""


@pytest.fixture(scope="module", autouse=True)
def _no_process_stays() -> Iterator[None]:
    yield
    process.close_all()


def increment(kb: Atomspace, times: int) -> None:
    for _ in range(times):
        assert kb.evaluate(INCREMENT).error is None


def counted(kb: Atomspace) -> list[str]:
    return [str(found["$n"]) for found in kb.match("(counter $n)")]


def test_two_threads_that_count_lose_nothing(kb: Atomspace) -> None:
    kb.add("(counter 0)")
    threads = [threading.Thread(target=increment, args=(kb, 15)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted(kb) == ["30"]


def test_two_processes_that_count_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "claw.db"
    with Atomspace.open(path) as kb:
        kb.add("(counter 0)")
        workers = [subprocess.Popen([sys.executable, "-c", WORK, str(path)]) for _ in range(2)]
        assert [worker.wait(120) for worker in workers] == [0, 0]
        assert counted(kb) == ["16"]


def racing(
    kb: Atomspace, change: Callable[[], object]
) -> tuple[list[threading.Thread], dict[str, Callable[[tuple[Atom, ...]], list[Atom]]]]:
    """An operation of the host that lets others change atoms, and its runs."""
    runs: list[threading.Thread] = []

    def race(_arguments: tuple[Atom, ...]) -> list[Atom]:
        thread = threading.Thread(target=change)  # another one, as others are
        runs.append(thread)
        thread.start()
        thread.join(2.0)
        return [Symbol("raced")]

    return runs, {"race": race}


def test_what_others_changed_meanwhile_is_read_again(kb: Atomspace) -> None:
    kb.add("(counter 0)")

    def once() -> None:
        if counted(kb) == ["0"]:
            with kb.transaction():
                kb.remove("(counter 0)")
                kb.add("(counter 10)")

    runs, host = racing(kb, once)
    done = kb.evaluate(f"!(race) {INCREMENT} !(match &kb (counter $n) $n)", host=host)
    assert done.error is None
    assert len(runs) == 2
    assert counted(kb) == ["11"] == [str(atom) for atom in done.results[-1]]


def test_others_wait_in_the_end(kb: Atomspace) -> None:
    kb.add("(counter 0)")
    others = iter(range(100))
    runs, host = racing(kb, lambda: kb.add(f"(other {next(others)})"))
    assert kb.evaluate(f"!(race) {INCREMENT}", host=host).error is None
    assert len(runs) == 5
    runs[-1].join()
    assert counted(kb) == ["1"]


def test_a_transaction_that_has_not_begun_reads_again_and_then_keeps_others_out(
    kb: Atomspace,
) -> None:
    kb.add("(counter 0)")
    changes = iter([lambda: kb.remove("(counter 0)") and kb.add("(counter 10)")])
    runs, host = racing(kb, lambda: next(changes, bool)())
    with kb.database.deferred():
        assert kb.evaluate(f"!(race) {INCREMENT}", host=host).error is None
    assert len(runs) == 2
    assert counted(kb) == ["11"]


def test_an_evaluation_that_changes_nothing_runs_once(kb: Atomspace) -> None:
    others = iter(range(100))
    runs, host = racing(kb, lambda: kb.add(f"(other {next(others)})"))
    assert kb.evaluate("!(race) !(match &kb (other $x) $x)", host=host).error is None
    assert len(runs) == 1


def test_what_is_no_change_of_atoms_lets_nothing_run_again(kb: Atomspace) -> None:
    kb.add("(a b)", (1.0, 0.5), source="ann", words="so it is")

    def same() -> None:
        kb.add("(a b)", (1.0, 0.5), source="ann", words="so it is")

    runs, host = racing(kb, same)
    assert kb.evaluate("!(race) !(add-atom &kb (c))", host=host).error is None
    assert len(runs) == 1


def test_inside_a_transaction_it_runs_once(kb: Atomspace) -> None:
    with kb.transaction():
        kb.add("(counter 0)")
        increment(kb, 3)
        kb.add("(other)")
        increment(kb, 1)
    assert counted(kb) == ["4"]


def test_a_closed_atomspace_is_one_file(tmp_path: Path) -> None:
    for number in range(10):  # only a child that is slow to go would leave the log behind
        with Atomspace.open(tmp_path / f"{number}.db") as kb:
            kb.evaluate("!(add-atom &self (a b))")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{n}.db" for n in range(10)]
