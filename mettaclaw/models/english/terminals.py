"""The closed words of ``prompts/english.lark`` and of the degrees, each with its terminal.

Not covered: the parser, which is ``grammar``'s.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mettaclaw.config import resource
from mettaclaw.models.english.degrees import CERTAINTY, FREQUENCY, QUANTITY

_TERMINAL = re.compile(r'^([A-Z_]+):((?:\s*\|?\s*"[^"]+")+)', re.MULTILINE)


@lru_cache(maxsize=1)
def text() -> str:
    """The grammar file."""
    return resource("prompts/english.lark").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def closed_words() -> dict[str, str]:
    """The words of the closed classes, such as ``is``, with the terminal that each is."""
    found: dict[str, str] = {}
    for terminal, alternatives in _TERMINAL.findall(text()):
        for words in re.findall(r'"([^"]+)"', alternatives):
            found.setdefault(words, terminal)
    for terminal, table in (
        ("FREQUENCY", FREQUENCY),
        ("QUANTITY", QUANTITY),
        ("CERTAINTY", CERTAINTY),
    ):
        found.update(dict.fromkeys(table, terminal))
    return found
