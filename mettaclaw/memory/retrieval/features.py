"""What is held to a candidate's credit: numbers of about 0 to 1, each with a name.

Invariant: a feature whose ground is missing (an item without a thread has no neighbours, one
without a vector no cosine) takes the mean of those that have it, so that nothing is ranked by what
it could not have. Not covered: what a feature counts (``weights``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timezone
from functools import lru_cache

from mettaclaw.memory.retrieval.plan import Plan
from mettaclaw.memory.retrieval.pool import Candidate, Pool

NAMES = (
    "meaning",  # cosine with the query
    "words",  # BM25 of its own words, of the best one's
    "around",  # the same with the words around it
    "speaker",  # its speaker is the only one whom the query names
    "month",  # its month is one that the query names, or its year where no month is named
    "before_meaning",  # cosine of the one before it in its thread
    "after_meaning",
    "before_words",
    "after_words",
    "beside_meaning",  # the better one of the second before and the second after
    "beside_words",
    "thread_meaning",  # mean of the best three of its thread
    "thread_words",
    "rank",  # by reciprocal ranks in meaning and in words
    "time_told",  # the query asks when, and it names a time
    "first_person",  # the query names its speaker, and it speaks of itself
    "length",  # logarithm of its words
    "asks",  # it asks something
    "shared",  # names that its atoms share with the best ones
    "recency",  # 1 now, a half after a month
    "use",  # usefulness, decayed
    "quarantine",  # it is in quarantine
)
DECAY = 0.7
_RANK = 10  # the constant of the reciprocal rank; 60 is too flat where one side is weak
_DAMPING = 1.0  # BM25; one word that one of five items has scores as much
_MONTH_DAYS = 30.0
_DAY_S = 86_400.0
_MOST_USE = 3.0

Row = dict[str, float]


def features(plan: Plan, pool: Pool) -> dict[int, Row]:
    """The features of each candidate, by id and name."""
    own, around = _relative(pool)
    threads_meaning = _threads(pool, pool.cosines)
    threads_words = _threads(pool, own)
    by_meaning, by_words = _ranks(pool.cosines, pool), _ranks(around, pool)
    most_shared = max(pool.shared.values(), default=1)
    one_name = plan.names if len(plan.names) == 1 else frozenset[str]()
    rows: dict[int, Row] = {}
    for number, candidate in pool.candidates.items():
        traits, is_theirs = candidate.traits, candidate.speaker in one_name
        row = {
            "words": own.get(number, 0.0),
            "around": around.get(number, 0.0),
            "speaker": float(is_theirs),
            "month": _month(plan, candidate.time),
            "rank": by_meaning.get(number, 0.0) + by_words.get(number, 0.0),
            "time_told": float(plan.asks_when and traits.tells_time),
            "first_person": float(is_theirs and traits.is_first_person),
            "length": math.log1p(traits.length) / 4,
            "asks": float(traits.asks),
            "shared": pool.shared.get(number, 0) / most_shared,
            "recency": recency(plan.filter.now - candidate.time),
            "use": use(candidate.value, candidate.used, plan.filter.now) / _MOST_USE,
            "quarantine": float(candidate.is_quarantined),
        }
        if number in pool.cosines:
            row["meaning"] = pool.cosines[number]
        if candidate.thread is not None:
            _neighbours(row, candidate, pool.cosines, "meaning", least=None)
            _neighbours(row, candidate, own, "words", least=0.0)
            row["thread_words"] = threads_words.get(candidate.thread, 0.0)
            if candidate.thread in threads_meaning:
                row["thread_meaning"] = threads_meaning[candidate.thread]
        rows[number] = row
    _fill(rows)
    return rows


def use(value: float, used: float | None, now: float) -> float:
    """The usefulness of an item at a time: what it was, v, decayed to v(1 + days)^-0.7."""
    if used is None:
        return 0.0
    days = max(now - used, 0.0) / _DAY_S
    return max(-_MOST_USE, min(_MOST_USE, value * (1 + days) ** -DECAY))


def recency(age_s: float) -> float:
    """1 for what is of now, a half for what is a month old."""
    return 1 / (1 + max(age_s, 0.0) / _DAY_S / _MONTH_DAYS)


def _relative(pool: Pool) -> tuple[dict[int, float], dict[int, float]]:
    """BM25 scores relative to the best one: of an item's own words, and with those around it.

    Beside meaning, the best one counts less the less its words tell: in a small memory, or where a
    word is everywhere, its score is near 0, and to share it means little.
    """
    damping = _DAMPING if pool.cosines else 0.0
    most_own = damping + max((match.own for match in pool.matches.values()), default=0.0) or 1.0
    most_around = max((match.around for match in pool.matches.values()), default=0.0)
    most_around = damping + most_around or 1.0
    own = {number: match.own / most_own for number, match in pool.matches.items()}
    return own, {number: match.around / most_around for number, match in pool.matches.items()}


def _threads(pool: Pool, scores: Mapping[int, float]) -> dict[tuple[str, str], float]:
    """The mean of the best three scores of each thread."""
    by_thread: dict[tuple[str, str], dict[int, float]] = {}
    for number, candidate in pool.candidates.items():
        if candidate.thread is not None:
            members = by_thread.setdefault(candidate.thread, {})
            for member in (number, *candidate.around.values()):
                if member in scores:
                    members[member] = scores[member]
    return {
        thread: sum(sorted(members.values(), reverse=True)[:3]) / 3
        for thread, members in by_thread.items()
        if members
    }


def _ranks(scores: Mapping[int, float], pool: Pool) -> dict[int, float]:
    known = [number for number in pool.candidates if number in scores]
    known.sort(key=lambda number: -scores[number])
    return {number: 1 / (1 + place / _RANK) for place, number in enumerate(known)}


def _neighbours(
    row: Row, candidate: Candidate, scores: Mapping[int, float], what: str, least: float | None
) -> None:
    """The scores of what stands beside a candidate; ``least`` for one without a score."""

    def score(step: int) -> float | None:
        return scores.get(candidate.around.get(step, -1), least)

    beside = [s for s in (score(-2), score(2)) if s is not None]
    for name, value in (
        (f"before_{what}", score(-1)),
        (f"after_{what}", score(1)),
        (f"beside_{what}", max(beside) if beside else None),
    ):
        if value is not None:
            row[name] = value


def _month(plan: Plan, time: float) -> float:
    if not plan.months and not plan.years:
        return 0.0
    year, month = _calendar(time)
    if plan.months and month not in plan.months:
        return 0.0
    return float(not plan.years or year in plan.years)


@lru_cache(maxsize=16_384)
def _calendar(time: float) -> tuple[int, int]:
    try:
        when = datetime.fromtimestamp(time, timezone.utc)
    except (OverflowError, OSError, ValueError):  # a time that no calendar has
        return 0, 0
    return when.year, when.month


def _fill(rows: Mapping[int, Row]) -> None:
    """Put the mean where a feature has no ground."""
    for name in NAMES:
        known = [row[name] for row in rows.values() if name in row]
        if len(known) < len(rows):
            mean = sum(known) / len(known) if known else 0.0
            for row in rows.values():
                row.setdefault(name, mean)
