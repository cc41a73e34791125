"""Two spellings of one concept: which known symbols a new one is probably meant to be.

Equal but for case, ``_``, ``-``, space or CamelCase; one of them the other's plural in -s, -es or
-ies; or one slip of the pen (a letter too many, too few, another one, or two in the wrong order)
within a word that is long enough for that to be no other word. Digits are never slips, nor are the
first and the last letter of a word, by which ``Anna`` and ``Hanna``, ``Martin`` and ``Martina``,
``kind1`` and ``kind2`` differ.

The known symbols are walked as a trie, along the letters of the new one: each step is a look at
the next leaf in order, so the cost grows with the word and not with the base. No language is
built in but the plural; a base of any script is walked in the same way.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Literal

Difference = Literal["case", "separators", "plural", "slip"]

_SEPARATORS = "_- "
_STEPS = 400  # looks at the base for one symbol
_QUOTED = '#"'  # how the text of a symbol with a space begins
_LONGEST = 64  # characters of a name that is looked for
_SHORTEST = 3  # letters that a word must have
_SWAP, _DOUBLE, _LETTER, _OTHER = 6, 6, 7, 8  # letters that a word must have for such a slip


def near(name: str, spelled: Callable[[str], str | None]) -> list[tuple[str, Difference]]:
    """The known symbols that may be the same as a new one, the likeliest first.

    Args:
        name: The new symbol.
        spelled: From a text to the first known leaf from there on, in order of code points.
    """
    words = parts(name)
    letters = "".join(words)
    if sum(map(str.isalpha, letters)) < _SHORTEST or len(name) > _LONGEST:
        return []  # asks nothing of the base
    trie = _Trie(spelled)
    found: dict[str, Difference] = {}
    slips = not any(map(str.isdigit, letters)) and max(map(len, words)) >= _SWAP
    for target, edits in [(letters, int(slips)), *((other, 0) for other in _numbers(letters))]:
        for known in trie.walk(target, edits):
            how = difference(name, known)
            if how is not None:
                found.setdefault(known, how)
    order: tuple[Difference, ...] = ("case", "separators", "plural", "slip")
    return sorted(found.items(), key=lambda one: order.index(one[1]))


def difference(new: str, known: str) -> Difference | None:
    """How two names of probably one concept differ; None for names of different ones."""
    here, there = parts(new), parts(known)
    if new == known or sum(map(str.isalpha, "".join(here))) < _SHORTEST:
        return None
    if _joined(here) == _joined(there):
        return "case" if new.lower() == known.lower() else "separators"
    if _joined(here[:-1]) == _joined(there[:-1]) and here and there:
        last, other = here[-1], there[-1]
        if other in _numbers(last) and min(len(last), len(other)) >= _SHORTEST:
            both_named = new[:1].isupper() and known[:1].isupper()
            return None if both_named else "plural"
    if len(here) != len(there):
        return None
    apart = [(a, b) for a, b in zip(here, there, strict=True) if a != b]
    return "slip" if len(apart) == 1 and _is_slip(*apart[0]) else None


def parts(name: str) -> list[str]:
    """The words of a name, in small letters: ``iceCream2_b`` is ice, cream, 2, b."""
    spaced = ""
    for before, char in pairwise(" " + name):
        if char in _SEPARATORS:
            spaced += " "
            continue
        turns = (before.islower() and char.isupper()) or (
            before.isalnum() and before.isdigit() != char.isdigit()
        )
        spaced += f" {char}" if turns else char
    return [str(word) for word in spaced.lower().split()]


def _joined(words: list[str]) -> str:
    """Words as one, where no digits of two numbers come together."""
    text = ""
    for word in words:
        text += f"_{word}" if text[-1:].isdigit() and word[:1].isdigit() else word
    return text


def _numbers(word: str) -> set[str]:
    """What may be the plural or the singular of a word."""
    found = {f"{word}es"} if word.endswith("s") else {f"{word}s", f"{word}es"}
    if word.endswith("y"):
        found.add(f"{word[:-1]}ies")
    if word.endswith("ies"):
        found.add(f"{word[:-3]}y")
    if word.endswith("es"):
        found.add(word[:-2])
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        found.add(word[:-1])
    return found


def _is_slip(a: str, b: str) -> bool:
    """Whether two words differ by one slip that is hardly a word of its own."""
    short, long = sorted((a, b), key=len)
    if not (short.isalpha() and long.isalpha()) or len(long) - len(short) > 1:
        return False
    first = next((i for i, (x, y) in enumerate(zip(short, long, strict=False)) if x != y), None)
    if first is None or first == 0:  # all of the shorter one, and one more at its end
        return False
    if len(short) < len(long):
        doubled = long[first] == long[first - 1]
        least = _DOUBLE if doubled else _LETTER
        return len(short) >= least and short[first:] == long[first + 1 :]
    if short[first + 1 :] == long[first + 1 :]:
        return len(short) >= _OTHER and 1 < first < len(short) - 1
    swapped = short[first + 1 : first + 2] + short[first]
    return (
        len(short) >= _SWAP
        and first < len(short) - 2
        and long == short[:first] + swapped + short[first + 2 :]
    )


class _Trie:
    """The leaves of a base in order, with what was seen of them."""

    def __init__(self, spelled: Callable[[str], str | None]) -> None:
        self._spelled = spelled
        self._gaps: list[tuple[str, str]] = []  # between these two texts there is no leaf
        self._steps = 0

    def walk(self, target: str, edits: int) -> Iterator[str]:
        """Names that are the target but for case, separators, and so many slips."""
        yield from self._walk("", target, 0, edits)
        if self._has(_QUOTED):
            for name in self._walk(_QUOTED, target, 0, edits):
                yield name[len(_QUOTED) : -1]

    def _walk(self, prefix: str, target: str, at: int, edits: int) -> Iterator[str]:
        if at == len(target):
            end = prefix + '"' if prefix.startswith(_QUOTED) else prefix
            if self._from(end) == end:
                yield end
            if not edits:
                return
        elif not self._has(prefix):
            return
        if prefix and prefix[-1] not in _SEPARATORS:
            for sign in _SEPARATORS:
                if self._has(prefix + sign):
                    yield from self._walk(prefix + sign, target, at, edits)
        if at < len(target):
            for char in {target[at], target[at].upper(), target[at].title()}:
                if self._has(prefix + char):
                    yield from self._walk(prefix + char, target, at + 1, edits)
        if edits and at:
            yield from self._slips(prefix, target, at)

    def _slips(self, prefix: str, target: str, at: int) -> Iterator[str]:
        rest = target[at:]
        if len(rest) > 1:
            yield from self._walk(prefix, target, at + 1, 0)
            turned = target[:at] + rest[1] + rest[0] + rest[2:]
            yield from self._walk(prefix, turned, at, 0)
            for char in self._next(prefix):
                if char.isalpha() and char.lower() != rest[0]:
                    yield from self._walk(prefix + char, target, at + 1, 0)
                    yield from self._walk(prefix + char, target, at, 0)
        elif rest:
            for char in self._next(prefix):
                if char.isalpha():
                    yield from self._walk(prefix + char, target, at, 0)

    def _next(self, prefix: str) -> Iterator[str]:
        """The characters that follow a prefix."""
        found = self._from(prefix)
        if found == prefix:
            found = self._from(prefix + "\x01")
        while found is not None and found.startswith(prefix):
            char = found[len(prefix)]
            yield char
            found = self._from(prefix + chr(ord(char) + 1))

    def _has(self, prefix: str) -> bool:
        found = self._from(prefix)
        return found is not None and found.startswith(prefix)

    def _from(self, text: str) -> str | None:
        """The first leaf from a text on; None after the last one, and when too much was asked."""
        place = bisect_right(self._gaps, (text, "\U0010ffff"))
        if place:
            low, high = self._gaps[place - 1]
            if low <= text <= high:
                return high
        if self._steps >= _STEPS:
            return None
        self._steps += 1
        found = self._spelled(text)
        if found is not None:
            insort(self._gaps, (text, found))
        return found
