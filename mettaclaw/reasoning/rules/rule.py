"""Inference rules as values: what one says, and which atoms it may fit.

Invariant: a ``Rule`` that exists is sound in form, for ``rulefile``, which reads them, checks it:
its conclusion binds no variable but those that it introduces, its truth term can be computed.

Not covered: sets of rules (``ruleset``), and where the priors come from that some truth functions
take (``priors``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal, TypeAlias

from mettaclaw.atoms import spans
from mettaclaw.atoms.spans import Span
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, walk
from mettaclaw.atoms.truth import MAX_CONFIDENCE, Truth
from mettaclaw.atoms.unify import (
    Substitution,
    alpha_equal,
    apart,
    canonical,
    head,
    substitute,
    unify,
)
from mettaclaw.reasoning.functions import intersection
from mettaclaw.reasoning.statements import COPULAS

CONJUNCTION = "intersection"  # the name of the rule that proves one from its parts
ALWAYS = "always"  # that of the one by which what was said of no time holds at one
NAL, PLN = "nal", "pln"
DEFAULT_PRIOR = Truth(0.1, 0.9)

TruthTerm = Callable[[Sequence[Truth]], Truth | None]
Relation: TypeAlias = Literal["same", "differ", "apart", "ordered", "before", "not-after", "within"]
Signature: TypeAlias = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold between two parts of a rule.

    They are alpha equal (``same``) or not (``differ``), name nothing in common (``apart``), stand
    in the order of their text (``ordered``), or are times of which all of the first is ``before``
    the second, or not all of it is after (``not-after``), or pairs of times of which the first is
    ``within`` the second; what is no time is neither.
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
            case "before":
                first, second = spans.seconds(left, end=True), spans.seconds(right)
                return first is not None and second is not None and first < second
            case "not-after":
                first, second = spans.seconds(left), spans.seconds(right, end=True)
                return first is not None and second is not None and first <= second
            case "within":
                inner, outer = _span(left), _span(right)
                return inner is not None and outer is not None and outer.holds(inner)


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
        divides: It takes a compound apart by what is known of the rest of it.
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
    divides: bool = False
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

    @property
    def weighs(self) -> bool:
        """Whether its premises must rest on disjoint evidence, for it weighs one by the other."""
        return self.weak or self.timed or self.divides

    def permits(self, bound: Substitution) -> bool:
        """Whether all conditions of the rule hold under a substitution."""
        return all(condition.holds(bound) for condition in self.conditions)

    def terms_of(self, premises: Sequence[Atom]) -> tuple[Atom, ...]:
        """The terms whose priors it takes, given the premises that it was used with."""
        bound: Substitution | None = {}
        for i, (pattern, atom) in enumerate(zip(self.premises, premises, strict=True)):
            bound = unify(pattern, apart(atom, str(i)), bound)
            if bound is None:
                raise ValueError(f"{atom} is no premise of the rule {self.name}")
        return tuple(substitute(term, bound) for term in self.terms)


def _span(pair: Atom) -> Span | None:
    match pair:
        case Expression((begin, end)):
            return spans.between(begin, end)
        case _:
            return None


def serves_beside(rule: Rule) -> bool:
    """Whether a rule of another logic than NAL can tell its statements from NAL's by their form."""
    if all(isinstance(premise, Variable) for premise in rule.premises):
        return False
    signs = {head(node) for premise in rule.premises for node in walk(premise)}
    return COPULAS.isdisjoint(sign for sign in signs if sign is not None)


def signature(atom: Atom) -> Signature:
    """The sign of an atom and those of its parts: "" for a leaf, "$" for a variable.

    The sign of a part comes with the number of its own parts: "∩ 2".
    """
    if not isinstance(atom, Expression):
        return (None,)
    return (head(atom), *(_sign(part) for part in atom.children[1:]))


def _sign(atom: Atom) -> str:
    if isinstance(atom, Variable):
        return "$"
    if not isinstance(atom, Expression):
        return ""
    sign = head(atom)
    return f"{sign} {len(atom.children) - 1}" if sign else "$"


def may_fit(pattern: Signature, atom: Signature) -> bool:
    """Whether an atom of one signature may unify with a pattern of another."""
    if pattern == (None,):
        return True
    if len(pattern) != len(atom):
        return False
    return all(p in ("$", a) or a == "$" for p, a in zip(pattern[1:], atom[1:], strict=True))


def is_instance(pattern: Signature, atom: Signature) -> bool:
    """Whether an atom of one signature has all the signs of a pattern of another."""
    return len(pattern) == len(atom) and all(
        p in ("$", a) for p, a in zip(pattern[1:], atom[1:], strict=True)
    )


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


def conjunction(pattern: Atom, conjuncts: tuple[Atom, ...]) -> Rule:
    """The rule that proves a conjunction from all of its parts, however many there are."""

    def value(truths: Sequence[Truth]) -> Truth:
        found = reduce(intersection, truths)
        return Truth(found.f, min(found.c, MAX_CONFIDENCE))

    return Rule(CONJUNCTION, conjuncts, pattern, value)


def constant(name: str, premises: tuple[Atom, ...], conclusion: Atom, truth: Truth) -> Rule:
    """A rule that says one thing of just these statements, as one said that is gone."""
    return Rule(name, premises, conclusion, lambda _: truth, logic="")


def always(statement: Atom, timed: Atom) -> Rule:
    """The rule by which a statement of no time holds at a time."""
    return Rule(ALWAYS, (statement,), timed, lambda truths: truths[0])
