"""Cuts one clause into phrases: around its verb, or where the predicate of ``is`` begins.

Each way comes with a score (``likelihood``); ways whose parts cannot be what they would have to be
are left out. Joining clauses is ``phrases``' part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from mettaclaw.models.english import likelihood
from mettaclaw.models.english.irregular import PARTICIPLES, PASTS
from mettaclaw.models.english.morphology import gerund_base, is_plural, past_base
from mettaclaw.models.english.vocabulary import EVENTS, VERBS, is_adjective
from mettaclaw.models.english.words import COMMA, OPEN, Word

ADVERBS = ("FREQUENCY", "CERTAINTY")
_DETERMINERS = ("A", "THE", "MY", "YOUR", "HIS", "POSS", "QUANTITY")
_OPENERS = ("A", "THE", "MY", "YOUR", "HIS", "QUANTITY")
PRONOUNS = ("I", "YOU", "HE", "IT", "SOMETHING", "SOMEONE")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A terminal of the grammar with its words: a word of a closed class, or open ones."""

    kind: str
    words: tuple[Word, ...]


Item: TypeAlias = "Word | tuple[Word, ...]"  # a word of a closed class, or a run of open ones
Scored: TypeAlias = "tuple[float, tuple[Phrase, ...]]"


def clause(words: Sequence[Word], *, ended: bool, goes_on: bool) -> list[Scored]:
    """The ways to cut one clause, best first; none where it can be no clause.

    Args:
        words: The words of the clause, without what joins it to others.
        ended: Whether the sentence had a final mark; a bare ``apple pies`` is none.
        goes_on: Whether its subject is that of the clause before.
    """
    found = _Clause(items(words), ended, goes_on).cuts()
    found.sort(key=lambda scored: -scored[0])
    return found


def items(words: Sequence[Word]) -> list[Item]:
    """The words with the open ones gathered into runs."""
    found: list[Item] = []
    for word in _named(words):
        last = found[-1] if found else None
        if word.kind != OPEN:
            found.append(word)
        elif isinstance(last, tuple):
            found[-1] = (*last, word)
        else:
            found.append((word,))
    return found


def whole(parts: Iterable[Item]) -> tuple[Phrase, ...]:
    """The items as they are, with no verb among the open words."""
    return tuple(
        Phrase(part.kind, (part,)) if isinstance(part, Word) else Phrase("WORDS", part)
        for part in parts
    )


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


