"""What tools work on: the parts of one agent, handed to them once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mettaclaw.atoms.quoting import is_quote
from mettaclaw.atoms.syntax import Atom
from mettaclaw.atomspace import Atomspace
from mettaclaw.config import Settings
from mettaclaw.memory import Episodes, Memory, Pin


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of an agent that tools may touch.

    ``workspace`` is the only folder for files, ``model`` the name that the model's own statements
    have as their source. ``message`` returns the words of the message that is being answered (what
    the model quotes from them verbatim has the source ``user``); ``deliver`` puts a reply into the
    outbox, inside the call's transaction. ``episode`` returns the id of the message. ``reads`` is
    whether the product itself reads in some words that an atom is so, or with False, not so.
    """

    kb: Atomspace
    memory: Memory
    episodes: Episodes
    pin: Pin
    workspace: Path
    settings: Settings
    model: str
    message: Callable[[], str]
    deliver: Callable[[str], None]
    episode: Callable[[], int | None] = lambda: None
    reads: Callable[[str, Atom, bool], bool] = lambda _words, _atom, _so: False

    def source_of(self, words: str) -> str:
        """Who says these words: ``user`` if the message holds them verbatim, else the model."""
        return "user" if is_quote(words, self.message()) else self.author

    @property
    def author(self) -> str:
        """The model, as a source."""
        return f"model:{self.model}"

    def gave(self, atom: Atom, words: str | None) -> bool:
        """Whether an atom is the person's own: the message holds it, or quoted words say it.

        A quote proves whose words they are, and not that they mean what a model takes them for.
        """
        if is_quote(str(atom), self.message()):
            return True
        return (
            words is not None and is_quote(words, self.message()) and self.reads(words, atom, True)
        )
