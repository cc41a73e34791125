"""What changed: the transactions, what each of them did, and the difference between two moments.

Invariant: nothing is written here, and of what a large transaction did only some statements are
read. Rows of one transaction stand together, in the order of transactions, so they are found by
halving. Not covered: taking a change back (``AtomStore.undo``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mettaclaw.atoms.past import Past
from mettaclaw.atoms.reader import parsed
from mettaclaw.atoms.records import written
from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Belief
from mettaclaw.storage import Database

FEW = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """A statement that is believed otherwise at one moment than at another; None: not at all."""

    statement: Atom
    before: Belief | None
    after: Belief | None


@dataclass(frozen=True, slots=True)
class Version:
    """How a statement was believed: its truth, None for one stored without, and who said it last
    or, where nobody did, by which rule it was derived.
    """

    truth: Truth | None
    origin: str


@dataclass(frozen=True, slots=True)
class Touched:
    """A statement of which a transaction told, derived or took back something.

    ``before`` and ``after`` are how it was believed when the transaction began and ended; None:
    not at all.
    """

    statement: Atom
    before: Version | None
    after: Version | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A transaction that changed beliefs.

    Attributes:
        id: Its number, for ``undo``.
        time: When it was committed, in seconds (UTC).
        author: Who wrote.
        note: What for.
        told: How many pieces of evidence it wrote.
        retired: How many it ended.
        kept: How many derivations it kept.
        touched: The first ``FEW`` statements that it is about: what it told first.
        more: Whether it is about others too.
        undone: The transaction that took it back; None while it stands.
    """

    id: int
    time: float
    author: str
    note: str
    told: int
    retired: int
    kept: int
    touched: tuple[Touched, ...]
    more: bool
    undone: int | None


def entries(database: Database, limit: int) -> list[Entry]:
    """The latest transactions that changed beliefs, newest first."""
    rows = database.rows(
        """
        SELECT x.id, x.time, x.author, x.note FROM txn x WHERE x.id IN (
          SELECT txn FROM (SELECT DISTINCT txn FROM evidence ORDER BY id DESC LIMIT ?1)
          UNION SELECT retired FROM (
            SELECT DISTINCT retired FROM evidence WHERE retired IS NOT NULL
            ORDER BY retired DESC LIMIT ?1)
          UNION SELECT txn FROM (SELECT DISTINCT txn FROM derivation ORDER BY id DESC LIMIT ?1)
          UNION SELECT retired FROM (
            SELECT DISTINCT retired FROM derivation WHERE retired IS NOT NULL
            ORDER BY retired DESC LIMIT ?1)
        ) ORDER BY x.id DESC LIMIT ?1
        """,
        (limit,),
    )
    return [_entry(database, *row) for row in rows]


def _entry(database: Database, number: int, time: float, author: str, note: str) -> Entry:
    told = written(database, "evidence", number, number)
    kept = written(database, "derivation", number, number)
    row = database.row("SELECT count(*) FROM evidence WHERE retired = ?", (number,))
    retired = int(row[0]) if row else 0
    atoms: dict[int, None] = {}
    for table, ids in (("evidence", told), ("derivation", kept)):
        for where, values in (
            ("id >= ? AND id < ?", (ids.start, ids.stop)),
            ("retired = ?", (number,)),
        ):
            sql = f"SELECT DISTINCT atom FROM {table} WHERE {where} LIMIT {FEW + 1}"
            atoms.update((row[0], None) for row in database.rows(sql, values))
    touched = tuple(_touched_by(database, atom, number) for atom in list(atoms)[:FEW])
    undone = database.row("SELECT id FROM txn WHERE undoes = ?", (number,))
    return Entry(
        *(number, time, author, note, len(told), retired, len(kept)),
        touched=touched,
        more=len(atoms) > FEW,
        undone=None if undone is None else int(undone[0]),
    )


def _touched_by(database: Database, atom: int, transaction: int) -> Touched:
    text = database.rows("SELECT text FROM atom WHERE id = ?", (atom,))[0][0]
    before, after = (_version(database, atom, last) for last in (transaction - 1, transaction))
    return Touched(parsed(text), before, after)


def _version(database: Database, atom: int, last: int) -> Version | None:
    """How an atom was believed after a transaction."""
    row = database.row(
        "SELECT f, c, origin FROM belief WHERE atom = ? AND txn <= ? "
        "AND (retired IS NULL OR retired > ?) ORDER BY version DESC LIMIT 1",
        (atom, last, last),
    )
    if row is None:
        return None
    f, c, origin = row
    return Version(None if f is None else Truth(f, c), origin)


def differences(database: Database, first: float, second: float) -> Iterator[Difference]:
    """The statements that are believed otherwise at the second moment, in order of their ids."""
    before, after = Past(database, first), Past(database, second)
    low, high = sorted((before, after), key=lambda past: past.time)
    for number in sorted(_touched(database, low, high)):
        old, new = before.of(number), after.of(number)
        if _is_other(old, new):
            found = new or old
            assert found is not None
            yield Difference(found.statement, old, new)


def _touched(database: Database, low: Past, high: Past) -> set[int]:
    """The atoms with evidence or derivations that began or ended between two moments."""
    found: set[int] = set()
    for table in ("evidence", "derivation"):
        ids = written(database, table, low.last + 1, high.last)
        sql = f"SELECT DISTINCT atom FROM {table} WHERE "
        for where, values in (
            ("id >= ? AND id < ?", (ids.start, ids.stop)),
            ("retired > ? AND retired <= ?", (low.last, high.last)),
        ):
            found.update(row[0] for row in database.rows(sql + where, values))
    dated = "SELECT DISTINCT atom FROM evidence WHERE time > ? AND time <= ?"
    found.update(row[0] for row in database.rows(dated, (low.time, high.time)))
    return found


def _is_other(old: Belief | None, new: Belief | None) -> bool:
    if old is None or new is None:
        return old is not new
    return _rounded(old.truth) != _rounded(new.truth)


def _rounded(truth: Truth | None) -> tuple[float, float] | None:
    return None if truth is None else (round(truth.f, 9), round(truth.c, 9))
