"""From the derivations that a search found to truth values: what counts, and what counts once.

The policy, in this order, for one statement:

1. *The direct belief and every derivation are candidates.* The truth value of a derivation comes
   from the current values of its premises, so evidence that was pooled below is used above. A
   derivation that rests on its own conclusion is none, nor is one without confidence.
2. *Weak rules speak only where strong ones are silent.* Induction, abduction, exemplification and
   comparison guess against the direction of their premises (c < 0.5). They count only if nothing
   else gives c >= 0.2, at most one of them stands in a chain, and their premises must rest on
   disjoint evidence, because they weigh it; a guess below c = 0.2 is no answer. Deductive rules
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

Not covered: which derivations there are (``search``), and what was dropped in words (``rejected``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from mettaclaw.atoms import spans
from mettaclaw.atoms.syntax import Atom, Expression, Symbol
from mettaclaw.atoms.truth import APART, Truth, pool, weight
from mettaclaw.atoms.view import Belief
from mettaclaw.reasoning.backward import classes
from mettaclaw.reasoning.backward.classes import IsA
from mettaclaw.reasoning.backward.facts import Facts
from mettaclaw.reasoning.priors import Priors
from mettaclaw.reasoning.proof import POOLED
from mettaclaw.reasoning.rules.rule import Rule
from mettaclaw.reasoning.statements import Statement

AUDIBLE = 0.2  # the least confidence at which a strong answer silences the weak ones
LEAST = 1e-3  # a derivation of less confidence says nothing
_MORE = 1e-9  # of weight


@dataclass(frozen=True, slots=True)
class Step:
    """One use of a rule that was found; premises in the rule's order."""

    rule: Rule
    premises: tuple[Statement, ...]
    conclusion: Statement


@dataclass(frozen=True, slots=True, eq=False)
class Derived:
    """A statement's truth value with how it came about.

    Attributes:
        statement: The statement.
        truth: Its truth value.
        stamp: The ids of all evidence that it rests on, which another way must not share. Priors
            are no such evidence: all ways from one term to another take those of the two terms.
        told: The ids of the evidence for the priors in its whole proof.
        rule: ``said`` for a belief, else the rule's name.
        premises: What the rule took; none for a belief.
        priors: The beliefs that said how probable the rule's terms are.
        belief: The belief, where it is one.
        within: The statements of its whole proof.
        weak: How many weak rules stand in its longest chain of them.
        step: The use of a rule that gave it, where it was one.
    """

    statement: Statement
    truth: Truth
    stamp: frozenset[int]
    rule: str
    premises: tuple[Derived, ...] = ()
    belief: Belief | None = None
    within: frozenset[Statement] = frozenset()
    weak: int = 0
    step: Step | None = None
    priors: tuple[Derived, ...] = ()
    told: frozenset[int] = frozenset()

    @property
    def parts(self) -> tuple[Derived, ...]:
        """The candidates that were pooled; itself, where it is one."""
        return self.premises if self.rule == POOLED and self.step is None else (self,)


Fault: TypeAlias = Literal["guess", "general", "shared", "guesses", "overlap", "faint"]
"""Why a candidate was dropped: it is a guess where something strong is known, is inherited and
contradicted by something more specific, shares evidence with a better one, rests on a guess and is
one, weighs premises that share evidence, or has too little confidence."""

Record: TypeAlias = Callable[[Derived, Fault, Derived | None], None]
"""Takes a candidate that was dropped, why, and what stands against it, where something does."""


@dataclass(slots=True)
class Steps:
    """All steps that a search found, by conclusion and by premise, each once."""

    concluding: dict[Statement, list[Step]] = field(default_factory=dict)
    using: dict[Statement, list[Step]] = field(default_factory=dict)
    _known: set[tuple[str, tuple[Statement, ...], Statement]] = field(default_factory=set)

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


def said(belief: Belief, statement: Statement) -> Derived:
    """A belief as a premise; without a truth value it counts as (1, 0.9)."""
    stamp = frozenset(belief.stamp)
    return Derived(statement, belief.standing, stamp, "said", (), belief, frozenset((statement,)))


