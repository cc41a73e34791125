"""What an operation of MeTTa gives back of a long list: as much as fits, and a note of the rest.

One evaluation may return only so many characters (``evaluator.limits``), and a model has to read
them. Invariant: nothing is left out silently; the note is an atom among the results, the last one,
``(note "these are the best 12; there are more")``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol

_CHARS = 40_000


def excerpt(found: Iterable[Atom], most: int) -> list[Atom]:
    """The first ones, at most ``most``, and as many as fit; one at least."""
    shown: list[Atom] = []
    chars = 0
    for one in islice(found, most):
        chars += len(str(one))
        if shown and chars > _CHARS:
            break
        shown.append(one)
    return shown


def noted(shown: Sequence[Atom], total: int, which: str = "first") -> Iterator[Atom]:
    """An excerpt, and a note where it is not all; ``which`` says what it has of ``total``."""
    yield from shown
    if len(shown) < total:
        yield note(f"these are the {which} {len(shown)}; there are more")


def note(text: str) -> Atom:
    """``(note TEXT)``: what is to be known of the results beside it."""
    return Expression((Symbol("note"), String(text)))
