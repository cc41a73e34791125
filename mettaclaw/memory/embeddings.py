"""The vectors of items: made, kept, caught up with, and made anew for another model.

The text of an item is embedded with its speaker's name before it. An item is kept at once; its
vector is a cache, made with it where the model is loaded, else at the next query for a short while,
and then in the background. Where the settings name another model, the one that all items have
vectors of serves until all have the new one's; a kill in between loses a few seconds of work.

Invariant: a query goes by the vectors of one model. Not covered: what is nearest
(``mettaclaw.memory.vectors``).
"""

from __future__ import annotations

import contextlib
import threading
import time as clock
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mettaclaw.errors import CallError, MettaClawError, StorageError
from mettaclaw.memory import embed
from mettaclaw.memory.embed import Embedder
from mettaclaw.memory.retrieval.plan import Filter, Plan
from mettaclaw.memory.retrieval.pool import Meaning, NoMeaning
from mettaclaw.memory.vectors import VectorIndex, graphfiles
from mettaclaw.memory.vectors.index import EXACT
from mettaclaw.storage import Database

if TYPE_CHECKING:
    from mettaclaw.memory.vectors.rows import Vectors

ALIKE = 0.95  # cosine; texts that are more alike say nearly the same
CATCH_UP_S = 2.0
PATIENCE_S = 20.0

_LINKS = 5  # near duplicates that are looked for
_TELLING = 4  # words; shorter texts are alike without saying the same
_BATCH = 32
_LOADING = "the embedding model was not there within {:g} s; ask again when less goes on"


