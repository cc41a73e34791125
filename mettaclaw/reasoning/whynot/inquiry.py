"""A search that tells what did not count: what the policy dropped, and what the search left.

It finds the answers that ``infer`` finds, and then asks the policy (``weighing``) what it dropped
for the statements that the question is about. For a goal that names everything it looks on for what
the search left when it was settled. Where nothing was found it tells the rules that nearly applied:
those with a false premise, here or below, and those that wait for one.

Invariant: no part of an answer is told, nor what rests on the answer's own evidence and says the
same, for that is the answer read in another order. Not covered: evidence that was taken back, and
how much of all this is shown (``rejected``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from mettaclaw.atoms import spans
from mettaclaw.atoms.spans import AT
from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.truth import APART, Truth
from mettaclaw.atoms.unify import head, substitute
from mettaclaw.atoms.view import View
from mettaclaw.reasoning.backward.derivation import Steps, applied, evaluate, is_a, valued
from mettaclaw.reasoning.backward.derived import (
    AUDIBLE,
    Derived,
    Fault,
    Record,
    Step,
    concluded,
)
from mettaclaw.reasoning.backward.goals import Attempt, Bounds
from mettaclaw.reasoning.backward.missing import gaps
from mettaclaw.reasoning.backward.search import SHARES, Search
from mettaclaw.reasoning.backward.timed import window_of
from mettaclaw.reasoning.backward.weighing import chosen
from mettaclaw.reasoning.backward.windowsearch import WindowSearch
from mettaclaw.reasoning.proof import Proof
from mettaclaw.reasoning.rules.rule import CONJUNCTION
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.statements import Statement
from mettaclaw.reasoning.whynot import reasons
from mettaclaw.reasoning.whynot.reasons import Reason

_GAPS = 5  # rules that lack a premise
_STATEMENTS = 50  # that fit a goal, or lie below it, of which the policy is asked what it dropped
_FURTHER = 1.5  # times the steps that an answer may take: what it left is looked for after it
_NOTHING = Truth(1.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Drop:
    """A candidate that did not count; its words come from its proof, for they name evidence."""

    candidate: Derived
    reason: Reason
    words: Callable[[Proof], str]

    @property
    def likeness(self) -> tuple[object, ...]:
        """The same for candidates that read the same evidence the same way."""
        statement = self.candidate.statement.atom
        match self.reason:
            case "false":
                return statement, *(p.statement.atom for p in reasons.culprits(self.candidate))
            case "missing":
                return (id(self.candidate),)
            case _:
                return statement, self.candidate.stamp, self.candidate.truth.f >= APART


class Inquiry(Search):
    """A search that tells afterwards what did not count."""

    def ask(self) -> list[Derived]:
        """The answers, as ``infer`` finds them."""
        self.run()
        self.found = self.answers()
        return self.found

    def again(self, view: View) -> Inquiry:
        """The same question to other beliefs."""
        return Inquiry(view, self.root.pattern, self.rules, self.bounds)

    @property
    def asked(self) -> View:
        """The beliefs that were asked."""
        return self.facts.view

    def dated(self, derived: Derived) -> Derived:
        """What was found, as it is told."""
        return derived

    def gaps(self) -> list[tuple[Atom, Attempt]]:
        """What would have been needed, each with the use of a rule that it would have completed."""
        return gaps(self._goals, self.root, self.values, self.rules, _GAPS)

    def dropped(self) -> Iterator[Drop]:
        """What the policy dropped; what the search left; where nothing holds, what nearly did."""
        drops = [*self._of_policy(), *self._left()]
        if not self.found:
            drops += self._near()
        yield from map(self._as_considered, filter(self._is_worth_telling, drops))

    def gives(self, step: Step) -> Derived | None:
        """What a use of a rule that was found in another search gives in this one."""
        conclusion = self.facts.statements.of(step.conclusion.atom)
        for own in self.steps.concluding.get(conclusion, ()):
            if own.rule.name == step.rule.name and [p.atom for p in own.premises] == [
                p.atom for p in step.premises
            ]:
                return applied(own, self.priors, self.values)
        return None

    def about(self) -> list[Statement]:
        """The statements that the question is about, those that hold first."""
        first = [derived.statement for derived in self.found]
        if self.root.ground:
            first.append(self.facts.statements.of(self.root.pattern))
        return list(dict.fromkeys([*first, *self.root.answers]))[:_STATEMENTS]

    def _of_policy(self) -> Iterator[Drop]:
        waiting = deque(self.about())
        met = set(waiting)
        while waiting and self._has_time():
            statement = waiting.popleft()
            drops: list[Drop] = []
            record = _recorder(drops)
            valued(statement, self.facts, self.steps, self.priors, self.values, record)
            yield from drops
            value = self.values.get(statement)
            if value is not None and value.weak and value.truth.c < AUDIBLE:
                yield from map(_faint, value.parts)
            for step in () if self.found else self.steps.concluding.get(statement, ()):
                for premise in self._lacking(step):  # a rule below may be what nearly applied
                    if premise not in met and len(met) < _STATEMENTS:
                        met.add(premise)
                        waiting.append(premise)

    def _lacking(self, step: Step) -> list[Statement]:
        """What a use of a rule lacks, where it would do if it had that.

        Guesses, and what goes by something false or by two unknown things, lead to other things.
        """
        known = [self.values[premise] for premise in step.premises if premise in self.values]
        lacking = [premise for premise in step.premises if premise not in self.values]
        part = step.rule.name == CONJUNCTION
        if step.rule.weak or any(value.truth.f < 0.5 for value in known):
            return []
        return lacking if part or len(lacking) == 1 else []

    def _left(self) -> Iterator[Drop]:
        """What the search had not come to when it ended, for a goal that names everything.

        Where it had an answer that is whatever it had not tried; else guesses that rest on guesses,
        which it does not look for.
        """
        if not self.root.ground:
            return
        goal = self.facts.statements.of(self.root.pattern)
        before = set(map(id, self.steps.concluding.get(goal, ())))
        for phase, share in enumerate(SHARES):
            self.agenda.drain(phase, int(share * self._most), self._resume)
        if not self.found:
            self._guess_on()
        new = [step for step in self.steps.concluding.get(goal, ()) if id(step) not in before]
        values = self._without(goal) if new else {}
        for step in new:
            if not self._has_time():
                return
            drops: list[Drop] = []
            record = _recorder(drops)
            candidate = applied(step, self.priors, values, record)
            if candidate is not None:
                drops = self._compared(candidate, values)
            yield from drops

    def _guess_on(self) -> None:
        """Let weak rules serve what only weak rules have asked for."""
        weak = len(SHARES) - 1
        for goal in list(self._goals.values()):
            if goal.guess and goal.ground and not goal.cut:
                rules = self._usable(goal.pattern)[1]
                self.agenda.plan(weak, goal.strength, partial(self._guess, rules, goal))
        self.agenda.drain(weak, self._most, self._resume)

    @property
    def _most(self) -> int:
        return int(_FURTHER * self.bounds.steps)

    def _without(self, goal: Statement) -> dict[Statement, Derived]:
        """What all else comes to that was found, if nothing is concluded from the goal itself."""
        others = Steps()
        for steps in self.steps.concluding.values():
            for step in steps:
                if goal is not step.conclusion and goal not in step.premises:
                    others.add(step)
        rounds = 2 * self.bounds.depth + 2
        return evaluate(self.facts, others, self.priors, rounds, self._has_time)

    def _compared(self, candidate: Derived, values: Mapping[Statement, Derived]) -> list[Drop]:
        """Why a late candidate would not count beside the answer; else, that it came late."""
        if not self.found:
            return []
        answer, drops = self.found[0], list[Drop]()
        against = [*answer.parts[:_STATEMENTS], candidate]
        chosen(against, is_a(self.facts, values), _recorder(drops))
        own = [drop for drop in drops if drop.candidate is candidate]
        return own or [Drop(candidate, "late", partial(_late, answer))]

    def _near(self) -> Iterator[Drop]:
        """The rules that nearly applied."""
        for need, attempt in self.gaps():
            candidate, rule = self._unfinished(attempt)
            if candidate.premises:
                words = partial(_missing, rule, need)
                yield Drop(candidate, "missing", words)

    def _unfinished(self, attempt: Attempt) -> tuple[Derived, str]:
        """A use of a rule without all of its premises, and what it would have led to; the rule."""
        candidate, rule = self._partly(attempt), attempt.rule.name
        seen = {attempt.goal}
        while attempt.goal is not self.root:
            above = (w for w in attempt.goal.waiting if w.attempt.goal not in seen)
            wait = next((w for w in above if not w.attempt.rule.weak), None)
            if wait is None:
                break
            attempt = wait.attempt
            seen.add(attempt.goal)
            if rule == CONJUNCTION:
                rule = attempt.rule.name
            below = {wait.place: candidate} if candidate.premises else {}
            candidate = self._partly(attempt, below)
        return candidate, rule

    def _partly(self, attempt: Attempt, below: Mapping[int, Derived] | None = None) -> Derived:
        places = dict(below or {})
        for place, premise in enumerate(attempt.premises):
            if premise is not None and premise in self.values:
                places[place] = self.values[premise]
        premises = tuple(places[place] for place in sorted(places))
        statement = self.facts.statements.of(substitute(attempt.rule.conclusion, attempt.bound))
        stamp = frozenset[int]().union(*(premise.stamp for premise in premises))
        return Derived(statement, _NOTHING, stamp, attempt.rule.name, premises)

    def _as_considered(self, drop: Drop) -> Drop:
        """What a rule with a false premise would have concluded if that were true: a truth value
        without confidence does not tell it. The confidence stays.
        """
        candidate = drop.candidate
        if drop.reason != "false" or candidate.step is None:
            return drop
        premises = [
            replace(premise, truth=Truth(1.0, premise.truth.c))
            if premise.truth.f < 0.5
            else premise
            for premise in candidate.premises
        ]
        would = concluded(candidate.step, premises, self.priors).truth
        if would.c <= candidate.truth.c:
            return drop
        return replace(drop, candidate=replace(candidate, truth=Truth(would.f, candidate.truth.c)))

    def _has_time(self) -> bool:
        return self.agenda.has_time(self.bounds.seconds)

    def _is_worth_telling(self, drop: Drop) -> bool:
        """Whether it is not part of an answer, nor the same evidence read in another order."""
        candidate = drop.candidate
        answer = next((d for d in self.found if d.statement is candidate.statement), None)
        if answer is None:
            return not self.found or drop.reason not in ("false", "missing")
        if any(_is_same(candidate, part) for part in answer.parts) or drop.reason == "false":
            return False
        agrees = abs(candidate.truth.f - answer.truth.f) < APART
        return not (agrees and candidate.stamp <= answer.stamp)


class WindowInquiry(WindowSearch, Inquiry):
    """An inquiry about what holds throughout a window; what it tells has that time."""

    def again(self, view: View) -> Inquiry:
        """The same question to other beliefs."""
        return WindowInquiry(view, self.root.pattern, self.window, self.rules, self.bounds)

    @property
    def asked(self) -> View:
        """The beliefs that were asked."""
        return self.view

    def gaps(self) -> list[tuple[Atom, Attempt]]:
        """What would have been needed, but for the statement itself at some other time."""
        found = super().gaps()
        return [one for one in found if head(one[0]) != AT.name or spans.of(one[0]) is not None]

    def dated(self, derived: Derived) -> Derived:
        """What was found, with the time of the window."""
        return self.date(derived)


def inquiry(view: View, goal: Atom, rules: Rules, bounds: Bounds) -> Inquiry:
    """The inquiry about a goal."""
    timed = window_of(goal)
    if timed is None:
        return Inquiry(view, goal, rules, bounds)
    return WindowInquiry(view, *timed, rules, bounds)


def _recorder(drops: list[Drop]) -> Record:
    return lambda candidate, fault, against: drops.append(_drop(candidate, fault, against))


def _drop(candidate: Derived, fault: Fault, against: Derived | None) -> Drop:
    """What the policy dropped, with its reason."""
    if fault == "guess" and against is not None:
        return Drop(candidate, fault, lambda _: reasons.guess(candidate, against))
    if fault == "general" and against is not None:
        return Drop(candidate, fault, lambda _: reasons.general(candidate, against))
    if fault == "shared" and against is not None:
        return Drop(candidate, fault, lambda proof: reasons.shared(candidate, against, proof))
    if fault == "overlap":
        return Drop(candidate, fault, lambda proof: reasons.overlap(candidate, proof))
    if fault == "guesses":
        return Drop(candidate, fault, lambda _: reasons.guesses(candidate))
    if reasons.culprits(candidate):
        return Drop(candidate, "false", lambda _: reasons.false(candidate))
    return _faint(candidate)


def _faint(candidate: Derived) -> Drop:
    return Drop(candidate, "faint", lambda _: reasons.faint(candidate))


def _late(answer: Derived, _: Proof) -> str:
    return reasons.late(answer)


def _missing(rule: str, need: Atom, _: Proof) -> str:
    return reasons.missing(rule, need)


def _is_same(one: Derived, other: Derived) -> bool:
    """Whether two candidates for one statement are the same use of a rule."""
    return one.rule == other.rule and [p.statement for p in one.premises] == [
        p.statement for p in other.premises
    ]
