"""The standing of items: how useful they were, and how far what an agent keeps for itself is
trusted.

Usefulness goes up and down by one, from what is left of it (``retrieval.features.use``). A rule
that a model makes for itself is on trial: it is in quarantine, where it is ranked below others of
its kind, and expires. Later evidence (``votes``), or a person who promotes it or says so too, takes
it out of quarantine.

Invariant: nothing here begins a transaction. Not covered: what a rule is (``rules``), how much
standing counts (``retrieval``), and whether what an item says is believed, which its premises tell.
"""

from __future__ import annotations

import time as clock
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from mettaclaw.atoms.sources import is_model
from mettaclaw.errors import UsageError
from mettaclaw.memory import items, rules
from mettaclaw.memory.arguments import wrong
from mettaclaw.memory.items import Draft, Item
from mettaclaw.memory.retrieval.features import use
from mettaclaw.storage import Database

MOST_USE = 3.0
TRIAL_S = 30 * 86_400.0


def tried(draft: Draft) -> Draft:
    """The draft as it is kept: a rule that a model made for itself is on trial.

    One of the kind ``rule`` has been through that, where an export holds it.
    """
    if draft.kind == "rule" or not is_model(draft.source):
        return draft
    is_order = draft.text is not None and rules.is_order(draft.text)
    if not is_order and not rules.among(draft.atoms):
        return draft
    expires = clock.time() + TRIAL_S if draft.expires is None else draft.expires
    return replace(draft, kind="rule", expires=expires, is_quarantined=True)


def promote(
    database: Database, number: int, episode: int | None = None, *, by_person: bool = True
) -> Item:
    """An item was useful: its usefulness goes up by one; a person ends its quarantine by that.

    Args:
        database: Where it is.
        number: Its id.
        episode: For what it was; it counts once for an item, and the later word stands. None
            counts each time.
        by_person: Whether a person says so.

    Raises:
        UsageError: There is no such item.
    """
    _use(database, number, 1, episode)
    if by_person:
        release(database, number)
    return required(database, number)


def demote(database: Database, number: int, episode: int | None = None) -> Item:
    """An item was of no use: its usefulness goes down by one. See ``promote``."""
    _use(database, number, -1, episode)
    return required(database, number)


def release(database: Database, number: int) -> None:
    """End an item's quarantine, and with it a rule's trial."""
    database.write(
        "UPDATE item SET quarantined = 0, "
        "expires = CASE WHEN kind = 'rule' THEN NULL ELSE expires END "
        "WHERE id = ? AND quarantined = 1",
        (number,),
    )


def required(database: Database, number: int) -> Item:
    """The item of an id.

    Raises:
        UsageError: There is none.
    """
    if isinstance(number, bool) or not isinstance(cast("object", number), int):
        raise wrong("id", number, "the id of an item, a whole number")
    for item in _items(database, number):
        return item
    raise UsageError(f"there is no item {number}; `mettaclaw memory list` shows what there is")


# --- inside --------------------------------------------------------------------------------------


def _items(database: Database, number: int) -> Iterator[Item]:
    if 0 <= number < 2**63:
        yield from items.select(database, "i.id = ?", (number,))


def _use(database: Database, number: int, sign: int, episode: int | None) -> None:
    item, now = required(database, number), clock.time()
    step = sign
    if episode is not None:
        row = database.row(
            "SELECT sign FROM item_use WHERE item = ? AND episode = ?", (number, episode)
        )
        step = sign - (int(row[0]) if row else 0)
        transaction = database.current
        database.write(
            "INSERT OR REPLACE INTO item_use (item, episode, sign, txn) VALUES (?, ?, ?, ?)",
            (number, episode, sign, transaction.id if transaction else 0),
        )
    if step:
        value = max(-MOST_USE, min(MOST_USE, use(item.value, item.used, now) + step))
        database.write("UPDATE item SET value = ?, used = ? WHERE id = ?", (value, now, number))
