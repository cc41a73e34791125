"""Contradictions: statements that something speaks for and something else against.

Two pieces of evidence contradict each other whose frequencies are ``APART`` or more apart and whose
confidences are both ``SURE`` or more. What is said of the negation ``(¬ A)`` counts for ``A`` with
its frequency turned round, and what is said of ``(<-> b a)`` for ``(<-> a b)`` (``atoms.forms``).
Pooling hides this: (0.5, 0.95) may be two sure opposites. A kept derivation contradicts what was
said in the same way, however it is weighed.

Invariant: a contradiction is found however much was said since; what is read of one is bounded.
Not covered: two times that overlap (``atoms.overlaps``), what follows and was not kept, and two
derivations that contradict each other, between which reasoning decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from mettaclaw.atoms import forms
from mettaclaw.atoms.forms import turned_round
from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, read
from mettaclaw.atoms.truth import APART, Truth
from mettaclaw.atoms.view import Contradiction, Derivation, Evidence

SURE = 0.5

_SIDE = 250  # pieces of evidence of each side that are told, those that are furthest apart
_ABOVE = 100  # statements that rest on what changes, in which contradictions are looked for at once
_AT_ONCE = 500


class Arising:
    """The contradictions that come about after this was made, each once.

    Args:
        reader: The beliefs.
        statements: Those that are to be said or kept; what rests on them is looked at too.
    """

    def __init__(self, reader: Reader, statements: Iterable[Atom]) -> None:
        self._reader = reader
        concerned = list(dict.fromkeys(statements))
        above = [atom for one in concerned for atom in reader.above(one, _ABOVE)][:_ABOVE]
        self._watched = dict.fromkeys(_bare(reader, atom) for atom in (*concerned, *above))
        self._known = {atom for atom in self._watched if _extremes(reader, atom)}

    def found(self) -> tuple[Contradiction, ...]:
        """Those that there are now, and were not before."""
        new = (atom for atom in self._watched if atom not in self._known)
        found = (contradiction(self._reader, atom) for atom in new)
        return tuple(one for one in found if one is not None)


def contradiction(reader: Reader, statement: Atom) -> Contradiction | None:
    """What contradicts each other about a statement or its negation; None where nothing does."""
    bare = _bare(reader, statement)
    found = _extremes(reader, bare)
    if found is None:
        return None
    known, low, high, kept_for, kept_against = found
    top = max([high, *(one.truth.f for one in kept_for)])
    bottom = min([low, *(one.truth.f for one in kept_against)])
    sides: list[tuple[Evidence, ...]] = []
    for other in (bottom, top):
        side = [
            turned_round(one) if turned else one
            for form, turned in known
            for one in reader.opposed(form, SURE, other, APART, _SIDE, turned=turned)
        ]
        sides.append(tuple(sorted(side, key=lambda evidence: evidence.id)))
    belief = reader.belief(bare)
    truth = None if belief is None else belief.truth
    return Contradiction(bare, truth, sides[0], sides[1], kept_for, kept_against)


_Kept: TypeAlias = tuple[Derivation, ...]


def _extremes(
    reader: Reader, bare: Atom
) -> tuple[list[tuple[Atom, bool]], float, float, _Kept, _Kept] | None:
    """Where something contradicts: the statement and its negations as far as they are known, with
    whether they are turned round; the lowest and the highest frequency that was said; and the
    derivations that contradict that.
    """
    every = dict(forms.forms(bare))
    known = [(form, every[form]) for form in reader.met(list(every))]
    kept = [one for form, turned in known for one in _kept(reader, form, turned)]
    if not kept and not any(turned or reader.was_denied(form) for form, turned in known):
        return None  # all that speaks for a statement need not be read
    told = [reader.bounds(form, SURE, turned=turned) for form, turned in known]
    bounds = [bound for bound in told if bound is not None]
    if not bounds:
        return None
    low, high = min(bound[0] for bound in bounds), max(bound[1] for bound in bounds)
    kept_for = tuple(one for one in kept if one.truth.f - low >= APART)
    kept_against = tuple(one for one in kept if high - one.truth.f >= APART)
    if high - low < APART and not kept_for and not kept_against:
        return None
    return known, low, high, kept_for, kept_against


def contradictions(reader: Reader) -> Iterator[Contradiction]:
    """All of them: those among what was said in the order in which their statements came to be
    known, then the others.
    """
    met: set[Atom] = set()
    for atom in suspects(reader):
        bare = _bare(reader, atom)
        if bare not in met:
            met.add(bare)
            found = contradiction(reader, bare)
            if found is not None:
                yield found


_SPEAKING_AGAINST = """
SELECT DISTINCT e.atom, a.text FROM evidence e JOIN atom a ON a.id = e.atom
WHERE e.f <= 0.5 AND e.c >= 0.5 AND e.atom > ? ORDER BY e.atom LIMIT ?"""
_SAID_AND_KEPT = """
SELECT DISTINCT d.atom, a.text FROM derivation d JOIN atom a ON a.id = d.atom
WHERE d.c >= 0.5 AND d.atom > ? AND EXISTS (SELECT 1 FROM evidence e WHERE e.atom = d.atom)
ORDER BY d.atom LIMIT ?"""


def suspects(reader: Reader) -> Iterator[Atom]:
    """Statements that something may speak against, some of them more than once."""
    for sql in (_SPEAKING_AGAINST, _SAID_AND_KEPT):
        last = 0
        while rows := reader.database.rows(sql, (last, _AT_ONCE)):
            for last, text in rows:  # noqa: B007 - the last one is where the next page begins
                yield read(text)
    for sign in forms.NEGATIONS:
        for belief in reader.find(Expression((Symbol(sign), Variable("statement")))):
            yield belief.statement


def _bare(reader: Reader, statement: Atom) -> Atom:
    """The statement under all negations; of two ways to write it, the one that is known."""
    sides = [form for form, turned in forms.forms(statement) if not turned]
    known = reader.met(sides) if len(sides) > 1 else sides
    return known[0] if len(known) == 1 else min(sides, key=str)


def _kept(reader: Reader, form: Atom, turned: bool) -> Iterator[Derivation]:
    """The sure derivations of a statement, those of a negation turned round."""
    for one in reader.derivations(form):
        if one.truth.c >= SURE:
            yield replace(one, truth=Truth(1.0 - one.truth.f, one.truth.c)) if turned else one
