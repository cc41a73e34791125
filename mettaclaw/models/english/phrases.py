"""Words to phrases: where the verb is, and where one noun phrase ends and the next thing begins.

With names, nouns and verbs all unknown, that is a matter of place and form: ``zorbs glip blickets``
has its verb where a plural meets a bare form. A sentence may be cut in several ways; ``cuts`` gives
them with a score, best first, and the grammar refuses those that are no sentence. Scores only rank;
what is impossible (a verb that does not agree, a noun phrase of an adverb) is not given at all.

Not covered: what the phrases mean (``interpretation``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

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
    LY_NOUNS,
    NUMERALS,
    VERBS,
    is_adjective,
    is_nation,
)
from mettaclaw.models.english.words import CLITIC, COMMA, OPEN, Word

_MOST_CUTS = 64
_MOST_CONNECTORS = 4


@dataclass(frozen=True, slots=True)
class Phrase:
    """A terminal of the grammar with its words: a word of a closed class, or open ones."""

    kind: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """One way to cut a sentence into phrases, and how likely it is (above 0 is likely)."""

    score: float
    phrases: tuple[Phrase, ...]


Item = Word | tuple[Word, ...]  # a word of a closed class, or a run of open ones
Scored = tuple[float, tuple[Phrase, ...]]


def cuts(words: Sequence[Word], *, ended: bool) -> list[Cut]:
    """The ways to cut a sentence, best first; ``ended`` tells that it had a final mark."""
    found: list[Cut] = []
    for connected in islice(_connected(words), 4 * _MOST_CUTS):
        parts = _clauses(connected)
        going = [_goes_on(parts, i) for i in range(len(parts))]
        options = [
            [_joint(part[0], going[i + 1 : i + 2] == [True])]
            if part[0].kind in _JOINTS
            else _clause(part, ended, going[i])
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
        yield _plain(_items(connected))


# --- connectors ------------------------------------------------------------------------------

_JOINTS = ("IF", "THEN", "ALSO")
_ADVERBS = ("FREQUENCY", "CERTAINTY")
_COPULA_STARTS = ("A", "NOT", "VERY", "PREP", "QUANTITY", *_ADVERBS)
_PRONOUNS = ("I", "YOU", "HE", "IT", "SOMETHING", "SOMEONE")


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
            or (before.kind in _ADVERBS and len(kept) == 1)
            or (after.kind in _ADVERBS and i + 2 == len(words))
        ):
            continue
        kept.append(word)
    return kept


def _readings(words: Sequence[Word], at: int, conditional: bool) -> list[str]:
    """What a comma, an ``and`` or an ``'s`` at a place can be; ``""`` leaves it out."""
    word = words[at]
    after = words[at + 1] if at + 1 < len(words) else None
    if word.kind == CLITIC:
        before = words[at - 1].kind
        if before in ("WHO", "WHAT", "WHERE", "WHY", *_PRONOUNS):
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


def _clauses(words: Sequence[Word]) -> list[list[Word]]:
    """The clauses and the joints between them, each joint on its own."""
    parts: list[list[Word]] = []
    for word in words:
        if word.kind in _JOINTS or not parts or parts[-1][0].kind in _JOINTS:
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts


def _joint(word: Word, likewise: bool) -> Scored:
    return 0.0, (Phrase("LIKEWISE" if likewise else word.kind, (word,)),)


# --- clauses ---------------------------------------------------------------------------------


def _goes_on(parts: Sequence[Sequence[Word]], at: int) -> bool:
    """Whether a clause goes on with the subject of the one before: Tom eats and sleeps."""
    if at < 2 or parts[at - 1][0].kind != "ALSO":
        return False
    word = next((w for w in parts[at] if w.kind not in (*_ADVERBS, "NOT")), parts[at][0])
    if word.kind != OPEN:
        return word.kind in ("BE", "DO", "CAN", "MODAL", "HAVE")
    lower = word.lower
    earlier = [w.lower in VERBS for w in parts[at - 2]]
    bare = lower in VERBS and earlier[-1] and sum(earlier) == 1  # cats sleep and purr
    third = is_third_person(lower) and base(lower) in VERBS
    return not word.name and (bare or third or past_base(lower) in VERBS)


