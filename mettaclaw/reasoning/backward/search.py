"""The search for a goal: backward from it, best first, over the path index of a view.

A goal is a pattern that somebody needs. It is answered by beliefs that fit it, and by rules whose
conclusion fits it: of such a rule one premise, the *lead*, is looked up among the beliefs, and the
others become goals in turn. Of a rule that composes a compound all premises become goals, and of
one that takes a compound apart the compound leads, so that no search builds terms without end. Each
goal stands once in a table, whoever needs it, so cycles end. A conjunction is proven part by part,
the most determined part first.

What is tried comes in phases. First the deductive rules by their first lead: of a goal that names
everything, the one that leaves the fewest ways (``leads``), and all of it. Then, for a goal with
variables or where that gave no answer to act on, by their other leads, and the rest where more
beliefs fit than were read at once. Then, only where nothing was settled, rules that fit almost
anything; and at last, for a goal that names everything, the weak rules. Within a phase the most
confident way goes first, of goals those that are near, and last those about what nothing is said
of. What is stored answers a goal at once. Where a goal is settled, its phase may use up the rest.

The search collects steps and computes no truth value; ``derivation`` does. Bounds end it early,
and what was found by then counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from mettaclaw.atoms import spans
from mettaclaw.atoms.forms import NEGATIONS
from mettaclaw.atoms.syntax import Atom, Variable, is_ground, variables
from mettaclaw.atoms.unify import apart, canonical, head, rename, substitute, unify
from mettaclaw.atoms.view import Belief, Derivation, View
from mettaclaw.reasoning.backward import chains
from mettaclaw.reasoning.backward.depth import leads_on, too_deep
from mettaclaw.reasoning.backward.derivation import Steps, evaluate
from mettaclaw.reasoning.backward.derived import AUDIBLE, Derived, Step
from mettaclaw.reasoning.backward.facts import Facts, Stream
from mettaclaw.reasoning.backward.goals import Agenda, Attempt, Bounds, Cut, Goal, Wait
from mettaclaw.reasoning.backward.leads import CHUNK, Lead, order
from mettaclaw.reasoning.backward.missing import missing
from mettaclaw.reasoning.backward.occurrences import Occurrences
from mettaclaw.reasoning.backward.usable import Usable
from mettaclaw.reasoning.kept import as_kept, rule_of
from mettaclaw.reasoning.priors import Priors
from mettaclaw.reasoning.rules.rule import CONJUNCTION, Rule, conjunction
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.statements import (
    Statement,
    is_tautology,
    names_something,
    parts,
    product_shape,
    says_something,
    size,
)

_STRONG, _MORE, _WIDE, _WEAK = range(4)
SHARES = (0.7, 0.8, 0.9, 1.0)  # of the steps, which each phase may use up for a ground goal
_SURE = 0.5  # the least confidence of an answer for which stronger ways are not looked for
_BESIDE = 20  # steps for other chains beside those that settle a goal
_BESIDE_WORDS = 100  # and beside what was said alone
_NEARER = 0.9  # for each rule in a row: what is near comes before what is far and a little surer
_UNHEARD = 0.5  # for a goal about something of which nothing is said: it seldom leads anywhere
_LATER = 0.5  # of the strength of what can wait
_FAINT = 0.01  # a way whose confidence can only be below this is not taken


class Search:
    """One search; run it once, then read ``values``, ``answers`` and ``needs``."""

    def __init__(self, view: View, goal: Atom, rules: Rules, bounds: Bounds) -> None:
        self.facts = Facts(view)
        self.rules = rules
        self.bounds = bounds
        self.steps = Steps()
        self.priors = Priors.stored(view, rules.prior)
        self.values: dict[Statement, Derived] = {}
        self.agenda = Agenda(bounds)
        self._goals: dict[Atom, Goal] = {}
        self._recalled: set[Statement] = set()
        self._occurring = Occurrences()
        self._use = Usable(self.facts, rules)
        self._products = frozenset(rules.signs("x"))
        self._asks_openly = not is_ground(goal)
        self.root = self._goal(goal, 0, 1.0)

    def run(self) -> None:
        """Search until the goal is settled, nothing is left to try, or a bound is reached."""
        ground = self.root.ground
        for phase in (_STRONG, _MORE, _WIDE, _WEAK) if ground else (_MORE, _WIDE):
            self.drain(phase)
            self._evaluate()
            if self._is_settled(_SURE if phase == _STRONG else AUDIBLE):
                self._finish(phase)
                if phase == _STRONG and self._may_come_otherwise():
                    self._look_beside()
                break

    def _finish(self, phase: int, most: int | None = None) -> None:
        """Try what a phase has left, where a goal is settled: no other one needs the steps."""
        known = len(self.steps)
        most = self.bounds.steps if most is None else min(most, self.bounds.steps)
        self.agenda.drain(phase, most, self._resume)
        if len(self.steps) > known:
            self._evaluate()

    def drain(self, phase: int) -> None:
        """Try all up to a phase, as far as its share of the steps goes."""
        share = SHARES[phase] if self.root.ground else 1.0
        self.agenda.drain(phase, int(self.bounds.steps * share), self._resume)

    def answers(self) -> list[Derived]:
        """The answers to the goal, best first."""
        found = [self.values[s] for s in self.root.answers if s in self.values]
        found = [d for d in found if not d.weak or d.truth.c >= AUDIBLE]
        found.sort(key=lambda d: (-d.truth.expectation, -d.truth.c, str(d.statement.atom)))
        return found[: self.bounds.answers]

    @property
    def cut(self) -> Cut | None:
        """The bound that ended the search before there was nothing left to try."""
        if self.agenda.cut is not None or (self.root.ground and self.answers()):
            return self.agenda.cut
        if sum(statement in self.values for statement in self.root.answers) > self.bounds.answers:
            return self.bounds.cut("answers")
        return self.bounds.cut("depth") if self._too_deep() else None

    def _too_deep(self) -> set[Atom]:
        def would_lead_on(goal: Goal) -> bool:
            return leads_on(goal, self._usable(goal.pattern)[0], self.facts)

        return too_deep(self._goals.values(), would_lead_on)

    def needs(self, limit: int = 5) -> list[Atom]:
        """Statements that would have completed an attempt at the goal, the nearest ones first."""
        beyond = self._too_deep()  # what may be known without anybody's help
        found = missing(self._goals, self.root, self.values, self.rules, limit + len(beyond))
        return [need for need in found if canonical(need) not in beyond][:limit]

    # --- goals ---

    def _goal(self, pattern: Atom, depth: int, strength: float, guess: bool = False) -> Goal:
        key = canonical(pattern)
        goal = self._goals.get(key)
        if goal is None:
            goal = self._goals[key] = Goal(key, is_ground(key), depth, strength, guess=guess)
            if goal.ground:  # what is stored answers at once, however little confidence leads there
                near = depth < self.bounds.depth
                known = self.facts.among(key, CHUNK) if near else self.facts.belief(key)
                if known is not None:
                    self._answer(goal, self._note(known))
                    if self._asks_openly:  # other answers come before more that speaks for this one
                        self.agenda.plan(_MORE, strength * _LATER, lambda: self._open(goal))
                        return goal
            first = strength * _NEARER**depth * (_UNHEARD if self.facts.is_unheard_of(key) else 1.0)
            self.agenda.plan(_STRONG, first, lambda: self._open(goal))
            return goal
        goal.guess = goal.guess and guess
        if depth < goal.depth:
            goal.depth, goal.strength = depth, max(strength, goal.strength)
            if goal.cut:
                goal.cut = False
                self.agenda.plan(_STRONG, goal.strength, lambda: self._expand(goal))
        return goal

    def _open(self, goal: Goal) -> None:
        conjuncts = parts(goal.pattern, self.rules.conjunctions)
        if len(conjuncts) > 1:
            self._deny(goal)
            rule = conjunction(goal.pattern, conjuncts)
            self._advance(Attempt(rule, goal, (None,) * len(conjuncts), {}, goal.strength))
            return
        if not goal.ground and (names_something(goal.pattern) or goal is self.root):
            self._read(goal, self.facts.stream(goal.pattern), 0, goal.strength)
        self._expand(goal)

    def _deny(self, goal: Goal) -> None:
        """Answer a goal that is proven by its parts with what denies the whole."""
        for rule in self._usable(goal.pattern)[0]:
            if len(rule.premises) == 1 and head(rule.premises[0]) in NEGATIONS:
                self._apply(rule, goal)

    def _read(self, goal: Goal, stream: Stream, start: int, strength: float) -> None:
        """Answer an open goal with the next beliefs that fit it."""
        # What was said of what is asked comes whole, and before anything that follows.
        chunk = self.bounds.answers if goal is self.root else CHUNK
        beliefs = stream.slice(start, chunk)
        for belief in beliefs:
            self.agenda.spent += goal is not self.root
            self._answer(goal, self._note(belief))
        if len(beliefs) == chunk:
            # Each occurrence of what has a time counts, also the last ones, which did not come.
            phase = _STRONG if head(goal.pattern) == spans.AT.name else _MORE
            start, strength = start + chunk, strength * 0.9
            self.agenda.plan(phase, strength, lambda: self._read(goal, stream, start, strength))

    def _note(self, belief: Belief) -> Statement:
        """Keep what was said of a belief as a premise, and the steps that were kept of it."""
        statement = self.facts.statements.of(belief.statement)
        if not belief.derived:
            self.facts.note(belief.by_word)
        if belief.is_concluded and statement not in self._recalled:
            self._recalled.add(statement)
            for kept in self.facts.view.derivations(belief.statement):
                self._recall(kept, statement)
        return statement

    def _recall(self, kept: Derivation, statement: Statement) -> None:
        """Take a kept derivation as a step, and what it rests on with it."""
        rule = rule_of(kept.rule, kept.premises, kept.statement, self.rules)
        if rule is None and len(self.rules.logics) > 1:  # of one logic, it may be another's
            rule = as_kept(kept)
        beliefs = [self.facts.belief(canonical(premise)) for premise in kept.premises]
        if rule is not None and None not in beliefs:
            self.agenda.spent += 1
            own = beliefs[: len(rule.premises)]  # priors are looked up where it is valued
            premises = tuple(self._note(belief) for belief in own if belief is not None)
            self.steps.add(Step(rule, premises, statement))

    def _answer(self, goal: Goal, statement: Statement, rule: Rule | None = None) -> None:
        if statement not in goal.answers:
            goal.answers[statement] = rule
            for wait in goal.waiting:
                self._tell(wait, statement, rule)

    def _await(self, goal: Goal, wait: Wait) -> None:
        goal.waiting.append(wait)
        for statement, rule in goal.answers.items():
            self._tell(wait, statement, rule)

    def _tell(self, wait: Wait, statement: Statement, rule: Rule | None) -> None:
        """Go on with an answer; a rule is not fed its own, for its other premise does the same."""
        if not (wait.own and rule is not None and rule.premises == wait.attempt.rule.premises):
            self.agenda.tell(wait, statement)

    def _expand(self, goal: Goal) -> None:
        if goal.depth >= self.bounds.depth:
            goal.cut = True
            return
        if goal is self.root and is_tautology(goal.pattern, self.rules.conjunctions):
            return
        if isinstance(goal.pattern, Variable) or not names_something(goal.pattern):
            return
        strong, weak = self._usable(goal.pattern)
        for rule in strong:
            self._apply(rule, goal)
        if weak and self.root.ground and goal.ground and not goal.guess:
            self.agenda.plan(_WEAK, goal.strength, lambda: self._guess(weak, goal))

    def _guess(self, rules: Sequence[Rule], goal: Goal) -> None:
        for rule in rules:
            self.agenda.spent += 1
            self._apply(rule, goal)

    def _usable(self, pattern: Atom) -> tuple[list[Rule], list[Rule]]:
        """The strong and the weak rules for goals of this shape."""
        return self._use.rules(pattern)

    # --- rules ---

    def _apply(self, rule: Rule, goal: Goal) -> None:
        bound = unify(rule.conclusion, goal.pattern)
        if bound is None:
            return
        attempt = Attempt(rule, goal, (None,) * len(rule.premises), bound, goal.strength)
        use = self.rules.use(rule)
        if use.composes:
            self._advance(attempt)
            return
        if len(rule.premises) == 1:
            premise = substitute(rule.premises[0], bound)
            larger = size(premise) - size(goal.pattern)
            # It gets simpler, or stays as it is in the other order, so it may be derived itself.
            if larger < 0 or (larger == 0 and goal.ground and not rule.weak):
                self._advance(attempt)
                return
        ground = goal.ground
        premises = use.asked if ground else rule.premises
        leads = [
            Lead(place, premise, self.facts.stream(premise, is_canonical=ground))
            for place, premise in enumerate(substitute(p, bound) for p in premises)
            if use.led in (None, place) and names_something(premise)
        ]
        if ground and not rule.weak and len(leads) > 1:
            order(leads, self.facts)
        for number, (place, premise, stream) in enumerate(leads):
            if not ground and canonical(premise) == goal.pattern:
                self._await(goal, Wait(attempt, place, premise, own=True))
                continue
            # What the first premise leads to is all there is, so all of it is gone through; but
            # where such links are said by a negation, no belief leads to them from that side.
            first = number == 0 or self._use.is_negated(leads[0].premise)
            phase = _WEAK if rule.weak else _STRONG if ground and first else _MORE
            lead = partial(self._lead, attempt, place, stream, 0, goal.strength, phase)
            if rule.weak or number > 0:
                self.agenda.plan(phase, goal.strength, lead)
            elif self._fits_almost_anything(attempt, place, stream):
                self.agenda.plan(_WIDE, goal.strength, lead)
            else:
                lead()

    def _fits_almost_anything(self, attempt: Attempt, place: int, stream: Stream) -> bool:
        """Whether an open goal, ``(--> tom $x)``, could be the consequent of very many rules.

        If so, those whose condition is among the answers to the goal itself are tried at once.
        """
        goal = attempt.goal
        bare = [i for i, p in enumerate(attempt.rule.premises) if isinstance(p, Variable)]
        if goal.ground or len(bare) != 1 or len(attempt.missing) != 2:
            return False
        if len(stream.slice(0, CHUNK)) < CHUNK:
            return False
        self._await(goal, Wait(attempt, bare[0], attempt.rule.premises[bare[0]], place))
        return True

    def _lead(
        self,
        attempt: Attempt,
        place: int,
        stream: Stream,
        start: int,
        strength: float,
        phase: int = _MORE,
    ) -> None:
        """Take the next beliefs that fit a premise, and go on from each; the rest in that phase."""
        beliefs = stream.slice(start, CHUNK)
        pattern = attempt.rule.premises[place]
        for belief in beliefs:
            self.agenda.spent += 1
            atom = belief.statement
            bound = unify(pattern, apart(atom, str(place)), attempt.bound)
            c = belief.standing.c
            if bound is not None and attempt.strength * c >= _FAINT:
                found = _put(attempt.premises, place, self._note(belief))
                self._advance(
                    attempt._replace(premises=found, bound=bound, strength=attempt.strength * c)
                )
        if len(beliefs) == CHUNK:
            start, strength = start + CHUNK, strength * 0.9
            more = partial(self._lead, attempt, place, stream, start, strength, phase)
            self.agenda.plan(phase, strength, more)

    def _advance(self, attempt: Attempt) -> None:
        missing = attempt.missing
        if not missing:
            self._conclude(attempt)
            return
        wanted = {i: substitute(attempt.rule.premises[i], attempt.bound) for i in missing}
        place = min(wanted, key=lambda i: (len(variables(wanted[i])), i))
        pattern = wanted[place]
        if is_tautology(pattern, self.rules.conjunctions) or isinstance(pattern, Variable):
            return
        own = attempt.goal
        if own.ground and pattern == own.pattern:
            return
        if attempt.rule.timed and len(missing) == 1 and len(attempt.premises) == 2:
            stream = self.facts.stream(pattern)
            if len(stream.slice(0, CHUNK)) == CHUNK:  # every pair would be looked at, else
                for belief, bound in self._occurring.nearest(attempt, place, stream):
                    self.agenda.spent += 1
                    found = _put(attempt.premises, place, self._note(belief))
                    self._conclude(attempt._replace(premises=found, bound=bound))
                return
        shape = product_shape(pattern, self._products)
        if shape is not None and not self.facts.has(shape):
            return
        depth = own.depth if attempt.rule.name == CONJUNCTION else own.depth + 1
        guess = own.guess or attempt.rule.weak
        goal = self._goal(pattern, depth, attempt.strength, guess)
        self._await(goal, Wait(attempt, place, pattern))

    def _resume(self, wait: Wait, statement: Statement) -> None:
        atom = statement.atom
        own = atom if statement.ground else rename(atom, str(wait.place))
        bound = unify(wait.pattern, own, wait.attempt.bound)
        if bound is not None:
            found = _put(wait.attempt.premises, wait.place, statement)
            attempt = wait.attempt._replace(premises=found, bound=bound)
            if wait.lead is None:
                self._advance(attempt)
            else:
                premise = substitute(attempt.rule.premises[wait.lead], bound)
                stream = self.facts.stream(premise)
                self._lead(attempt, wait.lead, stream, 0, attempt.strength)

    def _conclude(self, attempt: Attempt) -> None:
        rule, goal = attempt.rule, attempt.goal
        if not rule.permits(attempt.bound):
            return
        atom = spans.moved(substitute(rule.conclusion, attempt.bound))
        if not goal.ground and not says_something(atom, self.rules.conjunctions):
            return
        statement = self.facts.statements.of(atom)
        premises = tuple(premise for premise in attempt.premises if premise is not None)
        if statement in premises:
            return
        for one in self.rules.together.get(rule, (rule,)):
            self.steps.add(Step(one, premises, statement))
            self._answer(goal, statement, one)  # another goal may have found the step already

    def _evaluate(self) -> None:
        rounds = 2 * self.bounds.depth + 2
        more = self.bounds.seconds / 2  # what was found late is to count as well
        alive = partial(self.agenda.has_time, more)
        self.values = evaluate(self.facts, self.steps, self.priors, rounds, alive)
        if chains.complete(self.answers(), self.steps, self.facts.statements, self.rules):
            self.values = evaluate(self.facts, self.steps, self.priors, rounds, alive)

    def _may_come_otherwise(self) -> bool:
        """Whether a chain may have a link that is not stored, and that no join of links gives.

        Where there are only joins, going through one end of each chain has found them all.
        """
        strong, _ = self._usable(self.root.pattern)
        return not all(chains.joins_links(*rule.premises, rule.conclusion) for rule in strong)

    def _look_beside(self) -> None:
        """Look a little further where a goal is settled: a chain with a link that itself is derived
        may come by another lead only, and counts as well.
        """
        is_said = any(answer.rule == "said" for answer in self.answers())
        most = self.agenda.spent + (_BESIDE_WORDS if is_said else _BESIDE)
        self._finish(_MORE, most)

    def _is_settled(self, least: float) -> bool:
        return any(answer.truth.c >= least and not answer.weak for answer in self.answers())


def _put(
    premises: tuple[Statement | None, ...], place: int, statement: Statement
) -> tuple[Statement | None, ...]:
    return (*premises[:place], statement, *premises[place + 1 :])
