"""Children: the next is ready, none stays behind, and what one makes up is not believed."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mettaclaw.atoms.syntax import Atom
from mettaclaw.errors import EvaluationError, LimitError
from mettaclaw.evaluator import Limits, parent, process, wire
from tests.evaluator.conftest import Bench
from tests.evaluator.processes import wait_for, zygote_pid

# --- children that come and go ---


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_no_child_stays_behind(bench: Bench) -> None:
    assert bench.text("!(+ 1 2)") == "3"
    bench.run("(= (f) (f)) !(f)", Limits(seconds=0.2))
    pid = zygote_pid(bench)
    wait_for(lambda: len(_children(pid)) <= 1)  # the spare


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_next_child_is_ready_while_one_still_works(bench: Bench) -> None:
    assert bench.text("!(+ 1 2)") == "3"
    zygote = zygote_pid(bench)
    _spare(zygote)
    found: list[int] = []

    def look(_: tuple[Atom, ...]) -> list[Atom]:
        wait_for(lambda: len(_children(zygote)) == 2)
        found.append(len(_children(zygote)))
        return []

    assert bench.evaluator.evaluate("!(look)", host={"look": look}).error is None
    assert found == [2]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_spare_that_dies_is_replaced_when_it_is_needed(bench: Bench) -> None:
    for _ in range(3):
        assert bench.text("!(+ 1 2)") == "3"
        zygote = zygote_pid(bench)
        os.kill(int(_spare(zygote)), signal.SIGKILL)
        time.sleep(0.1)
        assert _children(zygote) == []  # and it does not try again and again
    assert bench.text("!(+ 1 2)") == "3"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_zygote_keeps_nothing_of_past_evaluations(bench: Bench) -> None:
    def open_descriptors() -> int:
        return len(os.listdir(f"/proc/{zygote_pid(bench)}/fd"))

    assert bench.text("!(+ 1 2)") == "3"
    _spare(zygote_pid(bench))
    before = open_descriptors()
    for _ in range(10):
        bench.run("!(+ 1 2)")
        bench.run("!(crash)")
    _spare(zygote_pid(bench))
    assert open_descriptors() <= before


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
    monkeypatch.setattr(process.Zygote, "child", _liar(*answers))
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

    monkeypatch.setattr(process.Zygote, "child", silent)
    evaluation = bench.evaluator.evaluate("!(+ 1 2)", limits=Limits(seconds=0.2))
    assert isinstance(evaluation.error, LimitError)
    assert evaluation.error.limit == "time"
    write_end.close()
