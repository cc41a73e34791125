"""Evidence that was taken back: who had said it, when, and when and how it was taken back.

The store keeps what it retires; ``Archive`` reads that. Invariant: nothing is written; what was
told again in the very same way, as when a removal is undone, was not taken back. Of one statement
the latest ``LATEST`` pieces are known, of a pattern the first ``_LOOKED_AT`` statements that may
fit, so work is bounded whatever was retired. Not covered: derivations that fell; what would follow
from what was taken back (``mettaclaw.reasoning.whynot``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal, TypeAlias

from mettaclaw.atoms import bulk, pathindex
from mettaclaw.atoms.past import Past
from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.reader import Reader, beneath
from mettaclaw.atoms.syntax import Atom, is_ground, read
from mettaclaw.atoms.truth import Truth, pool
from mettaclaw.atoms.unify import alpha_equal, canonical, rename, unify, unused_mark
from mettaclaw.atoms.view import Belief, Evidence, View
from mettaclaw.storage import Database

LATEST = 20
_LOOKED_AT = 300
_ROWS = 100  # of one statement, among which those told again are left out

_FOUND = "SELECT a.id, a.text FROM {found} f JOIN atom a ON a.id = f.atom ORDER BY a.id"
_RETIRED = f"""
SELECT e.id, e.f, e.c, e.source, coalesce(e.time, t.time) AS said, e.words, e.opinion,
  r.time, r.author, r.note, r.undoes IS NOT NULL,
  EXISTS (SELECT 1 FROM evidence n WHERE n.atom = e.atom AND n.txn = e.retired AND NOT n.again)
FROM (SELECT * FROM evidence WHERE atom = ?1 AND retired <= ?2
      ORDER BY retired DESC, id DESC LIMIT {_ROWS}) e
JOIN txn t ON t.id = e.txn JOIN txn r ON r.id = e.retired
WHERE NOT EXISTS (
  SELECT 1 FROM evidence l JOIN txn lt ON lt.id = l.txn
  WHERE l.atom = e.atom AND l.txn <= ?2 AND (l.retired IS NULL OR l.retired > ?2)
    AND l.source = e.source AND l.words IS e.words AND l.f IS e.f AND l.c IS e.c
    AND coalesce(l.time, lt.time) = coalesce(e.time, t.time))
ORDER BY e.retired DESC, e.id DESC
"""

How: TypeAlias = Literal["undone", "source", "replaced", "taken back"]


@dataclass(frozen=True, slots=True)
class Retired:
    """A piece of evidence that no longer counts.

    Attributes:
        evidence: What was said.
        time: When it was taken back, in seconds (UTC).
        author: Who did so.
        how: ``undone``: a transaction was undone; ``source``: all that its source said was taken
            back; ``replaced``: something newer took its place; ``taken back``: it was retracted,
            removed or forgotten.
    """

    evidence: Evidence
    time: float
    author: str
    how: How


class Archive:
    """What was retired in a store, until the moment that is looked at.

    Args:
        reader: The store, or its past.
        quoted: Whether the words are told.

    Attributes:
        known: What was read so far, by the ids of the evidence.
    """

    def __init__(self, reader: Reader, quoted: bool = True) -> None:
        self.quoted = quoted
        self._database: Database = reader.database
        self._quality = reader.quality
        self._past = isinstance(reader, Past)
        if isinstance(reader, Past):
            self._last = reader.last
        else:
            row = self._database.row("SELECT coalesce(max(id), 0) FROM txn")
            self._last = int(row[0]) if row else 0
        self.known: dict[int, Retired] = {}
        self._read: dict[int, list[Retired]] = {}

    @classmethod
    def under(cls, view: View, quoted: bool = True) -> Archive | None:
        """That of the store under a view; None where it tells none, or nothing was retired."""
        reader = beneath(view)
        if reader is None:
            return None
        archive = cls(reader, quoted)
        sql = "SELECT 1 FROM evidence WHERE retired <= ? LIMIT 1"
        return archive if archive._database.row(sql, (archive._last,)) else None

    def of(self, statement: Atom) -> list[Retired]:
        """What was said of exactly this statement and taken back, the latest first."""
        ground = is_ground(statement)
        text = str(statement) if ground else str(canonical(statement))
        rows = self._database.rows(
            "SELECT id, text FROM atom WHERE hash = ?", (bulk.key_hash(text),)
        )
        for number, stored in rows:
            if stored == text or (not ground and alpha_equal(read(stored), statement)):
                return self._of(number)
        return []

    def belief(self, statement: Atom) -> Belief | None:
        """A statement with all that was taken back, as it would be believed."""
        return _belief(statement, self.of(statement), self._quality)

    def find(self, pattern: Atom) -> Iterator[Belief]:
        """The statements that fit a pattern and of which something was taken back, as ``belief``
        gives them; they may be believed for something else.
        """
        if is_ground(pattern):
            found = self.belief(pattern)
            if found is not None:
                yield found
            return
        mark = unused_mark("s", pattern)
        met: set[int] = set()
        for number, atom in self._indexed(pattern):
            if number not in met and unify(pattern, rename(atom, mark)) is not None:
                met.add(number)
                found = _belief(atom, self._of(number), self._quality)
                if found is not None:
                    yield found

    def candidates(self, pattern: Atom) -> Iterator[Atom]:
        """Those that may fit it; see ``join.Candidates``."""
        for number, atom in self._indexed(pattern):
            if _belief(atom, self._of(number), self._quality) is not None:
                yield atom

    def _indexed(self, pattern: Atom) -> Iterator[tuple[int, Atom]]:
        kinds = (False, True) if self._past else (True,)
        pages = chain.from_iterable(
            pathindex.search(self._database, pattern, _FOUND, gone=gone) for gone in kinds
        )
        for number, text in islice(chain.from_iterable(pages), _LOOKED_AT):
            yield number, read(text)

    def _of(self, atom: int) -> list[Retired]:
        if atom not in self._read:
            self._read[atom] = list(islice(self._rows(atom), LATEST))
            self.known.update((one.evidence.id, one) for one in self._read[atom])
        return self._read[atom]

    def _rows(self, atom: int) -> Iterator[Retired]:
        met: set[tuple[object, ...]] = set()
        for row in self._database.rows(_RETIRED, (atom, self._last)):
            number, f, c, source, said, words, opinion, time, author, note, undone, replaced = row
            if (key := (f, c, source, said, words)) in met:
                continue  # told again, and taken back again
            met.add(key)
            truth = None if f is None else Truth(f, c)
            words = words if self.quoted else None
            evidence = Evidence(number, truth, source, said, words, bool(opinion))
            how: How = "undone" if undone else "replaced" if replaced else "taken back"
            if how == "taken back" and note == f"retire {source}":
                how = "source"
            yield Retired(evidence, time, author, how)


def _belief(statement: Atom, retired: Sequence[Retired], quality: Quality) -> Belief | None:
    counted = sorted((r.evidence for r in retired if r.how != "replaced"), key=lambda e: e.id)
    if not counted:
        return None
    truths = [evidence.truth for evidence in counted if evidence.truth is not None]
    return Belief(
        statement,
        pool(truths) if truths else None,
        tuple(evidence.id for evidence in counted),
        counted[-1].source,
        counted[-1].time,
        untold=quality.untold(counted[-1].source),
    )
