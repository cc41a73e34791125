"""A statement to store, and all that an atomspace holds, as tests compare it."""

from __future__ import annotations

from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.truth import Truth
from mettaclaw.atomspace import Atomspace

CAT = "(--> garfield cat)"


def contents(kb: Atomspace) -> list[tuple[Atom, Truth | None]]:
    return [(belief.statement, belief.truth) for belief in kb.store.beliefs()]
