"""``kb.match`` over a million statements: any one argument known and ten answers, and a join.

The file is in the operating system's cache, as that of a running agent is; of what was asked
before, nothing is asked again.
"""

from __future__ import annotations

import random

from benchmarks import million
from benchmarks.figures import Figure, each_ms, median, show
from mettaclaw.atomspace import Atomspace

RUNS = 200


def measure() -> list[Figure]:
    million.warm(million.database())
    chosen = random.Random(1).sample(range(million.CONCEPTS), RUNS)
    with Atomspace.open(million.database()) as kb:

        def timed(*patterns: str, answers: int) -> float:
            def ask(concept: int) -> None:
                found = kb.match(*(p.format(concept) for p in patterns))
                assert len(found) == answers, (patterns, concept, len(found))

            ask(7)
            return median(each_ms([lambda c=c: ask(c) for c in chosen]))

        return [
            Figure("match, 1st argument known, 10 hits, 1,000,000 atoms, p50",
                   timed("(--> c{} $x)", answers=10), "ms", 1.0),
            Figure("match, 2nd argument known, 10 hits, 1,000,000 atoms, p50",
                   timed("(--> $x c{})", answers=10), "ms", 1.0),
            Figure("match, relation unknown too, 10 hits, 1,000,000 atoms, p50",
                   timed("($r $x c{})", answers=10), "ms", 1.0),
            Figure("match, nothing unknown, 1,000,000 atoms, p50",
                   timed("(--> c0 c{})", "(--> c0 c0)", answers=0), "ms"),
            Figure("join of two patterns, 100 hits, 1,000,000 atoms, p50",
                   timed("(--> c{} $y)", "(--> $y $z)", answers=100), "ms", 10.0),
            Figure("the same join written the other way round, p50",
                   timed("(--> $y $z)", "(--> c{} $y)", answers=100), "ms", 10.0),
        ]  # fmt: skip


if __name__ == "__main__":
    show(measure)
