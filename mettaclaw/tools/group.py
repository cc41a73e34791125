"""The processes of one command: its group, and on Linux also those that left the group.

Invariants: no signal is sent to a number that may be another's by now: the group's leader is reaped
only after the group was ended, and what left the group is held by a descriptor while it is looked
at. When ``end`` returns, nothing that the command started and that can be known runs on. What left
the group is known by a mark in its environment, which every child inherits.

Not covered: a process that left the group and cleared its environment (or any that left it, where
there is no /proc). Without ``pidfd_open`` (macOS) a leader that ends by itself is reaped a moment
before its group is ended.
"""

from __future__ import annotations

import os
import secrets
import select
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

MARK = "METTACLAW_COMMAND"

_PASSES = 20  # a command that starts processes faster than they are found is not waited for longer


class Group:
    """A command that runs. ``kill`` may come from any thread, at any time.

    Args:
        arguments: The program and its arguments.
        folder: Where it runs.
        environment: All that it knows, but for the mark.
        output: Where its output and its errors go.

    Raises:
        OSError, ValueError: It cannot be started.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        folder: str,
        environment: Mapping[str, str],
        output: IO[bytes],
    ) -> None:
        self._mark = secrets.token_hex(8)
        self._lock = threading.Lock()
        self._over = False
        self.killed = False
        self._process = subprocess.Popen(
            arguments,
            cwd=folder,
            env={**environment, MARK: self._mark},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait(self, timeout_s: float) -> bool:
        """Whether the command is over within that time. What it left behind may still run."""
        try:
            descriptor = os.pidfd_open(self._process.pid)
        except (AttributeError, OSError):
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                return False
            return True
        try:
            ended = select.poll()
            ended.register(descriptor, select.POLLIN)
            return bool(ended.poll(timeout_s * 1000))
        finally:
            os.close(descriptor)

    def kill(self) -> None:
        """Let ``wait`` come to its end; nothing where it has."""
        with self._lock:
            if not self._over:
                self.killed = True
                self._signal()

    def end(self) -> int:
        """End all that is left of it; the exit code, below 0 for the signal that ended it."""
        with self._lock:
            self._over = True
            self._signal()
        code = self._process.wait()
        self._end_strays()
        return code

    def _signal(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
            return

    def _end_strays(self) -> None:
        """End what bears the mark, and what it started while it was looked for."""
        mark = f"{MARK}={self._mark}".encode()
        seen: set[int] = set()
        starting: set[int] = set()  # in the middle of exec, a process has no environment
        for _ in range(_PASSES):
            new = _processes() - seen
            if not new and not starting:
                return
            for number in new | starting:
                if _end_marked(number, mark) or number in starting:
                    starting.discard(number)
                else:
                    starting.add(number)
            seen |= new


def _processes() -> set[int]:
    try:
        return {int(name) for name in os.listdir("/proc") if name.isdecimal()}
    except OSError:
        return set()


def _end_marked(number: int, mark: bytes) -> bool:
    """End a process if it bears the mark; False where it has no environment to be looked at."""
    try:
        held = os.pidfd_open(number)
    except (AttributeError, OSError):
        return True
    try:
        environment = Path(f"/proc/{number}/environ").read_bytes()
        if mark in environment.split(b"\0"):
            signal.pidfd_send_signal(held, signal.SIGKILL)
    except OSError:  # it has ended, or is another user's
        return True
    finally:
        os.close(held)
    return bool(environment)