class Embeddings:
    """The vectors of the items in a database. Any thread may use it.

    Args:
        database: The one database.
        embedder: The model to use.
        patience_s: How long a query waits for the model to load.
        cache: The folder for the files of large indexes; None for none.
        exact_up_to: Up to how many items of a scope the search is exact.

    Attributes:
        patience_s: As above.
    """

    def __init__(
        self,
        database: Database,
        embedder: Embedder,
        patience_s: float = PATIENCE_S,
        cache: Path | None = None,
        exact_up_to: int = EXACT,
    ) -> None:
        self._database = database
        self.embedder = embedder
        self.patience_s = patience_s
        self._cache = cache
        self._exact_up_to = exact_up_to
        self._interrupted = threading.Event()
        self._closing = threading.Event()
        self._starting = threading.Lock()
        self._worker: threading.Thread | None = None
        self._indexes: dict[str, VectorIndex] = {}
        self._whole_to = 0  # no item up to this id lacks a vector
        self._whole_at = -1  # the count of changes at which no item lacked one
        self._trouble: str | None = None  # why the last work in the background ended early

    # --- asking ---

    def ask(self, plan: Plan) -> tuple[Meaning, str | None]:
        """A query's vector before the items of its scope, and what is lacking in that, if anything.

        Raises:
            CallError: ``interrupt`` was called while the model was loading.
        """
        if not self.embedder.wanted:
            return NoMeaning(), None
        lacking = self.embedder.available()
        if lacking is None and not self._wait(self.patience_s):
            lacking = self.embedder.available() or _LOADING.format(self.patience_s)
        if lacking is not None:
            return NoMeaning(), f"found by words only: {lacking}"
        try:
            serving, note = self._serving()
            vector = serving.encode([plan.bare])[0]
            index = self.index(serving)
            return index.ask(vector, plan.filter), note or index.building or index.lacking()
        except MettaClawError as error:
            return NoMeaning(), f"found by words only: {error}"

    def quick(self, plan: Plan) -> tuple[Meaning, str | None]:
        """As ``ask``, and without a wait for anything: nothing where the model is not loaded."""
        if not self.embedder.loaded:
            return NoMeaning(), None
        vector = self.embedder.encode([plan.bare])[0]
        return self.index(self.embedder).ask(vector, plan.filter), None

    def index(self, embedder: Embedder) -> VectorIndex:
        """The index of a model's vectors."""
        with self._starting:
            if embedder.name not in self._indexes:
                self._indexes[embedder.name] = VectorIndex(
                    self._database, embedder.name, embedder.size, self._cache, self._exact_up_to
                )
            return self._indexes[embedder.name]

    # --- keeping ---

    def vector(self, text: str, speaker: str | None) -> Vectors | None:
        """The vector of a text where the model is loaded, else None; a later query catches up."""
        if not self.embedder.loaded:
            return None
        return self.embedder.encode([spoken(text, speaker)])[0]

    def alike(self, text: str, vector: Vectors, scope: str) -> dict[int, float]:
        """The items of a scope that say nearly the same as a text, with their cosines."""
        if len(text.split()) < _TELLING:
            return {}
        nearest = self.index(self.embedder).ask(vector, Filter(scope)).nearest(_LINKS)
        return {number: cosine for number, cosine in nearest.items() if cosine >= ALIKE}

    def store(self, number: int, vector: Vectors, alike: dict[int, float]) -> None:
        """Keep an item's vector and its links, in the open transaction."""
        self._write([(number, vector)])
        self._link(number, alike)

    # --- catching up ---

    def catch_up(self, limit_s: float | None = None, told: Callable[[int], object] = id) -> int:
        """Give vectors to the items that have none, for at most so long; how many are left.

        Args:
            limit_s: None until all have one, or ``close`` is called.
            told: Is called with how many are left, after each batch.

        Raises:
            MettaClawError: The model cannot be loaded.
        """
        change = self._change()
        if self._whole_at == change:
            return 0
        started = clock.monotonic()
        while batch := self._lacking(_BATCH):
            vectors = self.embedder.encode([spoken(text, who) for _, text, who, _ in batch])
            alike = [
                self.alike(text, vector, scope)
                for (_, text, _, scope), vector in zip(batch, vectors, strict=True)
            ]
            for i, j, cosine in _among(batch, vectors):  # the index has none of these yet
                alike[i].setdefault(batch[j][0], cosine)
            with self._database.transaction("memory", "vectors"):
                self._write([(row[0], vectors[i]) for i, row in enumerate(batch)])
                for row, twins in zip(batch, alike, strict=True):
                    self._link(row[0], twins)
            left = self.left()
            told(left)
            late = limit_s is not None and clock.monotonic() - started > limit_s
            if left and (late or self._closing.is_set()):
                return left
        if self._database.current is None:
            self._whole_at, self._whole_to = self._change(), self._last()
            self._complete()
        return 0

    def prepare(self, told: Callable[[float], object] = id) -> None:
        """Wait until the index of all items is whole, where so many are that they have one.

        ``told`` is called with how much of it is, from 0 to 1.
        """
        self.index(self.embedder).prepare(None, told)

    def left(self) -> int:
        """How many items have no vector of the model."""
        row = self._database.row(
            f"SELECT count(*) FROM item i WHERE {_LACKING}", (self._whole_to, self.embedder.name)
        )
        return int(row[0]) if row else 0

    def warm(self) -> None:
        """Start to load the model in the background, so that no query waits for it."""
        self.embedder.warm()

    def interrupt(self) -> None:
        """Let a query that waits for the model in another thread give up."""
        self._interrupted.set()

    def close(self) -> None:
        """End the work in the background."""
        self._closing.set()
        if self._worker is not None:
            self._worker.join()
        for index in list(self._indexes.values()):
            index.close()
        with contextlib.suppress(StorageError):  # a full disk: whoever closes it next tries again
            self.blank()

    def blank(self) -> None:
        """Overwrite the vectors of items that are gone in the files of indexes.

        Raises:
            StorageError: The database cannot be written.
        """
        if self._cache is not None and self._cache.is_dir() and not self._database.read_only:
            graphfiles.blank(self._cache, self._database)

    # --- inside ---

    def _wait(self, patience_s: float) -> bool:
        """Wait until the model is loaded, in slices, so that ``interrupt`` is heard."""
        self._interrupted.clear()
        deadline = clock.monotonic() + patience_s
        while not self.embedder.ready(min(0.1, patience_s)):
            if self._interrupted.is_set():
                raise CallError("the search was stopped while the embedding model was loading")
            if self.embedder.available() is not None or clock.monotonic() >= deadline:
                return False
        return True

    def _serving(self) -> tuple[Embedder, str | None]:
        """The model whose vectors a query goes by, and what is to be said of that."""
        if self._database.read_only:
            return self.embedder, None
        old = self._former()
        try:
            left = self.catch_up(CATCH_UP_S if old is None else 0.0)
            trouble = self._trouble
        except StorageError as error:  # the disk is full, or another process writes for long
            left, trouble = self.left(), str(error)
        if not left:
            return self.embedder, None
        self._work()
        because = "" if trouble is None else f" ({trouble})"
        if old is None:
            return self.embedder, f"{left:,} items are found by words only for now{because}"
        if old.available() is None and old.ready():
            return old, f"{left:,} items are yet to be embedded by {self.embedder.name}{because}"
        said = f"{left:,} items are found by words only until they are embedded{because}"
        return self.embedder, said

    def _former(self) -> Embedder | None:
        """The model that items have vectors of, while not all have one of the present model."""
        if self._whole_at >= 0:
            return None
        row = self._database.row(
            "SELECT folder FROM embedder WHERE complete = 1 AND name != ?", (self.embedder.name,)
        )
        return None if row is None else embed.at(str(row[0]))

    def _work(self) -> None:
        """Catch up in the background."""
        with self._starting:
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(
                    target=self._catch_up_quietly, name="mettaclaw-vectors", daemon=True
                )
                self._worker.start()

    def _catch_up_quietly(self) -> None:
        try:
            self.catch_up()
            self._trouble = None
        except MettaClawError as error:  # the next query tells it, and has it tried again
            self._trouble = str(error)

    def _complete(self) -> None:
        """All items have a vector of this model: those of others are not needed any more."""
        name, folder, size = self.embedder.name, self.embedder.folder, self.embedder.size
        known = self._database.rows("SELECT name, complete FROM embedder")
        if known == [(name, 1)] or self._database.read_only:
            return
        with self._database.transaction("memory", "vectors"):
            self._database.write("DELETE FROM embedder")
            self._database.write(
                "INSERT INTO embedder (name, folder, size, complete) VALUES (?, ?, ?, 1)",
                (name, folder, size),
            )
            self._database.write("DELETE FROM embedding WHERE model != ?", (name,))

    def _write(self, vectors: Sequence[tuple[int, Any]]) -> None:
        self._database.write_many(
            "INSERT OR REPLACE INTO embedding (item, model, data) "
            "SELECT id, ?, ? FROM item WHERE id = ?",
            [(self.embedder.name, v.astype("<f4").tobytes(), number) for number, v in vectors],
        )

    def _link(self, number: int, alike: dict[int, float]) -> None:
        self._database.write_many(
            "INSERT OR IGNORE INTO item_near (item, near, cosine) VALUES (?, ?, ?)",
            [
                (min(number, twin), max(number, twin), cosine)
                for twin, cosine in alike.items()
                if twin != number
            ],
        )

    def _lacking(self, most: int) -> list[tuple[int, str, str | None, str]]:
        rows = self._database.rows(
            "SELECT i.id, CASE i.text WHEN '' THEN i.said ELSE i.text END, i.speaker, i.scope "
            f"FROM item i WHERE {_LACKING} ORDER BY i.id DESC LIMIT ?",
            (self._whole_to, self.embedder.name, most),
        )
        return [(number, text, speaker, scope) for number, text, speaker, scope in rows]

    def _last(self) -> int:
        row = self._database.row("SELECT max(id) FROM item")
        return int(row[0] or 0) if row else 0

    def _change(self) -> int:
        row = self._database.row("SELECT number FROM item_change")
        return int(row[0]) if row else 0


_LACKING = "i.id > ? AND NOT EXISTS (SELECT 1 FROM embedding e WHERE e.item = i.id AND e.model = ?)"


def _among(
    batch: Sequence[tuple[int, str, str | None, str]], vectors: Any
) -> Iterator[tuple[int, int, float]]:
    """The places of those of a batch that say nearly the same, with their cosines."""
    cosines: list[list[float]] = (vectors @ vectors.T).tolist()
    telling = [i for i, row in enumerate(batch) if len(row[1].split()) >= _TELLING]
    for place, i in enumerate(telling):
        near = ((cosines[i][j], j) for j in telling[:place] if batch[j][3] == batch[i][3])
        for cosine, j in sorted((pair for pair in near if pair[0] >= ALIKE), reverse=True)[:_LINKS]:
            yield i, j, cosine


def spoken(text: str, speaker: str | None) -> str:
    """A text as it is embedded: after the name of whoever said it."""
    return text if speaker is None else f"{speaker}: {text}"
