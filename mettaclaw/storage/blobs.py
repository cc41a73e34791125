"""Texts that are stored once, by the SHA-256 of their content: what packets hold, large results.

Invariant: equal texts have one row, found by its hash; other rows refer to it by its id. A text
that is rewritten in place (what is forgotten is) keeps its id and loses its hash, so that whoever
stores the first text again gets a row of its own, and never the other text. Rows are not removed.

Not covered: what the texts mean (``mettaclaw.memory.episodes``, ``mettaclaw.loop.packets``).
"""

from __future__ import annotations

import hashlib

from mettaclaw.storage.database import Database

LARGE = 4_000  # characters; a longer text of a call or of the log is stored here


def keep(database: Database, text: str) -> int:
    """Store a text, inside the open transaction, unless it is there; its id."""
    found = (hashlib.sha256(text.encode()).digest(),)
    row = database.row("SELECT id FROM blob WHERE sha256 = ?", found)
    if row is None:
        sql = "INSERT INTO blob (sha256, text) VALUES (?, ?) ON CONFLICT DO NOTHING"
        database.write(sql, (*found, text))
        row = database.row("SELECT id FROM blob WHERE sha256 = ?", found)
    if row is None:
        raise AssertionError("a text that was stored is not there")
    return int(row[0])


def keep_large(database: Database, text: str) -> tuple[str, int | None]:
    """What a column of text and the one beside it hold: the text, or, of a large one, its id."""
    return (text, None) if len(text) <= LARGE else ("", keep(database, text))


def texts(database: Database, ids: set[int]) -> dict[int, str]:
    """Texts by their ids."""
    found = dict[int, str]()
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        marks = ", ".join("?" * len(some))
        found |= dict(database.rows(f"SELECT id, text FROM blob WHERE id IN ({marks})", some))
    return found


def rewritten(database: Database) -> int:
    """How many texts were rewritten: what knows ids by heart is stale where this has changed."""
    row = database.row("SELECT count(*) FROM blob WHERE sha256 IS NULL")
    return int(row[0]) if row else 0
