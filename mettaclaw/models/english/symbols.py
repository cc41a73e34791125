"""The symbols, numbers and texts that words become.

Not covered: what the words stand for (``nouns``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mettaclaw.atoms.syntax import Atom, Number, Symbol
from mettaclaw.models.english.words import Word

_ODD = re.compile(r"[^\w'+#&.%$€£/@:,-]+")
_NUMBER = re.compile(r"(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?\Z")


class Unclear(Exception):  # noqa: N818 not an error: the sentence is refused, and the person told
    """A sentence with the form of one that can be read, and a meaning that cannot."""


def symbol_of(parts: Sequence[str]) -> Symbol:
    """The symbol of some words: golden_retriever.

    Raises:
        Unclear: Nothing of them can stand in a symbol.
    """
    name = "_".join(_ODD.sub("_", part).strip("_") for part in parts).replace(" ", "_")
    if not name:
        raise Unclear
    return Symbol(name)


def title(word: Word) -> str:
    """The letters of a name; of a quoted one without its article."""
    return word.lower.removeprefix("the ") if word.quoted else word.lower


def number_of(text: str) -> Number | None:
    """The number that a word is, or None."""
    if not _NUMBER.match(text):
        return None
    return Number(float(text) if "." in text else int(text))


def text_of(words: Sequence[Word]) -> str:
    """The words as they were written."""
    return " ".join(w.text for w in words)


def shown_as(word: Word) -> str:
    """A word as a reply writes it: in small letters, unless it is a name."""
    return word.text if word.name else word.lower


def is_unnamed(atom: Atom) -> bool:
    """Whether something has only the name that it got here: cat_of_user."""
    return isinstance(atom, Symbol) and "_of_" in atom.name


def is_mentioned(word: Word) -> bool:
    """Whether a word in quotes is no title: the word itself, or what is only called so."""
    return word.quoted and word.text.islower() and word.text.isalpha()
