"""The beliefs as they were at a time that has passed.

A belief's truth then is that of all evidence that was said by then and not yet retired, pooled;
what nobody had said stood on the derivations that were kept by then. Evidence that was told later
with an earlier time of its own counts from that time. Of two versions that one source gave of one
statement, of which the second is dated back and was told when the first had been taken back, only
the second counts from that time on: it is how the source tells it since. What was taken back and
not told otherwise counts until it was, for so it was known. Invariant: nothing is written, and
what happens after the moment changes no answer, but for evidence that is dated back.

Not covered: how a statement's own time (``(at STATEMENT FROM TO)``) is reasoned with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from mettaclaw.atoms import join, pathindex, records
from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.reader import Reader, parsed
from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.truth import Truth, pool
from mettaclaw.atoms.unify import Substitution, rename, unify, unused_mark
from mettaclaw.atoms.view import Belief, Derivation, Evidence
from mettaclaw.storage import Database

_LIVE = "d.txn <= ? AND (d.retired IS NULL OR d.retired > ?)"
_FOUND = "SELECT a.id, a.text FROM {found} f JOIN atom a ON a.id = f.atom ORDER BY a.id"

# What was only done again by undoing something tells no other version. The list, which is made once
# and only where something was taken back, spares the search for another version in nearly all rows.
_DATED_BACK = "SELECT source FROM evidence WHERE time <= ? AND txn > ? AND NOT again"
_STOOD = """
CASE WHEN e.again THEN t.time ELSE coalesce(e.time, t.time) END <= ?
AND (e.retired IS NULL OR (e.retired > ? AND NOT (e.source IN ({dated_back}) AND EXISTS (
  SELECT 1 FROM evidence n WHERE n.atom = e.atom AND n.source = e.source AND n.time <= ?
  AND n.txn >= e.retired AND n.id > e.id AND NOT n.again))))"""
_HOLDING = (
    "SELECT a.id, a.text FROM (SELECT atom FROM leaf WHERE leaf = ? UNION "
    "SELECT atom FROM leaf_gone WHERE leaf = ?) l JOIN atom a ON a.id = l.atom"
)


class Past(Reader):
    """The beliefs of a database at a moment. Implements ``atoms.view.View``.

    Args:
        database: The database.
        time: The moment, in seconds (UTC).
        quality: How sure sources are; None for the defaults.
        quoting: Whether the words are told of what was taken back since.

    Attributes:
        time: The moment.
        last: The id of the last transaction until then.
    """

    def __init__(
        self,
        database: Database,
        time: float,
        quality: Quality | None = None,
        *,
        quoting: bool = True,
    ) -> None:
        super().__init__(database, quality)
        self._quoting = quoting
        self.time = time
        row = database.row("SELECT coalesce(max(id), 0) FROM txn WHERE time <= ?", (time,))
        self.last = int(row[0]) if row else 0

    def find(self, pattern: Atom) -> Iterator[Belief]:
        """The beliefs of then that unify with the pattern."""
        for number, text in self._candidates(pattern):
            atom = parsed(text)
            apart = atom if "$" not in text else rename(atom, unused_mark("s", pattern))
            if unify(pattern, apart) is not None:
                belief = self._belief(number)
                if belief is not None:
                    yield belief

    def belief(self, statement: Atom) -> Belief | None:
        """The belief of then of exactly this statement, up to the names of variables."""
        found = self.row(statement)
        return self._belief(found[0]) if found is not None else None

    def match(self, *patterns: Atom, limit: int | None = None) -> Iterator[Substitution]:
        """The substitutions that make all patterns beliefs of then, each once."""
        return islice(join.answers(patterns, self), limit)

    def candidates(self, pattern: Atom) -> Iterator[tuple[Atom, bool]]:
        """The statements of then that may unify with a pattern; see ``join.Candidates``."""
        for number, text in self._candidates(pattern):
            if self._belief(number) is not None:
                yield parsed(text), "$" in text

    def count(self) -> int:
        """How many atoms had a belief; each is looked at."""
        return sum(1 for _ in self.beliefs())

    def beliefs(self) -> Iterator[Belief]:
        """All beliefs of then, in order of their atoms' ids."""
        last = 0
        while True:
            sql = "SELECT id FROM atom WHERE id > ? ORDER BY id LIMIT 1000"
            rows = self.database.rows(sql, (last,))
            for (number,) in rows:
                belief = self._belief(number)
                if belief is not None:
                    yield belief
            if not rows:
                return
            last = rows[-1][0]

    def evidence(self, ids: Sequence[int]) -> list[Evidence]:
        """The evidence with these ids, in order of id."""
        found = super().evidence(ids)
        if self._quoting or not found:
            return found
        marks = ", ".join("?" * len(found))
        sql = f"SELECT id FROM evidence WHERE retired IS NULL AND id IN ({marks})"
        standing = {row[0] for row in self.database.rows(sql, [one.id for one in found])}
        return [one if one.id in standing else replace(one, words=None) for one in found]

    def derivations(self, statement: Atom) -> list[Derivation]:
        """The kept derivations of a statement that stood then."""
        found = self.row(statement)
        if found is None:
            return []
        return records.derivations(
            self.database, parsed(found[2]), f"d.atom = ? AND {_LIVE}", (found[0], *self._bounds)
        )

    def holding(self, leaf: Atom, limit: int) -> list[Atom]:
        """Statements of then that hold a symbol, number or string anywhere, at most ``limit``."""
        rows = self.database.rows(_HOLDING, (str(leaf), str(leaf)))
        then = (parsed(text) for number, text in rows if self._belief(number) is not None)
        return list(islice(then, limit))

    @property
    def standing(self) -> tuple[str, tuple[int | float, ...]]:
        """The condition under which evidence ``e``, of a transaction ``t``, stood then."""
        stood = _STOOD.format(dated_back=_DATED_BACK)
        return stood, (self.time, self.last, self.time, self.last, self.time)

    def of(self, number: int) -> Belief | None:
        """The belief of then of the atom with this id."""
        return self._belief(number)

    # --- inside ---

    @property
    def _bounds(self) -> tuple[int, int]:
        return self.last, self.last

    def _live(self, number: int) -> tuple[str, tuple[int | float, ...]]:
        stood = _STOOD.format(dated_back=f"{_DATED_BACK} AND atom = ?")
        values = (self.time, self.last, self.time, self.last, number, self.time)
        return f"e.atom = ? AND {stood}", (number, *values)

    def _candidates(self, pattern: Atom) -> Iterator[tuple[int, str]]:
        """Atoms that may unify with the pattern, whether they are believed now or were once."""
        met: set[int] = set()
        for gone in (False, True):
            for page in pathindex.search(self.database, pattern, _FOUND, gone=gone):
                for number, text in page:
                    if number not in met:
                        met.add(number)
                        yield number, text

    def _belief(self, number: int) -> Belief | None:
        row = self.database.row("SELECT text FROM atom WHERE id = ?", (number,))
        if row is None:
            return None
        atom = parsed(row[0])
        where, values = self._live(number)
        evidence = records.evidence(self.database, f"{where} ORDER BY e.id", values)
        derived = self._derived(number, atom)
        if not evidence:
            return derived
        truths = [one.truth for one in evidence if one.truth is not None]
        stamp = tuple(one.id for one in evidence)
        source, truth = evidence[-1].source, pool(truths) if truths else None
        time = max(one.time for one in evidence)
        untold = self.quality.untold(source)
        told = Belief(atom, truth, stamp, source, time, untold=untold)
        if derived is None:
            return told
        later = self.database.row(
            f"SELECT 1 FROM evidence e JOIN txn t ON t.id = e.txn WHERE {where} AND e.txn > ?",
            (*values, self.last),
        )
        if later is not None:  # it is dated back, and no version of then knew of it
            return told
        return replace(derived, derived=False, origin=source, told=told)

    def _derived(self, number: int, atom: Atom) -> Belief | None:
        """The belief that stood on kept derivations, as its version of then says."""
        row = self.database.row(
            "SELECT b.f, b.c, b.origin, t.time FROM belief b JOIN txn t ON t.id = b.txn "
            "WHERE b.atom = ? AND b.txn <= ? AND (b.retired IS NULL OR b.retired > ?) "
            f"AND EXISTS (SELECT 1 FROM derivation d WHERE d.atom = b.atom AND {_LIVE})",
            (number, *self._bounds, *self._bounds),
        )
        if row is None or row[0] is None:
            return None
        f, c, origin, time = row
        stamp = sorted(self._under(number))
        return Belief(atom, Truth(f, c), tuple(stamp), origin, time, True)

    def _under(self, number: int) -> set[int]:
        """The evidence that a belief rested on, its own and by way of kept derivations."""
        sql = (
            "WITH RECURSIVE under (atom) AS (SELECT ? UNION SELECT p.atom FROM under u "
            f"JOIN derivation d ON d.atom = u.atom AND {_LIVE} "
            "JOIN premise p ON p.derivation = d.id) SELECT atom FROM under"
        )
        found: set[int] = set()
        for (atom,) in self.database.rows(sql, (number, *self._bounds)):
            found.update(one.id for one in records.evidence(self.database, *self._live(atom)))
        return found
