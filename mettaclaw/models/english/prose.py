"""What sentences are put together with: lists, capitals, truth values."""

from __future__ import annotations

from collections.abc import Sequence

from mettaclaw.atoms.truth import Truth

UNDECIDED = (0.4, 0.6)  # between them the evidence is mixed


def truth_text(truth: Truth) -> str:
    """A truth value as people see it: ``(f 1.00, c 0.81)``."""
    return f"(f {truth.f:.2f}, c {truth.c:.2f})"


def is_negative(truth: Truth, degree: float | None = None) -> bool:
    """Whether a truth value is told with the denial of its statement: not where it is undecided."""
    return truth.f <= UNDECIDED[0] or (degree is not None and truth.f < 0.5)


def capital(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def listed(parts: Sequence[str], link: str = "and") -> str:
    """``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {link} {parts[-1]}"
