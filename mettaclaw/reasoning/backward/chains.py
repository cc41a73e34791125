"""Chains read both ways: the same links, combined in every order that gives them a truth value.

Deduction along ``a, b, c, d`` can join ``a b`` to ``c d`` or ``a b c`` to ``d``. The evidence is
the same, but what is not wholly true (f < 1) lowers confidence once for every join that it goes
through. A search finds one order, and which one is an accident of where it began. So the joins of
a proof that is a chain are completed with all others, and the most confident of them stands.

Invariant: no premise is added that the proof does not have. Not covered: which of the joins stand
(``weighing``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import TypeAlias

from mettaclaw.atoms.syntax import Atom, Expression
from mettaclaw.reasoning.backward.derivation import Steps
from mettaclaw.reasoning.backward.derived import Derived, Step, nodes
from mettaclaw.reasoning.rules.rule import Rule
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.statements import Table

_Kin: TypeAlias = dict[int, tuple[Rule, ...]]
_LINKS = 12  # chains of more links stay as they were found: their joins grow with the cube


def complete(answers: Iterable[Derived], steps: Steps, table: Table, rules: Rules) -> bool:
    """Add the other orders of the chains in the proofs of these; whether there were any."""
    kin = {id(rule): group for group in rules.together.values() for rule in group}
    added = False
    for derived in nodes(answers):
        links = list(_links(derived, kin))
        uncertain = any(0.0 < link.truth.f < 1.0 for link in links)
        if 2 < len(links) <= _LINKS and uncertain and derived.step is not None:
            family = kin.get(id(derived.step.rule), (derived.step.rule,))
            for step in (join for rule in family for join in _joins(rule, links, table)):
                added |= steps.add(step)
    return added


def _links(derived: Derived, kin: _Kin) -> Iterator[Derived]:
    """The statements that a chain of one transitive rule joins, or of its kin, in order.

    Rules are kin that take the same premises to the same conclusion, as deduction and exclusion.
    """
    step = derived.step
    if (
        step is None
        or not derived.statement.ground
        or not joins_links(*(premise.atom for premise in step.premises), step.conclusion.atom)
    ):
        yield derived
        return
    for premise in derived.premises:
        below = premise.step.rule if premise.step is not None else None
        if below is not None and (below is step.rule or step.rule in kin.get(id(below), ())):
            yield from _links(premise, kin)
        else:
            yield premise


def joins_links(*steps: Atom) -> bool:
    """Whether these are ``(copula a b)`` and ``(copula b c)``, and ``(copula a c)`` concludes."""
    match steps:
        case (
            Expression((sign, a, b)),
            Expression((other, b2, c)),
            Expression((third, a2, c2)),
        ):
            return sign == other == third and a == a2 and b == b2 and c == c2
        case _:
            return False


def _joins(rule: Rule, links: list[Derived], table: Table) -> Iterator[Step]:
    ends: list[Atom] = []
    sign: Atom | None = None
    for link in links:
        assert isinstance(link.statement.atom, Expression)
        sign, left, right = link.statement.atom.children
        ends += [right] if ends else [left, right]
    for first, middle, last in combinations(range(len(ends)), 3):
        a, b, c = ends[first], ends[middle], ends[last]
        if sign is not None and len({a, b, c}) == 3:
            below, above = table.of(Expression((sign, a, b))), table.of(Expression((sign, b, c)))
            yield Step(rule, (below, above), table.of(Expression((sign, a, c))))
