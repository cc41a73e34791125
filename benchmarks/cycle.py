"""A cycle of the loop without the model's own time, over 100,000 statements.

The model answers at once, so what is left is ours: packet, journal, call, evaluation, commit.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

from benchmarks import million
from benchmarks.figures import STORE, Figure, median, percentile, show
from mettaclaw import Agent
from mettaclaw.protocol import events
from mettaclaw.protocol.calls import parse
from mettaclaw.protocol.packet import Answer, Packet

ATOMS = 100_000
TURNS = 10
CYCLES = 15  # of one call each, before the one that replies


class Instant:
    """A model that plays a fixed list of calls, one a cycle."""

    name = "instant"

    def __init__(self, calls: list[str]) -> None:
        self._calls = iter([*calls, '(send "done")'])

    async def answer(self, packet: Packet) -> AsyncIterator[str | Answer]:
        text = next(self._calls)
        yield Answer(text, tuple(parse(text)))

    async def close(self) -> None:
        pass


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory(dir=STORE) as folder:
        home = Path(folder)
        shutil.copy(million.database(ATOMS), home / "claw.db")
        believe = asyncio.run(_cycles(home, "(metta (believe (--> m{0} c{0}) (stv 1.0 0.9)))"))
        ask = asyncio.run(_cycles(home, "(metta (match &kb (--> $x c{0}) $x))"))
        infer = asyncio.run(_cycles(home, "(metta (infer (--> c{0} $x)))"))
    where = f"{ATOMS:,} atoms"
    return [
        Figure(f"cycle that stores a statement, {where}, p50", median(believe), "ms", 30.0),
        Figure(f"cycle that stores a statement, {where}, p95", percentile(believe, 95), "ms"),
        Figure(f"cycle that matches, 10 hits, {where}, p50", median(ask), "ms", 30.0),
        Figure(f"cycle that infers all about a concept, {where}, p50", median(infer), "ms"),
    ]


async def _cycles(home: Path, call: str) -> list[float]:
    """Milliseconds from the start of a cycle to the start of the next, over some turns."""
    found: list[float] = []
    for turn in range(TURNS):
        calls = [call.format(turn * CYCLES + i + 1) for i in range(CYCLES)]
        async with Agent.open(home, model=Instant(calls)) as agent:
            starts: list[float] = []
            async for event in agent.stream("go on"):
                if isinstance(event, events.CycleStarted):
                    starts.append(time.perf_counter())
                if isinstance(event, events.CallFinished):
                    assert event.result.failure is None, event.result
                if isinstance(event, events.TurnEnded):
                    assert event.reply.state == "done", event.reply
        # The first cycle of an agent starts the evaluator, which happens once a process.
        found += [(b - a) * 1e3 for a, b in pairwise(starts[1:])]
    return found


if __name__ == "__main__":
    show(measure)
