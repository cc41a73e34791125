"""Waiting: cancellations go on, what was waited for is over by then, deadlines are kept."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from mettaclaw.loop.waiting import OverdueError, in_thread, until


async def test_a_cancellation_goes_on_even_where_the_result_is_there_at_the_same_moment() -> None:
    result: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(until(time.monotonic() + 600, result))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    result.set_result("there")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_what_is_past_its_deadline_is_cancelled_and_over() -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(600)
        finally:
            await asyncio.sleep(0.01)
            ended.append("over")

    with pytest.raises(OverdueError):
        await until(time.monotonic() + 0.02, work())
    assert ended == ["over"]


async def test_what_the_work_raises_goes_through() -> None:
    async def work() -> None:
        raise asyncio.TimeoutError("its own")

    with pytest.raises(asyncio.TimeoutError, match="its own"):
        await until(time.monotonic() + 600, work())


async def test_a_cancelled_thread_is_interrupted_until_it_is_over() -> None:
    begun, stop, over = threading.Event(), threading.Event(), threading.Event()
    asked: list[int] = []

    def work() -> None:
        begun.set()
        stop.wait(60)
        over.set()

    def interrupt() -> None:
        asked.append(1)
        if len(asked) == 3:  # the first ones come before there is something to interrupt
            stop.set()

    task = asyncio.create_task(in_thread(work, interrupt))
    while not begun.is_set():
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert over.is_set()
    assert len(asked) == 3
