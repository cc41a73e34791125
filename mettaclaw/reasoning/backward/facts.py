"""Stored beliefs as a search reads them: each pattern once, a few rows at a time.

A search meets the same patterns again and again, and asks for the rules that conclude a thing far
more often than there are such rules. So what was read is kept while the search lasts, and patterns
that differ in the subject of an implication's consequent share one read, and so do those about one
thing that ask for a compound.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, is_ground
from mettaclaw.atoms.unify import apart, canonical, unify
from mettaclaw.atoms.view import Belief, View
from mettaclaw.reasoning.rules.rule import Signature, may_fit, signature
from mettaclaw.reasoning.statements import EVERYDAY, Statement, Table, outline

_SHARED = 256  # rules that conclude one thing, up to which they are kept for all its subjects
_SAMPLE = 2_000  # beliefs with one sign, up to which it is known how many parts they have
_SUBJECT = 32  # beliefs about a thing, up to which a compound is looked for among them
_ANY = Variable("any#f")
_OBJECT = Variable("0")


class Stream:
    """The beliefs that fit one pattern, read as far as someone has asked for."""

    def __init__(self, beliefs: Iterator[Belief]) -> None:
        self._beliefs = beliefs
        self._read: list[Belief] = []
        self._ended = False
        self._by_statement: dict[Atom, Belief] | None = None

    def slice(self, start: int, count: int) -> list[Belief]:
        """Up to ``count`` beliefs from the ``start``-th; fewer at the end."""
        missing = start + count - len(self._read)
        if missing > 0 and not self._ended:
            before = len(self._read)
            self._read.extend(islice(self._beliefs, missing))
            self._ended = len(self._read) - before < missing
        return self._read[start : start + count]

    def whole(self, most: int) -> dict[Atom, Belief] | None:
        """All beliefs by their statements; None if there are ``most`` or more."""
        if self._by_statement is None and len(self.slice(0, most)) < most:
            self._by_statement = {belief.statement: belief for belief in self._read}
        return self._by_statement


class Signatures:
    """The signatures of the beliefs that may have some signs, read as far as someone has asked."""

    def __init__(self, candidates: Iterator[tuple[Atom, bool]]) -> None:
        self._candidates = islice(candidates, _SAMPLE)
        self._found: set[Signature] = set()
        self._count = 0

    def any_fits(self, wanted: Signature) -> bool:
        """Whether one may fit, or there are too many of them to tell."""
        if any(may_fit(wanted, one) for one in self._found):
            return True
        for atom, _ in self._candidates:
            self._count += 1
            one = signature(atom)
            if one not in self._found:
                self._found.add(one)
                if may_fit(wanted, one):
                    return True
        return self._count == _SAMPLE

    def any_are(self) -> bool:
        """Whether there is any."""
        if not self._found:
            for atom, _ in self._candidates:
                self._count += 1
                self._found.add(signature(atom))
                break
        return bool(self._found)


class Facts:
    """The beliefs of a view that one search has read."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.statements = Table()
        self.beliefs: dict[Statement, Belief] = {}
        self.above: dict[Atom, frozenset[Atom]] = {}  # what ``classes`` has read
        self._streams: dict[Atom, Stream] = {}
        self._single: dict[Atom, Belief | None] = {}
        self._present: dict[Atom, bool] = {}
        self._signs: dict[Atom, Signatures] = {}
        self._possible: dict[Atom, bool] = {}

    def belief(self, statement: Atom) -> Belief | None:
        """The belief of exactly this statement, given in canonical form."""
        if statement not in self._single:
            self._single[statement] = self.view.belief(statement)
        return self._single[statement]

    def among(self, statement: Atom, most: int) -> Belief | None:
        """``belief`` of a ground statement that is to be derived, from what that reads anyway.

        Args:
            statement: The statement.
            most: How many beliefs about its subject to read; where there are more, it is asked for.
        """
        match statement:
            case Expression((Symbol() as copula, subject, _)) if copula.name in EVERYDAY:
                about = Expression((copula, subject, _OBJECT))
                known = self.stream(about, is_canonical=True).whole(most)
                return self.belief(statement) if known is None else known.get(statement)
            case _:
                return self.belief(statement)

    def is_unheard_of(self, statement: Atom) -> bool:
        """Whether ``among`` has read that nothing is believed about its subject."""
        match statement:
            case Expression((copula, subject, _)):
                known = self._streams.get(Expression((copula, subject, _OBJECT)))
                return known is not None and not known.slice(0, 1)
            case _:
                return False

    def stream(self, pattern: Atom, *, is_canonical: bool = False) -> Stream:
        """The beliefs that unify with a pattern; the stream is shared by all who ask for it."""
        key = pattern if is_canonical else canonical(pattern)
        found = self._streams.get(key)
        if found is None:
            found = self._streams[key] = Stream(self._find(key))
        return found

    def note(self, belief: Belief) -> Statement:
        """Keep a belief as a premise; returns its statement."""
        statement = self.statements.of(belief.statement)
        self.beliefs.setdefault(statement, belief)
        return statement

    def has(self, shape: Atom) -> bool:
        """Whether any belief fits a shape, in canonical form, of which there are probably few."""
        if shape not in self._present:
            self._present[shape] = next(iter(self.view.find(shape)), None) is not None
        return self._present[shape]

    def may_have(self, signs: Atom) -> bool:
        """Whether any belief may have these signs, whatever the number of their parts."""
        return self._with_signs(signs).any_are()

    def may_hold(self, shape: Atom) -> bool:
        """Whether any belief may have this shape; where many have its signs, it is not looked into.

        It goes by how many parts they have, and by no more.
        """
        if shape not in self._possible:
            signs, wanted = _outlined(shape)
            self._possible[shape] = self._with_signs(signs).any_fits(wanted)
        return self._possible[shape]

    def _with_signs(self, signs: Atom) -> Signatures:
        """The signatures of the beliefs that may have these signs."""
        if signs not in self._signs:
            self._signs[signs] = Signatures(iter(self.view.candidates(signs)))
        return self._signs[signs]

    def _find(self, pattern: Atom) -> Iterator[Belief]:
        wider = _any_subject(pattern)
        if wider is not None:
            shared = self.stream(wider).slice(0, _SHARED)
            if len(shared) < _SHARED:
                return (b for b in shared if _fits(pattern, b.statement))
        about = _any_object(pattern)
        known = self.stream(about, is_canonical=True).whole(_SUBJECT) if about else None
        if known is not None:
            return (b for b in known.values() if _fits(pattern, b.statement))
        return iter(self.view.find(pattern))


