"""Which of two classes is the narrower one: the classes above a class, read from what is believed.

A search derives what it is asked for, and the links between the classes that two ways go by may be
none of that. So where two ways contradict each other, the links are read upward from the narrower.

Invariant: bounded work, and each class is read once in a search: ``MOST`` classes above one,
``EDGES`` statements about each. Not covered: links that only rules conclude.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable
from mettaclaw.atoms.truth import APART
from mettaclaw.reasoning.backward.facts import Facts
from mettaclaw.reasoning.statements import Statement

MOST = 30
EDGES = 300
_IS_A = Symbol("-->")
_OBJECT = Variable("0")

IsA: TypeAlias = Callable[[Atom, Atom], bool]
"""Whether the first class belongs to the second."""


def is_a(facts: Facts, degree: Callable[[Statement], float | None]) -> IsA:
    """What a search knows of it.

    Args:
        facts: What is believed.
        degree: How true a statement is by what the search has found; None where it has nothing.
    """

    def belongs(narrow: Atom, wide: Atom) -> bool:
        link = facts.statements.find(Expression((_IS_A, narrow, wide)))
        found = None if link is None else degree(link)
        return found >= APART if found is not None else wide in above(facts, narrow)

    return belongs


def above(facts: Facts, narrow: Atom) -> frozenset[Atom]:
    """The classes that a class belongs to, by one link or a chain of them."""
    known = facts.above.get(narrow)
    if known is not None:
        return known
    found: dict[Atom, None] = {narrow: None}
    for term in (waiting := [narrow]):
        for belief in facts.stream(Expression((_IS_A, term, _OBJECT))).slice(0, EDGES):
            assert isinstance(belief.statement, Expression)
            wide = belief.statement.children[2]
            if belief.standing.f >= APART and wide not in found and len(found) <= MOST:
                found[wide] = None
                waiting.append(wide)
    facts.above[narrow] = frozenset(found) - {narrow}
    return facts.above[narrow]
