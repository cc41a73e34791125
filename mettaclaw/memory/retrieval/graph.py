"""Graph expansion: items whose atoms name what the best ones' atoms name.

Names that most items share (``user``, ``cat`` in a memory about cats) lead anywhere, so a name
counts only where few items have it. Whether it helps is measured, on and off
(``benchmarks/locomo.py``); on texts without atoms it changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from mettaclaw.memory.retrieval.plan import Plan
from mettaclaw.memory.words import Match
from mettaclaw.storage import Database

_SEEDS = 10  # the best items by words, whose names are followed
_COMMON = 50  # items with a name; one that more have of those that may be found is not followed
_LOOKED_AT = 2_000  # items with a name, of all that there are
_NAMES = 100  # of an item; one with more says too much to be about anything
_MOST = 100  # items that are found so


def sharing(database: Database, plan: Plan, matches: Mapping[int, Match]) -> dict[int, int]:
    """Items that share names with the best ones or with the query, and how many names."""
    best = sorted(matches, key=lambda number: -matches[number].own)[:_SEEDS]
    names: set[str] = set()
    for number in best:
        rows = database.rows(
            "SELECT symbol FROM item_symbol WHERE item = ? LIMIT ?", (number, _NAMES)
        )
        names.update(row[0] for row in rows)
    names.update(word.lower() for word in plan.words)
    where, values = plan.filter.where()
    shared: dict[int, int] = {}
    for name in sorted(names):
        rows = database.rows(
            "SELECT i.id FROM (SELECT item FROM item_symbol WHERE symbol = ? LIMIT ?) s "
            f"CROSS JOIN item i ON i.id = s.item AND {where} LIMIT ?",
            (name, _LOOKED_AT, *values, _COMMON + 1),
        )
        if len(rows) <= _COMMON:
            for (number,) in rows:
                shared[number] = shared.get(number, 0) + 1
    most = sorted(shared, key=lambda number: -shared[number])[:_MOST]
    return {number: shared[number] for number in most}
