"""Contradictions between what was said of two times that have some time in common.

That Tom was ill from Monday to Friday and that he was not ill on Wednesday are two statements, so
neither has evidence on both sides (``atoms.conflicts``). Here the one that is denied is named, and
what was said of other times stands as what it follows from: of a day within a span, or by part.

Invariant: nothing is written, and of one thing ``_SPANS`` times in each form are looked at, with
the latest ``_LATEST`` pieces of what was said of each. Not covered: what holds without a time, and
what follows by rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from mettaclaw.atoms import conflicts, spans
from mettaclaw.atoms.conflicts import SURE
from mettaclaw.atoms.forms import NEGATIONS, forms, stripped, turned_round
from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.spans import Span
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, is_ground
from mettaclaw.atoms.truth import APART
from mettaclaw.atoms.view import Belief, Contradiction, Derivation, Evidence, View

_SPANS = 200
_LATEST = 250
_RULE = "sub-interval"
_TIMES = Variable("from"), Variable("to")


@dataclass(frozen=True, slots=True)
class Told:
    """What was surely said of a thing at a time, as it counts without a negation.

    Attributes:
        statement: The statement without a negation.
        written: The belief, in the form that it was said in.
        span: The time.
        evidence: What was said, oldest first; of a negation it is turned round.
    """

    statement: Atom
    written: Belief
    span: Span
    evidence: tuple[Evidence, ...]

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest frequency of it."""
        every = [one.truth.f for one in self.evidence if one.truth is not None]
        return min(every), max(every)

    def overlaps(self, other: Span) -> bool:
        """Whether it is of another time, and some of that is in it."""
        span = self.span
        return span != other and span.first <= other.last and other.first <= span.last


def thing(atom: Atom) -> Atom | None:
    """What a statement says of a time, without negations; None of one that has no time."""
    match stripped(atom):
        case Expression((Symbol("at"), inner, _, _)):
            return stripped(inner)
        case _:
            return None


def found(reader: Reader) -> Iterator[Contradiction]:
    """Those about all that somebody denied of a time."""
    denied = (
        belief.statement
        for sign in NEGATIONS
        for belief in reader.find(
            spans.timed(Expression((Symbol(sign), Variable("thing"))), *_TIMES)
        )
    )
    met: set[Atom] = set()
    for atom in chain(conflicts.suspects(reader), denied):
        inner = thing(atom)
        if inner is not None and is_ground(inner) and inner not in met:
            met |= {form for form, _ in forms(inner)}
            yield from about(reader, inner)


def about(reader: Reader, inner: Atom) -> Iterator[Contradiction]:
    """Those about one thing, the statement that is denied being named."""
    every = [one for one in told(reader, inner) if one.evidence]
    for low in every:
        f, _ = low.bounds
        against = [
            high for high in every if high.overlaps(low.span) and high.bounds[1] - f >= APART
        ]
        if f <= APART and against:
            yield _contradiction(reader, low, against)


def _contradiction(reader: Reader, low: Told, against: list[Told]) -> Contradiction:
    most = max(high.bounds[1] for high in against)
    said = tuple(e for e in low.evidence if e.truth and most - e.truth.f >= APART)
    follows = (
        Derivation(-number, low.statement, _RULE, (one.statement,), truth, "", one.written.time)
        for number, one in enumerate(against, 1)  # numbers of their own, for none is kept
        for truth in [max((e.truth for e in one.evidence if e.truth), key=lambda t: t.f)]
    )
    belief = reader.belief(low.statement)
    truth = None if belief is None else belief.truth
    return Contradiction(low.statement, truth, (), said, tuple(follows))


def told(view: View, inner: Atom) -> Iterator[Told]:
    """What was said of a thing at the times that it has, in any form."""
    for form, turned in forms(inner):
        at = spans.timed(form, *_TIMES)
        yield from _found(view, at, turned=turned)
        if not turned:
            for sign in NEGATIONS:
                yield from _found(view, Expression((Symbol(sign), at)), turned=True)


def _found(view: View, pattern: Expression, *, turned: bool) -> Iterator[Told]:
    for belief in islice(view.find(pattern), _SPANS):
        at = stripped(belief.statement)
        span = spans.of(at)
        if span is None or not isinstance(at, Expression) or not is_ground(at) or belief.derived:
            continue  # what only follows was not said
        evidence = view.evidence(belief.by_word.stamp[-_LATEST:])
        sure = tuple(
            turned_round(one) if turned else one
            for one in evidence
            if one.truth is not None and one.truth.c >= SURE
        )
        yield Told(spans.timed(stripped(at.children[1]), *at.children[2:]), belief, span, sure)
