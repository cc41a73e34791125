"""What was forgotten, kept out of what a model is shown again of earlier turns and of the log.

A sentence is left out where all telling words of something forgotten stand in it, in any order, or
a number or code of it alone: so a question that was answered with it goes too, and not only the
words as they were. Forgotten are statements that nothing supports any more, and items that are
gone. What is said after the forgetting is said anew, and stays.

Invariant: nothing is written; the rows of the log keep their text. Not covered: the same thing in
other words, pictures of it such as sums or anagrams, and what was forgotten by hand so long ago
that no turn in question has its text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from mettaclaw.atoms.syntax import Expression, Number, String, Symbol, read, read_all, text_of
from mettaclaw.errors import MettaClawError
from mettaclaw.memory import words
from mettaclaw.memory.episodes import Episode
from mettaclaw.storage import Database

MARK = "[forgotten]"
MAX_STATEMENTS = 2_000  # the latest ones; a file that was retired is not looked through

BEGAN = (  # when the turn of a message was taken up: others may have come before it in the queue
    "coalesce((SELECT max(message.time, min(c.time)) FROM cycle c WHERE c.message = message.id), "
    "message.time)"
)

_SENTENCE_END = re.compile(r"((?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])|\n+)")
_VARIABLE = re.compile(r"\$\S+")
_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"(?<![^\W_])(?=[^\W\d_]*\d)[^\W_]{4,}")  # looked for once a word
_DIGITS = re.compile(r"\d{4,}")
_YEAR = re.compile(r"(19|20)\d\d")
_SAYING = "user remember remembered forget forgot forgotten know knew please note noted tell told"


@dataclass(frozen=True, slots=True)
class _Gone:
    """Telling words of one thing, and when it was forgotten (seconds, UTC)."""

    words: frozenset[str]
    time: float


class Forgotten:
    """What was forgotten since an earlier turn, ready to be looked for in texts."""

    def __init__(self, gone: Iterable[tuple[str, float]]) -> None:
        self._by_word: dict[str, list[_Gone]] = {}
        self._codes: dict[str, float] = {}
        for text, time in gone:
            for telling in _things(text):
                rarest = max(telling, key=len)
                self._by_word.setdefault(rarest, []).append(_Gone(telling, time))
            for code in _codes(text):
                self._codes[code] = max(time, self._codes.get(code, time))

    @classmethod
    def since(cls, database: Database, message: int, time: float) -> Forgotten:
        """What was forgotten since a message came.

        Args:
            database: The one database.
            message: The message's id.
            time: When it came, in seconds, UTC.
        """
        return cls((*_statements(database, time), *_items(database, message)))

    def __bool__(self) -> bool:
        return bool(self._by_word or self._codes)

    def is_in(self, text: str, time: float = -math.inf) -> bool:
        """Whether a text of a turn that began then tells something that was forgotten since."""
        return bool(self) and any(self._tells(part, time) for part in _SENTENCE_END.split(text))

    def without(self, text: str, time: float = -math.inf) -> str:
        """The text with ``MARK`` in place of each sentence that tells such a thing."""
        if not self:
            return text
        parts = _SENTENCE_END.split(text)
        return "".join(MARK if self._tells(part, time) else part for part in parts)

    def _tells(self, sentence: str, time: float) -> bool:
        found = frozenset(_tokens(sentence))
        for word in found:
            for gone in self._by_word.get(word, ()):
                if gone.time >= time and gone.words <= found:
                    return True
        return any(code in self._codes and self._codes[code] >= time for code in _codes(sentence))


def redacted(database: Database, lines: list[Episode]) -> list[Episode]:
    """Lines of the log without what was forgotten since their turns."""
    if not lines:
        return lines
    turns = dict[int, float]()
    for line in lines:
        if line.message is not None and line.message not in turns:
            row = database.row(f"SELECT {BEGAN} FROM message WHERE id = ?", (line.message,))
            turns[line.message] = float(row[0]) if row else line.time
    first = min([line.time for line in lines] + list(turns.values()))
    gone = Forgotten.since(database, min(turns, default=0), first)
    if not gone:
        return lines
    return [
        replace(line, text=gone.without(line.text, turns.get(line.message or 0, line.time)))
        for line in lines
    ]


# --- what is gone ------------------------------------------------------------------------------


def _statements(database: Database, time: float) -> Iterator[tuple[str, float]]:
    """Statements that were said or kept and have no support any more, with the words of it."""
    since = "SELECT id FROM txn WHERE time >= ? ORDER BY time LIMIT 1"
    rows = [
        row
        for table, said in (("evidence", "e.words"), ("derivation", "NULL"))
        for row in database.rows(
            f"SELECT a.text, {said}, x.time FROM {table} e JOIN atom a ON a.id = e.atom "
            "JOIN txn x ON x.id = e.retired WHERE e.retired IS NOT NULL "
            f"AND e.retired >= ({since}) AND a.version IS NULL ORDER BY e.retired DESC LIMIT ?",
            (time, MAX_STATEMENTS),
        )
    ]
    for text, said, when in rows:
        own = _telling(_VARIABLE.sub(" ", text))
        if len(own) > 1:
            yield " ".join(sorted(own)), when
        if said is None:
            continue
        parts = [part for part in _SENTENCE_END.split(said) if _WORD.search(part)]
        about = [part for part in parts if own <= _telling(part)] if len(parts) > 1 else parts
        for part in about or parts:
            yield part, when


def _items(database: Database, message: int) -> Iterator[tuple[str, float]]:
    """The texts of items that calls since a message tell of, and that are no more."""
    rows = database.rows(
        "SELECT call, got, time FROM (SELECT k.text AS call, coalesce(b.text, k.value) AS got, "
        "x.time FROM cycle c CROSS JOIN call k ON k.cycle = c.id LEFT JOIN txn x ON x.id = k.txn "
        "LEFT JOIN blob b ON b.id = k.blob WHERE c.message >= ? AND k.state = 'done') "
        "WHERE got LIKE '(remembered %' OR got LIKE '(item %' OR got LIKE '(forgot %'",
        (message,),
    )
    for call, value, time in rows:
        for text, number in _told(call, value):
            if number is None:
                if not _is_known(database, text):
                    yield text, math.inf if time is None else time
            elif database.row("SELECT 1 FROM item WHERE id = ?", (number,)) is None and (
                not _is_known(database, text)
            ):
                yield text, math.inf


@lru_cache(maxsize=512)  # ended calls never change
def _told(call: str, value: str) -> tuple[tuple[str, int | None], ...]:
    """What a call's result tells of items: the text, and the id; no id where it was forgotten."""
    try:
        made, values = read(call), read_all(value)
    except MettaClawError:
        return ()
    found: list[tuple[str, int | None]] = []
    for atom in values:
        match atom:
            case Expression((Symbol("remembered"), Number(id_))) if isinstance(made, Expression):
                found += [(text_of(argument), int(id_)) for argument in made.children[1:2]]
            case Expression((Symbol("item"), Number(id_), String(text), *_)):
                found.append((text, int(id_)))
            case Expression((Symbol("forgot"), Symbol("item") | String("item"), String(text))):
                found.append((text, None))
            case _:
                pass
    return tuple(found)


