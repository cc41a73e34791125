"""Contradictions by what they are about, and by who stands on one side of them.

Not covered: what a contradiction is, and how all are found (``atoms.conflicts``).
"""

from __future__ import annotations

from collections.abc import Iterator

from mettaclaw.atoms import conflicts
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
        yield from conflicts.contradictions(reader)
        return
    if not isinstance(about, Expression | Variable):
        for one in conflicts.contradictions(reader):
            if about in walk(one.statement):
                yield one
        return
    if is_ground(about):
        one = conflicts.contradiction(reader, about)
        if one is not None:
            yield one
        return
    mark = unused_mark("s", about)
    sides = [form for form, turned in forms(about) if not turned]
    for one in conflicts.contradictions(reader):
        apart = rename(one.statement, mark)
        if any(unify(side, apart) is not None for side in sides):
            yield one


def _concerns(one: Contradiction, source: str) -> bool:
    pro = {folded(piece.source) for piece in one.speaking_for}
    con = {folded(piece.source) for piece in one.speaking_against}
    return (source in pro and bool(con - {source} or one.kept_against)) or (
        source in con and bool(pro - {source} or one.kept_for)
    )
