"""Which ways to a statement count, and which of them count once.

The policy, in this order, for one statement:

1. *The direct belief and every derivation are candidates.* The truth value of a derivation comes
   from the current values of its premises, so evidence that was pooled below is used above. A
   derivation that rests on its own conclusion is none, nor is one without confidence.
2. *Weak rules speak only where strong ones are silent.* Induction, abduction, exemplification and
   comparison guess against the direction of their premises (c < 0.5). They count only if nothing
   else gives c >= 0.2, at most one of them stands in a chain, and their premises must rest on
   disjoint evidence, because they weigh it; a guess below c = 0.2 is no answer, and nothing
   beside what is none. Deductive rules
   may use one premise twice (a general rule applied at two steps): a product of confidences never
   makes more of it.
3. *The specific comes before the general.* Where two candidates contradict each other (f apart by
   0.5 or more), one that says it of the thing itself, or by way of a narrower class, stands, and
   the inherited one is dropped: a penguin that does not fly is no average of birds and penguins.
   It must have at least half the other's confidence.
4. *What comes next is what is foretold.* A rule that compares times is no guess: what came of a
   condition, or did not, is evidence, also against what was said. Of several occurrences each is
   paired with the nearest: rain tomorrow says nothing of the clouds of last week. What was so at
   some times says of always what the latest of them says.
5. *Nothing counts twice.* The candidates that are left are taken by confidence, each if its
   evidence is disjoint from all evidence taken so far; those are pooled by revision. So a chain
   that shares a premise with a better one adds nothing, and a chain of its own adds its weight.
   Where a premise was pooled from several ways of which some share, one of the two goes without
   these: whichever leaves more weight together.

What the policy drops is told to whoever asks (a ``Record``); nobody does while an answer is sought.

Not covered: which ways there are (``search``), and what was dropped in words (``rejected``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mettaclaw.atoms import spans
from mettaclaw.atoms.syntax import Expression, Symbol
from mettaclaw.atoms.truth import weight
from mettaclaw.reasoning.backward.classes import IsA, unchallenged
from mettaclaw.reasoning.backward.derived import (
    AUDIBLE,
    LEAST,
    Derived,
    Record,
    concluded,
    together,
)
from mettaclaw.reasoning.priors import Priors
from mettaclaw.reasoning.proof import POOLED
from mettaclaw.reasoning.statements import Statement

_MORE = 1e-9  # of weight


def chosen(
    candidates: list[Derived],
    is_a: IsA,
    record: Record | None = None,
    priors: Priors | None = None,
) -> list[Derived]:
    """Those candidates for one statement that count, by points 2 to 5 of the policy.

    Without ``priors`` none is valued anew without the ways that it shares with another.
    """
    strong = [c for c in candidates if not c.weak]
    if strong:
        is_heard = any(c.truth.c >= AUDIBLE for c in strong)
        guesses = [c for c in candidates if c.weak and (is_heard or c.truth.c < AUDIBLE)]
        if record is not None:
            strongest = min(strong, key=_precedence)
            for guess in guesses:
                record(guess, "guess", strongest)
        candidates = [c for c in candidates if c not in guesses]
    if len(candidates) > 1:
        candidates = _nearest(_latest(candidates, record), record)
        candidates = list(unchallenged(candidates, is_a, record))
        candidates.sort(key=_precedence)
    kept = candidates[:1]
    stamp = kept[0].stamp if kept else frozenset[int]()
    for candidate in candidates[1:]:
        if stamp.isdisjoint(candidate.stamp):
            kept.append(candidate)
        else:
            fitted = _fitted(kept, candidate, priors) if priors is not None else None
            if fitted is not None:
                kept = fitted
            elif record is not None:
                better = next(one for one in kept if not one.stamp.isdisjoint(candidate.stamp))
                record(candidate, "shared", better)
        stamp = frozenset[int]().union(*(one.stamp for one in kept))
    return kept


def _fitted(kept: list[Derived], candidate: Derived, priors: Priors) -> list[Derived] | None:
    """What counts with a candidate that shares evidence with some of what does, where either can
    do without the ways that they share; None where nothing weighs more than what counts so far.
    """
    taken = frozenset[int]().union(*(one.stamp for one in kept))
    best, most = None, _weight(kept)
    less = _less(candidate, taken, priors)
    if less is not None:
        best, most = [*kept, less], _weight([*kept, less])
    fewer = [_less(one, candidate.stamp, priors) for one in kept]
    others = [*(one for one in fewer if one is not None), candidate]
    if _weight(others) > most + _MORE:
        best, most = others, _weight(others)
    both = _parted(kept, candidate, priors)
    return both if _weight(both) > most + _MORE else best


def _parted(kept: list[Derived], candidate: Derived, priors: Priors) -> list[Derived]:
    """Both without what they share, where each has ways of its own: a link across two ways makes
    each lead through the other as well.
    """
    own = _plainest(candidate, priors)
    fewer = [less for one in kept if (less := _less(one, own.stamp, priors)) is not None]
    taken = frozenset[int]().union(*(one.stamp for one in fewer))
    less = _less(candidate, taken, priors) or _less(own, taken, priors)
    return [*fewer, *([less] if less is not None else [])]


def _plainest(value: Derived, priors: Priors) -> Derived:
    """A value by the way with the least evidence alone, wherever several were pooled."""
    if value.rule == POOLED and value.step is None:
        return _plainest(min(value.premises, key=lambda way: len(way.stamp)), priors)
    if value.step is None or not any(map(_is_pooled, value.premises)):
        return value
    return concluded(value.step, [_plainest(one, priors) for one in value.premises], priors)


def _weight(kept: Sequence[Derived]) -> float:
    return sum(weight(one.truth.c) for one in kept)


def _less(value: Derived, stamp: frozenset[int], priors: Priors) -> Derived | None:
    """A value without the ways that rest on any of some evidence; None where none is left."""
    if value.stamp.isdisjoint(stamp):
        return value
    if value.rule == POOLED and value.step is None:
        ways = [_less(way, stamp, priors) for way in value.premises]
        return together(value.statement, [way for way in ways if way is not None])
    if value.step is None or not any(_is_pooled(premise) for premise in value.premises):
        return None
    premises: list[Derived] = []
    for premise in value.premises:
        less = _less(premise, stamp, priors)
        if less is None:
            return None
        premises.append(less)
    found = concluded(value.step, premises, priors)
    return found if found.truth.c >= LEAST else None


def _is_pooled(value: Derived) -> bool:
    """Whether there is a part of a value that could go and leave another."""
    return (value.rule == POOLED and value.step is None) or any(map(_is_pooled, value.premises))


def _latest(candidates: list[Derived], record: Record | None) -> list[Derived]:
    """Of those that say of always what was so at a time, the one by the latest time, and others."""
    of_time = [c for c in candidates if _is_of_time(c)]
    if len(of_time) < 2:
        return candidates
    best = max(of_time, key=lambda c: (_ends(c), c.truth.c))
    if record is not None:
        for one in of_time:
            if one is not best:
                record(one, "shared", best)
    return [c for c in candidates if c is best or not _is_of_time(c)]


def _ends(candidate: Derived) -> float:
    """When the first premise ends, in seconds."""
    found = spans.of(candidate.premises[0].statement.atom)
    return 0.0 if found is None else found.last


def _is_of_time(candidate: Derived) -> bool:
    match [premise.statement.atom for premise in candidate.premises]:
        case [Expression((Symbol("at"), inner, _, _)) as timed]:
            return inner == candidate.statement.atom and spans.of(timed) is not None
        case _:
            return False


def _nearest(candidates: list[Derived], record: Record | None) -> list[Derived]:
    """Without those by a rule of time of which a premise occurs nearer to another one's."""
    gaps = {
        id(c): spans.gap(c.premises[0].statement.atom, c.premises[-1].statement.atom)
        for c in candidates
        if c.is_timed
    }
    best: dict[tuple[str, int, Statement], Derived] = {}
    for candidate in candidates:
        for key in _occurrences(candidate) if id(candidate) in gaps else ():
            other = best.setdefault(key, candidate)
            if gaps[id(candidate)] < gaps[id(other)]:
                best[key] = candidate
    kept: list[Derived] = []
    for candidate in candidates:
        nearer = (best[key] for key in _occurrences(candidate) if id(candidate) in gaps)
        against = next((o for o in nearer if gaps[id(o)] < gaps[id(candidate)]), None)
        if against is None:
            kept.append(candidate)
        elif record is not None:
            record(candidate, "shared", against)
    return kept


def _occurrences(candidate: Derived) -> Iterator[tuple[str, int, Statement]]:
    """The premises of a rule of time, each in its place."""
    for place, premise in enumerate(candidate.premises):
        yield candidate.rule, place, premise.statement


def _precedence(candidate: Derived) -> tuple[object, ...]:
    """By confidence; ties by what is the same whatever the order things were told in."""
    premises = tuple(str(premise.statement.atom) for premise in candidate.premises)
    return -candidate.truth.c, candidate.rule != "said", len(candidate.within), premises
