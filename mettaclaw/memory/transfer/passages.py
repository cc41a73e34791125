"""A long text as passages of about 200 words: at headings and paragraphs, else at sentences.

Invariant: passages are slices of the text, word for word and in order, and together they hold all
of it but its front matter and the space between them. None is longer than ``WORDS`` and ``CHARS``,
or than twice that with the headings above it.
Not covered: which files are read and what front matter tells (``notes``), and markup inside of a
paragraph, which stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

WORDS = 200
CHARS = 2_000

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FRONT = re.compile(r"\ufeff?---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"[\w.-][\w. -]*:(?:[ \t]|$)")
_OF_KEYS = re.compile(rf"[ \t#\-\]}}]|{_KEY.pattern}")
_FRONT_CHARS = 20_000
_HEADING_CHARS = 1_000  # what is longer is no heading
_WORD = re.compile(r"\S+")
_SENTENCE_END = re.compile(r"""[.!?…。！？]["'”’)\]]*$""")
_STOPS = "。！？.!?;；,，"  # where a text that has no spaces is cut


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of a text from ``start`` on, with the headings that it stands under."""

    text: str
    headings: tuple[str, ...]
    start: int


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, or a heading of a level from 1 on."""

    start: int
    end: int
    level: int = 0
    title: str = ""
    is_code: bool = False


def front_matter(text: str) -> str:
    """What stands before a Markdown text between two lines of dashes, as keys with values (YAML);
    empty if nothing does. What is no list of keys is text between two rules, and part of the text.
    """
    found = _FRONT.match(text[:_FRONT_CHARS])
    if not found:
        return ""
    lines = [line for line in found[0].splitlines()[1:-1] if line.strip()]
    keys = [line for line in lines if _KEY.match(line)]
    is_yaml = bool(keys) and lines[0] == keys[0] and all(map(_OF_KEYS.match, lines))
    return found[0] if is_yaml else ""


def split(text: str, *, markdown: bool = True) -> Iterator[Passage]:
    """The passages of a text.

    Args:
        text: All of it.
        markdown: Whether lines may be headings and fences.
    """
    path: list[tuple[int, str]] = []
    begin, end, words, has_body = 0, 0, 0, False

    def passage() -> Passage:
        return Passage(text[begin:end], tuple(title for _, title in path), begin)

    for block in _blocks(text, markdown):
        if block.level and has_body:
            yield passage()
            begin, words, has_body = end, 0, False
        if block.level:
            path = [(level, t) for level, t in path if level < block.level]
            path.append((block.level, block.title))
        for start, stop in _pieces(text, block):
            size = len(text[start:stop].split())
            most = 1 if has_body else 2  # headings stay with what they head, unless there are many
            if words and (words + size > most * WORDS or stop - begin > most * CHARS):
                yield passage()
                words, has_body = 0, False
            if not words:
                begin = start
            end, words = stop, words + size
            has_body = has_body or not block.level
    if words:
        yield passage()


def pieces(text: str, chars: int) -> list[str]:
    """A text in pieces of at most so many characters, cut where sentences end if they do."""
    if len(text) <= chars:
        return [text]
    block = _Block(0, len(text))
    return [text[start:end] for start, end in _pieces(text, block, chars, chars)]


def _blocks(text: str, markdown: bool) -> Iterator[_Block]:
    at, start, lines, fence = 0, -1, 0, ""
    if markdown:
        at = len(front_matter(text))
    for line in text[at:].splitlines(keepends=True):
        first, at = at, at + len(line)
        bare = line.rstrip()
        if fence:
            if _closes(bare, fence):
                fence = ""
                yield _Block(start, first + len(bare), is_code=True)
                start = -1
            continue
        opened = _FENCE.match(line) if markdown else None
        heading = _HEADING.match(bare) if markdown and len(bare) < _HEADING_CHARS else None
        is_short = markdown and start >= 0 and lines == 1 and first - start < _HEADING_CHARS
        under = _UNDERLINE.match(bare) if is_short else None
        if under:
            title = text[start:first].strip()
            yield _Block(start, first + len(bare), 1 if under[1][0] == "=" else 2, title)
            start = -1
        elif not bare or heading or opened:
            if start >= 0:
                yield _Block(start, first)
            start = first if opened else -1
            if heading:
                yield _Block(first, first + len(bare), len(heading[1]), heading[2])
            fence = opened[1] if opened else ""
        else:
            start, lines = (first, 1) if start < 0 else (start, lines + 1)
    if start >= 0:
        yield _Block(start, len(text), is_code=bool(fence))


def _closes(line: str, fence: str) -> bool:
    mark = line.strip()
    return len(mark) >= len(fence) and set(mark) == {fence[0]}


def _pieces(
    text: str, block: _Block, most_words: int = WORDS, chars: int = CHARS
) -> Iterator[tuple[int, int]]:
    """A block in slices that are short enough, without the space around them."""
    begin = last = -1
    count = 0  # words since begin
    stop, counted, resume = -1, 0, -1  # the last sentence end, words up to it, what follows it
    for word in _WORD.finditer(text, block.start, block.end):
        start, end = word.span()
        if begin < 0:
            begin = start
        elif stop >= 0 and resume < 0:
            resume = start
        while count and (count >= most_words or end - begin > chars):
            if stop >= 0:
                yield begin, stop
                begin, count = resume, count - counted
            else:
                yield begin, last
                begin, count = start, 0
            stop, counted, resume = -1, 0, -1
        while end - begin > chars:  # one word that is too long
            cut = _cut(text, begin, begin + chars)
            yield begin, cut
            begin = cut
        count, last = count + 1, end
        if _SENTENCE_END.search(text, max(start, end - 8), end) or (
            block.is_code and text[end : end + 1] == "\n"
        ):
            stop, counted, resume = end, count, -1
    if begin >= 0:
        yield begin, last


def _cut(text: str, start: int, end: int) -> int:
    """Where to cut what has no spaces: after a sign if one is there."""
    for sign in _STOPS:
        at = text.rfind(sign, start + (end - start) // 2, end)
        if at >= 0:
            return at + 1
    return end
