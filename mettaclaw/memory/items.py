"""Items: what long-term memory holds, as values and as rows.

An item is a text, the atoms that say the same, or both, under one id. The words stay as they were
given. What is said again word for word, by the same speaker in the same thread of the same scope,
is the same item, which counts how often and when. But a rule that a model makes of words is an item
of its own with these words, until the person gives that rule too.

Invariant: nothing here begins a transaction; what writes is part of one that is open. Not covered:
how items are found (``mettaclaw.memory.retrieval``), and vectors (``mettaclaw.memory.vectors``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from mettaclaw.atoms import clearing
from mettaclaw.atoms.reader import parsed
from mettaclaw.atoms.sources import is_model
from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol, is_ground
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import alpha_equal
from mettaclaw.memory import rules
from mettaclaw.storage import Database
from mettaclaw.storage.batches import batches, marks

COLUMNS = (
    "i.id, i.text, i.source, i.time, i.scope, i.kind, i.speaker, i.thread, i.context, i.count, "
    "i.value, i.used, i.expires, i.quarantined"
)

# Without the plus, SQLite puts the text for the column everywhere, and then misses the index.
EXACTLY = (
    "substr(i.text, 1, 40) = ? AND length(i.text) = ? AND substr(i.text, -40) = ? AND +i.text = ?"
)

KINDS = ("note", "told", "turn", "passage", "rule")
MOST_ATOMS = 100  # of what is kept at once
MOST_CONTEXT = 200_000  # characters around an item

Premise: TypeAlias = tuple[Atom, Truth | None]


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of long-term memory.

    ``time`` is when it was said or written first, in seconds, UTC. ``scope`` is the part of memory
    that it is in, ``thread`` the conversation or document in which its neighbours stand, and
    ``context`` words from around it, by which it is found as well. ``kind`` is ``note`` (kept on
    purpose), ``told`` (the words behind a belief), ``turn`` or ``passage`` (of a conversation or a
    document that was read in), or ``rule`` (kept by an agent for itself). ``count`` is how often it
    was said. ``value`` was its usefulness at the time ``used``.
    """

    id: int
    text: str | None
    atoms: tuple[Atom, ...]
    source: str
    time: float
    scope: str = ""
    kind: str = "note"
    speaker: str | None = None
    thread: str | None = None
    context: str = ""
    count: int = 1
    value: float = 0.0
    used: float | None = None
    expires: float | None = None
    is_quarantined: bool = False

    @property
    def atom(self) -> Atom | None:
        """The first of its atoms."""
        return self.atoms[0] if self.atoms else None

    @property
    def words(self) -> str:
        """Its text; of one that has none, its atoms as they are written."""
        return self.text if self.text is not None else " ".join(map(str, self.atoms))


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that was found, and why: ``score`` is the sum of ``parts``.

    ``premises`` are the item's atoms with their present truth, None where nothing is believed of
    them; ``near`` are ids of items that say nearly the same; ``cosine`` is how like the query it is
    in meaning, None where that was not compared.
    """

    item: Item
    score: float
    parts: dict[str, float]
    premises: tuple[Premise, ...] = ()
    near: tuple[int, ...] = ()
    cosine: float | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be kept: an item without an id. See ``Memory.remember``."""

    text: str | None
    atoms: tuple[Atom, ...]
    source: str
    time: float
    scope: str = ""
    kind: str = "note"
    speaker: str | None = None
    thread: str | None = None
    context: str | None = None
    expires: float | None = None
    is_quarantined: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a draft: its item, and whether it is a new one."""

    item: Item
    is_new: bool = True


# --- writing -------------------------------------------------------------------------------------


def keep(database: Database, draft: Draft, transaction: int) -> Kept:
    """Write a draft, or count it where the same was said before; the item.

    What is a secret by the settings is left out first.
    """
    draft = cleared(database, draft)
    same = twin(database, draft)
    if same is not None:
        return Kept(_again(database, same, draft, transaction), is_new=False)
    number = database.write(
        "INSERT INTO item (text, source, time, txn, scope, kind, speaker, thread, context, said, "
        "expires, quarantined) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            draft.text or "",
            draft.source,
            draft.time,
            transaction,
            draft.scope,
            draft.kind,
            draft.speaker,
            draft.thread,
            _around(database, draft),
            said(draft.atoms),
            draft.expires,
            int(draft.is_quarantined),
        ),
    )
    _attach(database, number, draft.atoms, 0)
    if draft.text is not None:
        _link(database, number, [i for i in _alike(database, draft) if i.id != number])
    item = Item(
        number,
        draft.text,
        draft.atoms,
        draft.source,
        draft.time,
        draft.scope,
        draft.kind,
        draft.speaker,
        draft.thread,
        draft.context or "",
        expires=draft.expires,
        is_quarantined=draft.is_quarantined,
    )
    return Kept(
        item if draft.context is not None or draft.thread is None else _read(database, number)
    )


def attach(database: Database, item: Item, atoms: Iterable[Atom]) -> Item:
    """Let atoms say the same as an item; those that it has are left out."""
    fresh = [a for a in dict.fromkeys(atoms) if not any(alpha_equal(a, b) for b in item.atoms)]
    if not fresh:
        return item
    _attach(database, item.id, fresh, len(item.atoms))
    database.write("UPDATE item SET said = ? WHERE id = ?", (said((*item.atoms, *fresh)), item.id))
    return _read(database, item.id)


def remove(database: Database, ids: Iterable[int]) -> None:
    """Delete items, with all that is kept about them."""
    database.write_many("DELETE FROM item WHERE id = ?", [(number,) for number in ids])


def retell(database: Database, number: int, tellings: Sequence[tuple[float, str, int]]) -> None:
    """Let an item have these tellings and no others: (time, source, transaction), oldest first."""
    (time, source, transaction), *again = tellings
    database.write(
        "UPDATE item SET time = ?, source = ?, txn = ?, count = ? WHERE id = ?",
        (time, source, transaction, len(tellings), number),
    )
    database.write("DELETE FROM item_again WHERE item = ?", (number,))
    database.write_many(
        "INSERT INTO item_again (item, time, source, txn) VALUES (?, ?, ?, ?)",
        [(number, *telling) for telling in again],
    )


def cleared(database: Database, draft: Draft) -> Draft:
    """A draft without what is a secret by the settings."""
    return replace(
        draft,
        text=None if draft.text is None else database.clean(draft.text),
        atoms=clearing.cleared_all(database, draft.atoms),
        context=None if draft.context is None else database.clean(draft.context),
        source=database.clean(draft.source),
        speaker=None if draft.speaker is None else database.clean(draft.speaker),
        thread=None if draft.thread is None else database.clean(draft.thread),
        scope=database.clean(draft.scope),
    )


def twin(database: Database, draft: Draft) -> Item | None:
    """The item that says the same as a draft already: in its place, by its speaker."""
    if draft.text is not None:
        return next((item for item in _alike(database, draft) if _joins(draft, item)), None)
    where = "i.scope = ? AND i.speaker IS ? AND i.thread IS ?"
    found = with_atom(database, draft.atoms[0], f"i.text = '' AND {where}", _place(draft))
    same = (i for i in found if len(i.atoms) == len(draft.atoms))
    return next((item for item in same if rules.covers(item.atoms, draft.atoms)), None)


def _alike(database: Database, draft: Draft) -> list[Item]:
    """The items of a draft's words in its place."""
    found = exactly(database, draft.text or "")
    return [item for item in found if _place(item) == _place(draft)]


