"""What rests on what: kept derivations, and what becomes of them when a premise changes.

A derivation stands while all of its premises are believed for a reason that does not go through
it: support that only goes round in a circle is none. So when a belief changes or goes, everything
that rests on it is taken down in thought, and put up again from what still stands, by whatever
derivation is left; truth values are those that the rules give for the premises as they are now.

What was said of a conclusion is one more candidate beside its derivations, as where it is asked for
(``infer``).

Invariant: after ``follow`` each derivation that is not retired has believed premises, and is
grounded in evidence. Rows are retired, never changed. Not covered: which derivations are worth
keeping, and what their rules mean (``mettaclaw.reasoning``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mettaclaw.atoms import records
from mettaclaw.atoms.policy import Candidate, Policy
from mettaclaw.atoms.sources import untold
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atoms.truth import APART, Truth, pool
from mettaclaw.storage import Database

if TYPE_CHECKING:  # it reads what stands here
    from mettaclaw.atoms.reader import Reader

_AT_ONCE = 500
SAID = "said"  # the rule of what rests on evidence directly
_ROUNDS = 24  # how often one derivation is valued anew, where support goes round in circles
_SAME = 1e-12
_WITHIN = 500  # statements of the proof under a derivation that are looked at


@dataclass(slots=True)
class _Use:
    """A kept derivation: its conclusion and premises by their atoms' ids."""

    id: int
    atom: int
    rule: str
    truth: Truth
    engine: str
    premises: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class State:
    """What a conclusion comes to: its truth, and the rule behind it or ``SAID``; None: it goes."""

    atom: int
    truth: Truth | None
    rule: str


