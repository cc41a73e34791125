"""What rests on what: kept derivations, and what becomes of them when a premise changes.

A derivation stands while all of its premises are believed for a reason that does not go through
it: support that only goes round in a circle is none. So when a belief changes or goes, everything
that rests on it is taken down in thought, and put up again from what still stands, by whatever
derivation is left; truth values are those that the rules give for the premises as they are now.

Invariant: after ``follow`` each derivation that is not retired has believed premises, and is
grounded in evidence. Rows are retired, never changed. Not covered: which derivations are worth
keeping, what they come to (``atoms.grounding``), and what their rules mean
(``mettaclaw.reasoning``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mettaclaw.atoms import records
from mettaclaw.atoms.grounding import Grounding
from mettaclaw.atoms.policy import Policy
from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.ways import Use, same
from mettaclaw.storage import Database
from mettaclaw.storage.batches import batches, marks

_OF_TRANSACTION = """
WITH RECURSIVE own (id) AS (
  SELECT id FROM derivation WHERE id >= ? AND id < ?
  UNION
  SELECT n.id FROM own o JOIN derivation e ON e.id = o.id AND e.retired IS NOT NULL
  CROSS JOIN txn x ON x.id = e.retired OR x.undoes = e.retired
  CROSS JOIN derivation n ON n.atom = e.atom AND n.txn = x.id AND n.rule = e.rule AND n.id > e.id
    AND NOT EXISTS (SELECT place, atom FROM premise WHERE derivation = e.id
      EXCEPT SELECT place, atom FROM premise WHERE derivation = n.id)
)
SELECT id FROM own"""


@dataclass(frozen=True, slots=True)
class State:
    """What a conclusion comes to: its truth, and the rule behind it or ``SAID``; None: it goes."""

    atom: int
    truth: Truth | None
    rule: str


class Support:
    """The kept derivations of a database. Writing needs an open transaction.

    Args:
        database: The database.
        reader: Its beliefs.
        policy: Values and judges derivations; None leaves them the truth values that they had,
            and pools all that rest on different evidence.
    """

    def __init__(self, database: Database, reader: Reader, policy: Policy | None) -> None:
        self._database = database
        self._reader = reader
        self._policy = policy

    def keep(
        self, atom: int, rule: str, premises: Sequence[int], truth: Truth, engine: str
    ) -> bool:
        """Write a derivation down; False if it is there already, or rests on its conclusion."""
        if atom in premises:
            return False
        for use in self._uses("d.atom = ? AND d.retired IS NULL", [atom]):
            if use.rule == rule and use.premises == tuple(premises):
                return False
        self._write(atom, rule, premises, truth, engine)
        return True

    def is_empty(self) -> bool:
        """Whether no derivation stands."""
        sql = "SELECT 1 FROM derivation WHERE retired IS NULL LIMIT 1"
        return self._database.row(sql) is None

    def is_used(self, atom: int) -> bool:
        """Whether a derivation that stands has this atom as a premise."""
        sql = "SELECT 1 FROM premise p JOIN derivation d ON d.id = p.derivation "
        sql += "WHERE p.atom = ? AND d.retired IS NULL LIMIT 1"
        return self._database.row(sql, (atom,)) is not None

    def is_concluded(self, atom: int) -> bool:
        """Whether a derivation that stands concludes this atom."""
        sql = "SELECT 1 FROM derivation WHERE atom = ? AND retired IS NULL LIMIT 1"
        return self._database.row(sql, (atom,)) is not None

    def drop(self, atom: int) -> None:
        """End all derivations that conclude an atom."""
        sql = "UPDATE derivation SET retired = ? WHERE atom = ? AND retired IS NULL"
        self._database.write(sql, (self._txn(), atom))

    def undo(self, transaction: int) -> list[int]:
        """End the derivations that a transaction kept, and keep again those that it ended.

        What it kept and was since valued anew, or came back as something was undone, is that of the
        transaction too. Returns the atoms that they conclude; ``follow`` puts right what no longer
        holds.
        """
        ids = records.written(self._database, "derivation", transaction, transaction)
        values = [ids.start, ids.stop]
        kept = list(self._uses(f"d.id IN ({_OF_TRANSACTION}) AND d.retired IS NULL", values))
        ended = list(self._uses("d.retired = ? AND d.txn <> ?", [transaction, transaction]))
        sql = "UPDATE derivation SET retired = ? WHERE id = ?"
        self._database.write_many(sql, [(self._txn(), use.id) for use in kept])
        for use in ended:
            self.keep(use.atom, use.rule, use.premises, use.truth, use.engine)
        return [use.atom for use in (*kept, *ended)]

    def follow(self, changed: Sequence[int]) -> list[State]:
        """Put right all that rests on atoms whose belief has changed or gone.

        Returns the states of the beliefs that are to be written, for they may be others now.
        """
        cone = self._cone(changed)
        uses = list(self._concerned(cone, frozenset(changed)))
        values = Grounding(self._database, self._reader, cone, uses, self._policy)
        values.settle()
        gone = [use.id for use in uses if use.id not in values.fired]
        sql = "UPDATE derivation SET retired = ? WHERE id = ?"
        self._database.write_many(sql, [(self._txn(), number) for number in gone])
        for use in uses:
            new = values.fired.get(use.id)
            if new is not None and not same(new, use.truth):
                self._database.write(sql, (self._txn(), use.id))
                self._write(use.atom, use.rule, use.premises, new, use.engine)
        return [State(atom, *values.state(atom)) for atom in cone]

    # --- inside ---

    def _write(
        self, atom: int, rule: str, premises: Sequence[int], truth: Truth, engine: str
    ) -> None:
        number = self._database.write(
            "INSERT INTO derivation (atom, rule, f, c, engine, txn) VALUES (?, ?, ?, ?, ?, ?)",
            (atom, rule, truth.f, truth.c, engine, self._txn()),
        )
        self._database.write_many(
            "INSERT INTO premise (derivation, place, atom) VALUES (?, ?, ?)",
            [(number, place, premise) for place, premise in enumerate(premises)],
        )

    def _cone(self, changed: Sequence[int]) -> dict[int, None]:
        """The conclusions that rest on atoms; of these, those that nobody said or that are one."""
        cone = dict.fromkeys(self._unsaid(changed))
        cone.update(dict.fromkeys(atom for atom in changed if self.is_concluded(atom)))
        front = list(changed)
        while front:
            met = {
                row[0]
                for part in batches(front)
                for row in self._database.rows(
                    "SELECT DISTINCT d.atom FROM premise p "
                    "JOIN derivation d ON d.id = p.derivation "
                    f"WHERE p.atom IN ({marks(part)}) AND d.retired IS NULL",
                    part,
                )
            }
            front = [atom for atom in met if atom not in cone]
            cone.update(dict.fromkeys(front))
        return cone

    def _unsaid(self, atoms: Sequence[int]) -> list[int]:
        said = {
            row[0]
            for part in batches(atoms)
            for row in self._database.rows(
                f"SELECT DISTINCT atom FROM evidence WHERE atom IN ({marks(part)}) "
                "AND retired IS NULL",
                part,
            )
        }
        return [atom for atom in atoms if atom not in said]

    def _concerned(self, cone: dict[int, None], changed: frozenset[int]) -> Iterator[Use]:
        """The derivations that conclude or use what may change."""
        found: dict[int, Use] = {}
        other = cone.keys() | changed
        for part in batches(other):
            places = marks(part)
            where = (
                f"d.retired IS NULL AND (d.atom IN ({places}) OR d.id IN "
                f"(SELECT derivation FROM premise WHERE atom IN ({places})))"
            )
            found.update((use.id, use) for use in self._uses(where, [*part, *part]))
        return iter(found.values())

    def _uses(self, where: str, values: Sequence[int]) -> Iterator[Use]:
        rows = self._database.rows(
            "SELECT d.id, d.atom, d.rule, d.f, d.c, d.engine FROM derivation d "
            f"WHERE {where} ORDER BY d.id",
            values,
        )
        premises: dict[int, list[int]] = {}
        for part in batches([row[0] for row in rows]):
            for derivation, atom in self._database.rows(
                f"SELECT derivation, atom FROM premise WHERE derivation IN ({marks(part)}) "
                "ORDER BY derivation, place",
                part,
            ):
                premises.setdefault(derivation, []).append(atom)
        for number, atom, rule, f, c, engine in rows:
            yield Use(number, atom, rule, Truth(f, c), engine, tuple(premises.get(number, ())))

    def _txn(self) -> int:
        return self._database.current.id if self._database.current is not None else 0
