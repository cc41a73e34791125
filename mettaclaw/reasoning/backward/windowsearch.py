"""A search among what holds throughout a window, whose answers have that time.

Every rule, every exception and every guess goes there as it goes anywhere. What follows has the
window's time wherever it rests on something that has one, and each use of a rule in its proof is
the rule's with ``at`` around the premises that have a time (``kept.rule_of`` knows it so).

Invariant: what held at one time proves nothing of another, so the rules from a time to always, and
from a time to a later one, are not used inside of a window.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mettaclaw.atoms import spans
from mettaclaw.atoms.spans import AT, timed
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import canonical, head
from mettaclaw.atoms.view import View
from mettaclaw.reasoning.backward.derived import Derived, nodes, said
from mettaclaw.reasoning.backward.goals import Attempt, Bounds, Goal
from mettaclaw.reasoning.backward.search import Search
from mettaclaw.reasoning.backward.window import FROM, TO, During, Held, Window
from mettaclaw.reasoning.proof import POOLED
from mettaclaw.reasoning.rules.rule import ALWAYS, Condition, Rule
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.statements import IMPLICATION, TEMPORAL, Statement, names_something

SUB_INTERVAL = "sub-interval"  # the name of a rule in metta/nal.metta

_LATER = frozenset({"=/>", "</>"})
_WHENEVER = TEMPORAL | {IMPLICATION}
_TIMELESS = _WHENEVER | {AT.name}
_INNER = Variable("held#w")


class WindowSearch(Search):
    """A search among what holds throughout a window; its answers have that time.

    Attributes:
        view: The beliefs, of whatever time.
        window: The time.
        date: Gives something that was found its time, throughout its proof.
    """

    def __init__(
        self, view: View, goal: Atom, window: Window, rules: Rules, bounds: Bounds
    ) -> None:
        self.window = window
        self.view = view
        self._during = During(view, window)
        self._timing: bool | None = None
        self._within = _within(window)
        self.date = Dating(window).root
        super().__init__(self._during, goal, rules, bounds)

    def timed(self) -> list[Derived]:
        """The answers, with the time of the window."""
        return [*map(self.date, self.answers())]

    def needs(self, limit: int = 5) -> list[Atom]:
        """As ``Search.needs``, with the time of the window where a statement has one."""
        return [
            need if head(need) in _WHENEVER or spans.of(need) is not None else self.window.of(need)
            for need in super().needs(limit)
            if head(need) != AT.name or spans.of(need) is not None
        ]

    def _usable(self, pattern: Atom) -> tuple[list[Rule], list[Rule]]:
        strong, weak = super()._usable(pattern)
        return [r for r in strong if not _leaves(r)], [r for r in weak if not _leaves(r)]

    def _expand(self, goal: Goal) -> None:
        super()._expand(goal)
        pattern = goal.pattern
        if goal.cut or head(pattern) in _TIMELESS or not names_something(pattern):
            return
        if self._concludes_times():
            attempt = Attempt(self._within, goal, (None,), {_INNER: pattern}, goal.strength)
            self._advance(attempt)

    def _concludes_times(self) -> bool:
        """Whether anything that is believed concludes statements with a time."""
        if self._timing is None:
            shape = timed(Variable("0"), Variable("1"), Variable("2"))
            strong, _ = self._usable(shape)
            self._timing = any(head(rule.conclusion) == AT.name for rule in strong) or any(
                self.facts.has(canonical(Expression((Symbol(sign), Variable("c"), shape))))
                for sign in (IMPLICATION, *sorted(TEMPORAL), "<=>")
            )
        return self._timing or self._during.kept


def times_of(answer: Derived) -> Iterator[tuple[Atom, Atom]]:
    """The times that something that was found rests on, each once, as they are written."""
    found: dict[tuple[Atom, Atom], None] = {}
    for derived in nodes([answer]):
        held = derived.belief.sources if isinstance(derived.belief, Held) else ()
        for atom in (derived.statement.atom, *(belief.statement for belief in held)):
            match atom:
                case Expression((Symbol("at"), _, begin, end)):
                    found[begin, end] = None
                case _:
                    pass
    yield from found


def _within(window: Window) -> Rule:
    """What follows about a span that has the window in it holds in the window."""
    own = Expression((window.begin, window.end))
    inside = Condition("within", own, Expression((FROM, TO)))
    conditions = () if window.span is None else (inside,)
    premises = (timed(_INNER, FROM, TO),)
    return Rule(SUB_INTERVAL, premises, _INNER, lambda truths: truths[0], conditions=conditions)


def _leaves(rule: Rule) -> bool:
    """Whether a rule leads from a time to always, from always to a time, or to another time."""
    if len(rule.premises) != 1:
        later = any(head(premise) in _LATER for premise in rule.premises)
        return later and isinstance(rule.conclusion, Variable)
    premise, conclusion = rule.premises[0], rule.conclusion
    match premise, conclusion:
        case (Expression((Symbol("at"), inner, *_)), _) if inner == conclusion:
            return True
        case (_, Expression((Symbol("at"), inner, *_))):
            return inner == premise or rule.name == SUB_INTERVAL
        case _:
            return False


class Dating:
    """Gives what was found in a window its time, throughout the proof."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._known: dict[int, Derived] = {}

    def root(self, derived: Derived) -> Derived:
        """The answer as one that has the time of the window; what always holds does so then."""
        found = self.of(derived)
        wanted = self._window.of(derived.statement.atom)
        if found.statement.atom == wanted:
            return found
        return _step(ALWAYS, wanted, (found,), found.truth)

    def of(self, derived: Derived) -> Derived:
        """The same with its time, where it rests on something that has one."""
        found = self._known.get(id(derived))
        if found is None:
            found = self._known[id(derived)] = self._built(derived)
        return found

    def _built(self, derived: Derived) -> Derived:
        if isinstance(derived.belief, Held):
            return self._of_sources(derived, derived.belief)
        premises = tuple(map(self.of, derived.premises))
        rule = derived.step.rule if derived.step is not None else None
        if rule is not None and rule.conclusion == _INNER:  # what was concluded has a time itself
            return self._sub_interval(premises[0], derived)
        if all(new is old for new, old in zip(premises, derived.premises, strict=True)):
            return derived
        if derived.rule == POOLED and rule is None:
            premises = tuple(map(self.root, derived.premises))
        statement = Statement(self._window.of(derived.statement.atom))
        return replace(derived, statement=statement, premises=premises, step=None)

    def _of_sources(self, derived: Derived, belief: Held) -> Derived:
        ways = [
            self._sub_interval(said(source, Statement(source.statement)), derived)
            for source in belief.sources
        ]
        if len(ways) == 1:
            return ways[0]
        wanted = self._window.of(derived.statement.atom)
        return _step(POOLED, wanted, tuple(ways), derived.truth)

    def _sub_interval(self, whole: Derived, derived: Derived) -> Derived:
        wanted = self._window.of(derived.statement.atom)
        if whole.statement.atom == wanted:
            return whole
        return _step(SUB_INTERVAL, wanted, (whole,), whole.truth)


def _step(rule: str, atom: Atom, premises: tuple[Derived, ...], truth: Truth) -> Derived:
    return Derived(
        Statement(atom),
        truth,
        frozenset[int]().union(*(p.stamp for p in premises)),
        rule,
        premises,
        weak=max(p.weak for p in premises),
        told=frozenset[int]().union(*(p.told for p in premises)),
    )
