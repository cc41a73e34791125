"""The pool of a query: the candidates that may be hits, with what ranking wants to know of them.

Candidates are what is nearest in meaning, what has the words best, and what shares an atom's names
with those; of items in a thread, the two before and the two after are looked at as well, for a turn
that answers a question is found by the question. Costs grow with the pool and not with the memory.

Invariant: no candidate is outside of the plan's filter. Not covered: what any of it counts
(``features``, ``ranking``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from mettaclaw.memory.retrieval.plan import Plan
from mettaclaw.memory.words import Match
from mettaclaw.storage import Database
from mettaclaw.storage.batches import batches, marks

SIZE = 200  # candidates of each index
NEAR = 0.2  # what is less like the query than this, and shares no word with it, is no candidate

_TIME = re.compile(
    r"\b(?:yesterday|today|tomorrow|tonight|last|next|ago|since|recently|just|week(?:end)?|month|"
    r"year|morning|night|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|"
    r"june|july|august|september|october|november|december|(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:I|my|me|we|our|us)\b")


class Meaning(Protocol):
    """A query's vector, held against those of items."""

    def nearest(self, k: int) -> Mapping[int, float]:
        """The cosines of the k nearest items, by id."""
        ...

    def of(self, ids: Iterable[int]) -> Mapping[int, float]:
        """The cosines of these items, as far as they have vectors."""
        ...


class NoMeaning:
    """Where there is no embedding model."""

    def nearest(self, k: int) -> Mapping[int, float]:
        """Nothing."""
        del k
        return {}

    def of(self, ids: Iterable[int]) -> Mapping[int, float]:
        """Nothing."""
        del ids
        return {}


@dataclass(frozen=True, slots=True)
class Traits:
    """What a text has: its words, and whether it asks, names a time, or speaks of its speaker."""

    length: int
    asks: bool
    tells_time: bool
    is_first_person: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may be a hit. ``around`` are the ids before it (-2, -1) and after it (1, 2)."""

    id: int
    traits: Traits
    time: float
    speaker: str | None
    thread: tuple[str, str] | None
    value: float
    used: float | None
    is_quarantined: bool
    around: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Pool:
    """Candidates by id, and what the indexes say of them and of their neighbours.

    ``shared`` has, for a candidate that shares names with the best ones, how many.
    """

    candidates: Mapping[int, Candidate]
    cosines: Mapping[int, float]
    matches: Mapping[int, Match]
    shared: Mapping[int, int]


def gather(
    database: Database,
    plan: Plan,
    meaning: Meaning,
    matches: Mapping[int, Match],
    shared: Mapping[int, int],
) -> Pool:
    """Collect the candidates of a plan."""
    nearest = meaning.nearest(SIZE)
    best = sorted(matches, key=lambda number: -matches[number].around)[:SIZE]
    near = {number for number, cosine in nearest.items() if cosine >= NEAR}
    candidates = _candidates(database, plan, near.union(best, shared))
    around = {other for found in candidates.values() for other in found.around.values()}
    known = around.union(candidates)
    cosines = {number: cosine for number, cosine in nearest.items() if number in known}
    cosines.update(meaning.of(known.difference(cosines)))
    return Pool(candidates, cosines, matches, shared)


def _candidates(database: Database, plan: Plan, ids: Iterable[int]) -> dict[int, Candidate]:
    where, values = plan.filter.where()
    found: dict[int, Candidate] = {}
    for batch in batches(sorted(ids)):
        sql = f"{_SELECT} WHERE i.id IN ({marks(batch)}) AND {where}"
        for row in database.rows(sql, (*batch, *values)):
            found[row[0]] = _candidate(row)
    return found


def _neighbour(step: int) -> str:
    sign, order = ("<", "DESC") if step < 0 else (">", "ASC")
    return (
        "(SELECT n.id FROM item n WHERE n.scope = i.scope AND n.thread = i.thread "
        f"AND n.id {sign} i.id ORDER BY n.id {order} LIMIT 1 OFFSET {abs(step) - 1})"
    )


STEPS = (-2, -1, 1, 2)
_SELECT = (
    "SELECT i.id, i.text, CASE i.text WHEN '' THEN substr(i.said, 1, 4000) END, i.time, "
    "i.speaker, i.scope, i.thread, i.value, i.used, i.quarantined, "
    f"{', '.join(map(_neighbour, STEPS))} FROM item i"
)


def _candidate(row: tuple[Any, ...]) -> Candidate:
    number, text, said, time, speaker, scope, thread, value, used, quarantined, *beside = row
    return Candidate(
        number,
        traits(text or said),
        time,
        None if speaker is None else speaker.casefold(),
        None if thread is None else (scope, thread),
        value,
        used,
        bool(quarantined),
        {step: other for step, other in zip(STEPS, beside, strict=True) if other is not None},
    )


@lru_cache(maxsize=16_384)
def traits(text: str) -> Traits:
    """What a text has."""
    return Traits(
        length=len(text.split()),
        asks="?" in text,
        tells_time=_TIME.search(text) is not None,
        is_first_person=_FIRST_PERSON.search(text) is not None,
    )
