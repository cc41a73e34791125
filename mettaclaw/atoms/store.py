"""The store: beliefs and their evidence in the database, found through the path index.

Invariants: an atom has at most one current belief, whatever its variables are called. A belief's
truth is that of all its live evidence pooled, in whatever order it came; what is new evidence, the
rule of ``atoms.evidence`` says. Kept derivations of it count beside that (``atoms.support``); what
nobody said stands on them alone, and goes in the transaction that ends the last of them. The
rows of versions are written elsewhere (``atoms.versions``).

Not covered: which derivations to keep, and what they mean (``mettaclaw.reasoning``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Literal, Protocol

from mettaclaw.atoms import bulk, records, sayings, spans
from mettaclaw.atoms.evidence import Said, replaced
from mettaclaw.atoms.forms import others, turned_round
from mettaclaw.atoms.grounding import SAID
from mettaclaw.atoms.policy import Policy
from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.sayings import Saying
from mettaclaw.atoms.sources import is_model
from mettaclaw.atoms.support import Support
from mettaclaw.atoms.syntax import Atom, check, read
from mettaclaw.atoms.truth import MAX_CONFIDENCE, Truth, grown, weighed, weight
from mettaclaw.atoms.versions import Versions
from mettaclaw.atoms.view import Belief, Evidence
from mettaclaw.errors import UsageError
from mettaclaw.storage import Database

Own = Literal["", "whole", "edited"]


class Judge(Policy, Protocol):
    """Reasoning, as a store asks it that can be told of what follows."""

    def judge(self, store: AtomStore, changed: Sequence[Atom]) -> None:
        """Judge anew the kept conclusions that a change of these statements may contradict."""
        ...


class AtomStore(Reader):
    """Beliefs in a database. Writing needs an open transaction of the database; reading does not.

    Args:
        database: The database.
        policy: Values and judges the derivations that are kept; None leaves them the truth values
            that they had.
        quality: How sure sources are; None for the defaults.
    """

    def __init__(
        self, database: Database, policy: Judge | None = None, quality: Quality | None = None
    ) -> None:
        super().__init__(database, quality)
        self._versions = Versions(database)
        self._support = Support(database, self, policy)
        self._policy = policy
        self._judging = False

    # --- writing ---

    def add(
        self,
        atom: Atom,
        truth: Truth | None,
        source: str,
        words: str | None = None,
        *,
        opinion: bool = False,
        time: float | None = None,
    ) -> Belief:
        """Store evidence for a statement, if it is new, and pool it with what there is.

        An atom without a truth value is stored once for each source. It counts as
        ``Quality.untold`` says, beside what others say of it with a truth value too.

        Args:
            atom: The statement.
            truth: Its truth value.
            source: Who says so.
            words: The words it was said in.
            opinion: Without words, whether the next one of this source takes its place; else it
                is an observation, and counts each time.
            time: When it was said or seen, in seconds; None for now.

        Raises:
            LimitError: The atom is larger than the limits.
            UsageError: It says of a time what cannot be understood (``spans.check``).
        """
        kind = "opinion" if opinion else "observation"
        return self.tell(atom, Said(truth, source, words or None, kind, time))

    def tell(self, atom: Atom, said: Said) -> Belief:
        """``add``, of something that comes in."""
        spans.check(check(atom))
        number = self._add(atom, said)
        self._judge((atom,))
        belief = self._belief(number)
        assert belief is not None  # it was stored a line ago
        return belief

    def add_many(
        self,
        atoms: Iterable[tuple[Atom, Truth | None]],
        source: str,
        *,
        own: Own = "",
        akin: Sequence[str] = (),
    ) -> int:
        """Store the atoms of a file, in batches; returns how many were given.

        Args:
            atoms: They must be within the limits (``syntax.check``), as those are that the reader
                made.
            source: The file. What it has said before counts once.
            own: Whether this base's knowledge is in the file, as in an export of it, or of a base
                that has read one, and whether that is still as it was exported. It tells nothing
                new then about what is still believed; one that was edited does, where it says
                something that was never believed to just this degree.
            akin: Sources that may tell the same evidence; see ``records.overlapped``.
        """
        total = 0
        stream = iter(atoms)
        with bulk.uncollected():
            while batch := list(islice(stream, bulk.BATCH)):
                now = self._versions.transaction
                numbers, rest = bulk.insert_new(self.database, batch, source, now)
                self._versions.touch(numbers)
                for atom, truth in rest:
                    self._add(atom, Said(truth, source, kind="file"), own=own, akin=akin)
                total += len(batch)
        return total

    def remove(self, atom: Atom) -> bool:
        """Retire a statement: its belief, its evidence, and the derivations that conclude it.

        What rests on it goes too, as far as nothing else supports it. False if it is not there.
        """
        found = self._row(atom)
        if found is None or found[1] is None:
            return False
        self._support.drop(found[0])
        self._unsay(found[0])
        self._judge((atom,))
        return True

    def retract(self, atom: Atom) -> bool:
        """Retire what was said of a statement; it stays if it follows from what else is believed,
        as a kept derivation says. Otherwise ``remove``.
        """
        found = self._row(atom)
        if found is None or found[1] is None:
            return False
        self._unsay(found[0])
        self._judge((atom,))
        return True

    def derive(
        self, atom: Atom, rule: str, premises: Sequence[Atom], truth: Truth, engine: str
    ) -> bool:
        """Keep a derivation; False if it is kept already.

        Where nobody said the statement, it is a belief from now on, until the derivation falls.

        Raises:
            LimitError: The statement is larger than the limits.
            UsageError: A premise is not believed.
        """
        check(atom)
        numbers: list[int] = []
        for premise in premises:
            row = self._row(premise)
            if row is None or row[1] is None:
                raise UsageError(
                    f"{premise} is not believed, so nothing can be kept that rests on it"
                )
            numbers.append(row[0])
        found = self._row(atom)
        number = found[0] if found else self._versions.insert(atom)
        if not self._support.keep(number, rule, numbers, truth, engine):
            return False
        self._follow(number)
        return True

    def rejudge(self, atom: Atom) -> None:
        """Value a kept conclusion anew, and what rests on it."""
        found = self._row(atom)
        if found is not None:
            self._follow(found[0])

    def retire(self, source: str) -> list[Atom]:
        """Retire all evidence of a source, and what rests on it alone; what is concerned."""
        sql = (
            "SELECT DISTINCT atom FROM evidence WHERE source = ? AND retired IS NULL ORDER BY atom"
        )
        numbers = [row[0] for row in self.database.rows(sql, (source,))]
        sql = "UPDATE evidence SET retired = ? WHERE source = ? AND retired IS NULL"
        self.database.write(sql, (self._versions.transaction, source))
        self._settle(numbers)
        concerned = self._texts(numbers)
        self._judge(concerned)
        return concerned

    def withdraw(self, ids: Iterable[int]) -> list[Saying]:
        """Retire pieces of evidence, and what rests on them alone; those that stood until now."""
        gone = list(sayings.pieces(self, list(dict.fromkeys(ids))))
        records.retire(self.database, [one.evidence.id for one in gone])
        statements = list(dict.fromkeys(one.statement for one in gone))
        rows = (self._row(statement) for statement in statements)
        self._settle([row[0] for row in rows if row is not None])
        self._judge(statements)
        return gone

    def undo(self, transaction: int) -> list[Atom]:
        """Take back what a transaction did to beliefs; the statements that are concerned.

        What it told is retired, and what it retired is told again, with its source, words and
        time. What others did since stays.

        Raises:
            UsageError: There is no such transaction, it did nothing to beliefs, or what it did was
                undone already.
        """
        undone = self.database.row("SELECT id FROM txn WHERE undoes = ?", (transaction,))
        if undone is not None:
            raise UsageError(
                f"transaction {transaction} was taken back already, by transaction {undone[0]}; "
                f"undo {undone[0]} to have it again"
            )
        sql = "UPDATE txn SET undoes = ? WHERE id = ?"
        self.database.write(sql, (transaction, self._versions.transaction))
        concerned = dict.fromkeys(
            [*records.undo(self.database, transaction), *self._support.undo(transaction)]
        )
        if not concerned:
            raise UsageError(
                f"transaction {transaction} did nothing to beliefs that still stands; "
                "`mettaclaw atoms history` lists those that did"
            )
        self._settle(concerned)
        changed = self._texts(list(concerned))
        self._judge(changed)
        return changed

    def pending(self) -> list[tuple[Atom, Belief | None]]:
        """The statements that the open transaction has touched, with their state in it."""
        if self.database.current is None:
            return []
        out: list[tuple[Atom, Belief | None]] = []
        for number in self._versions.touched():
            row = self.database.row("SELECT text, version FROM atom WHERE id = ?", (number,))
            if row is not None:
                belief = None if row[1] is None else self._belief(number)
                out.append((read(row[0]), belief))
        return out

    def uncommitted(self) -> list[Evidence]:
        """The evidence of the open transaction, which no other connection can read."""
        found: list[Evidence] = []
        txn = self._versions.transaction
        for number in self._versions.touched():
            where = "e.atom = ? AND e.retired IS NULL AND e.txn = ?"
            found += records.evidence(self.database, where, (number, txn))
        return found

    # --- inside ---

    def _add(self, atom: Atom, said: Said, *, own: Own = "", akin: Sequence[str] = ()) -> int:
        """Store what is said of an atom, if it is new; returns the atom's id."""
        found = self._row(atom)
        elsewhere = self._elsewhere(atom, said)
        if found is None or found[1] is None:
            gone = replaced(said, [one for _, one in elsewhere]) if elsewhere else ()
            if gone is None:
                return elsewhere[0][0]
            number = found[0] if found else self._versions.insert(atom)
            records.write(self.database, number, said)
            self._versions.write(number, said.truth, None, said.source)
            self._versions.post(number, atom)
            self._take_back(elsewhere, gone)
            return number
        number = found[0]
        concluded = self._support.is_concluded(number)
        if concluded and not self._is_said(number):
            gone = replaced(said, [one for _, one in elsewhere]) if elsewhere else ()
            if gone is None:
                return elsewhere[0][0]
            records.write(self.database, number, said)
            self._follow(number)
            self._take_back(elsewhere, gone)
            return number
        truth = said.truth
        if own and (truth is None or own == "whole" or self._was_believed(number, truth)):
            return number
        same: tuple[int, ...] | None = ()
        if akin:
            same = records.overlapped(self.database, number, truth, akin, self.quality)
        if same is None:
            return number
        said = self._beside_untold(number, said)
        truth = said.truth
        if truth is None:
            return number
        known = records.standing(self.database, number, said)
        gone = replaced(said, [*known, *(one for _, one in elsewhere)])
        if gone is None:
            self._settle((number,))  # what had no truth value may have one now
            return number
        records.retire(self.database, (*gone, *same))
        records.write(self.database, number, said)
        if not concluded:
            new, total = self._revised(number, truth, bool(gone or same))
            self._versions.write(number, new, total, said.source)
        if concluded or self._support.is_used(number):
            self._follow(number)
        self._take_back(elsewhere, gone)
        return number

    def _elsewhere(self, atom: Atom, said: Said) -> list[tuple[int, Evidence]]:
        """What was said of a statement in its other forms that may be what is said now.

        Each comes with the number of its atom, and as it counts for the statement.
        """
        if said.truth is None or (said.words is None and not said.is_opinion):
            return []
        turned = dict(others(atom))
        found: list[tuple[int, Evidence]] = []
        for form in self.met(list(turned)):
            row = self._row(form)
            if row is not None:
                known = records.standing(self.database, row[0], said)
                found += [(row[0], turned_round(one) if turned[form] else one) for one in known]
        return found

    def _take_back(self, elsewhere: Sequence[tuple[int, Evidence]], gone: Sequence[int]) -> None:
        """End what was said in other forms, where what is said now takes its place."""
        ended = [(number, one.id) for number, one in elsewhere if one.id in gone]
        records.retire(self.database, [number for _, number in ended])
        self._settle(dict.fromkeys(number for number, _ in ended))

    def _beside_untold(self, number: int, said: Said) -> Said:
        """What something said comes in as, where some of what is said has no truth value.

        It has one as soon as anything has: an atom that was stored without one counts beside what
        others say of it (``Quality.untold``), and not beside what its own source says of it then.
        """
        is_untold = self._is_untold(number)
        if said.truth is None:
            if records.has_said(self.database, number, said.source):
                return said
            if is_untold:
                if not is_model(said.source):  # it adds nothing to what is there, and less sure
                    records.write(self.database, number, said)
                    if not self._support.is_concluded(number):
                        self._versions.write(number, None, None, said.source)
                return said
            return replace(said, truth=self.quality.untold(said.source), kind="observation")
        if is_untold:
            records.tell_untold(self.database, number, said.source, self.quality)
        return said

    def _judge(self, changed: Sequence[Atom]) -> None:
        """Have kept conclusions judged anew after a change, but for what that itself changes."""
        if self._policy is None or self._judging or self._support.is_empty():
            return
        self._judging = True
        try:
            self._policy.judge(self, changed)
        finally:
            self._judging = False

    def _unsay(self, number: int) -> None:
        """Retire the evidence of an atom, and with it what rests on it alone."""
        sql = "UPDATE evidence SET retired = ? WHERE atom = ? AND retired IS NULL"
        self.database.write(sql, (self._versions.transaction, number))
        if self._support.is_concluded(number) or self._support.is_used(number):
            self._follow(number)
        else:
            self._versions.end(number)

    def _settle(self, numbers: Iterable[int]) -> None:
        """Give atoms the beliefs that their evidence, or what they follow from, says."""
        changed: list[int] = []
        for number in numbers:
            concluded = self._support.is_concluded(number)
            said = self._is_said(number)
            if said and not concluded:
                self._settle_said(number)
            if concluded or self._support.is_used(number):
                changed.append(number)
            elif not said:
                self._versions.end(number)
        self._follow(*changed)

    def _settle_said(self, number: int) -> None:
        row = self.database.row(
            "SELECT a.version, b.f, b.c, b.weight, a.text FROM atom a LEFT JOIN belief b "
            "ON b.atom = a.id AND b.version = a.version WHERE a.id = ?",
            (number,),
        )
        version, f, c, weighs, text = row or (None, None, None, None, "")
        told, total, source = records.summed(self.database, number)
        new = (told.f, told.c, total) if told is not None else (None, None, None)
        if version is None or (f, c, weighs) != new:  # one truth value may hide other weights
            self._versions.write(number, told, total, source)
            if version is None:
                self._versions.post(number, read(text))

    def _follow(self, *numbers: int) -> None:
        """Put right all that rests on atoms, and those of them that are concluded or unsaid."""
        for state in self._support.follow(numbers):
            if state.rule == SAID:
                self._settle_said(state.atom)
                continue
            row = self.database.row(
                "SELECT a.version, b.f, b.c, b.origin, a.text FROM atom a LEFT JOIN belief b "
                "ON b.atom = a.id AND b.version = a.version WHERE a.id = ?",
                (state.atom,),
            )
            version, f, c, origin, text = row or (None, None, None, "", "")
            source = records.latest(self.database, state.atom) or state.rule
            if state.truth is None:
                if version is not None:
                    self._versions.end(state.atom)
            elif version is None or (f, c, origin) != (state.truth.f, state.truth.c, source):
                self._versions.write(state.atom, state.truth, None, source)
                if version is None:
                    self._versions.post(state.atom, read(text))

    def _texts(self, numbers: Sequence[int]) -> list[Atom]:
        sql = "SELECT text FROM atom WHERE id = ?"
        return [read(row[0]) for n in numbers for row in self.database.rows(sql, (n,))]

    def _is_said(self, number: int) -> bool:
        return records.latest(self.database, number) is not None

    def _is_untold(self, number: int) -> bool:
        """Whether something was said of a believed atom, and nothing with a truth value."""
        row = self.database.row(
            "SELECT b.f FROM atom a JOIN belief b ON b.atom = a.id AND b.version = a.version "
            "WHERE a.id = ?",
            (number,),
        )
        if row is not None and row[0] is not None and self._support.is_concluded(number):
            return self._is_said(number) and records.summed(self.database, number)[0] is None
        return row is not None and row[0] is None

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
            return records.pooled(self.database, number)
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
        if self.database.row(sql, (number, truth.f, truth.c)) is not None:
            return True
        return self._is_said(number) and records.summed(self.database, number)[0] == truth
