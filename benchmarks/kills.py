"""``kill -9`` at 200 random instants of a loop that writes: what was lost, what was torn.

The writers are those of ``tests/durability``. A write is acknowledged when its transaction has
returned; it is lost when it is not there afterwards, torn when only a part of it is.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.figures import STORE, Figure, show
from mettaclaw.atomspace import Atomspace
from tests.durability.work import PARTS, last
from tests.durability.writers import Launcher

KILLS = 200


def measure() -> list[Figure]:
    instants = random.Random(time.time_ns())
    known, acknowledged, lost, torn = -1, 0, 0, 0
    STORE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=STORE) as folder, Launcher() as launcher:
        path = Path(folder) / "kb.db"
        for _ in range(KILLS):
            done = launcher.kill_after(instants.uniform(0.0, 0.15), "write_on", path)
            acknowledged += len(done)
            known = max([known, *done])
            with Atomspace.open(path) as kb:
                there = last(kb)
                lost += max(0, known - there)
                parts = Counter(str(found["$n"]) for found in kb.match("(entry $n $part)"))
                torn += sum(parts[str(n)] != PARTS for n in range(there + 1))
                torn += len(parts.keys() - {str(n) for n in range(there + 1)})
            known = there
    return [
        Figure("writes acknowledged before 200 kills", acknowledged, "writes"),
        Figure("acknowledged writes lost", lost, "writes", 0),
        Figure("writes torn", torn, "writes", 0),
    ]


if __name__ == "__main__":
    show(measure)