def _joins(draft: Draft, item: Item) -> bool:
    """Whether a draft may join an item of its words, as far as rules go: nobody's words get a
    model's rule, and no trial ends or grows by words alone.
    """
    mine, theirs = rules.among(draft.atoms), rules.among(item.atoms)
    on_trial = item.is_quarantined and bool(theirs)
    if mine and draft.is_quarantined:
        is_own = on_trial and is_model(item.source)
        return is_own or rules.covers(item.atoms, mine)
    return not on_trial or rules.covers(draft.atoms, theirs)


def _again(database: Database, item: Item, draft: Draft, transaction: int) -> Item:
    database.write(
        "UPDATE item SET count = count + 1, expires = CASE "
        "WHEN ? IS NOT NULL AND expires IS NOT NULL THEN max(expires, ?) END WHERE id = ?",
        (draft.expires, draft.expires, item.id),
    )
    database.write(
        "INSERT INTO item_again (item, time, source, txn) VALUES (?, ?, ?, ?)",
        (item.id, draft.time, draft.source, transaction),
    )
    attach(database, item, draft.atoms)
    return _read(database, item.id)


def _attach(database: Database, number: int, atoms: Sequence[Atom], first: int) -> None:
    database.write_many(
        "INSERT INTO item_atom (item, place, atom) VALUES (?, ?, ?)",
        [(number, place, str(atom)) for place, atom in enumerate(atoms, start=first)],
    )
    names = {name for atom in atoms for name in symbols(atom)}
    database.write_many(
        "INSERT OR IGNORE INTO item_symbol (symbol, item) VALUES (?, ?)",
        [(name, number) for name in sorted(names)],
    )


def _around(database: Database, draft: Draft) -> str:
    """What stands around a draft: what was given, or the neighbour before it in its thread.

    The one before gets this one as its neighbour after.
    """
    if draft.context is not None or draft.thread is None or draft.text is None:
        return draft.context or ""
    row = database.row(
        "SELECT id, text, context FROM item WHERE thread = ? AND scope = ? "
        "ORDER BY id DESC LIMIT 1",
        (draft.thread, draft.scope),
    )
    if row is None:
        return ""
    before, text, context = row
    after = (
        f"{context}\n{draft.text[:_NEIGHBOUR_CHARS]}" if context else draft.text[:_NEIGHBOUR_CHARS]
    )
    database.write("UPDATE item SET context = ? WHERE id = ?", (after[:MOST_CONTEXT], before))
    return str(text)[:_NEIGHBOUR_CHARS]


