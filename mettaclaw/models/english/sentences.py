"""The sentences of a message, each a verbatim piece of it.

A sentence ends at ``.``, ``!`` or ``?`` and a space, at a semicolon, at an empty line, and where a
line ends, unless the next one goes on in the middle of a sentence (which the reader finds out).
Points in numbers, initials and abbreviations end nothing, and nothing inside quotes does.

Not covered: what they mean. Joined, the pieces are the message without the space between them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mettaclaw.models.english.vocabulary import ABBREVIATIONS

_BULLET = re.compile(r"[ \t]*(?:[-*•·–—>]+|\(?\d{1,3}[.)])[ \t]+")
_END = re.compile(r"[.!?…。！？]+|;")
_CLOSERS = "\"'”’»)]"
_QUOTED = re.compile(r'"[^"\n]{1,300}"|“[^”\n]{1,300}”|«[^»\n]{1,300}»')
_WORD_BEFORE = re.compile(r"[^\s\"“(\[]+\Z")


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
    quoted = [m.span() for m in _QUOTED.finditer(line)]
    begin = 0
    for mark in _END.finditer(line):
        at, after = mark.start(), mark.end()
        if at < begin or any(a < at < b - 1 and after < b - 1 for a, b in quoted):
            continue
        while after < len(line) and line[after] in _CLOSERS:
            after += 1
        if _is_end(line, begin, at, after, mark.group()):
            _add(message, start + begin, start + after, found)
            begin = after
    _add(message, start + begin, start + len(line), found)


def _is_end(line: str, begin: int, at: int, after: int, mark: str) -> bool:
    rest = line[after:]
    if mark == ";":
        return True
    if rest and not rest[0].isspace():
        glued = mark == "." and line[at - 1 : at].islower() and rest[0].isupper()
        return (glued and len(rest) > 1 and not rest[1].isupper()) or mark.strip(".") != ""
    if mark != ".":
        return True
    before = _WORD_BEFORE.search(line[begin:at])
    word = before.group() if before else ""
    following = rest.lstrip()
    if word.lower() in ABBREVIATIONS and following:
        return False
    if word.lower() in ABBREVIATIONS:
        return True
    if len(word) == 1 and word.isupper() and following[:1].isupper():
        earlier = line[begin : at - 1].split()
        return bool(earlier) and not earlier[-1][:1].isupper()
    return not (re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", word) and following[:1].islower())


def _add(message: str, start: int, end: int, found: list[Sentence]) -> None:
    text = message[start:end]
    left = len(text) - len(text.lstrip())
    stripped = text.strip()
    if any(c.isalnum() for c in stripped) or (stripped and not found and len(message) < 200):
        found.append(Sentence(stripped, start + left, start + left + len(stripped)))
