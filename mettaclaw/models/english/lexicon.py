"""How the words of a conversation are written, so that a reply writes them the same way.

A symbol has lost the capitals of its name, and whether it was a name or a kind, a verb or a noun.
The person's words have not: those of the message, of earlier turns, and of the evidence in a proof
are read again, and what they show of each symbol is kept here.
"""

from __future__ import annotations

from collections.abc import Iterable

from mettaclaw.models.english.meaning import Surface, Use


class Lexicon:
    """The best surface of each symbol, by its use."""

    def __init__(self, surfaces: Iterable[Surface] = ()) -> None:
        self._best: dict[tuple[Use, str], Surface] = {}
        self._after_a: set[str] = set()
        self._several: set[str] = set()
        self._in_part: set[str] = set()
        self.learn(surfaces)

    def learn(self, surfaces: Iterable[Surface]) -> None:
        """Take in more surfaces; of two that are as good, the first stays."""
        for surface in surfaces:
            key = (surface.use, surface.symbol)
            known = self._best.get(key)
            if known is None or _rank(surface) > _rank(known):
                self._best[key] = surface
            if surface.one:
                self._after_a.add(surface.symbol)
            if surface.many:
                self._several.add(surface.symbol)
            if surface.some:
                self._in_part.add(surface.symbol)

    def find(self, use: Use, symbol: str) -> Surface | None:
        """How a symbol was written in this use, or None."""
        return self._best.get((use, symbol))

    def is_counted(self, symbol: str) -> bool:
        """Whether a kind was seen after ``a``."""
        return symbol in self._after_a

    def is_several(self, symbol: str) -> bool:
        """Whether what is somebody's was spoken of in the plural: my keys."""
        return symbol in self._several

    def is_in_part(self, symbol: str) -> bool:
        """Whether some of a kind were spoken of, rather than what the kind sometimes is."""
        return symbol in self._in_part


def _rank(surface: Surface) -> int:
    if surface.form == "name":
        capital = any(c.isupper() for c in surface.text)
        return 4 if surface.sure and capital else 2 if surface.sure else 1
    return 3
