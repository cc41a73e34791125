"""Forms of words: plural and singular, third person, past, participle and base, ``a`` or ``an``.

Rules with a table of exceptions (``irregular``), so that they hold for words nobody has seen:
``blickets`` are more than one ``blicket``, who ``glips`` can ``glip``. The inverse of a form is not
always determined by its letters (``hoped`` and ``hopped`` both come to mind for ``hoping``); then a
verb that is common (``vocabulary``) wins, else the most frequent spelling.

Not covered: meaning. That ``glasses`` may be one thing and ``bases`` the plural of ``base`` is not
seen here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from mettaclaw.models.english.irregular import (
    DOUBLING,
    OTHER_PLURALS,
    PARTICIPLES,
    PASTS,
    PLURALS,
    SAME,
    THIRD_PERSONS,
)
from mettaclaw.models.english.vocabulary import VERBS

_SINGULARS = {
    **{plural: singular for singular, plural in PLURALS.items()},
    **OTHER_PLURALS,
    "axes": "axe",
    "bases": "base",
}
_BASES = {form: base for base, form in THIRD_PERSONS.items()}
_PAST_BASES = {
    **{form: base for table in (PASTS, PARTICIPLES) for base, form in table.items()},
    "were": "be",
    "hanged": "hang",
    "got": "get",
    "gotten": "get",
    "lay": "lie",
}
_VOWELS = "aeiouáàâäãåéèêëíìîïóòôöõúùûü"
_VOWEL_GROUPS = re.compile(f"[{_VOWELS}]+|(?<=[^{_VOWELS}])y")
_SIBILANT = re.compile(r"(?:s|x|z|ch|sh)\Z")
_SAME_SOUND_AN = re.compile(r"(?:hour|honest|honou?r|heir)", re.IGNORECASE)
_SOUND_YOU = re.compile(
    r"(?:uni(?!n|m)|use|usu|uti|ure|ura|uku|ubi|eu|ewe|one(?!i)|once|ouija)", re.IGNORECASE
)


# --- nouns -----------------------------------------------------------------------------------


@lru_cache(maxsize=8_192)
def plural(noun: str) -> str:
    """More than one of a noun: ``cat`` to ``cats``; of several words, the last one's plural."""
    first, last = _split_last(noun)
    if last in SAME:
        return noun
    if last in PLURALS:
        return first + PLURALS[last]
    for ending, many in (("man", "men"), ("child", "children"), ("mouse", "mice")):
        if last.endswith(ending) and len(last) > len(ending) + 2 and last not in _REGULAR_MEN:
            return first + last[: -len(ending)] + many
    if last.endswith(("wolf", "shelf")):
        return first + last[:-1] + "ves"
    if _SIBILANT.search(last):
        return f"{noun}es"
    if len(last) > 1 and last[-1] == "y" and last[-2] not in _VOWELS:
        return f"{noun[:-1]}ies"
    return f"{noun}s"


@lru_cache(maxsize=8_192)
def singular(noun: str) -> str:
    """One of them: ``cats`` to ``cat``. A noun that is no plural stays as it is."""
    first, last = _split_last(noun)
    return first + _singular_word(last)


def is_plural(noun: str) -> bool:
    """Whether the noun's form is that of a plural (``species`` is one as well)."""
    last = _split_last(noun)[1]
    return last in SAME or _singular_word(last) != last


_NO_VERBS = frozenset({"news", "series", "species"})
_REGULAR_MEN = frozenset({"human", "german", "roman", "norman", "ottoman", "shaman", "talisman"})
_SINGULAR_S = re.compile(r"(?:ss|us|is|[^aeiou]ics)\Z")


def _singular_word(word: str) -> str:
    if word in SAME or len(word) < 3:
        return word
    if word in _SINGULARS:
        return _SINGULARS[word]
    for many, ending in (("men", "man"), ("children", "child"), ("mice", "mouse")):
        if word.endswith(many) and len(word) > len(many) + 2:
            return word[: -len(many)] + ending
    if word.endswith(("wolves", "shelves")):
        return f"{word[:-3]}f"
    if not word.endswith("s") or word in PLURALS or _SINGULAR_S.search(word):
        return word
    stem = word[:-1]
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith("es") and len(word) > 3 and _takes_es(word[:-2]):
        return word[:-2]
    return stem


