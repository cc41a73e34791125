"""What stands, and how much: from what is said up through kept derivations, to a fixed point.

What was said of a conclusion is one more candidate beside its derivations, as where it is asked for
(``infer``). Which of them count reasoning says (``atoms.policy``).

Invariant: nothing is written; what only goes round in a circle does not stand, and of statements
that support each other none counts for itself (``atoms.ways``).
"""

from __future__ import annotations

from typing import Any

from mettaclaw.atoms import records
from mettaclaw.atoms.policy import Candidate, Policy
from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atoms.truth import APART, Truth
from mettaclaw.atoms.ways import Use, Value, circling, together
from mettaclaw.storage import Database
from mettaclaw.storage.batches import batches, marks

SAID = "said"  # the rule of what rests on evidence directly
_ROUNDS = 24  # how often one derivation is valued anew, where support goes round in circles
_WITHIN = 500  # statements of the proof under a derivation that are looked at


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
        self._standing: dict[int, Value] = {}
        self._told: dict[int, Value] = {}  # of conclusions: what was said
        self._ways: dict[int, Value] = {}  # by derivation: what it speaks for, if not for itself
        self._rules: dict[int, str] = {}
        self._proofs: dict[int, frozenset[Atom]] = {}  # by derivation
        self._by_conclusion: dict[int, list[Use]] = {}
        self._using: dict[int, list[int]] = {}  # by premise: places in ``uses``
        for place, use in enumerate(uses):
            self._by_conclusion.setdefault(use.atom, []).append(use)
            for premise in use.premises:
                self._using.setdefault(premise, []).append(place)
        self._circling = circling(uses, self._using)
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
        return (None, "") if found is None else (found.truth, self._rules[atom])

    def _fire(self, use: Use) -> bool:
        """Give a derivation its value; whether it speaks for another one than before."""
        known = [self._standing[one] for one in use.premises if one in self._standing]
        if len(known) < len(use.premises):
            return False
        fewer = [value.without(use.atom) for value in known]
        given = tuple(value for value in fewer if value is not None)
        goes_round = len(given) < len(known)
        if goes_round and use.id in self._ways:
            return False  # what it spoke for before its premises came to rest on it
        given = tuple(known) if goes_round else given
        truth = use.truth
        if self._policy is not None:
            premises, conclusion = self._premises(use, given), self._atoms[use.atom]
            truth = self._policy.revalued(self._reader, use.rule, premises, conclusion) or truth
        self.fired[use.id] = truth
        if goes_round:
            return False
        stamp = frozenset[int]().union(*(value.stamp for value in given))
        within = self._own(use.atom).union(*(value.within for value in given))
        new = Value(truth, stamp, within, given=given, use=use)
        if not new.differs(self._ways.get(use.id)):
            return False
        self._ways[use.id] = new
        return True

    def _own(self, atom: int) -> frozenset[int]:
        return frozenset((atom,)) & self._circling

    def _valued(self, atom: int) -> bool:
        """Pool what speaks for a conclusion and counts; whether that changed it."""
        uses = self._by_conclusion[atom]
        found = [self._ways[use.id] for use in uses if use.id in self._ways]
        if atom in self._told:
            found.insert(0, self._told[atom])
        if len(found) > 1 and self._policy is not None:
            degrees = [way.truth.f for way in found]
            contested = max(degrees) - min(degrees) >= APART  # else nothing challenges anything
            candidates = [self._candidate(way, contested) for way in found]
            places = self._policy.counted(self._reader, self._atoms[atom], candidates)
            kept = [found[place] for place in places]
        else:
            found.sort(key=lambda one: (-one.truth.c, one.use.rule if one.use else "", one.truth.f))
            kept = found[:1]
            for one in found[1:]:
                if all(one.stamp.isdisjoint(other.stamp) for other in kept):
                    kept.append(one)
        new = together(kept)
        assert new is not None  # a derivation of it has just come to speak for it
        only = kept[0].use
        self._rules[atom] = "revision" if len(kept) > 1 else SAID if only is None else only.rule
        old, self._standing[atom] = self._standing.get(atom), new
        return new.differs(old)

    def _candidate(self, way: Value, contested: bool) -> Candidate:
        use = way.use
        if use is None:
            return Candidate(SAID, (), way.truth, (way.stamp,), frozenset())
        return Candidate(
            use.rule,
            self._premises(use, way.given),
            way.truth,
            tuple(value.stamp for value in way.given),
            self._within(use) if contested else frozenset(),
        )

    def _premises(self, use: Use, given: tuple[Value, ...]) -> tuple[tuple[Atom, Truth], ...]:
        pairs = zip(use.premises, given, strict=True)
        return tuple((self._atoms[premise], value.truth) for premise, value in pairs)

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
                self._standing[number] = Value(truth, frozenset())
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
                self._standing[number] = Value(known.truth, frozenset(stamp))
            elif number in self._cone and number in evidence:
                truth, _, source = records.summed(database, number)
                truth = truth or self._reader.quality.untold(source)
                told = Value(truth, frozenset(evidence[number]), self._own(number))
                self._told[number] = self._standing[number] = told
                self._rules[number] = SAID
