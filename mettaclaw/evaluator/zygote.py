"""The zygote: a process with hyperon warm in it that forks once per evaluation.

``python -m mettaclaw.evaluator.zygote FD [PROVIDER ...]`` is started by ``process``; a provider is
a module with ``OPERATIONS``, or ``MODULE?REQUEST``, whose ``provide`` takes the request. It has one
thread and never evaluates. For each byte ``E`` on the control socket FD it gets two sockets: one
goes to a child (``child``), the other is the child's lifeline. The zygote writes to the lifeline
that a child is engaged and, at its end, its wait status and what it said on stderr; when nothing
more can come from the other end, it kills the child. It closes its own end when the child is gone.

A spare child is forked ahead of need: when none is at work, else a moment after the last one began,
so that it takes little from that one and is there for the next. One that is not needed at once
rehearses, which halves the time of its evaluation.

It ends when the control socket is closed or its parent dies; its children die with it. After
``I`` (idle) it ends by itself once no request came for ``LINGER_S``. It ignores Ctrl-C.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.view import Operation
from mettaclaw.evaluator import child, rights
from mettaclaw.evaluator.sandbox import Runner
from mettaclaw.evaluator.wire import ENGAGED, EVALUATE, IDLE, READY

LINGER_S = 10.0
APART_S = 0.003  # from the beginning of an evaluation to the fork of the next spare beside it
CALM_S = 0.01  # for which a spare waits before it rehearses
STDERR_BYTES = 16_384


@dataclass
class _Spare:
    """A child that waits for its evaluation."""

    pid: int
    handoff: socket.socket
    stderr: int

    def close(self) -> None:
        """Close our ends."""
        self.handoff.close()
        os.close(self.stderr)


@dataclass
class _Child:
    """A child that evaluates, or was let go, and was not reaped yet."""

    lifeline: socket.socket
    stderr: int
    is_let_go: bool = False


class Zygote:
    """The loop: fork, reap, kill."""

    def __init__(self, control: socket.socket, runner: Runner, rehearsal: AtomStore) -> None:
        self._control = control
        self._runner = runner
        self._rehearsal = rehearsal
        self._rights = rights.Rights()
        self._spare: _Spare | None = None
        self._engaged = 0.0  # when the last child got to work
        self._barren = False  # there is no spare, and there can be none until one is needed
        self._parent = os.getppid()
        self._children: dict[int, _Child] = {}
        self._deadline: float | None = None
        self._wakeup, write = os.pipe()
        for descriptor in (self._wakeup, write):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, _wake)
        signal.signal(signal.SIGUSR1, _wake)
        rights.end_with_parent(signal.SIGUSR1)  # then the loop looks who the parent is

    def serve(self) -> None:
        """Serve until the parent is gone."""
        self._control.sendall(READY)
        self._breed()
        while os.getppid() == self._parent:
            lifelines = {
                child.lifeline.fileno(): pid
                for pid, child in self._children.items()
                if not child.is_let_go
            }
            for descriptor in self._wait(list(lifelines)):
                if descriptor == self._control.fileno():
                    if not self._command():
                        return
                elif descriptor == self._wakeup:
                    with contextlib.suppress(BlockingIOError):
                        os.read(self._wakeup, 4096)
                elif descriptor in lifelines:
                    self._kill(lifelines[descriptor])
            self._reap()
            if self._breeds_in() == 0.0:
                self._breed()
            if self._deadline is not None and time.monotonic() > self._deadline:
                return

    def end(self) -> None:
        """Kill and reap all children."""
        spare = [self._spare.pid] if self._spare is not None else []
        for pid in [*self._children, *spare]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _wait(self, lifelines: list[int]) -> list[int]:
        watched = [self._control.fileno(), self._wakeup, *lifelines]
        left = None if self._deadline is None else max(0.0, self._deadline - time.monotonic())
        until = self._breeds_in()
        if until is not None and (left is None or until < left):
            left = until
        readable, _, _ = select.select(watched, [], [], left)
        return readable

    def _breeds_in(self) -> float | None:
        """The seconds until a spare child is due; None if it is not."""
        if self._spare is not None or self._barren:
            return None
        return max(0.0, self._engaged + APART_S - time.monotonic()) if self._children else 0.0

    def _command(self) -> bool:
        """Obey one command; False at the end of them."""
        order, descriptors, _, _ = socket.recv_fds(self._control, 1, 2)
        if order == EVALUATE and len(descriptors) == 2:
            self._deadline = None
            self._barren = False
            self._engage(*descriptors)
        elif order == IDLE:
            self._deadline = time.monotonic() + LINGER_S
        return order != b""

    def _engage(self, talk: int, lifeline: int) -> None:
        """Give a talk to the spare child, or to a new one if the spare is gone."""
        for _ in range(2):
            self._breed()
            spare, self._spare = self._spare, None
            if spare is None:
                continue
            try:
                socket.send_fds(spare.handoff, [EVALUATE], [talk])
            except OSError:
                os.kill(spare.pid, signal.SIGKILL)  # not reaped yet, so the id is still its own
                os.waitpid(spare.pid, 0)
                spare.close()
                continue
            spare.handoff.close()
            os.close(talk)
            line = socket.socket(fileno=lifeline)
            self._children[spare.pid] = _Child(line, spare.stderr)
            self._engaged = time.monotonic()
            with contextlib.suppress(OSError):  # nobody waits for it any more
                line.sendall(ENGAGED)
            return
        os.close(talk)
        os.close(lifeline)

    def _breed(self) -> None:
        """Fork a spare child, if there is none."""
        if self._spare is not None:
            return
        ours, theirs = socket.socketpair()
        read, write = os.pipe()
        try:
            pid = os.fork()
        except OSError:  # no memory or too many processes: the next request tries again
            self._barren = True
            for end in (ours, theirs):
                end.close()
            os.close(read)
            os.close(write)
            return
        if pid == 0:
            self._become_child(theirs.fileno(), write)
        theirs.close()
        os.close(write)
        os.set_blocking(read, False)
        self._spare = _Spare(pid, ours, read)

    def _become_child(self, handoff: int, stderr: int) -> NoReturn:
        """In the child: keep only what it needs, wait, evaluate, end without returning."""
        status = 70
        try:
            rights.end_with_parent(signal.SIGKILL)
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGUSR1):
                signal.signal(number, signal.SIG_DFL)
            printed, out = os.pipe()
            os.set_blocking(printed, False)
            kept = [fcntl.fcntl(d, fcntl.F_DUPFD, 64) for d in (out, stderr, handoff, printed)]
            for target, descriptor in enumerate(kept, start=1):
                os.dup2(descriptor, target)
            os.closerange(5, 1_024)
            with socket.socket(fileno=3) as waiting:
                if not select.select([waiting], [], [], CALM_S)[0]:
                    child.rehearse(self._runner, self._rehearsal, 4)
                _, descriptors, _, _ = socket.recv_fds(waiting, 1, 1)
            if descriptors:
                child.serve(descriptors[0], 4, self._runner, self._rights)
            status = 0
        except BaseException:  # noqa: BLE001 - the last boundary: the parent reads it from stderr
            import traceback

            with contextlib.suppress(BaseException):
                os.write(2, traceback.format_exc()[-STDERR_BYTES:].encode())
        finally:
            os._exit(status)

    def _kill(self, pid: int) -> None:
        """End a child that nobody waits for; it is reaped when it is gone."""
        self._children[pid].is_let_go = True
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)  # not reaped yet, so the id is still its own

    def _reap(self) -> None:
        spare = self._spare
        if spare is not None and os.waitpid(spare.pid, os.WNOHANG)[0]:
            self._spare, self._barren = None, True
            spare.close()
        for pid in list(self._children):
            waited, status = os.waitpid(pid, os.WNOHANG)
            if waited:
                self._finish(pid, status)

    def _finish(self, pid: int, status: int) -> None:
        ended = self._children.pop(pid)
        if ended.is_let_go:
            os.close(ended.stderr)
            ended.lifeline.close()
            return
        said = b""
        with contextlib.suppress(BlockingIOError):
            said = os.read(ended.stderr, 65_536)[-STDERR_BYTES:]
        os.close(ended.stderr)
        with contextlib.suppress(OSError), ended.lifeline:
            ended.lifeline.setblocking(False)
            ended.lifeline.sendall(status.to_bytes(4, "big") + said)


def _wake(_number: int, _frame: FrameType | None) -> None:
    """The wake-up descriptor has done it."""


def main(arguments: list[str]) -> None:
    """Get warm, then serve."""
    gc.disable()  # what is made now stays, so looking for garbage would take a quarter of the time
    descriptor, *providers = arguments
    operations: list[Operation] = []
    for provider in providers:
        name, asks, request = provider.partition("?")
        module = importlib.import_module(name)
        operations.extend(module.provide(request) if asks else module.OPERATIONS)
    runner = Runner(operations)
    rehearsal = child.rehearsal_store()
    nothing, _ = os.pipe()
    os.set_blocking(nothing, False)
    child.rehearse(runner, rehearsal, nothing)
    time.localtime()  # reads the time zone, which a confined child could not
    gc.collect()
    gc.freeze()
    zygote = Zygote(socket.socket(fileno=int(descriptor)), runner, rehearsal)
    try:
        zygote.serve()
    finally:
        zygote.end()


if __name__ == "__main__":
    main(sys.argv[1:])
