"""Forward from statements: which consequences are worth knowing.

The rules that take a statement as a premise are completed with what is believed, best first, and
what follows is a statement to go on from. That only proposes: what each consequence comes to, with
all that speaks for and against it, is asked of ``infer``, so an exception that is known keeps its
general rule from speaking.

Worth knowing is what says something new: it follows by strong rules alone, is no larger than what
it follows from, is not believed already, and is sure enough to be acted on or to be tested. Not
covered: keeping it (``Atomspace.derive``).
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice, product

from mettaclaw.atoms import spans
from mettaclaw.atoms.syntax import (
    Atom,
    Expression,
    Symbol,
    Variable,
    is_ground,
    read,
    variables,
)
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import Substitution, apart, canonical, head, rename, substitute, unify
from mettaclaw.atoms.view import View
from mettaclaw.errors import UsageError
from mettaclaw.reasoning.backward.goals import Bounds
from mettaclaw.reasoning.engine import Answer, infer
from mettaclaw.reasoning.priors import Priors
from mettaclaw.reasoning.rules.rule import Rule
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
_DEPTH = 3
_SURPLUS = 4  # proposals looked at for each consequence that is asked for


_Premise = tuple[Atom, Truth]


@dataclass(frozen=True, slots=True)
class _Step:
    """A statement to go on from, with what it came to on the way."""

    atom: Atom
    truth: Truth
    depth: int
    size: int


def consequences(
    view: View,
    statements: Iterable[Atom | str],
    bounds: Bounds | None = None,
    rules: Rules | None = None,
    limit: int = 20,
) -> list[Answer]:
    """What follows from statements that are believed, and is worth knowing; best first.

    Args:
        view: The beliefs.
        statements: Where to begin; each is believed.
        bounds: How far to go; None for the defaults.
        rules: None for those that ship.
        limit: How many consequences at most.

    Raises:
        UsageError: There is no statement, or one is not believed.
    """
    rules, bounds = rules or Rules.load(), bounds or Bounds()
    ends = time.monotonic() + bounds.seconds
    found: dict[Atom, Answer] = {}
    proposals = _proposals(view, _begun(view, statements), rules, bounds, ends)
    for atom in islice(proposals, limit * _SURPLUS):
        left = ends - time.monotonic()
        if left <= 0 or len(found) >= limit:
            break
        own = replace(bounds, seconds=left, answers=limit)
        for answer in infer(view, atom, own, rules):
            known = view.belief(answer.statement) is not None
            if not known and is_ground(answer.statement) and _is_worth_it(answer):
                found.setdefault(answer.statement, answer)
    best = sorted(found.values(), key=lambda a: (-a.truth.expectation, str(a.statement)))
    return best[:limit]


def _is_worth_it(answer: Answer) -> bool:
    """Whether it is sure enough, of the truth or of the falsehood, and no guess."""
    against = Truth(1.0 - answer.truth.f, answer.truth.c)
    tiers = {answer.truth.tier, against.tier}
    return not answer.guess and tiers != {"IGNORE"}


def _begun(view: View, statements: Iterable[Atom | str]) -> list[_Step]:
    steps: list[_Step] = []
    for statement in statements:
        atom = read(statement) if isinstance(statement, str) else statement
        belief = view.belief(atom)
        if belief is None:
            raise UsageError(
                f"{str(atom)[:80]} is not believed, so nothing follows from it; believe it first"
            )
        steps.append(_Step(atom, belief.standing, 0, size(atom)))
    if not steps:
        raise UsageError("there is nothing to derive from; write (derive (--> garfield cat))")
    return steps


def _proposals(
    view: View, begun: list[_Step], rules: Rules, bounds: Bounds, ends: float
) -> Iterator[Atom]:
    """Statements that follow by some way, each once, the most confident way first."""
    order = count()
    waiting = [(0.0, next(order), step) for step in begun]
    met = {canonical(step.atom) for step in begun}
    given = [(step.atom, step.truth) for step in begun]
    takers, priors = _takers(rules), Priors.stored(view, rules.prior)
    spent = 0
    while waiting and spent < bounds.steps and not _is_over(ends):
        _, _, step = heapq.heappop(waiting)
        if step.depth > 0:
            yield step.atom
        if step.depth >= min(_DEPTH, bounds.depth):
            continue
        for goal in _by_conditions(view, step.atom, rules, ends):
            key = canonical(goal)
            if key not in met:
                met.add(key)
                yield goal
        for rule, place in takers.get(head(step.atom), []) + takers.get(None, []):
            if _is_over(ends):
                return
            for premises, bound in _uses(view, rule, place, step, given, ends):
                spent += 1
                known = [priors.of(substitute(term, bound)) for term in rule.terms]
                new = _concluded(rule, [*premises, *known], bound, step, rules)
                if new is None:
                    continue
                key = canonical(new.atom)
                if key not in met and view.belief(new.atom) is None:
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


def _takers(rules: Rules) -> dict[str | None, list[tuple[Rule, int]]]:
    """The strong rules, by the signs of their premises, with the premise's place."""
    found: dict[str | None, list[tuple[Rule, int]]] = {}
    for rule in rules.rules:
        known = {variable for premise in rule.premises for variable in variables(premise)}
        if not known.issuperset(variables(rule.conclusion)):
            continue  # a goal says what it is about
        if rule.backward and not (rule.weak or rule.revises or rules.use(rule).composes):
            for place, premise in enumerate(rule.premises):
                found.setdefault(head(premise), []).append((rule, place))
    return found


