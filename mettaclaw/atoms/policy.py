"""What the store asks of reasoning about the derivations that it keeps.

The store knows which derivation rests on what; what a rule gives, which of several derivations
counts, and whether something more specific contradicts a conclusion is for reasoning to say, which
lies above. Not covered: how it does (``mettaclaw.reasoning.kept``, ``exceptions``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import View


@dataclass(frozen=True, slots=True)
class Candidate:
    """A kept derivation of a statement as it stands now.

    Attributes:
        rule: The rule's name.
        premises: Its premises.
        truth: What it gives.
        stamps: For each premise, the ids of the evidence that it rests on.
        within: The statements of its whole proof, but for the conclusion.
    """

    rule: str
    premises: tuple[tuple[Atom, Truth], ...]
    truth: Truth
    stamps: tuple[frozenset[int], ...]
    within: frozenset[Atom]


class Policy(Protocol):
    """Reasoning, as the store asks it."""

    def revalued(
        self, view: View, rule: str, premises: Sequence[tuple[Atom, Truth]], conclusion: Atom
    ) -> Truth | None:
        """What a rule makes of premises with these truth values, priors being those of a view;
        None where there is no such rule (any more).
        """
        ...

    def counted(
        self, reader: Reader, conclusion: Atom, candidates: Sequence[Candidate]
    ) -> list[int]:
        """The places of the candidates that count, the first one best; at least one."""
        ...
