"""What is to be forgotten: named by id, text, statement, entity or time, and found in the database.

``What`` names it, and ``found`` looks up the items, atoms, pieces of evidence and tellings of items
that go. An item that is named, or was told only then, takes along what its words and its own source
said of its atoms; what others said, in other words or from another source, stays, and so does the
belief where an item that stays has the same atom.

Invariant: nothing is written. Not covered: how it is erased (``memory.erasure``), and other places
where the words stand (``memory.traces``).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mettaclaw.atoms import clearing
from mettaclaw.atoms.sources import folded, is_model
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, read
from mettaclaw.errors import UsageError
from mettaclaw.memory import items as kept
from mettaclaw.memory.items import Item
from mettaclaw.memory.telling import SENTENCE_END, about, is_name, mentions, telling_words
from mettaclaw.memory.traces import Period
from mettaclaw.storage import Database
from mettaclaw.storage.batches import batches, marks

_UNNAMED = ("user", "api")  # sources that stand for whoever uses the home


@dataclass(frozen=True, slots=True)
class What:
    """What is to be forgotten; all that one of these names.

    Attributes:
        items: The ids of items.
        texts: Of items; all of exactly one of these texts.
        statements: Atoms or their texts, with the items that have one as their atom or text.
        entity: A name: all items and statements that it stands in, and the sources of that name.
        since: Items, what was told and the log from then on (seconds, UTC).
        until: The same up to and without then.
    """

    items: Sequence[int] = ()
    texts: Sequence[str] = ()
    statements: Sequence[Atom | str] = ()
    entity: str | None = None
    since: float | None = None
    until: float | None = None

    @property
    def period(self) -> Period | None:
        """The time that is named; None where none is.

        Raises:
            UsageError: It ends before it begins.
        """
        return period(self.since, self.until)

    def cleared(self, database: Database) -> What:
        """The same without secrets, as what was kept has none.

        Raises:
            UsageError: The entity is no name that can be looked for, or the period is none.
        """
        if self.entity is not None and not is_name(self.entity):
            raise UsageError(
                f"`{self.entity[:60]}` is no name that can be looked for; forget the items and "
                "statements themselves"
            )
        period(self.since, self.until)
        goals = [read(one) if isinstance(one, str) else one for one in self.statements]
        clean = database.redactor.clean
        return What(
            self.items,
            tuple(map(clean, self.texts)),
            clearing.cleared_all(database, goals),
            self.entity,
            self.since,
            self.until,
        )


@dataclass(slots=True)
class Found:
    """What was found of it.

    Attributes:
        items: The items that go, by id.
        atoms: The ids of atoms that go.
        pieces: The ids of evidence of others that goes.
        unquoted: The ids of evidence that stays, without the words that it quotes.
        again: Items of which only some tellings go, with those that stay: (time, source, txn).
        words: Sentences in which statements that go were told.
        believed: The texts of atoms of items that go, which others say too.
    """

    items: dict[int, Item] = field(default_factory=dict[int, Item])
    atoms: set[int] = field(default_factory=set[int])
    pieces: set[int] = field(default_factory=set[int])
    unquoted: set[int] = field(default_factory=set[int])
    again: dict[int, list[tuple[float, str, int]]] = field(
        default_factory=dict[int, list[tuple[float, str, int]]]
    )
    words: list[str] = field(default_factory=list[str])
    believed: set[str] = field(default_factory=set[str])


def period(since: float | None, until: float | None) -> Period | None:
    """The period between two times, either of which may be open; None where both are."""
    if since is None and until is None:
        return None
    first, last = -math.inf if since is None else since, math.inf if until is None else until
    if not first < last:
        raise UsageError("the period ends before it begins; give the earlier time first")
    return Period(first, last)


def found(database: Database, what: What, beliefs: AtomStore) -> Found:
    """Look up what goes.

    Args:
        database: The one database.
        what: What is named, as ``cleared``.
        beliefs: The beliefs in it.
    """
    goals = [one for one in what.statements if not isinstance(one, str)]
    gone = Found({item.id: item for item in _named(database, what)})
    gone.atoms |= {row[0] for goal in goals if (row := beliefs.row(goal)) is not None}
    if what.entity is not None:
        gone.atoms |= _naming(database, what.entity)
    span = what.period
    if span is not None:
        _told_in(database, span, gone)
        _retold(database, span, gone)
    _said_by(database, beliefs, gone, span)
    gone.items |= {item.id: item for item in _telling(database, what, goals)}
    gone.atoms |= set(_labels(database, beliefs, gone))
    gone.pieces -= gone.unquoted
    gone.words = _words(database, sorted(gone.atoms))
    return gone


# --- items -------------------------------------------------------------------------------------


def _named(database: Database, what: What) -> Iterator[Item]:
    yield from kept.by_id(database, what.items).values()
    for text in what.texts:
        yield from kept.exactly(database, text)


def _telling(database: Database, what: What, goals: Sequence[Atom]) -> Iterator[Item]:
    """The items that tell a statement that goes, or are about a name."""
    for atom in goals:
        yield from kept.exactly(database, str(atom))
        yield from kept.with_atom(database, atom)
    if what.entity is not None:
        for item in kept.select(database, "TRUE"):
            if _is_about(item, what.entity):
                yield item


def _labels(database: Database, beliefs: AtomStore, gone: Found) -> Iterator[int]:
    """The atoms of items that go, which no other has, that only say what a thing in them is called
    (the spare key is a spare key): alone they say nothing, and hold words of what is forgotten.
    """
    for item in gone.items.values():
        for atom in item.atoms:
            match atom:
                case Expression((Symbol("-->"), Symbol(thing), Symbol(noun))):
                    is_label = thing == f"the_{noun}"
                case _:
                    is_label = False
            row = beliefs.row(atom) if is_label else None
            if row is not None and all(
                other.id in gone.items for other in kept.with_atom(database, atom)
            ):
                yield row[0]


def _is_about(item: Item, entity: str) -> bool:
    """Whether somebody of this name says it, it names them, or it is kept under their name."""
    place = (item.speaker or "", item.scope, item.thread or "", item.source)
    return any(mentions(text, entity) for text in (*place, item.words, *map(str, item.atoms)))


def _retold(database: Database, span: Period, gone: Found) -> None:
    """Take the tellings of a period from items; those that were told at no other time go."""
    inside = "time >= ? AND time < ?"
    bounds = (span.since, span.until)
    rows = database.rows(
        f"SELECT id FROM item WHERE {inside} UNION SELECT item FROM item_again WHERE {inside}",
        (*bounds, *bounds),
    )
    wanted = [number for (number,) in rows if number not in gone.items]
    for number, item in kept.by_id(database, wanted).items():
        tellings = database.rows("SELECT time, source, txn FROM item WHERE id = ?", (number,))
        again = "SELECT time, source, txn FROM item_again WHERE item = ? ORDER BY rowid"
        tellings += database.rows(again, (number,))
        left = [one for one in tellings if not span.since <= one[0] < span.until]
        if left:
            gone.again[number] = sorted(left)
        else:
            gone.items[number] = item


# --- statements --------------------------------------------------------------------------------


def _naming(database: Database, entity: str) -> set[int]:
    """The atoms with a symbol or string that has this name."""
    leaves = {
        row[0]
        for table in ("leaf", "leaf_gone")
        for row in database.rows(f"SELECT DISTINCT leaf FROM {table}")
        if mentions(row[0], entity)
    }
    named = {
        row[0]
        for leaf in leaves
        for table in ("leaf", "leaf_gone")
        for row in database.rows(f"SELECT atom FROM {table} WHERE leaf = ?", (leaf,))
    }
    old = database.rows("SELECT a.id, a.text FROM unposted u JOIN atom a ON a.id = u.atom")
    return named | {number for number, text in old if mentions(text, entity)}


def _told_in(database: Database, span: Period, gone: Found) -> None:
    """Take the evidence of a period; atoms that have no other go."""
    inside = "coalesce(e.time, t.time) >= ? AND coalesce(e.time, t.time) < ?"
    rows = database.rows(
        f"SELECT e.atom, e.id FROM evidence e JOIN txn t ON t.id = e.txn WHERE {inside}",
        (span.since, span.until),
    )
    _take(database, rows, gone)


def _take(database: Database, rows: Iterable[Sequence[int]], gone: Found) -> None:
    """Take pieces of evidence, given with their atoms; atoms that have no other go."""
    some: dict[int, set[int]] = {}
    for atom, number in rows:
        some.setdefault(atom, set()).add(number)
    for atom, numbers in some.items():
        if atom in gone.atoms:
            continue
        every = {row[0] for row in database.rows("SELECT id FROM evidence WHERE atom = ?", (atom,))}
        if every <= numbers | gone.pieces:
            gone.atoms.add(atom)
            gone.pieces -= every
        else:
            gone.pieces |= numbers


def _said_by(database: Database, beliefs: AtomStore, gone: Found, span: Period | None) -> None:
    """Take along what the words of items that go said, and what their source said of their atoms.

    Where an item that stays has the same atom, that is believed on, without the words.
    """
    sources = {folded(source) for source in (*_UNNAMED, *(i.source for i in gone.items.values()))}
    own: dict[int, str] = {}
    for item in gone.items.values():
        for atom in item.atoms:
            row = beliefs.row(atom)
            if row is not None and row[0] not in gone.atoms:
                own[row[0]] = str(atom)
    quoted = _quoting(database, gone, own)
    taken = [(atom, number) for atom, number in quoted if atom not in own]
    for atom, text in own.items():
        sql = (
            "SELECT e.id, e.source, e.words, coalesce(e.time, t.time), e.retired FROM evidence e "
            "JOIN txn t ON t.id = e.txn WHERE e.atom = ?"
        )
        rows = database.rows(sql, (atom,))
        by_words = {number for other, number in quoted if other == atom}
        plain = {
            number
            for number, source, words, time, _ in rows
            if words is None
            and (folded(source) in sources or is_model(folded(source)))
            and (span is None or span.since <= time < span.until)
        }
        others = {number for number, *_, retired in rows if retired is None}
        others -= by_words | plain | gone.pieces
        same = [i for i in kept.with_atom(database, read(text)) if i.id not in gone.items]
        concluded = "SELECT 1 FROM derivation WHERE atom = ? AND retired IS NULL LIMIT 1"
        if same or others or database.row(concluded, (atom,)) is not None:
            gone.believed.add(text)
        if same and not others:
            gone.unquoted |= by_words
        elif others or text in gone.believed:
            gone.pieces |= by_words | (set[int]() if same else plain)
        else:
            gone.atoms.add(atom)
    _take(database, taken, gone)


def _quoting(database: Database, gone: Found, own: Collection[int]) -> list[tuple[int, int]]:
    """The evidence that quotes an item that goes, or a sentence of it, and no item that stays.

    Words such as *Yes* were said of much else; they count for the atoms of the items alone.
    """
    said = dict[str, None]()
    for item in gone.items.values():
        if item.text is not None:
            said[item.text] = said[item.text.strip()] = None
            parts = [part.strip() for part in SENTENCE_END.split(item.text)]
            said.update(dict.fromkeys(part for part in parts if part))
    pairs: list[tuple[int, int]] = []
    for part in batches(said):
        sql = f"SELECT atom, id, words FROM evidence WHERE trim(words) IN ({marks(part)})"
        for atom, number, words in database.rows(sql, part):
            if atom not in own and len(telling_words(words)) < 2:
                continue
            if all(item.id in gone.items for item in kept.exactly(database, words)):
                pairs.append((atom, number))
    return pairs


def _words(database: Database, atoms: Sequence[int]) -> list[str]:
    """The sentences in which statements were told."""
    said: dict[str, None] = {}
    for part in batches(atoms):
        rows = database.rows(
            "SELECT DISTINCT a.text, e.words FROM evidence e JOIN atom a ON a.id = e.atom "
            f"WHERE e.words IS NOT NULL AND a.id IN ({marks(part)})",
            part,
        )
        for text, words in rows:
            said.update(dict.fromkeys(about(words, text)))
    return list(said)
