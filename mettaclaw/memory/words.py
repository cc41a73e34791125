"""Search by words: SQLite FTS5 with porter stemming over the items' texts.

Invariant: no text can be a syntax error of FTS5, or more than a set of words to look for: every
word goes in as a quoted phrase, and FTS5 itself takes it apart as it did with the items.
"""

from __future__ import annotations

import re

from mettaclaw.storage import Database

MAX_WORDS = 64  # long queries are slow, and what they ask is in their first words
MAX_FOUND = 200
MAX_CHARS = 8_000

_APART = re.compile(r"[\s\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f\ud800-\udfff]+")
_STOP_WORDS = """
a about am an and any are as at be been being but by can could d did do does doing for from had
has have having he her hers him his how i if in into is it its itself ll m me my myself no nor not
of on or our ours out over own re s she should so some such t than that the their theirs them then
there these they this those to too until up ve very was we were what when where which while who
whom why will with would you your yours
"""
STOP = frozenset(_STOP_WORDS.split())


def search(database: Database, text: str, limit: int = MAX_FOUND) -> dict[int, float]:
    """The items that hold a word of the text, with BM25 scores above 0 (more is better).

    Stop words count only where there are no others.
    """
    phrases = _phrases(text)
    if not phrases:
        return {}
    rows = database.rows(
        "SELECT rowid, bm25(item_text) FROM item_text WHERE item_text MATCH ? "
        "ORDER BY rank LIMIT ?",
        (" OR ".join(phrases), limit),
    )
    return {item: max(-score, 1e-9) for item, score in rows}


def _phrases(text: str) -> list[str]:
    words = {word.lower(): word for word in _APART.split(text[:MAX_CHARS]) if word}
    telling = [word for lower, word in words.items() if lower not in STOP]
    return [f'"{word}"' for word in (telling or list(words.values()))[:MAX_WORDS]]
