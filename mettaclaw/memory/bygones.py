"""What was erased from memory, known again by digests, so that no import brings it back.

Of each item that is erased there is kept a digest of its words, and one of each of its sentences
(lists and headings: lines), which counts for its own source alone: a note that was forgotten stays
so when another line of its file changes, and a sentence that other files have too is theirs. White
space and case do not count.

A digest is HMAC-SHA256 with a random key of this database. It tells nothing to who has but the
digests; who has the database file has the key too, and can try whether a text that they guess was
among what was erased. Of words that nobody guesses it tells nothing.

Not covered: items that somebody keeps by hand (``remember``), which is their will.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mettaclaw.storage import Database
from mettaclaw.storage.batches import batches, marks

_BYTES = 16
_TELLING = 5  # words from which on a whole text is known again wherever it comes from
_SENTENCE = re.compile(r"[.!?…][\"'”’)\]]*\s+|[。！？]\s*")
_ALONE = re.compile(r"\s*(?:#{1,6}\s|[-*+>|]|\d+[.)]\s|```|~~~)")  # a line that stands for itself
_WORDY = re.compile(r"\w")


def remember_erased(database: Database, ids: Iterable[int]) -> None:
    """Keep digests of items that are about to be erased, as part of the open transaction."""
    gone = list(ids)
    if not gone:
        return
    digests: set[bytes] = set()
    key = _key(database) or _new_key(database)
    for batch in batches(gone):
        sql = f"SELECT text, said, source FROM item WHERE id IN ({marks(batch)})"
        for text, said, source in database.rows(sql, tuple(batch)):
            digests.update(_digests(key, str(text or said), str(source)))
    sql = "INSERT OR IGNORE INTO item_erased (digest) VALUES (?)"
    database.write_many(sql, [(digest,) for digest in digests])


@dataclass(frozen=True, slots=True)
class Bygones:
    """What was erased once, ready to be looked for."""

    database: Database
    key: bytes

    @classmethod
    def of(cls, database: Database) -> Bygones | None:
        """What was erased from a memory; None where nothing was."""
        key = _key(database)
        return None if key is None else cls(database, key)

    def without(self, words: str, source: str) -> list[str]:
        """Words without what was erased: slices of them, as they stand; all of them if nothing was.

        Args:
            words: What is to be kept, redacted.
            source: Where it comes from.
        """
        known = self._known(set(_digests(self.key, words, source)))
        if not known:
            return [words]
        if not known.isdisjoint(_whole(self.key, words, source)):
            return []
        left: list[str] = []
        first = last = -1
        for start, end in _units(words):
            if _digest(self.key, source, words[start:end]) in known:
                if first >= 0:
                    left.append(words[first:last])
                first = -1
            else:
                first, last = start if first < 0 else first, end
        if first >= 0:
            left.append(words[first:last])
        return [each for each in left if _WORDY.search(each)]

    def release(self, words: str, source: str) -> None:
        """Words are wanted again: they are known for erased no more."""
        sql = "DELETE FROM item_erased WHERE digest = ?"
        self.database.write_many(sql, [(d,) for d in set(_digests(self.key, words, source))])

    def _known(self, digests: set[bytes]) -> set[bytes]:
        sql = "SELECT 1 FROM item_erased WHERE digest = ?"
        return {each for each in digests if self.database.row(sql, (each,)) is not None}


def _key(database: Database) -> bytes | None:
    row = database.row("SELECT secret FROM erased_key")
    return None if row is None else bytes(row[0])


def _new_key(database: Database) -> bytes:
    key = secrets.token_bytes(32)
    database.write("INSERT INTO erased_key (id, secret) VALUES (1, ?)", (key,))
    return key


def _digests(key: bytes, words: str, source: str) -> Iterator[bytes]:
    yield from _whole(key, words, source)
    for start, end in _units(words):
        yield _digest(key, source, words[start:end])


def _whole(key: bytes, words: str, source: str) -> tuple[bytes, ...]:
    here = _digest(key, f"all of {source}", words)
    return (here, _digest(key, "", words)) if len(words.split()) >= _TELLING else (here,)


def _digest(key: bytes, place: str, words: str) -> bytes:
    said = f"{place}\0{' '.join(words.casefold().split())}"
    return hmac.digest(key, said.encode(), "sha256")[:_BYTES]


def _units(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a text are, and the lines that stand for themselves."""
    at = begin = 0
    for line in text.splitlines(keepends=True):
        start, at = at, at + len(line)
        is_alone = _ALONE.match(line) is not None
        if not line.strip() or is_alone:
            yield from _sentences(text, begin, start)
            begin = start
        if is_alone and line.lstrip().startswith("#"):
            yield from _sentences(text, start, at)
            begin = at
    yield from _sentences(text, begin, len(text))


def _sentences(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    stops = [found.end() for found in _SENTENCE.finditer(text, begin, end)]
    for start, stop in zip([begin, *stops], [*stops, end], strict=True):
        body = text[start:stop]
        if bare := body.strip():
            first = start + len(body) - len(body.lstrip())
            yield first, first + len(bare)
