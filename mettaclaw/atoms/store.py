"""The store: beliefs and their evidence in the database, found through the path index.

Invariants: an atom has at most one current belief, whatever its variables are called. A belief's
truth is that of all its live evidence pooled, in whatever order it came; what is new evidence, the
rule of ``atoms.evidence`` says. A new version retires the old one in the same transaction, so
nothing is overwritten. Leaves are posted exactly for atoms with a current belief.

Not covered: derived beliefs and what to do with them (``mettaclaw.reasoning``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from mettaclaw.atoms import bulk, join, pathindex, records
from mettaclaw.atoms.evidence import Said, replaced
from mettaclaw.atoms.syntax import (
    Atom,
    check,
    is_ground,
    read,
)
from mettaclaw.atoms.truth import MAX_CONFIDENCE, Truth, grown, weighed, weight
from mettaclaw.atoms.unify import (
    Substitution,
    alpha_equal,
    canonical,
    rename,
    unify,
    unused_mark,
)
from mettaclaw.atoms.view import Belief, Evidence
from mettaclaw.storage import Database

_COLUMNS = """
a.id, a.text, b.f, b.c, b.origin, t.time,
(SELECT group_concat(e.id) FROM evidence e WHERE e.atom = a.id AND e.retired IS NULL)
"""
_JOINED = "JOIN belief b ON b.atom = a.id AND b.version = a.version JOIN txn t ON t.id = b.txn"
_BELIEF = f"SELECT {_COLUMNS} FROM atom a {_JOINED}"
_FOUND = f"SELECT {_COLUMNS} FROM {{found}} f JOIN atom a ON a.id = f.atom {_JOINED} ORDER BY a.id"
_FOUND_TEXT = "SELECT a.id, a.text FROM {found} f JOIN atom a ON a.id = f.atom ORDER BY a.id"


class AtomStore:
    """Beliefs in a database. Implements ``atoms.view.View``.

    Writing needs an open transaction of the database; reading does not.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._touched: dict[range, None] = {}

    # --- reading ---

    def belief(self, statement: Atom) -> Belief | None:
        """The current belief of exactly this statement, up to the names of variables."""
        found = self._row(statement)
        return self._belief(found[0]) if found and found[1] is not None else None

    def find(self, pattern: Atom) -> Iterator[Belief]:
        """The current beliefs that unify with the pattern, in order of their ids."""
        ground = is_ground(pattern)
        mark = unused_mark("s", pattern)
        for page in pathindex.search(self.database, pattern, _FOUND):
            for row in page:
                atom = _parsed(row[1])
                apart = atom if ground or "$" not in row[1] else rename(atom, mark)
                if unify(pattern, apart) is not None:
                    yield _to_belief(atom, row)

    def match(self, *patterns: Atom, limit: int | None = None) -> Iterator[Substitution]:
        """The substitutions that make all patterns beliefs, each once, at most ``limit``."""
        return islice(join.answers(patterns, self), limit)

    def candidates(self, pattern: Atom) -> Iterator[tuple[Atom, bool]]:
        """The statements that may unify with a pattern; see ``join.Candidates``."""
        for page in pathindex.search(self.database, pattern, _FOUND_TEXT):
            for _, text in page:
                yield _parsed(text), "$" in text

    def costs(self, patterns: Sequence[Atom]) -> list[int]:
        """How many candidates patterns have at most; see ``join.Candidates``."""
        return pathindex.costs(self.database, patterns)

    def evidence(self, ids: Sequence[int]) -> list[Evidence]:
        """The evidence with these ids, in order of id; retired evidence too."""
        found: list[Evidence] = []
        for start in range(0, len(ids), 500):
            part = list(ids[start : start + 500])
            marks = ", ".join("?" * len(part))
            found += records.evidence(self.database, f"e.id IN ({marks})", part)
        return sorted(found, key=lambda evidence: evidence.id)

    def count(self) -> int:
        """How many atoms have a current belief."""
        row = self.database.row(
            "SELECT (SELECT count(*) FROM atom) - (SELECT count(*) FROM atom WHERE version IS NULL)"
        )
        return int(row[0]) if row else 0

    def atoms(self) -> Iterator[Atom]:
        """All atoms that have a current belief, in order of their ids."""
        return (belief.statement for belief in self.beliefs())

    def beliefs(self) -> Iterator[Belief]:
        """All current beliefs, in order of their ids, a page at a time."""
        last = 0
        while True:
            sql = f"{_BELIEF} WHERE a.id > ? ORDER BY a.id LIMIT 1000"
            rows = self.database.rows(sql, (last,))
            for row in rows:
                yield _to_belief(read(row[1]), row)
            if not rows:
                return
            last = rows[-1][0]

    def state(self) -> int:
        """A number that is another one after each change of atoms, whoever made it."""
        row = self.database.row("SELECT number FROM atom_change")
        return int(row[0]) if row else 0

    # --- writing ---

    def add(
        self,
        atom: Atom,
        truth: Truth | None,
        source: str,
        words: str | None = None,
        *,
        opinion: bool = False,
    ) -> Belief:
        """Store evidence for a statement, if it is new, and pool it with what there is.

        An atom without a truth value is stored once.

        Args:
            atom: The statement.
            truth: Its truth value.
            source: Who says so.
            words: The words it was said in.
            opinion: Without words, whether the next one of this source takes its place; else it
                is an observation, and counts each time.

        Raises:
            LimitError: The atom is larger than the limits.
        """
        check(atom)
        kind = "opinion" if opinion else "observation"
        belief = self._belief(self._add(atom, Said(truth, source, words or None, kind)))
        assert belief is not None  # it was stored a line ago
        return belief

    def add_many(
        self, atoms: Iterable[tuple[Atom, Truth | None]], source: str, *, own: bool = False
    ) -> int:
        """Store the atoms of a file, in batches; returns how many were given.

        Args:
            atoms: They must be within the limits (``syntax.check``), as those are that the reader
                made.
            source: The file. What it has said before counts once.
            own: Whether it is an export of this base: it tells nothing new about what is still
                believed, if that was ever believed to just this degree.
        """
        total = 0
        stream = iter(atoms)
        with bulk.uncollected():
            while batch := list(islice(stream, bulk.BATCH)):
                numbers, rest = bulk.insert_new(self.database, batch, source, self._txn())
                self._touch(numbers)
                for atom, truth in rest:
                    self._add(atom, Said(truth, source, kind="file"), own=own)
                total += len(batch)
        return total

    def remove(self, atom: Atom) -> bool:
        """Retire a statement's belief and all its evidence; False if there is none."""
        found = self._row(atom)
        if found is None or found[1] is None:
            return False
        number, version, text = found
        run = self.database.write
        txn = self._txn()
        run("UPDATE evidence SET retired = ? WHERE atom = ? AND retired IS NULL", (txn, number))
        run("UPDATE belief SET retired = ? WHERE atom = ? AND version = ?", (txn, number, version))
        run("UPDATE atom SET version = NULL WHERE id = ?", (number,))
        self.database.write_many(
            "DELETE FROM leaf WHERE leaf = ? AND path = ? AND atom = ?",
            [(leaf, path, number) for leaf, path in pathindex.leaves(read(text))],
        )
        self._touch(range(number, number + 1))
        return True

    def pending(self) -> list[tuple[Atom, Belief | None]]:
        """The statements that the open transaction has touched, with their state in it."""
        if self.database.current is None:
            return []
        out: list[tuple[Atom, Belief | None]] = []
        for number in (number for numbers in self._touched for number in numbers):
            row = self.database.row("SELECT text, version FROM atom WHERE id = ?", (number,))
            if row is not None:
                belief = None if row[1] is None else self._belief(number)
                out.append((read(row[0]), belief))
        return out

    def uncommitted(self) -> list[Evidence]:
        """The evidence of the open transaction, which no other connection can read."""
        found: list[Evidence] = []
        txn = self._txn()
        for number in (number for numbers in self._touched for number in numbers):
            where = "e.atom = ? AND e.retired IS NULL AND e.txn = ?"
            found += records.evidence(self.database, where, (number, txn))
        return found

    # --- inside ---

    def _row(self, atom: Atom) -> tuple[int, int | None, str] | None:
        """The (id, version, text) of an atom, alpha equivalence taken as equality."""
        ground = is_ground(atom)
        text = str(atom) if ground else str(canonical(atom))
        rows = self.database.rows(
            "SELECT id, version, text FROM atom WHERE hash = ?", (bulk.key_hash(text),)
        )
        for number, version, stored in rows:
            if stored == text or (not ground and alpha_equal(read(stored), atom)):
                return number, version, stored
        return None

    def _belief(self, number: int) -> Belief | None:
        row = self.database.row(_BELIEF + " WHERE a.id = ?", (number,))
        return _to_belief(_parsed(row[1]), row) if row else None

    def _insert(self, atom: Atom) -> int:
        text = str(atom)
        key = text if is_ground(atom) else str(canonical(atom))
        return self.database.write(
            "INSERT INTO atom (hash, text) VALUES (?, ?)", (bulk.key_hash(key), text)
        )

    def _add(self, atom: Atom, said: Said, *, own: bool = False) -> int:
        """Store what is said of an atom, if it is new; returns the atom's id."""
        found = self._row(atom)
        if found is None or found[1] is None:
            number = found[0] if found else self._insert(atom)
            records.write(self.database, number, said)
            self._write_version(number, said.truth, None, said.source)
            self.database.write_many(
                "INSERT INTO leaf (leaf, path, atom) VALUES (?, ?, ?)",
                [(text, path, number) for text, path in pathindex.leaves(atom)],
            )
            return number
        number = found[0]
        truth = said.truth
        if truth is None or (own and self._was_believed(number, truth)):
            return number
        gone = replaced(said, records.standing(self.database, number, said))
        if gone is None:
            return number
        records.retire(self.database, gone)
        records.write(self.database, number, said)
        new, total = self._revised(number, truth, bool(gone))
        self._write_version(number, new, total, said.source)
        return number

    def _revised(self, number: int, new: Truth, anew: bool) -> tuple[Truth, float | None]:
        """A belief's truth with new evidence, and what all weighs where that does not tell it.

        It is that of all evidence, which is looked at only where the sum so far is not known.
        """
        sql = (
            "SELECT b.f, b.c, b.weight FROM atom a "
            "JOIN belief b ON b.atom = a.id AND b.version = a.version WHERE a.id = ?"
        )
        row = self.database.row(sql, (number,))
        if row is None or row[0] is None:
            return new, None
        f, c, total = row
        known = Truth(f, c)
        truth = grown(known, new) if total is None else weighed(known, total, new)
        if anew or truth is None:
            return records.pooled(self.database, number)
        if truth.c < MAX_CONFIDENCE:
            return truth, None
        return truth, (weight(c) if total is None else total) + weight(new.c)

    def _was_believed(self, number: int, truth: Truth) -> bool:
        sql = "SELECT 1 FROM belief WHERE atom = ? AND f = ? AND c = ?"
        return self.database.row(sql, (number, truth.f, truth.c)) is not None

    def _write_version(
        self, number: int, truth: Truth | None, total: float | None, origin: str
    ) -> None:
        run = self.database.write
        txn = self._txn()
        f, c = (truth.f, truth.c) if truth else (None, None)
        row = self.database.row("SELECT max(version) FROM belief WHERE atom = ?", (number,))
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
        self._touch(range(number, number + 1))

    def _txn(self) -> int:
        current = self.database.current
        return current.id if current else 0

    def _touch(self, numbers: range) -> None:
        if not self._touched:
            self.database.on_commit(self._touched.clear)
            self.database.on_rollback(self._touched.clear)
        self._touched[numbers] = None
        self.database.write("UPDATE atom_change SET number = number + 1")


_parsed_short = lru_cache(maxsize=16_384)(read)  # joins and proofs meet the same atoms again


def _parsed(text: str) -> Atom:
    return _parsed_short(text) if len(text) < 1_000 else read(text)


def _to_belief(atom: Atom, row: Sequence[Any]) -> Belief:
    _, _, f, c, origin, time, stamp = row
    truth = None if f is None else Truth(f, c)
    ids = tuple(sorted(json.loads(f"[{stamp}]"))) if stamp else ()
    return Belief(atom, truth, ids, origin, time)
