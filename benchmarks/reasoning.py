"""Answers that ``infer`` finds in generated worlds (``questions``), and how long it takes.

504 questions over worlds of 100 to 100,000 statements; ``--seed N`` makes other worlds. An answer
is right if it has the expected truth value to 1e-9, the expected tier, and, for a goal with a
variable, all expected names and no others in that tier. Of what cannot be known, nothing is right
but a guess that says that it is one, and is below ACT.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.figures import Figure, median, percentile, show
from benchmarks.questions import Question, World, world
from mettaclaw.atomspace import Atomspace

SIZES = (100, 1_000, 10_000, 100_000)
QUESTIONS = 126  # at each size
_FEW = 14  # in a world of 100 statements, which holds no more; there are several such worlds


def measure() -> list[Figure]:
    seed = int(sys.argv[sys.argv.index("--seed") + 1]) if "--seed" in sys.argv else 1
    right = wrong_tier = asked = 0
    figures: list[Figure] = []
    for size in SIZES:
        times: list[float] = []
        each = _FEW if size == SIZES[0] else QUESTIONS
        for number in range(QUESTIONS // each):
            made = world(seed + 1_000 * number, size, each)
            took, failed = _asked(made)
            times += took
            asked += len(made.questions)
            right += len(made.questions) - len(failed)
            wrong_tier += sum(failed.values())
            for question in failed:
                print(f"  missed at {size:,}: {question}", file=sys.stderr)
        figures += [
            Figure(f"infer, {size:,} statements, p50", median(times), "ms"),
            Figure(f"infer, {size:,} statements, p95", percentile(times, 95), "ms"),
        ]
    return [
        Figure(f"questions answered right, of {asked}", right, "questions", asked, least=True),
        Figure("answers of a wrong tier", wrong_tier, "answers", 0),
        *figures,
    ]


def _asked(made: World) -> tuple[list[float], Counter[Question]]:
    """Milliseconds of each question, and the questions missed, with 1 where the tier is wrong."""
    times: list[float] = []
    failed: Counter[Question] = Counter()
    with tempfile.TemporaryDirectory() as folder, _told(Path(folder), made) as kb:
        kb.infer("(--> warm up)")
        for question in made.questions:
            start = time.perf_counter()
            answers = kb.infer(question.goal)
            times.append((time.perf_counter() - start) * 1e3)
            found = {str(a.statement): a for a in answers if a.tier != "IGNORE" and not a.guess}
            if question.tier == "UNKNOWN":
                acts = [a for a in answers if a.tier == "ACT" or not a.guess]
                if acts:
                    failed[question] = 1
                continue
            expected = question.answers
            if question.tier == "IGNORE":
                found = {str(a.statement): a for a in answers}
            tiers = {answer.tier for answer in found.values()}
            exact = found.keys() == expected.keys() and all(
                abs(found[statement].truth.f - f) < 1e-9
                and abs(found[statement].truth.c - c) < 1e-9
                for statement, (f, c) in expected.items()
            )
            if not exact or tiers != {question.tier}:
                failed[question] = int(bool(tiers) and tiers != {question.tier})
    return times, failed


def _told(folder: Path, made: World) -> Atomspace:
    kb = Atomspace.open(folder / "kb.db", synchronous="NORMAL")
    with kb.transaction():
        for statement, truth, source in made.told:
            kb.add(statement, truth, source=source)
    return kb


if __name__ == "__main__":
    show(measure)
