"""Where the words of something may stand beside the thing itself, and how they are taken out there.

``COLUMNS`` is the list of them: the log, calls with their results, replies, pins, the words that
other evidence quotes. Calls and results stay atoms, and everything else a text.

Invariant: a row is rewritten and never removed, in the open transaction; what tells nothing of the
thing stays as it is, to the letter, and so do the words of a statement that tells it and stays.
Rows of a turn that has not ended are left alone, for it still needs them. Not covered: what is
erased and when (``memory.erasure``); files that are not in the home, and a person's backups.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mettaclaw.atoms.syntax import Expression, read, read_all
from mettaclaw.errors import MettaClawError
from mettaclaw.memory.repeats import Repeats
from mettaclaw.memory.telling import MARK
from mettaclaw.storage import Database, files

HISTORY = "history"  # what was typed, beside the database of a home
DATABASE = "claw.db"
OPEN = "('queued', 'running')"

Kind = Literal["text", "call", "calls", "values", "shown"]

_LARGE = ("call", "episode")  # whose large texts are in `blob`
_ENTRY = re.compile(r"# (\d{4}-\d\d-\d\d[ T][\d:.]+)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that may hold the words.

    Attributes:
        table: Its table.
        key: The column that names a row.
        name: The column itself.
        kind: ``text``; ``call``: one call; ``calls``: a model's answer; ``values``: results;
            ``shown``: any of these.
        message: The row's message, in SQL; empty where it has none, and is always rewritten.
        time: When the row was written, in SQL (seconds, UTC); empty where that is not known.
    """

    table: str
    key: str
    name: str
    kind: Kind
    message: str = ""
    time: str = ""


_OF_CYCLE = "(SELECT c.message FROM cycle c WHERE c.id = cycle)"
_THEN = "(SELECT c.time FROM cycle c WHERE c.id = cycle)"

COLUMNS = (
    Column("message", "id", "text", "text", "id", "time"),
    Column("cycle", "id", "answer", "calls", "message", "time"),
    Column("cycle", "id", "error", "text", "message", "time"),
    Column("call", "id", "text", "call", _OF_CYCLE, _THEN),
    Column("call", "id", "value", "values", _OF_CYCLE, _THEN),
    Column("call", "id", "intent", "text", _OF_CYCLE, _THEN),
    Column("call", "id", "error", "text", _OF_CYCLE, _THEN),
    Column("outbox", "id", "text", "text", "message", "time"),
    Column("episode", "id", "text", "text", "message", "time"),
    Column("session", "id", "pin", "text"),
    Column("evidence", "id", "words", "text"),
    Column("txn", "id", "note", "text"),
    Column("item", "id", "context", "text"),
    Column("blob", "id", "text", "shown"),
)


@dataclass(frozen=True, slots=True)
class Period:
    """since <= time < until, in seconds (UTC)."""

    since: float
    until: float


def rewrite(database: Database, told: Repeats, message: int | None = None) -> list[str]:
    """Take what is told out of all rows, or of those of one message and of no message.

    Rows of messages that have no end yet are left alone, and so are replies to this message that
    nobody has heard.

    Returns:
        The lines of the log that were rewritten, as they were.
    """
    patterns = told.patterns()
    lines: list[str] = []
    for column in _there(database) if patterns != [] else ():
        changed = [
            (new, key, text)
            for key, text, kind in _rows(database, column, patterns, message)
            if (new := _without(told, text, kind)) != text
            and not (column.table == "evidence" and _stays(database, told, key))
        ]
        _store(database, column, [(new, key) for new, key, _ in changed])
        lines += [text for _, _, text in changed] if column.table == "episode" else []
    return lines


def blank(database: Database, period: Period) -> list[str]:
    """Take all text out of the log's rows of a period; the lines of the log, as they were."""
    lines: list[str] = []
    texts: set[str] = set()
    bounds = (period.since, period.until)
    for column in _there(database):
        if not column.time:
            continue
        inside = f"{column.time} >= ? AND {column.time} < ? AND {_ended(column)}"
        where = f"{column.name} IS NOT NULL AND {inside}"
        sql = f"SELECT {column.key}, {column.name} FROM {column.table} WHERE {where}"
        rows = database.rows(sql, bounds)
        texts.update(text for _, text in rows)
        if column.table in _LARGE:
            large = f"SELECT blob FROM {column.table} WHERE blob IS NOT NULL AND {inside}"
            database.write(f"UPDATE blob SET text = ? WHERE id IN ({large})", (MARK, *bounds))
        _store(database, column, [(_blanked(text, column.kind), key) for key, text in rows])
        lines += [text for _, text in rows] if column.table == "episode" else []
    # What a model was shown of them has the same texts.
    hashes = [hashlib.sha256(text.encode()).digest() for text in texts if text]
    sql = "UPDATE blob SET text = ? WHERE sha256 = ?"
    database.write_many(sql, [(MARK, each) for each in hashes])
    return lines


