"""Contradictions: statements that some evidence speaks for and other evidence against.

Two pieces of evidence contradict each other whose frequencies are ``APART`` or more apart and whose
confidences are both ``SURE`` or more. What is said of the negation ``(¬ A)`` counts for ``A`` with
its frequency turned round. Pooling hides this: (0.5, 0.95) may be two sure opposites.

Invariant: the work is bounded by the evidence that speaks against something, not by the size of
the base. Not covered: what follows from rules and is contradicted by what was said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Evidence, View

APART = 0.5
SURE = 0.5
NEGATIONS = ("¬", "not", "Not")

_LATEST = 500  # pieces of evidence of one statement that are looked at
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A statement with what contradicts each other about it, both sides oldest first.

    Attributes:
        statement: The statement, without a negation before it.
        truth: What it comes to with all of its own evidence; None where only its negation was said.
        speaking_for: Evidence with a high frequency. Of the negation, it is turned round.
        speaking_against: Evidence that is ``APART`` or more from some of ``speaking_for``.
    """

    statement: Atom
    truth: Truth | None
    speaking_for: tuple[Evidence, ...]
    speaking_against: tuple[Evidence, ...]


def contradiction(view: View, statement: Atom) -> Contradiction | None:
    """What contradicts each other about a statement or its negation; None where nothing does."""
    bare = _bare(statement)
    sure = [e for e in _said(view, bare) if e.truth is not None and e.truth.c >= SURE]
    if not sure:
        return None
    high = max(e.truth.f for e in sure if e.truth is not None)
    low = min(e.truth.f for e in sure if e.truth is not None)
    if high - low < APART:
        return None
    belief = view.belief(bare)
    return Contradiction(
        bare,
        belief.truth if belief is not None else None,
        tuple(e for e in sure if e.truth is not None and e.truth.f - low >= APART),
        tuple(e for e in sure if e.truth is not None and high - e.truth.f >= APART),
    )


def contradictions(reader: Reader) -> Iterator[Contradiction]:
    """All of them, in the order in which their statements came to be known."""
    met: set[Atom] = set()
    for atom in _suspects(reader):
        bare = _bare(atom)
        if bare not in met:
            met.add(bare)
            found = contradiction(reader, bare)
            if found is not None:
                yield found


def _suspects(reader: Reader) -> Iterator[Atom]:
    last = 0
    while True:
        rows = reader.database.rows(
            "SELECT DISTINCT e.atom, a.text FROM evidence e JOIN atom a ON a.id = e.atom "
            "WHERE e.f <= 0.5 AND e.c >= 0.5 AND e.atom > ? ORDER BY e.atom LIMIT ?",
            (last, _AT_ONCE),
        )
        for last, text in rows:  # noqa: B007 - the last one is where the next page begins
            yield read(text)
        if not rows:
            break
    for sign in NEGATIONS:
        for belief in reader.find(Expression((Symbol(sign), Variable("statement")))):
            yield belief.statement


def _bare(statement: Atom) -> Atom:
    """The statement under all negations."""
    while (inner := _negated(statement)) is not None:
        statement = inner
    return statement


def _negated(statement: Atom) -> Atom | None:
    match statement:
        case Expression((Symbol(sign), inner)) if sign in NEGATIONS:
            return inner
        case _:
            return None


def _said(view: View, bare: Atom) -> list[Evidence]:
    """What was said of a statement and of its negations, the latter turned round."""
    own = view.belief(bare)
    found = view.evidence(own.stamp[-_LATEST:]) if own is not None and not own.derived else []
    for sign in NEGATIONS:
        belief = view.belief(Expression((Symbol(sign), bare)))
        if belief is not None and not belief.derived:
            found += [_turned(e) for e in view.evidence(belief.stamp[-_LATEST:])]
    return sorted(found, key=lambda evidence: evidence.id)


def _turned(evidence: Evidence) -> Evidence:
    truth = evidence.truth
    return evidence if truth is None else replace(evidence, truth=Truth(1.0 - truth.f, truth.c))
