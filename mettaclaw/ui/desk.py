"""What the REPL's slash commands work with: the agent, and where to print."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mettaclaw.ui.text import clean, sayable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from mettaclaw.agent import Agent
    from mettaclaw.atoms.syntax import Atom
    from mettaclaw.protocol.calls import Result
    from mettaclaw.protocol.packet import Usage


def _at_once() -> None:
    """Nothing is in the way of printing."""


def _pairs(
    forms: Sequence[Atom], values: Sequence[Atom]
) -> Iterator[tuple[Atom, tuple[Atom, ...]]]:
    for form, value in zip(forms, values, strict=False):
        yield form, (value,)


def _moment(form: Atom) -> str | None:
    """The time that a form asks of: ``(as-of TIME EXPR)``."""
    from mettaclaw.atoms.syntax import Expression, Symbol, text_of

    match form:
        case Expression((Symbol("as-of"), time, _)):
            return text_of(time)
        case _:
            return None


@dataclass(slots=True)
class Desk:
    """What a command works with.

    ``before`` is called before anything is printed; ``loop`` is where the agent lives; ``results``
    are the calls of the last turn; ``proof`` is the last proof that was seen, and ``then`` the time
    that it was asked as of, None for the present; ``warming``: the embedding model has been told to
    load; ``doing`` is told what a long command is at, and ``stopping`` is set by Ctrl-C, for
    commands that look.
    """

    agent: Agent
    console: Console
    loop: asyncio.AbstractEventLoop
    results: tuple[Result, ...] = ()
    proof: Atom | None = None
    then: str | None = None
    warming: bool = False
    turns: int = 0
    tokens: tuple[int, int] = (0, 0)
    since: float = field(default_factory=time.monotonic)
    before: Callable[[], None] = _at_once
    doing: Callable[[str], object] = len  # by default nobody looks
    stopping: threading.Event = field(default_factory=threading.Event)

    def show(self, what: RenderableType) -> None:
        """Print a table, a tree or a styled text."""
        self.before()
        self.console.print(what)

    def say(self, text: str, style: str = "") -> None:
        """Print text as it is, made harmless."""
        from rich.text import Text

        self.show(Text(sayable(clean(text)), style=style))

    def see(self, forms: Sequence[Atom], values: Sequence[Atom]) -> None:
        """Note the best proof in what some forms returned, one value each unless it is one form."""
        from mettaclaw.ui.pictures import best_proof

        proof = best_proof(values)
        if proof is None:
            return
        self.proof = proof
        each = ((form, values) for form in forms[:1]) if len(forms) == 1 else _pairs(forms, values)
        self.then = next((_moment(form) for form, got in each if best_proof(got) == proof), None)

    def count_turn(self, results: tuple[Result, ...], usage: Usage) -> None:
        """Note what a turn brought."""
        self.results = results
        self.turns += 1
        self.tokens = (self.tokens[0] + usage.tokens_in, self.tokens[1] + usage.tokens_out)
