"""Redaction: 1,000 secrets of 15 types in sentences, 2,000 texts that only look like some, all
kinds on.

A secret is found where no six characters in a row of it are left (all of it, if it is shorter).
What is left out of a text with nothing to leave out is a false positive. The cases
(``benchmarks.redaction_cases``) share nothing with the rules. A password that a person tells in a
sentence stays on purpose; how many do is a figure without a target.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter

from benchmarks import redaction_cases as cases
from benchmarks.figures import Figure, show
from mettaclaw.config import REDACTABLE
from mettaclaw.redaction import Redactor

SECRETS, NEGATIVES, STAY = 1_000, 2_000, 100
LEFT_CHARS = 6
MOST_FALSE = 2.0
LEAST_RECALL = 0.98
LARGE_CHARS = 10_000_000
_MARKER = re.compile(r"\[redacted [A-Za-z -]{3,20}\]")


def measure() -> list[Figure]:
    redactor = Redactor(REDACTABLE)
    found, kept, total = Counter[str](), 0, Counter[str]()
    for case in cases.secrets(SECRETS):
        cleaned = redactor.clean(case.text)
        total[case.kind] += 1
        found[case.kind] += (is_found := not left(case, cleaned))
        kept += cleaned.startswith(case.before) and cleaned.endswith(case.after)
        if "--misses" in sys.argv and (not is_found):
            print(f"MISSED {case.kind}: {case.text!r} -> {cleaned!r}")
        elif "--misses" in sys.argv and not (
            cleaned.startswith(case.before) and cleaned.endswith(case.after)
        ):
            print(f"TOO MUCH {case.kind}: {case.text!r} -> {cleaned!r}")
    figures = [
        Figure(f"recall: {kind}", found[kind] / total[kind], "", LEAST_RECALL, least=True)
        for kind in total
    ]
    figures.append(
        Figure("recall: all", found.total() / total.total(), "", LEAST_RECALL, least=True)
    )
    stay = cases.secrets(STAY, of=cases.STAY)
    staying = sum(redactor.clean(case.text) == case.text for case in stay)
    figures.append(
        Figure("stay on purpose: passwords told in a sentence", 100 * staying / STAY, "%")
    )
    figures.append(Figure("sentences kept around it", 100 * kept / SECRETS, "%"))
    return figures + _false(redactor) + _default() + _speed(redactor)


def left(case: cases.Secret, cleaned: str) -> bool:
    """Whether something of a secret is left; a marker's own words are nothing of it."""
    cleaned = _MARKER.sub("\0", cleaned)
    width = min(LEFT_CHARS, len(case.value))
    starts = range(len(case.value) - width + 1)
    pieces = (case.value[start : start + width] for start in starts)
    around = case.before + "\0" + case.after
    return any(piece in cleaned for piece in pieces if piece not in around)


def _false(redactor: Redactor) -> list[Figure]:
    wrong, total = Counter[str](), Counter[str]()
    for case in cases.negatives(NEGATIVES):
        cleaned = redactor.clean(case.text)
        total[case.kind] += 1
        wrong[case.kind] += cleaned != case.text
        if "--misses" in sys.argv and cleaned != case.text:
            print(f"FALSE {case.kind}: {case.text!r} -> {cleaned!r}")
    figures = [
        Figure(f"false positives: {kind}", 100 * wrong[kind] / total[kind], "%")
        for kind in total
        if wrong[kind]
    ]
    share = 100 * wrong.total() / total.total()
    return [*figures, Figure("false positives: all", share, "%", MOST_FALSE)]


def _default() -> list[Figure]:
    redactor = Redactor()
    wrong = sum(redactor.clean(case.text) != case.text for case in cases.negatives(NEGATIVES))
    share = 100 * wrong / NEGATIVES
    return [Figure("false positives with what is on by default", share, "%", MOST_FALSE)]


def _speed(redactor: Redactor) -> list[Figure]:
    talk = " ".join(case.text for case in cases.negatives(NEGATIVES))
    large = (talk * (LARGE_CHARS // len(talk) + 1))[:LARGE_CHARS]
    short = "The kettle in the north harbour is on the invoice of last week."

    def seconds(text: str, one: Redactor, runs: int = 1) -> float:
        start = time.perf_counter()
        for _ in range(runs):
            one.find(text)
        return (time.perf_counter() - start) / runs

    default = Redactor()
    return [
        Figure("a sentence, with the default", seconds(short, default, 2_000) * 1e6, "µs"),
        Figure("a sentence, with all kinds", seconds(short, redactor, 2_000) * 1e6, "µs"),
        Figure("10 MB of such texts, with the default", seconds(large, default), "s"),
        Figure("10 MB of such texts, with all kinds", seconds(large, redactor), "s"),
    ]


if __name__ == "__main__":
    show(measure)
