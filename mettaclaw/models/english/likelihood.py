"""How likely words are what a cut takes them for: a verb, the end of a subject, a noun phrase.

Scores are on one scale, where 3 is a common verb in its place, 0 an unknown word in its place, and
anything below -1.5 is not taken. They rank ways to read a sentence and mean nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from mettaclaw.models.english.irregular import PARTICIPLES, PASTS
from mettaclaw.models.english.morphology import (
    base,
    gerund_base,
    is_plural,
    is_third_person,
    past_base,
)
from mettaclaw.models.english.vocabulary import (
    ADJECTIVES,
    COPULAS,
    DITRANSITIVES,
    LY_NOUNS,
    NOUN_LIKE,
    NUMERALS,
    SAYINGS,
    VERBS,
    is_adjective,
    is_nation,
)
from mettaclaw.models.english.words import Word

_INTENSE = ("super", "well", "ultra")
_SINGULAR = ("a", "an", "every", "each", "almost every", "nearly every", "not every")
_WENT = frozenset(PASTS.values())
_BEFORE_ADJECTIVES = ("BE", "BARE_BE", "WORDS", "NOT", "VERY", "AND", "FREQUENCY", "CERTAINTY")
_BEFORE_NOUNS = ("A", "THE", "MY", "YOUR", "HIS", "POSS", "QUANTITY")
_COMMENT = re.compile(r".{2,}(?:fully|ically|bly|edly|ingly|ously|antly|ently|tely|rely|adly)\Z")
_MOST_SMALL, _MOST_WORDS = 4, 8  # in a noun phrase: words that are no name, and all words


# --- verbs -----------------------------------------------------------------------------------


def may_be_verb(word: Word) -> bool:
    """Whether a word can be a verb at all."""
    lower = word.lower
    other = lower.endswith("ly") or is_adjective(lower)
    known = lower in VERBS or past_base(lower) in VERBS
    return not (word.name or word.is_number or (other and not known))


def is_common(word: Word) -> bool:
    """Whether a word is a form of a common verb."""
    lower = word.lower
    return lower in VERBS or base(lower) in VERBS or past_base(lower) in VERBS


def is_order(first: Word) -> bool:
    """Whether a sentence with this first word, and no common verb after it, is an order."""
    return first.lower in VERBS and not first.name


def helped_verb(word: Word, helper: Word, subject: Word | None) -> float:
    """A verb after ``does`` and its subject (None where its number does not matter)."""
    score = 3.0 if word.lower in VERBS else -1.5 if is_third_person(word.lower) else 0.0
    if subject is None or subject.name or helper.lower not in ("do", "does"):
        return score
    return score if is_plural(subject.lower) == (helper.lower == "do") else score - 0.7


def is_done(word: str, verb: str) -> bool:
    """Whether a past form, with nothing after it, can be no noun: has met, but has a seed."""
    known = verb in VERBS and (word.endswith("ed") or PASTS.get(verb) == word)
    return word != verb and (known or (word.endswith("ed") and word not in NUMERALS))


def finite_verb(word: Word, agreement: dict[str, float]) -> float | None:
    """A verb without a helper; None where it does not agree with its subject."""
    lower = word.lower
    third, before = is_third_person(lower), past_base(lower)
    if before == lower and PASTS.get(lower) != lower:
        before = None  # run is what was done, and not what somebody did
    form = "s" if third else "p"
    known = (base(lower) if third else lower) in VERBS
    if before is not None and not (known and form in agreement):
        return 2.5 if before in VERBS else 0.0
    if form not in agreement:
        return None
    return agreement[form] + (3.0 if known else 0.3 if third else 0.0)


def number(noun: Sequence[Word], before: Word | None) -> dict[str, float]:
    """Which forms of a verb a noun may have: ``s`` and ``p``, each with a score."""
    head = noun[-1]
    if before is not None and before.lower in _SINGULAR:
        return {"s": 0.0}
    if head.name:
        return {"s": 0.0, "p": -0.5} if head.lower.endswith("s") else {"s": 0.0}
    if head.lower in NUMERALS or (head.lower in ADJECTIVES and head.lower not in NOUN_LIKE):
        return {}  # big dogs: the verb is not "dogs"
    if is_plural(head.lower):
        return {"p": 0.0, "s": 0.0 if head.lower.endswith("us") else -1.5}
    return {"s": 0.0, "p": -0.5} if head.lower.endswith("s") else {"s": 0.0}


# --- noun phrases ----------------------------------------------------------------------------


def boundary(run: Sequence[Word], at: int, *, plural: bool) -> float:
    """The end of what a question is about, and the beginning of its predicate, within a run."""
    before, after = run[at - 1], run[at]
    rest = [w.lower for w in run[at:]]
    score = 0.5 if len(rest) == 1 else 0.0
    if before.name and not after.name and _is_noun_with_adjective(rest):
        score -= 3.0  # Satay is "sauce dangerous"
    if all(map(is_adjective, rest)):
        score += 1.0
        if at > 1 and is_adjective(before.lower) and not before.name:
            score -= 0.8
    if before.name != after.name:
        score += 2.0 if before.name else -1.0
    if not after.name and any(w.name for w in run[at + 1 :]):
        score -= 2.0
    if plural:
        score += 1.5 if is_plural(before.lower) else 0.0
        score -= 2.0 if any(is_plural(w.lower) for w in run[: at - 1]) else 0.0
        score += 0.5 if is_plural(rest[-1]) else 0.0
    return score


def _is_noun_with_adjective(rest: Sequence[str]) -> bool:
    """Whether words after ``is`` have an adjective after what cannot stand before one."""
    first = rest[0]
    before = is_adjective(first) or first in NUMERALS or first in _INTENSE
    done = first.endswith(("ed", "ing", "ly")) or first in PARTICIPLES.values()
    return len(rest) > 1 and is_adjective(rest[-1]) and not (before or done)


def noun_phrase(words: Sequence[Word], before: str, verb: Word | None) -> float | None:
    """Some words as one noun or adjective phrase; None where they cannot be one.

    Args:
        words: The words.
        before: The kind of phrase before them.
        verb: The verb, where they come after it.
    """
    small = [w for w in words if not w.name]
    if len(small) > _MOST_SMALL or len(words) > _MOST_WORDS:
        return None
    if _tells_how(words, before, verb is not None) or _ends_apart(words) or _is_comment(words):
        return None
    if verb is not None and not _may_be_object(words, before, verb):
        return None
    score = -0.5 * max(0, len(small) - 2)
    for i, word in enumerate(words):
        after = words[i + 1] if i + 1 < len(words) else None
        if word.name:
            continue
        if after is not None and is_plural(word.lower) and word.lower.endswith("s"):
            score -= 2.0
        many = i and is_plural(words[i - 1].lower) and word.lower in SAYINGS
        if many and after is not None and not word.lower.endswith("s"):
            return None  # people say Tom
        if i and is_third_person(word.lower) and base(word.lower) in VERBS:
            if after is not None and after.name:
                return None  # a verb between two names
            after_name = words[i - 1].text[:1].isupper() and after is None
            score -= 1.5 if after_name else 0.3 if is_plural(word.lower) else 1.0
        last = after is None or after.is_number
        if i and last and words[i - 1].text[:1].isupper() and word.lower in _WENT:
            return None  # Tom got, Tom paid 5
    return score


def _ends_apart(words: Sequence[Word]) -> bool:
    """Whether the words are a name with something after it that is no part of it: Tom alone."""
    if len(words) < 2:
        return False
    last, before = words[-1], words[-2]
    adjective = is_adjective(last.lower) and last.lower not in NOUN_LIKE and not last.name
    return adjective and before.text[:1].isupper() and not is_adjective(before.lower)


def _is_comment(words: Sequence[Word]) -> bool:
    """Whether the words open with an adverb on all that follows: hopefully Tom, sadly cats."""
    opens = len(words) > 1 and words[0].first and not words[0].quoted
    return opens and bool(_COMMENT.match(words[0].lower))


def _tells_how(words: Sequence[Word], before: str, is_object: bool) -> bool:
    """Whether there is an adverb such as ``quickly`` among the words."""
    after_is = before in _BEFORE_ADJECTIVES and not is_object
    if len(words) == 1 and (words[0].text[:1].isupper() or after_is):
        return False  # Sally, at the beginning of a sentence; or an adjective, after is
    if len(words) == 2 and before in _BEFORE_NOUNS and not is_adjective(words[1].lower):
        return _is_adverb(words[1])  # a wibbly cat
    return any(_is_adverb(word) for word in words)


def _is_adverb(word: Word) -> bool:
    lower = word.lower
    other = word.name or lower in LY_NOUNS or is_adjective(lower)
    return lower.endswith("ly") and not other and not (word.first and word.text[:1].isupper())


def _may_be_object(words: Sequence[Word], before: str, verb: Word) -> bool:
    lowers, last = [w.lower for w in words], words[-1]
    forms = (verb.lower, base(verb.lower), past_base(verb.lower), gerund_base(verb.lower))
    turned = before in ("VERB", "ING") and not COPULAS.isdisjoint(forms)
    noun = last.lower in NOUN_LIKE and not turned
    if turned and last.lower in PARTICIPLES.values():
        return False  # got bitten
    gives = not DITRANSITIVES.isdisjoint(forms) and before in ("VERB", "ING")
    if gives and len(words) > 1 and not is_adjective(lowers[0]):
        return False  # taught Tom English
    if not last.name and is_adjective(last.lower) and not noun:
        alone = len(words) == 1 and before in ("VERB", "ING", "AND")
        if alone or not all(map(is_adjective, lowers)):
            return False  # makes her happy, looks sad
    if before == "PREP" and len(words) > 1 and lowers[0] in VERBS and not words[0].name:
        return False  # wants to eat fish
    for left, right in pairwise(words):
        name = left.name and not (left.quoted or left.is_number or is_nation(left.lower))
        if name and not right.name:
            return False  # gives Mary flowers
    return not any(is_plural(w.lower) and not w.name for w in words[:-1])
