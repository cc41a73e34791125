"""The versions of beliefs: written, ended, and posted for the path index.

Invariant: a new version retires the one before it, so nothing is overwritten. Leaves are posted
exactly for atoms with a current version; those of others stay among the postings of the past. What
a version says is not known here (``atoms.beliefs``, ``atoms.intake``).
"""

from __future__ import annotations

from collections.abc import Iterator

from mettaclaw.atoms import bulk, pathindex
from mettaclaw.atoms.syntax import Atom, is_ground, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import canonical
from mettaclaw.storage import Database
from mettaclaw.storage.batches import batches, marks


class Versions:
    """The versions of the beliefs of a database. Needs an open transaction of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._touched: dict[range, None] = {}

    @property
    def transaction(self) -> int:
        """The id of the open transaction; 0 where none is."""
        current = self._database.current
        return current.id if current else 0

    def touched(self) -> Iterator[int]:
        """The atoms that the open transaction has touched."""
        return (number for numbers in self._touched for number in numbers)

    def insert(self, atom: Atom) -> int:
        """Write an atom that is not there, without a version; returns its id."""
        text = str(atom)
        key = text if is_ground(atom) else str(canonical(atom))
        return self._database.write(
            "INSERT INTO atom (hash, text) VALUES (?, ?)", (bulk.key_hash(key), text)
        )

    def write(self, number: int, truth: Truth | None, total: float | None, origin: str) -> None:
        """Write the next version of an atom's belief.

        Args:
            number: The atom.
            truth: What it is believed to.
            total: The weight of its evidence, where the truth does not tell it.
            origin: The source of the last evidence, or the rule.
        """
        run = self._database.write
        txn = self.transaction
        f, c = (truth.f, truth.c) if truth else (None, None)
        row = self._database.row("SELECT max(version) FROM belief WHERE atom = ?", (number,))
        last = (row[0] or 0) if row else 0
        version = last + 1
        sql = "UPDATE belief SET retired = ? WHERE atom = ? AND version = ? AND retired IS NULL"
        run(sql, (txn, number, last))
        run(
            "INSERT INTO belief (atom, version, f, c, weight, origin, txn) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (number, version, f, c, total, origin, txn),
        )
        run("UPDATE atom SET version = ? WHERE id = ?", (version, number))
        self.touch(range(number, number + 1))

    def end(self, *numbers: int) -> None:
        """Take the beliefs of atoms away, and their postings to those of the past."""
        if not numbers:
            return
        many, txn = self._database.write_many, self.transaction
        own = [(number,) for number in numbers]
        many(f"UPDATE belief SET retired = {txn} WHERE atom = ? AND retired IS NULL", own)
        many("UPDATE atom SET version = NULL WHERE id = ?", own)
        posted: list[tuple[str, str, int]] = []
        for part in batches(numbers):
            sql = f"SELECT id, text FROM atom WHERE id IN ({marks(part)})"
            for number, text in self._database.rows(sql, part):
                posted += [(leaf, path, number) for leaf, path in pathindex.leaves(read(text))]
        many("INSERT OR IGNORE INTO leaf_gone (leaf, path, atom) VALUES (?, ?, ?)", posted)
        many("DELETE FROM leaf WHERE leaf = ? AND path = ? AND atom = ?", posted)
        self.touch(*(range(number, number + 1) for number in numbers))

    def post(self, number: int, atom: Atom) -> None:
        """Post the leaves of an atom, which is believed from now on."""
        self._database.write_many(
            "INSERT INTO leaf (leaf, path, atom) VALUES (?, ?, ?)",
            [(text, path, number) for text, path in pathindex.leaves(atom)],
        )

    def touch(self, *numbers: range) -> None:
        """Note that atoms have changed in the open transaction."""
        if not self._touched:
            self._database.on_commit(self._touched.clear)
            self._database.on_rollback(self._touched.clear)
        self._touched.update(dict.fromkeys(numbers))
        self._database.write("UPDATE atom_change SET number = number + 1")
