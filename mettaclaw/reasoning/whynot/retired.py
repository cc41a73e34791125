"""What would be believed if what was taken back still counted, and words for what was.

``Restored`` is a view in which each statement that has lost all of its evidence is believed as it
was, to see what would follow. Invariant: nothing is written. Not covered: what was taken back
(``atoms.archive``); derivations that fell: what they rested on is found by deriving it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from mettaclaw.atoms import join
from mettaclaw.atoms.archive import Archive, Retired
from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.times import minute
from mettaclaw.atoms.unify import Substitution
from mettaclaw.atoms.view import Belief, Derivation, Evidence, View
from mettaclaw.reasoning.proof import figures, told

_ROWS = 100  # candidates of a pattern, up to which they are counted


def told_back(piece: Retired) -> str:
    """A piece of evidence that no longer counts, and how that came, on one line."""
    value = f" ({figures(piece.evidence.truth)})" if piece.evidence.truth is not None else ""
    match piece.how:
        case "undone":
            end = "that was undone"
        case "source":
            end = "all that this source had said was taken back"
        case "replaced":
            end = "something newer took its place"
        case "taken back":
            end = "it was taken back"
    if piece.author == "tool:forget":
        end = end.replace("taken back", "forgotten")
    who = _by(piece.author)
    return f"{told(piece.evidence)}{value}; {end} on {minute(piece.time)} UTC{who}"


def _by(author: str) -> str:
    """Who took something back, in words; "" where that is told already, or not known."""
    if author in ("", "api", "tool:forget"):
        return ""
    return " by the agent" if author.startswith("tool:") else f" by {' '.join(author.split())}"


class Restored:
    """A view with the statements that have lost all of their evidence. Implements ``View``."""

    def __init__(self, view: View, archive: Archive) -> None:
        self._view = view
        self._archive = archive

    def belief(self, statement: Atom) -> Belief | None:
        """The belief of exactly this statement; where there is none, the one that there was."""
        return self._view.belief(statement) or self._archive.belief(statement)

    def find(self, pattern: Atom) -> Iterator[Belief]:
        """The beliefs that fit, and then those that there were."""
        yield from self._view.find(pattern)
        for belief in self._archive.find(pattern):
            if self._view.belief(belief.statement) is None:
                yield belief

    def match(self, *patterns: Atom, limit: int | None = None) -> Iterator[Substitution]:
        """The substitutions that make all patterns beliefs."""
        return islice(join.answers(patterns, self), limit)

    def candidates(self, pattern: Atom) -> Iterator[tuple[Atom, bool]]:
        """The statements that may unify with a pattern; see ``join.Candidates``."""
        yield from self._view.candidates(pattern)
        for atom in self._archive.candidates(pattern):
            if self._view.belief(atom) is None:
                yield atom, True

    def costs(self, patterns: Sequence[Atom]) -> list[int]:
        """How many candidates patterns have; see ``join.Candidates``."""
        return [sum(1 for _ in islice(self.find(pattern), _ROWS)) for pattern in patterns]

    def evidence(self, ids: Sequence[int]) -> list[Evidence]:
        """The evidence with these ids, in order of id; see ``Archive.quoted``."""
        known = self._archive.known
        return [
            known[one.id].evidence if one.id in known else one for one in self._view.evidence(ids)
        ]

    def derivations(self, statement: Atom) -> list[Derivation]:
        """The kept derivations that stand."""
        return self._view.derivations(statement)
