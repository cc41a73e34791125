"""Where an agent's async work runs: one event loop at a time, and one of its own for sync callers.

Invariants: work that needs the agent's locks is never in two event loops at once; a second one is
refused with what to do, and so is any in a process that was forked off: threads, locks and
connections do not survive that. Sync callers of several threads take turns. Not covered: what the
work is.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

from mettaclaw.errors import UsageError

T = TypeVar("T")


class Place:
    """The event loop that an agent is at work in, with the locks that belong to it.

    ``turns`` is held by whoever runs turns, ``queue`` by whoever queues a message.
    """

    def __init__(self) -> None:
        self._process = os.getpid()
        self._guard = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._users = 0
        self.turns = asyncio.Lock()
        self.queue = asyncio.Lock()

    @property
    def is_elsewhere(self) -> bool:
        """Whether this is a fork of the process that the agent was opened in."""
        return os.getpid() != self._process

    def require_own_process(self) -> None:
        """Refuse to work in a fork.

        Raises:
            UsageError: This is one.
        """
        if self.is_elsewhere:
            raise UsageError(
                f"this agent belongs to process {self._process}, and this one was forked off from "
                "it; open an agent of its own here with Agent.open (on the same home, if you like)"
            )

    @contextlib.contextmanager
    def here(self) -> Generator[None, None, None]:
        """Be at work in the running event loop.

        Raises:
            UsageError: The agent is at work in another one, or belongs to another process.
        """
        self.require_own_process()
        loop = asyncio.get_running_loop()
        with self._guard:
            if loop is not self._loop:
                if self._users and self._loop is not None and not self._loop.is_closed():
                    raise UsageError(
                        "this agent is at work in the event loop of another thread; await it "
                        "there, or open a second agent on the home here"
                    )
                self._loop, self._users = loop, 0
                self.turns, self.queue = asyncio.Lock(), asyncio.Lock()
            self._users += 1
        try:
            yield
        finally:
            with self._guard:
                if loop is self._loop:
                    self._users -= 1


class Runner:
    """Runs async work for code that is not async, in an event loop of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of the work. Ctrl-C cancels it. Other threads wait until it is over.

        Raises:
            UsageError: An event loop runs in this thread: the work is to be awaited.
            KeyboardInterrupt: It was cancelled so, and is over.
        """
        if in_event_loop():
            work.close()
            raise UsageError(
                "run_sync, resume_sync and close wait, and would stop the event loop that runs "
                "here; write `await agent.run(...)`, or `await agent.aclose()`"
            )
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
            return _interruptible(self._loop, work)

    def close(self) -> None:
        """Let go of the event loop; the next ``run`` gets another."""
        with self._lock:
            loop, self._loop = self._loop, None
            if loop is not None:
                try:
                    loop.run_until_complete(loop.shutdown_asyncgens())
                finally:
                    loop.close()


def in_event_loop() -> bool:
    """Whether an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _interruptible(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> T:
    task = loop.create_task(work)
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        interrupted = True
        task.cancel()

    # A KeyboardInterrupt inside a task would leave the loop waiting for ever: cancel instead.
    watched = threading.current_thread() is threading.main_thread() and (
        signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if watched:
        loop.add_signal_handler(signal.SIGINT, interrupt)
    try:
        return loop.run_until_complete(task)
    except asyncio.CancelledError:
        if interrupted:
            raise KeyboardInterrupt from None
        raise
    finally:
        if watched:
            loop.remove_signal_handler(signal.SIGINT)
