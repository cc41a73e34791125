"""A name taken from the columns that say who, where and whence, of rows that stay.

What a source said stays, and who that was is unknown; a file keeps that it was one. How far a file
of that name was read in is not known any more.

Invariant: part of the open transaction. Not covered: texts (``memory.traces``), and the rows that
go (``memory.selection``).
"""

from __future__ import annotations

from mettaclaw.memory.telling import MARK, mentions
from mettaclaw.storage import Database

_COLUMNS = (
    ("evidence", "source"),
    ("belief", "origin"),
    ("item", "source"),
    ("item", "scope"),
    ("item", "thread"),
    ("item", "speaker"),
    ("item_again", "source"),
    ("txn", "author"),
    ("import", "source"),
    ("import", "path"),
)


def unname(database: Database, entity: str) -> list[str]:
    """Put ``MARK`` for a name in all columns of names; what was there."""
    found: dict[str, None] = {}
    tables = {row[0] for row in database.rows("SELECT name FROM sqlite_master")}
    for table, column in _COLUMNS:
        if table not in tables:
            continue
        rows = database.rows(f'SELECT DISTINCT "{column}" FROM "{table}"')
        here = [name for (name,) in rows if name is not None and _is_named(name, entity)]
        sql = f'UPDATE "{table}" SET "{column}" = ? WHERE "{column}" = ?'
        database.write_many(sql, [(_without(name), name) for name in here])
        found.update(dict.fromkeys(here))
    rows = database.rows("SELECT DISTINCT place, path FROM item_import")
    for place, path in rows:
        if mentions(place, entity) or mentions(path, entity):
            sql = "DELETE FROM item_import WHERE place = ? AND path = ?"
            database.write(sql, (place, path))
            found.update(dict.fromkeys(one for one in (place, path) if mentions(one, entity)))
    return sorted(found)


def _is_named(name: str, entity: str) -> bool:
    """Whether a column has the name; what the program itself is called there does not count."""
    kind, colon, rest = name.partition(":")
    if name == "memory" or (colon and kind == "tool"):
        return False
    return mentions(rest if colon and kind in ("file", "model") else name, entity)


def _without(name: str) -> str:
    """``MARK``, with the kind of a source that is a file or a model."""
    kind, colon, _ = name.partition(":")
    return f"{kind}:{MARK}" if colon and kind in ("file", "model") else MARK