def _clause(words: Sequence[Word], ended: bool, goes_on: bool) -> list[Scored]:
    """The ways to cut one clause, best first; none where it can be no clause."""
    items = _items(words)
    kinds = [item.kind if isinstance(item, Word) else OPEN for item in items]
    if "UNREADABLE" in kinds or COMMA in kinds:
        return []
    helper = _first(kinds, ("DO", "CAN", "MODAL"))
    copula = _first(kinds, ("BE", "BARE_BE"))
    has = _first(kinds, ("HAVE",))
    if helper is not None and copula is None and has is None:
        found = _with_verb(items, kinds, helper, ended, goes_on)
    elif copula is not None:
        found = _with_copula(items, kinds, copula)
    elif has is not None:
        found = _with_has(items, has)
    elif len(kinds) <= 3 and "WHY" in kinds:
        found = [(0.0, _plain(items))]
    else:
        found = _with_verb(items, kinds, None, ended, goes_on)
    found.sort(key=lambda scored: -scored[0])
    return found


def _items(words: Sequence[Word]) -> list[Item]:
    items: list[Item] = []
    for word in _named(words):
        last = items[-1] if items else None
        if word.kind != OPEN:
            items.append(word)
        elif isinstance(last, tuple):
            items[-1] = (*last, word)
        else:
            items.append((word,))
    return items


def _named(words: Sequence[Word]) -> list[Word]:
    """Words of the closed classes inside a name made part of it: Lord of the Rings."""
    out = list(words)
    for i in range(1, len(out) - 1):
        word, after = out[i], out[i + 1]
        reach = 2 if after.kind == "THE" and i + 2 < len(out) else 1
        inner = word.kind == "OF" and out[i - 1].kind == OPEN and out[i + reach].name
        titled = out[i - 1].text[:1].isupper()
        role = i > 1 and out[i - 2].kind == "THE" and not out[i - 1].name
        if inner and titled and not role and not (i > 2 and out[i - 3].kind == "BE"):
            for j in range(i, i + reach):
                out[j] = replace(out[j], kind=OPEN, name=True)
    return out


def _with_verb(
    items: Sequence[Item], kinds: Sequence[str], helper: int | None, ended: bool, goes_on: bool
) -> list[Scored]:
    """A clause with a verb of its own: each open word that can be it, tried."""
    found: list[Scored] = []
    for r, item in enumerate(items):
        if isinstance(item, Word) or (helper is not None and r < helper):
            continue
        for j, word in enumerate(item):
            before = kinds[r - 1] if r else ""
            if j == 0 and not (goes_on and r == 0) and not _may_open(before):
                continue
            score = _verb_score(items, kinds, r, j, helper, ended)
            if score is None:
                continue
            for phrases in _around(items, r, j, "VERB"):
                total = _checked(phrases)
                if total is not None:
                    found.append((score + total - 0.05 * j, phrases))
    return found


def _may_open(before: str) -> bool:
    """Whether a run after this kind of word may begin with its verb."""
    return before in (*_PRONOUNS, "WHO", "WHAT", "NOT", "DO", "CAN", "MODAL", *_ADVERBS)


def _verb_score(
    items: Sequence[Item],
    kinds: Sequence[str],
    r: int,
    j: int,
    helper: int | None,
    ended: bool,
) -> float | None:
    """How likely a word is the verb of its clause; None where it cannot be."""
    run = items[r]
    assert isinstance(run, tuple)
    word = run[j]
    if word.name or word.is_number or (word.lower.endswith("ly") and word.lower not in VERBS):
        return None
    lower = word.lower
    if helper is not None:
        subject_last = run[j - 1] if j else None
        known = lower in VERBS
        score = 3.0 if known else 0.0
        if is_third_person(lower) and not known:
            score -= 1.5
        return score + _helper_agreement(items, kinds, helper, r, subject_last)
    third, before = is_third_person(lower), past_base(lower)
    known = base(lower) in VERBS if third else lower in VERBS
    agreed = _agreement(items, kinds, r, j)
    form = "s" if third else "p"
    past = before is not None and not (known and form in agreed)
    if past:
        score = 2.5 if before in VERBS else 0.0
    elif form in agreed:
        score = (3.0 if known else 0.3 if third else 0.0) + agreed[form]
    else:
        return None
    subject = run[:j]
    alone = r == 0 and j == 1
    if alone and not known and not past and subject[0].lower in VERBS and not subject[0].name:
        return None  # an order: "show cats"
    last = r == len(items) - 1 and j == len(run) - 1
    bare = r == 0 and not any(w.name or w.text[:1].isupper() for w in subject)
    if last and bare and not known and not ended:
        return None  # a piece of a phrase: "apple pies"
    return score


def _helper_agreement(
    items: Sequence[Item], kinds: Sequence[str], helper: int, r: int, last: Word | None
) -> float:
    """Whether ``do`` and ``does`` fit the noun before the verb."""
    word = items[helper]
    assert isinstance(word, Word)
    if last is None or last.name or word.lower not in ("do", "does") or "AND" in kinds[helper:r]:
        return 0.0
    plural = is_plural(last.lower)
    return 0.0 if plural == (word.lower == "do") else -0.7


