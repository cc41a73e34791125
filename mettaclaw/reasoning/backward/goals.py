"""What a search keeps: its bounds, its goals, the rules it is trying, and what it will do next.

Not covered: what is tried, which is ``search``'s.
"""

from __future__ import annotations

import heapq
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Literal, NamedTuple

from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.unify import Substitution
from mettaclaw.config import SEARCH, Settings
from mettaclaw.errors import UsageError
from mettaclaw.reasoning.rules.rule import Rule
from mettaclaw.reasoning.statements import Statement

Bound = Literal["steps", "seconds", "depth", "answers"]


class Cut(NamedTuple):
    """The bound that ended a search, and as it is said: "2,000 steps"."""

    bound: Bound
    said: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a search goes.

    depth: Rules one above the other, from the goal down.
    steps: Premises looked at.
    seconds: Wall-clock time.
    answers: How many answers are returned.

    Raises:
        UsageError: A number that is out of the range of its setting (``config.SEARCH``).
    """

    depth: int = Settings().infer_depth
    steps: int = Settings().infer_steps
    seconds: float = Settings().infer_s
    answers: int = 1_000

    def __post_init__(self) -> None:
        _check("depth", self.depth, SEARCH["infer_depth"], int)
        _check("steps", self.steps, SEARCH["infer_steps"], int)
        _check("time in seconds", self.seconds, SEARCH["infer_s"], float)

    def cut(self, bound: Bound) -> Cut:
        """That one of these bounds ended a search."""
        match bound:
            case "steps":
                said = "1 step" if self.steps == 1 else f"{self.steps:,} steps"
            case "seconds":
                said = f"{self.seconds:g} s"
            case "depth":
                said = "1 rule" if self.depth == 1 else f"{self.depth} rules in a row"
            case "answers":
                said = f"{self.answers:,} answers"
        return Cut(bound, said)

    def but(
        self,
        *,
        steps: float | None = None,
        seconds: float | None = None,
        depth: float | None = None,
    ) -> Bounds:
        """These bounds, with others where one is given. Raises as the class."""
        given = {"steps": steps, "seconds": seconds, "depth": depth}
        return replace(self, **{name: one for name, one in given.items() if one is not None})


def _check(name: str, value: object, bounds: tuple[int, int], kind: type[object]) -> None:
    low, high = bounds
    if isinstance(value, int) and not isinstance(value, bool):
        fits = low <= value <= high and (kind is int or value > low)
    else:
        fits = kind is float and isinstance(value, float) and low < value <= high
    if not fits:
        what = f"a whole number from {low}" if kind is int else f"a number above {low}"
        shown = repr(value) if not isinstance(value, int) or abs(value) < 10**20 else "a huge one"
        raise UsageError(
            f"the {name} of a search must be {what} {'to' if kind is int else 'and up to'} "
            f"{high:,}, not {shown[:60]}"
        )


@dataclass(slots=True, eq=False)
class Goal:
    """A pattern that is needed, with its answers so far and who waits for them."""

    pattern: Atom
    ground: bool
    depth: int
    strength: float
    answers: dict[Statement, Rule | None] = field(default_factory=dict)  # None: believed
    waiting: list[Wait] = field(default_factory=list)
    guess: bool = False  # only weak rules have asked for it
    cut: bool = False  # its rules were not tried: it stands at the greatest depth


class Attempt(NamedTuple):
    """A use of a rule for a goal, some of whose premises are found."""

    rule: Rule
    goal: Goal
    premises: tuple[Statement | None, ...]
    bound: Substitution
    strength: float

    @property
    def missing(self) -> list[int]:
        """The places of the premises that are not found."""
        return [i for i, premise in enumerate(self.premises) if premise is None]


class Wait(NamedTuple):
    """An attempt that waits for answers to a pattern at one of its places."""

    attempt: Attempt
    place: int
    pattern: Atom
    lead: int | None = None  # the premise to look up next, among the beliefs only
    own: bool = False  # waits for the answers to its own goal


class Agenda:
    """What to do next: news first, then what is planned, by phase and strength; within bounds."""

    def __init__(self, bounds: Bounds) -> None:
        self.spent = 0  # steps so far; whoever looks at a premise adds one
        self._bounds = bounds
        self._ends = time.monotonic() + bounds.seconds
        self._planned: list[tuple[int, float, int, Callable[[], None]]] = []
        self._news: deque[tuple[Wait, Statement]] = deque()
        self._order = count()

    def plan(self, phase: int, strength: float, act: Callable[[], None]) -> None:
        """Do something in a phase; of one phase, what has the highest confidence so far first."""
        heapq.heappush(self._planned, (phase, -strength, next(self._order), act))

    def tell(self, wait: Wait, statement: Statement) -> None:
        """A waiting attempt is to go on with this statement."""
        self._news.append((wait, statement))

    def drain(self, phase: int, most: int, resume: Callable[[Wait, Statement], None]) -> None:
        """Do all up to a phase, until that many steps were spent, or the time is over."""
        while self.spent < most and self.has_time():
            if self._news:
                self.spent += 1
                resume(*self._news.popleft())
            elif self._planned and self._planned[0][0] <= phase:
                self.spent += 1
                heapq.heappop(self._planned)[3]()
            else:
                return

    @property
    def cut(self) -> Cut | None:
        """The bound at which there was still something to do; None for none."""
        if not (self._news or self._planned):
            return None
        if self.spent >= self._bounds.steps:
            return self._bounds.cut("steps")
        return None if self.has_time() else self._bounds.cut("seconds")

    def has_time(self, more: float = 0.0) -> bool:
        """Whether the time is not over yet, with some seconds more."""
        return time.monotonic() < self._ends + more
