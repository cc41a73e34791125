"""Statements and the forms that one has: its negation, and itself the other way round.

``(¬ A)`` says the same as ``A`` with its frequency turned round, ``(<-> a b)`` the same as
``(<-> b a)``; what has a time has the forms of what is so then. What somebody says once is one
piece of evidence in whatever form it is written (``atoms.evidence``), and contradicts what is said
in another (``atoms.conflicts``).

Not covered: other forms that differ within a statement; those are reasoning's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, is_ground
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Evidence
from mettaclaw.errors import UsageError

NEGATIONS = ("¬", "not", "Not")
SYMMETRIC = frozenset(
    {
        "<->",
        "<=>",
        "<|>",
        "Similarity",
        "IntentionalSimilarity",
        "ExtensionalSimilarity",
        "Equivalence",
    }
)

_PLAIN = SYMMETRIC | {*NEGATIONS, "-->", "Inheritance", "Member", "∧", "∨", "and", "or", ","}


def forms(statement: Atom) -> Iterator[tuple[Atom, bool]]:
    """All forms, itself included, each with whether its frequency is turned round.

    The first is the bare one, or its other way round: without a negation before it.
    """
    bare = stripped(statement)
    match bare:
        case Expression((Symbol("at") as at, inner, begin, end)):
            for form, turned in forms(inner):
                timed = Expression((at, form, begin, end))
                yield timed, turned
                if not turned:
                    yield from _negated(timed)
        case _:
            for side in (bare, *_reversed(bare)):
                yield side, False
                yield from _negated(side)


def others(statement: Atom) -> Iterator[tuple[Atom, bool]]:
    """The other forms of a statement, each with whether its frequency is turned round from its."""
    every = list(forms(statement))
    own = next((turned for form, turned in every if form == statement), None)
    for form, turned in every:
        if own is not None and form != statement:
            yield form, turned != own


def stated(atom: Atom) -> Atom:
    """An atom as it is said that it is so: as ``undoubled``, which says the same.

    Raises:
        UsageError: It names nothing, and would say so of everything, as ``(--> $x $y)`` does. An
            implication may hold variables alone.
    """
    if is_ground(atom) or _names_something(atom):
        return undoubled(atom)
    raise UsageError(
        f"`{str(atom)[:60]}` names nothing, so it would say that everything is so; name what it is "
        "about, as in (--> garfield cat)"
    )


def _names_something(atom: Atom) -> bool:
    """Whether there is a leaf in it that is neither a variable, nor a sign, nor a time."""
    stack = [atom]
    while stack:
        match stack.pop():
            case Variable():
                pass
            case Expression((Symbol("at"), statement, _, _)):
                stack.append(statement)
            case Expression((Symbol(sign), *parts)) if sign in _PLAIN:
                stack += parts
            case Expression(children):
                stack += children
            case _:
                return True
    return False


def undoubled(statement: Atom) -> Atom:
    """The statement with at most one negation before it; of what has a time, within that."""
    match statement:
        case Expression((Symbol(sign) as outer, inner)) if sign in NEGATIONS:
            match inner:
                case Expression((Symbol(other), once)) if other in NEGATIONS:
                    return undoubled(once)
                case Expression((Symbol("at") as at, held, begin, end)):
                    return undoubled(Expression((at, Expression((outer, held)), begin, end)))
                case _:
                    return statement
        case Expression((Symbol("at") as at, held, begin, end)):
            plain = undoubled(held)
            return statement if plain is held else Expression((at, plain, begin, end))
        case _:
            return statement


def stripped(statement: Atom) -> Atom:
    """The statement under all negations."""
    while True:
        match statement:
            case Expression((Symbol(sign), inner)) if sign in NEGATIONS:
                statement = inner
            case _:
                return statement


def turned_round(evidence: Evidence) -> Evidence:
    """A piece of evidence as it counts for the negation of what it was said of."""
    truth = evidence.truth
    return evidence if truth is None else replace(evidence, truth=Truth(1.0 - truth.f, truth.c))


def _negated(side: Atom) -> Iterator[tuple[Atom, bool]]:
    for sign in NEGATIONS:
        once = Expression((Symbol(sign), side))
        yield once, True
        yield Expression((Symbol(sign), once)), False


def _reversed(statement: Atom) -> Iterator[Atom]:
    match statement:
        case Expression((Symbol(sign) as head, one, other)) if sign in SYMMETRIC and one != other:
            yield Expression((head, other, one))
        case _:
            pass
