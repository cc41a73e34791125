"""Atoms that are erased: their rows, with all that was ever said of them and followed from them.

Invariant: what is erased here was retired before, as ``AtomStore.erase`` does, so nothing that is
believed rests on it. What only followed from it and nobody ever said goes with it, for it tells the
same. The transactions whose work is lost are noted, so that none of them is undone by half without
a word. Not covered: words elsewhere that tell it (``mettaclaw.memory``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mettaclaw.atoms import pathindex
from mettaclaw.atoms.syntax import read
from mettaclaw.errors import UsageError
from mettaclaw.storage import Database
from mettaclaw.storage.batches import batches, marks


def erase(database: Database, numbers: Iterable[int]) -> tuple[list[str], list[str]]:
    """Remove atoms from all tables, inside the open transaction.

    Returns:
        The texts of these atoms, and of those that only followed from them.
    """
    own = list(dict.fromkeys(numbers))
    asked = frozenset(own)
    gone: dict[int, str] = {}
    while own:
        number = own.pop(0)
        row = database.row("SELECT text FROM atom WHERE id = ?", (number,))
        if number in gone or row is None:
            continue
        gone[number] = str(row[0])
        concluded = _uses_of(database, number)
        _remove(database, number, gone[number])
        own += [one for one in concluded if one not in gone and _is_bare(database, one)]
    return (
        [text for number, text in gone.items() if number in asked],
        [text for number, text in gone.items() if number not in asked],
    )


def erase_evidence(database: Database, ids: Sequence[int]) -> list[int]:
    """Remove single pieces of evidence; the atoms that they were of, which are to be settled."""
    atoms: dict[int, None] = {}
    for part in batches(ids):
        where = f"FROM evidence WHERE id IN ({marks(part)})"
        rows = database.rows(f"SELECT atom, txn, retired {where}", part)
        atoms.update(dict.fromkeys(row[0] for row in rows))
        _note(database, [row[1:] for row in rows])
        database.write(f"DELETE {where}", part)
    return list(atoms)


def require_kept(database: Database, transaction: int) -> None:
    """Refuse to undo a transaction that has erased something.

    Raises:
        UsageError: It has.
    """
    sql = "SELECT 1 FROM erased WHERE eraser = ? LIMIT 1"
    if database.row(sql, (transaction,)) is not None:
        raise UsageError(
            f"change {transaction} has erased what it forgot: nothing is left that could come back"
        )


def eraser_of(database: Database, transaction: int) -> int | None:
    """The transaction that erased what this one did, or a part of it."""
    row = database.row("SELECT eraser FROM erased WHERE txn = ?", (transaction,))
    return None if row is None else int(row[0])


# --- inside ------------------------------------------------------------------------------------


def _uses_of(database: Database, atom: int) -> list[int]:
    """Remove the derivations of and from an atom; the other atoms that they concluded."""
    rows = database.rows(
        "SELECT id, atom, txn, retired FROM derivation WHERE atom = ?1 OR id IN "
        "(SELECT derivation FROM premise WHERE atom = ?1)",
        (atom,),
    )
    _note(database, [row[2:] for row in rows])
    ids = [(row[0],) for row in rows]
    database.write_many("DELETE FROM premise WHERE derivation = ?", ids)
    database.write_many("DELETE FROM derivation WHERE id = ?", ids)
    return list(dict.fromkeys(row[1] for row in rows if row[1] != atom))


def _remove(database: Database, atom: int, text: str) -> None:
    own = (atom,)
    _note(database, database.rows("SELECT txn, retired FROM evidence WHERE atom = ?", own))
    posted = [(leaf, path, atom) for leaf, path in pathindex.leaves(read(text))]
    for table in ("leaf", "leaf_gone"):
        where = "leaf = ? AND path = ? AND atom = ?"
        database.write_many(f"DELETE FROM {table} WHERE {where}", posted)
    for table in ("unposted", "evidence", "belief"):
        database.write(f"DELETE FROM {table} WHERE atom = ?", own)
    database.write("DELETE FROM atom WHERE id = ?", own)


def _is_bare(database: Database, atom: int) -> bool:
    """Whether nobody ever said an atom, and nothing that was kept leads to it."""
    return all(
        database.row(f"SELECT 1 FROM {table} WHERE atom = ? LIMIT 1", (atom,)) is None
        for table in ("evidence", "derivation")
    )


def _note(database: Database, rows: Iterable[Sequence[int | None]]) -> None:
    """Note the transactions that wrote or ended rows which are removed now."""
    now = database.current.id if database.current is not None else 0
    found = {number for row in rows for number in row if number is not None} | {now}
    database.write_many(
        "INSERT INTO erased (txn, eraser) VALUES (?, ?) ON CONFLICT DO UPDATE SET "
        "eraser = excluded.eraser",
        [(number, now) for number in sorted(found)],
    )
