"""What was considered about a statement and did not count, and why not.

``why_not`` searches as ``infer`` does, so that what holds is the same answer. Then it asks the
policy (``weighing``) what it dropped on the way, looks on for what the search left when it was
settled, and looks back at evidence that was taken back (``retired``). Where nothing was found, it
tells the rules that nearly applied.

Invariant: what is rejected is no part of the answer's proof. What rests on the answer's own
evidence and says the same is the answer read in another order, and is not told. Of each reason the
``EACH`` most confident are told, ``MOST`` in all; the work is bounded by that of three searches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from mettaclaw.atoms.archive import Archive, Retired
from mettaclaw.atoms.spans import AT
from mettaclaw.atoms.syntax import Atom, is_ground
from mettaclaw.atoms.truth import APART
from mettaclaw.atoms.unify import alpha_equal, head
from mettaclaw.atoms.view import Belief, View
from mettaclaw.reasoning.backward import timed
from mettaclaw.reasoning.backward.derivation import applied
from mettaclaw.reasoning.backward.derived import AUDIBLE, Derived, nodes, said
from mettaclaw.reasoning.backward.goals import Bounds
from mettaclaw.reasoning.engine import Answer, Proofs, pattern
from mettaclaw.reasoning.proof import SAID, Proof, figures
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.whynot import reasons
from mettaclaw.reasoning.whynot.inquiry import Drop, Inquiry
from mettaclaw.reasoning.whynot.inquiry import inquiry as inquiry_of
from mettaclaw.reasoning.whynot.reasons import Reason
from mettaclaw.reasoning.whynot.retired import Restored

EACH = 5
MOST = 20
_BELOW = 50  # statements that an answer rests on, of which what was taken back is told
_ORDER: tuple[Reason, ...] = (
    *("general", "retired", "shared", "false", "missing"),
    *("late", "guess", "faint", "guesses", "overlap"),
)


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something that was considered and did not count.

    Attributes:
        proof: How it would have come about; of a rule that nearly applied, as far as it got, with
            c = 0.
        reason: Its short name; see ``derived.Fault`` and ``reasons.Reason``.
        words: The reason in a sentence, without a mark at the end.
    """

    proof: Proof
    reason: Reason
    words: str


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What was considered about a statement and did not count.

    Attributes:
        statement: What was asked for.
        answer: What holds instead: the best that ``infer`` answers; None where nothing does.
        rejected: What did not count.
        needs: Statements that would have answered it, where nothing does.
    """

    statement: Atom
    answer: Answer | None
    rejected: tuple[Rejected, ...]
    needs: tuple[Atom, ...]

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def why_not(
    view: View,
    statement: Atom | str,
    rules: Rules | None = None,
    bounds: Bounds | None = None,
    *,
    quoted: bool = True,
) -> WhyNot:
    """What was considered for or against a statement and did not count.

    Args:
        view: The beliefs.
        statement: A statement, or a pattern: then what is told is about all that fit it.
        rules: None for those that ship.
        bounds: Of each search; None for the defaults.
        quoted: Whether the words are told of evidence that was taken back.

    Raises:
        UsageError: A goal of only variables.
    """
    atom = pattern(statement)
    rules, bounds = rules or Rules.load(), bounds or Bounds()
    inquiry = inquiry_of(view, atom, rules, bounds)
    found = [*map(inquiry.dated, inquiry.ask())]
    if head(atom) == AT.name and not found:  # at a time that is not named
        found = timed.search(view, atom, rules, bounds).answers
    archive = Archive.under(view, quoted)
    back = _Return(inquiry, archive) if archive is not None else None
    drops = _foremost([*inquiry.dropped(), *(back.chains() if back is not None else ())])
    shown = view if archive is None else Restored(view, archive)
    dropped = [(drop, inquiry.dated(drop.candidate)) for drop in drops]
    proofs = Proofs(shown, [*found, *(candidate for _, candidate in dropped)])
    answer = proofs.answer(found[0]) if found else None
    rejected: list[Rejected] = []
    for drop, candidate in dropped:
        proof = proofs.of(candidate)
        rejected.append(Rejected(proof, drop.reason, drop.words(proof)))
    if back is not None:
        rejected += back.pieces(answer)
    needs = () if found else tuple(inquiry.needs())
    return WhyNot(atom, answer, _ordered(rejected), needs)


class _Return:
    """What would be, and would not, if what was taken back still counted."""

    def __init__(self, inquiry: Inquiry, archive: Archive) -> None:
        self._inquiry = inquiry
        self._archive = archive
        self._gone: list[Belief] = []

    def chains(self) -> Iterator[Drop]:
        """Derivations that rest on evidence that was taken back, the most confident first."""
        now = self._inquiry
        then = now.again(Restored(now.asked, self._archive))
        then.ask()
        found: list[Derived] = []
        for statement in then.about():
            belief = then.facts.beliefs.get(statement)
            if belief is not None and self._taken_back(said(belief, statement)):
                self._gone.append(belief)
            for step in then.steps.concluding.get(statement, ()):
                candidate = applied(step, then.priors, then.values)
                if candidate is not None and self._taken_back(candidate):
                    same = now.gives(step)
                    if same is None or abs(same.truth.f - candidate.truth.f) >= APART:
                        found.append(candidate)
        strong = [one for one in found if not one.weak]
        if not strong and not now.found:
            strong = [one for one in found if one.truth.c >= AUDIBLE]
        for candidate in sorted(strong, key=lambda one: -one.truth.c)[:EACH]:
            pieces = self._pieces(candidate)
            yield Drop(candidate, "retired", partial(_retired, pieces))

    def pieces(self, answer: Answer | None) -> list[Rejected]:
        """What was said of the statement itself and taken back, and of what its answer rests on."""
        goal = self._inquiry.root.pattern
        asked = [goal, *(belief.statement for belief in self._gone)]
        found = [
            self._alone(about, piece)
            for about in _distinct(asked)
            for piece in self._archive.of(about)
        ]
        below = _said(answer.proof) if answer is not None else []
        found += [
            self._alone(about, piece)
            for about in below
            if not any(alpha_equal(about, other) for other in asked)
            for piece in self._archive.of(about)
            if piece.how != "replaced"
        ]
        return found

    def _alone(self, about: Atom, piece: Retired) -> Rejected:
        evidence = piece.evidence
        belief = Belief(about, evidence.truth, (evidence.id,), evidence.source, evidence.time)
        proof = Proof(belief, SAID, (), (evidence,))
        return Rejected(proof, "retired", reasons.retired([(about, piece)], about))

    def _taken_back(self, derived: Derived) -> bool:
        return not (derived.stamp | derived.told).isdisjoint(self._archive.known)

    def _pieces(self, candidate: Derived) -> list[tuple[Atom, Retired]]:
        found: dict[int, tuple[Atom, Retired]] = {}
        for node in nodes([candidate]):
            for number in node.belief.stamp if node.belief is not None else ():
                if number in self._archive.known:
                    found[number] = node.statement.atom, self._archive.known[number]
        return list(found.values())


def _retired(pieces: list[tuple[Atom, Retired]], proof: Proof) -> str:
    return reasons.retired(pieces, proof.statement)


def _foremost(drops: Iterable[Drop]) -> list[Drop]:
    """The most confident of each reason; of those that read the same evidence the same way, one."""
    told: dict[Reason, list[Drop]] = {reason: [] for reason in _ORDER}
    met: set[tuple[object, ...]] = set()
    for drop in sorted(drops, key=lambda drop: -drop.candidate.truth.c):
        if len(told[drop.reason]) < EACH and drop.likeness not in met:
            met.add(drop.likeness)
            told[drop.reason].append(drop)
    return [drop for found in told.values() for drop in found]


def _ordered(rejected: Iterable[Rejected]) -> tuple[Rejected, ...]:
    told: dict[Reason, list[Rejected]] = {reason: [] for reason in _ORDER}
    for one in sorted(rejected, key=lambda one: -one.proof.truth.c):
        if len(told[one.reason]) < EACH:
            told[one.reason].append(one)
    return tuple(one for found in told.values() for one in found)[:MOST]


def _said(proof: Proof) -> list[Atom]:
    """The statements that a proof rests on and that somebody said."""
    found: list[Atom] = []
    met: set[int] = set()
    stack = [proof]
    while stack and len(found) < _BELOW:
        node = stack.pop()
        if id(node) not in met:
            met.add(id(node))
            stack.extend(reversed(node.premises))
            found += [node.statement] if node.rule == SAID else []
    return _distinct(found)


def _distinct(atoms: Iterable[Atom]) -> list[Atom]:
    found: list[Atom] = []
    for atom in atoms:
        same = (
            atom == other or (not is_ground(atom) and alpha_equal(atom, other)) for other in found
        )
        if not any(same):
            found.append(atom)
    return found


def _lines(found: WhyNot) -> Iterator[str]:
    if found.answer is None:
        yield f"unknown: {found.statement}"
    else:
        yield f"{found.answer.statement}  {figures(found.answer.truth)}"
    for one in found.rejected:
        yield f"not {one.proof.statement}  {figures(one.proof.truth)}  ({one.reason}: {one.words})"
    for need in found.needs:
        yield f"needed: {need}"