_NEIGHBOUR_CHARS = 2_000  # of a neighbour; a long one says much that is not about this one


# --- reading -------------------------------------------------------------------------------------


def select(
    database: Database, where: str, values: Sequence[str | int | float | None] = (), tail: str = ""
) -> list[Item]:
    """Items by a condition on the table ``item i``, with their atoms, by id."""
    rows = database.rows(
        f"SELECT {COLUMNS} FROM item i WHERE {where} {tail or 'ORDER BY i.id'}", tuple(values)
    )
    return _with_atoms(database, rows)


def by_id(database: Database, ids: Sequence[int]) -> dict[int, Item]:
    """The items of these ids that there are."""
    found: dict[int, Item] = {}
    for batch in batches(ids):
        found |= {i.id: i for i in select(database, f"i.id IN ({marks(batch)})", batch)}
    return found


def exactly(database: Database, text: str) -> list[Item]:
    """The items of exactly this text."""
    return select(database, EXACTLY, (text[:40], len(text), text[-40:], text))


def with_atom(
    database: Database, atom: Atom, where: str = "TRUE", values: Sequence[str | None] = ()
) -> list[Item]:
    """The items that have an atom, up to the names of its variables."""
    if is_ground(atom):
        ids = database.rows("SELECT DISTINCT item FROM item_atom WHERE atom = ?", (str(atom),))
    else:
        rows = database.rows("SELECT item, atom FROM item_atom WHERE atom LIKE '%$%'")
        ids = [(number,) for number, text in rows if alpha_equal(parsed(text), atom)]
    found: list[Item] = []
    for batch in batches(number for (number,) in ids):
        found += select(database, f"i.id IN ({marks(batch)}) AND {where}", (*batch, *values))
    return sorted(found, key=lambda item: item.id)


def times(database: Database, number: int) -> list[tuple[float, str]]:
    """When an item was said, and by which source, in the order of telling."""
    first = database.rows("SELECT time, source FROM item WHERE id = ?", (number,))
    rows = database.rows(
        "SELECT time, source FROM item_again WHERE item = ? ORDER BY rowid", (number,)
    )
    return [(time, source) for time, source in (*first, *rows)]


def importer(database: Database, number: int) -> str | None:
    """The file that an item was read in from, which may name another source; None of others."""
    row = database.row(
        "SELECT t.author FROM item i JOIN txn t ON t.id = i.txn "
        "WHERE i.id = ? AND t.note = 'import' AND t.author <> i.source",
        (number,),
    )
    return str(row[0]) if row else None


def near(database: Database, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The ids of items that say nearly the same as these."""
    found: dict[int, list[int]] = {}
    for batch in batches(ids):
        for column, other in (("item", "near"), ("near", "item")):
            sql = f"SELECT {column}, {other} FROM item_near WHERE {column} IN ({marks(batch)})"
            for one, twin in database.rows(sql, tuple(batch)):
                found.setdefault(one, []).append(twin)
    return {number: tuple(sorted(twins)) for number, twins in found.items()}


def said(atoms: Iterable[Atom]) -> str:
    """The words of atoms, by which they are found: their symbols and strings."""
    return " ".join(name.replace("_", " ") for atom in atoms for name in leaves(atom))


def symbols(atom: Atom) -> set[str]:
    """The symbols of an atom that name something; connectives such as ``-->`` name nothing."""
    return {name for name in leaves(atom) if len(name) > 1}


def leaves(atom: Atom) -> Iterator[str]:
    """The symbols and strings of an atom that have a letter or a digit in them."""
    match atom:
        case Expression(children):
            for child in children:
                yield from leaves(child)
        case Symbol(name) | String(name) if any(map(str.isalnum, name)):
            yield name
        case _:
            pass


def _read(database: Database, number: int) -> Item:
    (item,) = select(database, "i.id = ?", (number,))
    return item


def _place(item: Item | Draft) -> tuple[str, str | None, str | None]:
    return item.scope, item.speaker, item.thread


def _link(database: Database, number: int, same: Iterable[Item]) -> None:
    """Items of the same words that stay apart are near each other."""
    database.write_many(
        "INSERT OR IGNORE INTO item_near (item, near, cosine) VALUES (?, ?, 1.0)",
        [(min(number, item.id), max(number, item.id)) for item in same],
    )


def _with_atoms(database: Database, rows: Sequence[tuple[Any, ...]]) -> list[Item]:
    atoms: dict[int, list[Atom]] = {}
    for batch in batches(row[0] for row in rows):
        sql = (
            f"SELECT item, atom FROM item_atom WHERE item IN ({marks(batch)}) ORDER BY item, place"
        )
        for number, text in database.rows(sql, tuple(batch)):
            atoms.setdefault(number, []).append(parsed(text))
    return [_item(row, tuple(atoms.get(row[0], ()))) for row in rows]


def _item(row: tuple[Any, ...], atoms: tuple[Atom, ...]) -> Item:
    number, text, *others, quarantined = row
    return Item(number, text or None, atoms, *others, is_quarantined=bool(quarantined))
