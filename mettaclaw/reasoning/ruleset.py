"""A set of rules: those of several logics side by side, found by what they take and conclude.

As it stands they serve side by side, told apart by how a statement is written: ``-->`` is NAL's,
``Inheritance`` PLN's; ``of`` gives one logic alone, in every notation that it can be written in.

Not covered: what a rule is (``rules``), what a file of them must be like (``rulefile``), choosing
premises (``conclusions`` for two given ones, ``search`` for a goal).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from mettaclaw.atoms.syntax import Atom, Variable, variables
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import Substitution, canonical, head, substitute_once
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import rulefile
from mettaclaw.reasoning.rules import DEFAULT_PRIOR, Rule, Signature, may_fit, signature
from mettaclaw.reasoning.statements import is_rare, outline

_SHAPES = 4_096  # of premises, for which it is kept which rules may fit


class Rules:
    """A set of rules with the notations they were read in.

    ``Rules.load()`` is the logic that ships; ``Rules.load([path, ...])`` adds a person's own files.

    Attributes:
        rules: All that serve side by side, in every notation.
        notations: Groups of signs that mean the same.
        conjunctions: The signs of conjunction.
        together: For each rule that ``concluding`` names, all that take the same premises to the
            same conclusion, itself first; they differ in the truth value that they give it.
        asked: For each of these its premises, in canonical form but for the variables that its
            conclusion binds; where a goal binds these to ground atoms, what is left is canonical.
        rare: For each rule the shapes of those premises that most bases hold no belief of; where
            there is a wider one that many rules share, that first.
        prior: What a term counts as whose prior is not known.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        notations: Iterable[tuple[str, ...]] = (),
        apart: Iterable[Rule] = (),
        prior: Truth = DEFAULT_PRIOR,
    ) -> None:
        """``apart`` are rules that serve only where their logic is asked for by name."""
        self.prior = prior
        self.rules = tuple(rules)
        self.notations = tuple(notations)
        self.conjunctions = frozenset(self.signs("∧"))
        self._apart = tuple(apart)
        self._alone: dict[str, Rules] = {}
        self._forward: dict[Signature, dict[tuple[Signature, ...], list[Rule]]] = {}
        self._joined: dict[tuple[Signature, ...], tuple[Rule, ...]] = {}
        self._backward: dict[str | None, list[Rule]] = {}
        for rule in self.rules:
            if rule.forward:
                signatures = tuple(signature(premise) for premise in rule.premises)
                fitting = self._forward.setdefault(tuple(s[0] for s in signatures), {})
                fitting.setdefault(signatures, []).append(rule)
        backward = [r for r in self.rules if r.backward and not (r.revises or r.chooses)]
        self.together = _together(backward)
        self.asked = {rule: _asked(rule) for rule in self.together}
        for rule in self.together:
            self._backward.setdefault(head(rule.conclusion), []).append(rule)
        self.rare: dict[Rule, tuple[Atom, ...]] = {
            rule: tuple(
                dict.fromkeys(
                    shape
                    for premise in map(canonical, rule.premises)
                    if is_rare(premise)
                    for shape in (outline(premise), premise)
                )
            )
            for rule in self.rules
        }

    @classmethod
    def load(cls, paths: Sequence[str | Path] = (), prior: Truth = DEFAULT_PRIOR) -> Rules:
        """The rules of ``metta/nal.metta``, of ``metta/pln.metta``, and of further files.

        Args:
            paths: A person's own rule files.
            prior: What a term counts as whose prior is not known.

        Raises:
            UsageError: A file that cannot be read, or a malformed rule, with file, line and rule.
        """
        return _loaded([Path(path) for path in paths], prior) if paths else _shipped(prior)

    @property
    def logics(self) -> tuple[str, ...]:
        """The names that ``of`` takes."""
        return tuple(dict.fromkeys(rule.logic for rule in (*self.rules, *self._apart)))

    def of(self, logic: str | None) -> Rules:
        """The rules of one logic alone; all side by side for None.

        Raises:
            UsageError: There are none of that name.
        """
        if logic is None:
            return self
        if logic not in self._alone:
            if logic not in self.logics:
                raise UsageError(f"there is no logic {logic!r}; there are {', '.join(self.logics)}")
            own = [rule for rule in (*self.rules, *self._apart) if rule.logic == logic]
            self._alone[logic] = Rules(own, self.notations, prior=self.prior)
        return self._alone[logic]

    def signs(self, sign: str) -> tuple[str, ...]:
        """All signs that mean the same as this one, itself included."""
        return next((group for group in self.notations if sign in group), (sign,))

    def joining(self, *premises: Atom) -> tuple[Rule, ...]:
        """The forward rules whose premises may fit these atoms, in this order."""
        shapes = tuple(map(signature, premises))
        found = self._joined.get(shapes)
        if found is None:
            if len(self._joined) >= _SHAPES:
                self._joined.clear()
            found = self._joined[shapes] = tuple(self._fitting(shapes))
        return found

    def _fitting(self, shapes: tuple[Signature, ...]) -> Iterator[Rule]:
        choices = [dict.fromkeys((shape[0], None)) for shape in shapes]
        for heads in itertools.product(*choices):
            for signatures, rules in self._forward.get(heads, {}).items():
                if all(map(may_fit, signatures, shapes)):
                    yield from rules

    def concluding(self, sign: str | None) -> Iterator[Rule]:
        """The backward rules for goals with this sign; None for a goal that has none.

        Of rules that serve ``together`` it is the first.
        """
        for key in dict.fromkeys((sign, None)):
            yield from self._backward.get(key, ())


@lru_cache(maxsize=4)
def _shipped(prior: Truth) -> Rules:
    return _loaded([], prior)


def _loaded(paths: Sequence[Path], prior: Truth) -> Rules:
    said = rulefile.read(paths, prior)
    return Rules(said.beside, said.notations, said.apart, prior)


def _together(rules: Iterable[Rule]) -> dict[Rule, tuple[Rule, ...]]:
    """Groups of rules that take the same premises to the same conclusion, by the first of each."""
    groups: dict[object, list[Rule]] = {}
    for rule in rules:
        key = rule.premises, rule.conclusion, rule.conditions, rule.weak
        groups.setdefault(key, []).append(rule)
    return {group[0]: tuple(group) for group in groups.values()}


def _asked(rule: Rule) -> tuple[Atom, ...]:
    bound = frozenset(variables(rule.conclusion))
    found: list[Atom] = []
    for premise in rule.premises:
        free = [variable for variable in variables(premise) if variable not in bound]
        names: Substitution = {v: Variable(str(i)) for i, v in enumerate(free)}
        found.append(substitute_once(premise, names))
    return tuple(found)
