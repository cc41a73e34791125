"""Truth values: what revision and choice need, because adding a statement that stands revises it.

Formulas: Pei Wang, Non-Axiomatic Logic (2013), chapters 3 and 5, evidential horizon 1.

Invariant: what evidence is pooled to does not depend on its order. Not covered: the other truth
functions, which are reasoning's (``mettaclaw.reasoning.functions``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mettaclaw.atoms.syntax import Atom, Expression, Number, Symbol
from mettaclaw.errors import UsageError

MAX_CONFIDENCE = 0.99  # what anybody may be told with, and revision reach, however much there is
APART = 0.5  # how far frequencies are apart that contradict each other
WEIGHABLE = 0.9999  # c = 1 would weigh infinitely much


@dataclass(frozen=True, slots=True)
class Truth:
    """A truth value: frequency ``f`` and confidence ``c``, both in [0, 1]; written ``(stv f c)``.

    Raises:
        UsageError: A value that is not a number in [0, 1].
    """

    f: float
    c: float

    def __post_init__(self) -> None:
        f, c = self.f, self.c
        if type(f) is float and type(c) is float and 0.0 <= f <= 1.0 and 0.0 <= c <= 1.0:
            return  # most are, and there are many
        for name, value in (("frequency", self.f), ("confidence", self.c)):
            if not _in_unit_interval(value):
                shown = value if isinstance(value, float) else _short(value)
                raise UsageError(f"{name} {shown} is not in [0, 1]; write (stv 0.9 0.8), say")
        object.__setattr__(self, "f", float(self.f))
        object.__setattr__(self, "c", float(self.c))

    def __str__(self) -> str:
        return f"(stv {self.f!r} {self.c!r})"

    @property
    def expectation(self) -> float:
        """How much to bet on it, in [0, 1]: c (f - 1/2) + 1/2."""
        return self.c * (self.f - 0.5) + 0.5

    @property
    def tier(self) -> str:
        """``ACT``, ``HYPOTHESIZE`` or ``IGNORE``: what one may do with a belief of this truth."""
        if self.f >= 0.6 and self.c >= 0.5:
            return "ACT"
        return "HYPOTHESIZE" if self.f >= 0.3 and self.c >= 0.2 else "IGNORE"

    def to_atom(self) -> Expression:
        """The atom ``(stv f c)``."""
        return Expression((Symbol("stv"), Number(self.f), Number(self.c)))


def held(truth: Truth) -> Truth:
    """A truth value as one piece of evidence may have it: nobody is surer than c = 0.99, or what
    agrees with him would lower the confidence of what he said.
    """
    return truth if truth.c <= MAX_CONFIDENCE else Truth(truth.f, MAX_CONFIDENCE)


UNTOLD = Truth(1.0, 0.9)  # what a statement counts as that was stored without a truth value


def _in_unit_interval(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0.0 <= value <= 1.0  # false for NaN as well


def _short(value: object) -> str:
    if isinstance(value, int) and abs(value) > 10**40:
        return "of more than 40 digits"  # Python refuses to write one of very many
    return str(value)[:60]


def from_atom(atom: Atom) -> Truth | None:
    """The truth value that an atom ``(stv f c)`` writes, or None if it is no such atom.

    Raises:
        UsageError: It is ``(stv f c)`` with f or c outside [0, 1].
    """
    match atom:
        case Expression((Symbol("stv"), Number(f), Number(c))):
            return Truth(f, c)
        case _:
            return None


def weight(c: float) -> float:
    """Confidence to weight of evidence, w = c / (1 - c), in [0, 9999]."""
    c = min(c, WEIGHABLE)
    return c / (1.0 - c)


def confidence(w: float) -> float:
    """Weight of evidence to confidence, c = w / (w + 1), in [0, 1)."""
    return w / (w + 1.0)


def revise(a: Truth, b: Truth, *, cap: float = MAX_CONFIDENCE) -> Truth:
    """Pool two truth values of one statement that rest on disjoint evidence."""
    return weighed(a, weight(a.c), b, cap)


def weighed(a: Truth, wa: float, b: Truth, cap: float = MAX_CONFIDENCE) -> Truth:
    """``revise``, where the first weighs what its confidence, which has a cap, may not tell."""
    wb = weight(b.c)
    total = wa + wb
    if total == 0.0:
        return Truth((a.f + b.f) / 2, 0.0)
    low, high = sorted((a.f, b.f))
    f = min(high, max(low, a.f + (b.f - a.f) * (wb / total)))  # no rounding leads out of them
    return Truth(f, min(cap, max(confidence(total), a.c, b.c)))


def pool(truths: Iterable[Truth]) -> Truth:
    """Revise any number of truth values of one statement that rest on pairwise disjoint evidence.

    For two it is ``revise``. All are weighed at once, so that the order does not matter even where
    the cap of revision is reached: f = sum(w f) / sum(w), c = min(0.99, max(k(sum(w)), all c)).
    """
    values = list(truths)
    if len(values) < 3:
        return revise(*values) if len(values) == 2 else values[0]
    weights = [weight(t.c) for t in values]
    frequencies = [t.f for t in values]
    positive = sum(w * f for w, f in zip(weights, frequencies, strict=True))
    mean = sum(frequencies) / len(values)
    bounds = min(frequencies), max(frequencies)
    return pooled(sum(weights), positive, mean, bounds, max(t.c for t in values))


def grown(known: Truth, new: Truth) -> Truth | None:
    """``pool`` of what was pooled before and one more; None if a cap hides what that weighs."""
    return revise(known, new) if 0.0 < known.c < MAX_CONFIDENCE else None


def pooled(
    total: float, positive: float, mean: float, bounds: tuple[float, float], surest: float
) -> Truth:
    """What two or more truth values are pooled to, given sums over them, wherever these were made.

    Args:
        total: Of the weights.
        positive: Of the weights times the frequencies.
        mean: Of the frequencies, which counts where nothing weighs.
        bounds: The least and the greatest frequency.
        surest: The greatest confidence.
    """
    low, high = bounds
    f = positive / total if total else mean
    f = min(high, max(low, f))  # no rounding leads out of them
    return Truth(f, min(MAX_CONFIDENCE, max(confidence(total), surest)))


def beside(said: Truth, derived: Truth) -> Truth:
    """What was said of a statement with what follows about it from other evidence.

    They are pooled, unless they contradict each other and what was said is at least half as sure:
    then it stands, as the more specific.
    """
    if abs(said.f - derived.f) >= APART and 2 * said.c >= derived.c:
        return said
    return revise(said, derived)


def choose(a: Truth, b: Truth) -> Truth:
    """Of two truth values that share evidence, the more confident one; the first on a tie."""
    return b if b.c > a.c else a
