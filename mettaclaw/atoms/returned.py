"""What a transaction told that stands, also where it was retired and came back since.

Evidence comes back as a row of its own: as what retired it is undone, and as what had no truth
value gets one. Invariant: nothing is written, and the work grows with what the transactions on the
way told. Not covered: derivations, which ``atoms.support`` follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mettaclaw.atoms.records import written
from mettaclaw.storage import Database

_ROWS = """
SELECT e.id, e.atom, e.source, e.words, coalesce(e.time, t.time), e.f, e.c, e.retired
FROM evidence e JOIN txn t ON t.id = e.txn WHERE e.id >= ? AND e.id < ? AND e.again >= ?"""


class _Row(NamedTuple):
    id: int
    atom: int
    source: str
    words: str | None
    time: float
    f: float | None
    c: float | None
    retired: int | None


def standing(database: Database, transaction: int) -> list[tuple[int, int]]:
    """The atoms and ids of the evidence that stands of what a transaction told."""
    met: dict[int, _Row] = {}
    front = _told(database, transaction, again=False)
    while front:
        met.update((row.id, row) for row in front)
        gone: defaultdict[int, list[_Row]] = defaultdict(list)
        for row in front:
            if row.retired is not None:
                gone[row.retired].append(row)
        came = [row for by, rows in gone.items() for row in _returned(database, by, rows)]
        front = [row for row in came if row.id not in met]
    return [(row.atom, row.id) for row in sorted(met.values()) if row.retired is None]


def _returned(database: Database, by: int, gone: Sequence[_Row]) -> Iterator[_Row]:
    """What came back of rows that one transaction retired, where that was undone."""
    untold = {row[1:5] for row in gone if row.f is None}
    if untold:
        yield from (row for row in _told(database, by, again=True) if row[1:5] in untold)
    undo = database.row("SELECT id FROM txn WHERE undoes = ?", (by,))
    if undo is not None:
        sayings = {row[1:7] for row in gone}
        came = _told(database, undo[0], again=True)
        yield from (row for row in came if row[1:7] in sayings)


def _told(database: Database, transaction: int, *, again: bool) -> list[_Row]:
    ids = written(database, "evidence", transaction, transaction)
    return [_Row(*row) for row in database.rows(_ROWS, (ids.start, ids.stop, again))]
