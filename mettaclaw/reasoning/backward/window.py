"""What holds throughout a span: the beliefs of a *window*, as statements of no time.

There, a statement is believed as what was said of a span that has the window in it says; else as
what was said of no time, which holds always. What was said of the time itself comes first, for it
is the more specific; so is what was said of a part of a span that has the window in it, where it
contradicts what was said of the whole. Of several spans what they say is pooled, where it rests on
different evidence: one source's words about one thing, and its opinions without words, count once,
however many spans they stand beside. The same words may have been put down twice, as what is so now
and as what has been so since Monday: those are of that time, and say nothing of others.

Invariant: nothing that is believed of another time is found. Not covered: what follows
(``windowsearch``), and which windows a goal has (``timed``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mettaclaw.atoms import spans
from mettaclaw.atoms.spans import AT, Span, timed
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable
from mettaclaw.atoms.truth import APART, pool
from mettaclaw.atoms.unify import Substitution, canonical, head
from mettaclaw.atoms.view import Belief, Derivation, Evidence, View

FROM, TO = Variable("from#w"), Variable("to#w")  # of a statement whose time is asked for

_LOOKED_AT = 5_000  # statements with a time that fit one pattern


@dataclass(frozen=True, slots=True)
class Window:
    """A span as statements write it; any time at all where it is None."""

    begin: Atom
    end: Atom
    span: Span | None

    def has(self, statement: Atom) -> bool:
        """Whether a statement with a time holds throughout the window."""
        found = spans.of(statement)
        return found is not None and (self.span is None or found.holds(self.span))

    def of(self, atom: Atom) -> Expression:
        """The statement, as one that has this time."""
        return timed(atom, self.begin, self.end)


@dataclass(frozen=True, slots=True)
class Held(Belief):
    """What is believed of a window, as ``sources`` say of spans that have it in them."""

    sources: tuple[Belief, ...] = ()


class During:
    """The beliefs of a view that hold throughout a window. Implements ``atoms.view.View``.

    Attributes:
        kept: Whether it has met what nobody said of a time, but somebody kept. That is found by
            asking for the statement with its time, so that it is known how it follows.
    """

    def __init__(self, view: View, window: Window) -> None:
        self._view = view
        self._window = window
        self.kept = False

    def belief(self, statement: Atom) -> Belief | None:
        """What is believed of the statement in this window, or else always."""
        if head(statement) == AT.name:
            return self._view.belief(statement)
        key = canonical(statement)
        spanning = list(self._spanning(statement))
        sources = [b for b, inner, within in spanning if within and canonical(inner) == key]
        if sources:
            return self._held(statement, [belief.by_word for belief in sources])
        elsewhere = [b for b, inner, within in spanning if not within and canonical(inner) == key]
        return self._always(self._view.belief(statement), elsewhere)

    def find(self, pattern: Atom) -> Iterator[Belief]:
        """The beliefs of the window that unify with the pattern, those with a time first."""
        if head(pattern) == AT.name:
            yield from self._view.find(pattern)
            return
        seen: set[Atom] = set()
        elsewhere: dict[Atom, list[Belief]] = {}
        for spanning, inner, within in self._spanning(pattern):
            key = canonical(inner)
            if not within:
                elsewhere.setdefault(key, []).append(spanning)
            elif key not in seen:
                seen.add(key)
                belief = self.belief(inner)
                if belief is not None:
                    yield belief
        if not isinstance(pattern, Variable):
            for belief in self._view.find(pattern):
                key = canonical(belief.statement) if seen or elsewhere else None
                if key not in seen and self._always(belief, elsewhere.get(key, ()) if key else ()):
                    yield belief

    def candidates(self, pattern: Atom) -> Iterator[tuple[Atom, bool]]:
        """As the view's, of statements with a time what holds then."""
        yield from self._view.candidates(pattern)
        for atom, is_open in self._view.candidates(timed(pattern, FROM, TO)):
            match atom:
                case Expression((Symbol("at"), inner, _, _)):
                    yield inner, is_open
                case _:
                    pass

    def match(self, *patterns: Atom, limit: int | None = None) -> Iterator[Substitution]:
        """As the view's."""
        return self._view.match(*patterns, limit=limit)

    def evidence(self, ids: Sequence[int]) -> list[Evidence]:
        """As the view's."""
        return self._view.evidence(ids)

    def derivations(self, statement: Atom) -> list[Derivation]:
        """As the view's."""
        return self._view.derivations(statement)

    def _spanning(self, pattern: Atom) -> Iterator[tuple[Belief, Atom, bool]]:
        """The beliefs about spans, each with what it says of it, and whether it has the window in
        it.
        """
        found = self._view.find(timed(pattern, FROM, TO))
        for belief in islice(found, _LOOKED_AT):
            if belief.derived:
                self.kept = True
            else:
                assert isinstance(belief.statement, Expression)
                yield belief, belief.statement.children[1], self._window.has(belief.statement)

    def _always(self, belief: Belief | None, elsewhere: Sequence[Belief]) -> Belief | None:
        """What was said of no time, in other words than what is believed of the same at others.

        What was kept may rest on what was so at another time, so that is derived anew.
        """
        if belief is None or belief.derived:
            return None
        own = belief.by_word
        if elsewhere:
            stamp = sorted(frozenset[int]().union(*(other.stamp for other in elsewhere)))
            dated = {(e.source, e.words) for e in self._view.evidence(stamp) if e.words}
            if dated and all((e.source, e.words) in dated for e in self._view.evidence(own.stamp)):
                return None
        return own

    def _held(self, statement: Atom, sources: list[Belief]) -> Held:
        """What several spans say of one window, where nothing counts twice."""
        sources = [one for one in sources if not any(_overrides(o, one) for o in sources)]
        sources.sort(key=lambda belief: -belief.standing.c)
        stamp: set[int] = set()
        voices: set[tuple[str, str | None]] = set()
        kept: list[Belief] = []
        for belief in sources:
            own = self._voices(belief) if len(sources) > 1 else set[tuple[str, str | None]]()
            if stamp.isdisjoint(belief.stamp) and not (own and own <= voices):
                stamp.update(belief.stamp)
                voices |= own
                kept.append(belief)
        truth = pool(b.standing for b in kept) if len(kept) > 1 else kept[0].standing
        latest = max(kept, key=lambda belief: belief.time)
        ids = tuple(sorted(stamp))
        return Held(statement, truth, ids, latest.origin, latest.time, sources=tuple(kept))

    def _voices(self, belief: Belief) -> set[tuple[str, str | None]]:
        """Who speaks in a belief, in which words; an observation without words is a voice alone."""
        return {
            (one.source, one.words) if one.words or one.opinion else (one.source, f"#{one.id}")
            for one in self._view.evidence(belief.stamp)
        }


def _overrides(narrow: Belief, wide: Belief) -> bool:
    """Whether a belief says the opposite of another one, of a part of its time, and is sure enough
    to: it has at least half its confidence, as what is specific must (``weighing``).
    """
    part, whole = spans.of(narrow.statement), spans.of(wide.statement)
    if part is None or whole is None or part == whole or not whole.holds(part):
        return False
    one, other = narrow.standing, wide.standing
    return abs(one.f - other.f) >= APART and one.c >= other.c / 2
