"""From the uses of rules that a search found to truth values.

In each round every statement whose premises have changed is valued anew. Which of the ways to it
count is the policy of ``weighing``. Not covered: which uses there are (``search``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from mettaclaw.reasoning.backward import classes
from mettaclaw.reasoning.backward.classes import IsA
from mettaclaw.reasoning.backward.derived import (
    LEAST,
    Derived,
    Fault,
    Record,
    Step,
    concluded,
    said,
    together,
)
from mettaclaw.reasoning.backward.facts import Facts
from mettaclaw.reasoning.backward.weighing import chosen
from mettaclaw.reasoning.priors import Priors
from mettaclaw.reasoning.proof import POOLED
from mettaclaw.reasoning.statements import Statement


@dataclass(slots=True)
class Steps:
    """All steps that a search found, by conclusion and by premise, each once."""

    concluding: dict[Statement, list[Step]] = field(default_factory=dict)
    using: dict[Statement, list[Step]] = field(default_factory=dict)
    _known: set[tuple[str, tuple[Statement, ...], Statement]] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self._known)

    def add(self, step: Step) -> bool:
        """Note a step; False if it was known."""
        key = (step.rule.name, step.premises, step.conclusion)
        if key in self._known:
            return False
        self._known.add(key)
        self.concluding.setdefault(step.conclusion, []).append(step)
        for premise in dict.fromkeys(step.premises):
            self.using.setdefault(premise, []).append(step)
        return True


def evaluate(
    facts: Facts, steps: Steps, priors: Priors, rounds: int, alive: Callable[[], bool]
) -> dict[Statement, Derived]:
    """The value of every statement that is believed or follows, by the policy of ``weighing``.

    In each round every statement whose premises have changed is valued anew from the values of the
    round before; ``rounds`` bounds the height of proofs, ``alive`` the time.
    """
    values = {statement: said(belief, statement) for statement, belief in facts.beliefs.items()}
    waiting: Iterable[Statement] = list(steps.concluding)
    for _ in range(rounds):
        changed: dict[Statement, Derived] = {}
        gone: list[Statement] = []  # it followed from a premise that has come to be false
        for statement in waiting:
            if not alive():
                break
            value = valued(statement, facts, steps, priors, values)
            if value is None:
                gone += [statement] if statement in values else []
            elif _differs(value, values.get(statement)):
                changed[statement] = value
        values.update(changed)
        for statement in gone:
            del values[statement]
        waiting = dict.fromkeys(
            step.conclusion
            for statement in (*changed, *gone)
            for step in steps.using.get(statement, ())
        )
        if not waiting:
            break
    return values


def valued(
    statement: Statement,
    facts: Facts,
    steps: Steps,
    priors: Priors,
    values: Mapping[Statement, Derived],
    record: Record | None = None,
) -> Derived | None:
    """The value of one statement by the policy of ``weighing``, given those of others.

    Args:
        statement: The statement.
        facts: What is believed.
        steps: The uses of rules that were found.
        priors: Those of terms.
        values: What is believed or follows.
        record: Is told what is dropped.
    """
    belief = facts.beliefs.get(statement)
    kept = [said(belief, statement)] if belief is not None else []
    for step in steps.concluding.get(statement, ()):
        derived = applied(step, priors, values, record)
        if derived is not None:
            kept.append(derived)
    if len(kept) > 1:
        kept = chosen(kept, is_a(facts, values), record, priors)
    return together(statement, kept)


def is_a(facts: Facts, values: Mapping[Statement, Derived]) -> IsA:
    """Which of two classes belongs to the other, by what a search has found."""

    def degree(link: Statement) -> float | None:
        value = values.get(link)
        return None if value is None or value.weak else value.truth.f  # a guess makes no class

    return classes.is_a(facts, degree)


def applied(
    step: Step, priors: Priors, values: Mapping[Statement, Derived], record: Record | None = None
) -> Derived | None:
    """What a use of a rule gives with these premises; None where that is no candidate."""
    premises: list[Derived] = []
    for premise in step.premises:
        value = _without(values.get(premise), step.conclusion)
        if value is None:
            return None
        premises.append(value)
    if step.rule.divides and _overlap(premises):
        premises = _parted(premises)
    weak = int(step.rule.weak) + max(premise.weak for premise in premises)
    fault: Fault | None = None
    if weak > 1:
        fault = "guesses"
    elif step.rule.weighs and _overlap(premises):
        fault = "overlap"
    if fault is not None and record is None:
        return None
    derived = concluded(step, premises, priors)
    if derived.truth.c < LEAST:
        if record is None:
            return None
        fault = fault or "faint"
    if fault is None or record is None:
        return derived
    record(derived, fault, None)
    return None


def _without(value: Derived | None, conclusion: Statement) -> Derived | None:
    """A premise's value without the ways that went by what is to be concluded from it."""
    if value is None or conclusion not in value.within:
        return value
    if value.rule != POOLED:
        return None
    ways = [way for way in value.premises if conclusion not in way.within]
    return together(value.statement, ways)


def _parted(premises: list[Derived]) -> list[Derived]:
    """Premises of which each goes without the ways to it that share evidence with another, where
    it has others: a compound that was said too counts beside what composed it.
    """
    found = list(premises)
    for place, premise in enumerate(premises):
        others = frozenset[int]().union(*(one.stamp for one in found if one is not found[place]))
        ways = [way for way in premise.parts if others.isdisjoint(way.stamp)]
        found[place] = together(premise.statement, ways) or premise
    return found


def _overlap(premises: list[Derived]) -> bool:
    seen: set[int] = set()
    for premise in premises:
        if not seen.isdisjoint(premise.stamp):
            return True
        seen |= premise.stamp
    return False


def _differs(new: Derived, old: Derived | None) -> bool:
    return (
        old is None
        or new.truth != old.truth
        or (new.stamp, new.told) != (old.stamp, old.told)
        or new.within != old.within
    )
