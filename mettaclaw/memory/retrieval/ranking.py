"""The order of candidates: one dot product of features and weights.

Invariant: a score is the sum of its parts, which are kept, so that every hit says why it was found.
Equal scores stand in the order of telling, the latest first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mettaclaw.memory.retrieval.features import Row


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate by its id, with its score and the parts of that which are not 0."""

    id: int
    score: float
    parts: dict[str, float]


def rank(rows: Mapping[int, Row], weights: Mapping[str, float], k: int) -> list[Ranked]:
    """The best k candidates."""
    counted = list(weights.items())
    scores = {number: sum(row[name] * w for name, w in counted) for number, row in rows.items()}
    best = sorted(scores, key=lambda number: (-scores[number], -number))[:k]
    return [Ranked(number, scores[number], parts(rows[number], counted)) for number in best]


def parts(row: Row, counted: Sequence[tuple[str, float]]) -> dict[str, float]:
    """What each feature added to a score."""
    return {name: row[name] * weight for name, weight in counted if row[name] * weight != 0.0}
