"""Words to phrases: where the verb is, and where one noun phrase ends and the next thing begins.

With names, nouns and verbs all unknown, that is a matter of place and form: ``zorbs glip blickets``
has its verb where a plural meets a bare form. A sentence may be cut in several ways; ``cuts`` gives
them with a score, best first, and the grammar refuses those that are no sentence. What is
impossible (a verb that does not agree, an adverb for a noun) is not given at all.

This module joins clauses; ``clauses`` cuts one, ``likelihood`` has the scores. Not covered: what
the phrases mean (``interpretation``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from mettaclaw.models.english.clauses import (
    ADVERBS,
    PRONOUNS,
    Phrase,
    Scored,
    clause,
    items,
    whole,
)
from mettaclaw.models.english.morphology import base, is_third_person, past_base
from mettaclaw.models.english.vocabulary import VERBS, is_adjective
from mettaclaw.models.english.words import CLITIC, COMMA, OPEN, Word

_MOST_CUTS = 64
_MOST_CONNECTORS = 4
_JOINTS = ("IF", "THEN", "ALSO")


@dataclass(frozen=True, slots=True)
class Cut:
    """One way to cut a sentence into phrases, and how likely it is (above 0 is likely)."""

    score: float
    phrases: tuple[Phrase, ...]


def cuts(words: Sequence[Word], *, ended: bool) -> list[Cut]:
    """The ways to cut a sentence, best first; ``ended`` tells that it had a final mark."""
    found: list[Cut] = []
    for connected in islice(_connected(words), 4 * _MOST_CUTS):
        parts = _clauses(connected)
        going = [_goes_on(parts, i) for i in range(len(parts))]
        options = [
            [_joint(part[0], likewise=going[i + 1 : i + 2] == [True])]
            if part[0].kind in _JOINTS
            else clause(part, ended=ended, goes_on=going[i])
            for i, part in enumerate(parts)
        ]
        for choice in islice(product(*(o[:6] for o in options)), _MOST_CUTS):
            score = sum(s for s, _ in choice) - 0.1 * len(parts)
            found.append(Cut(score, tuple(p for _, phrases in choice for p in phrases)))
    found.sort(key=lambda cut: -cut.score)
    return found[:_MOST_CUTS]


def noun_cuts(words: Sequence[Word]) -> Iterator[tuple[Phrase, ...]]:
    """The ways to cut what may be a noun phrase on its own."""
    for connected in islice(_connected(words), _MOST_CUTS):
        yield whole(items(connected))


# --- connectors ---------------------------------------------------------------------------


def _connected(words: Sequence[Word]) -> Iterator[list[Word]]:
    """The sentence with each comma, ``and`` and ``'s`` taken as one of the things it can be."""
    words = _without_asides(words)
    conditional = bool(words) and words[0].kind == "IF"
    places = [i for i, w in enumerate(words) if w.kind in (COMMA, "AND", CLITIC)]
    if len(places) > 4 * _MOST_CONNECTORS:
        return
    choices: list[list[str]] = []
    loose = 0
    for i in places:
        options = _readings(words, i, conditional)
        if words[i].kind != CLITIC:
            loose += 1
            options = options if loose <= _MOST_CONNECTORS else options[:1]
        choices.append(options)
    for choice in product(*choices):
        taken = [*words]
        for i, kind in zip(places, choice, strict=True):
            taken[i] = replace(taken[i], kind=kind)
        kept = [w for w in taken if w.kind != ""]
        if conditional and not any(w.kind == "THEN" for w in kept):
            yield from _with_then(kept)
        else:
            yield kept


def _without_asides(words: Sequence[Word]) -> list[Word]:
    """The words without commas that set nothing apart: before ``and``, beside an adverb."""
    kept: list[Word] = []
    for i, word in enumerate(words):
        after = words[i + 1] if i + 1 < len(words) else None
        before = kept[-1] if kept else None
        if word.kind == COMMA and (
            after is None
            or before is None
            or after.kind in ("AND", "THEN", COMMA, "IF")
            or before.kind == "AND"
            or (before.kind in ADVERBS and len(kept) == 1)
            or (after.kind in ADVERBS and i + 2 == len(words))
        ):
            continue
        if word.kind in (COMMA, "AND") and _is_between_adjectives(words, i):
            continue
        kept.append(word)
    return kept


def _is_between_adjectives(words: Sequence[Word], at: int) -> bool:
    """Whether a connector stands between two adjectives before one noun: a fat and lazy cat."""
    adjectives = [w.kind == OPEN and is_adjective(w.lower) for w in words]
    start = at
    while start > 0 and (adjectives[start - 1] or words[start - 1].kind in (COMMA, "AND")):
        start -= 1
    noun = words[at + 2] if at + 2 < len(words) else None
    article = start > 0 and words[start - 1].kind in ("A", "THE", "VERY")
    return (
        article
        and adjectives[at - 1]
        and adjectives[at + 1]
        and noun is not None
        and (noun.kind == OPEN or noun.kind in (COMMA, "AND"))
    )


def _readings(words: Sequence[Word], at: int, conditional: bool) -> list[str]:
    """What a comma, an ``and`` or an ``'s`` at a place can be; ``""`` leaves it out."""
    word = words[at]
    after = words[at + 1] if at + 1 < len(words) else None
    if word.kind == CLITIC:
        before = words[at - 1].kind
        if before in ("WHO", "WHAT", "WHERE", "WHY", *PRONOUNS):
            return ["BE"]
        if after is None or after.kind != OPEN:
            return ["BE"]
        return ["POSS", "BE"]
    if word.kind == "AND":
        return ["AND", "ALSO"]
    later = any(w.kind == "AND" for w in words[at + 1 :])
    plain = ["AND", "ALSO"] if later else ["ALSO"]
    return ["THEN", *plain] if conditional else plain


def _with_then(words: list[Word]) -> Iterator[list[Word]]:
    """``If something is a cat it is an animal``: the places where ``then`` is left out."""
    then = Word("THEN", "then", "then")
    for i, word in enumerate(words[2:], start=2):
        if word.kind in ("HE", "IT") and words[i - 1].kind not in ("ALSO", "AND", "PREP"):
            yield [*words[:i], then, *words[i:]]


# --- clauses ------------------------------------------------------------------------------


def _clauses(words: Sequence[Word]) -> list[list[Word]]:
    """The clauses and the joints between them, each joint on its own."""
    parts: list[list[Word]] = []
    for word in words:
        if word.kind in _JOINTS or not parts or parts[-1][0].kind in _JOINTS:
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts


def _joint(word: Word, *, likewise: bool) -> Scored:
    return 0.0, (Phrase("LIKEWISE" if likewise else word.kind, (word,)),)


def _goes_on(parts: Sequence[Sequence[Word]], at: int) -> bool:
    """Whether a clause goes on with the subject of the one before: Tom eats and sleeps."""
    if at < 2 or parts[at - 1][0].kind != "ALSO":
        return False
    word = next((w for w in parts[at] if w.kind not in (*ADVERBS, "NOT")), parts[at][0])
    if word.kind != OPEN:
        return word.kind in ("BE", "DO", "CAN", "MODAL", "HAVE")
    lower = word.lower
    earlier = [w.lower in VERBS for w in parts[at - 2]]
    bare = lower in VERBS and earlier[-1] and sum(earlier) == 1  # cats sleep and purr
    third = is_third_person(lower) and base(lower) in VERBS
    return not word.name and (bare or third or past_base(lower) in VERBS)
