"""The words of one sentence: contractions opened, closed classes named, the rest left open.

Invariant: nothing is dropped but decoration (emoji, and marks at the end of the sentence). Text
with anything else than words, commas and quotes has no words, so that no half of it is read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from mettaclaw.models.english.terminals import closed_words
from mettaclaw.models.english.vocabulary import is_adjective

OPEN = "OPEN"
COMMA = "COMMA"
CLITIC = "CLITIC"  # 's: of Tom's tail, or of Tom's hungry

MAX_WORDS = 80
_MOST_INITIALS = 2  # longer words in capitals may be stressed ones: US, ILL


@dataclass(frozen=True, slots=True)
class Word:
    """A word: its class (``OPEN``, or a terminal of the grammar), its letters, and their case.

    ``first`` tells that it opens the sentence, where a capital means nothing; ``name`` that its
    capital, digits or quotes make it a name or part of one.
    """

    kind: str
    text: str
    lower: str
    first: bool = False
    name: bool = False
    quoted: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is written in digits."""
        return self.text[:1].isdigit()

    @property
    def is_code(self) -> bool:
        """Whether it has digits in it and no capital, as passwords do: hunter2."""
        return self.text.islower() and any(char.isdigit() for char in self.text)


_TOKEN = re.compile(
    r"""
      "(?P<quoted>[^"\n]{1,80})"
    | (?P<initials>(?:[^\W\d_]\.){2,})
    | (?P<short>(?:dr|mr|mrs|ms|prof|st|mt|jr|sr|capt|gen|sgt)\.(?=\s)|[A-Z]\.(?=\s+[A-Z]))
    | (?P<word>[$€£]?[^\W_]\w*
        (?:[-.&+@,'](?=[^\W_])[^\W_]\w*|(?<=\d)[:/](?=\d)\d+|-(?=\w))*(?:\+\+|\#|%)?)
    | (?P<apostrophe>')
    | (?P<comma>,)
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "„": '"'})
_CLITICS = {"'re": "are", "'m": "am", "'ve": "have", "'ll": "will", "'d": "would"}
_NEGATED = {"can": "can", "ca": "can", "won": "will", "sha": "shall", "ai": "is"}
_SLOPPY = {
    "dont": ("do", "not"),
    "doesnt": ("does", "not"),
    "didnt": ("did", "not"),
    "isnt": ("is", "not"),
    "arent": ("are", "not"),
    "wasnt": ("was", "not"),
    "werent": ("were", "not"),
    "cant": ("can", "not"),
    "cannot": ("can", "not"),
    "im": ("i", "am"),
    "whats": ("what", "is"),
    "whos": ("who", "is"),
    "wheres": ("where", "is"),
}
_NUMBER_COMMA = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?\Z")
_MAYBE_NAMES = frozenset({"UNREADABLE", "MODAL", "CAN", "PREP"})
_NAME_LIKE_FIRST = frozenset({"will", "may"})


def words(sentence: str) -> list[Word] | None:
    """The words of a sentence without its final mark; None where it is more than words."""
    pieces = _pieces(sentence.translate(_QUOTES))
    if not pieces or len(pieces) > MAX_WORDS:
        return None
    return _classified(_recased(pieces))


def _pieces(sentence: str) -> list[Word] | None:
    found: list[Word] = []

    def add(text: str, kind: str = OPEN) -> None:
        found.append(Word(kind, text, text.lower(), first=not found))

    for token in _TOKEN.finditer(sentence):
        kind, text = token.lastgroup, token.group()
        if kind == "quoted":
            inner = token.group("quoted").strip()
            if not inner:
                return None
            word = Word(OPEN, inner, inner.lower(), first=not found, name=True, quoted=True)
            found.append(word)
        elif kind == "initials" or kind == "short":
            add(text.rstrip(".") if kind == "short" else text)
        elif kind == "word":
            for part in _commas(text):
                if part == ",":
                    found.append(Word(COMMA, ",", ","))
                else:
                    for piece in _opened(part):
                        add(piece, CLITIC if piece.lower() == "'s" else OPEN)
        elif kind == "apostrophe":
            if not found or not found[-1].lower.endswith("s") or found[-1].kind != OPEN:
                return None
            found.append(Word("POSS", "'", "'"))
        elif kind == "comma":
            if found:
                found.append(Word(COMMA, ",", ","))
        elif kind == "other" and not _is_decoration(text):
            return None
    while found and found[-1].kind == COMMA:
        found.pop()
    return found


def _commas(text: str) -> list[str]:
    """A token split at commas without a space after them, unless it is a number: 1,000."""
    if "," not in text or _NUMBER_COMMA.fullmatch(text):
        return [text]
    return re.split(r"(?<=,)|(?=,)", text)


def _opened(word: str) -> list[str]:
    """A word without its contractions: isn't is two words, and so is Tom's."""
    lower = word.lower()
    if lower in closed_words():
        return [word]
    if lower in _SLOPPY:
        return list(_SLOPPY[lower])
    if lower.endswith("n't") and len(lower) > 4:
        stem = lower[:-3]
        return [_NEGATED.get(stem, word[:-3]), "not"]
    for clitic, full in _CLITICS.items():
        if lower.endswith(clitic) and len(lower) > len(clitic):
            return [word[: -len(clitic)], full]
    if lower.endswith("'s") and len(lower) > 2:
        return [word[:-2], "'s"]
    return [word]


def _is_decoration(char: str) -> bool:
    lost = char == "\ufffd"  # something that could not be kept
    return not lost and unicodedata.category(char) in ("So", "Sk", "Mn", "Cf", "Me")


def _recased(pieces: list[Word]) -> list[Word]:
    """The words with ``name`` set, where the writing gives capitals a meaning at all."""
    letters = [w for w in pieces if w.text[:1].isalpha() and not w.quoted]
    shouted = len(letters) > 2 and all(w.text.isupper() for w in letters)
    closed = closed_words()
    titled = any(
        w.text[:1].isupper()
        and not w.first
        and w.lower != "i"
        and closed.get(w.lower, "UNREADABLE") not in (*_MAYBE_NAMES, "THE", "A", "OF", "AND")
        for w in letters
    ) or any(w.text in ("A", "An", "Is", "Are") and not w.first for w in letters)
    if shouted or titled:
        return [replace(w, text=w.lower) if shouted and not w.quoted else w for w in pieces]
    out: list[Word] = []
    for word in map(_unstressed, pieces):
        inner_capital = any(c.isupper() for c in word.text[1:])
        capital = word.text[:1].isupper() and not word.first
        named = word.quoted or capital or inner_capital or any(c.isdigit() for c in word.text)
        out.append(replace(word, name=named and word.kind == OPEN))
    return out


def _unstressed(word: Word) -> Word:
    """A word without the capitals that only stress it: is Tom HAPPY."""
    stressed = word.text.isupper() and len(word.text) > _MOST_INITIALS and is_adjective(word.lower)
    return replace(word, text=word.lower) if stressed and not word.quoted else word


def _classified(pieces: list[Word]) -> list[Word]:
    closed = closed_words()
    out: list[Word] = []
    i = 0
    while i < len(pieces):
        length = _longest(pieces, i, closed)
        if length == 0:
            out.append(pieces[i])
            i += 1
            continue
        group = pieces[i : i + length]
        lower = " ".join(w.lower for w in group)
        follower = pieces[i + length] if i + length < len(pieces) else None
        if lower == "her" and follower is not None and follower.lower not in closed:
            lower = "their"  # her tail, but likes her
        text = " ".join(w.text for w in group)
        out.append(Word(closed[lower], text, lower, first=i == 0))
        i += length
    return out


def _longest(pieces: list[Word], start: int, closed: dict[str, str]) -> int:
    """How many words from here on are one entry of the closed classes."""
    for length in range(min(4, len(pieces) - start), 0, -1):
        group = pieces[start : start + length]
        if any(w.kind != OPEN or w.quoted for w in group):
            continue
        kind = closed.get(" ".join(w.lower for w in group))
        if kind is None or (length == 1 and _is_name(pieces, start, kind)):
            continue
        return length
    return 0


def _is_name(pieces: list[Word], at: int, kind: str) -> bool:
    """Whether a word of a closed class is a name here: Will, May."""
    word = pieces[at]
    if word.name and kind in _MAYBE_NAMES and word.lower != "i":
        return True
    if word.first and word.lower in _NAME_LIKE_FIRST and len(pieces) > 1:
        return closed_words().get(pieces[1].lower) in ("BE", "HAVE") or pieces[1].kind == CLITIC
    return False
