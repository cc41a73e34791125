"""The one evaluation that a child makes: what its operations share.

A child evaluates once, so there is one ``Run``, which grounded operations that were made before
the fork find with ``current``. Not covered: hyperon, of which this module knows nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Sequence

from mettaclaw.atoms.moments import back
from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol
from mettaclaw.errors import (
    EvaluationError,
    LimitError,
    MettaClawError,
    StorageError,
    UsageError,
)
from mettaclaw.evaluator.limits import UNCHANGED, Limits, memory_exceeded, output_exceeded
from mettaclaw.evaluator.overlay import Overlay

Host = Callable[[str, Sequence[Atom]], list[Atom]]


class Run:
    """The state of an evaluation.

    Attributes:
        limits: What it may use.
        view: The atomspace with this evaluation's writes on top.
        host: Calls an operation of the agent's process by name.
        failure: What ended it, or None; the first failure stays.
        raised: The errors that operations of ours gave as results, as text.
    """

    def __init__(self, limits: Limits, view: Overlay, host: Host) -> None:
        self.limits = limits
        self.view = view
        self.host = host
        self.failure: MettaClawError | None = None
        self.raised: list[str] = []
        self._output: list[str] = []
        self._printed = 0

    def fail(self, error: BaseException, where: str) -> None:
        """End the evaluation with this error, which ``where`` raised."""
        if self.failure is not None:
            return
        if isinstance(error, LimitError | UsageError | EvaluationError | StorageError):
            self.failure = error
        elif isinstance(error, MettaClawError):
            self.failure = EvaluationError(f"`{where}`: {error}")
        elif isinstance(error, MemoryError):
            self.failure = memory_exceeded(self.limits)
        elif isinstance(error, RecursionError):
            self.failure = LimitError(
                "depth",
                f"`{where}` got an expression nested too deeply (limit depth); {UNCHANGED}:"
                " flatten it",
            )
        else:
            self.failure = EvaluationError(
                f"the operation `{where}` failed with {type(error).__name__}: {error};"
                f" {UNCHANGED}. That is a fault of the operation, not of the program: please report"
                " it"
            )

    @contextlib.contextmanager
    def at(self, atom: Atom) -> Generator[Atom, None, None]:
        """What a form evaluates, at its moment: of ``(as-of TIME EXPR)`` EXPR, in the past.

        Raises:
            UsageError: There is no such time, or the past was to be changed.
        """
        match atom:
            case Expression((Symbol("as-of"), Symbol() | String() | Number() as when, inner)):
                pass
            case _:
                yield atom
                return
        present, time = self.view, when.value if isinstance(when, String | Number) else when.name
        self.view = present.past(back(time))
        try:
            yield inner
            if self.view.changes:
                raise UsageError("the past cannot be changed; write outside of `as-of`")
        finally:
            self.view = present

    def print(self, text: str) -> None:
        """Take what the program prints, up to the limit."""
        room = self.limits.output_chars - self._printed
        self._printed += len(text)
        self._output.append(text[: max(0, room)])
        if len(text) > room:
            self.fail(output_exceeded(self.limits), "println!")

    @property
    def output(self) -> str:
        """What was printed."""
        return "".join(self._output)


_current: list[Run] = []


def begin(run: Run) -> None:
    """Make this the evaluation of this process."""
    _current[:] = [run]


def current() -> Run:
    """The evaluation of this process."""
    return _current[0]
