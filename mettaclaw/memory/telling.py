"""Which sentences and atoms tell a thing, by its telling words.

A sentence tells it where all telling words of the thing stand in it, in any order, or a number or
code of it alone: so a question that was answered with it does too, and not only the words as they
were. A thing of one telling word in a longer sentence (*I am happy*) is told only by sentences that
say hardly more. An atom tells it where its symbols do, or a sentence in a string of it.

Invariant: pure functions of texts; an atom that was rewritten can be read again. Not covered: the
same thing in other words, pictures of it such as sums or anagrams, and where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol, Variable, read
from mettaclaw.errors import MettaClawError
from mettaclaw.memory import words

MARK = "[forgotten]"
SENTENCE_END = re.compile(r"((?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])|\n+)")

_VARIABLE = re.compile(r"\$\S+")
_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"(?<![^\W_])(?=[^\W\d_]*\d)[^\W_]{4,}")  # looked for once a word
_DIGITS = re.compile(r"\d{4,}")
_YEAR = re.compile(r"(19|20)\d\d")
_SAYING = "user remember remembered forget forgot forgotten know knew please note noted tell told"
_ANSWERING = "words item text yes no probably perhaps stv said say true false"
_WANTED = 40  # patterns in one query; with more, every row is looked at


@dataclass(frozen=True, slots=True)
class _Thing:
    """Telling words; ``alone``: only where no others stand beside them."""

    words: frozenset[str]
    alone: bool = False


class Telling:
    """Things, ready to be looked for in texts and atoms.

    Args:
        texts: What was said or kept; each sentence is a thing.
        statements: The texts of atoms.
        name: What is named; every sentence that has it tells it.
    """

    def __init__(
        self, texts: Iterable[str] = (), statements: Iterable[str] = (), name: str | None = None
    ) -> None:
        self._by_word: dict[str, list[_Thing]] = {}
        self._codes: set[str] = set()
        self._exact: frozenset[str] = frozenset(statements)
        for text in texts:
            said = text.replace(MARK, " ")
            alone = len(_WORD.findall(said)) > 1
            for telling in things(said):
                self._add(_Thing(telling, alone and len(telling) == 1))
            self._codes |= codes(said)
        for text in self._exact:
            own = telling_words(bare(text))
            if own:
                self._add(_Thing(own, len(own) == 1))
            self._codes |= codes(bare(text))
        if name is not None:
            for telling in things(name):
                self._add(_Thing(telling))

    def __bool__(self) -> bool:
        return bool(self._by_word or self._codes)

    def is_in(self, text: str) -> bool:
        """Whether a sentence of a text tells one of the things."""
        return bool(self) and any(self._tells(part) for part in SENTENCE_END.split(text))

    def without(self, text: str) -> str:
        """The text with ``MARK`` in place of each sentence that tells one."""
        if not self:
            return text
        return "".join(MARK if self._tells(part) else part for part in SENTENCE_END.split(text))

    def call(self, atom: Atom) -> Atom:
        """A call with ``MARK`` for the parts that tell one; the tool's name stays."""
        if not isinstance(atom, Expression) or not atom.children:
            return self.value(atom)
        return Expression((atom.children[0], *map(self.value, atom.children[1:])))

    def value(self, atom: Atom) -> Atom:
        """The atom with ``MARK`` for the parts that tell one."""
        match atom:
            case Expression(children):
                if str(atom) in self._exact:
                    return Symbol(MARK)
                changed = Expression(tuple(map(self.value, children)))
                return Symbol(MARK) if self._tells(_symbols(changed), symbols=True) else changed
            case String(text):
                return String(self.without(text))
            case Variable():
                return atom
            case _:
                return Symbol(MARK) if self._tells(str(atom), symbols=True) else atom

    def patterns(self) -> list[str] | None:
        """What a text holds that tells one, as ``LIKE`` patterns; None: look at every text."""
        found = {_root(word) for word in self._by_word} | self._codes
        if len(found) > _WANTED or not all(one.isascii() and len(one) > 1 for one in found):
            return None
        return [f"%{one}%" for one in sorted(found)]  # words hold no sign of LIKE

    # --- inside ---

    def _add(self, thing: _Thing) -> None:
        self._by_word.setdefault(max(sorted(thing.words), key=len), []).append(thing)

    def _tells(self, sentence: str, *, symbols: bool = False) -> bool:
        found = tokens(sentence)
        for word in found & self._by_word.keys():
            for thing in self._by_word[word]:
                if thing.alone and (symbols or _says_more(found, thing.words)):
                    continue
                if thing.words <= found:
                    return True
        return bool(self._codes) and not self._codes.isdisjoint(codes(sentence))


