"""A chain has one truth value, wherever the search for it began, and is found among many others."""

from __future__ import annotations

import random

import pytest

from mettaclaw.atomspace import Atomspace


@pytest.mark.parametrize("crowded", ["the first", "the last", "none"])
def test_the_most_confident_order_of_a_chain_stands(kb: Atomspace, crowded: str) -> None:
    kb.add("(--> rex terrier)", (1.0, 0.9))
    kb.add("(--> terrier dog)", (1.0, 0.9))
    kb.add("(--> dog ([] loud))", (0.75, 0.9))
    for i in range(5):  # leads the search to begin at the other end
        if crowded == "the first":
            kb.add(f"(--> rex other{i})", (1.0, 0.9))
        if crowded == "the last":
            kb.add(f"(--> other{i} ([] loud))", (1.0, 0.9))
    (answer,) = kb.infer("(--> rex ([] loud))")
    assert answer.truth.f == pytest.approx(0.75)
    assert answer.truth.c == pytest.approx(0.9**3 * 0.75)  # the doubtful link is used once


def test_a_chain_is_found_among_very_many_ways_that_lead_nowhere(kb: Atomspace) -> None:
    rng = random.Random(4)
    with kb.transaction():
        for i in range(3_000):
            kb.add(f"(--> n{rng.randrange(300)} n{i % 300})", (1.0, 0.9))
        for i in range(4):
            kb.add(f"(--> link{i} link{i + 1})", (1.0, 0.9))
            for _ in range(20):
                kb.add(f"(--> link{i} n{rng.randrange(300)})", (1.0, 0.9))
    (answer,) = kb.infer("(--> link0 link4)")
    assert answer.truth.c == pytest.approx(0.9**4)


@pytest.mark.parametrize(
    "truths", [(1.0, 0.6, 0.8), (0.8, 0.3, 1.0), (1.0, 0.4, 0.9), (0.9, 1.0, 0.0)]
)
def test_the_best_order_of_a_chain_counts_whatever_speaks_for_or_against_its_links(
    kb: Atomspace, truths: tuple[float, ...]
) -> None:
    for link, f in zip(("a b", "b c", "c d"), truths, strict=True):
        kb.add(f"(--> {link})", (f, 0.9))
    (alone,) = kb.infer("(--> a d)")
    for part in ("(--> a c)", "(--> b d)"):
        kb.keep(kb.infer(part)[0])
    (answer,) = kb.infer("(--> a d)")
    assert answer.truth.c == pytest.approx(alone.truth.c, abs=1e-9), "what was kept adds nothing"
