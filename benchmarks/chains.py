"""``infer`` over a chain of three links in bases of 1,000 to 1,000,000, and retraction under load.

Each base is that of ``million``, where every concept has ten statements above and ten below it.
Chains of three links are laid into it, with three more links up into the base and three more up
from individuals at each of their ends and joints: from below, most ways lead astray. Where the base
also leads down into the chain (``through``), there are many chains of five or six links too, and
all that the bounds allow are found and pooled; that has no target. A retraction takes back one
premise that 1,000 kept conclusions rest on.
"""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from benchmarks import million
from benchmarks.figures import Figure, median, show
from mettaclaw.atomspace import Atomspace

SIZES = {1_000: 10, 10_000: 15, 100_000: 30, 1_000_000: 60}  # with the milliseconds it may take
CHAINS = 40
ASTRAY = 3
DERIVED = 1_000
RUNS = 5
_SAID = (1.0, 0.9)


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        found = [_chains(Path(folder), size, most) for size, most in SIZES.items()]
        through, _ = _chains(Path(folder), 10_000, None, through=True)
        lost = sum(missed for _, missed in found)
        times = [_retraction(Path(folder) / f"{run}.db") for run in range(RUNS)]
    return [
        *(figure for figure, _ in found),
        through,
        Figure(f"chains not found, of {CHAINS * len(SIZES)}", lost, "chains", 0),
        Figure(f"retract a premise under {DERIVED:,} kept conclusions", median(times), "ms", 200),
    ]


def _chains(
    folder: Path, size: int, most: int | None, *, through: bool = False
) -> tuple[Figure, int]:
    """Milliseconds of a question at one size, and how many chains were not found as they are."""
    path = folder / f"{size}.db"
    shutil.copy(million.database(size), path)
    times: list[float] = []
    missed = 0
    with Atomspace.open(path) as kb:
        _lay(kb, size, through=through)
        kb.infer("(--> warm up)")
        for chain in range(CHAINS):
            start = time.perf_counter()
            answers = kb.infer(f"(--> q{chain}a q{chain}d)")
            times.append((time.perf_counter() - start) * 1e3)
            missed += not answers or answers[0].truth.c < 0.9**3 - 1e-9
    path.unlink()
    where = "statements that lead through it" if through else "statements"
    return Figure(f"infer, 3 links in {size:,} {where}, p50", median(times), "ms", most), missed


def _lay(kb: Atomspace, size: int, *, through: bool) -> None:
    random_ = random.Random(size)
    concepts = size // 10
    with kb.transaction():
        for chain in range(CHAINS):
            names = [f"q{chain}{letter}" for letter in "abcd"]
            for below, above in pairwise(names):
                kb.add(f"(--> {below} {above})", _SAID)
            for name in names:
                for number in range(ASTRAY):
                    below = f"c{random_.randrange(concepts)}" if through else f"{name}{number}"
                    kb.add(f"(--> {name} c{random_.randrange(concepts)})", _SAID)
                    kb.add(f"(--> {below} {name})", _SAID)


def _retraction(path: Path) -> float:
    with Atomspace.open(path) as kb:
        with kb.transaction():
            kb.add("(--> tom cat)", _SAID)
            for number in range(DERIVED):
                kb.add(f"(--> cat kind{number})", _SAID)
        with kb.transaction():
            for number in range(DERIVED):
                kb.keep(kb.infer(f"(--> tom kind{number})")[0])
        start = time.perf_counter()
        kb.retract("(--> tom cat)")
        took = (time.perf_counter() - start) * 1e3
        assert kb.count() == DERIVED
    return took


if __name__ == "__main__":
    show(measure)
