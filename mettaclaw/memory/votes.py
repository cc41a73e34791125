"""Votes: what later episodes say of items, and what becomes of items by that.

An episode, which is a message with all that is done about it, counts once for an item, and its
later word stands; what a person says outside of any is one more voice (``OUTSIDE``). One episode
may be a slip or a misreading, so it takes two more on one side than on the other: these release an
item from quarantine, or put it in. A rule on trial that is spoken against so expires at once. What
a model votes is shown, ends no quarantine, and confines only what a model keeps; it takes the place
of nobody else's vote.

Invariant: nothing here begins a transaction. Not covered: where votes come from (``weighing``, the
tools, a person), and votes of episodes that were taken back since, which stay.
"""

from __future__ import annotations

import time as clock
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mettaclaw.atoms.sources import is_model
from mettaclaw.memory import standing
from mettaclaw.memory.arguments import whole
from mettaclaw.memory.items import Item
from mettaclaw.storage import Database
from mettaclaw.storage.batches import batches, marks

OUTSIDE = 0  # the episode of what a person says outside of any
RELEASING = 2  # supports more than contradictions, which end a quarantine
CONFINING = 2  # contradictions more than supports, which begin one


@dataclass(frozen=True, slots=True)
class Votes:
    """How many episodes speak for an item, and how many against it."""

    supports: int = 0
    contradictions: int = 0


@dataclass(frozen=True, slots=True)
class Vote:
    """What one episode says of an item: ``sign`` is 1 or -1. ``base`` names the base of knowledge
    that the episode is of, empty for this one.
    """

    episode: int
    sign: int
    by_model: bool = False
    base: str = ""


def support(database: Database, number: int, episode: int, *, by_model: bool = False) -> Item:
    """An episode speaks for an item; it counts once, and the later word stands.

    Raises:
        UsageError: There is no such item.
    """
    return _cast(database, number, Vote(episode, 1, by_model))


def contradict(database: Database, number: int, episode: int, *, by_model: bool = False) -> Item:
    """An episode speaks against an item. See ``support``."""
    return _cast(database, number, Vote(episode, -1, by_model))


def tally(database: Database, number: int) -> Votes:
    """What later episodes say of an item."""
    sql = "SELECT sign, count(*) FROM item_vote WHERE item = ? GROUP BY sign"
    found = {int(sign): int(count) for sign, count in database.rows(sql, (number,))}
    return Votes(found.get(1, 0), found.get(-1, 0))


def of(database: Database, ids: Sequence[int]) -> dict[int, list[Vote]]:
    """The votes on items."""
    found: dict[int, list[Vote]] = {}
    for batch in batches(ids):
        sql = (
            "SELECT item, episode, sign, by_model, base FROM item_vote "
            f"WHERE item IN ({marks(batch)}) ORDER BY item, base, episode"
        )
        for number, episode, sign, by_model, base in database.rows(sql, tuple(batch)):
            found.setdefault(number, []).append(Vote(episode, sign, bool(by_model), base))
    return found


def take(database: Database, number: int, found: Iterable[Vote], *, is_new: bool) -> bool:
    """Add votes that were cast elsewhere, those that are there left out; whether there were any.

    A new item stands as it comes; what is there already stands as all votes together say.
    """
    own = base(database)
    there = {(vote.base, vote.episode) for vote in of(database, [number]).get(number, ())}
    fresh = 0
    for vote in found:
        origin = "" if vote.base == own else vote.base
        if (origin, vote.episode) not in there:
            there.add((origin, vote.episode))
            _put(database, number, Vote(vote.episode, vote.sign, vote.by_model, origin))
            fresh += 1
    if fresh and not is_new:
        _settle(database, standing.required(database, number))
    return fresh > 0


def base(database: Database) -> str:
    """The name of this base of knowledge."""
    row = database.row("SELECT name FROM base")
    return str(row[0]) if row else ""


# --- inside --------------------------------------------------------------------------------------


def _cast(database: Database, number: int, vote: Vote) -> Item:
    item = standing.required(database, number)
    whole("episode", vote.episode, OUTSIDE, 2**63 - 1, "the id of a message, or 0 for none")
    row = database.row(
        "SELECT sign, by_model FROM item_vote WHERE item = ? AND base = '' AND episode = ?",
        (number, vote.episode),
    )
    if row is not None and (
        row == (vote.sign, int(vote.by_model)) or (vote.by_model and not row[1])
    ):
        return item
    _put(database, number, vote)
    _settle(database, item)
    return standing.required(database, number)


def _settle(database: Database, item: Item) -> None:
    """Let the votes that count for an item's quarantine decide on it."""
    theirs = "TRUE" if is_model(item.source) else "FALSE"
    row = database.row(
        f"SELECT total(sign) FROM item_vote WHERE item = ? "
        f"AND (by_model = 0 OR (sign = -1 AND {theirs}))",
        (item.id,),
    )
    balance, now = row[0] if row else 0, clock.time()
    if balance >= RELEASING:
        standing.release(database, item.id)
    elif balance <= -CONFINING:
        is_rule = item.kind == "rule"
        ends = now if item.is_quarantined else now + standing.TRIAL_S
        expires = ends if item.expires is None else min(item.expires, ends)
        database.write(
            "UPDATE item SET quarantined = 1, expires = ? WHERE id = ?",
            (expires if is_rule else item.expires, item.id),
        )


def _put(database: Database, number: int, vote: Vote) -> None:
    current = database.current
    database.write(
        "INSERT OR REPLACE INTO item_vote (item, base, episode, sign, by_model, txn) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (
            number,
            vote.base,
            vote.episode,
            vote.sign,
            int(vote.by_model),
            current.id if current else 0,
        ),
    )
