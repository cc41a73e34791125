"""What follows from one or two given premises: the operations ``|-`` and ``|~``.

Every rule is applied, to two premises in both orders; rules of one premise also to each of two,
where they take it apart. Each conclusion comes once: where several rules reach it from the same
premises, they rest on the same evidence, so the most confident one stands. No tautology, no
conclusion that is a premise again, none with variables that nothing binds. Two premises that are
one statement (up to names of variables) are revised, or, where they share evidence, the more
confident one is chosen; nothing else is done with them.

Whether the premises rest on the same evidence is the caller's to know: pass ``revisable=False``
where they do. Then rules that weigh the evidence of two premises, the weak ones, those that compare
times and those that tell a part by the rest, are silent, as they are in a search (``weighing``): it
would count twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mettaclaw.atoms import arguments, spans
from mettaclaw.atoms.syntax import Atom, Expression, Variable, check, is_ground, read
from mettaclaw.atoms.truth import UNTOLD, Truth
from mettaclaw.atoms.unify import (
    Substitution,
    alpha_equal,
    apart,
    canonical,
    substitute,
    unify,
)
from mettaclaw.reasoning.priors import Prior, Priors
from mettaclaw.reasoning.rules.rule import Rule
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.statements import says_something, size, tidy


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A statement that follows, how true it is by that, and the name of the rule."""

    statement: Atom
    truth: Truth
    rule: str


def conclude(
    p1: Atom | str,
    t1: Truth | tuple[float, float] | None,
    p2: Atom | str | None = None,
    t2: Truth | tuple[float, float] | None = None,
    logic: str = "nal",
    priors: Mapping[str, Prior] | None = None,
    *,
    rules: Rules | None = None,
) -> list[Conclusion]:
    """All that follows from one premise, or from two in either order; best expectation first.

    Args:
        p1: A statement, as an atom or as MeTTa text.
        t1: Its truth value (f, c); None for a statement without one, which counts as (1, 0.9).
        p2: The second statement; None to apply the rules that take one premise.
        t2: Its truth value.
        logic: ``nal``, ``pln``, or what a rule file of your own calls its logic.
        priors: For PLN, how probable terms are: a strength, or (strength, confidence), by term.
        rules: None for those that ship.

    Raises:
        UsageError: A truth value outside [0, 1], or an unknown logic.
        MettaSyntaxError, LimitError: A premise is no MeTTa, or too large.
    """
    chosen = (rules or Rules.load()).of(logic)
    premises = [(_atom(p1), _truth(t1))]
    if p2 is not None:
        premises.append((_atom(p2), _truth(t2)))
    return follow(chosen, premises, priors=Priors.given(priors, chosen.prior))


def follow(
    rules: Rules,
    premises: list[tuple[Atom, Truth]],
    *,
    revisable: bool = True,
    priors: Priors | None = None,
) -> list[Conclusion]:
    """What the rules conclude from one or two premises; see the module's docstring.

    Args:
        rules: The rules.
        premises: Statements with their truth values.
        revisable: Whether the premises rest on different evidence, so that they may be pooled, and
            weighed by one rule.
        priors: Of terms; None where none is known.
    """
    same = len(premises) == 2 and alpha_equal(premises[0][0], premises[1][0])
    given = {canonical(premise) for premise, _ in premises}
    best: dict[Atom, tuple[tuple[bool, bool, float, float], Conclusion]] = {}
    for rule, truths, bound in _applications(rules, premises, same):
        if (rule.revises, rule.chooses) != (same and revisable, same and not revisable):
            continue
        if rule.chooses and truths[0] == truths[1]:
            continue
        if not revisable and len(truths) > 1 and rule.weighs:
            continue
        statement = tidy(spans.moved(substitute(rule.conclusion, bound)))
        key = canonical(statement)
        if not same and (key in given or not says_something(statement, rules.conjunctions)):
            continue
        known = [priors.of(substitute(term, bound)) for term in rule.terms] if priors else []
        truth = rule.value([*truths, *known])
        if truth is None:
            continue
        rank = (truth.c > 0.0, not rule.otherwise, truth.c, truth.f)
        if key not in best or rank > best[key][0]:
            best[key] = (rank, Conclusion(statement, truth, rule.name))
    found = [conclusion for _, conclusion in best.values()]
    return sorted(found, key=lambda c: (-c.truth.expectation, -c.truth.c, str(c.statement)))


def _applications(
    rules: Rules, premises: list[tuple[Atom, Truth]], same: bool
) -> Iterator[tuple[Rule, list[Truth], Substitution]]:
    """Each rule that fits the premises, with the truth values in the rule's order."""
    given = [(apart(atom, str(i)), truth) for i, (atom, truth) in enumerate(premises, start=1)]
    yield from _fitting(rules, given)
    if len(given) == 2:
        yield from _fitting(rules, given[::-1])
        for premise in () if same else given:
            yield from (
                found
                for found in _fitting(rules, [premise])
                if size(found[0].conclusion) < size(found[0].premises[0])
            )


def _fitting(
    rules: Rules, given: list[tuple[Atom, Truth]]
) -> Iterator[tuple[Rule, list[Truth], Substitution]]:
    """Each rule that fits the premises in this order."""
    atoms = [atom for atom, _ in given]
    truths = [truth for _, truth in given]
    ground = all(map(is_ground, atoms))
    for rule in rules.joining(*atoms):
        bound: Substitution | None = {}
        for pattern, atom in zip(rule.premises, atoms, strict=True):
            if not ground:
                bound = unify(pattern, atom, bound)
            elif not _matches(pattern, atom, bound):
                bound = None
            if bound is None:
                break
        if bound is not None and rule.permits(bound):
            yield rule, truths, bound


def _matches(pattern: Atom, atom: Atom, bound: Substitution) -> bool:
    """``unify`` with a ground atom, which is what most premises are; adds to ``bound``."""
    if isinstance(pattern, Variable):
        return bound.setdefault(pattern, atom) == atom
    if isinstance(pattern, Expression) and isinstance(atom, Expression):
        if len(pattern.children) != len(atom.children):
            return False
        pairs = zip(pattern.children, atom.children, strict=True)
        return all(_matches(part, other, bound) for part, other in pairs)
    return pattern == atom


def _atom(value: Atom | str) -> Atom:
    return check(read(value) if isinstance(value, str) else value)


def _truth(value: Truth | tuple[float, float] | None) -> Truth:
    return arguments.truth(value) or UNTOLD
