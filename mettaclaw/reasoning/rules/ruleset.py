"""A set of rules: those of several logics side by side, found by what they take and conclude.

As it stands they serve side by side, told apart by how a statement is written: ``-->`` is NAL's,
``Inheritance`` PLN's; ``of`` gives one logic alone, in every notation that it can be written in.

Not covered: what a rule is (``rule``), what a file of them must be like (``rulefile``), choosing
premises (``conclusions`` for two given ones, ``backward`` for a goal).
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, variables, walk
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import Substitution, canonical, head, substitute_once
from mettaclaw.errors import UsageError
from mettaclaw.reasoning.rules import rulefile
from mettaclaw.reasoning.rules.rule import (
    DEFAULT_PRIOR,
    Rule,
    Signature,
    is_instance,
    may_fit,
    signature,
)
from mettaclaw.reasoning.statements import COMPOSED, is_rare, outline, size

_SHAPES = 4_096  # of premises, for which it is kept which rules may fit


_Groups: TypeAlias = dict[tuple[Atom, ...], list[Rule]]
"""Rules by the signs that beliefs must have for them to be of use (``statements.outline``)."""


class Taker(NamedTuple):
    """A rule with the place of a premise that is given, and its number among all of them."""

    rule: Rule
    place: int
    number: int


_Takers: TypeAlias = dict[tuple[Atom, ...], list[Taker]]
"""Takers by the shapes that the rule's other premises must have."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a search does with a rule.

    Attributes:
        asked: Its premises, in canonical form but for the variables that its conclusion binds;
            where a goal binds these to ground atoms, what is left is canonical.
        composes: It says something of a compound from its parts: the premises are goals, and it
            serves those goals alone that are such compounds themselves.
        led: Where it takes a statement of a rare shape apart, the place of that premise: it is
            looked up, for a search that derived it would build ever larger ones.
        rare: The shapes of those premises that are looked up and that most bases hold none of.
    """

    asked: tuple[Atom, ...]
    composes: bool
    led: int | None
    rare: tuple[Atom, ...]

    @classmethod
    def of(cls, rule: Rule, composed: frozenset[str]) -> Use:
        """That of a rule, by its form and the signs that compounds begin with."""
        rare = tuple(dict.fromkeys(map(canonical, _rare(rule, composed))))
        return cls(_asked(rule), _composes(rule, composed), _led(rule), rare)


def _asked(rule: Rule) -> tuple[Atom, ...]:
    bound = frozenset(variables(rule.conclusion))
    found: list[Atom] = []
    for premise in rule.premises:
        free = [variable for variable in variables(premise) if variable not in bound]
        names: Substitution = {v: Variable(str(i)) for i, v in enumerate(free)}
        found.append(substitute_once(premise, names))
    return tuple(found)


def _led(rule: Rule) -> int | None:
    sizes = [size(premise) for premise in rule.premises]
    place = sizes.index(max(sizes))
    is_apart = len(sizes) > 1 and sizes[place] > _size(rule.conclusion)
    return place if is_apart and is_rare(rule.premises[place]) else None


def _size(conclusion: Atom) -> int:
    """The size of a conclusion, where a time is one part, however it is worked out."""
    match conclusion:
        case Expression((Symbol("at") as sign, statement, _, _)):
            return size(Expression((sign, statement, sign, sign)))
        case _:
            return size(conclusion)


def _rare(rule: Rule, composed: frozenset[str]) -> Iterable[Atom]:
    if _composes(rule, composed):
        return ()
    led = _led(rule)
    return filter(is_rare, rule.premises if led is None else rule.premises[led : led + 1])


@lru_cache(maxsize=8_192)  # each rule is in several sets: of a logic alone, of all side by side
def _composes(rule: Rule, composed: frozenset[str]) -> bool:
    whole = size(rule.conclusion)
    if any(size(premise) >= whole for premise in rule.premises):
        return False
    held = Counter(_variables(rule.conclusion))
    return any(
        head(node) in composed and variables(node) for node in walk(rule.conclusion)
    ) and all(Counter(_variables(premise)) <= held for premise in rule.premises)


def _variables(atom: Atom) -> Iterator[Variable]:
    return (node for node in walk(atom) if isinstance(node, Variable))


class Rules:
    """A set of rules with the notations they were read in.

    ``Rules.load()`` is the logic that ships; ``Rules.load([path, ...])`` adds a person's own files.

    Attributes:
        rules: All that serve side by side, in every notation.
        notations: Groups of signs that mean the same.
        conjunctions: The signs of conjunction.
        together: For each rule that ``answering`` names, all that take the same premises to the
            same conclusion, itself first; they differ in the truth value that they give it.
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
        self._composed = frozenset(other for sign in COMPOSED for other in self.signs(sign))
        self._apart = tuple(apart)
        self._alone: dict[str, Rules] = {}
        self._forward: dict[Signature, dict[tuple[Signature, ...], list[Rule]]] = {}
        self._joined: dict[tuple[Signature, ...], tuple[Rule, ...]] = {}
        self._backward: dict[str | None, dict[tuple[Signature, bool], _Groups]] = {}
        for rule in self.rules:
            if rule.forward:
                signatures = tuple(signature(premise) for premise in rule.premises)
                fitting = self._forward.setdefault(tuple(s[0] for s in signatures), {})
                fitting.setdefault(signatures, []).append(rule)
        backward = [r for r in self.rules if r.backward and not (r.revises or r.chooses)]
        self.together = _together(backward)
        for rule in self.together:
            alike = self._backward.setdefault(head(rule.conclusion), {})
            kind = signature(rule.conclusion), _composes(rule, self._composed)
            signs = tuple(dict.fromkeys(map(outline, _rare(rule, self._composed))))
            alike.setdefault(kind, {}).setdefault(signs, []).append(rule)
        self._places = {rule: place for place, rule in enumerate(self.together)}
        self._uses: dict[Rule, Use] = {}
        self._answering: dict[Signature, _Groups] = {}
        self._taking: dict[Signature, _Takers] = {}

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

    @cached_property
    def _takers(self) -> Mapping[str | None, Mapping[Signature, _Takers]]:
        """The strong rules to go forward by, by the sign and the signature of what they take."""
        found: dict[str | None, dict[Signature, _Takers]] = {}
        known_shapes: dict[Atom, Atom] = {}  # the same object for each, so that it is found quickly
        numbers = itertools.count()
        for rule in self.rules:
            known = {variable for premise in rule.premises for variable in variables(premise)}
            if not known.issuperset(variables(rule.conclusion)):
                continue  # a goal says what it is about
            if rule.backward and not (rule.weak or rule.revises or _composes(rule, self._composed)):
                for place, premise in enumerate(rule.premises):
                    others = (*rule.premises[:place], *rule.premises[place + 1 :])
                    shapes = [canonical(one) for one in others if not isinstance(one, Variable)]
                    key = tuple(known_shapes.setdefault(shape, shape) for shape in shapes)
                    alike = found.setdefault(head(premise), {}).setdefault(signature(premise), {})
                    alike.setdefault(key, []).append(Taker(rule, place, next(numbers)))
        return found

    def taking(self, shape: Signature, may_hold: Callable[[Atom], bool]) -> list[Taker]:
        """The strong rules that may take a premise of a shape, whose others there may be, in order.

        Args:
            shape: That of the premise.
            may_hold: Whether any belief may have a shape, in canonical form.
        """
        groups = self._taking.get(shape)
        if groups is None:
            if len(self._taking) >= _SHAPES:
                self._taking.clear()
            groups = self._taking[shape] = {}
            for sign in dict.fromkeys((shape[0], None)):
                for taken, takers in self._takers.get(sign, {}).items():
                    for others, own in takers.items() if may_fit(taken, shape) else ():
                        groups.setdefault(others, []).extend(own)
        found = [one for others, own in groups.items() if all(map(may_hold, others)) for one in own]
        return sorted(found, key=lambda taker: taker.number)

    def prepare(self) -> None:
        """Make now what is made when it is first asked for."""
        for logic in self.logics:
            self.of(logic)
        len(self._takers)  # not in an assertion, which `python -O` leaves out

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
        self, shape: Signature, may_have: Callable[[Atom], bool], may_hold: Callable[[Atom], bool]
    ) -> list[Rule]:
        """The backward rules for goals of a shape whose rare premises there may be, in their order.

        Of rules that serve ``together`` it is the first.

        Args:
            shape: That of the goal.
            may_have: Whether any belief may have these signs (``statements.outline``).
            may_hold: Whether any belief may have this shape.
        """
        groups = self._answering.get(shape)
        if groups is None:
            if len(self._answering) >= _SHAPES:
                self._answering.clear()
            groups = self._answering[shape] = self._grouped(shape)
        found = [
            rule
            for signs, rules in groups.items()
            if all(map(may_have, signs))
            for rule in rules
            if all(map(may_hold, self.use(rule).rare))
        ]
        return sorted(found, key=self._places.__getitem__)

    def _grouped(self, shape: Signature) -> _Groups:
        """The rules that conclude what may fit a shape, by the signs that they need."""
        found: _Groups = {}
        for sign in dict.fromkeys((shape[0], None)):
            for (concluded, composes), groups in self._backward.get(sign, {}).items():
                fits = is_instance if composes and sign is not None else may_fit
                if fits(concluded, shape):
                    for signs, rules in groups.items():
                        found.setdefault(signs, []).extend(rules)
        return found

    def use(self, rule: Rule) -> Use:
        """What a search does with a backward rule."""
        found = self._uses.get(rule)
        if found is None:
            found = self._uses[rule] = Use.of(rule, self._composed)
        return found


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
