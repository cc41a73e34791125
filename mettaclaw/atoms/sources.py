"""Who says something: a person, a model, a file; and what it counts for without a truth value.

Invariant: pure functions of names. Not covered: how sure a source is (``atoms.quality``).
"""

from __future__ import annotations

from mettaclaw.atoms.truth import UNTOLD, Truth

_UNTOLD_BY_MODEL = Truth(UNTOLD.f, 0.35)  # as a model's opinions, by the quality that ships


def is_model(source: str) -> bool:
    """Whether a source is a model: ``model``, or ``model:NAME``."""
    return source == "model" or source.startswith("model:")


def is_kept(source: str) -> bool:
    """Whether a source is the person, a model or a file, which nobody can speak for."""
    plain = source.strip().casefold()
    return plain == "user" or is_model(plain) or plain.startswith("file:")


def untold(source: str) -> Truth:
    """What a statement counts as that a source has stored without a truth value."""
    return _UNTOLD_BY_MODEL if is_model(source) else UNTOLD