@lru_cache(maxsize=4_096)  # shapes are those of rules: the same ones in each search
def _outlined(shape: Atom) -> tuple[Atom, Signature]:
    return outline(shape), signature(shape)


def _fits(pattern: Atom, statement: Atom) -> bool:
    return unify(pattern, apart(statement, "f")) is not None


def _any_subject(pattern: Atom) -> Atom | None:
    """``(==> $c (--> $any p))`` for ``(==> $c (--> s p))``; None for other shapes."""
    match pattern:
        case Expression((Symbol("==>") as sign, Variable() as condition, consequent)):
            pass
        case _:
            return None
    match consequent:
        case Expression((Symbol("-->") as copula, subject, predicate)) if is_ground(predicate):
            if isinstance(subject, Variable):
                return None
            inner = Expression((copula, _ANY, predicate))
            return Expression((sign, condition, inner))
        case _:
            return None


def _any_object(pattern: Atom) -> Atom | None:
    """``(--> tom $0)`` for ``(--> tom ([] $a $b))``; None for other shapes."""
    match pattern:
        case Expression((Symbol("-->") as copula, Symbol() as subject, Expression() as predicate)):
            is_open = not is_ground(predicate)
            return Expression((copula, subject, _OBJECT)) if is_open else None
        case _:
            return None
