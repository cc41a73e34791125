"""Who says something: a person, a model, a file.

Invariant: pure functions of names. Not covered: how sure a source is (``atoms.quality``).
"""

from __future__ import annotations


def is_model(source: str) -> bool:
    """Whether a source is a model: ``model``, or ``model:NAME``."""
    return source == "model" or source.startswith("model:")


def is_kept(source: str) -> bool:
    """Whether a source is the person, a model or a file, which nobody can speak for."""
    plain = source.strip().casefold()
    return plain == "user" or is_model(plain) or plain.startswith("file:")
