"""Sentences with a time or a speaker around them: what Sam says, what was so on Monday.

What stands inside is read by the reader as if it stood alone, ``was`` as ``is``; the time and the
speaker are kept beside it. ``dated`` makes statements of them once it is known when that was said:
``(at STATEMENT FROM TO)``, and the statement itself where it holds until now. Invariant: a time
that does not fit the verb (``Tom is a cat on Monday``) leaves the sentence unread.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from mettaclaw.atoms.syntax import Atom, Expression, Symbol
from mettaclaw.atoms.truth import Truth
from mettaclaw.models.english.hearsay import report
from mettaclaw.models.english.meaning import (
    Ask,
    Describe,
    Explain,
    Find,
    Reading,
    Recall,
    Statement,
    Tell,
)
from mettaclaw.models.english.morphology import gerund, is_plural
from mettaclaw.models.english.periods import (
    EVER,
    SINCE_WHEN,
    Days,
    When,
    days,
    ending,
    opening,
    whole,
)
from mettaclaw.models.english.vocabulary import is_adjective

Read = Callable[[str], "Reading | None"]

_PRESENT = {"was": "is", "were": "are", "wasn't": "isn't", "weren't": "aren't"}
_WAS = re.compile(r"\b(was|were)(n't)?\b", re.IGNORECASE)
_BEEN = re.compile(r"\b(has|have) been\b", re.IGNORECASE)
_HAS_BEEN = re.compile(r"\b(has|have)\s+(\S.*?)\s+been\b", re.IGNORECASE)
_NO_LONGER = re.compile(r"\b(is|are|am)\s+no\s+longer\b", re.IGNORECASE)
_ANY_MORE = re.compile(r"(?<=\S)\s+any\s?more\Z", re.IGNORECASE)
_DENIED = re.compile(r"n't\b|\bnot\b|\bcannot\b", re.IGNORECASE)
_PERFECT = re.compile(r"\b(?:has|have|'s|'ve)\b", re.IGNORECASE)
_I = re.compile(r"\bI (?:is|are)\b")
_IS_I = re.compile(r"\b(?:is|are) (I)\b", re.IGNORECASE)
_NOW = ("today", "this week", "this month", "this year")
_WHEN = re.compile(
    r"(?:(?:since\s+|until\s+)?when|how\s+long)\s+((?:is|are|was|were|am|does|do|did|has|have)\s+\S.*)",
    re.IGNORECASE,
)
_AND = re.compile(r",?\s+(?:and|but|while|whereas)\s+")
_AND_THAT = re.compile(r",?\s+(and|but)\s+that\s+")
_IF = re.compile(r"\b(?:if|when|whenever)\b", re.IGNORECASE)
_BECOMES = re.compile(
    r"\b(?P<subject>[\w'-]+)\s+(?P<verb>(?:get|become|turn)s?)\s+(?P<rest>[\w-]+)"
    r"(?=\s*(?:,|\Z|\b(?:then|and|if|when|whenever)\b))",
    re.IGNORECASE,
)
_HAS = {"has": "is", "have": "are"}
_DID = "did_"


def reported(text: str, read: Read) -> Reading | None:
    """What somebody is said to have said; None for any other sentence."""
    found = report(text)
    if found is None or not found.said:
        return None
    alone = found.source == "user" and not found.others
    if alone and found.when is None and not found.denied:
        return None
    told = _told(found.said, read) or _told(_AND_THAT.sub(r" \1 ", found.said), read)
    when = found.when
    if told is None and when is not None:
        told = _told_then(found.said, when, read)
    if told is None and when is None:  # Sam said that Tom is a cat on Monday: then he said it
        late = ending(found.said) or opening(found.said)
        if late is not None and late[0].relation == "at":
            when, told = late[0], _told(late[1], read)
    if told is None or (when is not None and when.relation != "at"):
        return None
    reading, act = told
    kept = opposite(reading, act) if found.denied else act
    if kept is None:
        return None
    others = tuple(source for _, source in found.others)
    return replace(reading, act=replace(kept, source=found.source, told=when, others=others))


def apart(text: str, read: Read) -> tuple[str, str] | None:
    """A sentence as two, of which the second tells what somebody said; None for any other:
    Sam said that Kit is a cat and Bob said that she is a dog.
    """
    for link in _AND.finditer(text):
        rest = text[link.end() :]
        found = report(rest)
        if found is not None and (not found.said or _told(found.said, read) is not None):
            return text[: link.start()], rest
    return None


def opposite(reading: Reading, act: Tell) -> Tell | None:
    """The opposite of one plain statement; None where it has none, as of a rule or of a kind."""
    kinds = {surface.symbol for surface in reading.surfaces if surface.form == "noun"}
    one = act.statements[0]
    match one.atom:
        case Expression((Symbol("-->" | "<->"), about, _)) if one.truth.f in (0.0, 1.0):
            thing = about.children[1] if isinstance(about, Expression) else about
            if len(act.statements) == 1 and str(thing) not in kinds:
                turned = replace(one, truth=Truth(1.0 - one.truth.f, one.truth.c))
                return replace(act, statements=(turned,), implied=())
        case _:
            pass
    return None


def _told(text: str, read: Read) -> tuple[Reading, Tell] | None:
    inner = read(text)
    if inner is None or not isinstance(inner.act, Tell) or inner.act.source:
        return None
    return inner, inner.act


def _told_then(text: str, when: When, read: Read) -> tuple[Reading, Tell] | None:
    """What was so on the day that it was said: on Monday, the vet said that Tom was ill."""
    now = _present(text)
    inner = _told(now, read) if now != text and whole(when.first, date.min) is None else None
    act = _placed(inner[1], when, text, True) if inner is not None else None
    return None if inner is None or act is None else (inner[0], act)


def ended(text: str) -> str:
    """A sentence of what is no longer so, as one of what is not so."""
    now = _NO_LONGER.sub(r"\1 not", text, count=1)
    return _ANY_MORE.sub("", now) if _DENIED.search(now) else now


def become(text: str) -> str:
    """A rule for what becomes so, as one for what is so: if it rains, the street gets wet."""
    if not _IF.search(text):
        return text
    return _BECOMES.sub(_is_so, text)


def _is_so(found: re.Match[str]) -> str:
    subject, verb, rest = found["subject"], found["verb"].lower(), found["rest"]
    grows = rest.lower().endswith(("er", "worse"))  # gets older
    base = not verb.endswith("s")
    if grows or not is_adjective(rest.lower()) or (base and not is_plural(subject.lower())):
        return found[0]
    return f"{subject} {'are' if base else 'is'} {rest}"


def timed(text: str, read: Read) -> Reading | None:
    """A statement or a question about a time; None for any other sentence."""
    asked = _WHEN.fullmatch(text)
    if asked:
        lasting = text.lower().startswith(("since", "how"))
        found = (SINCE_WHEN if lasting else EVER, asked[1])
    else:
        found = opening(text) or ending(text)
    if found is None:
        return None
    when, rest = found
    plain = _present(rest)
    inner = read(plain)
    if inner is None or inner.when is not None:
        return None
    past = plain != rest or _is_past(inner)
    if isinstance(inner.act, Tell):
        act = _placed(inner.act, when, rest, past)
        return None if act is None else replace(inner, act=act)
    if when.relation == "ever" and not isinstance(inner.act, Ask):
        return None
    if when.relation == "since" and isinstance(inner.act, Ask):
        when = SINCE_WHEN  # the answer has the day since when it is so
    if when.relation == "since" or (when.relation not in ("as of", "ever") and not past):
        return None
    match inner.act:
        case Ask() | Explain():
            goals = tuple(replace(g, atom=_base(g.atom)) for g in inner.act.goals)
            return replace(inner, act=replace(inner.act, goals=goals), when=when)
        case Find():
            verb = inner.act.verb.removeprefix(_DID)
            act = replace(inner.act, goal=_base(inner.act.goal), verb=verb)
            return replace(inner, act=act, when=when)
        case Describe() | Recall():
            return replace(inner, when=when)
        case _:
            return None


def _placed(act: Tell, when: When, rest: str, past: bool) -> Tell | None:
    """A statement at a time, where its verb fits the time."""
    if act.when is not None or act.source or any(not _is_plain(s.atom) for s in act.statements):
        return None
    perfect = bool(_PERFECT.search(rest))
    if when.relation == "since":
        return replace(act, when=when, present=True) if perfect or not past else None
    if when.relation in ("as of", "ever") or (perfect and _BEEN.search(rest)):
        return None
    if past:
        return replace(act, when=when)
    now = when.relation == "at" and when.first in _NOW
    return replace(act, when=when, present=True) if now else None


def _is_plain(atom: Atom) -> bool:
    match atom:
        case Expression((Symbol("-->" | "<->"), _, _)):
            return True
        case _:
            return False


def _present(text: str) -> str:
    """A sentence with ``was`` as ``is``, and ``has been`` too."""
    now = _HAS_BEEN.sub(lambda m: f"{_like(m[1], _HAS[m[1].lower()])} {m[2]}", text, count=1)
    now = _BEEN.sub(lambda m: _HAS[m[1].lower()], now, count=1)
    now = _WAS.sub(lambda m: _like(m[0], _PRESENT[m[0].lower()]), now, count=1)
    if now == text:
        return text
    return _IS_I.sub("am I", _I.sub("I am", now))


def _like(word: str, other: str) -> str:
    return other.capitalize() if word[:1].isupper() else other


def _is_past(reading: Reading) -> bool:
    """Whether a sentence was read as of what was done."""
    match reading.act:
        case Tell():
            atoms = [s.atom for s in reading.act.statements]
        case Ask() | Explain():
            atoms = [s.atom for s in reading.act.goals]
        case Find():
            if reading.act.verb.startswith(_DID):
                return True
            atoms = [reading.act.goal]
        case Recall():
            return True  # what did you know
        case _:
            return False
    return any(_base(atom) != atom for atom in atoms)


def _base(atom: Atom) -> Atom:
    """What was done, as what is done: ``did_chase`` as ``chase``."""
    match atom:
        case Expression((Symbol("-->"), thing, Symbol(relation))) if relation.startswith(_DID):
            return Expression((Symbol("-->"), thing, Symbol(relation.removeprefix(_DID))))
        case Expression((Symbol("-->"), thing, Expression((sign, Symbol(quality))))) if (
            quality.startswith(_DID)
        ):
            verb, _, rest = quality.removeprefix(_DID).partition("_")
            doing = "_".join(filter(None, (gerund(verb), rest)))
            return Expression((Symbol("-->"), thing, Expression((sign, Symbol(doing)))))
        case _:
            return atom


def dated(act: Tell, now: float) -> Tell | None:
    """The statements of what was so at a time; None where that time has not come, or is none."""
    if act.when is None:
        return act
    found = days(act.when, now)
    if found is None:
        return None
    placed: list[Statement] = []
    plain: list[Statement] = []
    for s in act.statements:
        base = _base(s.atom)
        placed.append(Statement(held(base, found), s.truth))
        if act.present or base != s.atom:
            plain.append(replace(s, atom=base if act.present else s.atom))
    return replace(act, statements=tuple(placed), implied=(*plain, *act.implied), when=None)


def held(atom: Atom, when: Days) -> Expression:
    """``(at STATEMENT FROM TO)``."""
    return Expression((Symbol("at"), atom, *when.atoms))
