"""What a base knows of a term, read in small samples: its classes, members, pairs and uses.

Invariant: every question costs a few rows, however often a term occurs; statements that are held
back (those that are being judged) do not count as known. Not covered: what follows (``search``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal, Protocol

from mettaclaw.atoms.conflicts import SURE
from mettaclaw.atoms.forms import NEGATIONS
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, is_ground, variables
from mettaclaw.atoms.unify import canonical, head
from mettaclaw.atoms.view import View
from mettaclaw.reasoning.statements import COPULAS, LINKS, TEMPORAL

INHERITANCE, SIMILARITY = "-->", "<->"
_RELATING = COPULAS | TEMPORAL | LINKS | {"Evaluation"}
PRODUCTS = ("x", "×")
PROPERTIES = ("[]", "IntSet")
INSTANCES = ("{}", "ExtSet")
CONNECTIVES = ("∧", "and", ",", "∨", "or", *NEGATIONS, "at", "&/", "&|")
SAMPLE = 32  # one page of the path index
_FEW = 8

Role = Literal["term", "property", "relation"]


class Base(View, Protocol):
    """A view whose symbols can be looked up by their spelling too. ``AtomStore`` is one."""

    def candidates(self, pattern: Atom) -> Iterator[tuple[Atom, bool]]:
        """The statements that may unify with a pattern, and whether each holds variables."""
        ...

    def spelled(self, text: str) -> str | None:
        """The first leaf of any statement from a text on, in the order of code points."""
        ...

    def holding(self, leaf: Atom, limit: int) -> list[Atom]:
        """Statements that hold a leaf anywhere, at most ``limit``."""
        ...


@dataclass(frozen=True, slots=True)
class Pair:
    """``(--> (x LEFT RIGHT) RELATION)``."""

    left: Atom
    right: Atom

    @property
    def swapped(self) -> Pair:
        """The same with its arguments the other way round."""
        return Pair(self.right, self.left)


class Known:
    """A base without the statements that are held back.

    Args:
        base: The base.
        held: Statements in canonical form that do not count.
    """

    def __init__(self, base: Base, held: Collection[Atom] = ()) -> None:
        self.base = base
        self._held = tuple(held) if len(held) <= _FEW else held  # comparing a few beats hashing
        self._kinds: dict[Atom, list[Atom]] = {}
        self._heads: dict[tuple[str, int], int] = {}
        self._members: dict[Atom, list[Atom]] = {}

    def affirmed(self, statement: Atom) -> bool:
        """Whether it is believed rather than denied."""
        return self._stands(statement) is True

    def denied(self, statement: Atom) -> bool:
        """Whether the contrary is believed."""
        return self._stands(statement) is False

    def is_sure(self, statement: Atom) -> bool:
        """Whether it is affirmed, and not by a guess."""
        belief = self.base.belief(statement) if self.affirmed(statement) else None
        return belief is not None and belief.standing.c >= SURE

    def is_told_again(self, statement: Atom) -> bool:
        """Whether more was said of it than once."""
        belief = self.base.belief(statement)
        return belief is not None and len(belief.by_word.stamp) > 1

    def some(self, pattern: Atom, limit: int = SAMPLE) -> list[Atom]:
        """Instances of a pattern whose variables differ, denied ones too."""
        return list(islice(self._matching(pattern), limit))

    def classes(self, term: Atom) -> list[Atom]:
        """What a term is believed to be: symbols."""
        return [kind for kind in self.kinds(term) if self.affirmed(form(INHERITANCE, term, kind))]

    def kinds(self, term: Atom) -> list[Atom]:
        """What a term is said to be or not to be: symbols. Cheaper than ``classes``."""
        if term not in self._kinds:
            self._kinds[term] = [
                statement.children[2]
                for statement in self.some(_form("c", term, "p"), _FEW)
                if head(statement) == INHERITANCE
                and isinstance(statement, Expression)
                and isinstance(statement.children[2], Symbol)
            ]
        return self._kinds[term]

    def members(self, term: Atom) -> list[Atom]:
        """What is said to be or not to be of a kind: terms that are no relation's arguments."""
        if term not in self._members:
            self._members[term] = [
                statement.children[1]
                for statement in self.some(_form("c", "m", term), _FEW)
                if head(statement) == INHERITANCE
                and isinstance(statement, Expression)
                and head(statement.children[1]) not in PRODUCTS
            ]
        return self._members[term]

    def pairs(self, relation: Atom) -> list[Pair]:
        """Some pairs that a relation is said to hold between."""
        found = (pair_of(one) for one in self.some(_form("c", _form("x", "a", "b"), relation)))
        return [one[0] for one in found if one is not None and one[1] == relation]

    def is_argument(self, term: Atom) -> bool:
        """Whether some relation is said to hold of a term."""
        patterns = (
            _form("c", _form("x", term, "b"), "r"),
            _form("c", _form("x", "a", term), "r"),
        )
        return any(
            pair_of(found) is not None for pattern in patterns for found in self.some(pattern, 4)
        )

    def holding(self, leaf: Atom, limit: int = _FEW) -> list[Atom]:
        """Some statements that hold a leaf."""
        known: list[Atom] = []
        for more in (0, min(len(self._held), 512)):  # those that are held are mostly the latest
            found = self.base.holding(leaf, limit + more)
            known = [one for one in found if canonical(one) not in self._held][:limit]
            if len(known) == limit or len(found) < limit + more:
                break
        return known

    def heads(self, sign: str, limit: int = SAMPLE) -> int:
        """In how many statements a sign is used as one, up to a limit."""
        asked = sign, limit
        if asked not in self._heads:
            found = self.holding(Symbol(sign), max(limit, _FEW))
            self._heads[asked] = min(limit, sum(_is_head(sign, one) for one in found))
        return self._heads[asked]

    def _stands(self, statement: Atom) -> bool | None:
        if self._held and canonical(statement) in self._held:
            return None
        belief = self.base.belief(statement)
        return None if belief is None else belief.standing.f >= 0.5

    def _matching(self, pattern: Atom) -> Iterator[Atom]:
        for statement, is_open in self.base.candidates(pattern):
            if self._held and (canonical(statement) if is_open else statement) in self._held:
                continue
            if _fits(pattern, statement):
                yield statement


