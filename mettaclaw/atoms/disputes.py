"""Contradictions by what they are about, and by who stands on one side of them.

Not covered: what a contradiction is, and how all are found (``atoms.conflicts``, and where two
times overlap ``atoms.overlaps``).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from mettaclaw.atoms import conflicts, overlaps
from mettaclaw.atoms.forms import forms
from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.sources import folded
from mettaclaw.atoms.syntax import Atom, Expression, Variable, is_ground, walk
from mettaclaw.atoms.unify import rename, unify, unused_mark
from mettaclaw.atoms.view import Contradiction


def found(reader: Reader, about: Atom | None = None, source: str = "") -> Iterator[Contradiction]:
    """The contradictions about a statement, all that fit a pattern, or all that hold a symbol.

    None is for all.

    Of a ``source`` only those in which it stands on one side and something else on the other.
    """
    for one in _about(reader, about):
        if not folded(source) or _concerns(one, folded(source)):
            yield one


def _about(reader: Reader, about: Atom | None) -> Iterator[Contradiction]:
    if about is None:
        yield from _every(reader)
        return
    if not isinstance(about, Expression | Variable):
        for one in _every(reader):
            if about in walk(one.statement):
                yield one
        return
    if is_ground(about):
        one = conflicts.contradiction(reader, about)
        if one is not None:
            yield one
        inner = overlaps.thing(about)
        if inner is not None:
            yield from (o for o in overlaps.about(reader, inner) if _is_of(o, about))
        return
    mark = unused_mark("s", about)
    sides = [form for form, turned in forms(about) if not turned]
    for one in _every(reader):
        apart = rename(one.statement, mark)
        if any(unify(side, apart) is not None for side in sides):
            yield one


def _every(reader: Reader) -> Iterator[Contradiction]:
    return chain(conflicts.contradictions(reader), overlaps.found(reader))


def _is_of(one: Contradiction, about: Atom) -> bool:
    """Whether a statement is one of those that contradict each other, in any of its forms."""
    every = {form for form, _ in forms(about)}
    return one.statement in every or any(d.premises[0] in every for d in one.kept_for)


def _concerns(one: Contradiction, source: str) -> bool:
    pro = {folded(piece.source) for piece in one.speaking_for}
    con = {folded(piece.source) for piece in one.speaking_against}
    return (source in pro and bool(con - {source} or one.kept_against)) or (
        source in con and bool(pro - {source} or one.kept_for)
    )
