"""Who said what: found by source, time and subject.

Invariant: only evidence that stands is found, so nobody is shown what was forgotten; of a past
moment, what stood then. However much was said, the latest is found. Not covered: what is believed
in the end, and why (``reasoning``), and taking it back (``AtomStore.withdraw``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mettaclaw.atoms import pathindex
from mettaclaw.atoms.forms import forms
from mettaclaw.atoms.past import Past
from mettaclaw.atoms.reader import Reader, parsed
from mettaclaw.atoms.sources import folded
from mettaclaw.atoms.syntax import Atom, Expression, Variable, is_ground
from mettaclaw.atoms.unify import rename, unify, unused_mark
from mettaclaw.atoms.view import Evidence

_PAGE = 500
_PIECES = (
    "SELECT e.id, a.text FROM evidence e JOIN txn t ON t.id = e.txn "
    "JOIN atom a ON a.id = e.atom WHERE "
)
_TIME = " AND coalesce(e.time, t.time) BETWEEN ? AND ?"
_SOURCE = " AND {source} = ?"
_SOURCES = " AND {source} IN (SELECT value FROM json_each(?))"
_EVERY_SOURCE = (  # from one to the next in the index, and not by all that was ever said
    "WITH RECURSIVE named (source) AS (SELECT min(source) FROM evidence UNION ALL SELECT (SELECT "
    "min(e.source) FROM evidence e WHERE e.source > named.source) FROM named WHERE named.source IS "
    "NOT NULL) SELECT source FROM named WHERE source IS NOT NULL"
)
_NAMING = (
    " AND e.atom IN (SELECT atom FROM leaf WHERE leaf = ? UNION "
    "SELECT atom FROM leaf_gone WHERE leaf = ?)"
)
_OF = " AND e.atom IN (SELECT value FROM json_each(?))"
_FOUND = "SELECT a.id, a.text FROM {found} f JOIN atom a ON a.id = f.atom ORDER BY a.id"


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
        about: A symbol that the statement holds, or a pattern that it fits; None for all. Of a
            statement without variables its other forms are found too, as they were said.
        first: The first moment at which it was said, in seconds (UTC).
        last: The last one.
        limit: How many at most.
    """
    where, values = reader.standing
    sql = _PIECES + where + _TIME
    given: list[str | int | float] = [*values, max(first, -1e15), min(last, 1e15)]
    order = "e.id"
    if folded(source):  # by the index of sources, where there is none of what it is about
        named = _named(reader, source)
        alone = len(named) == 1
        column = "e.source" if about is None or isinstance(about, Variable) else "+e.source"
        sql += (_SOURCE if alone else _SOURCES).format(source=column)
        given.append(named[0] if alone else json.dumps(named))
        order = "e.id" if alone else "+e.id"
    if isinstance(about, Expression):
        sql += _OF
        given.append(json.dumps(_fitting(reader, about)))
        order = "+e.id"  # by the index of what it is about, and not by all that was ever said
    elif about is not None and not isinstance(about, Variable):
        sql += _NAMING
        given += [str(about), str(about)]
        order = "+e.id"
    sql += f" ORDER BY {order} DESC LIMIT ?"
    rows = reader.database.rows(sql, (*given, min(limit, 2**62)))
    return sorted(_read(reader, rows), key=lambda one: (one.evidence.time, one.evidence.id))


def pieces(reader: Reader, ids: Sequence[int]) -> Iterator[Saying]:
    """The pieces of evidence with these ids that stand."""
    where, values = reader.standing
    for start in range(0, len(ids), _PAGE):
        part = ids[start : start + _PAGE]
        sql = f"{_PIECES}{where} AND e.id IN ({', '.join('?' * len(part))})"
        yield from _read(reader, reader.database.rows(sql, (*values, *part)))


def _named(reader: Reader, source: str) -> list[str]:
    """The sources that have this name, in capitals or not."""
    rows = reader.database.rows(_EVERY_SOURCE)
    return [name for (name,) in rows if folded(name) == folded(source)]


def _fitting(reader: Reader, pattern: Expression) -> list[int]:
    """The ids of the statements that fit a pattern, or are a form of a statement."""
    patterns = [form for form, _ in forms(pattern)] if is_ground(pattern) else []
    fitting: dict[int, None] = {}
    for one in dict.fromkeys((pattern, *patterns)):
        mark = unused_mark("s", one)
        for gone in (False, True) if isinstance(reader, Past) else (False,):
            for page in pathindex.search(reader.database, one, _FOUND, gone=gone):
                for number, text in page:
                    atom = parsed(text)
                    apart = rename(atom, mark) if "$" in text else atom
                    if unify(one, apart) is not None:
                        fitting[int(number)] = None
    return list(fitting)


def _read(reader: Reader, rows: Sequence[tuple[object, ...]]) -> Iterator[Saying]:
    """The pieces of some rows of ``_PIECES``, in the order of their ids."""
    texts = {int(str(number)): str(text) for number, text in rows}
    for evidence in reader.evidence(list(texts)):
        yield Saying(parsed(texts[evidence.id]), evidence)
