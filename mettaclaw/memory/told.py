"""The words behind beliefs, as items: what was believed of a sentence is found by that sentence.

A model that believes something in somebody's words says in which (``believe … "words"``). The words
become an item of the kind ``told`` with the statement as its atom; where they are an item already,
that gets the atom. So what was formalized once is found by other words later, as a premise.

Invariant: nothing is written where no words were quoted. Not covered: what is believed (``atoms``).
"""

from __future__ import annotations

from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.memory.items import Item
from mettaclaw.memory.longterm import Memory
from mettaclaw.storage import Database


def mark(database: Database) -> int:
    """Where the evidence ends now, for ``link``."""
    row = database.row("SELECT max(id) FROM evidence")
    return int(row[0] or 0) if row else 0


def link(memory: Memory, since: int) -> list[Item]:
    """Keep the words of what was believed in the open transaction, each with its statements.

    Args:
        memory: Where to.
        since: What ``mark`` gave before.
    """
    current = memory.database.current
    if current is None:  # nothing was believed
        return []
    rows = memory.database.rows(
        "SELECT e.words, a.text, e.source, e.time FROM evidence e JOIN atom a ON a.id = e.atom "
        "WHERE e.id > ? AND e.txn = ? AND e.retired IS NULL AND e.words IS NOT NULL ORDER BY e.id",
        (since, current.id),
    )
    told: dict[str, list[Atom]] = {}
    first: dict[str, tuple[str, float | None]] = {}
    for words, statement, source, time in rows:
        if words.strip():
            told.setdefault(words, []).append(read(statement))
            first.setdefault(words, (source, time))
    return [memory.link(words, atoms, *first[words]) for words, atoms in told.items()]
