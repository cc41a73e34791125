"""Processes that write until they are killed, started quickly one after the other.

``Launcher`` is a process that has everything imported and forks a writer on request. Writer and
launcher share one pipe: what a writer acknowledged stands before the launcher's word that it is
dead.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from types import TracebackType

from tests.storage.processes import start

_SCRIPT = """
import os, signal, sys, traceback
from mettaclaw.atomspace import Atomspace
from tests.durability import work

for line in sys.stdin:
    name, *args = line.split()
    pid = os.fork()
    if pid == 0:
        try:
            getattr(work, name)(*args)
        except BaseException:
            traceback.print_exc()
            os.write(1, b"failed 0\\n")
        while True:  # only a kill ends it, so that its id is never another process's
            signal.pause()
    os.write(1, f"pid {pid}\\n".encode())
    status = os.waitpid(pid, 0)[1]
    os.write(1, f"dead {status}\\n".encode())
"""


class Launcher:
    """Starts writers of ``work`` and kills them."""

    def __init__(self) -> None:
        self._process = start(_SCRIPT)

    def __enter__(self) -> Launcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        if kind is not None:
            self._process.kill()
        _, err = self._process.communicate(timeout=60)
        assert kind is not None or self._process.returncode == 0, err

    def kill_after(
        self, delay_s: float, name: str, *args: Path | str, at_work: bool = False
    ) -> list[int]:
        """Start a function of ``work`` and end it with ``kill -9`` that many seconds later.

        With ``at_work`` the seconds count from its first acknowledgement. Returns what it
        acknowledged before it died.
        """
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        assert pipe_in is not None
        assert pipe_out is not None
        pipe_in.write(" ".join([name, *map(str, args)]) + "\n")
        pipe_in.flush()
        begun = time.monotonic()
        lines = iter(pipe_out.readline, "")
        acknowledged: list[int] = []
        pid: int | None = None
        for word, number in map(str.split, lines):
            assert word != "failed", "the writer failed; its traceback is on standard error"
            if word == "dead":
                assert os.WTERMSIG(int(number)) == signal.SIGKILL
                return acknowledged
            if word == "ack":
                acknowledged.append(int(number))
                begun = time.monotonic() if at_work and len(acknowledged) == 1 else begun
            if word == "pid":
                pid = int(number)
            if pid is not None and (acknowledged or not at_work):
                time.sleep(max(0.0, delay_s - (time.monotonic() - begun)))
                os.kill(pid, signal.SIGKILL)
                pid = None
        raise AssertionError("the launcher has ended")
