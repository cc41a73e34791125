"""A chain has one truth value, wherever the search for it began, and is found among many others."""

from __future__ import annotations

import random

import pytest

from mettaclaw.atoms.truth import confidence, weight
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


@pytest.mark.parametrize("crossing", ["(--> c b)", "(--> b c)"])
def test_a_link_between_two_ways_takes_nothing_from_them(kb: Atomspace, crossing: str) -> None:
    for link, c in (("t b", 0.8), ("b z", 0.8), ("t c", 0.7), ("c z", 0.7)):
        kb.add(f"(--> {link})", (1.0, c))
    (before,) = kb.infer("(--> t z)")
    assert before.truth.c == pytest.approx(confidence(weight(0.64) + weight(0.49)))
    kb.add(crossing, (1.0, 0.9))
    (after,) = kb.infer("(--> t z)")
    assert after.truth.c >= before.truth.c - 1e-9
    said = [one for node in after.proof.nodes() for one in node.evidence]
    assert len(said) == len({one.id for one in said}), "nothing counts twice"


def test_no_evidence_is_under_two_of_the_ways_that_are_pooled(kb: Atomspace) -> None:
    rng = random.Random(7)
    with kb.transaction():
        for i in range(8):
            for j in range(i + 1, 8):
                if rng.random() < 0.5:
                    kb.add(f"(--> n{i} n{j})", (1.0, rng.choice((0.6, 0.8, 0.9))))
    for i in range(7):
        for answer in kb.infer(f"(--> n{i} n7)"):
            for node in answer.proof.nodes():
                if node.rule == "revision":
                    ways = [set(premise.belief.stamp) for premise in node.premises]
                    assert sum(map(len, ways)) == len(set[int]().union(*ways))


@pytest.mark.parametrize("links", [("penguin bird",), ("penguin seabird", "seabird bird")])
def test_the_narrower_class_stands_however_it_is_linked_to_the_wider(
    kb: Atomspace, links: tuple[str, ...]
) -> None:
    for said in ("tom penguin", "tom bird", *links, "bird flyer"):
        kb.add(f"(--> {said})", (1.0, 0.9))
    kb.add("(--> penguin flyer)", (0.0, 0.9))
    (answer,) = kb.infer("(--> tom flyer)")
    assert answer.truth.f == 0.0
    assert [one.reason for one in kb.why_not("(--> tom flyer)").rejected][:1] == ["general"]
