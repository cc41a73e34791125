"""Asking a view: what follows about a goal, why a statement is believed, what would be needed.

``infer`` answers a goal with beliefs and with what follows from them, each answer with its proof;
how evidence is weighed is written in ``weighing``, how it is found in ``search``. ``why`` proves
one statement. Nothing here writes: an answer is computed anew each time, so it is never stale.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from mettaclaw.atoms import spans
from mettaclaw.atoms.forms import undoubled
from mettaclaw.atoms.syntax import Atom, Expression, Variable, is_ground, read, walk
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Belief, Contradiction, Evidence, View
from mettaclaw.errors import UsageError
from mettaclaw.reasoning.backward import timed
from mettaclaw.reasoning.backward.derived import Derived
from mettaclaw.reasoning.backward.goals import Bounds, Cut
from mettaclaw.reasoning.proof import SAID, Proof
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.statements import tidy


@dataclass(frozen=True, slots=True)
class Answer:
    """A statement that answers a goal.

    Attributes:
        statement: The goal with its variables filled in.
        truth: How true it is, by all independent evidence that was found.
        proof: Why.
        tier: ``ACT``, ``HYPOTHESIZE`` or ``IGNORE``; a guess is never to ``ACT`` on.
        guess: Whether it rests on a weak rule (c < 0.5), because nothing stronger was found.
        contradictions: Where it was kept (``Atomspace.derive``): what that brought about.
    """

    statement: Atom
    truth: Truth
    proof: Proof
    tier: str
    guess: bool = False
    contradictions: tuple[Contradiction, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search for a goal brought: answers, and what is missing where there are none.

    Attributes:
        answers: Best first.
        needs: What would have answered it; [] where it is answered.
        steps: How many premises were looked at.
        cut: The bound that ended the search, and as it is said: "2,000 steps", "6 rules in a row".
            There may be more answers, and more that speaks for these. None where none did.
    """

    answers: list[Answer]
    needs: list[Atom]
    steps: int
    cut: Cut | None = None


def infer(
    view: View, goal: Atom | str, bounds: Bounds | None = None, rules: Rules | None = None
) -> list[Answer]:
    """What is believed or follows about a goal; best expectation first.

    Args:
        view: The beliefs.
        goal: A statement, or a pattern such as ``(--> $who cat)``: every way to fill it in that
            follows is an answer.
        bounds: How far to search; None for the defaults.
        rules: None for those that ship.

    Raises:
        UsageError: A goal of only variables.
    """
    return ask(view, goal, bounds, rules).answers


def needs(
    view: View, goal: Atom | str, bounds: Bounds | None = None, rules: Rules | None = None
) -> list[Atom]:
    """Up to five statements that would have answered a goal, were they known; [] if it is answered.

    Raises as ``infer``.
    """
    return ask(view, goal, bounds, rules).needs


def ask(
    view: View, goal: Atom | str, bounds: Bounds | None = None, rules: Rules | None = None
) -> Outcome:
    """``infer`` and ``needs`` from one search. Raises as ``infer``."""
    found = timed.search(view, pattern(goal), rules or Rules.load(), bounds or Bounds())
    proofs = Proofs(view, found.answers)
    answers = [proofs.answer(one) for one in found.answers]
    return Outcome(answers, found.needs, found.steps, found.cut)


def pattern(goal: Atom | str) -> Atom:
    """A goal as an atom, checked.

    Raises:
        UsageError: A goal of only variables, or of a time that cannot be understood.
    """
    atom = read(goal) if isinstance(goal, str) else goal
    if all(isinstance(node, Variable | Expression) for node in walk(atom)):
        raise UsageError(
            f"the goal {atom} names nothing; name what it is about, as in (infer (--> $who cat))"
        )
    return undoubled(spans.check(atom))


def why(
    view: View, statement: Atom | str, rules: Rules | None = None, bounds: Bounds | None = None
) -> Proof | None:
    """The proof of what ``infer`` answers about a statement, so that it explains that very number.

    For a statement with variables, and one that no answer is about, its own evidence if it is
    believed. None if nothing speaks for it. Raises as ``infer``.
    """
    atom = undoubled(read(statement) if isinstance(statement, str) else statement)
    if is_ground(atom):
        for answer in infer(view, atom, bounds, rules):
            if answer.statement == atom:
                return answer.proof
    belief = view.belief(atom)
    if belief is not None:
        return _kept(view, belief)
    answers = [] if is_ground(atom) else infer(view, atom, bounds, rules)
    return answers[0].proof if answers else None


def _kept(view: View, belief: Belief) -> Proof:
    """The proof of a belief as it was told, or as the first derivation that was kept of it says."""
    for derivation in view.derivations(belief.statement) if belief.derived else ():
        premises = [view.belief(premise) for premise in derivation.premises]
        proofs = tuple(_kept(view, premise) for premise in premises if premise is not None)
        return Proof(replace(belief, truth=derivation.truth), derivation.rule, proofs)
    told = belief.by_word
    return Proof(told, SAID, (), tuple(view.evidence(told.stamp)))


class Proofs:
    """Proofs of what a search derived; what several of them share is built once."""

    def __init__(self, view: View, found: Iterable[Derived]) -> None:
        ids = sorted(set[int]().union(*(derived.stamp | derived.told for derived in found)))
        self._evidence: dict[int, Evidence] = (
            {evidence.id: evidence for evidence in view.evidence(ids)} if ids else {}
        )
        self._known: dict[int, Proof] = {}

    def answer(self, derived: Derived) -> Answer:
        """A derived statement as an answer."""
        proof = self.of(derived)
        guess, tier = derived.weak > 0, derived.truth.tier
        if guess and tier == "ACT":  # however many agree: guesses are to be tested
            tier = "HYPOTHESIZE"
        return Answer(proof.statement, derived.truth, proof, tier, guess)

    def of(self, derived: Derived) -> Proof:
        """The proof of a derived statement."""
        known = self._known.get(id(derived))
        if known is None:
            known = self._known[id(derived)] = self._built(derived)
        return known

    def _built(self, derived: Derived) -> Proof:
        belief = derived.belief
        if belief is not None:
            leaves = (self._evidence.get(number) for number in belief.stamp)
            return Proof(belief, SAID, (), tuple(leaf for leaf in leaves if leaf is not None))
        premises = tuple(self.of(one) for one in (*derived.premises, *derived.priors))
        statement, stamp = tidy(derived.statement.atom), tuple(sorted(derived.stamp | derived.told))
        time = max((premise.belief.time for premise in premises), default=0.0)
        belief = Belief(statement, derived.truth, stamp, derived.rule, time)
        logic = "" if derived.step is None else derived.step.rule.logic
        return Proof(belief, derived.rule, premises, logic=logic)
