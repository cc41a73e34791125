"""What would have answered a goal, had it been known: from the goals that a search left open.

A person or a model reads these as questions to ask or facts to look up, so only those are named
that somebody could say. Left out are what was asked itself, ways that go by something disbelieved
("Tom is no dog; if dogs were mammals ..."), and statements about what is no class: a property as a
thing, a product or a compound term as a kind, a relation as either.

Not covered: how the goals came about (``search``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TypeGuard

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, is_ground, variables, walk
from mettaclaw.atoms.unify import canonical, head, substitute
from mettaclaw.reasoning.backward.derived import Derived
from mettaclaw.reasoning.backward.goals import Attempt, Goal, Wait
from mettaclaw.reasoning.rules.rule import CONJUNCTION
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.statements import (
    COPULAS,
    Statement,
    is_tautology,
    is_term,
    legible,
    parts,
    size,
)

_INHERITANCE = "-->"
_PROPERTIES = ("[]",)


def missing(
    goals: Mapping[Atom, Goal],
    root: Goal,
    values: Mapping[Statement, Derived],
    rules: Rules,
    limit: int,
) -> list[Atom]:
    """Statements that would have completed an attempt at the root, the nearest ones first.

    Args as for ``gaps``.
    """
    return [pattern for pattern, _ in gaps(goals, root, values, rules, limit)]


def gaps(
    goals: Mapping[Atom, Goal],
    root: Goal,
    values: Mapping[Statement, Derived],
    rules: Rules,
    limit: int,
) -> list[tuple[Atom, Attempt]]:
    """What is ``missing``, each with the use of a rule that it would have completed.

    Args:
        goals: All goals of the search, by pattern.
        root: The one that was asked for.
        values: What is believed or follows.
        rules: Those of the search.
        limit: How many at most.
    """
    products = rules.signs("x")
    relations = frozenset(_relations([root.pattern, *(s.atom for s in values)], products))
    found: dict[Atom, tuple[tuple[int, int, int], Attempt]] = {}
    for wait in _open_ways(goals, root, values):
        rule, goal = wait.attempt.rule, wait.attempt.goal
        part = rule.name == CONJUNCTION
        near = goal.depth - part, 0 if part else size(rule.conclusion)
        for place in wait.attempt.missing:
            pattern = substitute(rule.premises[place], wait.attempt.bound)
            if place != wait.place and not is_ground(pattern):
                continue
            key = canonical(pattern)
            known = isinstance(pattern, Variable) or (key in goals and goals[key].answers)
            if known or key == root.pattern or is_tautology(pattern, rules.conjunctions):
                continue
            if parts(pattern, rules.conjunctions)[1:]:
                continue
            if _can_be_said(pattern, products, relations):
                rank = *near, len(variables(pattern))
                if key not in found or rank < found[key][0]:
                    found[key] = rank, wait.attempt
    nearest = sorted(found, key=lambda p: found[p][0])[:limit]
    return [(legible(pattern), found[pattern][1]) for pattern in nearest]


def _open_ways(
    goals: Mapping[Atom, Goal], root: Goal, values: Mapping[Statement, Derived]
) -> Iterator[Wait]:
    """The attempts that wait in vain, of those that lead to the root by way of what is believed."""
    above: dict[Goal, list[tuple[Goal, Wait]]] = {}
    for goal in goals.values():
        for wait in goal.waiting:
            if _is_sensible(wait, values):
                above.setdefault(wait.attempt.goal, []).append((goal, wait))
    reached = {root}
    waiting = [root]
    while waiting:
        for goal, wait in above.get(waiting.pop(), ()):
            if not goal.answers and not goal.guess:
                yield wait
            if goal not in reached:
                reached.add(goal)
                waiting.append(goal)


def _is_sensible(wait: Wait, values: Mapping[Statement, Derived]) -> bool:
    attempt = wait.attempt
    if attempt.rule.weak or attempt.goal.guess or wait.lead is not None:
        return False
    return not any(_is_disbelieved(premise, values) for premise in attempt.premises if premise)


def _is_disbelieved(premise: Statement, values: Mapping[Statement, Derived]) -> bool:
    """Whether a link is rather false; of other statements, what is false may be what helps."""
    value = values.get(premise)
    return value is not None and value.truth.f < 0.5 and head(premise.atom) in COPULAS


def _can_be_said(pattern: Atom, products: Collection[str], relations: AbstractSet[Atom]) -> bool:
    match pattern:
        case Expression((Symbol(sign), subject, predicate)) if sign == _INHERITANCE:
            pass
        case _:
            return True
    things = subject.children[1:] if _is_product(subject, products) else (subject,)
    if any(head(thing) in _PROPERTIES for thing in things) or _is_product(predicate, products):
        return False
    if is_term(subject) or is_term(predicate):
        return False
    return _is_product(subject, products) or not {subject, predicate} & relations


def _is_product(atom: Atom, products: Collection[str]) -> TypeGuard[Expression]:
    return head(atom) in products


def _relations(atoms: Collection[Atom], products: Collection[str]) -> Iterator[Atom]:
    """``R`` of every ``(--> (x A B) R)`` in the atoms."""
    for node in (node for atom in atoms for node in walk(atom)):
        match node:
            case Expression((Symbol(sign), pair, Symbol() as relation)) if sign == _INHERITANCE:
                if head(pair) in products:
                    yield relation
            case _:
                pass