def _agreement(items: Sequence[Item], kinds: Sequence[str], r: int, j: int) -> dict[str, float]:
    """Which forms of a verb fit what stands before it: ``s`` and ``p``, with a score for each."""
    run = items[r]
    assert isinstance(run, tuple)
    before = kinds[:r]
    if "AND" in before:
        return {"p": 0.0}
    if j == 0:
        opener = next((k for k in reversed(before) if k not in _ADVERBS), "")
        if opener in ("I", "YOU"):
            return {"p": 0.0}
        if opener == "HE":
            return {"s": 0.0, "p": 0.0}
        if opener in ("WHO", "WHAT"):
            return {"s": 0.0, "p": -0.5}
        if opener == "":
            return {"s": 0.0, "p": -0.5}
        if opener == OPEN:
            subject = next(i for i in reversed(items[:r]) if isinstance(i, tuple))
            return _number_of(subject, items[0])
        return {"s": 0.0}
    return _number_of(run[:j], items[r - 1] if r else None)


def _number_of(noun: Sequence[Word], before: Item | None) -> dict[str, float]:
    head = noun[-1]
    counted = before.lower if isinstance(before, Word) else ""
    if counted in ("a", "an", "every", "each", "almost every", "nearly every", "not every"):
        return {"s": 0.0}
    if head.name:
        return {"s": 0.0, "p": -0.5} if head.lower.endswith("s") else {"s": 0.0}
    odd = head.lower in ADJECTIVES and (len(noun) == 1 or not head.text[:1].isupper())
    penalty = -2.5 if odd or head.lower in NUMERALS else 0.0
    if is_plural(head.lower):
        return {"p": penalty, "s": penalty - (0.0 if head.lower.endswith("us") else 1.5)}
    if head.lower.endswith("s"):
        return {"s": penalty, "p": penalty - 0.5}
    return {"s": penalty}


def _with_copula(items: Sequence[Item], kinds: Sequence[str], copula: int) -> list[Scored]:
    """A clause with ``is``: as it is, or with one of its runs cut where the predicate begins."""
    found: list[Scored] = []
    asked = all(k in ("WHO", "WHAT", "WHY", "WHERE", *_ADVERBS) for k in kinds[:copula])
    verb = items[copula]
    plural = isinstance(verb, Word) and verb.lower in ("are", "were")

    def add(score: float, phrases: tuple[Phrase, ...]) -> None:
        checked = _checked(phrases)
        if checked is not None:
            found.append((score + checked, phrases))

    add(0.0, _plain(items))
    for r in range(copula + 1, len(items)):
        run = items[r]
        if isinstance(run, Word):
            continue
        after = kinds[r + 1] if r + 1 < len(kinds) else ""
        for j, word in enumerate(run):
            if j and not asked:
                break
            doing = gerund_base(word.lower)
            rest = len(run) > j + 1 or after not in ("", "AND", *_ADVERBS)
            if doing is not None and not word.name and (rest or doing in VERBS):
                known = doing in VERBS and not is_adjective(word.lower)
                for phrases in _around(items, r, j, "ING"):
                    add((2.5 if known else 1.0) + (0.5 if rest else 0.0), phrases)
            if after == "BY" and j == len(run) - 1 and past_base(word.lower) is not None:
                add(3.0, _replaced(items, r, ("WORDS", run[:j]), ("EN", run[j:])))
            if asked and j:
                score = _boundary(run, j, plural)
                add(score, _replaced(items, r, ("WORDS", run[:j]), ("WORDS", run[j:])))
    return found


def _boundary(run: Sequence[Word], at: int, plural: bool) -> float:
    """How likely what is asked about ends, and its predicate begins, at a place in a run."""
    before, after = run[at - 1], run[at]
    rest = [w.lower for w in run[at:]]
    score = 0.5 if len(rest) == 1 else 0.0
    if all(is_adjective(w) for w in rest):
        score += 1.0
        if at > 1 and is_adjective(before.lower) and not before.name:
            score -= 0.8
    if before.name and not after.name:
        score += 2.0
    if after.name:
        score -= 0.0 if before.name else 1.0
    if plural:
        score += 1.5 if is_plural(before.lower) else 0.0
        score -= 2.0 if any(is_plural(w.lower) for w in run[: at - 1]) else 0.0
        score += 0.5 if is_plural(rest[-1]) else 0.0
    return score


