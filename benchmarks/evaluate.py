"""MeTTa over a million statements: an evaluation of nothing much, and ``match`` with ten hits.

Back to back is one evaluation right after the other, so that nothing can be prepared in between;
spaced leaves 50 ms between them, less than any model needs for an answer.
"""

from __future__ import annotations

import random
import time

from benchmarks import million
from benchmarks.figures import Figure, each_ms, median, percentile, show
from mettaclaw.atomspace import Atomspace

RUNS = 300


def measure() -> list[Figure]:
    million.warm(million.database())
    chosen = random.Random(2).sample(range(million.CONCEPTS), RUNS)
    with Atomspace.open(million.database()) as kb:

        def run(program: str, answers: int) -> None:
            evaluation = kb.evaluate(program)
            assert evaluation.error is None, evaluation.error
            assert len(evaluation.results[0]) == answers, evaluation.results

        def timed(program: str, answers: int) -> list[float]:
            run(program.format(1), answers)
            return each_ms([lambda c=c: run(program.format(c), answers) for c in chosen])

        def spaced(program: str) -> list[float]:
            found: list[float] = []
            for concept in chosen[:100]:
                time.sleep(0.05)
                found += each_ms([lambda c=concept: run(program.format(c), 1)])
            return found

        trivial = timed("!(+ {} 2)", 1)
        calm = spaced("!(+ {} 2)")
        match = timed("!(match &kb (--> $x c{}) $x)", 10)
        join = timed("!(match &kb (, (--> c{} $y) (--> $y $z)) $z)", 100)
    return [
        Figure("(+ 1 2), back to back, 1,000,000 atoms, p50", median(trivial), "ms", 10.0),
        Figure("(+ 1 2), back to back, 1,000,000 atoms, p99", percentile(trivial, 99), "ms", 50.0),
        Figure("(+ 1 2), spaced, 1,000,000 atoms, p50", median(calm), "ms"),
        Figure("(match &kb …), 10 hits, 1,000,000 atoms, p50", median(match), "ms", 20.0),
        Figure("(match &kb …), 10 hits, 1,000,000 atoms, p99", percentile(match, 99), "ms"),
        Figure("join of two patterns, 100 hits, 1,000,000 atoms, p50", median(join), "ms"),
    ]


if __name__ == "__main__":
    show(measure)