class _Clause:
    """The items of a clause, and the ways to cut it."""

    def __init__(self, parts: Sequence[Item], ended: bool, goes_on: bool) -> None:
        self.parts = parts
        self.kinds = [part.kind if isinstance(part, Word) else OPEN for part in parts]
        self.ended = ended
        self.goes_on = goes_on

    def cuts(self) -> list[Scored]:
        if "UNREADABLE" in self.kinds or COMMA in self.kinds:
            return []
        helper = self._first("DO", "CAN", "MODAL")
        copula = self._first("BE", "BARE_BE")
        has = self._first("HAVE")
        if copula is not None:
            return list(self._with_copula(copula))
        if has is not None:
            return list(self._with_has(has))
        if helper is None and "WHY" in self.kinds:
            return [(0.0, whole(self.parts))]
        return list(self._with_verb(helper))

    # --- with a verb of its own ---

    def _with_verb(self, helper: int | None) -> Iterator[Scored]:
        """Each open word that can be the verb, tried; after its helper, where there is one."""
        for r in range(helper or 0, len(self.parts)):
            for j in range(len(self._run(r))):
                if j == 0 and not self._may_open(r):
                    continue
                score = self._helped(helper, r, j) if helper is not None else self._finite(r, j)
                if score is not None:
                    for phrases in self._around(r, j, "VERB"):
                        yield from _rated(score - 0.05 * j, phrases)

    def _may_open(self, r: int) -> bool:
        """Whether a run may begin with the verb."""
        if r == 0:
            return self.goes_on
        openers = (*PRONOUNS, "WHO", "WHAT", "NOT", "DO", "CAN", "MODAL", *ADVERBS)
        return self.kinds[r - 1] in openers

    def _helped(self, helper: int, r: int, j: int) -> float | None:
        """How likely a word is the verb after ``does`` or ``can``."""
        word, verb = self._run(r)[j], self.parts[helper]
        if not likelihood.may_be_verb(word) or not isinstance(verb, Word):
            return None
        subject = self._run(r)[j - 1] if j and "AND" not in self.kinds[helper:r] else None
        return likelihood.helped_verb(word, verb, subject)

    def _finite(self, r: int, j: int) -> float | None:
        """How likely a word is the verb without a helper; it agrees with its subject."""
        run = self._run(r)
        word, subject = run[j], run[:j]
        before = self._word(r - 1)
        if not likelihood.may_be_verb(word):
            return None
        if word.lower in ("named", "called") and before is not None and before.kind == "A":
            return None  # a cat named Mia
        score = likelihood.finite_verb(word, self._agreement(r, j))
        order = r == 0 and j > 0 and likelihood.is_order(subject[0])
        small = r == 0 and not any(w.name or w.text[:1].isupper() for w in subject)
        if order and j == 1 and small and not self.ended and not is_plural(subject[0].lower):
            return None  # run tests
        if score is None or likelihood.is_common(word):
            return score
        if order:
            return None  # show cats
        last = r == len(self.parts) - 1 and j == len(run) - 1
        return None if last and small and not self.ended else score  # apple pies

    def _agreement(self, r: int, j: int) -> dict[str, float]:
        """Which forms of a verb fit what stands before it: ``s`` and ``p``, each with a score."""
        before = self.kinds[:r]
        if "AND" in before:
            return {"p": 0.0}
        if j:
            return likelihood.number(self._run(r)[:j], self._word(r - 1))
        opener = next((kind for kind in reversed(before) if kind not in ADVERBS), "")
        if opener == OPEN:
            subject = next(p for p in reversed(self.parts[:r]) if isinstance(p, tuple))
            return likelihood.number(subject, self._word(0))
        return {
            "I": {"p": 0.0},
            "YOU": {"p": 0.0},
            "HE": {"s": 0.0, "p": 0.0},
            "WHO": {"s": 0.0, "p": -0.5},
            "WHAT": {"s": 0.0, "p": -0.5},
            "": {"s": 0.0, "p": -0.5},
        }.get(opener, {"s": 0.0})

    # --- with is and has ---

    def _with_copula(self, copula: int) -> Iterator[Scored]:
        """The clause as it is, or with one of its runs cut where the predicate begins."""
        asked = all(k in ("WHO", "WHAT", "WHY", "WHERE", *ADVERBS) for k in self.kinds[:copula])
        searching = self.kinds[0] in ("WHO", "WHAT", "WHERE")
        verb = self._word(copula)
        plural = verb is not None and verb.lower in ("are", "were")
        yield from _rated(0.0, whole(self.parts))
        for r in range(copula + 1, len(self.parts)):
            run = self._run(r)
            after = self.kinds[r + 1] if r + 1 < len(self.kinds) else ""
            for j in range(len(run) if asked else min(1, len(run))):
                yield from self._doing(r, j, after)
                if after == "BY" and j == len(run) - 1 and past_base(run[j].lower):
                    yield from _rated(3.0, self._cut(r, ("WORDS", run[:j]), ("EN", run[j:])))
                happened = self.kinds[0] == "WHERE" and run[-1].lower in EVENTS
                if after in _OPENERS:
                    continue  # is Satay sauce a food: the predicate begins there
                if j and (not searching or happened or self.kinds[-1] in ("PREP", "OF", "BY")):
                    score = likelihood.boundary(run, j, plural=plural)
                    yield from _rated(score, self._cut(r, ("WORDS", run[:j]), ("WORDS", run[j:])))

    def _doing(self, r: int, j: int, after: str) -> Iterator[Scored]:
        """The clause with a word in -ing as what is being done."""
        run = self._run(r)
        word = run[j]
        verb = gerund_base(word.lower)
        more = len(run) > j + 1 or after not in ("", "AND", *ADVERBS)
        object_ = self.kinds[0] in ("WHO", "WHAT") and j > 0 and not is_adjective(run[j - 1].lower)
        noun = j == 0 and self.kinds[r - 1] in _DETERMINERS  # the meaning
        if verb is None or noun or word.name or not (more or object_ or verb in VERBS):
            return
        common = verb in VERBS and not is_adjective(word.lower)
        for phrases in self._around(r, j, "ING"):
            yield from _rated((2.5 if common else 1.0) + (0.5 if more else 0.0), phrases)

    def _with_has(self, has: int) -> Iterator[Scored]:
        """The clause with an object, or with a participle: has eaten; of met, only that one."""
        r = has + 1
        while r < len(self.parts) and self.kinds[r] in (*ADVERBS, "NOT"):
            r += 1
        run = self._run(r)
        verb = past_base(run[0].lower) if run and not run[0].name else None
        done = verb is not None and not run[1:] and likelihood.is_done(run[0].lower, verb)
        if not done:
            yield from _rated(0.0, whole(self.parts))
        if verb is None:
            return
        first, rest = run[0].lower, run[1:]
        irregular = PARTICIPLES.get(verb) == first != PASTS.get(verb)
        if done or irregular or (verb in VERBS and (not rest or rest[0].name)):
            yield from _rated(1.0, self._cut(r, ("EN", run[:1]), ("WORDS", rest)))

    # --- parts ---

    def _run(self, r: int) -> tuple[Word, ...]:
        """The open words at a place; none where there is a word of a closed class."""
        part = self.parts[r] if r < len(self.parts) else ()
        return part if isinstance(part, tuple) else ()

    def _word(self, r: int) -> Word | None:
        part = self.parts[r] if 0 <= r < len(self.parts) else ()
        return part if isinstance(part, Word) else None

    def _first(self, *kinds: str) -> int | None:
        return next((i for i, kind in enumerate(self.kinds) if kind in kinds), None)

    def _around(self, r: int, j: int, kind: str) -> Iterator[tuple[Phrase, ...]]:
        """The clause with one word as its verb; ``like`` after it may be a preposition."""
        run = self._run(r)
        subject, verb, rest = ("WORDS", run[:j]), (kind, run[j : j + 1]), run[j + 1 :]
        if rest and rest[0].lower == "like":
            yield self._cut(r, subject, verb, ("PREP", rest[:1]), ("WORDS", rest[1:]))
        else:
            yield self._cut(r, subject, verb, ("WORDS", rest))

    def _cut(self, r: int, *parts: tuple[str, tuple[Word, ...]]) -> tuple[Phrase, ...]:
        """The clause with one run as these phrases; those without words are left out."""
        middle = [Phrase(kind, words) for kind, words in parts if words]
        return (*whole(self.parts[:r]), *middle, *whole(self.parts[r + 1 :]))


def _rated(score: float, phrases: tuple[Phrase, ...]) -> Iterator[Scored]:
    """The phrases with the score of their noun phrases added; nothing where one cannot be."""
    kinds = [phrase.kind for phrase in phrases]
    at = next((i for i, kind in enumerate(kinds) if kind in ("VERB", "ING")), len(kinds))
    for i, phrase in enumerate(phrases):
        if phrase.kind == "WORDS":
            before = kinds[i - 1] if i else ""
            verb = phrases[at].words[0] if i > at else None
            more = likelihood.noun_phrase(phrase.words, before, verb)
            if more is None:
                return
            score += more
    yield score, phrases
