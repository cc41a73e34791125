"""Inference rules as values: what one says, and how those that fit are found.

Invariant: a ``Rule`` that exists is sound in form, for ``rulefile``, which reads them, checks it:
its conclusion binds no variable but those that it introduces, its truth term can be computed.
A set of rules holds those of several logics. As it stands they serve side by side, told apart by
how a statement is written: ``-->`` is NAL's, ``Inheritance`` PLN's; ``of`` gives one logic alone,
in every notation that it can be written in.

Not covered: choosing premises (``conclusions`` for two given ones, ``search`` for a goal), and
where the priors come from that some truth functions take (``priors``).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, is_ground, variables, walk
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import (
    Substitution,
    alpha_equal,
    canonical,
    head,
    rename,
    substitute,
    substitute_once,
    unify,
)
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import times
from mettaclaw.reasoning.statements import COPULAS, is_rare, outline

NAL, PLN = "nal", "pln"
DEFAULT_PRIOR = Truth(0.1, 0.9)
_SHAPES = 4_096  # of premises, for which it is kept which rules may fit

TruthTerm = Callable[[Sequence[Truth]], Truth | None]
Relation: TypeAlias = Literal["same", "differ", "apart", "ordered", "before", "not-after"]
Signature: TypeAlias = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold between two parts of a rule.

    They are alpha equal (``same``) or not (``differ``), name nothing in common (``apart``), stand
    in the order of their text (``ordered``), or are times of which the first is ``before`` the
    second, or ``not-after`` it; what is no time is neither.
    """

    relation: Relation
    left: Atom
    right: Atom

    def holds(self, bound: Substitution) -> bool:
        """Whether the condition is met under a substitution."""
        left, right = substitute(self.left, bound), substitute(self.right, bound)
        match self.relation:
            case "same" | "differ":
                return (left == right or alpha_equal(left, right)) is (self.relation == "same")
            case "apart":
                return _names(left).isdisjoint(_names(right))
            case "ordered":
                return str(canonical(left)) < str(canonical(right))
            case "before" | "not-after":
                first, second = times.seconds(left), times.seconds(right)
                if first is None or second is None:
                    return False
                return first < second or (self.relation == "not-after" and first == second)


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One inference rule in one notation.

    Attributes:
        name: What proofs call it.
        premises: Patterns; all variables of a rule end in ``#r``.
        conclusion: The pattern of what follows.
        value: From the premises' truth values, in their order, and then the priors of ``terms``
            (the default where they are left out) to the conclusion's; None if nothing follows.
        terms: Patterns of the terms whose priors its truth function takes.
        weak: Its truth function goes beyond the premises, and nothing but those is observed.
        timed: It compares times: what came after what was observed, and is no guess.
        revises: It pools two truth values of one statement.
        chooses: It takes one of two truth values of one statement that share evidence.
        conditions: What must hold besides.
        forward: Whether ``|-`` uses it.
        backward: Whether the search for a goal uses it.
        otherwise: In ``|-`` it speaks only where no other rule says anything of the conclusion.
        logic: ``nal``, ``pln``, or a name of a person's own.
        origin: File and line.
    """

    name: str
    premises: tuple[Atom, ...]
    conclusion: Atom
    value: TruthTerm
    terms: tuple[Atom, ...] = ()
    weak: bool = False
    timed: bool = False
    revises: bool = False
    chooses: bool = False
    conditions: tuple[Condition, ...] = ()
    forward: bool = True
    backward: bool = True
    otherwise: bool = False
    logic: str = NAL
    origin: str = ""

    def truth(self, truths: Sequence[Truth]) -> Truth:
        """``value``, where nothing that follows has no confidence."""
        return self.value(truths) or Truth(1.0, 0.0)

    def permits(self, bound: Substitution) -> bool:
        """Whether all conditions of the rule hold under a substitution."""
        return all(condition.holds(bound) for condition in self.conditions)

    def terms_of(self, premises: Sequence[Atom]) -> tuple[Atom, ...]:
        """The terms whose priors it takes, given the premises that it was used with."""
        bound: Substitution | None = {}
        for i, (pattern, atom) in enumerate(zip(self.premises, premises, strict=True)):
            bound = unify(pattern, atom if is_ground(atom) else rename(atom, str(i)), bound)
            if bound is None:
                raise ValueError(f"{atom} is no premise of the rule {self.name}")
        return tuple(substitute(term, bound) for term in self.terms)


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
        from mettaclaw.reasoning import rulefile

        return rulefile.read([Path(path) for path in paths], prior) if paths else _shipped(prior)

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
    from mettaclaw.reasoning import rulefile

    return rulefile.read([], prior)


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


def serves_beside(rule: Rule) -> bool:
    """Whether a rule of another logic than NAL can tell its statements from NAL's by their form."""
    if all(isinstance(premise, Variable) for premise in rule.premises):
        return False
    signs = {head(node) for premise in rule.premises for node in walk(premise)}
    return COPULAS.isdisjoint(sign for sign in signs if sign is not None)


def signature(atom: Atom) -> Signature:
    """The sign of an atom and those of its parts: "" for a leaf, "$" for a variable."""
    if not isinstance(atom, Expression):
        return (None,)
    return (head(atom), *(_sign(part) for part in atom.children[1:]))


def _sign(atom: Atom) -> str:
    if isinstance(atom, Variable):
        return "$"
    return head(atom) or ("$" if isinstance(atom, Expression) else "")


def may_fit(pattern: Signature, atom: Signature) -> bool:
    """Whether an atom of one signature may unify with a pattern of another."""
    if pattern == (None,):
        return True
    if len(pattern) != len(atom):
        return False
    return all(p in ("$", a) or a == "$" for p, a in zip(pattern[1:], atom[1:], strict=True))


def _names(atom: Atom) -> set[Atom]:
    """What an atom names: its leaves but for operators and variables.

    The operator of time counts, for statements that have a time are related by it.
    """
    if not isinstance(atom, Expression):
        return set() if isinstance(atom, Variable) else {atom}
    return {
        part
        for node in walk(atom)
        if isinstance(node, Expression)
        for place, part in enumerate(node.children)
        if not isinstance(part, Expression | Variable)
        and not (place == 0 and isinstance(part, Symbol) and part.name != "at")
    }
