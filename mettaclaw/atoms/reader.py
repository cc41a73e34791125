"""Reading beliefs from the database: the present, found through the path index.

Invariant: nothing is written. A belief that rests on kept derivations has the evidence under them
in its stamp. Not covered: what is no more (``atoms.past``), and changes
(``atoms.store``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from mettaclaw.atoms import bulk, join, pathindex, records
from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.syntax import Atom, is_ground, read
from mettaclaw.atoms.truth import UNTOLD, Truth
from mettaclaw.atoms.unify import (
    Substitution,
    alpha_equal,
    canonical,
    rename,
    unify,
    unused_mark,
)
from mettaclaw.atoms.view import Belief, Derivation, Evidence, View
from mettaclaw.storage import Database
from mettaclaw.storage.batches import batches, marks

_COLUMNS = """
a.id, a.text, b.f, b.c, b.origin, t.time,
(SELECT json_group_array(e.id) FROM evidence e WHERE e.atom = a.id AND e.retired IS NULL),
EXISTS (SELECT 1 FROM derivation d WHERE d.atom = a.id AND d.retired IS NULL)
"""
_JOINED = "JOIN belief b ON b.atom = a.id AND b.version = a.version JOIN txn t ON t.id = b.txn"
_BELIEF = f"SELECT {_COLUMNS} FROM atom a {_JOINED}"
_FOUND = f"SELECT {_COLUMNS} FROM {{found}} f JOIN atom a ON a.id = f.atom {_JOINED} ORDER BY a.id"
_FOUND_TEXT = "SELECT a.id, a.text FROM {found} f JOIN atom a ON a.id = f.atom ORDER BY a.id"
_DEGREES = (
    "SELECT a.text, b.f FROM {found} f JOIN atom a ON a.id = f.atom "
    "JOIN belief b ON b.atom = a.id AND b.version = a.version ORDER BY a.id"
)
_ABOVE = """
WITH RECURSIVE above (atom) AS (
  SELECT ? UNION
  SELECT d.atom FROM above u JOIN premise p ON p.atom = u.atom
  JOIN derivation d ON d.id = p.derivation AND d.retired IS NULL
)
SELECT a.text FROM above u JOIN atom a ON a.id = u.atom LIMIT ? OFFSET 1"""


class Reader:
    """The beliefs in a database. Implements ``atoms.view.View``.

    Args:
        database: The database.
        quality: How sure sources are; None for the defaults.
    """

    def __init__(self, database: Database, quality: Quality | None = None) -> None:
        self.database = database
        self.quality = quality or Quality()

    def belief(self, statement: Atom) -> Belief | None:
        """The current belief of exactly this statement, up to the names of variables."""
        found = self.row(statement)
        return self._belief(found[0]) if found and found[1] is not None else None

    def find(self, pattern: Atom) -> Iterator[Belief]:
        """The current beliefs that unify with the pattern, in order of their ids."""
        ground = is_ground(pattern)
        mark = unused_mark("s", pattern)
        for page in pathindex.search(self.database, pattern, _FOUND):
            for row in page:
                atom = parsed(row[1])
                apart = atom if ground or "$" not in row[1] else rename(atom, mark)
                if unify(pattern, apart) is not None:
                    yield self._read(atom, row)

    def match(self, *patterns: Atom, limit: int | None = None) -> Iterator[Substitution]:
        """The substitutions that make all patterns beliefs, each once, at most ``limit``."""
        return islice(join.answers(patterns, self), limit)

    def candidates(self, pattern: Atom) -> Iterator[tuple[Atom, bool]]:
        """The statements that may unify with a pattern; see ``join.Candidates``."""
        for page in pathindex.search(self.database, pattern, _FOUND_TEXT):
            for _, text in page:
                yield parsed(text), "$" in text

    def costs(self, patterns: Sequence[Atom]) -> list[int]:
        """How many candidates patterns have at most; see ``join.Candidates``."""
        return pathindex.costs(self.database, patterns)

    def evidence(self, ids: Sequence[int]) -> list[Evidence]:
        """The evidence with these ids, in order of id; retired evidence too."""
        found: list[Evidence] = []
        for part in batches(ids):
            found += records.evidence(self.database, f"e.id IN ({marks(part)})", part)
        return sorted(found, key=lambda evidence: evidence.id)

    def met(self, statements: Sequence[Atom]) -> list[Atom]:
        """Those of a few statements that were ever stored, or may have been."""
        hashes = [bulk.key_hash(str(canonical(statement))) for statement in statements]
        marks = ", ".join("?" * len(hashes))
        rows = self.database.rows(f"SELECT hash FROM atom WHERE hash IN ({marks})", hashes)
        there = {row[0] for row in rows}
        return [one for one, number in zip(statements, hashes, strict=True) if number in there]

    def was_denied(self, statement: Atom) -> bool:
        """Whether anybody ever surely spoke against exactly this statement; found at once."""
        found = self.row(statement)
        return found is not None and records.was_denied(self.database, found[0])

    def bounds(self, statement: Atom, least: float, *, turned: bool) -> tuple[float, float] | None:
        """The lowest and the highest frequency of what was said of a statement with a confidence
        of ``least`` or more, turned round for a negation; None where nothing was.
        """
        found = self.row(statement)
        if found is None:
            return None
        return records.bounds(self.database, *self._live(found[0]), least, turned=turned)

    def opposed(
        self, statement: Atom, least: float, other: float, apart: float, most: int, *, turned: bool
    ) -> list[Evidence]:
        """Of such evidence, what is ``apart`` or more from another frequency; the furthest first.

        ``turned`` measures the distance from the frequency turned round.
        """
        found = self.row(statement)
        if found is None:
            return []
        live = self._live(found[0])
        return records.opposed(self.database, *live, least, other, apart, most, turned=turned)

    def degrees(self, pattern: Atom, limit: int) -> list[tuple[Atom, float]]:
        """The current ground statements that fit a pattern, and how true each is."""
        found: list[tuple[Atom, float]] = []
        for page in pathindex.search(self.database, pattern, _DEGREES):
            for text, f in page:
                if "$" not in text and unify(pattern, atom := parsed(text)) is not None:
                    found.append((atom, UNTOLD.f if f is None else f))
                    if len(found) >= limit:
                        return found
        return found

    def above(self, statement: Atom, limit: int) -> list[Atom]:
        """Statements that rest on one by way of kept derivations that stand, the nearest first."""
        found = self.row(statement)
        rows = self.database.rows(_ABOVE, (found[0], limit)) if found else []
        return [parsed(text) for (text,) in rows]

    def count(self) -> int:
        """How many atoms have a current belief."""
        row = self.database.row(
            "SELECT (SELECT count(*) FROM atom) - (SELECT count(*) FROM atom WHERE version IS NULL)"
        )
        return int(row[0]) if row else 0

    def count_derived(self) -> int:
        """How many of them nobody said."""
        row = self.database.row(
            "SELECT count(*) FROM (SELECT DISTINCT atom FROM derivation WHERE retired IS NULL) d "
            "WHERE NOT EXISTS (SELECT 1 FROM evidence e WHERE e.atom = d.atom "
            "AND e.retired IS NULL)"
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
                yield self._read(read(row[1]), row)
            if not rows:
                return
            last = rows[-1][0]

    def spelled(self, text: str) -> str | None:
        """The first symbol, number or string of any statement from a text on, by code points."""
        row = self.database.row(
            "SELECT leaf FROM leaf WHERE leaf >= ? ORDER BY leaf LIMIT 1", (text,)
        )
        return str(row[0]) if row else None

    def holding(self, leaf: Atom, limit: int) -> list[Atom]:
        """Statements that hold a symbol, number or string anywhere, at most ``limit``."""
        rows = self.database.rows(
            "SELECT a.text FROM (SELECT DISTINCT atom FROM leaf WHERE leaf = ? LIMIT ?) l"
            " JOIN atom a ON a.id = l.atom",
            (str(leaf), limit),
        )
        return [parsed(text) for (text,) in rows]

    @property
    def standing(self) -> tuple[str, tuple[int | float, ...]]:
        """The condition under which evidence ``e``, of a transaction ``t``, stands."""
        return "e.retired IS NULL", ()

    def state(self) -> int:
        """A number that is another one after each change of atoms, whoever made it."""
        row = self.database.row("SELECT number FROM atom_change")
        return int(row[0]) if row else 0

    def derivations(self, statement: Atom) -> list[Derivation]:
        """The kept derivations of a statement that stand, in order of id."""
        found = self.row(statement)
        if found is None:
            return []
        number, _, text = found
        return records.derivations(
            self.database, parsed(text), "d.atom = ? AND d.retired IS NULL", (number,)
        )

    def row(self, atom: Atom) -> tuple[int, int | None, str] | None:
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

    # --- inside ---

    def _live(self, number: int) -> tuple[str, tuple[int | float, ...]]:
        """The condition under which evidence ``e``, of a transaction ``t``, speaks for an atom."""
        where, values = self.standing
        return f"e.atom = ? AND {where}", (number, *values)

    def _read(self, atom: Atom, row: Sequence[Any]) -> Belief:
        number, _, f, c, origin, time, said, concluded = row
        truth = None if f is None else Truth(f, c)
        own = tuple(sorted(json.loads(said)))
        if not concluded:
            if truth is None:
                return Belief(atom, None, own, origin, time, untold=self.quality.untold(origin))
            return Belief(atom, truth, own, origin, time)
        stamp = tuple(records.under(self.database, number))
        if not own:
            return Belief(atom, truth, stamp, origin, time, derived=True)
        alone, _, source = records.summed(self.database, number)
        told = Belief(atom, alone, own, source, time, untold=self.quality.untold(source))
        return Belief(atom, truth, stamp, origin, time, told=told)

    def _belief(self, number: int) -> Belief | None:
        row = self.database.row(_BELIEF + " WHERE a.id = ?", (number,))
        return self._read(parsed(row[1]), row) if row else None


def beneath(view: View) -> Reader | None:
    """What is stored, under all that was written on top of it: it alone knows what was retired.

    None where a view is of something that is not stored.
    """
    reader = view if isinstance(view, Reader) else getattr(view, "reader", None)
    return reader if isinstance(reader, Reader) else None


_parsed_short = lru_cache(maxsize=16_384)(read)


def parsed(text: str) -> Atom:
    """The atom of a stored text; short ones are kept, since they come again and again."""
    return _parsed_short(text) if len(text) < 1_000 else read(text)
