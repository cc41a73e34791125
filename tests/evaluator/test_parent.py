"""The evaluator's processes: host operations, threads, cancelling, dying, and lying children."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol, read
from mettaclaw.errors import EvaluationError, LimitError, UsageError
from mettaclaw.evaluator import Evaluator, Limits, parent, process, wire
from tests.evaluator.conftest import Bench


def _zygote_pid(bench: Bench) -> int:
    running = bench.evaluator._zygote._process
    assert running is not None
    return running.pid


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


# --- processes ---


def test_a_zygote_that_died_is_replaced(bench: Bench) -> None:
    assert bench.text("!(+ 1 2)") == "3"
    os.kill(_zygote_pid(bench), signal.SIGKILL)
    assert bench.text("!(+ 1 2)") == "3"


def test_a_zygote_that_dies_in_the_middle_is_replaced_and_the_evaluation_done_again(
    bench: Bench,
) -> None:
    assert bench.text("!(+ 1 2)") == "3"
    pid = _zygote_pid(bench)
    threading.Timer(0.3, lambda: os.kill(pid, signal.SIGKILL)).start()
    evaluation = bench.run("!(+ 1 1) !(doze) !(+ 2 2)", Limits(seconds=10))
    assert evaluation.error is None
    assert [[str(atom) for atom in form] for form in evaluation.results] == [["2"], [], ["4"]]


def test_a_zygote_that_is_stopped_is_replaced(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parent, "ANSWER_S", 0.3)
    for pending in (1, 5_000):  # what waits in the socket, and what does not fit into it
        assert bench.text("!(+ 1 2)") == "3"
        pid = _zygote_pid(bench)
        os.kill(pid, signal.SIGSTOP)
        state = [(read(f"(n {i} {'x' * 20})"), None) for i in range(pending)]
        evaluation = bench.evaluator.evaluate("!(+ 1 2)", pending=state)
        assert [[str(atom) for atom in form] for form in evaluation.results] == [["3"]]
        assert _zygote_pid(bench) != pid
        assert not _alive(pid)


def test_a_zygote_that_works_is_not_replaced_for_being_slow(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bench.text("!(+ 1 2)") == "3"
    pid = _zygote_pid(bench)
    monkeypatch.setattr(parent, "ANSWER_S", 0.1)
    assert bench.texts("!(doze)") == [[]]
    assert _zygote_pid(bench) == pid


def test_zygotes_that_are_stopped_again_and_again_are_an_error_that_says_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parent, "ANSWER_S", 0.2)
    real = process.Zygote.child

    def stopped(zygote: process.Zygote, *arguments: Callable[[], bool]) -> process.Child:
        real(zygote, *arguments).close()
        os.kill(_zygote_pid(bench), signal.SIGSTOP)
        return real(zygote, *arguments)

    monkeypatch.setattr(process.Zygote, "child", stopped)
    error = bench.run("!(+ 1 2)").error
    assert isinstance(error, EvaluationError)
    assert "did not answer within 0.2 s" in str(error)
    monkeypatch.undo()
    assert bench.text("!(+ 1 2)") == "3"


def test_an_evaluation_that_waits_for_the_start_can_be_cancelled(bench: Bench) -> None:
    bench.evaluator._zygote.close()
    bench.evaluator.warm()
    pid = _zygote_pid(bench)
    os.kill(pid, signal.SIGSTOP)
    found: list[Exception | None] = []
    threads = [
        threading.Thread(target=lambda: found.append(bench.run("!(+ 1 2)").error)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    _wait_for(lambda: len(bench.evaluator._running) == len(threads))
    bench.evaluator.cancel()
    for thread in threads:
        thread.join(20)
    assert [str(error) for error in found] == [
        "the evaluation was cancelled; nothing was changed"
    ] * len(threads)
    os.kill(pid, signal.SIGCONT)
    assert bench.text("!(+ 1 2)") == "3"


def test_what_keeps_the_zygote_from_starting_is_an_error_of_ours(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.evaluator._zygote.close()
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    error = bench.run("!(+ 1 2)").error
    assert isinstance(error, EvaluationError)
    assert "cannot start: No such file" in str(error)
    with pytest.raises(EvaluationError, match="cannot start"):
        bench.evaluator.warm()
    monkeypatch.undo()
    assert bench.text("!(+ 1 2)") == "3"


def test_what_the_host_has_done_is_not_done_again(bench: Bench) -> None:
    calls: list[object] = []

    def kill(_: tuple[Atom, ...]) -> list[Atom]:
        calls.append(1)
        os.kill(_zygote_pid(bench), signal.SIGKILL)
        time.sleep(0.2)
        return []

    evaluation = bench.evaluator.evaluate("!(kill)", host={"kill": kill})
    assert isinstance(evaluation.error, EvaluationError)
    assert "from outside" in str(evaluation.error)
    assert calls == [1]
    assert bench.text("!(+ 1 2)") == "3"


def test_ctrl_c_does_not_reach_the_zygote(bench: Bench) -> None:
    assert bench.text("!(+ 1 2)") == "3"
    pid = _zygote_pid(bench)
    assert os.getpgid(pid) != os.getpgid(0)
    os.kill(pid, signal.SIGINT)
    assert bench.text("!(+ 1 2)") == "3"
    assert _zygote_pid(bench) == pid


def test_the_zygote_ends_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import sys, os, signal\n"
        "from pathlib import Path\n"
        "from mettaclaw.storage import Database\n"
        "from mettaclaw.evaluator import Evaluator\n"
        f"path = Path({str(tmp_path)!r}) / 'claw.db'\n"
        "Database.open(path)\n"
        "evaluator = Evaluator(path)\n"
        "assert evaluator.evaluate('!(+ 1 2)').error is None\n"
        "print(evaluator._zygote._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    pid = int(done.stdout)
    _wait_for(lambda: not _alive(pid))


def test_an_idle_zygote_ends_and_a_busy_one_goes_on() -> None:
    ours, theirs = socket.socketpair()
    script = (
        "import sys; from mettaclaw.evaluator import zygote; zygote.LINGER_S = 0.6;"
        "zygote.main(sys.argv[1:])"
    )
    with theirs:
        running = subprocess.Popen(
            [sys.executable, "-c", script, str(theirs.fileno())], pass_fds=[theirs.fileno()]
        )
    with ours, running:
        assert ours.recv(1) == b"R"
        ours.sendall(b"I")
        time.sleep(0.3)
        talk, talk_child = socket.socketpair()
        lifeline, lifeline_zygote = socket.socketpair()
        with talk, lifeline, talk_child, lifeline_zygote:
            socket.send_fds(ours, [b"E"], [talk_child.fileno(), lifeline_zygote.fileno()])
            time.sleep(1)
            assert running.poll() is None  # it was asked for something: idle no more
        ours.sendall(b"I")
        assert running.wait(30) == 0


def test_a_zygote_that_was_closed_starts_again() -> None:
    zygote = process.Zygote(())
    zygote.child().close()
    zygote.close()
    zygote.child().close()
    zygote.close()


def test_closing_the_last_evaluator_lets_the_zygote_go_and_opening_keeps_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go: list[int] = []
    monkeypatch.setattr(process.Zygote, "idle", lambda _: let_go.append(1))
    providers = ("tests.evaluator.provider", "tests.evaluator.provider")
    one = Evaluator(bench.database.path, providers)
    two = Evaluator(bench.database.path, providers)
    assert one._zygote is two._zygote
    one.close()
    assert let_go == []
    two.close()
    assert let_go == [1]


def test_an_evaluator_that_cannot_start_says_why(bench: Bench) -> None:
    with Evaluator(bench.database.path, providers=("no.such.module",)) as evaluator:
        evaluation = evaluator.evaluate("!(+ 1 2)")
    assert isinstance(evaluation.error, EvaluationError)
    assert "No module named" in str(evaluation.error)
    assert "doctor" in str(evaluation.error)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_no_child_stays_behind(bench: Bench) -> None:
    assert bench.text("!(+ 1 2)") == "3"
    bench.run("(= (f) (f)) !(f)", Limits(seconds=0.2))
    pid = _zygote_pid(bench)
    _wait_for(lambda: len(_children(pid)) <= 1)  # the spare


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_next_child_is_ready_while_one_still_works(bench: Bench) -> None:
    assert bench.text("!(+ 1 2)") == "3"
    zygote = _zygote_pid(bench)
    _spare(zygote)
    found: list[int] = []

    def look(_: tuple[Atom, ...]) -> list[Atom]:
        _wait_for(lambda: len(_children(zygote)) == 2)
        found.append(len(_children(zygote)))
        return []

    assert bench.evaluator.evaluate("!(look)", host={"look": look}).error is None
    assert found == [2]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_spare_that_dies_is_replaced_when_it_is_needed(bench: Bench) -> None:
    for _ in range(3):
        assert bench.text("!(+ 1 2)") == "3"
        zygote = _zygote_pid(bench)
        os.kill(int(_spare(zygote)), signal.SIGKILL)
        time.sleep(0.1)
        assert _children(zygote) == []  # and it does not try again and again
    assert bench.text("!(+ 1 2)") == "3"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_zygote_keeps_nothing_of_past_evaluations(bench: Bench) -> None:
    def open_descriptors() -> int:
        return len(os.listdir(f"/proc/{_zygote_pid(bench)}/fd"))

    assert bench.text("!(+ 1 2)") == "3"
    _spare(_zygote_pid(bench))
    before = open_descriptors()
    for _ in range(10):
        bench.run("!(+ 1 2)")
        bench.run("!(crash)")
    _spare(_zygote_pid(bench))
    assert open_descriptors() <= before


# --- a child that was taken over ---


def _liar(*answers: bytes) -> Callable[..., process.Child]:
    """In the place of a zygote: a child that says whatever it likes."""

    def child(*_: object) -> process.Child:
        ours, theirs = socket.socketpair()
        lifeline, other = socket.socketpair()

        def speak() -> None:
            with theirs, other, contextlib.suppress(OSError):
                for answer in answers:
                    theirs.sendall(answer)
                theirs.shutdown(socket.SHUT_WR)
                while theirs.recv(65_536):
                    pass

        threading.Thread(target=speak, daemon=True).start()
        return process.Child(ours, lifeline)

    return child


STARTED = wire.frame({"forms": []})
END = {"forms": [], "end": True, "error": None, "changes": [], "notes": [], "output": ""}
LIES = {
    "no frame": [b"\xff\xff\xff\xff" * 4],
    "no JSON": [STARTED, (5).to_bytes(4, "big") + b"hello"],
    "deep JSON": [STARTED, (100_000).to_bytes(4, "big") + b"[" * 100_000],
    "no object": [STARTED, (2).to_bytes(4, "big") + b"[]"],
    "an unknown message": [STARTED, wire.frame({"surprise": 1})],
    "a result that is no atom": [STARTED, wire.frame({"forms": [["(a b"]]})],
    "a result that is no text": [STARTED, wire.frame({"forms": [[1]]})],
    "too many results": [STARTED, wire.frame({"forms": [["a"] * 5_000]})],
    "a host operation that was not offered": [
        STARTED,
        wire.frame({"host": "shell", "arguments": ['"id"']}),
    ],
    "a change that is none": [STARTED, wire.frame({**END, "changes": [["drop", "a", None, None]]})],
    "a truth that is none": [
        STARTED,
        wire.frame({**END, "changes": [["believe", "a", [2.0, 0.9], None]]}),
    ],
    "an error that is none": [STARTED, wire.frame({**END, "error": "boom"})],
    "an end without anything": [STARTED, wire.frame({"forms": [], "end": True})],
    "nothing after the start": [STARTED],
}


@pytest.mark.parametrize("answers", LIES.values(), ids=LIES.keys())
def test_what_a_child_makes_up_is_an_error_without_changes(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, answers: list[bytes]
) -> None:
    monkeypatch.setattr(parent, "GRACE_S", 0.2)
    monkeypatch.setattr(bench.evaluator._zygote, "child", _liar(*answers))
    evaluation = bench.evaluator.evaluate("!(+ 1 2)")
    assert isinstance(evaluation.error, EvaluationError | LimitError)
    assert evaluation.changes == ()


def test_a_child_that_stops_its_own_clock_is_ended(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parent, "GRACE_S", 0.2)
    read_end, write_end = socket.socketpair()

    def silent(*_: object) -> process.Child:
        write_end.sendall(STARTED)
        return process.Child(read_end, socket.socketpair()[0])

    monkeypatch.setattr(bench.evaluator._zygote, "child", silent)
    evaluation = bench.evaluator.evaluate("!(+ 1 2)", limits=Limits(seconds=0.2))
    assert isinstance(evaluation.error, LimitError)
    assert evaluation.error.limit == "time"
    write_end.close()


def _wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _spare(zygote: int) -> str:
    """The child that is there when all others are gone, and stays."""
    end = time.monotonic() + 10
    while True:
        before = _children(zygote)
        time.sleep(0.2)
        if len(before) == 1 and _children(zygote) == before:
            return before[0]
        assert time.monotonic() < end
