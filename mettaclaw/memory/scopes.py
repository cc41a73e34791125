"""The parts of a memory (scopes): which there are, and what is in them.

A scope is there as soon as an item is in it. Not covered: what a scope does (``retrieval``).
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from mettaclaw.storage import Database


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of memory; ``first`` and ``last`` are when something in it was said (seconds, UTC)."""

    name: str
    items: int
    first: float
    last: float


def scopes(database: Database) -> list[Scope]:
    """All parts of a memory, by name; that without a name is first."""
    rows = database.rows(
        "SELECT scope, count(*), min(time), max(time) FROM item GROUP BY scope ORDER BY scope"
    )
    return [Scope(*row) for row in rows]


def has(database: Database, name: str) -> bool:
    """Whether there is a part of this name."""
    return database.row("SELECT 1 FROM item WHERE scope = ? LIMIT 1", (name,)) is not None


def near(database: Database, name: str, most: int = 3) -> list[str]:
    """The names of parts that are written nearly so, the nearest first."""
    names = [str(row[0]) for row in database.rows("SELECT DISTINCT scope FROM item")]
    written = {each.casefold(): each for each in names if each}
    found = difflib.get_close_matches(name.casefold(), written, n=most, cutoff=0.5)
    return [written[each] for each in found]
