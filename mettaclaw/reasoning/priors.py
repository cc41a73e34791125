"""Priors: how probable the terms of a link are, as far as it is known.

The prior of a term is the truth value of the bare term as a statement: ``a (stv 0.2 0.9)`` says
that a thing is an ``a`` with probability 0.2. One that is not known counts as the default of the
rules (the setting ``pln_prior``). A term that is named with its kind, ``(Concept a)``, has the
prior of ``a`` where none of its own is known.

A prior that somebody has said is evidence for what is concluded with it (``Priors.told``), and what
is kept rests on it as on its premises. Not covered: what is done with them (``pln_functions``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import canonical
from mettaclaw.atoms.view import Belief, View
from mettaclaw.errors import UsageError
from mettaclaw.reasoning.rules.rule import DEFAULT_PRIOR, Rule

Prior = Truth | tuple[float, float] | float


class Priors:
    """The priors that are known, each looked up once.

    Args:
        find: The truth value of a bare term, or None where it is not known.
        default: What other terms count as.
        belief: The belief that says so, where one does.
    """

    def __init__(
        self,
        find: Callable[[Atom], Truth | None],
        default: Truth = DEFAULT_PRIOR,
        belief: Callable[[Atom], Belief | None] = lambda _: None,
    ) -> None:
        self._find = find
        self._belief = belief
        self._default = default
        self._told: dict[Atom, Belief | None] = {}
        self._known: dict[Atom, Truth] = {}

    @classmethod
    def given(cls, values: Mapping[str, Prior] | None, default: Truth = DEFAULT_PRIOR) -> Priors:
        """Those that somebody names: terms as MeTTa text, strengths with or without confidence.

        Raises:
            UsageError: A value that is no strength in [0, 1] and no (strength, confidence).
        """
        known = {canonical(read(term)): _truth(term, value) for term, value in _items(values)}
        return cls(lambda term: known.get(canonical(term)), default)

    @classmethod
    def stored(cls, view: View, default: Truth = DEFAULT_PRIOR) -> Priors:
        """Those that a view believes; an atom without a truth value says nothing of its prior."""

        def find(term: Atom) -> Truth | None:
            belief = view.belief(term)
            return None if belief is None else belief.truth

        return cls(find, default, view.belief)

    def of(self, term: Atom) -> Truth:
        """The prior of a term."""
        if term not in self._known:
            self._known[term] = self._find(term) or self._bare(term) or self._default
        return self._known[term]

    def taken(self, rule: Rule, premises: Sequence[Atom]) -> list[Truth]:
        """What a rule's truth function takes besides the truth values of these premises."""
        return [self.of(term) for term in rule.terms_of(premises)] if rule.terms else []

    def told(self, rule: Rule, premises: Sequence[Atom]) -> list[Belief]:
        """The beliefs that say what ``taken`` takes, each once: evidence as the premises are."""
        found: dict[Atom, Belief] = {}
        for term in rule.terms_of(premises) if rule.terms else ():
            if term not in self._told:
                self._told[term] = self._said(term)
            belief = self._told[term]
            if belief is not None:
                found[belief.statement] = belief
        return list(found.values())

    def _said(self, term: Atom) -> Belief | None:
        if self._find(term) is not None:
            return self._belief(term)
        name = _name(term)
        return None if name is None or self._find(name) is None else self._belief(name)

    def _bare(self, term: Atom) -> Truth | None:
        name = _name(term)
        return None if name is None else self._find(name)


def _name(term: Atom) -> Symbol | None:
    """``a`` of ``(Concept a)``."""
    match term:
        case Expression((Symbol("Concept" | "Predicate"), Symbol() as name)):
            return name
        case _:
            return None


def _items(values: Mapping[str, Prior] | None) -> list[tuple[str, Prior]]:
    return list((values or {}).items())


def _truth(term: str, value: object) -> Truth:
    match value:
        case Truth():
            return value
        case int() | float() if not isinstance(value, bool):
            pair = (value, DEFAULT_PRIOR.c)
        case (float() | int() as s, float() | int() as c):
            pair = (s, c)
        case _:
            raise UsageError(f"the prior of {term} is {value!r}; write priors={{{term!r}: 0.2}}")
    try:
        return Truth(*pair)
    except UsageError as error:
        raise UsageError(f"the prior of {term}: {error}") from error
