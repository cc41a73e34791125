"""The atomspace as one evaluation sees it: the database, with its own writes on top.

Invariant: what an evaluation wrote, it reads back, and the database is never written: every write
is a ``Change`` that the agent's process may commit. Evidence of this evaluation has negative ids.
What is new evidence, the rule of ``atoms.evidence`` says, as it will when the change is committed.

Not covered: what the truth values mean (``atoms.truth``).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from mettaclaw.atoms import join, spans
from mettaclaw.atoms.evidence import Said, Speaker, replaced
from mettaclaw.atoms.forms import others, turned_round
from mettaclaw.atoms.past import Past
from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.sources import is_model
from mettaclaw.atoms.syntax import Atom, Expression, Variable, check, walk
from mettaclaw.atoms.truth import Truth, beside, grown, pool
from mettaclaw.atoms.unify import (
    Substitution,
    canonical,
    rename,
    unify,
)
from mettaclaw.atoms.view import Belief, Change, Derivation, Evidence
from mettaclaw.evaluator.limits import Limits, changes_exceeded


class Overlay:
    """A ``View`` of a store with writes on top.

    Args:
        store: The stored beliefs.
        pending: Statements that the caller's open transaction has touched, with their state in
            it; None for one that was removed.
        limits: How many writes are allowed.
        uncommitted: The evidence that the caller's open transaction has written.
        speaker: Who evaluates.
    """

    def __init__(
        self,
        store: Reader,
        pending: Iterable[tuple[Atom, Belief | None]],
        limits: Limits,
        uncommitted: Iterable[Evidence] = (),
        speaker: Speaker | None = None,
    ) -> None:
        self._store = store
        self._limits = limits
        self._over: dict[Atom, Belief | None] = {}  # by canonical statement
        self._by_leaf: dict[Atom, dict[Atom, None]] = {}
        self._open: dict[Atom, None] = {}  # statements that hold variables
        self._evidence = {evidence.id: evidence for evidence in uncommitted}
        self._last_id = 0
        self._speaker = speaker or Speaker()
        self.changes: list[Change] = []
        for statement, belief in pending:
            self._lay(statement, belief)

    # --- reading ---

    @property
    def reader(self) -> Reader:
        """What is stored, under all that was written on top: it alone knows what was retired."""
        return self._store

    def belief(self, statement: Atom) -> Belief | None:
        """The current belief of exactly this statement, up to the names of variables."""
        if self._over:
            key = canonical(statement)
            if key in self._over:
                return self._over[key]
        return self._store.belief(statement)

    def find(self, pattern: Atom) -> Iterator[Belief]:
        """The current beliefs that unify with the pattern: stored ones, then this evaluation's."""
        for belief in self._store.find(pattern):
            if not self._over or canonical(belief.statement) not in self._over:
                yield belief
        for belief in self._laid(pattern):
            if unify(pattern, rename(belief.statement, "s")) is not None:
                yield belief

    def match(self, *patterns: Atom, limit: int | None = None) -> Iterator[Substitution]:
        """The substitutions that make all patterns beliefs, each once, at most ``limit``."""
        if not self._over:
            return self._store.match(*patterns, limit=limit)
        return islice(join.answers(patterns, self), limit)

    def candidates(self, pattern: Atom) -> Iterator[tuple[Atom, bool]]:
        """The statements that may unify with a pattern; see ``join.Candidates``."""
        for statement, is_open in self._store.candidates(pattern):
            if canonical(statement) not in self._over:
                yield statement, is_open
        for belief in self._laid(pattern):
            yield belief.statement, True

    def costs(self, patterns: Sequence[Atom]) -> list[int]:
        """How many candidates patterns have at most; see ``join.Candidates``."""
        stored = self._store.costs(patterns)
        return [
            cost + len(self._near(pattern)) for cost, pattern in zip(stored, patterns, strict=True)
        ]

    def evidence(self, ids: Sequence[int]) -> list[Evidence]:
        """The evidence with these ids, in order of id."""
        found = [self._evidence[number] for number in ids if number in self._evidence]
        found += self._store.evidence([number for number in ids if number not in self._evidence])
        return sorted(found, key=lambda evidence: evidence.id)

    def derivations(self, statement: Atom) -> list[Derivation]:
        """The kept derivations of a statement; none for one that this evaluation took out."""
        return [] if self.belief(statement) is None else self._store.derivations(statement)

    def past(self, time: float) -> Overlay:
        """The atomspace as it was, with nothing of this evaluation on top.

        A model is not told the words of what was taken back since.
        """
        speaker = self._speaker
        quoting = not is_model(speaker.source)
        store = Past(self._store.database, time, speaker.quality, quoting=quoting)
        return Overlay(store, (), self._limits, speaker=speaker)

    def count(self) -> int:
        """How many statements have a current belief."""
        total = self._store.count()
        for statement, belief in self._over.items():
            total += (belief is not None) - (self._store.belief(statement) is not None)
        return total

    def atoms(self) -> Iterator[Atom]:
        """All statements that have a current belief."""
        for atom in self._store.atoms():
            if not self._over or canonical(atom) not in self._over:
                yield atom
        for belief in list(self._over.values()):
            if belief is not None:
                yield belief.statement

    def mentions(self, leaf: Atom) -> bool:
        """Whether a symbol, number or string occurs in any current statement."""
        if any(self._over[key] is not None for key in self._by_leaf.get(leaf, ())):
            return True
        sql = "SELECT 1 FROM leaf WHERE leaf = ? LIMIT 1"
        return self._store.database.row(sql, (str(leaf),)) is not None

    # --- writing ---

    def add(self, atom: Atom) -> Belief:
        """Store an atom without a truth value, once.

        Raises:
            LimitError: The atom is too large, or there were too many writes.
        """
        spans.check(check(atom))
        old = self.belief(atom)
        said = Said(None, self._speaker.source)
        standing = self._standing(old)
        if old is not None and standing:
            said_so = any(evidence.source == said.source for evidence in standing)
            if old.truth is not None or said_so or is_model(said.source):
                return old
        self._propose(Change("add", atom))
        known = [evidence.id for evidence in standing]
        stamp = tuple(sorted((self._observed(said), *known)))
        untold = self._speaker.quality.untold(said.source)
        alone = Belief(atom, None, stamp, said.source, time.time(), untold=untold)
        new = self._beside(old, alone)
        self._lay(atom, new)
        return new

    def believe(self, atom: Atom, truth: Truth, words: str | None = None) -> Belief:
        """Take a statement as evidence, if it is new, and pool it with what there is.

        Raises:
            LimitError: The atom is too large, or there were too many writes.
        """
        said = self._speaker.said(truth, words)
        return self._believe(Change("believe", atom, truth, words), said.truth or truth, said)

    def believe_reported(
        self, atom: Atom, truth: Truth, words: str, source: str, time: float | str | None
    ) -> Belief:
        """``believe``, of what somebody else has said, or at another time.

        Raises:
            UsageError: See ``atoms.evidence.Speaker.reported``.
        """
        said = self._speaker.reported(truth, words, source, time)
        change = Change("believe", atom, truth, words, source=source, time=said.time)
        return self._believe(change, said.truth or truth, said)

    def _believe(self, change: Change, truth: Truth, said: Said) -> Belief:
        atom = change.atom
        spans.check(check(atom))
        old = self.belief(atom)
        self._propose(change)
        standing = self._standing(old)
        elsewhere = self._elsewhere(atom, said)
        gone = replaced(said, [*standing, *(one for _, one in elsewhere)])
        if gone is None and (old is not None or elsewhere):
            return old or elsewhere[0][0]
        told = _told(standing, said.source, self._speaker.quality)
        kept = [one for one in told if one.id not in (gone or ())]
        known = old.by_word.truth if old is not None and not (gone or old.derived) else None
        alone = Belief(
            atom if old is None else old.statement,
            (known and grown(known, truth)) or pool([*_truths(kept), truth]),
            tuple(sorted((self._observed(said), *(evidence.id for evidence in kept)))),
            said.source,
            time.time(),
        )
        belief = self._beside(old, alone)
        self._lay(atom, belief)
        for other in dict.fromkeys(b for b, one in elsewhere if one.id in (gone or ())):
            self._lay(other.statement, self._less(other, gone or ()))
        return belief

    def _elsewhere(self, atom: Atom, said: Said) -> list[tuple[Belief, Evidence]]:
        """What was said of a statement in its other forms, each with the belief of that form."""
        if said.truth is None or (said.words is None and not said.is_opinion):
            return []
        found: list[tuple[Belief, Evidence]] = []
        for form, turned in others(atom):
            belief = self.belief(form)
            for one in self._standing(belief):
                if belief is not None:
                    found.append((belief, turned_round(one) if turned else one))
        return found

    def _less(self, belief: Belief, gone: Sequence[int]) -> Belief | None:
        """A belief without some of what was said of it; None where nothing is left."""
        left = [one for one in self._standing(belief) if one.id not in gone]
        if not left:
            return None
        truths = _truths(left)
        stamp = tuple(one.id for one in left)
        alone = replace(belief, truth=pool(truths) if truths else None, stamp=stamp, told=None)
        return self._beside(belief, alone)

    def _standing(self, old: Belief | None) -> list[Evidence]:
        """What was said of a belief."""
        return [] if old is None or old.derived else self.evidence(old.by_word.stamp)

    def _beside(self, old: Belief | None, alone: Belief) -> Belief:
        """What is said now beside the derivations that were kept; which of them count then is seen
        when the change is committed.
        """
        if old is None or not old.is_concluded:
            return alone
        kept = [one.truth for one in self._store.derivations(alone.statement)]
        derived = old.standing if old.derived or not kept else pool(kept)
        stamp = tuple(sorted({*old.stamp, *alone.stamp}))
        truth = beside(alone.standing, derived)
        return replace(alone, truth=truth, stamp=stamp, told=alone)

    def remove(self, atom: Atom) -> bool:
        """Take a statement and its evidence out; False if it is not there."""
        old = self.belief(atom)
        if old is None:
            return False
        self._propose(Change("remove", old.statement))
        self._lay(atom, None)
        return True

    def retract(self, atom: Atom) -> bool:
        """Take back what was said of a statement; False if it is not there.

        Whether it stays, for what it follows from, is seen when the change is committed.
        """
        old = self.belief(atom)
        if old is None:
            return False
        self._propose(Change("retract", old.statement))
        self._lay(atom, None)
        return True

    def derive(
        self, atom: Atom, rule: str, premises: Sequence[Atom], truth: Truth, stamp: Sequence[int]
    ) -> None:
        """Keep a use of a rule on premises that are believed."""
        check(atom)
        self._propose(Change("derive", atom, truth, rule=rule, premises=tuple(premises)))
        if self.belief(atom) is None:
            self._lay(atom, Belief(atom, truth, tuple(stamp), rule, time.time(), True))

    # --- inside ---

    def _near(self, pattern: Atom) -> dict[Atom, None]:
        """Statements in the overlay that may unify with the pattern: a superset."""
        known = [node for node in walk(pattern) if not isinstance(node, Expression | Variable)]
        postings = [self._by_leaf.get(leaf, {}) for leaf in known]
        if not postings:
            return dict.fromkeys(self._over)
        return {**min(postings, key=len), **self._open}

    def _laid(self, pattern: Atom) -> list[Belief]:
        if not self._over:
            return []
        found = (self._over[key] for key in self._near(pattern))
        return [belief for belief in found if belief is not None]

    def _lay(self, statement: Atom, belief: Belief | None) -> None:
        key = canonical(statement)
        if key not in self._over:
            for node in walk(key):
                if isinstance(node, Variable):
                    self._open[key] = None
                elif not isinstance(node, Expression):
                    self._by_leaf.setdefault(node, {})[key] = None
        self._over[key] = belief

    def _observed(self, said: Said) -> int:
        self._last_id -= 1
        number = self._last_id
        self._evidence[number] = Evidence(
            number,
            said.truth,
            said.source,
            time.time() if said.time is None else said.time,
            said.words,
            said.is_opinion,
        )
        return number

    def _propose(self, change: Change) -> None:
        if len(self.changes) >= self._limits.changes:
            raise changes_exceeded(self._limits)
        self.changes.append(change)


def _told(standing: Iterable[Evidence], source: str, quality: Quality) -> list[Evidence]:
    """Evidence beside what a source says with a truth value now, as the store counts it."""
    return [
        one if one.truth is not None else replace(one, truth=quality.untold(one.source))
        for one in standing
        if one.truth is not None or one.source != source
    ]


def _truths(evidence: Iterable[Evidence]) -> list[Truth]:
    """Their truth values in the order that they came in: what is not committed comes last."""
    in_order = sorted(evidence, key=lambda one: (one.id < 0, abs(one.id)))
    return [one.truth for one in in_order if one.truth is not None]
