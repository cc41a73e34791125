"""What repeats a thing, in texts and atoms, and the text without it.

Its own words do: as a row, whatever stands between them (spaces, line ends, escapes of JSON and
MeTTa) and whoever is meant by *I* and *you*. So does a sentence or clause that has all its telling
words and says nothing else of weight; where the thing has more than two, so many others less two.
A number or code of it that nothing else has tells it alone, a name where nothing else is said. A
thing of one telling word is repeated only by sentences that say nothing else. Where one says more,
its clause goes.

Invariant: pure functions of texts; an atom that was rewritten can be read again; what repeats
nothing stays to the letter. Not covered: the same in other words, pictures of it such as sums or
anagrams, and where it stands (``memory.traces``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol, Variable
from mettaclaw.memory import sentences
from mettaclaw.memory.sentences import Word
from mettaclaw.memory.telling import MARK, bare, codes, grammar, root

_WANTED = 40  # patterns in one query; with more, every row is looked at
_ROW = 40  # words of one row that is looked for; longer ones are looked for in parts
_FEW = 12  # telling words of a text whose sentences are looked for together with the others' words
_LONG_CHARS = 10_000
_ASKING = [Symbol(name) for name in ("match", "infer", "why", "why-not", "need", "unknown")]
_LINKS = [
    Symbol(name)
    for name in ["-->", "<->", "==>", "<=>", "=/>", "=|>", "at", "Inheritance", "Similarity"]
]
_WINDOW = 4  # clauses in a row that are looked at as one


@dataclass(frozen=True, slots=True)
class _Thing:
    """What is looked for.

    Attributes:
        words: Its telling words.
        known: All words that say nothing else than it does.
        names: Those of its words that are names.
        is_own: Whether it speaks of who says it.
        is_of_others: Whether it speaks of others than that.
    """

    words: frozenset[str]
    known: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    is_own: bool = False
    is_of_others: bool = False

    def is_in(self, said: frozenset[str], *, is_part: bool, asks: bool) -> bool:
        """Whether the words of a sentence, or of a part of one, repeat it."""
        count = len(self.words)
        shared = self.words & said
        if len(shared) < count:
            most = not asks and len(shared) > max(2, count / 2)
            if is_part or not (most or not shared.isdisjoint(self.names)):
                return False
            return not self._others(said)
        if is_part and (count == 1 or (count < 4 and self.is_own and not said & sentences.SELF)):
            return bool(self.names) and not self._others(said)
        return len(self._others(said)) <= max(0, count - 2)

    def _others(self, said: frozenset[str]) -> frozenset[str]:
        """The words that say something else."""
        return sentences.weight(said, self.is_of_others and not self.is_own) - self.known


class Repeats:
    """Things, ready to be looked for in texts and atoms.

    Args:
        texts: What was said or kept; it and each sentence of it is a thing.
        statements: The texts of atoms.
        name: What is named; every sentence that has it tells it.
        common: Numbers and codes that others have too, and that therefore tell nothing alone.
    """

    def __init__(
        self,
        texts: Iterable[str] = (),
        statements: Iterable[str] = (),
        name: str | None = None,
        common: Iterable[str] = (),
    ) -> None:
        self._things: dict[str, list[_Thing]] = {}
        self._rows: dict[str, set[tuple[tuple[str, ...], int]]] = {}
        self._codes: set[str] = set()
        self._wholes: set[str] = set()  # of grammar alone, or of no word
        self._signs: set[str] = set()  # of no word, such as pictures
        self._long: list[str] = []  # texts that are taken out before anything is looked for
        self._exact: frozenset[str] = frozenset(statements)
        seen: set[_Thing] = set()
        for text in dict.fromkeys(texts):
            if len(text) > _LONG_CHARS:
                self._long.append(text)
            self._add_text(text.replace(MARK, " "), seen)
        for text in self._exact:
            self._add_statement(bare(text).replace(MARK, " "), seen)
        self._codes.difference_update(common)
        every = frozenset(word.plain for word in sentences.read_words(name or ""))
        self._name = every - grammar() or every

    def __bool__(self) -> bool:
        return bool(self._name or self._things or self._rows or self._codes or self._wholes)

    def is_in(self, text: str) -> bool:
        """Whether a text has something that repeats one of the things."""
        return bool(self) and bool(self._spans(text))

    def without(self, text: str) -> str:
        """The text with ``MARK`` in place of each part that repeats one."""
        if not self:
            return text
        for each in self._long:
            text = text.replace(each, MARK)
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
                if children and children[0] in _LINKS and self._has_name(atom):
                    return Symbol(MARK)
                if children and children[0] in _ASKING:
                    children = tuple(self._asked(child) for child in children)
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
        found |= {root(max(sorted(self._name), key=len))} if self._name else set()
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
        part = 1 if len(keys) <= 3 else (len(keys) + 1) // 2
        for key in {*keys[:part], *thing.names}:
            self._things.setdefault(key, []).append(thing)

    def _add_text(self, text: str, seen: set[_Thing]) -> None:
        found = sentences.read_words(text)
        every = sentences.stems(found)
        if not sentences.telling(every) - sentences.WEAK:
            whole = sentences.whole(text)
            if whole:
                self._wholes.add(whole)
            if len(whole) > 1 and not found and not whole.isascii():
                self._signs.add(text.strip())
            return
        together = every if len(sentences.telling(every)) <= _FEW else frozenset[str]()
        for first, last in sentences.parts(text):
            words = sentences.read_words(text[first:last])
            called = frozenset(sentences.names(text[first:last], words))
            self._add_words(words, called, together, seen)
        if together:
            self._add_words(found, frozenset(), together, seen)
        for pattern in (sentences.ADDRESS, sentences.GROUPS):
            for one in pattern.findall(text):
                digits = sum(map(str.isdigit, one))
                if pattern is sentences.ADDRESS or (digits > 4 and not sentences.YEAR.search(one)):
                    self._add_row([word.stem for word in sentences.read_words(one)])
        self._codes |= codes(sentences.opened(text))

    def _add_words(
        self, words: list[Word], called: frozenset[str], together: frozenset[str], seen: set[_Thing]
    ) -> None:
        own = sentences.stems(words)
        telling = sentences.telling(own)
        if not telling - sentences.WEAK:
            return
        self._add(
            _Thing(
                telling,
                own | together,
                called,
                not own.isdisjoint(sentences.SELF),
                not own.isdisjoint(sentences.OTHERS),
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
        own = sentences.stems(sentences.read_words(text))
        telling = sentences.telling(own)
        known = own | sentences.DENIALS  # a statement stands for what it denies too
        self._add(_Thing(telling, known, is_own=not own.isdisjoint(sentences.SELF)), seen)
        self._codes |= codes(sentences.opened(text))

    def _add_row(self, stems: list[str]) -> None:
        ranked = [word for word in stems if word not in sentences.GRAMMAR] or stems
        key = max(sorted(ranked), key=len)
        row = tuple(sentences.SAME.get(word, word) for word in stems)
        self._rows.setdefault(key, set()).add((row, stems.index(key)))

    # --- looking ---

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Where parts stand that repeat one, in order, none over another."""
        if self._wholes and sentences.whole(text) in self._wholes:
            return [(0, len(text))]
        words = sentences.read_words(text)
        found = [*self._in_sentences(text, words), *self._in_rows(words)]
        for sign in self._signs:
            found += [(at.start(), at.end()) for at in re.finditer(re.escape(sign), text)]
        merged: list[tuple[int, int]] = []
        for first, last in sorted(found):
            if merged and first <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        return merged

    def _in_rows(self, words: list[Word]) -> Iterator[tuple[int, int]]:
        if not self._rows:
            return
        same = [sentences.SAME.get(word.stem, word.stem) for word in words]
        for place, word in enumerate(words):
            for row, offset in self._rows.get(word.stem, ()):
                start = place - offset
                if start >= 0 and tuple(same[start : start + len(row)]) == row:
                    yield words[start].start, words[start + len(row) - 1].end

    def _in_sentences(self, text: str, words: list[Word]) -> Iterator[tuple[int, int]]:
        place = 0
        for first, last in sentences.parts(text):
            start = place
            while place < len(words) and words[place].start < last:
                place += 1
            own = words[start:place]
            sentence = text[first:last]
            said = sentences.stems(own)
            if self._is_named(own):
                yield first, last
                continue
            things = self._near(said)
            asks = sentence.rstrip("\"'”’)] ").endswith(("?", "？"))
            if any(thing.is_in(said, is_part=False, asks=asks) for thing in things):
                yield first, last
                continue
            coded = (
                not self._codes.isdisjoint(codes(sentences.opened(sentence)))
                if self._codes
                else False
            )
            things = [thing for thing in things if thing.words <= said]
            if things or coded:
                yield from self._in_clauses(text, first, last, own, things, coded=coded)

    def _in_clauses(
        self,
        text: str,
        first: int,
        last: int,
        words: list[Word],
        things: list[_Thing],
        *,
        coded: bool,
    ) -> Iterator[tuple[int, int]]:
        for pattern, most in ((sentences.PAUSE, 2), (sentences.PAUSE_OR_JOIN, None)):
            wanted = [one for one in things if most is None or len(one.words) <= most]
            if most is None:
                wanted = [one for one in things if len(one.words) > 2]
            clauses = list(sentences.between(pattern, text, first, last))
            if coded and most is None:
                for start, end in clauses:
                    if not self._codes.isdisjoint(codes(sentences.opened(text[start:end]))):
                        yield start, end
            found: list[tuple[int, int]] = []
            for size in range(1, min(_WINDOW, len(clauses)) + 1) if wanted else ():
                for number in range(len(clauses) - size + 1):
                    start, end = clauses[number][0], clauses[number + size - 1][1]
                    if any(start <= one and other <= end for one, other in found):
                        continue  # a smaller part repeats it
                    said = sentences.stems(word for word in words if start <= word.start < end)
                    if any(one.is_in(said, is_part=True, asks=False) for one in wanted):
                        found.append((start, end))
            yield from found

    def _is_named(self, words: list[Word]) -> bool:
        return bool(self._name) and self._name <= {word.plain for word in words}

    def _near(self, said: frozenset[str]) -> list[_Thing]:
        return list({thing: None for word in said for thing in self._things.get(word, ())})

    def _is_told(self, symbols: str) -> bool:
        """Whether the symbols of an atom repeat a thing; one word alone is no statement."""
        words = sentences.read_words(symbols)
        said = sentences.stems(words)
        return (
            self._is_named(words)
            or any(
                len(thing.words) > 1
                and thing.words <= said
                and thing.is_in(said, is_part=False, asks=False)
                for thing in self._near(said)
            )
            or not self._codes.isdisjoint(codes(symbols))
        )

    def _has_name(self, atom: Expression) -> bool:
        return bool(self._name) and self._is_named(sentences.read_words(_symbols(atom)))

    def _asked(self, atom: Atom) -> Atom:
        """What is asked or lacking, which claims nothing: two words of a thing tell it already."""
        if isinstance(atom, Expression):
            said = sentences.stems(sentences.read_words(_symbols(atom)))
            if any(len(thing.words & said) > 1 for thing in self._near(said)):
                return Symbol(MARK)
        return atom

    def _argument(self, atom: Atom) -> Atom:
        if isinstance(atom, Symbol) and self.is_in(atom.name):
            return Symbol(MARK)
        return self.value(atom)


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