def _takes_es(stem: str) -> bool:
    """Whether what stands before ``-es`` is a whole noun or verb: box-es, but house-s."""
    if stem.endswith(("ss", "sh", "ch", "x", "zz")):
        return True
    if stem.endswith("us"):
        return stem[-3:-2] not in ("o", "a", "")
    if stem.endswith("z"):
        return stem[-2:-1] not in _VOWELS
    return stem.endswith("o") and len(stem) > 3


def _split_last(phrase: str) -> tuple[str, str]:
    space = phrase.rfind(" ") + 1
    return phrase[:space], phrase[space:]


# --- verbs -----------------------------------------------------------------------------------


@lru_cache(maxsize=8_192)
def third_person(verb: str) -> str:
    """What he, she or it does: ``chase`` to ``chases``; of several words, the first one's form."""
    head, rest = _split_first(verb)
    if head in THIRD_PERSONS:
        return THIRD_PERSONS[head] + rest
    if _SIBILANT.search(head) or head.endswith("o"):
        return f"{head}es{rest}"
    if len(head) > 1 and head[-1] == "y" and head[-2] not in _VOWELS:
        return f"{head[:-1]}ies{rest}"
    return f"{head}s{rest}"


def is_third_person(word: str) -> bool:
    """Whether a word has the form of a verb in the third person singular."""
    if word in _BASES:
        return True
    if len(word) < 3 or not word.endswith("s") or word in _NO_VERBS or word.endswith("ics"):
        return False
    return not word.endswith(("ss", "us", "is", "'s")) or base(word) in VERBS


@lru_cache(maxsize=8_192)
def base(word: str) -> str:
    """The base of a third person: ``chases`` to ``chase``. Any other word stays as it is."""
    if word in _BASES:
        return _BASES[word]
    if not word.endswith("s") or word.endswith("ss") or len(word) < 3:
        return word
    if word[:-1] in VERBS:
        return word[:-1]
    if word.endswith("es") and word[:-2] in VERBS:
        return word[:-2]
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith("es") and len(word) > 3 and _takes_es(word[:-2]):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=8_192)
def past(verb: str) -> str:
    """The simple past: ``chase`` to ``chased``; of several words, the first one's form."""
    head, rest = _split_first(verb)
    if head == "lie" and rest.split()[:1] in ([], ["to"], ["about"]):
        return f"lied{rest}"  # who lies down lay; who tells a lie lied
    return (PASTS.get(head) or _ed(head)) + rest


@lru_cache(maxsize=8_192)
def participle(verb: str) -> str:
    """The past participle, as in ``is chased``; of several words, the first one's form."""
    head, rest = _split_first(verb)
    return (PARTICIPLES.get(head) or _ed(head)) + rest


@lru_cache(maxsize=8_192)
def gerund(verb: str) -> str:
    """The form in -ing: ``chase`` to ``chasing``; of several words, the first one's form."""
    head, rest = _split_first(verb)
    if head.endswith("ie"):
        return f"{head[:-2]}ying{rest}"
    if head.endswith("e") and len(head) > 2 and head[-2] not in "eoy":
        return f"{head[:-1]}ing{rest}"
    return f"{_doubled(head)}ing{rest}"


@lru_cache(maxsize=8_192)
def past_base(word: str) -> str | None:
    """The base of a past or participle: ``chased`` to ``chase``; None where it is none."""
    if word in _PAST_BASES:
        return _PAST_BASES[word]
    if not word.endswith("ed") or len(word) < 4:
        return None
    if word.endswith("eed"):
        return word[:-1] if word[:-1] in VERBS else None
    if word.endswith("ied"):
        return f"{word[:-3]}y" if len(word) > 4 else f"{word[:-1]}"
    return _base_of_stem(word[:-2], word, _ed)


@lru_cache(maxsize=8_192)
def gerund_base(word: str) -> str | None:
    """The base of a form in -ing: ``chasing`` to ``chase``; None where it is none."""
    stem = word[:-3]
    if not word.endswith("ing") or len(word) < 5 or not _VOWEL_GROUPS.search(stem):
        return None
    if len(word) == 5 and word[1] == "y":  # dying, lying, tying
        return f"{word[0]}ie"
    return _base_of_stem(stem, word, gerund)


