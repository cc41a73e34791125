"""What a search derives: uses of rules, and statements with truth values and how these came about.

Not covered: which of several ways to a statement count (``weighing``), and the order in which all
is valued (``derivation``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mettaclaw.atoms.truth import Truth, pool
from mettaclaw.atoms.view import Belief
from mettaclaw.reasoning.priors import Priors
from mettaclaw.reasoning.proof import POOLED
from mettaclaw.reasoning.rules.rule import Rule
from mettaclaw.reasoning.statements import Statement

AUDIBLE = 0.2  # the least confidence at which a strong answer silences the weak ones
LEAST = 1e-3  # a derivation of less confidence says nothing


@dataclass(frozen=True, slots=True)
class Step:
    """One use of a rule that was found; premises in the rule's order."""

    rule: Rule
    premises: tuple[Statement, ...]
    conclusion: Statement


@dataclass(frozen=True, slots=True, eq=False)
class Derived:
    """A statement's truth value with how it came about.

    Attributes:
        statement: The statement.
        truth: Its truth value.
        stamp: The ids of all evidence that it rests on, which another way must not share. Priors
            are no such evidence: all ways from one term to another take those of the two terms.
        told: The ids of the evidence for the priors in its whole proof.
        rule: ``said`` for a belief, else the rule's name.
        premises: What the rule took; none for a belief.
        priors: The beliefs that said how probable the rule's terms are.
        belief: The belief, where it is one.
        within: The statements of its whole proof.
        weak: How many weak rules stand in its longest chain of them.
        step: The use of a rule that gave it, where it was one.
    """

    statement: Statement
    truth: Truth
    stamp: frozenset[int]
    rule: str
    premises: tuple[Derived, ...] = ()
    belief: Belief | None = None
    within: frozenset[Statement] = frozenset()
    weak: int = 0
    step: Step | None = None
    priors: tuple[Derived, ...] = ()
    told: frozenset[int] = frozenset()

    @property
    def parts(self) -> tuple[Derived, ...]:
        """The candidates that were pooled; itself, where it is one."""
        return self.premises if self.rule == POOLED and self.step is None else (self,)

    @property
    def is_timed(self) -> bool:
        """Whether it is by a rule that compares times."""
        return self.step is not None and self.step.rule.timed


Fault: TypeAlias = Literal["guess", "general", "shared", "guesses", "overlap", "faint"]
"""Why a candidate was dropped: it is a guess where something strong is known, is inherited and
contradicted by something more specific, shares evidence with a better one, rests on a guess and is
one, weighs premises that share evidence, or has too little confidence."""

Record: TypeAlias = Callable[[Derived, Fault, Derived | None], None]
"""Takes a candidate that was dropped, why, and what stands against it, where something does."""


def nodes(roots: Iterable[Derived]) -> Iterator[Derived]:
    """All that some proofs consist of, each once, from the conclusions down."""
    met: set[int] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if id(node) not in met:
            met.add(id(node))
            stack.extend(reversed(node.premises))
            yield node


def said(belief: Belief, statement: Statement) -> Derived:
    """A belief as a premise; without a truth value it counts as (1, 0.9)."""
    stamp = frozenset(belief.stamp)
    return Derived(statement, belief.standing, stamp, "said", (), belief, frozenset((statement,)))


def together(statement: Statement, kept: Sequence[Derived]) -> Derived | None:
    """The value of a statement from the ways that count."""
    if len(kept) < 2:
        return kept[0] if kept else None
    return Derived(
        statement,
        pool(c.truth for c in kept),
        frozenset[int]().union(*(c.stamp for c in kept)),
        POOLED,
        tuple(kept),
        within=frozenset[Statement]().union(*(c.within for c in kept)),
        weak=max(c.weak for c in kept),
        told=frozenset[int]().union(*(c.told for c in kept)),
    )


def concluded(step: Step, premises: Sequence[Derived], priors: Priors) -> Derived:
    """What a use of a rule gives with premises of these values."""
    atoms = [premise.statement.atom for premise in premises]
    known = priors.taken(step.rule, atoms)
    truth = step.rule.truth([*(premise.truth for premise in premises), *known])
    first, *others = premises
    said_so = priors.told(step.rule, atoms) if known else []
    return Derived(
        step.conclusion,
        truth,
        first.stamp.union(*(premise.stamp for premise in others)),
        step.rule.name,
        tuple(premises),
        within=first.within.union((step.conclusion,), *(premise.within for premise in others)),
        weak=int(step.rule.weak) + max(premise.weak for premise in premises),
        step=step,
        priors=tuple(said(belief, Statement(belief.statement)) for belief in said_so),
        told=first.told.union(*(p.told for p in others), *(belief.stamp for belief in said_so)),
    )
