"""What stands too deep for a search: goals whose rules were not tried, and that would have led on.

Such a goal may well hold, so nobody is to be asked for it, nor for what waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.unify import substitute, unify
from mettaclaw.reasoning.backward.facts import Facts
from mettaclaw.reasoning.backward.goals import Goal
from mettaclaw.reasoning.rules.rule import Rule
from mettaclaw.reasoning.statements import names_something

_LOOKED_AT = 20  # goals, of which it is looked whether they would lead on


def too_deep(goals: Iterable[Goal], would_lead_on: Callable[[Goal], bool]) -> set[Atom]:
    """The patterns of goals that stand too deep, and of those that wait for them.

    Args:
        goals: All of a search.
        would_lead_on: Whether there is anything that a rule for a goal could begin with.
    """
    cut = islice((goal for goal in goals if goal.cut), _LOOKED_AT)
    waiting = list(filter(would_lead_on, cut))
    found = {goal.pattern for goal in waiting}
    for goal in waiting:
        above = [wait.attempt.goal for wait in goal.waiting]
        waiting += [one for one in dict.fromkeys(above) if one.pattern not in found]
        found.update(one.pattern for one in above)
    return found


def leads_on(goal: Goal, rules: Sequence[Rule], facts: Facts) -> bool:
    """Whether a belief fits any premise of some rules for a goal."""
    for rule in rules:
        bound = unify(rule.conclusion, goal.pattern)
        asked = [substitute(one, bound) for one in rule.premises] if bound is not None else []
        if any(names_something(one) and facts.stream(one).slice(0, 1) for one in asked):
            return True
    return False
