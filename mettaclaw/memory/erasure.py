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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from mettaclaw.atoms.store import AtomStore
from mettaclaw.errors import StorageError
from mettaclaw.memory import bygones, naming, selection, traces
from mettaclaw.memory import items as kept
from mettaclaw.memory.items import Item
from mettaclaw.memory.repeats import Repeats
from mettaclaw.memory.selection import What
from mettaclaw.memory.telling import codes
from mettaclaw.memory.traces import Period
from mettaclaw.storage import Database

_SHOWN = 5  # lines of the log that are told
_SHOWN_CHARS = 200  # of each of them


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
        log: The first of these lines as they were, shortened.
        staying: The ids of items that tell the same, and stay.
        retold: The ids of items that were told at another time too, and stay.
        believed: Statements of items that went, which others say too; they stay.
    """

    items: tuple[ErasedItem, ...] = ()
    statements: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    pieces: int = 0
    sources: tuple[str, ...] = ()
    lines: int = 0
    log: tuple[str, ...] = ()
    staying: tuple[int, ...] = ()
    retold: tuple[int, ...] = ()
    believed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        found = self.items or self.statements or self.pieces or self.sources or self.lines
        return bool(found or self.retold)


@dataclass(frozen=True, slots=True)
class _Things:
    """What is looked for in texts, as it is noted while a trace is left."""

    texts: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    name: str | None = None
    since: float | None = None
    until: float | None = None
    common: tuple[str, ...] = ()

    @property
    def telling(self) -> Repeats:
        return Repeats(self.texts, self.statements, self.name, self.common)

    @property
    def period(self) -> Period | None:
        return selection.period(self.since, self.until)

    def dumped(self) -> str:
        fields = (
            self.texts,
            self.statements,
            self.name,
            self.since,
            self.until,
            self.common,
        )
        return json.dumps(fields, ensure_ascii=False)

    @classmethod
    def loaded(cls, text: str) -> _Things:
        texts, statements, name, since, until, *common = json.loads(text)
        return cls(tuple(texts), tuple(statements), name, since, until, tuple(*common))


class _PreviewedError(Exception):
    """Ends the transaction of a preview."""


def erase(database: Database, what: What, *, store: AtomStore | None = None) -> Erased:
    """Erase what is named, in one transaction, or as part of the open one.

    Args:
        database: The one database.
        what: What is named; secrets in it are left out first, as they were when it was kept.
        store: The beliefs, with their rules; None where derivations that stay need no new values.

    Raises:
        UsageError: The entity is no name that can be looked for, or the period is none.
    """
    with database.transaction("memory", "forget") as now:
        beliefs = store or AtomStore(database)
        what = what.cleared(database)
        gone = selection.found(database, what, beliefs)
        own, derived = list[str](), list[str]()
        if gone.atoms or gone.pieces:
            own, derived = beliefs.erase(sorted(gone.atoms), sorted(gone.pieces))
        sql = "UPDATE evidence SET words = NULL WHERE id = ?"
        database.write_many(sql, [(number,) for number in sorted(gone.unquoted)])
        bygones.remember_erased(database, gone.items)
        kept.remove(database, gone.items)
        for number, tellings in gone.again.items():
            kept.retell(database, number, tellings)
        said = [item.words for item in gone.items.values()]
        atoms = dict.fromkeys(_unsaid(database, beliefs, gone.items.values()))
        statements = dict.fromkeys((*own, *derived, *atoms))
        texts = (*said, *gone.words)
        common = tuple(_common(database, texts))
        things = _Things(texts, tuple(statements), what.entity, common=common)
        names = naming.unname(database, what.entity) if what.entity is not None else []
        lines = traces.blank(database, what.period) if what.period is not None else []
        lines += traces.rewrite(database, things.telling)
        if gone.items:  # what words were in items, and around others, is in it until it is merged
            database.write("INSERT INTO item_text (item_text) VALUES ('optimize')")
        found = Erased(
            tuple(ErasedItem(item.id, item.words) for item in gone.items.values()),
            tuple(own),
            tuple(derived),
            len(gone.pieces),
            tuple(names),
            len(lines),
            tuple(line[:_SHOWN_CHARS] for line in lines[:_SHOWN]),
            tuple(_staying(database, things.telling)),
            tuple(sorted(gone.again)),
            tuple(sorted(gone.believed.difference(own, derived))),
        )
        if found or what.entity is not None:
            _note(database, things, what.since, what.until)
            sql = "INSERT OR IGNORE INTO erased (txn, eraser) VALUES (?, ?)"
            database.write(sql, (now.id, now.id))
            database.on_commit(partial(_settle, database))
    return found


def preview(database: Database, what: What) -> Erased:
    """What ``erase`` would erase; nothing is changed. Raises as that."""
    found = Erased()
    with contextlib.suppress(_PreviewedError), database.transaction("memory", "preview"):
        found = erase(database, what)
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


def _unsaid(database: Database, beliefs: AtomStore, items: Iterable[Item]) -> Iterator[str]:
    """The atoms of items that went, which no item and no belief has any more."""
    for atom in {atom: None for item in items for atom in item.atoms}:
        row = beliefs.row(atom)
        if (row is None or row[1] is None) and not kept.with_atom(database, atom):
            yield str(atom)


def _common(database: Database, texts: Iterable[str]) -> Iterator[str]:
    """The numbers and codes in texts that items which stay have too."""
    for code in sorted({code for text in texts for code in codes(text)}):
        match = f'{{text said}} : "{code}"'
        if database.row("SELECT 1 FROM item_text WHERE item_text MATCH ? LIMIT 1", (match,)):
            yield code


def _staying(database: Database, told: Repeats) -> Iterator[int]:
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
