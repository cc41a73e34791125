"""Goals, with a time or without: ``(at STATEMENT FROM TO)`` asks what holds throughout a span.

Such a goal is a search for STATEMENT in the *window* of that span (``windowsearch``). Of a goal
that leaves its times open the windows are the spans that the way there went by, and those that two
of them have in common. Invariant: all searches for one goal stay within the bounds of one.

Not covered: goals with a time among the premises of a rule; those are answered by what was said of
a span, and by rules whose conclusion has a time.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, combinations, islice

from mettaclaw.atoms import spans
from mettaclaw.atoms.forms import others
from mettaclaw.atoms.spans import AT, Span, timed
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, variables
from mettaclaw.atoms.unify import head, rename, unify
from mettaclaw.atoms.view import View
from mettaclaw.reasoning.backward.derived import Derived
from mettaclaw.reasoning.backward.goals import Bounds, Cut
from mettaclaw.reasoning.backward.search import Search
from mettaclaw.reasoning.backward.window import FROM, TO, Window
from mettaclaw.reasoning.backward.windowsearch import SUB_INTERVAL, WindowSearch, times_of
from mettaclaw.reasoning.rules.rule import ALWAYS
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.statements import names_something

_WINDOWS = 32  # that an answer at open times is asked for
_MOMENT_S = 1e-3  # what a search has at least, to tell what was said
_WHENEVER = 0.5  # of the bounds, which finding what follows at some time or other may use up


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a goal: answers, best first; what would be needed; how many steps.

    ``cut`` is the bound that ended the search; None where none did.
    """

    answers: list[Derived]
    needs: list[Atom]
    steps: int
    cut: Cut | None


def window_of(goal: Atom) -> tuple[Atom, Window] | None:
    """What a goal asks for, and of which time, where it names one; None for any other goal."""
    match goal:
        case Expression((Symbol("at"), inner, begin, end)) if head(inner) != AT.name:
            span = spans.between(begin, end)
            return None if span is None else (inner, Window(begin, end, span))
        case _:
            return None


def search(view: View, goal: Atom, rules: Rules, bounds: Bounds) -> Found:
    """What is believed or follows about a goal that may have a time."""
    match goal:
        case Expression((Symbol("at"), inner, begin, end)) if head(inner) != AT.name:
            return _Times(view, inner, (begin, end), rules, bounds).found(goal)
        case _:
            return _plain(Search(view, goal, rules, bounds))


def _plain(found: Search) -> Found:
    found.run()
    answers = found.answers()
    return Found(answers, [] if answers else found.needs(), found.agenda.spent, found.cut)


class _Times:
    """The searches for one goal with a time, within the bounds of one."""

    def __init__(
        self, view: View, inner: Atom, times: tuple[Atom, Atom], rules: Rules, bounds: Bounds
    ) -> None:
        self._view = view
        self._inner = inner
        self._times = times
        self._rules = rules
        self._bounds = bounds
        self._spent = 0
        self._ends = time.monotonic() + bounds.seconds

    def found(self, goal: Atom) -> Found:
        known = window_of(goal)
        if known is not None:
            search = self._searched(*known)
            answers = search.timed()
            needs = [] if answers else search.needs()
            return Found(answers, needs, self._spent, search.cut)
        plain = _plain(Search(self._view, goal, self._rules, self._bounds))
        self._spent += plain.steps
        told = [*map(self._weighed, plain.answers)]
        answers = _widest([*told, *self._concluded(told)])
        answers.sort(key=lambda d: (-d.truth.expectation, -d.truth.c, str(d.statement.atom)))
        return Found(answers, [] if answers else plain.needs, self._spent, plain.cut or self._cut)

    @property
    def _cut(self) -> Cut | None:
        """The bound that leaves nothing more to do; None for none."""
        if self._spent >= self._bounds.steps:
            return self._bounds.cut("steps")
        return self._bounds.cut("seconds") if time.monotonic() >= self._ends else None

    def _weighed(self, told: Derived) -> Derived:
        """What was said of a time, with what was said of that time in another form."""
        atom = told.statement.atom
        known = window_of(atom)
        if (
            known is None
            or self._cut
            or all(self._view.belief(form) is None for form, _ in others(atom))
        ):
            return told
        found = self._searched(*known).timed()
        return next((one for one in found if one.statement.atom == atom), told)

    def _searched(self, inner: Atom, window: Window, share: float = 1.0) -> WindowSearch:
        """A search in a window, with a share of what the bounds have left."""
        left = replace(
            self._bounds,
            steps=max(1, int(share * (self._bounds.steps - self._spent))),
            seconds=max(_MOMENT_S, share * (self._ends - time.monotonic())),
        )
        search = WindowSearch(self._view, inner, window, self._rules, left)
        search.run()
        self._spent += search.agenda.spent
        return search

    def _concluded(self, told: Iterable[Derived]) -> Iterator[Derived]:
        """What follows at some time or other, at each of the times when it does."""
        if not names_something(self._inner):
            return
        known = {derived.statement.atom for derived in told}
        pattern = timed(self._inner, *self._times)
        whenever = self._searched(self._inner, Window(FROM, TO, None), _WHENEVER)
        for answer in whenever.answers():
            inner = answer.statement.atom
            for window in islice(_windows(times_of(answer)), _WINDOWS):
                if self._cut:
                    return
                atom = window.of(inner)
                apart = atom if not variables(atom) else rename(atom, "w")
                if atom in known or unify(pattern, apart) is None:
                    continue
                for derived in self._searched(inner, window).timed():
                    is_new = derived.rule not in (ALWAYS, SUB_INTERVAL) and not derived.weak
                    if is_new and derived.premises and derived.statement.atom == atom:
                        known.add(atom)
                        yield derived


def _windows(times: Iterable[tuple[Atom, Atom]]) -> Iterator[Window]:
    """These times, the latest first, and then what two of them have in common."""
    found = [(span, pair) for pair in times if (span := spans.between(*pair)) is not None]
    found.sort(key=lambda one: (-one[0].last, one[0].first))
    begins = {one[0].first: one[1][0] for one in found}
    lasts = {one[0].last: one[1][1] for one in found}
    common = (
        Span(max(one.first, other.first), min(one.last, other.last))
        for (one, _), (other, _) in combinations(found[:_WINDOWS], 2)
    )
    whole = (span for span in common if span.first <= span.last)
    for span in dict.fromkeys(chain((one[0] for one in found), whole)):
        yield Window(begins[span.first], lasts[span.last], span)


def _widest(answers: list[Derived]) -> list[Derived]:
    """Without those that another one says of a longer time, at least as surely."""
    spanning = [(d, d.statement.atom, spans.of(d.statement.atom)) for d in answers]

    def is_said(derived: Derived, atom: Atom, span: Span | None) -> bool:
        return (
            derived.belief is None
            and span is not None
            and isinstance(atom, Expression)
            and any(
                other is not derived
                and within is not None
                and isinstance(wide, Expression)
                and wide.children[1] == atom.children[1]
                and within.holds(span)
                and within != span
                and other.truth.c >= derived.truth.c
                and abs(other.truth.f - derived.truth.f) < 0.5
                for other, wide, within in spanning
            )
        )

    return [derived for derived, atom, span in spanning if not is_said(derived, atom, span)]
