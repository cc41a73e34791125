"""Telling words: those of a sentence that are more than grammar, and the codes and names in it.

Invariant: pure functions of texts. Not covered: what repeats a thing that is erased
(``memory.repeats``), and what is shown of things that were taken back (``memory.forgotten``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.errors import MettaClawError
from mettaclaw.memory import words

MARK = "[forgotten]"
SENTENCE_END = re.compile(r"((?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])|\n+)")

DENSE = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"  # scripts without spaces

_VARIABLE = re.compile(r"\$\S+")
_WORD = re.compile(r"[^\W_]+")
_ONE = re.compile(rf"[{DENSE}]|(?:(?![{DENSE}])[^\W_])+")
_CODE = re.compile(r"(?<![^\W_])(?=[^\W\d_]*\d)[^\W_]{4,}")  # looked for once a word
_DIGITS = re.compile(r"\d{4,}")
_YEAR = re.compile(r"(19|20)\d\d")
_SAYING = "user remember remembered forget forgot forgotten know knew please note noted tell told"


def mentions(text: str, name: str) -> bool:
    """Whether a name stands in a text, as whole words in a row."""
    wanted = _row(name)
    small = _composed(text).casefold()
    if not all(root(word) in small for word in wanted):
        return False  # without a look at each word: most texts end here
    said = _row(text)
    return any(
        said[start : start + len(wanted)] == wanted for start in range(len(said) - len(wanted) + 1)
    )


def is_name(text: str) -> bool:
    """Whether a text has a word that is more than grammar, and so can be looked for."""
    return bool(tokens(text) - grammar())


def things(text: str) -> Iterator[frozenset[str]]:
    """The telling words of each sentence. Of several sentences, one word alone is no thing."""
    parts = [part for part in SENTENCE_END.split(text) if _WORD.search(part)]
    for part in parts:
        telling = telling_words(part)
        if telling and (len(telling) > 1 or len(parts) == 1):
            yield telling


def about(said: str, statement: str) -> list[str]:
    """The sentences of what was said that tell a statement; all of them, where it is not seen."""
    own = telling_words(bare(statement))
    parts = [part for part in SENTENCE_END.split(said) if _WORD.search(part)]
    found = [part for part in parts if own <= telling_words(part)] if len(parts) > 1 else parts
    return found or parts


def bare(statement: str) -> str:
    """The text of an atom without its variables."""
    return _VARIABLE.sub(" ", statement)


@lru_cache(maxsize=4_096)
def telling_words(text: str) -> frozenset[str]:
    """The words of a text that are more than grammar; all words where there are no others."""
    every = tokens(text)
    return every - grammar() or every


def codes(text: str) -> set[str]:
    """The numbers and codes that tell what is meant without any other word; no years."""
    found = {code.casefold() for code in (*_CODE.findall(text), *_DIGITS.findall(text))}
    return {code for code in found if not _YEAR.fullmatch(code)}


def tokens(text: str) -> frozenset[str]:
    """The words of a text, small, and without most endings; no single letters."""
    found = {word.casefold() for word in _WORD.findall(_composed(text))}
    return frozenset(stem(w) for w in found if len(w) > 1 or not ("a" <= w <= "z"))


def _row(text: str) -> list[str]:
    """The words of a text in their order; each sign of a script without spaces is one."""
    return [stem(word.casefold()) for word in _ONE.findall(_composed(text))]


def _composed(text: str) -> str:
    """A text in one form of Unicode: names of files have another on some systems."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


@lru_cache(maxsize=1)
def grammar() -> frozenset[str]:
    """The stems of the words that tell nothing."""
    return frozenset(map(stem, (*words.STOP, *_SAYING.split())))


def stem(word: str) -> str:
    """A small word without most endings."""
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return f"{word[:-1]}i" if len(word) > 3 and word.endswith("y") else word


def root(word: str) -> str:
    """What a word begins with, whatever its ending was."""
    return word[:-1] if len(word) > 3 and word.endswith("i") else word


def parsed(text: str) -> Atom | None:
    """The atom of a text; None where it is none."""
    try:
        return read(text)
    except MettaClawError:
        return None
