"""What was told that may answer a question, in its own words, where the logic has no answer.

The words are those that came to mind beside the message (``memory.recall``, in the packet). Of
these, an item is quoted where it has what the question asks for (a time for *when*, a place for
*where* …), all names of the question, and half of its telling words, two at least or a name. What
the logic has read in an item it has weighed already: such words must have two, or all, and a time,
place or number that is asked for.

Invariant: an item is quoted verbatim and never claimed as so; where none clears the threshold
nothing is said. Not covered: what follows from the words, and what is like them in meaning alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mettaclaw.atoms.syntax import Expression, Symbol
from mettaclaw.memory.telling import parsed
from mettaclaw.memory.words import STOP
from mettaclaw.models.english.morphology import base, gerund_base, past_base, singular
from mettaclaw.models.english.prose import STRAIGHT
from mettaclaw.models.english.vocabulary import ABBREVIATIONS, NUMERALS

_MOST = 3
_MAX_CHARS = 400  # of one item that is quoted
_LINE = re.compile(r"item (?P<id>\d+), \S+, (?P<who>.*?): (?P<words>.*)")
_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_EMPTY = frozenset(
    (
        *("anybody", "anyone", "anything", "everybody", "everyone", "everything", "somebody"),
        *("someone", "something", "called", "did", "know", "long", "many", "may", "might", "much"),
        *("must", "often", "one", "ought", "shall", "tell", "there", "thing", "time", "us"),
    )
)
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tues|wednes|thurs|fri|satur|sun)"
_TIME_WORDS = (
    rf"\d|\b{_MONTHS}[a-z]*\b|\b(?:today|tomorrow|yesterday|tonight|morning|noon|afternoon|evening"
    r"|night|midnight|week|weekend|month|year|spring|summer|autumn|winter|christmas|easter|birthday"
    r"|daily|weekly|monthly|always|never|every|since|until|before|after|soon|o'clock)\b"
)
_TIME = re.compile(_TIME_WORDS, re.IGNORECASE)
_TIMED = re.compile(
    rf"\b(?:in|at|on|from|to|by)\s+(?:(?:the|this|next|last|early|late)\s+)?(?:{_TIME_WORDS})",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:in|at|on|under|below|above|over|behind|beside|between|near|next to|inside|outside"
    r"|opposite|home|here|upstairs|downstairs)\b",
    re.IGNORECASE,
)
_COUNT = re.compile(rf"\d|\b(?:{'|'.join(sorted(NUMERALS))}|no|none|some|few|many|several|all)\b")
_NAME = re.compile(
    r"(?<=[^\s.!?:])\s+[\"'(]?[A-Z][^\W\d_]+|\b(?:my|his|her|our|your|their)\b", re.I
)
_WANTED = (
    (re.compile(r"\b(?:when|what (?:time|day|date|month|year)|how (?:long|often))\b", re.I), _TIME),
    (re.compile(r"\b(?:where|what (?:place|street|city|town|country))\b", re.I), _PLACE),
    (re.compile(r"\bhow (?:much|many|old|far|big|tall|high|deep)\b", re.I), _COUNT),
)


@dataclass(frozen=True, slots=True)
class _Item:
    """An item that came to mind; ``believed`` where its statements are."""

    id: int
    who: str
    words: str
    believed: bool


def remembered(recall: str, asked: str, *, closed: bool = False) -> str:
    """What was told that may answer a question; "" where nothing was.

    Args:
        recall: The items that came to mind, a line each.
        asked: The question, as it was written.
        closed: Whether it is one of yes and no: only words that the logic cannot read may help.
    """
    close = [item for item in _items(recall) if _may_answer(item, asked, closed=closed)]
    if not close:
        return ""
    return f"I was told: {'; '.join(map(_quoted, close[:_MOST]))}"


def _items(recall: str) -> Iterator[_Item]:
    for line in recall.splitlines():
        found = _LINE.fullmatch(line)
        if found:
            words, believed = _without_premises(found["words"])
            if words:
                yield _Item(int(found["id"]), found["who"], words, believed)


def _without_premises(text: str) -> tuple[str, bool]:
    """An item's words without the premises after them, and whether there are such."""
    words, believed = text, False
    while words.endswith("))"):
        starts = [m.start() for m in re.finditer(r"(?:^| )\((?=\()", words)]
        start = next((at for at in reversed(starts) if _is_premise(words[at:].strip())), None)
        if start is None:
            break
        words, believed = words[:start].rstrip(), True
    return words, believed


def _is_premise(text: str) -> bool:
    match parsed(text):
        case Expression((Expression(), Expression((Symbol("stv"), _, _)))):
            return True
        case _:
            return False


def _may_answer(item: _Item, asked: str, *, closed: bool) -> bool:
    wanted, names = _telling(asked)
    if not wanted or (closed and item.believed):
        return False
    there = {stem for word in _words(item.words) for stem in _stems(word)}
    common = frozenset(word for word in wanted if _stems(word) & there)
    if not names <= common:
        return False
    if closed:
        return common == wanted and len(wanted) > 1
    kinds = [has for asks, has in _WANTED if asks.search(asked)]
    if not all(_has(item.words, kind) for kind in kinds) or (item.believed and not kinds):
        return False
    if asked.lower().startswith("who") and not _NAME.search(item.words):
        return False
    enough = len(common) > 1 or (bool(names) and not item.believed)
    return common == wanted or (enough and 2 * len(common) >= len(wanted))


def _has(words: str, kind: re.Pattern[str]) -> bool:
    """Whether words have a time, a place or a number; on Monday is no place."""
    return bool(kind.search(_TIMED.sub(" ", words) if kind is _PLACE else words))


@lru_cache(maxsize=256)
def _telling(asked: str) -> tuple[frozenset[str], frozenset[str]]:
    """The telling words of a question, and those that are names or numbers."""
    every = list(_words(asked))
    telling = [w for w in every if w.lower() not in STOP | _EMPTY | ABBREVIATIONS]
    names = {w.lower() for w in telling if (w != every[0] and w[0].isupper()) or w[0].isdigit()}
    return frozenset(w.lower() for w in telling), frozenset(names)


def _words(text: str) -> Iterator[str]:
    for found in _WORD.finditer(text.translate(STRAIGHT)):
        yield re.sub(r"'s?\Z", "", found[0])


@lru_cache(maxsize=4_096)
def _stems(word: str) -> frozenset[str]:
    """What a word may be a form of: sold of sell, keys of key."""
    small = word.lower()
    forms = {small, singular(small), base(small), past_base(small), gerund_base(small)}
    return frozenset(one for one in forms if one)


def _quoted(item: _Item) -> str:
    said = item.words
    if len(said) > _MAX_CHARS:
        said = f"{said[:_MAX_CHARS].rstrip()}…"
    source = "" if item.who == "user" else f", from {item.who.removeprefix('file:')}"
    return f'"{said}" (item {item.id}{source})'
