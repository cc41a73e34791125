"""The way of a query: plan, candidates, features, order, and the items that were found.

Invariant: nothing is written, but vectors that were missing (``embeddings``). Not covered: what
each step does (``mettaclaw.memory.retrieval``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.truth import Truth
from mettaclaw.errors import UsageError
from mettaclaw.memory import items
from mettaclaw.memory.arguments import wrong
from mettaclaw.memory.embeddings import Embeddings
from mettaclaw.memory.items import Hit
from mettaclaw.memory.retrieval import Filter, Plan, Ranked, Weights, rank
from mettaclaw.memory.retrieval.features import Row, features
from mettaclaw.memory.retrieval.graph import sharing
from mettaclaw.memory.retrieval.plan import has_expired
from mettaclaw.memory.retrieval.pool import NoMeaning, gather
from mettaclaw.memory.text import storable
from mettaclaw.memory.words import WordIndex
from mettaclaw.storage import Database

MAX_HITS = 100


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of a search, best first, what was lacking in it, if anything, and whether words
    alone decided.
    """

    hits: list[Hit]
    note: str | None = None
    plan: Plan | None = None
    is_by_words: bool = False


@dataclass(frozen=True, slots=True)
class Considered:
    """What a query looks at: features by the ids of the candidates."""

    plan: Plan
    rows: Mapping[int, Row]
    cosines: Mapping[int, float]
    is_by_words: bool
    note: str | None


class Search:
    """Queries over the items in a database. Any thread may use it.

    Args:
        database: The one database.
        embeddings: The vectors of its items.
        weights: What each part of a score counts.
        truth: How far an atom is believed.
    """

    def __init__(
        self,
        database: Database,
        embeddings: Embeddings,
        weights: Weights,
        truth: Callable[[Atom], Truth | None],
    ) -> None:
        self.weights = weights
        self._database = database
        self._embeddings = embeddings
        self._truth = truth
        self._words = WordIndex(database)

    def find(self, text: str, k: int, within: Filter, *, patient: bool = True) -> Found:
        """The best k items.

        Raises:
            UsageError: The text is empty, or k is not between 1 and 100.
        """
        if not 1 <= k <= MAX_HITS:
            raise UsageError(f"k is {k}; a query gives between 1 and {MAX_HITS} hits")
        found = self.consider(text, within, patient=patient)
        if found is None:
            return Found([])
        weights = self.weights.words if found.is_by_words else self.weights.meaning
        hits = self._hits(rank(found.rows, weights, k), found.cosines)
        return Found(hits, found.note, found.plan, found.is_by_words)

    def consider(self, text: str, within: Filter, *, patient: bool = True) -> Considered | None:
        """The candidates of a query with their features, unranked; None in an empty memory.

        Raises:
            UsageError: The text is empty.
        """
        if not isinstance(cast("object", text), str):
            raise wrong("text", text, "what to look for, as a text")
        if not text.strip():
            raise UsageError("the query is empty; say what to look for")
        text = storable(text)  # no tokenizer takes half of a surrogate pair
        if not self._database.rows("SELECT 1 FROM item LIMIT 1"):
            return None  # there is nothing that a model would have to be loaded for
        plan = Plan.of(self._database, text, within)
        meaning, note = self._embeddings.ask(plan) if patient else self._embeddings.quick(plan)
        is_all = within.is_scope_only and not has_expired(self._database, within)
        where, values = ("", ()) if is_all else within.where()
        matches = self._words.search(plan.words, within.scope, where, values)
        by_words = isinstance(meaning, NoMeaning)
        weights = self.weights.words if by_words else self.weights.meaning
        follows = (
            weights.get("shared", 0.0) != 0
        )  # else what shares names alone would only be noise
        shared = sharing(self._database, plan, matches) if follows else {}
        pool = gather(self._database, plan, meaning, matches, shared)
        rows = features(plan, pool)
        return Considered(plan, rows, pool.cosines, by_words, note)

    def _hits(self, ranked: Sequence[Ranked], cosines: Mapping[int, float]) -> list[Hit]:
        ids = [each.id for each in ranked]
        found, near = items.by_id(self._database, ids), items.near(self._database, ids)
        return [
            Hit(
                found[each.id],
                each.score,
                each.parts,
                tuple((atom, self._truth(atom)) for atom in found[each.id].atoms),
                near.get(each.id, ()),
                cosines.get(each.id),
            )
            for each in ranked
            if each.id in found
        ]
