"""Waiting in the loop: for blocking work in a thread, and for what may take too long.

Invariant: when the task that waits is cancelled, what it waited for is over before the cancellation
goes on, so nothing is half done; and the cancellation does go on (``asyncio.wait_for`` of Python
3.11 and earlier drops it where the result is there at the same moment). Not covered: ending
blocking work early, which ``interrupt`` may ask for.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

_AGAIN_S = 0.2


async def in_thread(work: Callable[[], T], interrupt: Callable[[], None] | None = None) -> T:
    """The result of blocking work. When cancelled: ask it to end early, and wait until it is over.

    Args:
        work: What is to be done; it runs in a thread of its own.
        interrupt: Called when the waiting task is cancelled, and again until the work is over: it
            may come before there is something to interrupt.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            if interrupt is not None:
                interrupt()
            await asyncio.wait([task], timeout=None if interrupt is None else _AGAIN_S)
        raise


async def until(deadline: float, work: Awaitable[T]) -> T:
    """The result of async work, which is cancelled, and over, at a time of ``time.monotonic``.

    Raises:
        OverdueError: It was cancelled so. What it raised itself goes through.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait([task], timeout=max(0.0, deadline - time.monotonic()))
        overdue = not task.done()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # looked at, so that nobody is warned of it
    if overdue:
        raise OverdueError
    return task.result()


class OverdueError(Exception):
    """The deadline of ``until`` has passed."""
