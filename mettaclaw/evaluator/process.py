"""The agent's side of the zygote: starting it, sharing it, asking it for children.

One zygote serves all evaluators of a process that use the same providers. It starts when the first
evaluation asks for it, is started again if it died or stopped answering, and lingers a little after
the last evaluator was closed. It gets no secrets: its environment holds only what Python needs.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from mettaclaw.errors import EvaluationError
from mettaclaw.evaluator.wire import ENGAGED, EVALUATE, IDLE, READY

START_S = 60.0
END_S = 2.0
_LOOK_S = 0.1  # while it starts, between looks whether that is still wanted
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "SYSTEMROOT")


class ZygoteLostError(Exception):
    """The zygote is not there any more; ask for another."""


class Child:
    """The parent's ends of one child: the talk with it, and its lifeline.

    The child is killed when nothing more can come from us on the lifeline; the zygote closes its
    end of it when the child is gone.

    Attributes:
        talk: The talk.
        zygote: The process that was asked for it.
    """

    def __init__(
        self,
        talk: socket.socket,
        lifeline: socket.socket,
        zygote: subprocess.Popen[bytes] | None = None,
    ) -> None:
        self.talk = talk
        self.zygote = zygote
        self._lifeline = lifeline

    def engaged(self, timeout_s: float = 0.0) -> bool:
        """Whether the zygote has given the talk to a child."""
        self._lifeline.settimeout(timeout_s)
        try:
            return self._lifeline.recv(1, socket.MSG_PEEK) == ENGAGED
        except OSError:
            return False

    def interrupt(self) -> None:
        """From any thread: end the talk, so that whoever waits for the child stops."""
        with contextlib.suppress(OSError):
            self.talk.shutdown(socket.SHUT_RDWR)

    def ending(self, timeout_s: float) -> tuple[int, str] | None:
        """The wait status and what was said on stderr; None if the zygote does not tell."""
        self._lifeline.settimeout(timeout_s)
        said = b""
        try:
            while part := self._lifeline.recv(65_536):
                said += part
        except OSError:
            return None
        said = said.removeprefix(ENGAGED)
        if len(said) < 4:
            return None
        return int.from_bytes(said[:4], "big"), said[4:].decode("utf-8", "replace")

    def let_go(self) -> None:
        """End the talk; kills the child if it still runs. ``is_gone`` or ``close`` comes next."""
        self.talk.close()
        with contextlib.suppress(OSError):  # the zygote has ended, and its children with it
            self._lifeline.shutdown(socket.SHUT_WR)

    def is_gone(self, timeout_s: float = 0.0) -> bool:
        """After ``let_go``: whether nothing that the child had open is open any more."""
        self._lifeline.settimeout(timeout_s)
        try:
            while self._lifeline.recv(65_536):
                pass
        except (BlockingIOError, TimeoutError):
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        """Let go of the child, and do not wait until it is gone."""
        self.talk.close()
        self._lifeline.close()


class Zygote:
    """A zygote that runs, or will when it is needed.

    Args:
        providers: Modules whose ``OPERATIONS`` it registers, or ``MODULE?REQUEST``.
    """

    def __init__(self, providers: tuple[str, ...]) -> None:
        self._providers = providers
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False
        self._owner = 0  # a forked copy of this process must not talk to our zygote

    def start(self) -> None:
        """Start it, without waiting until it is warm.

        Raises:
            EvaluationError: It cannot be started; the message says why.
        """
        with self._lock:
            self._start()

    def child(self, is_cancelled: Callable[[], bool] = lambda: False) -> Child:
        """A new child.

        Args:
            is_cancelled: Asked while the zygote starts.

        Raises:
            EvaluationError: The zygote cannot be started; the message says why. Or it was
                cancelled.
            ZygoteLostError: It died right now.
        """
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            try:
                talk, talk_child = _pair(ours, theirs)
                lifeline, lifeline_zygote = _pair(ours, theirs)
            except OSError as error:
                raise _unstartable(error.strerror or str(error)) from error
            with self._lock:
                control = self._start()
                self._await_ready(control, is_cancelled)
                descriptors = [talk_child.fileno(), lifeline_zygote.fileno()]
                try:
                    socket.send_fds(control, [EVALUATE], descriptors)
                except OSError as error:
                    self._forget()
                    raise ZygoteLostError from error
                found = Child(talk, lifeline, self._process)
            ours.pop_all()
            return found

    def abandon(self, child: Child) -> None:
        """Kill the zygote of a child that it does not answer for, so that another is started."""
        with self._lock:
            if child.zygote is not None and child.zygote is self._process:
                child.zygote.kill()
                self._forget()

    def idle(self) -> None:
        """Let it end soon, unless it is asked for something before."""
        with self._lock:
            if self._control is not None and self._owner == os.getpid():
                with contextlib.suppress(OSError):
                    self._control.sendall(IDLE)

    def close(self) -> None:
        """End it and its children now."""
        with self._lock:
            self._forget()

    # --- inside, under the lock ---

    def _start(self) -> socket.socket:
        if self._owner != os.getpid():
            self._process, self._control = None, None
        if self._process is not None and self._process.poll() is not None:
            self._forget()
        if self._control is None:
            try:
                self._process, self._control = self._spawned()
            except OSError as error:
                raise _unstartable(error.strerror or str(error)) from error
            self._ready, self._owner = False, os.getpid()
        return self._control

    def _spawned(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        with theirs, contextlib.ExitStack() as undo:
            undo.push(ours)
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "mettaclaw.evaluator.zygote",
                    str(theirs.fileno()),
                    *self._providers,
                ],
                pass_fds=[theirs.fileno()],
                env=_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,  # out of reach of the terminal's Ctrl-C
            )
            undo.pop_all()
        return process, ours

    def _await_ready(self, control: socket.socket, is_cancelled: Callable[[], bool]) -> None:
        if self._ready:
            return
        control.settimeout(_LOOK_S)
        end = deadline(START_S)
        ready = None
        while ready is None and time.monotonic() < end:
            if is_cancelled():
                raise cancelled()
            try:
                ready = control.recv(1) == READY
            except TimeoutError:
                continue
            except OSError:
                ready = False
        if not ready:
            raise _unstartable(self._failure())
        control.settimeout(END_S)
        self._ready = True
        if self._process is not None and self._process.stderr is not None:
            self._process.stderr.close()

    def _failure(self) -> str:
        process = self._process
        said = ""
        if process is not None and process.stderr is not None:
            process.kill()
            said = process.stderr.read().decode("utf-8", "replace").strip()
        self._forget()
        return said.splitlines()[-1] if said else f"it was not ready within {START_S:.0f} s"

    def _forget(self) -> None:
        process, control = self._process, self._control
        self._process, self._control = None, None
        if control is not None:
            control.close()
        if process is None or self._owner != os.getpid():
            return
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr is not None:
            process.stderr.close()


_shared: dict[tuple[str, ...], Zygote] = {}
_users: dict[tuple[str, ...], int] = {}
_lock = threading.Lock()


def acquire(providers: tuple[str, ...]) -> Zygote:
    """The zygote for these providers; ``release`` it in the end."""
    with _lock:
        _users[providers] = _users.get(providers, 0) + 1
        return _shared.setdefault(providers, Zygote(providers))


def release(providers: tuple[str, ...]) -> None:
    """One user less; after the last one the zygote ends, unless another comes soon."""
    with _lock:
        _users[providers] -= 1
        last = _users[providers] == 0
    if last:
        _shared[providers].idle()


@atexit.register
def close_all() -> None:
    """End all zygotes."""
    with _lock:
        zygotes = list(_shared.values())
    for zygote in zygotes:
        zygote.close()


def cancelled() -> EvaluationError:
    """The error of an evaluation that was cancelled."""
    return EvaluationError("the evaluation was cancelled; nothing was changed")


def _unstartable(why: str) -> EvaluationError:
    return EvaluationError(
        f"the evaluator cannot start: {why}; `mettaclaw doctor` checks the installation"
    )


def _pair(
    ours: contextlib.ExitStack, theirs: contextlib.ExitStack
) -> tuple[socket.socket, socket.socket]:
    """Two connected sockets, each closed by its stack."""
    one, other = socket.socketpair()
    return ours.enter_context(one), theirs.enter_context(other)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    path = os.pathsep.join(part for part in sys.path if part)
    return {
        **kept,
        "PYTHONPATH": path,
        "PYTHONSAFEPATH": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
    }


def deadline(seconds: float) -> float:
    """A moment so far ahead, on the clock that only goes forward."""
    return time.monotonic() + seconds
