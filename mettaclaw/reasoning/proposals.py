"""What follows from statements, step by step forward: proposals, the most confident first.

The rules that take a statement as a premise are completed with what is believed, and what follows
is a statement to go on from. A step has the truth value of the way by which it was found; what a
statement comes to, with all that speaks for and against it, is ``infer``'s to say.

Not covered: which of it is worth knowing (``forward``), and what it contradicts (``opposition``).
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice, product

from mettaclaw.atoms import spans
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import Substitution, apart, canonical, rename, substitute, unify
from mettaclaw.atoms.view import View
from mettaclaw.reasoning.backward.facts import Facts
from mettaclaw.reasoning.backward.goals import Bounds
from mettaclaw.reasoning.priors import Priors
from mettaclaw.reasoning.rules.rule import Rule, signature
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.rules.segments import PARTS
from mettaclaw.reasoning.statements import (
    IMPLICATION,
    names_something,
    says_something,
    size,
    tidy,
)

_PARTNERS = 200  # beliefs that are tried as another premise of one rule
_LEAST = 0.2  # of the confidence that a consequence has by the way it was found

Premise = tuple[Atom, Truth]


@dataclass(frozen=True, slots=True)
class Step:
    """A statement to go on from.

    Attributes:
        atom: The statement.
        truth: What it came to on the way.
        depth: How many rules were used one after another.
        size: Of the largest statement that it follows from, in atoms; it is no larger.
        rule: By which it follows; "" of what it begins with.
        premises: What it follows from, with what each came to.
    """

    atom: Atom
    truth: Truth
    depth: int
    size: int
    rule: str = ""
    premises: tuple[Premise, ...] = ()


def proposals(
    view: View,
    begun: Sequence[Step],
    rules: Rules,
    bounds: Bounds,
    ends: float,
    look: Callable[[Step], None] | None = None,
) -> Iterator[Atom]:
    """Statements that follow by some way, each once, the most confident way first.

    Args:
        view: The beliefs.
        begun: Where to begin.
        rules: By which it follows.
        bounds: Of steps and depth.
        ends: When the time is over, by the monotonic clock.
        look: Is told of all that follows, also of what is believed already and not gone on from.
    """
    order = count()
    waiting = [(0.0, next(order), step) for step in begun]
    met = {canonical(step.atom) for step in begun}
    given = [(step.atom, step.truth) for step in begun]
    facts, priors = Facts(view), Priors.stored(view, rules.prior)
    spent = 0

    def may_hold(shape: Atom) -> bool:
        return not _is_over(ends) and facts.may_hold(shape)

    while waiting and spent < bounds.steps and not _is_over(ends):
        _, _, step = heapq.heappop(waiting)
        if step.depth > 0:
            yield step.atom
        if step.depth >= bounds.depth:
            continue
        for goal in _by_conditions(view, step.atom, rules, ends):
            key = canonical(goal)
            if key not in met:
                met.add(key)
                yield goal
        for rule, place, _ in rules.taking(signature(step.atom), may_hold):
            if _is_over(ends):
                return
            for premises, bound in _uses(facts, rule, place, step, given, ends):
                spent += 1
                known = [priors.of(substitute(term, bound)) for term in rule.terms]
                new = _concluded(rule, [*premises, *known], bound, step, rules)
                if new is None:
                    continue
                key = canonical(new.atom)
                if key in met:
                    continue
                if look is not None:
                    look(new)
                if view.belief(new.atom) is None:
                    met.add(key)
                    heapq.heappush(waiting, (-new.truth.c, next(order), new))
                if spent >= bounds.steps:
                    break


def _is_over(ends: float) -> bool:
    """Whether the time is: of a huge statement each step takes long, so it is asked at each."""
    return time.monotonic() >= ends


def _by_conditions(view: View, atom: Atom, rules: Rules, ends: float) -> Iterator[Atom]:
    """The consequents of implications that have a statement among several conditions."""
    link = Symbol(IMPLICATION)
    signs = (
        sign
        for sign in sorted(rules.conjunctions)
        if any(view.candidates(Expression((link, Expression((Symbol(sign),)), Variable("r")))))
    )
    for sign, arity in product(signs, range(2, PARTS + 1)):
        for place in range(arity):
            if _is_over(ends):
                return
            conditions = [Variable(f"c{i}") for i in range(arity)]
            given = (*conditions[:place], rename(atom, "s"), *conditions[place + 1 :])
            condition = Expression((Symbol(sign), *given))
            pattern = Expression((link, condition, Variable("r")))
            for belief in islice(view.find(pattern), _PARTNERS):
                if _is_over(ends):
                    return
                bound = unify(pattern, rename(belief.statement, "i"))
                if bound is not None and isinstance(belief.statement, Expression):
                    consequent = substitute(Variable("r"), bound)
                    if names_something(consequent):
                        yield tidy(consequent)


def _uses(
    facts: Facts, rule: Rule, place: int, step: Step, given: Sequence[Premise], ends: float
) -> Iterator[tuple[list[Truth], Substitution]]:
    """Each way to complete a rule, one premise of which is given, with the premises' truths."""
    bound = unify(rule.premises[place], apart(step.atom, "s"))
    if bound is None:
        return
    others = [i for i in range(len(rule.premises)) if i != place]
    yield from _completed(facts, rule, others, {place: step.truth}, bound, given, ends)


def _completed(
    facts: Facts,
    rule: Rule,
    others: list[int],
    truths: dict[int, Truth],
    bound: Substitution,
    given: Sequence[Premise],
    ends: float,
) -> Iterator[tuple[list[Truth], Substitution]]:
    if not others:
        if rule.permits(bound):
            yield [truths[i] for i in range(len(rule.premises))], bound
        return
    place, *rest = others
    for atom, truth in _partners(facts, substitute(rule.premises[place], bound), given):
        if _is_over(ends):
            return
        more = unify(rule.premises[place], apart(atom, str(place)), bound)
        if more is not None:
            yield from _completed(facts, rule, rest, {**truths, place: truth}, more, given, ends)


def _partners(facts: Facts, pattern: Atom, given: Sequence[Premise]) -> Iterable[Premise]:
    """What may be another premise. Whatever happened came before or after whatever else, so of
    ``(at $x FROM TO)`` that is what it was asked to derive from, and nothing else.
    """
    match pattern:
        case Expression((Symbol("at"), happened, _, _)) if not names_something(happened):
            return given
        case _ if not names_something(pattern):
            return ()
        case _:
            found = facts.stream(pattern).slice(0, _PARTNERS)
            return ((belief.statement, belief.standing) for belief in found)


def _concluded(
    rule: Rule, truths: list[Truth], bound: Substitution, step: Step, rules: Rules
) -> Step | None:
    """What a use of a rule gives, if that can be worth knowing."""
    truth = rule.truth(truths)
    if truth.c < _LEAST:
        return None
    atom = tidy(spans.moved(substitute(rule.conclusion, bound)))
    premises = [canonical(substitute(premise, bound)) for premise in rule.premises]
    largest = max(step.size, size(rule.conclusion), *map(size, premises))
    if size(atom) > largest or not says_something(atom, rules.conjunctions):
        return None
    used = tuple(zip(premises, truths, strict=False))  # priors of terms come after the premises
    return Step(atom, truth, step.depth + 1, largest, rule.name, used)