def _ed(verb: str) -> str:
    if verb.endswith("e"):
        return f"{verb}d"
    if len(verb) > 1 and verb[-1] == "y" and verb[-2] not in _VOWELS:
        return f"{verb[:-1]}ied"
    return f"{_doubled(verb)}ed"


def _doubled(verb: str) -> str:
    """The verb, with its last consonant doubled where -ed and -ing ask for that."""
    if len(verb) < 3 or verb[-1] in f"{_VOWELS}wxyh" or verb[-2] not in _VOWELS:
        return verb
    if verb[-3] in _VOWELS and verb[-3:-1] not in ("ui",):
        return verb
    if verb[-3:-1] == "ui" and verb[-4:-3] != "q":
        return verb
    single = len(_VOWEL_GROUPS.findall(verb)) == 1
    return verb + verb[-1] if single or verb in DOUBLING else verb


_KEEP_DOUBLE = re.compile(r"(?:ll|ss|zz|ff)\Z")
_NEEDS_E = re.compile(
    r"(?:[cv]|[^aeiou]l|dg|[rl]g|[nrlpw]s|[aeiou]us|uc|[ou]ng(?<!ong)|ang|aus|eas|ais|eiz|eez|ooz|"
    r"u)\Z"
)
_PLAIN_L = re.compile(r"(?:l|r|w)l\Z")
_UNSTRESSED = re.compile(r"(?:en|er|on|or|it|et|ot|el|al|om|ow|op|ip|ish|ain|ic|ay|ey|oy)\Z")


def _base_of_stem(stem: str, word: str, form: Callable[[str], str]) -> str:
    """The verb that has this before -ed or -ing: chas(e), walk, stop(p)."""
    if stem.endswith("y") and f"{stem[:-1]}ie" in VERBS:
        return f"{stem[:-1]}ie"
    doubled = len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] not in _VOWELS
    single = stem[:-1] if doubled else stem
    likely = [stem, f"{stem}e", single] if _prefers_plain(stem) else [f"{stem}e", stem, single]
    if doubled and not _KEEP_DOUBLE.search(stem):
        likely = [single, *likely]
    fitting = [verb for verb in likely if form(verb) == word] or [stem]
    known = [verb for verb in fitting if verb in VERBS or verb in PASTS]
    return (known or fitting)[0]


def _prefers_plain(stem: str) -> bool:
    """Whether a verb of these letters is more likely than one with an -e after them."""
    if _NEEDS_E.search(stem) and not _PLAIN_L.search(stem):
        return False
    short = stem[-2:-1] in tuple(_VOWELS) and stem[-3:-2] not in tuple(_VOWELS)
    if not short or stem[-1] in f"{_VOWELS}wxyh":
        return True
    return len(_VOWEL_GROUPS.findall(stem)) > 1 and bool(_UNSTRESSED.search(stem))


def _split_first(phrase: str) -> tuple[str, str]:
    head, space, rest = phrase.partition(" ")
    return head, space + rest


# --- articles --------------------------------------------------------------------------------


def article(phrase: str) -> str:
    """``a`` or ``an``, by the sound that the phrase starts with."""
    word = phrase.split(" ", 1)[0].split("-", 1)[0]
    if not word:
        return "a"
    if word[0].isdigit():
        digits = re.match(r"\d+", word)
        number = digits.group() if digits else ""
        return "an" if word[0] == "8" or number in ("11", "18") else "a"
    if len(word) > 1 and word.isupper() and _is_spelled(word):
        return "an" if word[0] in "AEFHILMNORSX" else "a"
    if _SAME_SOUND_AN.match(word):
        return "an"
    if _SOUND_YOU.match(word):
        return "a"
    if len(word) == 1:
        return "an" if word.lower() in "aefhilmnorsx" else "a"
    return "an" if word[0].lower() in _VOWELS else "a"


def with_article(phrase: str) -> str:
    """The phrase after its article: ``an old cat``."""
    return f"{article(phrase)} {phrase}"


def _is_spelled(word: str) -> bool:
    """Whether an acronym is said letter by letter: FBI, but NATO."""
    return len(word) < 4 or not _VOWEL_GROUPS.search(word.lower())
