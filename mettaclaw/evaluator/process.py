"""The agent's side of the zygote: starting it, sharing it, asking it for children.

One zygote serves all evaluators of a process that use the same providers. It starts when the first
evaluation asks for it, is started again if it died, and lingers a little after the last evaluator
was closed. It gets no secrets: its environment holds only what Python needs.
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

from mettaclaw.errors import EvaluationError

START_S = 60.0
END_S = 2.0
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "SYSTEMROOT")
_EVALUATE, _IDLE, _READY = b"E", b"I", b"R"  # as in ``zygote``, which this process never imports


class ZygoteLostError(Exception):
    """The zygote is not there any more; ask for another."""


class Child:
    """The parent's ends of one child: the talk with it, and its lifeline.

    Closing the lifeline kills the child, if it still runs.
    """

    def __init__(self, talk: socket.socket, lifeline: socket.socket) -> None:
        self.talk = talk
        self._lifeline = lifeline

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
        if len(said) < 4:
            return None
        return int.from_bytes(said[:4], "big"), said[4:].decode("utf-8", "replace")

    def close(self) -> None:
        """Let go of the child; kills it if it still runs."""
        self.talk.close()
        self._lifeline.close()


class Zygote:
    """A zygote that runs, or will when it is needed.

    Args:
        providers: Modules whose ``OPERATIONS`` it registers.
    """

    def __init__(self, providers: tuple[str, ...]) -> None:
        self._providers = providers
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._ready = False
        self._owner = 0  # a forked copy of this process must not talk to our zygote

    def start(self) -> None:
        """Start it, without waiting until it is warm."""
        with self._lock:
            self._start()

    def child(self) -> Child:
        """A new child.

        Raises:
            EvaluationError: The zygote cannot be started; the message says why.
            ZygoteLostError: It died right now.
        """
        talk, talk_child = socket.socketpair()
        lifeline, lifeline_zygote = socket.socketpair()
        try:
            with self._lock:
                control = self._start()
                self._await_ready(control)
                descriptors = [talk_child.fileno(), lifeline_zygote.fileno()]
                try:
                    socket.send_fds(control, [_EVALUATE], descriptors)
                except OSError as error:
                    self._forget()
                    raise ZygoteLostError from error
        except BaseException:
            talk.close()
            lifeline.close()
            raise
        finally:
            talk_child.close()
            lifeline_zygote.close()
        return Child(talk, lifeline)

    def idle(self) -> None:
        """Let it end soon, unless it is asked for something before."""
        with self._lock:
            if self._control is not None and self._owner == os.getpid():
                with contextlib.suppress(OSError):
                    self._control.sendall(_IDLE)

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
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
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
            self._control, self._ready, self._owner = ours, False, os.getpid()
        return self._control

    def _await_ready(self, control: socket.socket) -> None:
        if self._ready:
            return
        control.settimeout(START_S)
        try:
            ready = control.recv(1) == _READY
        except OSError:
            ready = False
        if not ready:
            raise EvaluationError(self._failure())
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
        last = said.splitlines()[-1] if said else f"it did not answer within {START_S:.0f} s"
        return f"the evaluator cannot start: {last}; `mettaclaw doctor` checks the installation"

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
