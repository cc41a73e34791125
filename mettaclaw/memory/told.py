"""The words behind beliefs, as items: what was believed of a sentence is found by that sentence.

A model that believes something in somebody's words says in which (``believe … "words"``). The words
become an item of the kind ``told`` with the statement as its atom; where they are an item already,
that gets the atom. So what was formalized once is found by other words later, as a premise. A rule
that a model puts down to words which do not say it is the model's, and on trial.

Invariant: nothing is written where no words were quoted. Not covered: what is believed (``atoms``).
"""

from __future__ import annotations

from collections.abc import Callable

from mettaclaw.atoms.sources import is_model
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.memory import rules
from mettaclaw.memory.items import Item
from mettaclaw.memory.longterm import Memory
from mettaclaw.storage import Database


def mark(database: Database) -> int:
    """Where the evidence ends now, for ``link``."""
    row = database.row("SELECT max(id) FROM evidence")
    return int(row[0] or 0) if row else 0


def link(
    memory: Memory,
    since: int,
    author: str = "",
    gave: Callable[[Atom, str], bool] = lambda _atom, _words: True,
) -> list[Item]:
    """Keep the words of what was believed in the open transaction, each with its statements.

    Args:
        memory: Where to.
        since: What ``mark`` gave before.
        author: Who has put the statements down to these words.
        gave: Whether a rule is the person's own, in these words; others are the author's.
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
    kept: list[Item] = []
    for words, atoms in told.items():
        source, time = first[words]
        made = [] if is_model(source) else rules.among(atoms)
        own = [atom for atom in made if not gave(atom, words)]
        given = [atom for atom in atoms if atom not in own]
        if given:
            kept.append(memory.link(words, given, source, time))
        if own:
            kept.append(memory.link(words, own, author, time))
    return kept
