"""Search by words: SQLite FTS5 with porter stemming over the items' texts and what is around them.

Invariant: no text can be a syntax error of FTS5, or more than a set of words to look for: every
word goes in as a quoted phrase, and FTS5 itself takes it apart as it did with the items.

In a large memory the cost of a search is that of its commonest words, which tell least. There the
rarest words are looked for first, and those that come past a budget of matches are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mettaclaw.storage import Database

MAX_WORDS = 64  # long queries are slow, and what they ask is in their first words
MAX_FOUND = 400
MAX_CHARS = 8_000
NEIGHBOUR = 0.3  # what a word around an item counts, beside one in it

_SMALL = 4_000  # items; so many are looked through in some milliseconds, whatever the words
_BUDGET = 4_000  # matches of all words of a query in a memory that is larger
_ALONE = 40_000  # of the rarest word, which is weighed even so; of more the newest items are taken
_KNOWN = 4_096  # words whose count is remembered

_APART = re.compile(r"[\s\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f\ud800-\udfff]+")
_STOP_WORDS = """
a about am an and any are as at be been being but by can could d did do does doing for from had
has have having he her hers him his how i if in into is it its itself ll m me my myself no nor not
of on or our ours out over own re s she should so some such t than that the their theirs them then
there these they this those to too until up ve very was we were what when where which while who
whom why will with would you your yours
"""
STOP = frozenset(_STOP_WORDS.split())


@dataclass(frozen=True, slots=True)
class Match:
    """BM25 scores of an item, above 0 and more is better.

    ``own`` is for the words in it, ``around`` for those as well that stand around it.
    """

    own: float
    around: float


class WordIndex:
    """The words of the items in a database. Any thread may use it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts: dict[tuple[str, str | None], int] = {}
        self._counted_at = 0

    def search(
        self,
        words: Sequence[str],
        scope: str | None = None,
        where: str = "",
        values: Sequence[str | float] = (),
        limit: int = MAX_FOUND,
    ) -> dict[int, Match]:
        """The items that have one of the words, in themselves or around them, best first.

        Args:
            words: What to look for, as ``telling`` gives it.
            scope: Where; None for everywhere.
            where: A condition on the table ``item i``; empty for all.
            values: Those of the condition.
            limit: How many at most.
        """
        asked, is_common = self.affordable(words, scope)
        if not asked:
            return {}
        match = _within(" OR ".join(f'"{word}"' for word in asked), scope)
        join = f" JOIN item i ON i.id = item_text.rowid AND {where}" if where else ""
        if is_common:  # to weigh so many costs seconds, and says next to nothing
            rows = self._database.rows(
                f"SELECT item_text.rowid, 0, 0 FROM item_text{join} "
                "WHERE item_text MATCH ? ORDER BY item_text.rowid DESC LIMIT ?",
                (*values, match, limit),
            )
        else:
            rows = self._database.rows(
                "SELECT item_text.rowid, bm25(item_text, 1, 0, 1, 0, 1), "
                f"bm25(item_text, 1, {NEIGHBOUR}, 1, 0, 1) AS around FROM item_text{join} "
                "WHERE item_text MATCH ? ORDER BY around LIMIT ?",
                (*values, match, limit),
            )
        return {item: Match(max(-own, 0.0), max(-around, 1e-9)) for item, own, around in rows}

    def affordable(self, words: Sequence[str], scope: str | None = None) -> tuple[list[str], bool]:
        """The words that are looked for, and whether even the rarest is too common to be weighed.

        They are all, or in a large memory the rarest of them.
        """
        total = self._total()
        if total <= _SMALL:
            return list(words), False
        counts = {word: self._count(word, scope, total) for word in words}
        left, kept = _BUDGET, set[str]()
        for word in sorted(words, key=lambda word: counts[word]):
            left -= counts[word]
            if left < 0 and kept:
                break
            kept.add(word)
        found = [word for word in words if word in kept]
        return found, any(counts[word] > _ALONE for word in found)

    def _total(self) -> int:
        row = self._database.row("SELECT seq FROM sqlite_sequence WHERE name = 'item'")
        return int(row[0]) if row else 0

    def _count(self, word: str, scope: str | None, total: int) -> int:
        """In how many items a word is, up to one more than can be weighed, as it was when the
        memory had nearly the present size.
        """
        if abs(total - self._counted_at) > self._counted_at // 5 or len(self._counts) > _KNOWN:
            self._counts.clear()
            self._counted_at = total
        if (word, scope) not in self._counts:
            row = self._database.row(
                "SELECT count(*) FROM (SELECT 1 FROM item_text WHERE item_text MATCH ? LIMIT ?)",
                (_within(f'"{word}"', scope), _ALONE + 1),
            )
            self._counts[word, scope] = int(row[0]) if row else 0
        return self._counts[word, scope]


def _within(phrases: str, scope: str | None) -> str:
    """What FTS5 is asked: the phrases in what is looked through, in a scope or everywhere."""
    match = f"{{text context said month}} : ({phrases})"
    return match if scope is None else f'mark : "q{scope.encode().hex()}0" AND ({match})'


def telling(text: str) -> list[str]:
    """The words of a text to look for; stop words only where there are no others."""
    words = {word.lower(): word for word in _APART.split(text[:MAX_CHARS]) if word}
    found = [word for lower, word in words.items() if lower not in STOP]
    return (found or list(words.values()))[:MAX_WORDS]
