"""What stands, and how much: from what is said up through kept derivations, to a fixed point.

What was said of a conclusion is one more candidate beside its derivations, as where it is asked for
(``infer``). Which of them count
reasoning says (``atoms.policy``).

Invariant: nothing is written; what only goes round in a circle does not stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mettaclaw.atoms import records
from mettaclaw.atoms.policy import Candidate, Policy
from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atoms.truth import APART, Truth, pool
from mettaclaw.storage import Database
from mettaclaw.storage.batches import batches, marks

SAID = "said"  # the rule of what rests on evidence directly
_ROUNDS = 24  # how often one derivation is valued anew, where support goes round in circles
_SAME = 1e-12
_WITHIN = 500  # statements of the proof under a derivation that are looked at


@dataclass(slots=True)
class Use:
    """A kept derivation: its conclusion and premises by their atoms' ids."""

    id: int
    atom: int
    rule: str
    truth: Truth
    engine: str
    premises: tuple[int, ...]


_UNDER = """
WITH RECURSIVE under (atom) AS (
  SELECT atom FROM premise WHERE derivation = ? UNION
  SELECT p.atom FROM under u JOIN derivation d ON d.atom = u.atom AND d.retired IS NULL
  JOIN premise p ON p.derivation = d.id
)
SELECT a.text FROM under u JOIN atom a ON a.id = u.atom LIMIT ?"""


class Grounding:
    """What stands, and how much: from what is said, up through derivations, to a fixed point."""

    def __init__(
        self,
        database: Database,
        reader: Reader,
        cone: dict[int, None],
        uses: list[Use],
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
        self._by_conclusion: dict[int, list[Use]] = {}
        self._using: dict[int, list[int]] = {}  # by premise: places in ``uses``
        for place, use in enumerate(uses):
            self._by_conclusion.setdefault(use.atom, []).append(use)
            for premise in use.premises:
                self._using.setdefault(premise, []).append(place)
        met = cone.keys() | {atom for use in uses for atom in (use.atom, *use.premises)}
        for part in batches(sorted(met)):
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

    def _fire(self, use: Use) -> bool:
        """Give a derivation its value; whether that is another one than before."""
        if any(premise not in self._standing for premise in use.premises):
            return False
        truth = use.truth
        if self._policy is not None:
            given, conclusion = self._given(use), self._atoms[use.atom]
            truth = self._policy.revalued(self._reader, use.rule, given, conclusion) or truth
        old = self.fired.get(use.id)
        if old is not None and same(old, truth):
            return False
        self.fired[use.id] = truth
        return True

    def _valued(self, atom: int) -> bool:
        """Pool what speaks for a conclusion and counts; whether that changed it."""
        found: list[tuple[Truth, frozenset[int], Use | None]] = [
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
        return old is None or not same(old[0], new) or old[1] != stamp

    def _candidate(self, use: Use, contested: bool) -> Candidate:
        return Candidate(
            use.rule,
            self._given(use),
            self.fired[use.id],
            tuple(self._standing[premise][1] for premise in use.premises),
            self._within(use) if contested else frozenset(),
        )

    def _given(self, use: Use) -> tuple[tuple[Atom, Truth], ...]:
        return tuple((self._atoms[p], self._standing[p][0]) for p in use.premises)

    def _within(self, use: Use) -> frozenset[Atom]:
        """The statements of the proof under a derivation."""
        if use.id not in self._proofs:
            rows = self._database.rows(_UNDER, (use.id, _WITHIN))
            self._proofs[use.id] = frozenset(read(text) for (text,) in rows)
        return self._proofs[use.id]

    def _load(self, database: Database, part: list[int]) -> None:
        places = marks(part)
        rows: list[tuple[Any, ...]] = database.rows(
            "SELECT a.id, a.text, a.version, b.f, b.c, b.origin FROM atom a LEFT JOIN belief b "
            f"ON b.atom = a.id AND b.version = a.version WHERE a.id IN ({places})",
            part,
        )
        for number, text, version, f, c, origin in rows:
            self._atoms[number] = read(text)
            if version is not None and number not in self._cone:
                truth = self._reader.quality.untold(origin) if f is None else Truth(f, c)
                self._standing[number] = truth, frozenset()
        evidence: dict[int, set[int]] = {}
        for atom, number in database.rows(
            f"SELECT atom, id FROM evidence WHERE atom IN ({places}) AND retired IS NULL", part
        ):
            evidence.setdefault(atom, set()).add(number)
        sql = f"SELECT DISTINCT atom FROM derivation WHERE atom IN ({places}) AND retired IS NULL"
        concluded = {row[0] for row in database.rows(sql, part)}
        for number in part:
            known = self._standing.get(number)
            if known is not None:
                own = evidence.get(number, set())
                stamp = records.under(database, number) if number in concluded else own
                self._standing[number] = known[0], frozenset(stamp)
            elif number in self._cone and number in evidence:
                truth, _, source = records.summed(database, number)
                told = truth or self._reader.quality.untold(source), frozenset(evidence[number])
                self._told[number] = self._standing[number] = told
                self._rules[number] = SAID


def same(a: Truth, b: Truth) -> bool:
    """Whether two truth values differ by no more than rounding does."""
    return abs(a.f - b.f) <= _SAME and abs(a.c - b.c) <= _SAME
