"""What a statement has come to while kept derivations are valued, and by which ways it did.

Statements may support each other, each with evidence of its own beside that. So a derivation takes
of its premises what they come to without its own conclusion, as a search does (``infer``); where
nothing is left of one, it goes round in a circle. Not covered: which of the ways count
(``atoms.policy``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mettaclaw.atoms.truth import Truth, pool

_SAME = 1e-12


@dataclass(slots=True)
class Use:
    """A kept derivation: its conclusion and premises by their atoms' ids."""

    id: int
    atom: int
    rule: str
    truth: Truth
    engine: str
    premises: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """What a statement has come to, or what one way gives it.

    Attributes:
        truth: Its truth value.
        stamp: The ids of all evidence that it rests on.
        within: Of the conclusions that may rest on themselves those that it went by, itself too.
        ways: Those that were pooled; none where it is one.
        given: What the premises of a derivation came to without its conclusion.
        use: The derivation; None of what was said.
    """

    truth: Truth
    stamp: frozenset[int]
    within: frozenset[int] = frozenset()
    ways: tuple[Value, ...] = ()
    given: tuple[Value, ...] = ()
    use: Use | None = None

    def without(self, conclusion: int) -> Value | None:
        """The value without the ways that went by a conclusion; None where none is left."""
        if conclusion not in self.within:
            return self
        return together([way for way in self.ways if conclusion not in way.within])

    def differs(self, other: Value | None) -> bool:
        """Whether it is another one, by more than rounding."""
        return (
            other is None
            or not same(self.truth, other.truth)
            or (self.stamp, self.within) != (other.stamp, other.within)
            or len(self.ways) != len(other.ways)
            or any(one.differs(way) for one, way in zip(self.ways, other.ways, strict=True))
        )


def together(ways: Sequence[Value]) -> Value | None:
    """What several ways come to; None of none."""
    if len(ways) < 2:
        return ways[0] if ways else None
    stamp = frozenset[int]().union(*(way.stamp for way in ways))
    within = frozenset[int]().union(*(way.within for way in ways))
    return Value(pool(way.truth for way in ways), stamp, within, tuple(ways))


def circling(uses: Sequence[Use], using: Mapping[int, Sequence[int]]) -> frozenset[int]:
    """The conclusions that may rest on themselves, and what rests on them.

    Args:
        uses: The derivations.
        using: By premise, the places of those that use it, once for each time that they do.
    """
    conclusions = {use.atom for use in uses}
    below = Counter(use.atom for use in uses for one in use.premises if one in conclusions)
    free = [atom for atom in conclusions if atom not in below]
    for atom in free:
        for place in using.get(atom, ()):
            above = uses[place].atom
            below[above] -= 1
            if below[above] == 0:
                free.append(above)
    return frozenset(conclusions.difference(free))


def same(a: Truth, b: Truth) -> bool:
    """Whether two truth values differ by no more than rounding does."""
    return abs(a.f - b.f) <= _SAME and abs(a.c - b.c) <= _SAME
