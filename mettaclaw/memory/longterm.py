"""Long-term memory: items, found again by their words, their meaning, and what stands around them.

::

    with Memory.open("notes.db") as memory:
        memory.remember("Garfield hates Mondays.", "(--> garfield ([] grumpy))", speaker="Jon")
        memory.query("what does the cat dislike?")[0].item.text

An item is a text, the atoms that say the same, or both under one id; the words stay as they were
given, and nothing is rewritten. SQLite holds the truth. How a hit's score is made is in
``mettaclaw.memory.retrieval``; without an embedding model the words alone decide, and the result
says so.

Invariant: every write is one transaction. Not covered: usefulness, quarantine and expiry
(``standing``), support (``votes``), what forgetting reaches beside items (``erasure``).
"""

from __future__ import annotations

import time as clock
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.truth import Truth
from mettaclaw.atomspace import Atomspace
from mettaclaw.config import Home
from mettaclaw.errors import LimitError, UsageError
from mettaclaw.memory import arguments, drafts, embed, erasure, items, standing, votes
from mettaclaw.memory.arguments import Moment
from mettaclaw.memory.drafts import Atoms
from mettaclaw.memory.embed import Embedder
from mettaclaw.memory.embeddings import PATIENCE_S, Embeddings
from mettaclaw.memory.erasure import Erased
from mettaclaw.memory.items import Draft, Hit, Item, Kept
from mettaclaw.memory.retrieval import Filter, Weights
from mettaclaw.memory.search import MAX_HITS, Considered, Found, Search
from mettaclaw.memory.selection import What
from mettaclaw.memory.vectors.index import EXACT
from mettaclaw.storage import Database

_IDS = range(2**63)  # numbers that items may have
_AT_ONCE = 500  # items of one transaction, where many are given


