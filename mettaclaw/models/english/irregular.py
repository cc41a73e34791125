"""Words that do not follow the rules of ``morphology``: closed tables, read from ``irregular.txt``.

What is not there follows the rules, so a word never seen before is treated like the regular words
of its shape.
"""

from __future__ import annotations

from types import MappingProxyType

from mettaclaw.models.english.wordlist import sections

_TABLES = sections("irregular.txt")


def _pairs(name: str, value: int = 1) -> MappingProxyType[str, str]:
    rows = [entry.split(":") for entry in _TABLES[name]]
    return MappingProxyType({row[0]: row[value] for row in rows})


PLURALS = _pairs("plurals")
OTHER_PLURALS = _pairs("other plurals")  # from the plural to the singular
SAME = frozenset(_TABLES["same"])
PASTS = _pairs("verbs")
PARTICIPLES = _pairs("verbs", 2)
THIRD_PERSONS = _pairs("third persons")
DOUBLING = frozenset(_TABLES["doubling"])
