"""Blocking work beside the event loop: a commit that waits for another process, a tool that runs.

Invariant: when the task that waits is cancelled, the work is over before the cancellation goes on,
so nothing is half done. Not covered: ending the work early, which ``interrupt`` may ask for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T], interrupt: Callable[[], None] | None = None) -> T:
    """The result of blocking work. When cancelled: ask it to end early, and wait until it is over.

    Args:
        work: What is to be done; it runs in a thread of its own.
        interrupt: Called when the waiting task is cancelled.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if interrupt is not None:
            interrupt()
        await asyncio.wait([task])
        raise
