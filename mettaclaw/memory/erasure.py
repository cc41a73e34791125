"""Erasing: what is to be forgotten goes from everywhere in the home, and cannot be had back.

``erase`` takes items, statements, all about a name, or a period out of the database in one
transaction: with their history and what only followed from them, and out of every text that tells
them (``memory.traces``). A turn that has not ended still needs its rows, and a reply to it was not
heard yet: what they tell stays noted in ``erasure`` until then, and ``settle`` takes it out. That
also clears the history of input, and the pages and the write-ahead log of the database file.

Invariant: what is noted outlives a crash, and is done by whoever opens the home next; where others
have the file open it waits for them. Not covered: taking back, which can be undone
(``Ledger.retract``); a person's backups, exports and workspace; what an endpoint was sent.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from mettaclaw.atoms.sources import is_kept
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.errors import StorageError, UsageError
from mettaclaw.memory import items as kept
from mettaclaw.memory import traces
from mettaclaw.memory.items import Item
from mettaclaw.memory.telling import MARK, Telling, about, is_name, mentions
from mettaclaw.memory.traces import Period
from mettaclaw.storage import Database
from mettaclaw.storage.batches import batches, marks

_SOURCES = (
    ("evidence", "source"),
    ("belief", "origin"),
    ("item", "source"),
    ("item_again", "source"),
    ("txn", "author"),
)


@dataclass(frozen=True, slots=True)
class ErasedItem:
    """An item that is no more."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased.

    Attributes:
        items: The items.
        statements: The texts of statements, believed until now or once.
        derived: Those that only followed from them.
        pieces: How many pieces of evidence of statements that were also told at another time.
        sources: The names of sources that are ``[forgotten]`` now.
        lines: How many lines of the log were touched.
        staying: The ids of items that tell the same, and stay.
    """

    items: tuple[ErasedItem, ...] = ()
    statements: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    pieces: int = 0
    sources: tuple[str, ...] = ()
    lines: int = 0
    staying: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        found = self.items or self.statements or self.pieces or self.sources or self.lines
        return bool(found)


@dataclass(frozen=True, slots=True)
class _Things:
    """What is looked for in texts, as it is noted while a trace is left."""

    texts: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    name: str | None = None
    since: float | None = None
    until: float | None = None

    @property
    def telling(self) -> Telling:
        return Telling(self.texts, self.statements, self.name)

    @property
    def period(self) -> Period | None:
        return _period(self.since, self.until)

    def dumped(self) -> str:
        fields = (self.texts, self.statements, self.name, self.since, self.until)
        return json.dumps(fields, ensure_ascii=False)

    @classmethod
    def loaded(cls, text: str) -> _Things:
        texts, statements, name, since, until = json.loads(text)
        return cls(tuple(texts), tuple(statements), name, since, until)


class _PreviewedError(Exception):
    """Ends the transaction of a preview."""


def erase(
    database: Database,
    *,
    items: Sequence[int] = (),
    texts: Sequence[str] = (),
    statements: Sequence[Atom | str] = (),
    entity: str | None = None,
    since: float | None = None,
    until: float | None = None,
    store: AtomStore | None = None,
) -> Erased:
    """Erase what is named, in one transaction, or as part of the open one.

    Args:
        database: The one database.
        items: The ids of items.
        texts: Of items; all of exactly one of these texts.
        statements: Atoms, with the items that have one as their atom or text.
        entity: A name: all items and statements that it stands in, and the sources of that name.
        since: Items, what was told and the log from then on (seconds, UTC).
        until: The same up to and without then.
        store: The beliefs, with their rules; None where derivations that stay need no new values.

    Raises:
        UsageError: The entity is no name that can be looked for, or the period is none.
    """
    period = _period(since, until)
    if entity is not None and not is_name(entity):
        raise UsageError(
            f"`{entity[:60]}` is no name that can be looked for; forget the items and statements "
            "themselves"
        )
    with database.transaction("memory", "forget") as now:
        beliefs = store or AtomStore(database)
        goals = [read(one) if isinstance(one, str) else one for one in statements]
        gone = dict(_items(database, items, [*texts, *map(str, goals)], goals, entity, period))
        atoms = {row[0] for goal in goals if (row := beliefs.row(goal)) is not None}
        atoms |= _naming(database, entity) if entity is not None else set()
        pieces: list[int] = []
        if period is not None:
            told, pieces = _told_in(database, period, atoms)
            atoms |= told
        words = _words(database, sorted(atoms))
        own, derived = beliefs.erase(sorted(atoms), pieces) if atoms or pieces else ([], [])
        kept.remove(database, gone)
        if gone:  # what words were in an item stays in the index of words until it is merged
            database.write("INSERT INTO item_text (item_text) VALUES ('optimize')")
        things = _Things((*gone.values(), *words), (*own, *derived), entity)
        sources = _unnamed(database, entity) if entity is not None else []
        lines = traces.blank(database, period) if period is not None else 0
        found = Erased(
            tuple(ErasedItem(number, text) for number, text in gone.items()),
            tuple(own),
            tuple(derived),
            len(pieces),
            tuple(sources),
            lines + traces.rewrite(database, things.telling),
            tuple(_staying(database, things.telling)),
        )
        if found or entity is not None:
            _note(database, things, since, until)
            sql = "INSERT OR IGNORE INTO erased (txn, eraser) VALUES (?, ?)"
            database.write(sql, (now.id, now.id))
            database.on_commit(partial(_settle, database))
    return found


def preview(
    database: Database,
    *,
    items: Sequence[int] = (),
    texts: Sequence[str] = (),
    statements: Sequence[Atom | str] = (),
    entity: str | None = None,
    since: float | None = None,
    until: float | None = None,
) -> Erased:
    """What ``erase`` would erase; nothing is changed. Raises as that."""
    found = Erased()
    with contextlib.suppress(_PreviewedError), database.transaction("memory", "preview"):
        found = erase(
            database,
            items=items,
            texts=texts,
            statements=statements,
            entity=entity,
            since=since,
            until=until,
        )
        raise _PreviewedError
    return found


def settle(database: Database) -> bool:
    """Do what is left of erasures, as far as it can be done now; whether nothing is left.

    What a turn that goes on still needs waits for its end, and pages of the file for the other
    processes that read or write it.
    """
    if not is_left(database):
        return True
    if database.read_only or database.is_inside:
        return False
    try:
        return _settled(database)
    except (StorageError, OSError):  # a full disk, a lock: it is noted, and the next one tries
        return False


def _settle(database: Database) -> None:
    settle(database)


def is_left(database: Database) -> bool:
    """Whether a trace of something that was erased is left."""
    return database.row("SELECT 1 FROM erasure LIMIT 1") is not None


# --- what goes ---------------------------------------------------------------------------------


def _items(
    database: Database,
    ids: Sequence[int],
    texts: Sequence[str],
    atoms: Sequence[Atom],
    entity: str | None,
    period: Period | None,
) -> Iterator[tuple[int, str]]:
    def select(where: str, *values: str | float) -> list[Item]:
        return kept.select(database, where, values)

    found = list(kept.by_id(database, ids).values())
    for text in texts:
        found += kept.exactly(database, text)
    for atom in atoms:
        found += kept.with_atom(database, atom)
    if entity is not None:
        found += [item for item in select("TRUE") if _is_about(item, entity)]
    if period is not None:
        found += select("i.time >= ? AND i.time < ?", period.since, period.until)
    yield from ((item.id, item.words) for item in found)


def _is_about(item: Item, entity: str) -> bool:
    """Whether somebody of this name says it, or it names them."""
    told = (item.speaker or "", item.words, *map(str, item.atoms))
    return any(mentions(text, entity) for text in told)


def _naming(database: Database, entity: str) -> set[int]:
    """The atoms with a symbol or string that has this name."""
    leaves = {
        row[0]
        for table in ("leaf", "leaf_gone")
        for row in database.rows(f"SELECT DISTINCT leaf FROM {table}")
        if mentions(row[0], entity)
    }
    found = {
        row[0]
        for leaf in leaves
        for table in ("leaf", "leaf_gone")
        for row in database.rows(f"SELECT atom FROM {table} WHERE leaf = ?", (leaf,))
    }
    old = database.rows("SELECT a.id, a.text FROM unposted u JOIN atom a ON a.id = u.atom")
    return found | {number for number, text in old if mentions(text, entity)}


def _told_in(database: Database, period: Period, others: set[int]) -> tuple[set[int], list[int]]:
    """The atoms all of whose evidence is of a period; else the pieces of evidence that are."""
    inside = "coalesce(e.time, t.time) >= ? AND coalesce(e.time, t.time) < ?"
    bounds = (period.since, period.until)
    rows = database.rows(
        f"SELECT e.id, e.atom FROM evidence e JOIN txn t ON t.id = e.txn WHERE {inside}", bounds
    )
    some: dict[int, list[int]] = {}
    for number, atom in rows:
        some.setdefault(atom, []).append(number)
    whole: set[int] = set()
    pieces: list[int] = []
    for atom, numbers in some.items():
        row = database.row("SELECT count(*) FROM evidence WHERE atom = ?", (atom,))
        if row is not None and row[0] == len(numbers):
            whole.add(atom)
        elif atom not in others:
            pieces += numbers
    return whole, pieces


def _words(database: Database, atoms: Sequence[int]) -> list[str]:
    """The sentences in which statements were told."""
    found: dict[str, None] = {}
    for part in batches(atoms):
        rows = database.rows(
            "SELECT DISTINCT a.text, e.words FROM evidence e JOIN atom a ON a.id = e.atom "
            f"WHERE e.words IS NOT NULL AND a.id IN ({marks(part)})",
            part,
        )
        for text, said in rows:
            found.update(dict.fromkeys(about(said, text)))
    return list(found)


def _unnamed(database: Database, entity: str) -> list[str]:
    """Take a name from the sources that have it; what they said stays, and who did is unknown."""
    found = {
        row[0]
        for table, column in _SOURCES[:-1]
        for row in database.rows(f"SELECT DISTINCT {column} FROM {table}")
        if mentions(row[0], entity) and not is_kept(row[0])
    }
    for table, column in _SOURCES:
        sql = f"UPDATE {table} SET {column} = ? WHERE {column} = ?"
        database.write_many(sql, [(MARK, source) for source in sorted(found)])
    return sorted(found)


def _staying(database: Database, told: Telling) -> Iterator[int]:
    """The items that tell something of what was erased."""
    patterns = told.patterns()
    if patterns == []:
        return
    where = " OR ".join(["i.text LIKE ? OR i.said LIKE ?"] * len(patterns or ())) or "TRUE"
    values = [pattern for pattern in patterns or () for _ in range(2)]
    for item in kept.select(database, where, values):
        if any(told.is_in(text) for text in (item.words, *map(str, item.atoms))):
            yield item.id


# --- what is left ------------------------------------------------------------------------------


def _note(database: Database, things: _Things, since: float | None, until: float | None) -> None:
    """Note what is to be taken out of the rows of turns that go on, and out of the files."""
    sql = "INSERT INTO erasure (message, things) VALUES (?, ?)"
    running = database.rows("SELECT id FROM message WHERE state = 'running'")
    database.write_many(sql, [(row[0], things.dumped()) for row in running])
    of_files = replace(things, since=since, until=until)
    database.write(sql, (None, of_files.dumped()))


def _settled(database: Database) -> bool:
    noted = database.rows("SELECT id, message, things FROM erasure WHERE things <> ''")
    left = 0
    for number, message, text in noted:
        things = _Things.loaded(text)
        if message is None:
            traces.rewrite_history(database, things.telling, things.period)
            sql = "UPDATE erasure SET things = '' WHERE id = ?"
        elif _is_over(database, message):
            sql = "DELETE FROM erasure WHERE id = ?"
        else:
            left += 1
            continue
        with database.transaction("memory", "forget"):
            if message is not None:
                traces.rewrite(database, things.telling, message)
            if message is None or _is_heard(database, message):
                database.write(sql, (number,))
            else:
                left += 1
    if left or not database.clear():
        return False
    with database.transaction("memory", "forget"):
        database.write("DELETE FROM erasure WHERE things = ''")
    return True


def _is_over(database: Database, message: int) -> bool:
    sql = f"SELECT 1 FROM message WHERE id = ? AND state IN {traces.OPEN}"
    return database.row(sql, (message,)) is None


def _is_heard(database: Database, message: int) -> bool:
    sql = "SELECT 1 FROM outbox WHERE message = ? AND delivered IS NULL"
    return database.row(sql, (message,)) is None


def _period(since: float | None, until: float | None) -> Period | None:
    if since is None and until is None:
        return None
    first, last = -math.inf if since is None else since, math.inf if until is None else until
    if not first < last:
        raise UsageError("the period ends before it begins; give the earlier time first")
    return Period(first, last)
