"""A set of rules: those of several logics side by side, found by what they take and conclude.

As it stands they serve side by side, told apart by how a statement is written: ``-->`` is NAL's,
``Inheritance`` PLN's; ``of`` gives one logic alone, in every notation that it can be written in.

Not covered: what a rule is (``rules``), what a file of them must be like (``rulefile``), choosing
premises (``conclusions`` for two given ones, ``search`` for a goal).
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from mettaclaw.atoms.syntax import Atom, Variable, variables, walk
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import Substitution, canonical, head, substitute_once
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import rulefile
from mettaclaw.reasoning.rules import (
    DEFAULT_PRIOR,
    Rule,
    Signature,
    is_instance,
    may_fit,
    signature,
)
from mettaclaw.reasoning.statements import is_compound, is_rare, outline, size

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
        led: For each rule that takes a statement of a rare shape apart, the place of that premise:
            it is looked up, for a search that derived it would build ever larger ones.
        built: Rules that compose: their premises are parts of the conclusion, and derived in turn.
            They serve goals that are such compounds themselves.
        rare: For each rule the shapes of those premises that most bases hold no belief of.
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
        self.led = {rule: place for rule in self.together if (place := _led(rule)) is not None}
        self.built = frozenset(filter(_is_built, self.together))
        self.rare = {rule: tuple(dict.fromkeys(self._rare(rule))) for rule in self.together}
        self._places = {rule: place for place, rule in enumerate(self.together)}
        self._answering: dict[Signature, list[tuple[tuple[Atom, ...], list[Rule]]]] = {}

    def _rare(self, rule: Rule) -> Iterable[Atom]:
        place = self.led.get(rule)
        premises = rule.premises if place is None else rule.premises[place : place + 1]
        return () if rule in self.built else filter(is_rare, map(canonical, premises))

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

    def answering(
        self, shape: Signature, may_have: Callable[[Atom], bool], has: Callable[[Atom], bool]
    ) -> list[Rule]:
        """The backward rules for goals of a shape whose rare premises there may be, in their order.

        Of rules that serve ``together`` it is the first.

        Args:
            shape: That of the goal.
            may_have: Whether any belief may have these signs (``statements.outline``).
            has: Whether any belief has this shape.
        """
        groups = self._answering.get(shape)
        if groups is None:
            if len(self._answering) >= _SHAPES:
                self._answering.clear()
            groups = self._answering[shape] = self._grouped(shape)
        found = [
            rule
            for signs, rules in groups
            if all(map(may_have, signs))
            for rule in rules
            if all(map(has, self.rare[rule]))
        ]
        return sorted(found, key=self._places.__getitem__)

    def _grouped(self, shape: Signature) -> list[tuple[tuple[Atom, ...], list[Rule]]]:
        """The rules that conclude what may fit a shape, by the signs that they need."""
        groups: dict[tuple[Atom, ...], list[Rule]] = {}
        for sign in dict.fromkeys((shape[0], None)):
            for rule in self._backward.get(sign, ()):
                fits = is_instance if rule in self.built else may_fit
                concluded = signature(rule.conclusion)
                if concluded == (None,) or fits(concluded, shape):
                    signs = tuple(dict.fromkeys(map(outline, self.rare[rule])))
                    groups.setdefault(signs, []).append(rule)
        return list(groups.items())


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


def _led(rule: Rule) -> int | None:
    """The place of the premise that a rule of several takes apart, where it is of a rare shape."""
    sizes = [size(premise) for premise in rule.premises]
    place = sizes.index(max(sizes))
    is_apart = len(sizes) > 1 and sizes[place] > size(rule.conclusion)
    return place if is_apart and is_rare(rule.premises[place]) else None


def _is_built(rule: Rule) -> bool:
    """Whether a rule concludes a compound from statements about its parts alone."""
    whole = Counter(_variables(rule.conclusion))
    return any(is_compound(node) and variables(node) for node in walk(rule.conclusion)) and all(
        size(premise) < size(rule.conclusion) and Counter(_variables(premise)) <= whole
        for premise in rule.premises
    )


def _variables(atom: Atom) -> Iterator[Variable]:
    return (node for node in walk(atom) if isinstance(node, Variable))


def _asked(rule: Rule) -> tuple[Atom, ...]:
    bound = frozenset(variables(rule.conclusion))
    found: list[Atom] = []
    for premise in rule.premises:
        free = [variable for variable in variables(premise) if variable not in bound]
        names: Substitution = {v: Variable(str(i)) for i, v in enumerate(free)}
        found.append(substitute_once(premise, names))
    return tuple(found)
