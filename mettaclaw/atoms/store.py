"""The store: beliefs and their evidence in the database, found through the path index.

Invariants: an atom has at most one current belief, whatever its variables are called. A belief's
truth is the revision, in order, of its live evidence; each piece of evidence counts once. A new
version retires the old one in the same transaction, so nothing is overwritten. Leaves are posted
exactly for atoms with a current belief.

Not covered: derived beliefs and what to do with them (``mettaclaw.reasoning``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from mettaclaw.atoms import bulk, join, pathindex
from mettaclaw.atoms.syntax import (
    Atom,
    check,
    is_ground,
    read,
)
from mettaclaw.atoms.truth import Truth, revise
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
            sql = (
                "SELECT e.id, e.f, e.c, e.source, t.time, e.words FROM evidence e "
                f"JOIN txn t ON t.id = e.txn WHERE e.id IN ({marks})"
            )
            for number, f, c, source, time, words in self.database.rows(sql, part):
                truth = None if f is None else Truth(f, c)
                found.append(Evidence(number, truth, source, time, words))
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

    # --- writing ---

    def add(self, atom: Atom, truth: Truth | None, source: str, words: str | None = None) -> Belief:
        """Store one piece of evidence for a statement and revise the belief with it.

        The same source saying the same in the same words is no new evidence, and an atom without
        a truth value is stored once.

        Raises:
            LimitError: The atom is larger than the limits.
        """
        check(atom)
        found = self._row(atom)
        old = self._belief(found[0]) if found and found[1] is not None else None
        if old is not None and found is not None:
            if truth is None or (words and self._said(found[0], truth, source, words)):
                return old
            new = truth if old.truth is None else revise(old.truth, truth)
        else:
            new = truth
        number = found[0] if found else self._insert(atom)
        self._evidence(number, truth, source, words)
        self._write_version(number, new, source)
        if old is None:
            self.database.write_many(
                "INSERT INTO leaf (leaf, path, atom) VALUES (?, ?, ?)",
                [(text, path, number) for text, path in pathindex.leaves(atom)],
            )
        belief = self._belief(number)
        assert belief is not None  # it was written a line ago
        return belief

    def add_many(self, atoms: Iterable[tuple[Atom, Truth | None]], source: str) -> int:
        """Store many atoms at once, in batches; returns how many were given.

        What a file has said before, or what is believed to just this degree, counts once, so that
        a file or a base's own export can be imported again without harm. The atoms must be
        within the limits (``syntax.check``), as those are that the reader made.
        """
        total = 0
        stream = iter(atoms)
        with bulk.uncollected():
            while batch := list(islice(stream, bulk.BATCH)):
                numbers, rest = bulk.insert_new(self.database, batch, source, self._txn())
                self._touch(numbers)
                for atom, truth in rest:
                    if truth is None or not self._imported(atom, truth):
                        self.add(atom, truth, source)
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

    def _said(self, number: int, truth: Truth, source: str, words: str) -> bool:
        return (
            self.database.row(
                "SELECT 1 FROM evidence WHERE atom = ? AND f = ? AND c = ? AND source = ? "
                "AND words = ? AND retired IS NULL",
                (number, truth.f, truth.c, source, words),
            )
            is not None
        )

    def _evidence(self, number: int, truth: Truth | None, source: str, words: str | None) -> None:
        f, c = (truth.f, truth.c) if truth else (None, None)
        self.database.write(
            "INSERT INTO evidence (atom, f, c, source, words, txn) VALUES (?, ?, ?, ?, ?, ?)",
            (number, f, c, source, words, self._txn()),
        )

    def _write_version(self, number: int, truth: Truth | None, origin: str) -> None:
        run = self.database.write
        txn = self._txn()
        f, c = (truth.f, truth.c) if truth else (None, None)
        run("UPDATE belief SET retired = ? WHERE atom = ? AND retired IS NULL", (txn, number))
        row = self.database.row("SELECT max(version) FROM belief WHERE atom = ?", (number,))
        version = (row[0] or 0) + 1 if row else 1
        run(
            "INSERT INTO belief (atom, version, f, c, origin, txn) VALUES (?, ?, ?, ?, ?, ?)",
            (number, version, f, c, origin, txn),
        )
        run("UPDATE atom SET version = ? WHERE id = ?", (version, number))
        self._touch(range(number, number + 1))

    def _imported(self, atom: Atom, truth: Truth) -> bool:
        """Whether a file that says this brings nothing new: it is believed to just this degree (a
        base's own export), or a file has said it before, whatever its name was.
        """
        found = self._row(atom)
        return found is not None and (
            self.database.row(
                "SELECT 1 FROM evidence WHERE atom = ? AND f = ? AND c = ? "
                "AND source LIKE 'file:%' AND retired IS NULL UNION ALL "
                "SELECT 1 FROM belief WHERE atom = ? AND f = ? AND c = ? AND retired IS NULL",
                (found[0], truth.f, truth.c, found[0], truth.f, truth.c),
            )
            is not None
        )

    def _txn(self) -> int:
        current = self.database.current
        return current.id if current else 0

    def _touch(self, numbers: range) -> None:
        if not self._touched:
            self.database.on_commit(self._touched.clear)
            self.database.on_rollback(self._touched.clear)
        self._touched[numbers] = None


_parsed_short = lru_cache(maxsize=16_384)(read)  # joins and proofs meet the same atoms again


def _parsed(text: str) -> Atom:
    return _parsed_short(text) if len(text) < 1_000 else read(text)


def _to_belief(atom: Atom, row: Sequence[Any]) -> Belief:
    _, _, f, c, origin, time, stamp = row
    truth = None if f is None else Truth(f, c)
    ids = tuple(sorted(int(i) for i in stamp.split(","))) if stamp else ()
    return Belief(atom, truth, ids, origin, time)
