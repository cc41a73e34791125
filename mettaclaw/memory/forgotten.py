"""What was taken back, kept out of what a model is shown again of earlier turns and of the log.

A sentence is left out where it tells such a thing (``memory.telling``): statements that nothing
supports any more, and items that are gone. What is said after that is said anew, and stays.

Invariant: nothing is written; the rows of the log keep their text. Not covered: what is erased
(``memory.erasure``), of which no row has the words; and what was taken back by hand so long ago
that no turn in question has its text.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from mettaclaw.atoms.syntax import Expression, Number, String, Symbol, read, read_all, text_of
from mettaclaw.errors import MettaClawError
from mettaclaw.memory import words
from mettaclaw.memory.episodes import Episode
from mettaclaw.memory.telling import (
    MARK,
    SENTENCE_END,
    about,
    bare,
    codes,
    telling_words,
    things,
    tokens,
)
from mettaclaw.storage import Database

MAX_STATEMENTS = 2_000  # the latest ones; a file that was retired is not looked through

BEGAN = (  # when the turn of a message was taken up: others may have come before it in the queue
    "coalesce((SELECT max(message.time, min(c.time)) FROM cycle c WHERE c.message = message.id), "
    "message.time)"
)


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
            for telling in things(text):
                rarest = max(telling, key=len)
                self._by_word.setdefault(rarest, []).append(_Gone(telling, time))
            for code in codes(text):
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
        return bool(self) and any(self._tells(part, time) for part in SENTENCE_END.split(text))

    def without(self, text: str, time: float = -math.inf) -> str:
        """The text with ``MARK`` in place of each sentence that tells such a thing."""
        if not self:
            return text
        parts = SENTENCE_END.split(text)
        return "".join(MARK if self._tells(part, time) else part for part in parts)

    def _tells(self, sentence: str, time: float) -> bool:
        found = tokens(sentence)
        for word in found:
            for gone in self._by_word.get(word, ()):
                if gone.time >= time and gone.words <= found:
                    return True
        return any(code in self._codes and self._codes[code] >= time for code in codes(sentence))


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
        own = telling_words(bare(text))
        if len(own) > 1:
            yield " ".join(sorted(own)), when
        if said is None:
            continue
        for part in about(said, text):
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
    return tuple((text, number) for text, number in found if MARK not in text)


def _is_known(database: Database, text: str) -> bool:
    """Whether an item that is there tells the same all the same."""
    telling = telling_words(text)
    return any(
        telling <= telling_words(row[0])
        for number in words.WordIndex(database).search(words.telling(text), limit=20)
        for row in database.rows("SELECT text FROM item WHERE id = ?", (number,))
    )