def evaluate(
    facts: Facts, steps: Steps, priors: Priors, rounds: int, alive: Callable[[], bool]
) -> dict[Statement, Derived]:
    """The value of every statement that is believed or follows, by the policy above.

    In each round every statement whose premises have changed is valued anew from the values of the
    round before; ``rounds`` bounds the height of proofs, ``alive`` the time.
    """
    values = {statement: said(belief, statement) for statement, belief in facts.beliefs.items()}
    waiting: Iterable[Statement] = list(steps.concluding)
    for _ in range(rounds):
        changed: dict[Statement, Derived] = {}
        for statement in waiting:
            if not alive():
                break
            value = valued(statement, facts, steps, priors, values)
            if value is not None and _differs(value, values.get(statement)):
                changed[statement] = value
        values.update(changed)
        waiting = dict.fromkeys(
            step.conclusion for statement in changed for step in steps.using.get(statement, ())
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
    """The value of one statement by the policy above, given those of others.

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
    return _together(statement, kept)


def is_a(facts: Facts, values: Mapping[Statement, Derived]) -> IsA:
    """Which of two classes belongs to the other, by what a search has found."""

    def degree(link: Statement) -> float | None:
        value = values.get(link)
        return None if value is None else value.truth.f

    return classes.is_a(facts, degree)


def _together(statement: Statement, kept: Sequence[Derived]) -> Derived | None:
    """The value of a statement from the ways that count."""
    if len(kept) < 2:
        return kept[0] if kept else None
    return Derived(
        statement,
        pool(c.truth for c in kept),
        frozenset[int]().union(*(c.stamp for c in kept)),
        POOLED,
        tuple(kept),
        within=frozenset[Statement]().union(*(c.within for c in kept)),
        weak=max(c.weak for c in kept),
        told=frozenset[int]().union(*(c.told for c in kept)),
    )


def chosen(
    candidates: list[Derived],
    is_a: IsA,
    record: Record | None = None,
    priors: Priors | None = None,
) -> list[Derived]:
    """Those candidates for one statement that count, by points 2 to 5 of the policy.

    Without ``priors`` none is valued anew without the ways that it shares with another.
    """
    if any(not c.weak and c.truth.c >= AUDIBLE for c in candidates):
        if record is not None:
            strongest = min((c for c in candidates if not c.weak), key=_precedence)
            for candidate in candidates:
                if candidate.weak:
                    record(candidate, "guess", strongest)
        candidates = [c for c in candidates if not c.weak]
    if len(candidates) > 1:
        candidates = _nearest(_latest(candidates, record), record)
        candidates = list(_unchallenged(candidates, is_a, record))
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
    return others if _weight(others) > most + _MORE else best


def _weight(kept: Sequence[Derived]) -> float:
    return sum(weight(one.truth.c) for one in kept)


def _less(value: Derived, stamp: frozenset[int], priors: Priors) -> Derived | None:
    """A value without the ways that rest on any of some evidence; None where none is left."""
    if value.stamp.isdisjoint(stamp):
        return value
    if value.rule == POOLED and value.step is None:
        ways = [_less(way, stamp, priors) for way in value.premises]
        return _together(value.statement, [way for way in ways if way is not None])
    if value.step is None or not any(_is_pooled(premise) for premise in value.premises):
        return None
    premises: list[Derived] = []
    for premise in value.premises:
        less = _less(premise, stamp, priors)
        if less is None:
            return None
        premises.append(less)
    found = _concluded(value.step, premises, priors)
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
        if _is_timed(c)
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


def _is_timed(candidate: Derived) -> bool:
    return candidate.step is not None and candidate.step.rule.timed


def _precedence(candidate: Derived) -> tuple[object, ...]:
    """By confidence; ties by what is the same whatever the order things were told in."""
    premises = tuple(str(premise.statement.atom) for premise in candidate.premises)
    return -candidate.truth.c, candidate.rule != "said", len(candidate.within), premises


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
    weak = int(step.rule.weak) + max(premise.weak for premise in premises)
    fault: Fault | None = None
    if weak > 1:
        fault = "guesses"
    elif (step.rule.weak or step.rule.timed) and _overlap(premises):
        fault = "overlap"
    if fault is not None and record is None:
        return None
    derived = _concluded(step, premises, priors)
    if derived.truth.c < LEAST:
        if record is None:
            return None
        fault = fault or "faint"
    if fault is None or record is None:
        return derived
    record(derived, fault, None)
    return None


def _concluded(step: Step, premises: Sequence[Derived], priors: Priors) -> Derived:
    """What a use of a rule gives with premises of these values."""
    atoms = [premise.statement.atom for premise in premises]
    known = priors.taken(step.rule, atoms)
    truth = step.rule.truth([*(premise.truth for premise in premises), *known])
    first, *others = premises
    said_so = priors.told(step.rule, atoms) if known else []
    return Derived(
        step.conclusion,
        truth,
        first.stamp.union(*(premise.stamp for premise in others)),
        step.rule.name,
        tuple(premises),
        within=first.within.union((step.conclusion,), *(premise.within for premise in others)),
        weak=int(step.rule.weak) + max(premise.weak for premise in premises),
        step=step,
        priors=tuple(said(belief, Statement(belief.statement)) for belief in said_so),
        told=first.told.union(*(p.told for p in others), *(belief.stamp for belief in said_so)),
    )


def _without(value: Derived | None, conclusion: Statement) -> Derived | None:
    """A premise's value without the ways that went by what is to be concluded from it."""
    if value is None or conclusion not in value.within:
        return value
    if value.rule != POOLED:
        return None
    ways = [way for way in value.premises if conclusion not in way.within]
    return _together(value.statement, ways)


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


# --- the specific before the general ---------------------------------------------------------


def _unchallenged(candidates: list[Derived], is_a: IsA, record: Record | None) -> Iterator[Derived]:
    for general in candidates:
        specific = _challenger(general, candidates, is_a)
        if specific is None:
            yield general
        elif record is not None:
            record(general, "general", specific)


def _challenger(general: Derived, candidates: list[Derived], is_a: IsA) -> Derived | None:
    for specific in candidates:
        if (
            abs(specific.truth.f - general.truth.f) >= APART
            and 2 * specific.truth.c >= general.truth.c
            and _is_narrower(specific, general, is_a)
        ):
            return specific
    return None


def _is_narrower(one: Derived, other: Derived, is_a: IsA) -> bool:
    """Whether ``one`` is said of something that ``other`` only inherits from something wider."""
    if other.rule == "said" or _is_timed(other):
        return False
    if one.rule == "said":
        return True
    near, far = by_way_of(one), by_way_of(other)
    if near is None or far is None or near == far or far in one.within:
        return False
    if near in other.within:
        return True
    assert isinstance(near.atom, Expression)
    assert isinstance(far.atom, Expression)
    return is_a(near.atom.children[2], far.atom.children[2])


def by_way_of(derived: Derived) -> Statement | None:
    """The premise ``(--> s m)`` of a derivation about ``s``: ``m`` is the class it goes by."""
    subject = _subject(derived.statement)
    for premise in derived.premises:
        if subject is not None and _subject(premise.statement) == subject:
            return premise.statement
    return None


def _subject(statement: Statement) -> Atom | None:
    """``s`` of a statement ``(--> s p)``; None for other statements."""
    match statement.atom:
        case Expression((Symbol("-->"), subject, _)):
            return subject
        case _:
            return None
