"""Long-term memory: items, found again by their words and by their meaning.

An item is a text, an atom, or both under one id; the words stay as they were given. SQLite holds
the truth. A hit's score is the cosine of the embeddings plus 0.3 of its BM25 score relative to the
best one; without an embedding model the words alone decide, and the result says so.

Invariant: every write is one transaction; an item's vector is a cache, made when the model is
there and caught up with at the next query. Not covered: ranking by time, scope or use.
"""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mettaclaw.atoms.syntax import Atom, check, is_ground, read
from mettaclaw.atoms.unify import alpha_equal
from mettaclaw.config import without_key
from mettaclaw.errors import CallError, LimitError, MettaClawError, UsageError
from mettaclaw.memory import embed, words
from mettaclaw.memory.embed import Embedder
from mettaclaw.memory.index import VectorIndex
from mettaclaw.memory.text import require_storable, storable
from mettaclaw.storage import Database

MAX_CHARS = 200_000
MAX_HITS = 100
WORDS_WEIGHT = 0.3
NEAR = 0.2  # what is less like the query than this, and shares no word with it, is no hit
CATCH_UP_S = 2.0
PATIENCE_S = 20.0
_LOADING = "the embedding model was not there within {:g} s; ask again when less goes on"

_COLUMNS = "id, text, atom, source, time"
_START = 40  # characters; see the index item_start


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of long-term memory. ``time`` is in seconds, UTC."""

    id: int
    text: str
    atom: Atom | None
    source: str
    time: float


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that was found, and why: ``score`` is the sum of ``parts``.

    ``parts["meaning"]`` is the cosine, absent if the item was not compared by meaning;
    ``parts["words"]`` is above 0 if it shares words with the query.
    """

    item: Item
    score: float
    parts: dict[str, float]


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of a search, best first, and what was lacking in it, if anything."""

    hits: list[Hit]
    note: str | None = None


class Memory:
    """The items in a database. Any thread may use it.

    Args:
        database: The one database.
        embedder: What turns texts into vectors; None for the one of this process.
        patience_s: How long a query waits for the embedding model to load. Past that, words alone
            decide.
    """

    def __init__(
        self, database: Database, embedder: Embedder | None = None, patience_s: float = PATIENCE_S
    ) -> None:
        self._database = database
        self._embedder = embedder or embed.SHARED
        self._patience_s = patience_s
        self._interrupted = threading.Event()
        self._index = VectorIndex(database, embed.NAME)
        self._complete = -1  # the count of changes at which no item lacked a vector

    # --- writing ---

    def remember(
        self,
        text: str,
        atom: Atom | str | None = None,
        source: str = "user",
        time: float | None = None,
    ) -> Item:
        """Keep a text; an item that says exactly the same is returned as it is.

        Args:
            text: The words; they are kept as they are, with ``***`` for the endpoint's key.
            atom: What they say, as an atom. The same words with another atom are another item.
            source: Who said it.
            time: When, in seconds, UTC; None for now.

        Raises:
            UsageError: The text is empty, or no database can hold it.
            LimitError: The text or the atom is too large.
        """
        _check_text(text)
        text = without_key(text)
        meant = read(atom) if isinstance(atom, str) else atom
        shown = None if meant is None else str(check(meant))
        vector = self._vector(text)
        with self._database.transaction(source, "remember") as transaction:
            same = self._same(text, shown)
            if same is not None:
                return same
            when = clock.time() if time is None else time
            number = self._database.write(
                "INSERT INTO item (text, atom, source, time, txn) VALUES (?, ?, ?, ?, ?)",
                (text, shown, source, when, transaction.id),
            )
            if vector is not None:
                self._store([(number, vector)])
        return Item(number, text, meant, source, when)

    def forget(
        self, id: int | None = None, text: str | None = None, atom: Atom | str | None = None
    ) -> list[Item]:
        """Remove items: the one of this id, all of exactly this text, or all with this atom.

        Returns what was removed. Atoms are compared up to the names of their variables.

        Raises:
            UsageError: Not exactly one of the three was given.
        """
        if [id, text, atom].count(None) != 2:
            raise UsageError("forget takes one of id=, text= and atom=")
        with self._database.transaction("memory", "forget"):
            if id is not None:
                items = self._items("id = ?", id)
            elif text is not None:
                items = self._items("substr(text, 1, 40) = ? AND text = ?", text[:_START], text)
            else:
                items = self._with_atom(read(atom) if isinstance(atom, str) else atom)
            self._database.write_many("DELETE FROM item WHERE id = ?", [(i.id,) for i in items])
        return items

    def embed_missing(self, limit_s: float | None = None) -> int:
        """Give vectors to the items that have none, for at most so long; how many are left.

        Raises:
            MissingPartError: The neural tier is not installed.
        """
        change = self._change()
        if self._complete == change:
            return 0
        started = clock.monotonic()
        lacking = self._lacking()
        done: list[tuple[int, Any]] = []
        while len(done) < len(lacking):
            part = lacking[len(done) : len(done) + 16]
            vectors = self._embedder.encode([text for _, text in part])
            done += [(number, vectors[i]) for i, (number, _) in enumerate(part)]
            if limit_s is not None and clock.monotonic() - started > limit_s:
                break
        if done:
            with self._database.transaction("memory", "vectors"):
                self._store(done)
        elif self._database.current is None:
            self._complete = change
        return len(lacking) - len(done)

    # --- reading ---

    def query(self, text: str, k: int = 10) -> list[Hit]:
        """The k items that fit a text best, best first; fewer if fewer fit.

        The first query of a process loads the embedding model, which takes some seconds, and waits
        for it; ``warm`` as soon as a query may come, to have it by then.

        Raises:
            UsageError: The text is empty, or k is not between 1 and 100.
        """
        return self.search(text, k).hits

    def search(self, text: str, k: int = 10) -> Found:
        """As ``query``, and says what was lacking where items were not compared by meaning."""
        if not text.strip():
            raise UsageError("the query is empty; say what to look for")
        text = storable(text)  # no tokenizer takes half of a surrogate pair
        if not 1 <= k <= MAX_HITS:
            raise UsageError(f"k is {k}; a query gives between 1 and {MAX_HITS} hits")
        if not self.count():
            return Found([])
        by_words = words.search(self._database, text)
        cosines, note = self._by_meaning(text, k, by_words)
        best = max(by_words.values(), default=1.0)
        parts: dict[int, dict[str, float]] = {}
        for number in by_words.keys() | cosines.keys():
            if number in by_words or cosines[number] >= NEAR:
                found = parts[number] = {}
                if number in cosines:
                    found["meaning"] = cosines[number]
                if number in by_words:
                    found["words"] = WORDS_WEIGHT * by_words[number] / best
        scores = {number: sum(found.values()) for number, found in parts.items()}
        ranked = sorted(scores, key=lambda number: (-scores[number], -number))[:k]
        items = self._by_id(ranked)
        hits = [Hit(items[n], scores[n], parts[n]) for n in ranked if n in items]
        return Found(hits, note)

    def get(self, id: int) -> Item | None:
        """The item of this id, or None."""
        return next(iter(self._items("id = ?", id)), None)

    def latest(self, limit: int = 20) -> list[Item]:
        """The items that were kept last, newest first."""
        if not 0 <= limit < 2**63:
            raise UsageError("limit is how many items are wanted: a whole number from 0 on")
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM item ORDER BY id DESC LIMIT ?", (limit,)
        )
        return [_item(row) for row in rows]

    def count(self) -> int:
        """How many items there are."""
        row = self._database.row("SELECT count(*) FROM item")
        return int(row[0]) if row else 0

    # --- the embedding model ---

    def lacking(self) -> str | None:
        """Why items cannot be compared by meaning, and what to type; None if they can."""
        return self._embedder.available()

    def warm(self) -> None:
        """Start to load the embedding model in the background, so that no query waits for it."""
        self._embedder.warm()

    def interrupt(self) -> None:
        """Let a query that waits for the embedding model in another thread give up."""
        self._interrupted.set()

    # --- inside ---

    def _by_meaning(
        self, text: str, k: int, by_words: dict[int, float]
    ) -> tuple[dict[int, float], str | None]:
        if not self.count():
            return {}, None  # there is nothing that a model would have to be loaded for
        embedder = self._embedder
        if not embedder.wanted:
            return {}, None
        lacking = embedder.available()
        if lacking is None and not self._wait(self._patience_s):
            lacking = embedder.available() or _LOADING.format(self._patience_s)
        if lacking is not None:
            return {}, f"found by words only: {lacking}"
        try:
            left = 0 if self._database.read_only else self.embed_missing(CATCH_UP_S)
            cosines = self._index.nearest(embedder.encode([text])[0], k, also=by_words)
        except MettaClawError as error:
            return {}, f"found by words only: {error}"
        return cosines, f"{left:,} items are found by words only for now" if left else None

    def _wait(self, patience_s: float) -> bool:
        """Wait until the model is loaded, in slices, so that ``interrupt`` is heard."""
        self._interrupted.clear()
        deadline = clock.monotonic() + patience_s
        while not self._embedder.ready(min(0.1, patience_s)):
            if self._interrupted.is_set():
                raise CallError("the search was stopped while the embedding model was loading")
            if self._embedder.available() is not None or clock.monotonic() >= deadline:
                return False
        return True

    def _vector(self, text: str) -> Any:
        """The text's vector if the model is loaded; else a later query catches up."""
        return self._embedder.encode([text])[0] if self._embedder.loaded else None

    def _store(self, vectors: Sequence[tuple[int, Any]]) -> None:
        self._database.write_many(
            "INSERT OR REPLACE INTO vector (item, model, data) SELECT id, ?, ? FROM item "
            "WHERE id = ?",
            [(embed.NAME, v.astype("<f4").tobytes(), number) for number, v in vectors],
        )

    def _lacking(self) -> list[tuple[int, str]]:
        rows = self._database.rows(
            "SELECT id, text FROM item WHERE id NOT IN (SELECT item FROM vector WHERE model = ?) "
            "ORDER BY id DESC",
            (embed.NAME,),
        )
        return [(number, text) for number, text in rows]

    def _change(self) -> int:
        row = self._database.row("SELECT number FROM item_change")
        return int(row[0]) if row else 0

    def _same(self, text: str, atom: str | None) -> Item | None:
        """The item that says the same already; one without an atom is given it."""
        items = self._items("substr(text, 1, 40) = ? AND text = ?", text[:_START], text)
        if atom is None:
            return items[0] if items else None
        meant = read(atom)
        for item in items:
            if item.atom is not None and alpha_equal(item.atom, meant):
                return item
        for item in items:
            if item.atom is None:
                self._database.write("UPDATE item SET atom = ? WHERE id = ?", (atom, item.id))
                return Item(item.id, item.text, meant, item.source, item.time)
        return None

    def _with_atom(self, atom: Atom | None) -> list[Item]:
        if atom is None:
            return []
        if is_ground(atom):
            return self._items("atom = ?", str(atom))
        candidates = self._items("atom LIKE '%$%'")
        return [i for i in candidates if i.atom is not None and alpha_equal(i.atom, atom)]

    def _items(self, where: str, *values: str | int) -> list[Item]:
        sql = f"SELECT {_COLUMNS} FROM item WHERE {where} ORDER BY id"
        return [_item(row) for row in self._database.rows(sql, values)]

    def _by_id(self, ids: Sequence[int]) -> dict[int, Item]:
        marks = ", ".join("?" * len(ids))
        return {item.id: item for item in self._items(f"id IN ({marks})", *ids)}


def _item(row: tuple[Any, ...]) -> Item:
    number, text, atom, source, time = row
    return Item(number, text, None if atom is None else _parsed(atom), source, time)


@lru_cache(maxsize=4_096)
def _parsed(atom: str) -> Atom:
    return read(atom)


def _check_text(text: str) -> None:
    if not text.strip():
        raise UsageError("there is nothing to remember: the text is empty")
    if len(text) > MAX_CHARS:
        raise LimitError(
            "text",
            f"a text of {len(text):,} characters, and an item holds {MAX_CHARS:,} (limit text); "
            "split it, or keep it in a file",
        )
    require_storable(text, "the text")
