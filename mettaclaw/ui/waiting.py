"""The terminal while a turn runs: what is typed waits unseen for the next prompt, and a line tells
that something is going on.

Invariant: the terminal is as it was when the ``with`` block ends, however it ends. Where stdout is
no terminal, or a dumb one, nothing is drawn.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import termios
import threading
import time
from collections.abc import Generator
from typing import TextIO

from mettaclaw.ui.text import sayable

_FIRST_S = 0.15  # what is over sooner needs no waiting line
_EVERY_S = 0.12
_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_PLAIN_FRAMES = "|/-\\"


@contextlib.contextmanager
def unechoed(descriptor: int = 0) -> Generator[None, None, None]:
    """Keep keys from showing, and keep them for whoever reads next; Ctrl-C still interrupts.

    Enter stays a carriage return, as the prompt expects it.
    """
    try:
        before = termios.tcgetattr(descriptor)
    except (termios.error, OSError, ValueError):
        yield
        return
    quiet = termios.tcgetattr(descriptor)
    quiet[0] &= ~(termios.ICRNL | termios.INLCR)
    quiet[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    with contextlib.suppress(termios.error):
        termios.tcsetattr(descriptor, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(descriptor, termios.TCSANOW, before)


class Waiting:
    """A line at the bottom that says what is being waited for; an async context manager.

    Whoever prints calls ``clear`` first; the line comes back by itself. Another thread than that of
    the event loop calls ``end`` instead, and it does not come back.
    """

    def __init__(self, what: str, stream: TextIO | None = None) -> None:
        self.what = what
        self._stream = stream or sys.stdout
        self._task: asyncio.Task[None] | None = None
        self._since = time.monotonic()
        self._drawn = False
        self._over = False
        self._lock = threading.Lock()
        frames = sayable(_FRAMES, self._stream)
        self._frames = _FRAMES if frames == _FRAMES and _encodes(self._stream) else _PLAIN_FRAMES

    async def __aenter__(self) -> Waiting:
        if self._stream.isatty() and os.environ.get("TERM", "dumb") != "dumb":
            self._task = asyncio.create_task(self._draw())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self.clear()

    def now(self, what: str) -> None:
        """Something else is being waited for."""
        self.clear()
        self.what = what
        self._since = time.monotonic()

    def say(self, what: str) -> None:
        """Say more of what is being waited for; from any thread."""
        self.what = what

    def clear(self) -> None:
        """Take the line away, so that something can be printed."""
        with self._lock:
            if self._drawn:
                self._stream.write("\r\x1b[2K")
                self._stream.flush()
                self._drawn = False

    def end(self) -> None:
        """Take the line away for good; from any thread."""
        self._over = True
        self.clear()

    async def _draw(self) -> None:
        number = 0
        await asyncio.sleep(_FIRST_S)
        while True:
            spent = time.monotonic() - self._since
            if spent >= _FIRST_S:
                frame = self._frames[number % len(self._frames)]
                seconds = f" {spent:.0f} s" if spent >= 1 else ""
                width = max(10, os.get_terminal_size(self._stream.fileno()).columns - 1)
                line = sayable(f"{frame} {self.what}{seconds} · Ctrl-C stops it", self._stream)
                with self._lock:
                    if self._over:
                        return
                    self._stream.write(f"\r\x1b[2K\x1b[2m{line[:width]}\x1b[0m")
                    self._stream.flush()
                    self._drawn = True
                number += 1
            await asyncio.sleep(_EVERY_S)


def _encodes(stream: TextIO) -> bool:
    try:
        _FRAMES.encode(stream.encoding)
    except (UnicodeEncodeError, LookupError, TypeError):
        return False
    return True