class Memory:
    """The items in a database. Any thread may use it.

    Args:
        database: The one database.
        embedder: What turns texts into vectors; None for the one of this process.
        patience_s: How long a query waits for the embedding model to load. Past that, words alone
            decide.
        kb: The atomspace in the same database, which knows how true an item's atoms are; without
            it they come without truth.
        weights: What each part of a score counts; None for what ships.
        cache: The folder for the files of large indexes; None keeps them in memory.
        exact_up_to: Up to how many items of a scope vectors are compared one by one.
    """

    def __init__(
        self,
        database: Database,
        embedder: Embedder | None = None,
        patience_s: float = PATIENCE_S,
        *,
        kb: Atomspace | None = None,
        weights: Weights | None = None,
        cache: Path | None = None,
        exact_up_to: int = EXACT,
    ) -> None:
        self.database = database
        self.kb = kb
        self.embeddings = Embeddings(
            database, embedder or embed.SHARED, patience_s, cache, exact_up_to
        )
        self._search = Search(database, self.embeddings, weights or Weights.read(), self.truth)
        self._owns_kb = False

    @classmethod
    def open(cls, path: str | Path, embedder: Embedder | None = None) -> Memory:
        """Open the memory in a database file, which is made if it does not exist.

        Args:
            path: The file; ``":memory:"`` is a temporary one. Indexes of large memories are kept
                beside it.
            embedder: What turns texts into vectors; None for the model that ships.

        Raises:
            StorageError: It cannot be opened; the message says why and what to do.
        """
        kb = Atomspace.open(path)
        cache = None if str(path) == ":memory:" else Path(f"{kb.database.path}.cache")
        memory = cls(kb.database, embedder, kb=kb, cache=cache)
        memory._owns_kb = True
        return memory

    @classmethod
    def of(cls, home: Home, kb: Atomspace, embedder: Embedder | None = None) -> Memory:
        """The memory of a home, with the settings that are made there.

        With ``embedder`` given, that one is used, and not the one that the settings name.

        Raises:
            ConfigError: The file of weights that they name cannot be used.
        """
        file = home.settings.memory_weights
        return cls(
            kb.database,
            embedder or embed.of(home.settings, home.path),
            kb=kb,
            weights=Weights.read(home.path / Path(file).expanduser()) if file else None,
            cache=home.path / "cache",
        )

    def close(self) -> None:
        """End what goes on in the background; the database too, where ``open`` opened it."""
        self.embeddings.close()
        if self._owns_kb and self.kb is not None:
            self.kb.close()

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- writing ---

    def remember(
        self,
        text: str | None = None,
        atom: Atoms | None = None,
        scope: str = "",
        speaker: str | None = None,
        time: Moment | None = None,
        context: str | None = None,
        *,
        source: str = "user",
        thread: str | None = None,
        kind: str = "note",
        expires: Moment | None = None,
    ) -> Item:
        """Keep a text, atoms that say it, or both; what was said before is counted.

        Args:
            text: The words; they are kept as they are, but for what is redacted.
            atom: What they say: one atom or several, each an atom or its MeTTa text.
            scope: The part of memory that it belongs to.
            speaker: Who says it, where that is somebody in a conversation.
            time: When it was said: a ``datetime`` (UTC, where it names no zone), a ``date``,
                seconds since 1970, or a text such as ``2026-11-17`` or ``2h``; None for now.
            context: Words from around it, by which it is found too; None takes those of its
                neighbours in its thread.
            source: Where it comes from: ``user``, a model, a file.
            thread: The conversation or document that it is a part of, in the order of telling.
            kind: See ``Item``.
            expires: When it is no longer found, as ``time``.

        Raises:
            UsageError: There is nothing to keep, or no database can hold it.
            LimitError: The text or an atom is too large.
        """
        draft = drafts.draft(
            text=text,
            atom=atom,
            scope=scope,
            speaker=speaker,
            time=time,
            context=context,
            source=source,
            thread=thread,
            kind=kind,
            expires=expires,
        )
        clean = self.database.redactor.clean
        words = clean(draft.text if draft.text is not None else items.said(draft.atoms))
        vector = self.embeddings.vector(words, draft.speaker)
        alike = {} if vector is None else self.embeddings.alike(words, vector, draft.scope)
        with self.database.transaction(source, "remember") as transaction:
            kept = items.keep(self.database, draft, transaction.id)
            if kept.is_new and vector is not None:
                self.embeddings.store(kept.item.id, vector, alike)
            if kept.item.is_quarantined and source == "user":
                standing.release(self.database, kept.item.id)  # the person says so too
                return standing.required(self.database, kept.item.id)
        return kept.item

    def remember_many(self, many: Iterable[str | Mapping[str, Any] | Draft]) -> list[Kept]:
        """Keep many items: texts, or mappings of what ``remember`` takes, in order.

        They are written 500 at a time, each time in one transaction. Vectors are made later: at a
        query, in the background, or by ``embed_missing``.

        Raises:
            UsageError, LimitError: An item cannot be kept; the message says which. Those of the
                transactions before it are kept.
        """
        every = cast("object", many)
        if isinstance(every, str | bytes | dict) or not isinstance(every, Iterable):
            takes = "a list of texts or mappings; for one there is remember"
            raise arguments.wrong("many", cast("object", every), takes)
        kept: list[Kept] = []
        batch: list[Draft] = []
        for number, each in enumerate(many, start=1):
            try:
                batch.append(drafts.given(each))
            except (UsageError, LimitError) as error:
                if batch:
                    kept += self._keep(batch)
                raise UsageError(
                    f"item {number:,} cannot be kept: {error}. Those before it are ({len(kept):,})"
                ) from error
            if len(batch) == _AT_ONCE:
                kept += self._keep(batch)
                batch = []
        return kept + self._keep(batch)

    def link(
        self, text: str, atoms: Iterable[Atom], source: str, time: float | None = None
    ) -> Item:
        """Let atoms stand for the words that they came from: for the item of exactly these words
        that nobody in particular said, in no scope or thread; it is made, of the kind ``told``,
        where there is none.
        """
        with self.database.transaction(source, "link") as transaction:
            many = list(atoms)
            first, more = many[: items.MOST_ATOMS], many[items.MOST_ATOMS :]
            draft = drafts.draft(text=text, atom=first, source=source, kind="told", time=time)
            draft = items.cleared(self.database, draft)
            same = items.twin(self.database, draft)
            if same is not None:
                return items.attach(self.database, same, (*draft.atoms, *more))
            kept = items.keep(self.database, draft, transaction.id).item
            return items.attach(self.database, kept, more)

    def forget(
        self,
        id: int | None = None,
        text: str | None = None,
        atom: Atom | str | None = None,
        entity: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
    ) -> Erased:
        """Erase items, and all traces of them: in beliefs, indexes, the log and the file's pages.

        It cannot be undone. Atoms are compared up to the names of their variables.

        Args:
            id: The item of this id.
            text: All items of exactly this text.
            atom: All items with this atom, and the belief in it, with what only followed from that.
            entity: A name: all that mentions it.
            since: All that was said from then on (see ``remember``).
            until: All that was said before then.

        Returns:
            What was removed: items, statements, derived beliefs, lines of the log.

        Raises:
            UsageError: None of these was given, or more than one kind.
        """
        if id is not None and (isinstance(id, bool) or not isinstance(cast("object", id), int)):
            raise arguments.wrong("id", id, "an item's number; for its words there is text=")
        given = [value for value in (id, text, atom, entity) if value is not None]
        if len(given) + (since is not None or until is not None) != 1:
            raise UsageError(
                "forget takes one of id=, text=, atom= and entity=, or since= and until="
            )
        what = What(
            () if id is None else (id if id in _IDS else -1,),
            () if text is None else (text,),
            () if atom is None else (atom,),
            entity,
            arguments.moment(since, what="since"),
            arguments.moment(until, end=True, what="until"),
        )
        store = None if self.kb is None else self.kb.store
        done = erasure.erase(self.database, what, store=store)
        self.embeddings.blank()
        return done

    def embed_missing(self, limit_s: float | None = None) -> int:
        """Give vectors to the items that have none, for at most so long; how many are left.

        Raises:
            MissingPartError: The neural tier is not installed.
        """
        return self.embeddings.catch_up(limit_s)

    # --- standing ---

    def promote(self, id: int, episode: int | None = None, *, by_person: bool = True) -> Item:
        """An item was useful: it is found a little sooner for some time. See ``standing``.

        Raises:
            UsageError: There is no such item.
        """
        with self.database.transaction("memory", "promote"):
            return standing.promote(self.database, id, episode, by_person=by_person)

    def demote(self, id: int, episode: int | None = None) -> Item:
        """An item was of no use. See ``promote``."""
        with self.database.transaction("memory", "demote"):
            return standing.demote(self.database, id, episode)

    def support(self, id: int, episode: int = votes.OUTSIDE, *, by_person: bool = True) -> Item:
        """An episode speaks for an item; each counts once, and the later word stands.

        In turns this happens by itself, where people's words bear an item out (``weighing``). With
        two more for it than against it an item leaves quarantine. See ``votes``.

        Args:
            id: The item.
            episode: The id of a message; if not given, it is said outside of any.
            by_person: Whether a person says so; a model's word ends no quarantine.

        Raises:
            UsageError: There is no such item.
        """
        with self.database.transaction("memory", "support"):
            return votes.support(self.database, id, episode, by_model=not by_person)

    def contradict(self, id: int, episode: int = votes.OUTSIDE, *, by_person: bool = True) -> Item:
        """An episode speaks against an item. See ``support``; two more against it than for it put
        it into quarantine, where a rule on trial expires at once.
        """
        with self.database.transaction("memory", "contradict"):
            return votes.contradict(self.database, id, episode, by_model=not by_person)

    # --- reading ---

    def query(
        self,
        text: str,
        k: int = 10,
        scope: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        kinds: Sequence[str] = (),
    ) -> list[Hit]:
        """The k items that fit a text best, best first; fewer if fewer fit.

        The first query of a process loads the embedding model, which takes some seconds, and waits
        for it; ``warm`` as soon as a query may come, to have it by then.

        Args:
            text: What to look for, in plain words.
            k: At most so many, up to 100.
            scope: Only in this part of memory; None for everywhere.
            since: Only what was said at or after this time (see ``remember``).
            until: Only what was said before it.
            kinds: Only items of these kinds; empty for all.

        Raises:
            UsageError: The text is empty, or k is not between 1 and 100.
        """
        return self.search(text, k, scope, since, until, kinds).hits

    def search(
        self,
        text: str,
        k: int = 10,
        scope: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        kinds: Sequence[str] = (),
        *,
        patient: bool = True,
    ) -> Found:
        """As ``query``, and says what was lacking where items were not compared by meaning.

        With ``patient`` false it waits neither for the embedding model nor for missing vectors.
        """
        arguments.whole("k", k, 1, MAX_HITS, f"a whole number from 1 to {MAX_HITS}")
        within = self._filter(scope, since, until, kinds)
        return self._search.find(text, k, within, patient=patient)

    def consider(self, text: str, scope: str | None = None) -> Considered | None:
        """The candidates of a query with their features, unranked; None in an empty memory.

        Raises:
            UsageError: The text is empty.
        """
        return self._search.consider(text, self._filter(scope))

    def get(self, id: int) -> Item | None:
        """The item of this id, or None."""
        if id not in _IDS:
            return None
        return next(iter(items.select(self.database, "i.id = ?", (id,))), None)

    def times(self, id: int) -> list[tuple[float, str]]:
        """When an item was said, in seconds (UTC), and by which source, in the order of telling."""
        return items.times(self.database, id) if id in _IDS else []

    def latest(
        self,
        limit: int = 20,
        scope: str | None = None,
        kind: str | None = None,
        *,
        expired: bool = False,
    ) -> list[Item]:
        """The items that were kept last, newest first: those that can be found, or the expired."""
        if not 0 <= limit < 2**63:
            raise UsageError("limit is how many items are wanted: a whole number from 0 on")
        where = ["i.expires <= ?" if expired else "(i.expires IS NULL OR i.expires > ?)"]
        values: list[str | float] = [clock.time()]
        scope = drafts.place(scope, self.database.redactor.clean)
        for column, value in (("scope", scope), ("kind", kind)):
            if value is not None:
                where.append(f"i.{column} = ?")
                values.append(value)
        tail = "ORDER BY i.id DESC LIMIT ?"
        return items.select(self.database, " AND ".join(where), (*values, limit), tail)

    def truth(self, atom: Atom) -> Truth | None:
        """How far an atom is believed; None where nothing is believed of it."""
        return None if self.kb is None else self.kb.truth(atom)

    def count(self, scope: str | None = None) -> int:
        """How many items there are."""
        scope = drafts.place(scope, self.database.redactor.clean)
        where, values = ("", ()) if scope is None else (" WHERE scope = ?", (scope,))
        row = self.database.row(f"SELECT count(*) FROM item{where}", values)
        return int(row[0]) if row else 0

    # --- the embedding model ---

    def lacking(self) -> str | None:
        """Why items cannot be compared by meaning, and what to type; None if they can."""
        return self.embeddings.embedder.available()

    def warm(self) -> None:
        """Start to load the embedding model in the background, so that no query waits for it."""
        self.embeddings.warm()

    def interrupt(self) -> None:
        """Let a query that waits for the embedding model in another thread give up."""
        self.embeddings.interrupt()

    # --- inside ---

    def _keep(self, batch: Sequence[Draft]) -> list[Kept]:
        if not batch:
            return []
        with self.database.transaction(batch[0].source, "remember") as transaction:
            return [items.keep(self.database, draft, transaction.id) for draft in batch]

    def _filter(
        self,
        scope: str | None,
        since: Moment | None = None,
        until: Moment | None = None,
        kinds: Sequence[str] = (),
    ) -> Filter:
        first, last = arguments.period(since, until)
        within = drafts.place(scope, self.database.redactor.clean)
        return Filter(within, first, last, arguments.kinds(kinds), clock.time())