def _is_known(database: Database, text: str) -> bool:
    """Whether an item that is there tells the same all the same."""
    telling = _telling(text)
    return any(
        telling <= _telling(row[0])
        for number in words.WordIndex(database).search(words.telling(text), limit=20)
        for row in database.rows("SELECT text FROM item WHERE id = ?", (number,))
    )


# --- words -------------------------------------------------------------------------------------


def _things(text: str) -> Iterator[frozenset[str]]:
    """The telling words of each sentence. Of several sentences, one word alone is no thing."""
    parts = [part for part in _SENTENCE_END.split(text) if _WORD.search(part)]
    for part in parts:
        telling = _telling(part)
        if telling and (len(telling) > 1 or len(parts) == 1):
            yield telling


@lru_cache(maxsize=4_096)
def _telling(text: str) -> frozenset[str]:
    """The words of a text that are more than grammar; all words where there are no others."""
    every = frozenset(_tokens(text))
    return every - _grammar() or every


@lru_cache(maxsize=1)
def _grammar() -> frozenset[str]:
    return frozenset(map(_stem, (*words.STOP, *_SAYING.split())))


def _codes(text: str) -> set[str]:
    """The numbers and codes that tell what is meant without any other word; no years."""
    found = {code.casefold() for code in (*_CODE.findall(text), *_DIGITS.findall(text))}
    return {code for code in found if not _YEAR.fullmatch(code)}


def _tokens(text: str) -> set[str]:
    """The words of a text, small, and without most endings; no single letters."""
    found = {word.casefold() for word in _WORD.findall(text)}
    return {_stem(word) for word in found if len(word) > 1 or not ("a" <= word <= "z")}


def _stem(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return f"{word[:-1]}i" if len(word) > 3 and word.endswith("y") else word
