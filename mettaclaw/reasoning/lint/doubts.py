"""The value of a doubt: something about a statement that is probably not what was meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mettaclaw.atoms.syntax import Atom

_CHARS = 400  # of one part of the text; the values are whole

DoubtKind = Literal["notation", "copula", "arguments", "spelling"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason to look at a statement again.

    Attributes:
        kind: ``notation``: written in another way than the rest; ``copula``: the wrong sign between
            its parts; ``arguments``: in the wrong order; ``spelling``: another name of something
            known.
        statement: The statement.
        text: What is odd, and what that rests on.
        meant: The statement that was probably meant; None where nothing tells.
    """

    kind: DoubtKind
    statement: Atom
    text: str
    meant: Atom | None = None

    def __str__(self) -> str:
        hint = f" Did you mean {_shown(self.meant)}?" if self.meant is not None else ""
        return f"check {_shown(self.statement)}: {self.text[:_CHARS]}.{hint}"


def _shown(statement: Atom) -> str:
    text = str(statement)
    return text if len(text) <= _CHARS else f"{text[:_CHARS]}…"
