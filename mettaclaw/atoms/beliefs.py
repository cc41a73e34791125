"""The beliefs of atoms, put right after what was said of them, or what they follow from, changed.

Invariant: a belief's truth is that of all its live evidence pooled; where kept derivations count
beside it, ``atoms.support`` says what it comes to. What nobody said and nothing supports ends. Not
covered: what comes in (``atoms.intake``), and the rows of versions (``atoms.versions``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mettaclaw.atoms import records
from mettaclaw.atoms.grounding import SAID
from mettaclaw.atoms.support import Support
from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.versions import Versions
from mettaclaw.storage import Database
from mettaclaw.storage.batches import batches, marks


class Beliefs:
    """The beliefs of a database. Needs an open transaction of it.

    Args:
        database: The database.
        versions: Writes them.
        support: The kept derivations.
    """

    def __init__(self, database: Database, versions: Versions, support: Support) -> None:
        self._database = database
        self._versions = versions
        self._support = support

    def is_said(self, number: int) -> bool:
        """Whether anybody has said something of an atom that stands."""
        return records.latest(self._database, number) is not None

    def unsay(self, number: int) -> None:
        """Retire the evidence of an atom, and with it what rests on it alone."""
        sql = "UPDATE evidence SET retired = ? WHERE atom = ? AND retired IS NULL"
        self._database.write(sql, (self._versions.transaction, number))
        if self._support.is_concluded(number) or self._support.is_used(number):
            self.follow(number)
        else:
            self._versions.end(number)

    def settle(self, numbers: Iterable[int]) -> None:
        """Give atoms the beliefs that their evidence, or what they follow from, says."""
        changed: list[int] = []
        for number in numbers:
            concluded = self._support.is_concluded(number)
            said = self.is_said(number)
            if said and not concluded:
                self._settle_said(number)
            if concluded or self._support.is_used(number):
                changed.append(number)
            elif not said:
                self._versions.end(number)
        self.follow(*changed)

    def follow(self, *numbers: int) -> None:
        """Put right all that rests on atoms, and those of them that are concluded or unsaid."""
        states = self._support.follow(numbers)
        known = self._current(state.atom for state in states)
        ended: list[int] = []
        for state in states:
            if state.rule == SAID:
                self._settle_said(state.atom)
                continue
            version, f, c, origin, text = known[state.atom]
            if state.truth is None:
                ended += [state.atom] if version is not None else []
                continue
            source = records.latest(self._database, state.atom) or state.rule
            if version is None or (f, c, origin) != (state.truth.f, state.truth.c, source):
                self._versions.write(state.atom, state.truth, None, source)
                if version is None:
                    self._versions.post(state.atom, read(text))
        self._versions.end(*ended)

    # --- inside ---

    def _current(self, numbers: Iterable[int]) -> dict[int, list[Any]]:
        """Of each atom the version that stands with its f, c and origin, if any, and the text."""
        sql = (
            "SELECT a.id, a.version, b.f, b.c, b.origin, a.text FROM atom a LEFT JOIN belief b "
            "ON b.atom = a.id AND b.version = a.version WHERE a.id IN "
        )
        rows = (
            row
            for part in batches(numbers)
            for row in self._database.rows(f"{sql} ({marks(part)})", part)
        )
        return {number: found for number, *found in rows}

    def _settle_said(self, number: int) -> None:
        row = self._database.row(
            "SELECT a.version, b.f, b.c, b.weight, a.text FROM atom a LEFT JOIN belief b "
            "ON b.atom = a.id AND b.version = a.version WHERE a.id = ?",
            (number,),
        )
        version, f, c, weighs, text = row or (None, None, None, None, "")
        told, total, source = records.summed(self._database, number)
        new = (told.f, told.c, total) if told is not None else (None, None, None)
        if version is None or (f, c, weighs) != new:  # one truth value may hide other weights
            self._versions.write(number, told, total, source)
            if version is None:
                self._versions.post(number, read(text))
