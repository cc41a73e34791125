"""The zygote is replaced when it dies, and ends when nobody needs it; nothing is done twice."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.errors import EvaluationError
from mettaclaw.evaluator import Evaluator, Limits, parent, process
from tests.evaluator.conftest import Bench
from tests.evaluator.processes import wait_for, zygote_pid


def test_a_zygote_that_died_is_replaced(bench: Bench) -> None:
    assert bench.text("!(+ 1 2)") == "3"
    os.kill(zygote_pid(bench), signal.SIGKILL)
    assert bench.text("!(+ 1 2)") == "3"


def test_a_zygote_that_dies_in_the_middle_is_replaced_and_the_evaluation_done_again(
    bench: Bench,
) -> None:
    assert bench.text("!(+ 1 2)") == "3"
    pid = zygote_pid(bench)
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
        pid = zygote_pid(bench)
        os.kill(pid, signal.SIGSTOP)
        state = [(read(f"(n {i} {'x' * 20})"), None) for i in range(pending)]
        evaluation = bench.evaluator.evaluate("!(+ 1 2)", pending=state)
        assert [[str(atom) for atom in form] for form in evaluation.results] == [["3"]]
        assert zygote_pid(bench) != pid
        assert not _alive(pid)


def test_a_zygote_that_works_is_not_replaced_for_being_slow(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bench.text("!(+ 1 2)") == "3"
    pid = zygote_pid(bench)
    monkeypatch.setattr(parent, "ANSWER_S", 0.1)
    assert bench.texts("!(doze)") == [[]]
    assert zygote_pid(bench) == pid


def test_zygotes_that_are_stopped_again_and_again_are_an_error_that_says_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parent, "ANSWER_S", 0.2)
    real, stopped_ones = process.Zygote.child, list[int]()

    def stopped(zygote: process.Zygote, *arguments: Callable[[], bool]) -> process.Child:
        real(zygote, *arguments).close()
        pid = zygote_pid(bench)
        os.kill(pid, signal.SIGSTOP)
        os.waitpid(pid, os.WUNTRACED)
        stopped_ones.append(pid)
        return real(zygote, *arguments)

    monkeypatch.setattr(process.Zygote, "child", stopped)
    error = bench.run("!(+ 1 2)").error
    assert len(set(stopped_ones)) == 2
    assert isinstance(error, EvaluationError)
    assert "did not answer within 0.2 s" in str(error)
    monkeypatch.undo()
    assert bench.text("!(+ 1 2)") == "3"


def test_an_evaluation_that_waits_for_the_start_can_be_cancelled(bench: Bench) -> None:
    bench.evaluator._zygote.close()
    bench.evaluator.warm()
    pid = zygote_pid(bench)
    os.kill(pid, signal.SIGSTOP)
    found: list[Exception | None] = []
    threads = [
        threading.Thread(target=lambda: found.append(bench.run("!(+ 1 2)").error)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(bench.evaluator._running) == len(threads))
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
        os.kill(zygote_pid(bench), signal.SIGKILL)
        time.sleep(0.2)
        return []

    evaluation = bench.evaluator.evaluate("!(kill)", host={"kill": kill})
    assert isinstance(evaluation.error, EvaluationError)
    assert "from outside" in str(evaluation.error)
    assert calls == [1]
    assert bench.text("!(+ 1 2)") == "3"


def test_ctrl_c_does_not_reach_the_zygote(bench: Bench) -> None:
    assert bench.text("!(+ 1 2)") == "3"
    pid = zygote_pid(bench)
    assert os.getpgid(pid) != os.getpgid(0)
    os.kill(pid, signal.SIGINT)
    assert bench.text("!(+ 1 2)") == "3"
    assert zygote_pid(bench) == pid


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
    wait_for(lambda: not _alive(pid))


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
    served: list[int] = []
    for _ in range(2):
        child = zygote.child()
        assert child.zygote is not None
        assert child.engaged(30)
        served.append(child.zygote.pid)
        child.close()
        zygote.close()
        assert not _alive(served[-1])
    assert len(set(served)) == 2


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


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