def pair_of(statement: Atom) -> tuple[Pair, Atom] | None:
    """The pair and the relation of ``(--> (x A B) R)`` without variables; None for other forms."""
    match statement:
        case Expression((Symbol("-->"), Expression((Symbol(sign), left, right)), relation)):
            if sign in PRODUCTS and is_ground(statement):
                return Pair(left, right), relation
        case _:
            pass
    return None


def uses(statement: Atom, role: Role = "term") -> Iterator[tuple[Symbol, Role]]:
    """The symbols of a statement that are no signs, each with its role."""
    if isinstance(statement, Symbol):
        yield statement, role
    elif isinstance(statement, Expression) and statement.children:
        sign, *rest = statement.children
        if isinstance(sign, Expression):
            yield from uses(sign)
        inside: Role = "property" if head(statement) in PROPERTIES else "term"
        for place, child in enumerate(rest):
            relates = place == 1 and head(rest[0]) in PRODUCTS and head(statement) == INHERITANCE
            yield from uses(child, "relation" if relates else inside)


def is_statement(atom: Atom) -> bool:
    """Whether an atom has the form of a statement: a copula, or a connective of statements."""
    if head(atom) in _RELATING:
        return True
    return (
        isinstance(atom, Expression)
        and head(atom) in CONNECTIVES
        and any(is_statement(child) for child in atom.children[1:])
    )


def shared(left: Atom, right: Atom) -> bool:
    """Whether two atoms have a variable in common."""
    return not set(variables(left)).isdisjoint(variables(right))


def relation(sign: Atom, pair: Pair, name: Atom) -> Expression:
    """``(--> (SIGN LEFT RIGHT) NAME)``."""
    return Expression((Symbol(INHERITANCE), Expression((sign, pair.left, pair.right)), name))


def form(sign: str, *parts: Atom) -> Expression:
    """``(SIGN PART...)``."""
    return Expression((Symbol(sign), *parts))


def _form(*parts: Atom | str) -> Expression:
    """A pattern; a string is the name of a variable."""
    return Expression(tuple(Variable(p) if isinstance(p, str) else p for p in parts))


def _fits(pattern: Atom, statement: Atom) -> bool:
    """Whether a statement is an instance of a pattern whose variables are all different."""
    if isinstance(pattern, Variable):
        return True
    if not isinstance(pattern, Expression) or not isinstance(statement, Expression):
        return pattern == statement
    return len(pattern.children) == len(statement.children) and all(
        map(_fits, pattern.children, statement.children)
    )


def _is_head(sign: str, statement: Atom) -> bool:
    stack = [statement]
    while stack:
        node = stack.pop()
        if isinstance(node, Expression):
            if head(node) == sign:
                return True
            stack.extend(node.children)
    return False
