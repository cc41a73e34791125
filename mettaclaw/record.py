"""The record of who said what: looked up by source, time and subject, and taken back by the piece.

``Record`` is the store of an atomspace. Invariant: only evidence that stands is found, so nobody is
shown what was forgotten. Not covered: what is believed in the end, and why (``reasoning``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mettaclaw.atoms import records
from mettaclaw.atoms.reader import parsed
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, Expression, Variable
from mettaclaw.atoms.view import Evidence

_PAGE = 500
_HOLDING = 5_000  # statements that name one thing and are looked through
_NEWEST = """
SELECT e.id, a.text FROM evidence e JOIN txn t ON t.id = e.txn JOIN atom a ON a.id = e.atom
WHERE e.retired IS NULL AND e.id < ? AND (? = '' OR e.source = ? COLLATE NOCASE)
AND coalesce(e.time, t.time) BETWEEN ? AND ? ORDER BY e.id DESC LIMIT ?"""


@dataclass(frozen=True, slots=True)
class Saying:
    """A piece of evidence, and the statement that it is for or against."""

    statement: Atom
    evidence: Evidence


class Record(AtomStore):
    """Beliefs in a database, with what each source has said."""

    def said(
        self,
        source: str = "",
        about: Atom | None = None,
        first: float = -math.inf,
        last: float = math.inf,
        limit: int = 100,
    ) -> list[Saying]:
        """What was said, the latest ``limit`` pieces of it, in the order of their times.

        Args:
            source: Who said it, in capitals or not; ``""`` for anybody.
            about: A symbol that the statement holds, or a pattern that it fits; None for all.
            first: The first moment at which it was said, in seconds (UTC).
            last: The last one.
            limit: How many at most.
        """
        if about is None or isinstance(about, Variable):
            found = self._newest(source, first, last)
        else:
            wanted = source.casefold()
            found = (
                one
                for one in self._about(about)
                if wanted in ("", one.evidence.source.casefold())
                and first <= one.evidence.time <= last
            )
        return sorted(islice(found, limit), key=lambda one: (one.evidence.time, one.evidence.id))

    def withdraw(self, ids: Iterable[int]) -> list[Saying]:
        """Retire pieces of evidence, and what rests on them alone; those that stood until now.

        Needs an open transaction.
        """
        gone = list(self._standing(list(dict.fromkeys(ids))))
        records.retire(self.database, (one.evidence.id for one in gone))
        statements = list(dict.fromkeys(one.statement for one in gone))
        rows = (self._row(statement) for statement in statements)
        self._settle([row[0] for row in rows if row is not None])
        self._judge(statements)
        return gone

    def _newest(self, source: str, first: float, last: float) -> Iterator[Saying]:
        """What was said at a time, what was written last before the rest."""
        before = 2**63 - 1
        values = (source, source, max(first, -1e15), min(last, 1e15), _PAGE)
        while rows := self.database.rows(_NEWEST, (before, *values)):
            texts = {int(number): str(text) for number, text in rows}
            for evidence in reversed(self.evidence(list(texts))):
                yield Saying(parsed(texts[evidence.id]), evidence)
            before = min(texts)

    def _about(self, about: Atom) -> Iterator[Saying]:
        """What was said of a thing, or of the statements that fit a pattern; the latest first."""
        if isinstance(about, Expression):
            beliefs = list(self.find(about))
        else:
            named = (self.belief(atom) for atom in self.holding(about, _HOLDING))
            beliefs = [belief for belief in named if belief is not None]
        found = [
            Saying(belief.statement, evidence)
            for belief in beliefs
            if not belief.derived
            for evidence in self.evidence(belief.stamp)
        ]
        found.sort(key=lambda one: one.evidence.id, reverse=True)
        yield from found

    def _standing(self, ids: Sequence[int]) -> Iterator[Saying]:
        for start in range(0, len(ids), _PAGE):
            part = ids[start : start + _PAGE]
            marks = ", ".join("?" * len(part))
            sql = (
                "SELECT e.id, a.text FROM evidence e JOIN atom a ON a.id = e.atom "
                f"WHERE e.retired IS NULL AND e.id IN ({marks})"
            )
            texts = {int(number): str(text) for number, text in self.database.rows(sql, part)}
            for evidence in self.evidence(list(texts)):
                yield Saying(parsed(texts[evidence.id]), evidence)
