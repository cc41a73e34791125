"""The words of a text as they are compared: where they stand, their stems, and what tells nothing.

Escapes of JSON and MeTTa are read as what they stand for, and each sign of a script without spaces
as a word. Words of grammar tell nothing, and those of talk about memory say nothing else; a denial
and another person do.

Invariant: pure functions of texts; places are those of the text as it is given. Not covered: what
repeats a thing (``memory.repeats``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from mettaclaw.memory.telling import DENSE, grammar, stem

_WORD = re.compile(rf"[{DENSE}]|(?:(?![{DENSE}])[^\W_]|[\u0300-\u036f])+")
_SIGN = re.compile(r"\\+u([0-9a-fA-F]{4})|.", re.DOTALL)
_ESCAPE = re.compile(r"""\\+[nrtbf"'/]""")
_END = re.compile(r"""(?<=[.!?…])["'”’)\]]*\s+|(?<=[。！？])|\n+|(?:\\+[nr])+""")
PAUSE = re.compile(r"[,;:—–]\s+|\s[-—–]\s+|\s*[()]\s*")
PAUSE_OR_JOIN = re.compile(
    r"[,;:—–]\s+|\s[-—–]\s+|\s*[()]\s*|\s+(?=(?:and|but|because|so|while|although)\s)", re.I
)
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
GROUPS = re.compile(r"(?<!\w)\d+(?:[-./ ]\d+)+(?!\w)")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def _stem(word: str) -> str:
    """A small word without its endings, those of verbs too."""
    return _cut(stem(word))


def _cut(found: str) -> str:
    """A stem without the endings of verbs, and one letter for two at its end."""
    if any(map(str.isdigit, found)):
        return found
    for ending in ("ing", "ed"):
        if len(found) > len(ending) + 2 and found.endswith(ending):
            found = found.removesuffix(ending)
            found = f"{found[:-1]}i" if found.endswith("y") else found
            break
    return found[:-1] if len(found) > 3 and found[-1] == found[-2] else found


def _all(words: str) -> frozenset[str]:
    return frozenset(map(_stem, words.split()))


GRAMMAR = frozenset(map(_cut, grammar()))
DENIALS = _all(
    "not no nor never none without don doesn didn isn aren wasn weren won couldn wouldn shouldn "
    "haven hasn hadn"
)
SELF = _all("i m me my mine myself we us our ours you your yours yourself user")
OTHERS = _all("he she him his her hers they them their theirs who whose")
SAME = {
    _stem(one): _stem(other)
    for one, other in (
        ("you", "i"),
        ("me", "i"),
        ("your", "my"),
        ("yourself", "myself"),
        ("are", "am"),
        ("re", "m"),
        ("were", "was"),
    )
}
WEAK = _all(
    "words item text yes probably perhaps stv said say true false ok okay thanks thank sure well "
    "right now again still already just also only really actually indeed after all course even "
    "evidence whether because since keep kept believe believed certain likely think thought guess "
    "mean hello hi hey nothing about memory save saved store stored add added got here remind "
    "query message send reply"
)
_DAYS = _all(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december"
)
_NO_NAMES = GRAMMAR | WEAK | _DAYS


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as it is compared in names, its stem, and where it stands."""

    plain: str
    stem: str
    start: int
    end: int


def opened(text: str) -> str:
    """A text with spaces for its escapes, each of the same length."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: " " * len(found[0]), text)


def read_words(text: str) -> list[Word]:
    """The words of a text in their order."""
    plain = opened(text)
    if "\\u" not in plain:
        return [Word(*_forms(one[0]), one.start(), one.end()) for one in _WORD.finditer(plain)]
    signs = list(_SIGN.finditer(plain))
    starts = [*(one.start() for one in signs), len(plain)]
    plain = "".join(chr(int(one[1], 16)) if one[1] else one[0] for one in signs)
    return [
        Word(*_forms(one[0]), starts[one.start()], starts[one.end()])
        for one in _WORD.finditer(plain)
    ]


@lru_cache(maxsize=16_384)
def _forms(word: str) -> tuple[str, str]:
    plain = stem(unicodedata.normalize("NFC", word).casefold())
    return plain, _cut(plain)


def stems(words: Iterable[Word]) -> frozenset[str]:
    """The stems of words."""
    return frozenset(word.stem for word in words)


def telling(stems: frozenset[str]) -> frozenset[str]:
    """The words that are more than grammar; no single letters."""
    return frozenset(word for word in stems - GRAMMAR if len(word) > 1 or not "a" <= word <= "z")


def weight(said: frozenset[str], with_own: bool) -> frozenset[str]:
    """The words that say something: no grammar, no small numbers; denial and other persons do."""
    found = {word for word in telling(said) - WEAK if not word.isdigit()}
    return frozenset(
        found | (said & (DENIALS | OTHERS)) | (said & SELF if with_own else said & DENIALS)
    )


def names(text: str, words: list[Word]) -> Iterator[str]:
    """The words that are written as names are, but for the first."""
    for word in words[1:]:
        said = text[word.start : word.end]
        if said[:1].isupper() and len(said) > 1 and word.stem not in _NO_NAMES:
            yield word.stem


def whole(text: str) -> str:
    """A text as it is compared as a whole: small, and with single spaces; its words, if any."""
    words = read_words(text)
    return " ".join(word.stem for word in words) if words else "".join(text.split())


def parts(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences and lines of a text stand."""
    return between(_END, text, 0, len(text))


def between(
    pattern: re.Pattern[str], text: str, first: int, last: int
) -> Iterator[tuple[int, int]]:
    """The parts of a text between what a pattern finds, those that are not empty."""
    start = first
    for found in pattern.finditer(text, first, last):
        if text[start : found.start()].strip():
            yield start, found.start()
        start = found.end()
    if text[start:last].strip():
        yield start, last