def mentions(text: str, name: str) -> bool:
    """Whether a name stands in a text, as whole words in a row."""
    wanted = _row(name)
    small = text.casefold()
    if not all(_root(word) in small for word in wanted):
        return False  # without a look at each word: most texts end here
    said = _row(text)
    return any(
        said[start : start + len(wanted)] == wanted for start in range(len(said) - len(wanted) + 1)
    )


def is_name(text: str) -> bool:
    """Whether a text has a word that is more than grammar, and so can be looked for."""
    return bool(tokens(text) - _grammar())


def things(text: str) -> Iterator[frozenset[str]]:
    """The telling words of each sentence. Of several sentences, one word alone is no thing."""
    parts = [part for part in SENTENCE_END.split(text) if _WORD.search(part)]
    for part in parts:
        telling = telling_words(part)
        if telling and (len(telling) > 1 or len(parts) == 1):
            yield telling


def about(said: str, statement: str) -> list[str]:
    """The sentences of what was said that tell a statement; all of them, where it is not seen."""
    own = telling_words(bare(statement))
    parts = [part for part in SENTENCE_END.split(said) if _WORD.search(part)]
    found = [part for part in parts if own <= telling_words(part)] if len(parts) > 1 else parts
    return found or parts


def bare(statement: str) -> str:
    """The text of an atom without its variables."""
    return _VARIABLE.sub(" ", statement)


@lru_cache(maxsize=4_096)
def telling_words(text: str) -> frozenset[str]:
    """The words of a text that are more than grammar; all words where there are no others."""
    every = tokens(text)
    return every - _grammar() or every


def codes(text: str) -> set[str]:
    """The numbers and codes that tell what is meant without any other word; no years."""
    found = {code.casefold() for code in (*_CODE.findall(text), *_DIGITS.findall(text))}
    return {code for code in found if not _YEAR.fullmatch(code)}


def tokens(text: str) -> frozenset[str]:
    """The words of a text, small, and without most endings; no single letters."""
    found = {word.casefold() for word in _WORD.findall(text)}
    return frozenset(_stem(w) for w in found if len(w) > 1 or not ("a" <= w <= "z"))


def parsed(text: str) -> Atom | None:
    """The atom of a text; None where it is none."""
    try:
        return read(text)
    except MettaClawError:
        return None


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


def _says_more(found: frozenset[str], thing: frozenset[str]) -> bool:
    rest = found - thing - _grammar() - _answers()
    return any(not word.isdigit() for word in rest)


def _row(text: str) -> list[str]:
    """The words of a text in their order, as ``tokens`` has them."""
    return [_stem(word.casefold()) for word in _WORD.findall(text)]


@lru_cache(maxsize=1)
def _grammar() -> frozenset[str]:
    return frozenset(map(_stem, (*words.STOP, *_SAYING.split())))


@lru_cache(maxsize=1)
def _answers() -> frozenset[str]:
    return frozenset(map(_stem, _ANSWERING.split()))


def _stem(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return f"{word[:-1]}i" if len(word) > 3 and word.endswith("y") else word


def _root(word: str) -> str:
    """What a word begins with, whatever its ending was."""
    return word[:-1] if len(word) > 3 and word.endswith("i") else word
