"""Who said what: found by source, time and subject.

Invariant: only evidence that stands is found, so nobody is shown what was forgotten; of a past
moment, what stood then. Not covered: what is believed in the end, and why (``reasoning``), and
taking it back (``AtomStore.withdraw``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mettaclaw.atoms.reader import Reader, parsed
from mettaclaw.atoms.syntax import Atom, Expression, Variable
from mettaclaw.atoms.view import Evidence

_PAGE = 500
_HOLDING = 5_000  # statements that name one thing and are looked through
_PIECES = (
    "SELECT e.id, a.text FROM evidence e JOIN txn t ON t.id = e.txn "
    "JOIN atom a ON a.id = e.atom WHERE "
)
_NEWEST = (
    " AND e.id < ? AND (? = '' OR e.source = ? COLLATE NOCASE) "
    "AND coalesce(e.time, t.time) BETWEEN ? AND ? ORDER BY e.id DESC LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Saying:
    """A piece of evidence, and the statement that it is for or against."""

    statement: Atom
    evidence: Evidence


def said(
    reader: Reader,
    source: str = "",
    about: Atom | None = None,
    first: float = -math.inf,
    last: float = math.inf,
    limit: int = 100,
) -> list[Saying]:
    """What was said, the latest ``limit`` pieces of it, in the order of their times.

    Args:
        reader: The beliefs.
        source: Who said it, in capitals or not; ``""`` for anybody.
        about: A symbol that the statement holds, or a pattern that it fits; None for all.
        first: The first moment at which it was said, in seconds (UTC).
        last: The last one.
        limit: How many at most.
    """
    if about is None or isinstance(about, Variable):
        found = _newest(reader, source, first, last)
    else:
        wanted = source.casefold()
        found = (
            one
            for one in _about(reader, about)
            if wanted in ("", one.evidence.source.casefold()) and first <= one.evidence.time <= last
        )
    return sorted(islice(found, limit), key=lambda one: (one.evidence.time, one.evidence.id))


def pieces(reader: Reader, ids: Sequence[int]) -> Iterator[Saying]:
    """The pieces of evidence with these ids that stand."""
    where, values = reader.standing
    for start in range(0, len(ids), _PAGE):
        part = ids[start : start + _PAGE]
        sql = f"{_PIECES}{where} AND e.id IN ({', '.join('?' * len(part))})"
        yield from _read(reader, reader.database.rows(sql, (*values, *part)))


def _newest(reader: Reader, source: str, first: float, last: float) -> Iterator[Saying]:
    """What was said at a time, what was written last before the rest."""
    where, standing = reader.standing
    values = (source, source, max(first, -1e15), min(last, 1e15), _PAGE)
    before = 2**63 - 1
    while rows := reader.database.rows(_PIECES + where + _NEWEST, (*standing, before, *values)):
        yield from reversed(list(_read(reader, rows)))
        before = int(rows[-1][0])


def _about(reader: Reader, about: Atom) -> Iterator[Saying]:
    """What was said of a thing, or of the statements that fit a pattern; the latest first."""
    if isinstance(about, Expression):
        beliefs = list(reader.find(about))
    else:
        named = (reader.belief(atom) for atom in reader.holding(about, _HOLDING))
        beliefs = [belief for belief in named if belief is not None]
    found = [
        Saying(belief.statement, evidence)
        for belief in beliefs
        if not belief.derived
        for evidence in reader.evidence(belief.by_word.stamp)
    ]
    found.sort(key=lambda one: one.evidence.id, reverse=True)
    yield from found


def _read(reader: Reader, rows: Sequence[tuple[object, ...]]) -> Iterator[Saying]:
    """The pieces of some rows of ``_PIECES``, in the order of their ids."""
    texts = {int(str(number)): str(text) for number, text in rows}
    for evidence in reader.evidence(list(texts)):
        yield Saying(parsed(texts[evidence.id]), evidence)