def _uses(
    view: View, rule: Rule, place: int, step: _Step, given: Sequence[_Premise], ends: float
) -> Iterator[tuple[list[Truth], Substitution]]:
    """Each way to complete a rule, one premise of which is given, with the premises' truths."""
    bound = unify(rule.premises[place], apart(step.atom, "s"))
    if bound is None:
        return
    others = [i for i in range(len(rule.premises)) if i != place]
    yield from _completed(view, rule, others, {place: step.truth}, bound, given, ends)


def _completed(
    view: View,
    rule: Rule,
    others: list[int],
    truths: dict[int, Truth],
    bound: Substitution,
    given: Sequence[_Premise],
    ends: float,
) -> Iterator[tuple[list[Truth], Substitution]]:
    if not others:
        if rule.permits(bound):
            yield [truths[i] for i in range(len(rule.premises))], bound
        return
    place, *rest = others
    for atom, truth in _partners(view, substitute(rule.premises[place], bound), given):
        if _is_over(ends):
            return
        more = unify(rule.premises[place], apart(atom, str(place)), bound)
        if more is not None:
            yield from _completed(view, rule, rest, {**truths, place: truth}, more, given, ends)


def _partners(view: View, pattern: Atom, given: Sequence[_Premise]) -> Iterable[_Premise]:
    """What may be another premise. Whatever happened came before or after whatever else, so of
    ``(at $x FROM TO)`` that is what it was asked to derive from, and nothing else.
    """
    match pattern:
        case Expression((Symbol("at"), happened, _, _)) if not names_something(happened):
            return given
        case _ if not names_something(pattern):
            return ()
        case _:
            found = islice(view.find(pattern), _PARTNERS)
            return ((belief.statement, belief.standing) for belief in found)


def _concluded(
    rule: Rule, truths: list[Truth], bound: Substitution, step: _Step, rules: Rules
) -> _Step | None:
    """What a use of a rule gives, if that can be worth knowing."""
    truth = rule.truth(truths)
    if truth.c < _LEAST:
        return None
    atom = tidy(spans.moved(substitute(rule.conclusion, bound)))
    here = size(atom)
    if here > max(step.size, size(rule.conclusion)) or not says_something(atom, rules.conjunctions):
        return None
    return _Step(atom, truth, step.depth + 1, step.size)
