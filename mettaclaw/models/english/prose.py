"""What sentences are put together with: lists, capitals, truth values."""

from __future__ import annotations

from collections.abc import Sequence

from mettaclaw.atoms.truth import Truth


def truth_text(truth: Truth) -> str:
    """A truth value as people see it: ``(f 1.00, c 0.81)``."""
    return f"(f {truth.f:.2f}, c {truth.c:.2f})"


def capital(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def listed(parts: Sequence[str], link: str = "and") -> str:
    """``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {link} {parts[-1]}"