def _with_has(items: Sequence[Item], has: int) -> list[Scored]:
    """A clause with ``has``, which has an object, or a participle: has eaten."""
    found: list[Scored] = []
    plain = _plain(items)
    score = _checked(plain)
    if score is not None:
        found.append((score, plain))
    run = items[has + 1] if has + 1 < len(items) else None
    if isinstance(run, tuple) and not run[0].name:
        verb = past_base(run[0].lower)
        rest = run[1:]
        perfect = PARTICIPLES.get(verb or "") == run[0].lower != PASTS.get(verb or "")
        if verb is not None and (perfect or (verb in VERBS and (not rest or rest[0].name))):
            phrases = _replaced(items, has + 1, ("EN", run[:1]), ("WORDS", rest))
            score = _checked(phrases)
            if score is not None:
                found.append((score + 1.0, phrases))
    return found


# --- making phrases --------------------------------------------------------------------------


def _plain(items: Iterable[Item]) -> tuple[Phrase, ...]:
    return tuple(
        Phrase(item.kind, (item,)) if isinstance(item, Word) else Phrase("WORDS", item)
        for item in items
    )


def _around(items: Sequence[Item], r: int, j: int, kind: str) -> Iterator[tuple[Phrase, ...]]:
    """The clause with word j of run r as its verb; ``like`` after it may be a preposition."""
    run = items[r]
    assert isinstance(run, tuple)
    subject, verb, rest = ("WORDS", run[:j]), (kind, run[j : j + 1]), run[j + 1 :]
    yield _replaced(items, r, subject, verb, ("WORDS", rest))
    if rest and rest[0].lower == "like":
        yield _replaced(items, r, subject, verb, ("PREP", rest[:1]), ("WORDS", rest[1:]))


def _replaced(
    items: Sequence[Item], r: int, *parts: tuple[str, tuple[Word, ...]]
) -> tuple[Phrase, ...]:
    """The clause with run r as these phrases; those without words are left out."""
    middle = [Phrase(kind, words) for kind, words in parts if words]
    return (*_plain(items[:r]), *middle, *_plain(items[r + 1 :]))


def _checked(phrases: Sequence[Phrase]) -> float | None:
    """How likely the noun phrases of a clause are such; None where one of them cannot be."""
    total = 0.0
    kinds = [p.kind for p in phrases]
    verb = next((i for i, k in enumerate(kinds) if k == "VERB"), None)
    for i, phrase in enumerate(phrases):
        if phrase.kind != "WORDS":
            continue
        after_verb = verb is not None and i > verb
        score = _noun_score(phrase.words, after_verb, kinds[i - 1] if i else "")
        if score is None:
            return None
        total += score
    return total


_COLOURS = frozenset("black blue brown green grey gray orange pink purple red white yellow".split())


def _noun_score(words: Sequence[Word], is_object: bool, before: str) -> float | None:
    """How likely some words are one noun or adjective phrase; None where they cannot be."""
    small = [w for w in words if not w.name]
    if len(small) > 4 or len(words) > 8 or _tells_how(words, is_object, before):
        return None
    if is_object and not _may_be_object(words, before):
        return None
    score = -0.5 * max(0, len(small) - 2)
    for i, word in enumerate(words):
        after = words[i + 1] if i + 1 < len(words) else None
        if word.name:
            continue
        if after is not None and is_plural(word.lower) and word.lower.endswith("s"):
            score -= 2.0
        if i and is_third_person(word.lower) and base(word.lower) in VERBS:
            if after is not None and after.name:
                return None  # a verb between two names
            score -= 0.3 if is_plural(word.lower) else 1.0
    return score


def _tells_how(words: Sequence[Word], is_object: bool, before: str) -> bool:
    """Whether the words end in an adverb such as ``quickly``."""
    last = words[-1]
    lower = last.lower
    if not lower.endswith("ly") or last.name or lower in LY_NOUNS or is_adjective(lower):
        return False
    if len(words) == 1 and last.text[:1].isupper():
        return False  # Sally, at the beginning of a sentence
    return is_object or len(words) > 1 or before != "BE"


def _may_be_object(words: Sequence[Word], before: str) -> bool:
    lowers, last = [w.lower for w in words], words[-1]
    if not last.name and is_adjective(last.lower) and last.lower not in _COLOURS | _PEOPLE:
        alone = len(words) == 1 and before in ("VERB", "AND")
        if alone or not all(is_adjective(w) for w in lowers):
            return False  # makes her happy, looks sad
    if before == "PREP" and len(words) > 1 and lowers[0] in VERBS and not words[0].name:
        return False  # wants to eat fish
    for left, right in zip(words, words[1:], strict=False):
        if left.name and not (right.name or left.quoted or left.is_number or is_nation(left.lower)):
            return False  # gives Mary flowers
    return not any(is_plural(w.lower) and not w.name for w in words[:-1])


_PEOPLE = frozenset(
    "human adult native giant twin criminal animal professional expert senior".split()
)


def _first(kinds: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((i for i, kind in enumerate(kinds) if kind in wanted), None)
