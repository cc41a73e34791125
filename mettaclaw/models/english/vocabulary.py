"""Common words: hints for telling words apart that English spells alike.

A sentence is read without them as well: names, nouns, verbs and adjectives that are not in
``vocabulary.txt`` are taken by their place and their form. What is there only settles ties, such as
which word of ``big dogs chase cats`` is the verb, and whether a ``friendly dog`` is friendly or of
that breed. The file says what each list is for.
"""

from __future__ import annotations

import re

from mettaclaw.models.english.wordlist import sections

_LISTS = {name: frozenset(words) for name, words in sections("vocabulary.txt").items()}

VERBS = _LISTS["verbs"]
ADJECTIVES = _LISTS["adjectives"]
COPULAS = _LISTS["copulas"]
DITRANSITIVES = _LISTS["ditransitives"]
PLACES = _LISTS["places"]
LY_NOUNS = _LISTS["ly nouns"]
COLOURS = _LISTS["colours"]
NOUN_LIKE = COLOURS | _LISTS["people"]
DIMENSIONS = _LISTS["dimensions"]
QUALITIES = _LISTS["qualities"]
RECIPROCAL = _LISTS["reciprocal"]
ROLES = _LISTS["roles"] | RECIPROCAL
LIVING = ROLES - _LISTS["lifeless roles"] | _LISTS["living"]
AMBIENT = _LISTS["ambient"]
WEATHER = _LISTS["weather"]
SKIES = _LISTS["skies"]
EVENTS = _LISTS["events"]
LIMITS = _LISTS["limits"]
SINGLE = _LISTS["single"]
MUTUAL = _LISTS["mutual"]
TOGETHER = _LISTS["together"]
SAYINGS = _LISTS["sayings"]
SUBSTANCES = _LISTS["substances"]
SUPPOSITIONS = _LISTS["suppositions"]
NUMERALS = _LISTS["numerals"]
ABBREVIATIONS = _LISTS["abbreviations"]

_FAVOURITE = ("favourite_", "favorite_", "preferred_")
_WHERE = re.compile(r"(?:be|live)_(?:in|at|on|under|inside)\Z")
_SHAPED = re.compile(r".{2,}(?:ful|less|ous|ish|able|ible)\Z")
_NATION = re.compile(r".{2,}(?:ian|ean|ican|ish|ese)\Z|.{1,}[aeo]ni\Z")


def is_adjective(word: str) -> bool:
    """Whether a lower-case word is a common adjective or has the shape of one."""
    if word in ADJECTIVES:
        return True
    return bool(_SHAPED.match(word)) and word not in _LISTS["shaped nouns"]


def is_living(noun: str) -> bool:
    """Whether a lower-case noun in the singular names a person or an animal."""
    return noun in LIVING or noun.endswith(("man", "woman", "person"))


def is_intersective(word: str) -> bool:
    """Whether an adjective says something of the thing itself: a red car is red and a car."""
    return is_adjective(word) and word not in _LISTS["privative"]


def is_value(noun: str) -> bool:
    """Whether a noun, as a symbol's name, is a value of its owner: a name, a favourite colour."""
    return noun.startswith(_FAVOURITE) or noun.rsplit("_", 1)[-1] in DIMENSIONS


def is_single(noun: str) -> bool:
    """Whether there is one at a time of what a noun names: a favourite colour, a wife."""
    return is_value(noun) or noun.rsplit("_", 1)[-1] in SINGLE


def is_where(relation: str) -> bool:
    """Whether a relation, as a symbol's name, is to the place where something is or lives."""
    return bool(_WHERE.match(relation))


def takes_quality(noun: str) -> bool:
    """Whether an adjective can be that value: my favourite colour is blue."""
    return noun.startswith(_FAVOURITE) or noun.rsplit("_", 1)[-1] in QUALITIES


def is_nation(word: str) -> bool:
    """Whether a lower-case form of a capitalised word reads as an adjective: French, Zorbish."""
    return word in _LISTS["nations"] or bool(_NATION.match(word))
