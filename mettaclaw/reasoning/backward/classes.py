"""The specific before the general: which of two ways goes by the narrower class.

A search derives what it is asked for, and the links between the classes that two ways go by may be
none of that. So where two ways contradict each other, the links are read upward from the narrower.

Invariant: bounded work, and each class is read once in a search: ``MOST`` classes above one,
``EDGES`` statements about each. Not covered: links that only rules conclude.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from mettaclaw.atoms.forms import others
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable
from mettaclaw.atoms.truth import APART
from mettaclaw.reasoning.backward.derived import Derived, Record
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


def unchallenged(candidates: list[Derived], is_a: IsA, record: Record | None) -> Iterator[Derived]:
    """Those of some ways to a statement that nothing more specific contradicts."""
    for general in candidates:
        specific = _challenger(general, candidates, is_a)
        if specific is None:
            yield general
        elif record is not None:
            record(general, "general", specific)


def _challenger(general: Derived, candidates: list[Derived], is_a: IsA) -> Derived | None:
    for specific in candidates:
        if (
            abs(specific.truth.f - general.truth.f) >= APART
            and 2 * specific.truth.c >= general.truth.c
            and _is_narrower(specific, general, is_a)
            and not _is_narrower(general, specific, is_a)  # classes in a circle: neither is
        ):
            return specific
    return None


def _is_narrower(one: Derived, other: Derived, is_a: IsA) -> bool:
    """Whether ``one`` is said of something that ``other`` only inherits from something wider."""
    if _is_said(other) or other.is_timed:
        return False
    if _is_said(one):
        return True
    near, far = by_way_of(one), by_way_of(other)
    if near is None or far is None or near == far or far in one.within:
        return False
    if near in other.within:
        return True
    assert isinstance(near.atom, Expression)
    assert isinstance(far.atom, Expression)
    return is_a(near.atom.children[2], far.atom.children[2])


def _is_said(derived: Derived) -> bool:
    """Whether somebody said it, in this form or in another (``atoms.forms``)."""
    if derived.rule == "said":
        return True
    match derived.premises:
        case [premise] if any(way.rule == "said" for way in premise.parts):
            return premise.statement.atom in dict(others(derived.statement.atom))
        case _:
            return False


def by_way_of(derived: Derived) -> Statement | None:
    """The premise ``(--> s m)`` of a derivation about ``s``: ``m`` is the class it goes by."""
    subject = _subject(derived.statement)
    for premise in derived.premises:
        if subject is not None and _subject(premise.statement) == subject:
            return premise.statement
    return None


def _subject(statement: Statement) -> Atom | None:
    """``s`` of a statement ``(--> s p)``; None for other statements."""
    match statement.atom:
        case Expression((Symbol("-->"), subject, _)):
            return subject
        case _:
            return None