def rewrite_history(database: Database, told: Repeats, period: Period | None) -> None:
    """Take what is told, and what was typed in a period, out of the history of a person's input.

    It is that of the home whose database this is; another file of this name is left alone.

    Raises:
        OSError: It cannot be written.
    """
    file = database.path.with_name(HISTORY)
    if database.path.name != DATABASE or not file.is_file():
        return
    text = file.read_bytes().decode("utf-8", "surrogateescape")
    if any(line and not line.startswith(("# ", "+")) for line in text.split("\n")):
        return
    new = "".join(_entries(text, told, period))
    if new != text:
        with files.written(file) as out:
            out.write(new.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


# --- inside ------------------------------------------------------------------------------------


def _there(database: Database) -> Iterator[Column]:
    """The columns that this database has."""
    tables = {row[0] for row in database.rows("SELECT name FROM sqlite_master")}
    return (column for column in COLUMNS if column.table in tables)


def _ended(column: Column) -> str:
    """The condition under which a row belongs to no turn that has not ended."""
    if not column.message:
        return "TRUE"
    if column.table == "message":
        return f"state NOT IN {OPEN}"
    still = f"SELECT 1 FROM message m WHERE m.id = {column.message} AND m.state IN {OPEN}"
    return f"NOT EXISTS ({still})"


def _rows(
    database: Database, column: Column, patterns: list[str] | None, message: int | None
) -> Iterator[tuple[int | str, str, Kind]]:
    where = [f"{column.name} IS NOT NULL", _ended(column)]
    values: list[str | int] = []
    if message is not None and column.message:
        where.append(f"{column.message} = ?")
        values.append(message)
        if column.table == "outbox":
            where.append("delivered IS NOT NULL")
    if patterns:
        where.append("(" + " OR ".join([f"{column.name} LIKE ?"] * len(patterns)) + ")")
        values += patterns
    if column.table == "blob":  # what is the program's own text
        where.append("id NOT IN (SELECT system FROM packet UNION SELECT tools FROM packet)")
    kind = "kind" if column.table == "episode" else "NULL"
    sql = f"SELECT {column.key}, {column.name}, {kind} FROM {column.table}"
    of_line: dict[str | None, Kind] = {"call": "call", "result": "values"}
    for key, text, line in database.rows(f"{sql} WHERE {' AND '.join(where)}", values):
        yield key, text, of_line.get(line, column.kind)


def _stays(database: Database, told: Repeats, evidence: int | str) -> bool:
    """Whether evidence is of a statement that stays and tells the same: then its words do too."""
    sql = "SELECT a.text FROM evidence e JOIN atom a ON a.id = e.atom WHERE e.id = ?"
    row = database.row(sql, (evidence,))
    return row is not None and told.value(read(row[0])) != read(row[0])


def _store(database: Database, column: Column, changed: list[tuple[str, int | str]]) -> None:
    sql = f"UPDATE {column.table} SET {column.name} = ? WHERE {column.key} = ?"
    database.write_many(sql, changed)


def _without(told: Repeats, text: str, kind: Kind) -> str:
    """A text without what is told; calls and results stay atoms, and unchanged ones their text."""
    if kind == "text":
        return told.without(text)
    try:
        atoms = [read(text)] if kind == "call" else list(read_all(text))
    except MettaClawError:
        return told.without(text)
    if kind in ("calls", "shown") and not all(isinstance(atom, Expression) for atom in atoms):
        return told.without(text)  # words in prose are symbols too
    new = [atom if kind == "values" else told.call(atom) for atom in atoms]
    if kind in ("values", "shown"):
        new = [told.value(atom) for atom in new]
    return text if new == atoms else " ".join(map(str, new))


def _blanked(text: str, kind: Kind) -> str:
    """``MARK`` for a text; a call keeps the name of its tool."""
    if kind != "call":
        return MARK
    name = text[1:].split(maxsplit=1)[0].rstrip(")") if text.startswith("(") else ""
    return f"({name} {MARK})"


def _entries(text: str, told: Repeats, period: Period | None) -> Iterator[str]:
    """The history again, entry by entry: a line with the time, and one or more that were typed."""
    typed: list[str] = []
    gone = False

    def end() -> Iterator[str]:
        if typed:
            said = "\n".join(line[1:] for line in typed)
            new = MARK if gone else told.without(said)
            yield "".join(f"+{line}\n" for line in new.split("\n"))
            typed.clear()

    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("+"):
            typed.append(line)
            continue
        yield from end()
        found = _ENTRY.match(line)
        if found is not None and period is not None:
            gone = period.since <= datetime.fromisoformat(found[1]).timestamp() < period.until
        yield f"{line}\n"
    yield from end()