_UNDER = """
WITH RECURSIVE under (atom) AS (
  SELECT atom FROM premise WHERE derivation = ? UNION
  SELECT p.atom FROM under u JOIN derivation d ON d.atom = u.atom AND d.retired IS NULL
  JOIN premise p ON p.derivation = d.id
)
SELECT a.text FROM under u JOIN atom a ON a.id = u.atom LIMIT ?"""


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

        Returns the atoms that they conclude; ``follow`` puts right what no longer holds.
        """
        ids = records.written(self._database, "derivation", transaction, transaction)
        kept = list(
            self._uses("d.id >= ? AND d.id < ? AND d.retired IS NULL", [ids.start, ids.stop])
        )
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
        values = _Values(self._database, self._reader, cone, uses, self._policy)
        values.settle()
        gone = [use.id for use in uses if use.id not in values.fired]
        sql = "UPDATE derivation SET retired = ? WHERE id = ?"
        self._database.write_many(sql, [(self._txn(), number) for number in gone])
        for use in uses:
            new = values.fired.get(use.id)
            if new is not None and not _same(new, use.truth):
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
                for part in _parts(front)
                for row in self._database.rows(
                    "SELECT DISTINCT d.atom FROM premise p "
                    "JOIN derivation d ON d.id = p.derivation "
                    f"WHERE p.atom IN ({_marks(part)}) AND d.retired IS NULL",
                    part,
                )
            }
            front = [atom for atom in met if atom not in cone]
            cone.update(dict.fromkeys(front))
        return cone

    def _unsaid(self, atoms: Sequence[int]) -> list[int]:
        said = {
            row[0]
            for part in _parts(atoms)
            for row in self._database.rows(
                f"SELECT DISTINCT atom FROM evidence WHERE atom IN ({_marks(part)}) "
                "AND retired IS NULL",
                part,
            )
        }
        return [atom for atom in atoms if atom not in said]

    def _concerned(self, cone: dict[int, None], changed: frozenset[int]) -> Iterator[_Use]:
        """The derivations that conclude or use what may change."""
        found: dict[int, _Use] = {}
        other = cone.keys() | changed
        for part in _parts(other):
            marks = _marks(part)
            where = (
                f"d.retired IS NULL AND (d.atom IN ({marks}) OR d.id IN "
                f"(SELECT derivation FROM premise WHERE atom IN ({marks})))"
            )
            found.update((use.id, use) for use in self._uses(where, [*part, *part]))
        return iter(found.values())

    def _uses(self, where: str, values: Sequence[int]) -> Iterator[_Use]:
        rows = self._database.rows(
            "SELECT d.id, d.atom, d.rule, d.f, d.c, d.engine FROM derivation d "
            f"WHERE {where} ORDER BY d.id",
            values,
        )
        premises: dict[int, list[int]] = {}
        for part in _parts([row[0] for row in rows]):
            for derivation, atom in self._database.rows(
                f"SELECT derivation, atom FROM premise WHERE derivation IN ({_marks(part)}) "
                "ORDER BY derivation, place",
                part,
            ):
                premises.setdefault(derivation, []).append(atom)
        for number, atom, rule, f, c, engine in rows:
            yield _Use(number, atom, rule, Truth(f, c), engine, tuple(premises.get(number, ())))

    def _txn(self) -> int:
        return self._database.current.id if self._database.current is not None else 0


class _Values:
    """What stands, and how much: from what is said, up through derivations, to a fixed point."""

    def __init__(
        self,
        database: Database,
        reader: Reader,
        cone: dict[int, None],
        uses: list[_Use],
        policy: Policy | None,
    ) -> None:
        self.fired: dict[int, Truth] = {}  # by derivation: what it gives now
        self._cone = cone
        self._uses = uses
        self._database = database
        self._reader = reader
        self._policy = policy
        self._atoms: dict[int, Atom] = {}
        self._standing: dict[int, tuple[Truth, frozenset[int]]] = {}
        self._told: dict[int, tuple[Truth, frozenset[int]]] = {}  # of conclusions: what was said
        self._rules: dict[int, str] = {}
        self._proofs: dict[int, frozenset[Atom]] = {}  # by derivation
        self._by_conclusion: dict[int, list[_Use]] = {}
        self._using: dict[int, list[int]] = {}  # by premise: places in ``uses``
        for place, use in enumerate(uses):
            self._by_conclusion.setdefault(use.atom, []).append(use)
            for premise in use.premises:
                self._using.setdefault(premise, []).append(place)
        met = cone.keys() | {atom for use in uses for atom in (use.atom, *use.premises)}
        for part in _parts(sorted(met)):
            self._load(database, part)

    def settle(self) -> None:
        """Fire what can be fired, and what uses it, until nothing changes."""
        times: dict[int, int] = {}
        waiting = dict.fromkeys(range(len(self._uses)))
        while waiting:
            place = next(iter(waiting))
            del waiting[place]
            use = self._uses[place]
            if times.get(use.id, 0) < _ROUNDS and self._fire(use):
                times[use.id] = times.get(use.id, 0) + 1
                if use.atom in self._cone and self._valued(use.atom):
                    waiting.update(dict.fromkeys(self._using.get(use.atom, ())))

    def state(self, atom: int) -> tuple[Truth | None, str]:
        """What a conclusion has come to."""
        found = self._standing.get(atom)
        return (None, "") if found is None else (found[0], self._rules[atom])

    def _fire(self, use: _Use) -> bool:
        """Give a derivation its value; whether that is another one than before."""
        if any(premise not in self._standing for premise in use.premises):
            return False
        truth = use.truth
        if self._policy is not None:
            given, conclusion = self._given(use), self._atoms[use.atom]
            truth = self._policy.revalued(self._reader, use.rule, given, conclusion) or truth
        old = self.fired.get(use.id)
        if old is not None and _same(old, truth):
            return False
        self.fired[use.id] = truth
        return True

    def _valued(self, atom: int) -> bool:
        """Pool what speaks for a conclusion and counts; whether that changed it."""
        found: list[tuple[Truth, frozenset[int], _Use | None]] = [
            (
                self.fired[use.id],
                frozenset[int]().union(*(self._standing[p][1] for p in use.premises)),
                use,
            )
            for use in self._by_conclusion[atom]
            if use.id in self.fired and atom not in use.premises
        ]
        if atom in self._told:
            found.insert(0, (*self._told[atom], None))
        if len(found) > 1 and self._policy is not None:
            degrees = [truth.f for truth, _, _ in found]
            contested = max(degrees) - min(degrees) >= APART  # else nothing challenges anything
            candidates = [
                Candidate(SAID, (), truth, (stamp,), frozenset())
                if use is None
                else self._candidate(use, contested)
                for truth, stamp, use in found
            ]
            places = self._policy.counted(self._reader, self._atoms[atom], candidates)
            kept = [found[place] for place in places]
        else:
            found.sort(key=lambda one: (-one[0].c, one[2].rule if one[2] else "", one[0].f))
            kept = found[:1]
            for one in found[1:]:
                if all(one[1].isdisjoint(other[1]) for other in kept):
                    kept.append(one)
        stamp = frozenset[int]().union(*(one[1] for one in kept))
        new = pool([one[0] for one in kept])
        old = self._standing.get(atom)
        self._standing[atom] = new, stamp
        only = kept[0][2]
        self._rules[atom] = "revision" if len(kept) > 1 else SAID if only is None else only.rule
        return old is None or not _same(old[0], new) or old[1] != stamp

    def _candidate(self, use: _Use, contested: bool) -> Candidate:
        return Candidate(
            use.rule,
            self._given(use),
            self.fired[use.id],
            tuple(self._standing[premise][1] for premise in use.premises),
            self._within(use) if contested else frozenset(),
        )

    def _given(self, use: _Use) -> tuple[tuple[Atom, Truth], ...]:
        return tuple((self._atoms[p], self._standing[p][0]) for p in use.premises)

    def _within(self, use: _Use) -> frozenset[Atom]:
        """The statements of the proof under a derivation."""
        if use.id not in self._proofs:
            rows = self._database.rows(_UNDER, (use.id, _WITHIN))
            self._proofs[use.id] = frozenset(read(text) for (text,) in rows)
        return self._proofs[use.id]

    def _load(self, database: Database, part: list[int]) -> None:
        marks = _marks(part)
        rows: list[tuple[Any, ...]] = database.rows(
            "SELECT a.id, a.text, a.version, b.f, b.c, b.origin FROM atom a LEFT JOIN belief b "
            f"ON b.atom = a.id AND b.version = a.version WHERE a.id IN ({marks})",
            part,
        )
        for number, text, version, f, c, origin in rows:
            self._atoms[number] = read(text)
            if version is not None and number not in self._cone:
                truth = untold(origin) if f is None else Truth(f, c)
                self._standing[number] = truth, frozenset()
        evidence: dict[int, set[int]] = {}
        for atom, number in database.rows(
            f"SELECT atom, id FROM evidence WHERE atom IN ({marks}) AND retired IS NULL", part
        ):
            evidence.setdefault(atom, set()).add(number)
        for number in part:
            known = self._standing.get(number)
            if known is not None:
                self._standing[number] = known[0], frozenset(under(database, number))
            elif number in self._cone and number in evidence:
                truth, _, source = records.summed(database, number)
                told = truth or untold(source), frozenset(evidence[number])
                self._told[number] = self._standing[number] = told
                self._rules[number] = SAID


def under(database: Database, atom: int) -> list[int]:
    """The ids of the evidence that a belief rests on, its own and by way of kept derivations."""
    rows = database.rows(
        """
        WITH RECURSIVE under (atom) AS (
          SELECT ? UNION
          SELECT p.atom FROM under u JOIN derivation d ON d.atom = u.atom AND d.retired IS NULL
          JOIN premise p ON p.derivation = d.id
        )
        SELECT e.id FROM under u JOIN evidence e ON e.atom = u.atom AND e.retired IS NULL
        ORDER BY e.id
        """,
        (atom,),
    )
    return [row[0] for row in rows]


def _same(a: Truth, b: Truth) -> bool:
    return abs(a.f - b.f) <= _SAME and abs(a.c - b.c) <= _SAME


def _parts(numbers: Iterable[int]) -> Iterator[list[int]]:
    every = list(numbers)
    for start in range(0, len(every), _AT_ONCE):
        yield every[start : start + _AT_ONCE]


def _marks(part: Sequence[int]) -> str:
    return ", ".join("?" * len(part))
