"""What the layers above see of stored beliefs, wherever they are kept.

``View`` is implemented by the store (``atoms.store``) and, inside the evaluator's child, by the
same store with the call's own writes on top. Reasoning works on a ``View`` and knows neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.truth import UNTOLD, Truth
from mettaclaw.atoms.unify import Substitution


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was observed or said, once. Ids below 0 are not committed yet.

    ``truth`` is None where the atom was stored without a truth value; ``words`` quotes what was
    said, where there were words; ``time`` is in seconds, UTC. An ``opinion`` is what its source
    thinks without quoting anybody; its next one takes its place (``atoms.evidence``).
    """

    id: int
    truth: Truth | None
    source: str
    time: float
    words: str | None = None
    opinion: bool = False


@dataclass(frozen=True, slots=True)
class Belief:
    """A statement with its current truth value, the ids of its evidence, and where it came from.

    ``truth`` is None for an atom that was stored without one. ``stamp`` is sorted. ``origin`` is
    the source of the latest evidence, ``time`` when this version was written (seconds, UTC).
    A belief is ``derived`` where nobody said it: it stands on derivations that were kept, its
    ``origin`` is the rule, and its ``stamp`` has the evidence under them. Where it was said and is
    kept as a conclusion too, both count, and ``told`` is the belief by what was said alone. What a
    write returns has the ``contradictions`` that it brought about, each told this once. ``untold``
    is what it counts as where it has no truth value (``Quality.untold``).
    """

    statement: Atom
    truth: Truth | None
    stamp: tuple[int, ...]
    origin: str
    time: float
    derived: bool = False
    untold: Truth = field(default=UNTOLD, compare=False, repr=False)
    contradictions: tuple[Contradiction, ...] = field(default=(), compare=False, repr=False)
    told: Belief | None = field(default=None, compare=False, repr=False)

    @property
    def by_word(self) -> Belief:
        """The belief without what kept derivations add to it, where somebody said it."""
        return self.told or self

    @property
    def is_concluded(self) -> bool:
        """Whether kept derivations count for it."""
        return self.derived or self.told is not None

    @property
    def standing(self) -> Truth:
        """What it counts as wherever it is asked for or used: its truth, or ``untold``."""
        return self.untold if self.truth is None else self.truth


@dataclass(frozen=True, slots=True)
class Derivation:
    """A use of a rule that somebody decided to keep.

    ``truth`` is what the rule gave for the premises as they stood, ``engine`` the version of the
    program that applied it, ``time`` when it was kept (seconds, UTC).
    """

    id: int
    statement: Atom
    rule: str
    premises: tuple[Atom, ...]
    truth: Truth
    engine: str
    time: float


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A statement with what contradicts each other about it, both sides oldest first.

    Of the evidence of a side at most 250 pieces are told: those that are furthest apart from what
    they contradict, of these the latest.

    Attributes:
        statement: The statement, without a negation before it.
        truth: What it is believed to; None where only its negation is.
        speaking_for: Evidence with a high frequency. Of the negation, it is turned round.
        speaking_against: Evidence that is ``APART`` or more from something that speaks for it.
        kept_for: Kept derivations that contradict what was said against it.
        kept_against: Kept derivations that contradict what was said for it.
    """

    statement: Atom
    truth: Truth | None
    speaking_for: tuple[Evidence, ...]
    speaking_against: tuple[Evidence, ...]
    kept_for: tuple[Derivation, ...] = ()
    kept_against: tuple[Derivation, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A write to the atomspace: proposed by an evaluation, or done.

    ``add`` stores an atom without a truth value, ``believe`` with one (and ``words`` quoting
    where it comes from; ``source`` says it, at a ``time`` in seconds, where another than the
    speaker does), ``remove`` takes an atom out with all its evidence, ``retract`` the
    evidence alone, ``derive`` keeps a ``rule``'s use on ``premises``.
    """

    kind: Literal["add", "believe", "remove", "retract", "derive"]
    atom: Atom
    truth: Truth | None = None
    words: str | None = None
    rule: str | None = None
    premises: tuple[Atom, ...] = ()
    source: str | None = None
    time: float | None = None


class View(Protocol):
    """Current beliefs, to be searched."""

    def belief(self, statement: Atom) -> Belief | None:
        """The current belief of exactly this statement, up to the names of variables."""
        ...

    def find(self, pattern: Atom) -> Iterator[Belief]:
        """The current beliefs whose statement unifies with the pattern, in order of their ids.

        Variables of stored statements are returned as stored: rename them before unifying.
        """
        ...

    def candidates(self, pattern: Atom) -> Iterator[tuple[Atom, bool]]:
        """The statements that may unify with the pattern, each with whether it may hold variables.

        What has its leaves at their places is among them, however many parts there are besides.
        """
        ...

    def match(self, *patterns: Atom, limit: int | None = None) -> Iterator[Substitution]:
        """The substitutions of the patterns' variables that make all patterns beliefs (a join)."""
        ...

    def evidence(self, ids: Sequence[int]) -> list[Evidence]:
        """The evidence with these ids, in order of id."""
        ...

    def derivations(self, statement: Atom) -> list[Derivation]:
        """The kept derivations of a statement that stand, in order of id."""
        ...


class Workspace(View, Protocol):
    """A view that what MeTTa text decides can be laid upon."""

    def derive(
        self, atom: Atom, rule: str, premises: Sequence[Atom], truth: Truth, stamp: Sequence[int]
    ) -> None:
        """Keep a use of a rule on premises that are believed."""
        ...


@dataclass(frozen=True, slots=True)
class Operation:
    """A function that MeTTa text may call, registered with the evaluator by who owns it.

    It runs in the disposable child, over the child's view. ``run`` gets the arguments
    unevaluated, as atoms, and returns the results (none is a legal result). An error of ours that
    it raises becomes the evaluation's error. ``doc`` is one line for people.
    """

    name: str
    run: Callable[[Workspace, tuple[Atom, ...]], Iterable[Atom]]
    doc: str
