"""Priors: how probable the terms of a link are, as far as it is known.

The prior of a term is the truth value of the bare term as a statement: ``a (stv 0.2 0.9)`` says
that a thing is an ``a`` with probability 0.2. One that is not known counts as the default of the
rules (the setting ``pln_prior``). A term that is named with its kind, ``(Concept a)``, has the
prior of ``a`` where none of its own is known.

Not covered: what is done with them (``pln_functions``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import canonical
from mettaclaw.atoms.view import View
from mettaclaw.errors import UsageError
from mettaclaw.reasoning.rules import DEFAULT_PRIOR, Rule

Prior = Truth | tuple[float, float] | float


class Priors:
    """The priors that are known, each looked up once.

    Args:
        find: The truth value of a bare term, or None where it is not known.
        default: What other terms count as.
    """

    def __init__(
        self, find: Callable[[Atom], Truth | None], default: Truth = DEFAULT_PRIOR
    ) -> None:
        self._find = find
        self._default = default
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

        return cls(find, default)

    def of(self, term: Atom) -> Truth:
        """The prior of a term."""
        if term not in self._known:
            self._known[term] = self._find(term) or self._bare(term) or self._default
        return self._known[term]

    def taken(self, rule: Rule, premises: Sequence[Atom]) -> list[Truth]:
        """What a rule's truth function takes besides the truth values of these premises."""
        return [self.of(term) for term in rule.terms_of(premises)] if rule.terms else []

    def _bare(self, term: Atom) -> Truth | None:
        match term:
            case Expression((Symbol("Concept" | "Predicate"), Symbol() as name)):
                return self._find(name)
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
