"""What is said of an atom as it comes in: whether it is new, and what belief it makes.

Invariant: the rule of ``atoms.evidence`` says what is new; what takes the place of something, said
of this form of the statement or of another, retires it in the same transaction. Not covered: the
first that is said of many atoms (``atoms.bulk``), and what becomes of beliefs when something is
taken back (``atoms.beliefs``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from mettaclaw.atoms import records
from mettaclaw.atoms.beliefs import Beliefs
from mettaclaw.atoms.evidence import Said, replaced
from mettaclaw.atoms.forms import others, turned_round
from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.sources import is_model
from mettaclaw.atoms.support import Support
from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.truth import MAX_CONFIDENCE, Truth, grown, weighed, weight
from mettaclaw.atoms.versions import Versions
from mettaclaw.atoms.view import Evidence

Own = Literal["", "whole", "edited"]


class Intake:
    """Takes what is said into a database. Needs an open transaction of it.

    Args:
        reader: The beliefs.
        versions: Writes them.
        support: The kept derivations.
        beliefs: Puts them right.
    """

    def __init__(
        self, reader: Reader, versions: Versions, support: Support, beliefs: Beliefs
    ) -> None:
        self._reader = reader
        self._database = reader.database
        self._versions = versions
        self._support = support
        self._beliefs = beliefs

    def take(self, atom: Atom, said: Said, *, own: Own = "", akin: Sequence[str] = ()) -> int:
        """Store what is said of an atom, if it is new; returns the atom's id.

        ``own`` and ``akin`` are those of ``AtomStore.add_many``.
        """
        found = self._reader.row(atom)
        elsewhere = self._elsewhere(atom, said)
        if found is None or found[1] is None:
            gone = replaced(said, [one for _, one in elsewhere]) if elsewhere else ()
            if gone is None:
                return elsewhere[0][0]
            number = found[0] if found else self._versions.insert(atom)
            records.write(self._database, number, said)
            self._versions.write(number, said.truth, None, said.source)
            self._versions.post(number, atom)
            self._take_back(elsewhere, gone)
            return number
        number = found[0]
        concluded = self._support.is_concluded(number)
        if concluded and not self._beliefs.is_said(number):
            gone = replaced(said, [one for _, one in elsewhere]) if elsewhere else ()
            if gone is None:
                return elsewhere[0][0]
            records.write(self._database, number, said)
            self._beliefs.follow(number)
            self._take_back(elsewhere, gone)
            return number
        truth = said.truth
        if own and (truth is None or own == "whole" or self._was_believed(number, truth)):
            return number
        same: tuple[int, ...] | None = ()
        if akin:
            same = records.overlapped(self._database, number, truth, akin, self._reader.quality)
        if same is None:
            return number
        said = self._beside_untold(number, said)
        truth = said.truth
        if truth is None:
            return number
        known = records.standing(self._database, number, said)
        gone = replaced(said, [*known, *(one for _, one in elsewhere)])
        if gone is None:
            self._beliefs.settle((number,))  # what had no truth value may have one now
            return number
        records.retire(self._database, (*gone, *same))
        records.write(self._database, number, said)
        if not concluded:
            new, total = self._revised(number, truth, bool(gone or same))
            self._versions.write(number, new, total, said.source)
        if concluded or self._support.is_used(number):
            self._beliefs.follow(number)
        self._take_back(elsewhere, gone)
        return number

    # --- inside ---

    def _elsewhere(self, atom: Atom, said: Said) -> list[tuple[int, Evidence]]:
        """What was said of a statement in its other forms that may be what is said now.

        Each comes with the number of its atom, and as it counts for the statement.
        """
        if said.truth is None or (said.words is None and not said.is_opinion):
            return []
        turned = dict(others(atom))
        found: list[tuple[int, Evidence]] = []
        for form in self._reader.met(list(turned)):
            row = self._reader.row(form)
            if row is not None:
                known = records.standing(self._database, row[0], said)
                found += [(row[0], turned_round(one) if turned[form] else one) for one in known]
        return found

    def _take_back(self, elsewhere: Sequence[tuple[int, Evidence]], gone: Sequence[int]) -> None:
        """End what was said in other forms, where what is said now takes its place."""
        ended = [(number, one.id) for number, one in elsewhere if one.id in gone]
        records.retire(self._database, [number for _, number in ended])
        self._beliefs.settle(dict.fromkeys(number for number, _ in ended))

    def _beside_untold(self, number: int, said: Said) -> Said:
        """What something said comes in as, where some of what is said has no truth value.

        It has one as soon as anything has: an atom that was stored without one counts beside what
        others say of it (``Quality.untold``), and not beside what its own source says of it then.
        """
        is_untold = self._is_untold(number)
        if said.truth is None:
            if records.has_said(self._database, number, said.source):
                return said
            if is_untold:
                if not is_model(said.source):  # it adds nothing to what is there, and less sure
                    records.write(self._database, number, said)
                    if not self._support.is_concluded(number):
                        self._versions.write(number, None, None, said.source)
                return said
            return replace(said, truth=self._reader.quality.untold(said.source), kind="observation")
        if is_untold:
            records.tell_untold(self._database, number, said.source, self._reader.quality)
        return said

    def _is_untold(self, number: int) -> bool:
        """Whether something was said of a believed atom, and nothing with a truth value."""
        row = self._database.row(
            "SELECT b.f FROM atom a JOIN belief b ON b.atom = a.id AND b.version = a.version "
            "WHERE a.id = ?",
            (number,),
        )
        if row is not None and row[0] is not None and self._support.is_concluded(number):
            return (
                self._beliefs.is_said(number) and records.summed(self._database, number)[0] is None
            )
        return row is not None and row[0] is None

    def _revised(self, number: int, new: Truth, anew: bool) -> tuple[Truth, float | None]:
        """A belief's truth with new evidence, and what all weighs where that does not tell it.

        It is that of all evidence, which is looked at only where the sum so far is not known.
        """
        sql = (
            "SELECT b.f, b.c, b.weight FROM atom a "
            "JOIN belief b ON b.atom = a.id AND b.version = a.version WHERE a.id = ?"
        )
        row = self._database.row(sql, (number,))
        if row is None or row[0] is None:
            return records.pooled(self._database, number)
        f, c, total = row
        known = Truth(f, c)
        truth = grown(known, new) if total is None else weighed(known, total, new)
        if anew or truth is None:
            return records.pooled(self._database, number)
        if truth.c < MAX_CONFIDENCE:
            return truth, None
        return truth, (weight(c) if total is None else total) + weight(new.c)

    def _was_believed(self, number: int, truth: Truth) -> bool:
        sql = "SELECT 1 FROM belief WHERE atom = ? AND f = ? AND c = ?"
        if self._database.row(sql, (number, truth.f, truth.c)) is not None:
            return True
        return self._beliefs.is_said(number) and records.summed(self._database, number)[0] == truth
