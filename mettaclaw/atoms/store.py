"""The store: beliefs and their evidence in the database, found through the path index.

Invariants: an atom has at most one current belief, whatever its variables are called. A belief's
truth is that of all its live evidence pooled, in whatever order it came. Kept derivations of it
count beside that (``atoms.support``); what nobody said stands on them alone, and goes in the
transaction that ends the last of them.

Not covered: what is new evidence (``atoms.intake``), how beliefs are put right after a change
(``atoms.beliefs``), and which derivations to keep, and what they mean (``mettaclaw.reasoning``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Protocol

from mettaclaw.atoms import bulk, clearing, records, removal, returned, sayings, spans
from mettaclaw.atoms.beliefs import Beliefs
from mettaclaw.atoms.evidence import Said
from mettaclaw.atoms.intake import Intake, Own
from mettaclaw.atoms.policy import Policy
from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.sayings import Saying
from mettaclaw.atoms.support import Support
from mettaclaw.atoms.syntax import Atom, check, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.versions import Versions
from mettaclaw.atoms.view import Belief, Evidence
from mettaclaw.errors import UsageError
from mettaclaw.storage import Database

_UNDONE = """
WITH RECURSIVE undo (id) AS (
  SELECT id FROM txn WHERE undoes = ? UNION SELECT x.id FROM undo u JOIN txn x ON x.undoes = u.id
)
SELECT id FROM undo ORDER BY id"""


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
        self._beliefs = Beliefs(database, self._versions, self._support)
        self._intake = Intake(self, self._versions, self._support, self._beliefs)
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
        atom = clearing.cleared(self.database, check(atom))
        spans.check(atom)
        clean = self.database.clean
        said = replace(
            said,
            source=clean(said.source),
            words=said.words and clean(said.words),
            message=self.database.redactor.clean(said.message),
        )
        number = self._intake.take(atom, said)
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
        source = self.database.clean(source)
        stream = iter(atoms)
        with bulk.uncollected():
            while batch := list(islice(stream, bulk.BATCH)):
                batch = self._cleared(batch)
                now = self._versions.transaction
                numbers, rest = bulk.insert_new(self.database, batch, source, now)
                self._versions.touch(numbers)
                for atom, truth in rest:
                    self._intake.take(atom, Said(truth, source, kind="file"), own=own, akin=akin)
                total += len(batch)
        return total

    def remove(self, atom: Atom) -> bool:
        """Retire a statement: its belief, its evidence, and the derivations that conclude it.

        What rests on it goes too, as far as nothing else supports it. False if it is not there.
        """
        found = self.row(atom)
        if found is None or found[1] is None:
            return False
        self._support.drop(found[0])
        self._beliefs.unsay(found[0])
        self._judge((atom,))
        return True

    def retract(self, atom: Atom) -> bool:
        """Retire what was said of a statement; it stays if it follows from what else is believed,
        as a kept derivation says. Otherwise ``remove``.
        """
        found = self.row(atom)
        if found is None or found[1] is None:
            return False
        self._beliefs.unsay(found[0])
        self._judge((atom,))
        return True

    def erase(
        self, numbers: Sequence[int], pieces: Sequence[int] = ()
    ) -> tuple[list[str], list[str]]:
        """Remove statements with all that was ever said of them, and single pieces of evidence.

        What rests on them goes as in ``remove``; what only followed from a statement that is
        removed, and nobody ever said, is removed too. None of it can be undone.

        Args:
            numbers: The ids of the statements' atoms, believed or not.
            pieces: The ids of evidence of others, which are settled.

        Returns:
            The texts of these statements, and of those that only followed from them.
        """
        statements = self._texts(numbers)
        for number in numbers:
            self._support.drop(number)
            self._beliefs.unsay(number)
        self._judge(statements)
        gone = removal.erase(self.database, numbers)
        others = removal.erase_evidence(self.database, pieces)
        self._beliefs.settle(others)
        self._judge(self._texts(others))
        return gone

    def derive(
        self, atom: Atom, rule: str, premises: Sequence[Atom], truth: Truth, engine: str
    ) -> bool:
        """Keep a derivation; False if it is kept already.

        Where nobody said the statement, it is a belief from now on, until the derivation falls.

        Raises:
            LimitError: The statement is larger than the limits.
            UsageError: A premise is not believed.
        """
        atom = clearing.cleared(self.database, check(atom))
        numbers: list[int] = []
        for premise in premises:
            row = self.row(premise)
            if row is None or row[1] is None:
                raise UsageError(
                    f"{premise} is not believed, so nothing can be kept that rests on it"
                )
            numbers.append(row[0])
        found = self.row(atom)
        number = found[0] if found else self._versions.insert(atom)
        if not self._support.keep(number, rule, numbers, truth, engine):
            return False
        self._beliefs.follow(number)
        return True

    def rejudge(self, atom: Atom) -> None:
        """Value a kept conclusion anew, and what rests on it."""
        found = self.row(atom)
        if found is not None:
            self._beliefs.follow(found[0])

    def retire(self, source: str) -> list[Atom]:
        """Retire all evidence of a source, and what rests on it alone; what is concerned."""
        source = self.database.redactor.clean(source)
        sql = (
            "SELECT DISTINCT atom FROM evidence WHERE source = ? AND retired IS NULL ORDER BY atom"
        )
        numbers = [row[0] for row in self.database.rows(sql, (source,))]
        sql = "UPDATE evidence SET retired = ? WHERE source = ? AND retired IS NULL"
        self.database.write(sql, (self._versions.transaction, source))
        self._beliefs.settle(numbers)
        concerned = self._texts(numbers)
        self._judge(concerned)
        return concerned

    def withdraw(self, ids: Iterable[int]) -> list[Saying]:
        """Retire pieces of evidence, and what rests on them alone; those that stood until now."""
        gone = list(sayings.pieces(self, list(dict.fromkeys(ids))))
        records.retire(self.database, [one.evidence.id for one in gone])
        statements = list(dict.fromkeys(one.statement for one in gone))
        rows = (self.row(statement) for statement in statements)
        self._beliefs.settle([row[0] for row in rows if row is not None])
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
        current = self._versions.transaction
        known = self.database.row("SELECT 1 FROM txn WHERE id = ?", (transaction,))
        if known is None or transaction == current:
            raise UsageError(f"there is no change {transaction} in the history")
        removal.require_kept(self.database, transaction)
        undone = [row[0] for row in self.database.rows(_UNDONE, (transaction,))]
        if undone:
            last, stands = undone[-1], len(undone) % 2 == 0
            raise UsageError(
                f"transaction {transaction} was taken back already, by transaction {undone[0]}; "
                + (f"that was undone by {last}: " if stands else "")
                + f"undo {last} to {'take it back' if stands else 'have it again'}"
            )
        told = returned.standing(self.database, transaction)
        sql = "UPDATE txn SET undoes = ? WHERE id = ?"
        self.database.write(sql, (transaction, current))
        concerned = dict.fromkeys(
            [*records.undo(self.database, transaction, told), *self._support.undo(transaction)]
        )
        eraser = removal.eraser_of(self.database, transaction)
        if not concerned and eraser is not None:
            raise UsageError(
                f"what change {transaction} did was forgotten by change {eraser}, and erased: "
                "nothing is left that could come back"
            )
        if not concerned:
            raise UsageError(
                f"change {transaction} has nothing to take back: it changed no belief, or nothing "
                "of what it did still stands"
            )
        self._beliefs.settle(concerned)
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

    def _cleared(self, batch: list[bulk.Entry]) -> list[bulk.Entry]:
        """Atoms of a file without secrets."""
        if clearing.has_none(self.database, [str(atom) for atom, _ in batch]):
            return batch
        atoms = clearing.cleared_all(self.database, [atom for atom, _ in batch])
        return [(atom, truth) for atom, (_, truth) in zip(atoms, batch, strict=True)]

    def _judge(self, changed: Sequence[Atom]) -> None:
        """Have kept conclusions judged anew after a change, but for what that itself changes."""
        if self._policy is None or self._judging or self._support.is_empty():
            return
        self._judging = True
        try:
            self._policy.judge(self, changed)
        finally:
            self._judging = False

    def _texts(self, numbers: Sequence[int]) -> list[Atom]:
        sql = "SELECT text FROM atom WHERE id = ?"
        return [read(row[0]) for n in numbers for row in self.database.rows(sql, (n,))]
