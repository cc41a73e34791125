"""Proofs that several tests of pictures draw."""

from __future__ import annotations

from mettaclaw.atomspace import Atomspace
from mettaclaw.reasoning import Proof


def two_chains() -> Proof:
    """Two chains to one answer, over three steps, from several sources, one with two voices."""
    with Atomspace.open(":memory:") as kb:
        kb.add("(--> tim penguin)", truth=(1, 0.9), source="ann", words="Tim is a penguin.")
        kb.add("(--> tim penguin)", truth=(0.9, 0.5), source="zoo", words='A "penguin", yes.')
        kb.add("(--> penguin bird)", truth=(1, 0.9), source="book")
        kb.add("(--> bird animal)", truth=(1, 0.9), source="book")
        kb.add("(--> tim swimmer)", truth=(1, 0.9), source="bob", words="Tim swims.")
        kb.add("(--> swimmer animal)", truth=(0.9, 0.9), source="web")
        found = kb.why("(--> tim animal)")
    assert found is not None
    assert found.rule == "revision"
    return found
