"""The sentences of a message, each a verbatim piece of it.

A sentence ends at ``.``, ``!`` or ``?`` and a space, at a semicolon, at an empty line, and where a
line ends, unless the next one goes on in the middle of a sentence (which the reader finds out).
Points in numbers, initials and abbreviations end nothing, and nothing inside quotes does.

Splitting takes time in proportion to the message, whatever it holds: no mark looks further back or
ahead than to the nearest space.

Not covered: what they mean. Joined, the pieces are the message without the space between them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mettaclaw.models.english.vocabulary import ABBREVIATIONS

_BULLET = re.compile(r"[ \t]*(?:[-*•·–—>]+|\(?\d{1,3}[.)])[ \t]+")
_END = re.compile(r"[.!?…。！？]+|;")
_CLOSERS = "\"'”’»)]"
_OPENERS = '"“(['
_QUOTED = re.compile(r'"[^"\n]{1,300}"|“[^“”\n]{1,300}”|«[^«»\n]{1,300}»')
_SPACE = re.compile(r"\s*")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of a message: its text as written, and where it starts and ends there."""

    text: str
    start: int
    end: int

    @property
    def is_question(self) -> bool:
        """Whether it ends with a question mark."""
        return "?" in self.text[-4:].rstrip(_CLOSERS)[-3:]

    @property
    def is_ended(self) -> bool:
        """Whether it ends with a mark."""
        return bool(_END.search(self.text[-3:]))

    @property
    def body(self) -> str:
        """The text without its final marks."""
        return self.text.rstrip().rstrip(".!?…。！？;").rstrip()


def split(message: str) -> list[Sentence]:
    """The sentences of a message, in order; lines are ends, and so are final marks."""
    found: list[Sentence] = []
    offset = 0
    for line in message.splitlines(keepends=True):
        _split_line(message, offset, offset + len(line), found)
        offset += len(line)
    return found


def join(message: str, first: Sentence, second: Sentence) -> Sentence:
    """Two pieces as one, with what stands between them."""
    return Sentence(message[first.start : second.end], first.start, second.end)


def _split_line(message: str, start: int, end: int, found: list[Sentence]) -> None:
    bullet = _BULLET.match(message, start, end)
    if bullet:
        start = bullet.end()
    line = message[start:end]
    quotes = _QUOTED.finditer(line)
    quote = next(quotes, None)
    begin = 0
    for mark in _END.finditer(line):
        at, after = mark.start(), mark.end()
        while quote is not None and quote.end() <= at:
            quote = next(quotes, None)
        inside = quote is not None and quote.start() < at and after < quote.end() - 1
        if at < begin or inside:
            continue
        while after < len(line) and line[after] in _CLOSERS:
            after += 1
        if _is_end(line, begin, at, after, mark.group()):
            _add(message, start + begin, start + after, found)
            begin = after
    _add(message, start + begin, start + len(line), found)


def _is_end(line: str, begin: int, at: int, after: int, mark: str) -> bool:
    if mark == ";":
        return True
    if after < len(line) and not line[after].isspace():
        glued = mark == "." and line[at - 1 : at].islower() and line[after].isupper()
        short = glued and after + 1 < len(line) and not line[after + 1].isupper()
        return short or mark.strip(".") != ""
    if mark != ".":
        return True
    word = line[_word_start(line, begin, at, _OPENERS) : at]
    space = _SPACE.match(line, after)
    following = line[space.end() : space.end() + 1] if space else ""
    if word.lower() in ABBREVIATIONS:
        return not following
    if len(word) == 1 and word.isupper() and following.isupper():
        earlier = _word_before(line, begin, at - 1)
        return bool(earlier) and not earlier[0].isupper()
    return not (_INITIALS.fullmatch(word) and following.islower())


def _word_start(line: str, begin: int, end: int, stops: str = "") -> int:
    """Where the word that ends here starts; space ends it, and so do the stops."""
    while end > begin and not line[end - 1].isspace() and line[end - 1] not in stops:
        end -= 1
    return end


def _word_before(line: str, begin: int, end: int) -> str:
    """The last word before a place, with what is written close to it."""
    while end > begin and line[end - 1].isspace():
        end -= 1
    return line[_word_start(line, begin, end) : end]


def _add(message: str, start: int, end: int, found: list[Sentence]) -> None:
    text = message[start:end]
    left = len(text) - len(text.lstrip())
    stripped = text.strip()
    if any(c.isalnum() for c in stripped) or (stripped and not found and len(message) < 200):
        found.append(Sentence(stripped, start + left, start + left + len(stripped)))
