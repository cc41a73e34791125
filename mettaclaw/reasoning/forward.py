"""Forward from statements: which consequences are worth knowing.

Following the rules from a statement only proposes (``proposals``): what each consequence comes to,
with all that speaks for and against it, is asked of ``infer``, so an exception that is known keeps
its general rule from speaking.

Worth knowing is what says something new: it follows by strong rules alone, is no larger than what
it follows from, is not believed already, and is sure enough to be acted on or to be tested. Not
covered: keeping it (``Atomspace.derive``).
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from mettaclaw.atoms.syntax import Atom, is_ground, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import View
from mettaclaw.errors import UsageError
from mettaclaw.reasoning.backward.goals import Bounds
from mettaclaw.reasoning.engine import Answer, infer
from mettaclaw.reasoning.proposals import Step, proposals
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.statements import size

LIMIT = 20  # consequences, where nothing else is asked for
_DEPTH = 3  # rules one after another, where nothing else is asked for
_SURPLUS = 4  # proposals looked at for each consequence that is asked for


def consequences(
    view: View,
    statements: Iterable[Atom | str],
    bounds: Bounds | None = None,
    rules: Rules | None = None,
    limit: int = LIMIT,
    depth: int | None = None,
) -> list[Answer]:
    """What follows from statements that are believed, and is worth knowing; best first.

    Args:
        view: The beliefs.
        statements: Where to begin; each is believed.
        bounds: How far to go; None for the defaults.
        rules: None for those that ship.
        limit: How many consequences at most.
        depth: How many rules one after another; None for three, if the bounds allow as many.

    Raises:
        UsageError: There is no statement, or one is not believed.
    """
    rules, bounds = rules or Rules.load(), bounds or Bounds()
    ends = time.monotonic() + bounds.seconds
    found: dict[Atom, Answer] = {}
    ahead = replace(bounds, depth=min(_DEPTH, bounds.depth) if depth is None else depth)
    proposed = proposals(view, _begun(view, statements), rules, ahead, ends)
    for atom in islice(proposed, limit * _SURPLUS):
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


def _begun(view: View, statements: Iterable[Atom | str]) -> list[Step]:
    steps: list[Step] = []
    for statement in statements:
        atom = read(statement) if isinstance(statement, str) else statement
        belief = view.belief(atom)
        if belief is None:
            raise UsageError(
                f"{str(atom)[:80]} is not believed, so nothing follows from it; believe it first"
            )
        steps.append(Step(atom, belief.standing, 0, size(atom)))
    if not steps:
        raise UsageError("there is nothing to derive from; write (derive (--> garfield cat))")
    return steps
