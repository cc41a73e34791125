"""Which of very many occurrences of a thing belong to one of another: the nearest in time.

Of so many only what was said of them counts; those that only follow are not looked for.
"""

from __future__ import annotations

import math
from operator import itemgetter

from mettaclaw.atoms import spans
from mettaclaw.atoms.spans import Span
from mettaclaw.atoms.unify import Substitution, apart, unify
from mettaclaw.atoms.view import Belief
from mettaclaw.reasoning.backward.facts import Stream
from mettaclaw.reasoning.backward.goals import Attempt

_MOST = 2_000  # occurrences of one thing, which are looked at


class Occurrences:
    """The occurrences that one search has read, with their spans."""

    def __init__(self) -> None:
        self._found: dict[Stream, list[tuple[Span | None, Belief]]] = {}

    def nearest(
        self, attempt: Attempt, place: int, stream: Stream
    ) -> list[tuple[Belief, Substitution]]:
        """The beliefs that complete a rule of time at the least distance that it permits.

        Args:
            attempt: All but one of its premises are found.
            place: That of the other.
            stream: What may be there.
        """
        known = next(premise.atom for premise in attempt.premises if premise is not None)
        pattern = attempt.rule.premises[place]
        if stream not in self._found:
            found = stream.slice(0, _MOST)
            self._found[stream] = [(spans.of(belief.statement), belief) for belief in found]
        own = spans.of(known)
        gaps = [(_apart_s(own, span), belief) for span, belief in self._found[stream]]
        nearest, least = list[tuple[Belief, Substitution]](), math.inf
        for gap, belief in sorted(gaps, key=itemgetter(0)):
            if gap > least:
                break
            bound = unify(pattern, apart(belief.statement, str(place)), attempt.bound)
            if bound is not None and attempt.rule.permits(bound):
                nearest.append((belief, bound))
                least = gap
        return nearest


def _apart_s(one: Span | None, other: Span | None) -> float:
    """The seconds between two spans; 0 where they overlap."""
    if one is None or other is None:
        return 0.0
    return max(0.0, other.first - one.last, one.first - other.last)
