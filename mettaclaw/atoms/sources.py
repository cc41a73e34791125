"""Who says something: a person, a model, a file.

Invariant: pure functions of names. Not covered: how sure a source is (``atoms.quality``).
"""

from __future__ import annotations

import re


def folded(source: str) -> str:
    """A source's name as it is compared with another that is named: in capitals or not."""
    return source.strip().casefold()


def is_model(source: str) -> bool:
    """Whether a source is a model: ``model``, or ``model:NAME``."""
    return source == "model" or source.startswith("model:")


def is_kept(source: str) -> bool:
    """Whether a source is the person, a model or a file, which nobody can speak for."""
    plain = folded(source)
    return plain == "user" or is_model(plain) or plain.startswith("file:")


def is_report(source: str, words: str) -> bool:
    """Whether words are somebody else's, who tells what a source said: they name it."""
    name = folded(source)
    if not name or is_kept(name):
        return False
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", folded(words)) is not None
