"""What repeats a thing, in texts and atoms, and the text without it.

Its own words do: as a row, whatever stands between them (spaces, line ends, escapes of JSON and
MeTTa) and whoever is meant by *I* and *you*. So does a sentence or clause that has all its telling
words and says nothing else of weight; where the thing has more than two, so many others less two.
A number or code of it tells it alone, a name where nothing else is said. A thing of one telling
word is repeated only by sentences that say nothing else. Where one says more, its clause goes.

Invariant: pure functions of texts; an atom that was rewritten can be read again; what repeats
nothing stays to the letter. Not covered: the same in other words, pictures of it such as sums or
anagrams, and where it stands (``memory.traces``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol, Variable
from mettaclaw.memory.telling import MARK, bare, codes, grammar, root, stem

_DENSE = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"  # scripts without spaces
_WORD = re.compile(rf"[{_DENSE}]|(?:\\+u[0-9a-fA-F]{{4}}|(?![{_DENSE}])[^\W_]|[\u0300-\u036f])+")
_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")
_ESCAPE = re.compile(r"""\\+[nrtbf"'/]""")
_END = re.compile(r"""(?<=[.!?…])["'”’)\]]*\s+|(?<=[。！？])|\n+|(?:\\+[nr])+""")
_PAUSE = re.compile(r"[,;:—–]\s+|\s[-—–]\s+|\s*[()]\s*")
_PAUSE_OR_JOIN = re.compile(
    r"[,;:—–]\s+|\s[-—–]\s+|\s*[()]\s*|\s+(?=(?:and|but|because|so|while|although)\s)", re.I
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_GROUPS = re.compile(r"(?<!\w)\d+(?:[-./ ]\d+)+(?!\w)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_WANTED = 40  # patterns in one query; with more, every row is looked at
_ROW = 40  # words of one row that is looked for; longer ones are looked for in parts
_FEW = 12  # telling words of a text whose sentences are looked for together with the others' words
_WINDOW = 4  # clauses in a row that are looked at as one


def _stem(word: str) -> str:
    """A small word without its endings, those of verbs too."""
    found = stem(word)
    if any(map(str.isdigit, found)):
        return found
    for ending in ("ing", "ed"):
        if len(found) > len(ending) + 2 and found.endswith(ending):
            found = found.removesuffix(ending)
            break
    return found[:-1] if len(found) > 3 and found[-1] == found[-2] else found


def _all(words: str) -> frozenset[str]:
    return frozenset(map(_stem, words.split()))


_GRAMMAR = _all(" ".join(grammar()))
_NOT = _all(
    "not no nor never none without don doesn didn isn aren wasn weren won couldn wouldn shouldn "
    "haven hasn hadn"
)
_SELF = _all("i m me my mine myself we us our ours you your yours yourself user")
_OTHERS = _all("he she him his her hers they them their theirs who whose")
_SAME = {
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
_WEAK = _all(
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


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a text: its stem, and where it stands."""

    stem: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Thing:
    """What is looked for.

    Attributes:
        words: Its telling words.
        known: All words that say nothing else than it does.
        names: Those of its words that are names.
        is_own: Whether it speaks of who says it.
        is_of_others: Whether it speaks of others than that.
        is_name: Whether every sentence that has it tells it.
    """

    words: frozenset[str]
    known: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    is_own: bool = False
    is_of_others: bool = False
    is_name: bool = False

    def is_in(self, said: frozenset[str], *, is_part: bool, asks: bool) -> bool:
        """Whether the words of a sentence, or of a part of one, repeat it."""
        if self.is_name:
            return self.words <= said
        others = _weight(said, self.is_of_others and not self.is_own) - self.known
        count = len(self.words)
        if self.words <= said:
            if is_part and (count == 1 or (count < 4 and self.is_own and not said & _SELF)):
                return bool(self.names) and not others
            return len(others) <= max(0, count - 2)
        if others or is_part:
            return False
        shared = self.words & said
        return not shared.isdisjoint(self.names) or (
            not asks and len(shared) > max(2, count / 2)  # most of it, and nothing else
        )


class Repeats:
    """Things, ready to be looked for in texts and atoms.

    Args:
        texts: What was said or kept; it and each sentence of it is a thing.
        statements: The texts of atoms.
        name: What is named; every sentence that has it tells it.
    """

    def __init__(
        self, texts: Iterable[str] = (), statements: Iterable[str] = (), name: str | None = None
    ) -> None:
        self._things: dict[str, list[_Thing]] = {}
        self._rows: dict[str, set[tuple[tuple[str, ...], int]]] = {}
        self._codes: set[str] = set()
        self._wholes: set[str] = set()
        self._exact: frozenset[str] = frozenset(statements)
        seen: set[_Thing] = set()
        for text in dict.fromkeys(texts):
            self._add_text(text.replace(MARK, " "), seen)
        for text in self._exact:
            self._add_statement(bare(text).replace(MARK, " "), seen)
        if name is not None:
            self._add(_Thing(_telling(_stems(_read(name))), is_name=True), seen)

    def __bool__(self) -> bool:
        return bool(self._things or self._rows or self._codes or self._wholes)

    def is_in(self, text: str) -> bool:
        """Whether a text has something that repeats one of the things."""
        return bool(self) and bool(self._spans(text))

    def without(self, text: str) -> str:
        """The text with ``MARK`` in place of each part that repeats one."""
        if not self:
            return text
        parts: list[str] = []
        end = 0
        for first, last in self._spans(text):
            parts += [text[end:first], MARK]
            end = last
        return "".join([*parts, text[end:]])

    def call(self, atom: Atom) -> Atom:
        """A call with ``MARK`` for the parts that repeat one; the tool's name stays."""
        if not isinstance(atom, Expression) or not atom.children:
            return self.value(atom)
        return Expression((atom.children[0], *map(self._argument, atom.children[1:])))

    def value(self, atom: Atom) -> Atom:
        """The atom with ``MARK`` for the parts that repeat one."""
        match atom:
            case Expression(children):
                if str(atom) in self._exact:
                    return Symbol(MARK)
                changed = Expression(tuple(map(self.value, children)))
                return Symbol(MARK) if self._is_told(_symbols(changed)) else changed
            case String(text):
                return String(self.without(text))
            case Variable():
                return atom
            case _:
                return Symbol(MARK) if self._is_told(str(atom)) else atom

    def patterns(self) -> list[str] | None:
        """What a text holds that repeats one, as ``LIKE`` patterns; None: look at every text."""
        words = {*self._things, *self._rows}
        found = {root(word) for word in words} | self._codes | self._wholes
        if len(found) > _WANTED or not all(
            one.isascii() and len(one) > 1 and one.isalnum() for one in found
        ):
            return None
        return [f"%{one}%" for one in sorted(found)]

    # --- what is looked for ---

    def _add(self, thing: _Thing, seen: set[_Thing]) -> None:
        if not thing.words or thing in seen:
            return
        seen.add(thing)
        keys = sorted(thing.words, key=lambda word: (-len(word), word))
        part = 1 if thing.is_name or len(keys) <= 3 else (len(keys) + 1) // 2
        for key in {*keys[:part], *thing.names}:
            self._things.setdefault(key, []).append(thing)

    def _add_text(self, text: str, seen: set[_Thing]) -> None:
        found = _read(text)
        every = _stems(found)
        if not _telling(every) - _WEAK:
            whole = _whole(text)
            if whole:
                self._wholes.add(whole)
            return
        together = every if len(_telling(every)) <= _FEW else frozenset[str]()
        for first, last in _sentences(text):
            words = _read(text[first:last])
            self._add_words(text[first:last], words, together, seen)
        if together:
            self._add_words(text, found, together, seen)
        for pattern in (_ADDRESS, _GROUPS):
            for one in pattern.findall(text):
                digits = sum(map(str.isdigit, one))
                if pattern is _ADDRESS or (digits > 4 and not _YEAR.search(one)):
                    self._add_row([word.stem for word in _read(one)])
        self._codes |= codes(_open(text))

    def _add_words(
        self, text: str, words: list[_Word], together: frozenset[str], seen: set[_Thing]
    ) -> None:
        own = _stems(words)
        telling = _telling(own)
        if not telling - _WEAK:
            return
        self._add(
            _Thing(
                telling,
                own | together,
                frozenset(_names(text, words)),
                not own.isdisjoint(_SELF),
                not own.isdisjoint(_OTHERS),
            ),
            seen,
        )
        row = [word.stem for word in words]
        if len(telling) > 1 or len(row) > 2:
            for start in range(0, len(row), _ROW):
                part = row[start : start + _ROW]
                if start == 0 or len(part) > 3:
                    self._add_row(part)

    def _add_statement(self, text: str, seen: set[_Thing]) -> None:
        own = _stems(_read(text))
        telling = _telling(own)
        known = own | _NOT  # a statement stands for what it denies too
        self._add(_Thing(telling, known, is_own=not own.isdisjoint(_SELF)), seen)
        self._codes |= codes(_open(text))

    def _add_row(self, stems: list[str]) -> None:
        ranked = [word for word in stems if word not in _GRAMMAR] or stems
        key = max(sorted(ranked), key=len)
        row = tuple(_SAME.get(word, word) for word in stems)
        self._rows.setdefault(key, set()).add((row, stems.index(key)))

    # --- looking ---

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Where parts stand that repeat one, in order, none over another."""
        if self._wholes and _whole(text) in self._wholes:
            return [(0, len(text))]
        words = _read(text)
        found = [*self._in_sentences(text, words), *self._in_rows(words)]
        merged: list[tuple[int, int]] = []
        for first, last in sorted(found):
            if merged and first <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        return merged

    def _in_rows(self, words: list[_Word]) -> Iterator[tuple[int, int]]:
        if not self._rows:
            return
        same = [_SAME.get(word.stem, word.stem) for word in words]
        for place, word in enumerate(words):
            for row, offset in self._rows.get(word.stem, ()):
                start = place - offset
                if start >= 0 and tuple(same[start : start + len(row)]) == row:
                    yield words[start].start, words[start + len(row) - 1].end

    def _in_sentences(self, text: str, words: list[_Word]) -> Iterator[tuple[int, int]]:
        place = 0
        for first, last in _sentences(text):
            start = place
            while place < len(words) and words[place].start < last:
                place += 1
            own = words[start:place]
            sentence = text[first:last]
            said = _stems(own)
            things = self._near(said)
            asks = sentence.rstrip("\"'”’)] ").endswith(("?", "？"))
            if any(thing.is_in(said, is_part=False, asks=asks) for thing in things):
                yield first, last
                continue
            coded = not self._codes.isdisjoint(codes(_open(sentence))) if self._codes else False
            if things or coded:
                yield from self._in_clauses(text, first, last, own, things, coded=coded)

    def _in_clauses(
        self,
        text: str,
        first: int,
        last: int,
        words: list[_Word],
        things: list[_Thing],
        *,
        coded: bool,
    ) -> Iterator[tuple[int, int]]:
        for pattern, most in ((_PAUSE, 2), (_PAUSE_OR_JOIN, None)):
            wanted = [one for one in things if most is None or len(one.words) <= most]
            if most is None:
                wanted = [one for one in things if len(one.words) > 2]
            clauses = list(_between(pattern, text, first, last))
            if coded and most is None:
                for start, end in clauses:
                    if not self._codes.isdisjoint(codes(_open(text[start:end]))):
                        yield start, end
            found: list[tuple[int, int]] = []
            for size in range(1, min(_WINDOW, len(clauses)) + 1) if wanted else ():
                for number in range(len(clauses) - size + 1):
                    start, end = clauses[number][0], clauses[number + size - 1][1]
                    if any(start <= one and other <= end for one, other in found):
                        continue  # a smaller part repeats it
                    said = _stems(word for word in words if start <= word.start < end)
                    if any(one.is_in(said, is_part=True, asks=False) for one in wanted):
                        found.append((start, end))
            yield from found

    def _near(self, said: frozenset[str]) -> list[_Thing]:
        return list({thing: None for word in said for thing in self._things.get(word, ())})

    def _is_told(self, symbols: str) -> bool:
        """Whether the symbols of an atom repeat a thing; one word alone is no statement."""
        said = _stems(_read(symbols))
        return any(
            (thing.is_name or len(thing.words) > 1)
            and thing.words <= said
            and thing.is_in(said, is_part=False, asks=False)
            for thing in self._near(said)
        ) or not self._codes.isdisjoint(codes(symbols))

    def _argument(self, atom: Atom) -> Atom:
        if isinstance(atom, Symbol) and self.is_in(atom.name):
            return Symbol(MARK)
        return self.value(atom)


# --- words -------------------------------------------------------------------------------------


def _open(text: str) -> str:
    """A text with spaces for its escapes, each of the same length."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: " " * len(found[0]), text)


def _read(text: str) -> list[_Word]:
    return [
        _Word(_plain(match[0]), match.start(), match.end()) for match in _WORD.finditer(_open(text))
    ]


@lru_cache(maxsize=16_384)
def _plain(word: str) -> str:
    if "\\" in word:
        word = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), word)
    return _stem(unicodedata.normalize("NFC", word).casefold())


def _stems(words: Iterable[_Word]) -> frozenset[str]:
    return frozenset(word.stem for word in words)


def _telling(stems: frozenset[str]) -> frozenset[str]:
    """The words that are more than grammar; no single letters."""
    return frozenset(word for word in stems - _GRAMMAR if len(word) > 1 or not "a" <= word <= "z")


def _weight(said: frozenset[str], with_own: bool) -> frozenset[str]:
    """The words that say something: no grammar, no small numbers; denial and other persons do."""
    found = {word for word in _telling(said) - _WEAK if not word.isdigit()}
    return frozenset(
        found | (said & (_NOT | _OTHERS)) | (said & _SELF if with_own else said & _NOT)
    )


def _names(text: str, words: list[_Word]) -> Iterator[str]:
    """The words that are written as names are, but for the first."""
    for word in words[1:]:
        said = text[word.start : word.end]
        if said[:1].isupper() and len(said) > 1 and word.stem not in _GRAMMAR | _WEAK | _DAYS:
            yield word.stem


def _whole(text: str) -> str:
    """A text as it is compared as a whole: small, and with single spaces; its words, if any."""
    words = _read(text)
    return " ".join(word.stem for word in words) if words else "".join(text.split())


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    return _between(_END, text, 0, len(text))


def _between(
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


def _symbols(atom: Expression) -> str:
    """The words of an expression that stand in no text of several words."""
    found: list[str] = []
    stack: list[Atom] = [atom]
    while stack:
        node = stack.pop()
        if isinstance(node, Expression):
            stack.extend(node.children)
        elif isinstance(node, String):
            found += [node.value] if len(node.value.split()) == 1 else []
        elif not isinstance(node, Variable) and node != Symbol(MARK):
            found.append(str(node))
    return " ".join(found)
