"""An export: all items, or those of a scope, as JSON Lines.

Invariant: what is written is the memory of one instant, whoever writes to it meanwhile. What has
expired is written too. Not covered: the truth of their atoms, which is the
atomspace's (``mettaclaw atoms export``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from mettaclaw.memory import items, votes
from mettaclaw.memory.items import Item
from mettaclaw.memory.longterm import Memory
from mettaclaw.memory.transfer import jsonlines
from mettaclaw.memory.transfer.entries import Telling
from mettaclaw.storage import Database
from mettaclaw.storage.batches import marks
from mettaclaw.storage.files import written

_AT_ONCE = 400


def lines(
    memory: Memory, scope: str | None = None, *, atoms: bool = True, vectors: bool = False
) -> Iterator[str]:
    """The lines of an export, without their ends.

    Args:
        memory: What is exported.
        scope: Only this part of it; None for all.
        atoms: Whether the atoms of items that have words too are written.
        vectors: Whether vectors are, of the model that the memory uses.
    """
    model = memory.embeddings.embedder.name if vectors else None
    with memory.database.snapshot() as database:
        base = votes.base(database)
        yield jsonlines.header(base, model)
        where, values = ("TRUE", ()) if scope is None else ("i.scope = ?", (scope,))
        last = 0
        while batch := items.select(
            database, f"i.id > ? AND {where}", (last, *values), f"ORDER BY i.id LIMIT {_AT_ONCE}"
        ):
            last = batch[-1].id
            told = _tellings(database, batch)
            found = {} if model is None else _vectors(database, batch, model)
            cast = votes.of(database, list(told))
            for item in batch:
                voted = [replace(v, base=v.base or base) for v in cast.get(item.id, ())]
                vector = found.get(item.id)
                yield jsonlines.line(item, told[item.id], voted, atoms=atoms, vector=vector)


def dump(
    memory: Memory,
    path: str | Path,
    scope: str | None = None,
    *,
    atoms: bool = True,
    vectors: bool = False,
) -> int:
    """Write an export to a file, whole or not at all; how many items it has. See ``lines``.

    Raises:
        UsageError: There is something at that place that is never written over.
        OSError: It cannot be written.
    """
    count = -1  # the first line is no item
    with written(Path(path)) as out:
        for line in lines(memory, scope, atoms=atoms, vectors=vectors):
            out.write(f"{line}\n")
            count += 1
    return count


def _tellings(database: Database, batch: list[Item]) -> dict[int, list[Telling]]:
    found = {item.id: [(item.time, item.source)] for item in batch}
    ids = tuple(found)
    sql = f"SELECT item, time, source FROM item_again WHERE item IN ({marks(ids)}) ORDER BY rowid"
    for number, time, source in database.rows(sql, ids):
        found[number].append((time, source))
    return found


def _vectors(database: Database, batch: list[Item], model: str) -> dict[int, bytes]:
    ids = [item.id for item in batch]
    sql = f"SELECT item, data FROM embedding WHERE item IN ({marks(ids)}) AND model = ?"
    return dict(database.rows(sql, (*ids, model)))
