"""Many atoms at once: the rows of those that are new go in together, sorted for the index.

Invariant: what is inserted is what ``AtomStore.add`` would have written, one atom after the other.
Not covered: atoms that are there already, or come twice; they are handed back, for ``add``.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
from collections.abc import Generator, Sequence
from typing import NamedTuple

from mettaclaw.atoms import pathindex
from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import canonical
from mettaclaw.storage import Database

BATCH = 10_000

Entry = tuple[Atom, Truth | None]


class _New(NamedTuple):
    hash: int
    text: str
    atom: Atom
    truth: Truth | None


def insert_new(
    database: Database, batch: Sequence[Entry], source: str, txn: int
) -> tuple[range, list[Entry]]:
    """Insert the atoms of a batch that were never stored, each with one piece of evidence.

    Returns the ids of the new atoms, and the entries that are not done, in their order.
    """
    seen: dict[str, _New] = {}
    keys: list[str] = []
    for atom, truth in batch:
        text = str(atom)
        key = text if "$" not in text else str(canonical(atom))
        keys.append(key)
        if key not in seen:
            seen[key] = _New(key_hash(key), text, atom, truth)
    known = _known_hashes(database, [one.hash for one in seen.values()])
    new = {key: one for key, one in seen.items() if one.hash not in known}
    numbers = _insert(database, list(new.values()), source, txn)
    rest = [
        entry for key, entry in zip(keys, batch, strict=True) if new.pop(key, None) is None
    ]  # the first time that a new key comes, its entry is done
    return numbers, rest


def key_hash(key: str) -> int:
    """64 bits, signed, of an atom's canonical text: how its row is found."""
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@contextlib.contextmanager
def uncollected() -> Generator[None, None, None]:
    """Pause the search for cyclic garbage: a million new atoms, which form no cycles, set it off
    again and again, for a fifth of the time of an import.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _insert(database: Database, new: list[_New], source: str, txn: int) -> range:
    row = database.row("SELECT coalesce(max(id), 0) FROM atom")
    first = (row[0] if row else 0) + 1
    numbers = range(first, first + len(new))
    atoms: list[tuple[int, int, str]] = []
    values: list[tuple[int, float | None, float | None, str, int]] = []
    posted: list[tuple[str, str, int]] = []
    for number, (key, text, atom, truth) in zip(numbers, new, strict=True):
        atoms.append((number, key, text))
        f, c = (None, None) if truth is None else (truth.f, truth.c)
        values.append((number, f, c, source, txn))
        posted += [(leaf, path, number) for leaf, path in pathindex.leaves(atom)]
    posted.sort()  # neighbours in the index go in together
    many = database.write_many
    many("INSERT INTO atom (id, hash, text, version) VALUES (?, ?, ?, 1)", atoms)
    many("INSERT INTO belief (atom, version, f, c, origin, txn) VALUES (?, 1, ?, ?, ?, ?)", values)
    many("INSERT INTO evidence (atom, f, c, source, txn) VALUES (?, ?, ?, ?, ?)", values)
    many("INSERT INTO leaf (leaf, path, atom) VALUES (?, ?, ?)", posted)
    return numbers


def _known_hashes(database: Database, hashes: list[int]) -> set[int]:
    known: set[int] = set()
    for start in range(0, len(hashes), 900):
        part = hashes[start : start + 900]
        marks = ", ".join("?" * len(part))
        sql = f"SELECT hash FROM atom WHERE hash IN ({marks})"
        known.update(row[0] for row in database.rows(sql, part))
    return known
