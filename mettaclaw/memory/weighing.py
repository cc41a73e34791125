"""New evidence, weighed for and against the items that state the same.

What people say in a turn, and is believed in their words, speaks for an item whose atoms say it
too, and against one whose atoms say the opposite; an episode counts once for each item. It must be
other words than the item's own, of another episode than that in which it was kept, and no model's.
For a rule it counts only where the product itself reads the rule in the words (``reads``): else a
model could free its own by quoting anybody.

Invariant: nothing is written where nobody was quoted. Not covered: evidence that comes in outside
of turns, and what follows from evidence without being said.
"""

from __future__ import annotations

from collections.abc import Callable

from mettaclaw.atoms.conflicts import SURE
from mettaclaw.atoms.forms import forms
from mettaclaw.atoms.quoting import bare
from mettaclaw.atoms.sources import is_model
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atoms.truth import APART
from mettaclaw.memory import items, rules, votes
from mettaclaw.memory.items import Item
from mettaclaw.memory.longterm import Memory

Reads = Callable[[str, Atom, bool], bool]

_HALF = 0.5


def weigh(memory: Memory, since: int, episode: int, reads: Reads) -> list[Item]:
    """Let the evidence of the open transaction speak for items and against them; those items.

    Args:
        memory: Where they are.
        since: The last evidence before (``told.mark``).
        episode: The message that is being answered.
        reads: Whether words say that an atom is so, or where its last argument is false, not so.
    """
    database, current = memory.database, memory.database.current
    if current is None or memory.kb is None:
        return []
    rows = database.rows(
        "SELECT a.text, e.f, e.words, e.source FROM evidence e JOIN atom a ON a.id = e.atom "
        "WHERE e.id > ? AND e.txn = ? AND e.retired IS NULL AND e.words IS NOT NULL "
        "AND e.f IS NOT NULL AND e.c >= ? ORDER BY e.id",
        (since, current.id, SURE),
    )
    sql = "SELECT k.txn FROM call k JOIN cycle c ON c.id = k.cycle WHERE c.message = ?"
    own = {current.id, *(txn for (txn,) in database.rows(sql, (episode,)))}
    changed: dict[int, Item] = {}
    for text, f, words, source in rows:
        statement = read(text)
        if is_model(source) or not words.strip():
            continue
        if rules.is_rule(statement) and not reads(words, statement, f > _HALF):
            continue
        for form, turned in forms(statement):
            for item in items.with_atom(database, form):
                if _is_own(memory, item, words, own):
                    continue
                sign = _sign(1 - f if turned else f, _stance(memory.kb.store, item, form))
                cast = {1: votes.support, -1: votes.contradict}.get(sign)
                if cast is not None:
                    changed[item.id] = cast(database, item.id, episode)
    return list(changed.values())


def _is_own(memory: Memory, item: Item, words: str, transactions: set[int]) -> bool:
    """Whether evidence is what the item was made of: its words, or its episode."""
    if item.text is not None and _plain(item.text) == _plain(words):
        return True
    row = memory.database.row("SELECT txn FROM item WHERE id = ?", (item.id,))
    return row is not None and row[0] in transactions


def _stance(store: AtomStore, item: Item, atom: Atom) -> float:
    """How far an item's words say its atom: 0 where they deny it, as their evidence tells."""
    known = None if item.text is None else store.row(atom)
    if known is None:
        return 1.0
    row = store.database.row(
        "SELECT f FROM evidence WHERE atom = ? AND words = ? AND f IS NOT NULL "
        "ORDER BY id DESC LIMIT 1",
        (known[0], item.text),
    )
    return 1.0 if row is None else float(row[0])


def _sign(said: float, stance: float) -> int:
    """1 where two frequencies say the same, -1 where they contradict each other, else 0."""
    if abs(said - stance) >= APART:
        return -1
    return int((said - _HALF) * (stance - _HALF) > 0)


def _plain(words: str) -> str:
    return " ".join(bare(words).casefold().split())
