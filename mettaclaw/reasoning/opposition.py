"""What was said, and the opposite of which follows from what is told now.

Somebody said that Kit is a dog. That Kit is a fox contradicts it only together with the rule that
no fox is one, whichever of these is told last. So what follows from new statements is held against
what was said of it, in any of its forms: the two contradict each other as two sayings do
(``atoms.conflicts``). So do two sayings of times that have some time in common.

Invariant: nothing is kept or changed, and the work is bounded, so not all may be found. Not
covered: what follows from conditions of several parts, and what was kept (``atoms.conflicts``).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mettaclaw.atoms import overlaps, spans
from mettaclaw.atoms.conflicts import SURE
from mettaclaw.atoms.forms import forms, turned_round
from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.truth import APART, Truth
from mettaclaw.atoms.view import Belief, Evidence, View
from mettaclaw.reasoning.backward.goals import Bounds
from mettaclaw.reasoning.proposals import Step, proposals
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.statements import size

BOUNDS = Bounds(steps=150, seconds=0.5, depth=2)
_BEGUN = 20  # statements of one batch from which is gone on
_LATEST = 500  # pieces of evidence of one statement that are looked at
_SIDE = 20  # of them, that are told of
_NEITHER = 0.5  # the frequency that speaks neither for a statement nor against it


@dataclass(frozen=True, slots=True)
class Opposition:
    """What was said of a statement, and how its opposite follows.

    Attributes:
        statement: The statement, without a negation before it.
        said: The evidence that is contradicted, oldest first; of a negation it is turned round.
        is_denied: Whether that speaks against the statement, and what follows for it.
        rule: By which the opposite follows.
        premises: From which it follows, with what each comes to; not all need have been said.
    """

    statement: Atom
    said: tuple[Evidence, ...]
    is_denied: bool
    rule: str
    premises: tuple[tuple[Atom, Truth], ...]


def opposed(
    view: View, told: Iterable[Atom], rules: Rules, bounds: Bounds = BOUNDS, limit: int = 3
) -> list[Opposition]:
    """What was said that contradicts what follows from statements.

    Args:
        view: The beliefs, the statements among them.
        told: The statements.
        rules: By which it follows.
        bounds: Of the search.
        limit: How many at most.
    """
    beliefs = [view.belief(atom) for atom in list(dict.fromkeys(told))[:_BEGUN]]
    begun = [Step(b.statement, b.standing, 0, size(b.statement)) for b in beliefs if b is not None]
    found: dict[Atom, Opposition] = {}

    def hold_against(step: Step) -> None:
        one = _opposed(view, step)
        if one is not None:
            found.setdefault(one.statement, one)

    ends = time.monotonic() + bounds.seconds
    for step in begun:
        for one in _otherwise(view, step):
            found.setdefault(one.statement, one)
    for _ in proposals(view, begun, rules, bounds, ends, hold_against):
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def _otherwise(view: View, step: Step) -> Iterator[Opposition]:
    """What was said of other times that have some of the time of a statement in them.

    It goes by what was said last: that others said the opposite makes it no less said.
    """
    inner, span = overlaps.thing(step.atom), spans.of(step.atom)
    if inner is None or span is None:
        return
    every = list(overlaps.told(view, inner))
    own = next((one for one in every if one.written.statement == step.atom and one.evidence), None)
    if own is None:
        return
    truth = max(own.evidence, key=lambda one: (one.id < 0, abs(one.id))).truth
    if truth is None or truth.f == _NEITHER:
        return
    for other in every:
        said = [one for one in other.evidence if _is_apart(one, truth.f)]
        if said and other.overlaps(span):
            side, premises = tuple(said[-_SIDE:]), ((own.statement, truth),)
            yield Opposition(other.statement, side, truth.f > _NEITHER, "sub-interval", premises)


def _said(view: View, belief: Belief) -> list[Evidence]:
    """The latest evidence of a belief itself, oldest first; what only follows has none."""
    return [] if belief.derived else view.evidence(belief.by_word.stamp[-_LATEST:])


def _is_apart(evidence: Evidence, f: float) -> bool:
    truth = evidence.truth
    return truth is not None and truth.c >= SURE and abs(truth.f - f) >= APART


def _opposed(view: View, step: Step) -> Opposition | None:
    if step.truth.c < SURE or step.truth.f == _NEITHER:
        return None
    every = dict(forms(step.atom))
    bare = next(iter(every))
    f = 1.0 - step.truth.f if every.get(step.atom, False) else step.truth.f
    beliefs = ((view.belief(form), turned) for form, turned in every.items())
    said = [
        turned_round(one) if turned else one
        for belief, turned in beliefs
        if belief is not None
        for one in _said(view, belief)
    ]
    said = [one for one in said if _is_apart(one, f)]
    if not said:
        return None
    said.sort(key=lambda one: one.id)
    return Opposition(bare, tuple(said[-_SIDE:]), f > _NEITHER, step.rule, step.premises)
