"""Weights of a linear ranker, learned from lists in which some entries are right.

Listwise softmax: the loss is the cross-entropy between the softmax of the scores of a list and its
right entries, each counting the same, plus a small penalty on large weights; it is convex, and
minimised by L-BFGS from 0. Source: Cao et al., "Learning to rank: from pairwise approach to
listwise approach", 2007. Not covered: anything that is not linear.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

PENALTY = 3e-3


def fit(lists: Sequence[tuple[Sequence[Sequence[float]], Sequence[bool]]]) -> list[float]:
    """The weight of each column.

    Args:
        lists: For each list the features of its entries (a row each), and which are right; at least
            one is.
    """
    table = np.concatenate([np.asarray(rows, dtype=np.float64) for rows, _ in lists])
    scale = table.std(axis=0) + 1e-9
    scaled = (table - table.mean(axis=0)) / scale
    right = np.concatenate([np.asarray(marks, dtype=np.float64) / sum(marks) for _, marks in lists])
    starts = np.cumsum([0] + [len(marks) for _, marks in lists[:-1]])
    sizes = np.diff([*starts, len(right)])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = scaled @ weights
        scores -= np.repeat(np.maximum.reduceat(scores, starts), sizes)
        powers = np.exp(scores)
        sums = np.add.reduceat(powers, starts)
        chances = powers / np.repeat(sums, sizes)
        cross = -(right * (scores - np.repeat(np.log(sums), sizes))).sum() / len(sizes)
        slope = scaled.T @ (chances - right) / len(sizes) + 2 * PENALTY * weights
        return float(cross + PENALTY * weights @ weights), slope

    found = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B")
    return [float(weight) for weight in found.x / scale]
