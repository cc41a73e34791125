"""Reads a sentence: what stands around it by ``frames``, the sentence itself by the grammar.

``read`` gives what the sentence does, or None where it cannot be read: it never guesses at half of
one. Readings are kept, so that the cycles of a turn and its history are not read again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from mettaclaw.atoms.syntax import Atom
from mettaclaw.models.english import accounts, circumstances, frames, grammar
from mettaclaw.models.english.degrees import PLAIN
from mettaclaw.models.english.hearsay import misspelled
from mettaclaw.models.english.interpretation import interpret
from mettaclaw.models.english.meaning import (
    USER,
    WHAT,
    Antecedent,
    Ask,
    Chat,
    Describe,
    Doubt,
    Explain,
    Find,
    Forget,
    Reading,
    Recall,
    Remember,
    Tell,
    is_a,
)
from mettaclaw.models.english.nouns import Noun, Scope, Unclear
from mettaclaw.models.english.phrases import cuts, noun_cuts
from mettaclaw.models.english.prose import STRAIGHT
from mettaclaw.models.english.vocabulary import SUPPOSITIONS
from mettaclaw.models.english.words import OPEN, Word, words

_FLOOR = -1.5  # a cut of a sentence that is less likely is not taken,
_MARGIN = 1.2  # nor one that is this much less likely than the best
_MAX_CHARS = 1_000
_AGREES = re.compile(r"\b(?:dis)?agree(?:s|d)?\Z", re.IGNORECASE)


def read(
    text: str, *, question: bool, ended: bool, antecedent: Antecedent | None = None
) -> Reading | None:
    """What a sentence does, or None.

    Args:
        text: The sentence without its final marks.
        question: Whether it had a question mark.
        ended: Whether it had a final mark at all.
        antecedent: What a pronoun in it may stand for.
    """
    if len(text) > _MAX_CHARS:
        return None
    return _read(" ".join(text.split()), _Manner(question, ended, antecedent))


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a sentence is said: as a question, with a final mark, and after what; and whether it
    stands in a report already, or beside a time.
    """

    question: bool
    ended: bool
    antecedent: Antecedent | None
    in_report: bool = False
    in_time: bool = False

    @property
    def told(self) -> _Manner:
        return replace(self, question=False)

    @property
    def asked(self) -> _Manner:
        return replace(self, question=True)


@lru_cache(maxsize=2_048)
def _read(text: str, manner: _Manner) -> Reading | None:
    plain = text.translate(STRAIGHT).rstrip(" .!?,")
    quoted = frames.QUOTED.match(plain)
    if quoted and not set(quoted[1]) & {'"'}:
        plain = quoted[1].rstrip(" .!?,")
    for attempt in (_chat, _accounts, _about, _memory, _reported, _plain, _timed):
        found = attempt(plain, manner)
        if found is not None:
            return found
    opening = frames.OPENING.match(plain)
    rest = plain[opening.end() :] if opening else plain
    now = circumstances.ended(plain)
    then = circumstances.become(plain)
    for shorter in (
        rest,
        now,
        then,
        frames.ENDING.sub("", plain),
        frames.ALSO.sub("", plain, count=1),
    ):
        if shorter and shorter != plain:
            found = _read(shorter, manner)
            if found is not None:
                return found
    return None


def _chat(text: str, manner: _Manner) -> Reading | None:
    doubted = manner.question and frames.DOUBT_IF_ASKED.fullmatch(text)
    if doubted or frames.DOUBT.fullmatch(text):
        return Reading(Doubt(), antecedent=manner.antecedent)
    if frames.WHY.fullmatch(text):
        return Reading(Explain(), antecedent=manner.antecedent)
    if frames.WHY_NOT.fullmatch(text):
        return Reading(Explain(rejected=True), antecedent=manner.antecedent)
    for topic, pattern in frames.CHAT.items():
        if pattern.fullmatch(text):
            return Reading(Chat(topic), antecedent=manner.antecedent)
    return None


def _accounts(text: str, manner: _Manner) -> Reading | None:
    """Who said what, and what somebody says to what was said before."""
    if manner.in_report or manner.in_time:
        return None
    found = accounts.asked(text, _inside(manner))
    if found is None and not manner.question:
        found = accounts.echoed(text)
    return found and replace(found, antecedent=found.antecedent or manner.antecedent)


def _inside(manner: _Manner) -> accounts.Reader:
    told = replace(manner.told, in_report=True)
    return accounts.Reader(lambda said: _read(said, told), lambda noun: _noun(noun, manner))


def _about(text: str, manner: _Manner) -> Reading | None:
    """Sentences about a sentence: I think that …, do you know whether …, how do you know that …"""
    sure = None if manner.question else _sure(text, manner)
    if sure is not None:
        return sure
    found = frames.THERE.fullmatch(text)
    if found and not manner.question:
        return _read(f"{found['name']} is {found['kind']}", manner)
    found = frames.ANY_THERE.fullmatch(text)
    if found:
        asked = f"is anything {found['one']}" if found["one"] else f"who are {found['many']}"
        return _read(asked, manner.asked)
    found = frames.NAMED.fullmatch(text)
    if found:
        return _read(f"what is the name of {found['thing']}", manner.asked)
    found = frames.HOW_KNOW.fullmatch(text)
    if found:
        return _explained(_read(found["rest"], manner.told))
    found = frames.WHEN.fullmatch(text)
    if found:
        return _read(f"what is {found['rest']}", manner.asked)
    found = frames.WHEN_IS.fullmatch(text)
    inner = _read(f"where {found['rest']}", manner.asked) if found else None
    if inner is not None and isinstance(inner.act, Find):
        then = _timed(text, manner)
        goals = then.act.goals if then is not None and isinstance(then.act, Ask) else ()
        ever = goals[0].atom if len(goals) == 1 else None
        return replace(inner, act=replace(inner.act, place=False, time=True, ever=ever))
    found = frames.EMBEDDED.match(text)
    if found:
        inner = _read(_uninverted(text[found.end() :]), manner.asked)
        if inner is not None:
            return inner
    found = frames.ASKED.match(text)
    if found and (found["link"] or manner.question):
        inner = _read(text[found.end() :], manner.asked)
        if inner is not None and isinstance(inner.act, Ask):
            return inner
    tagged = frames.TAG.search(text)
    return _read(text[: tagged.start()], manner.asked) if tagged else None


def _sure(text: str, manner: _Manner) -> Reading | None:
    """A statement with how sure somebody is of it, before or after it; or that it is not so."""
    for table, untrue in ((frames.SURE, False), (frames.SURE_AFTER, False), (frames.UNTRUE, True)):
        for c, pattern in table:
            found = pattern.search(text) if table is frames.SURE_AFTER else pattern.match(text)
            if not found:
                continue
            inner = _read(text[: found.start()] + text[found.end() :], manner.told)
            if inner is None or not isinstance(inner.act, Tell):
                continue
            if untrue and not _is_own(inner.act):
                continue  # I doubt that Sam said it
            act = circumstances.opposite(inner, inner.act) if untrue else inner.act
            return replace(inner, act=_with_confidence(act, c)) if act is not None else None
    return None


def _with_confidence(act: Tell, c: float) -> Tell:
    """The statements, as sure as the person says, where their own words do not say."""
    statements, implied = (
        tuple(
            replace(s, truth=replace(s.truth, c=c)) if s.truth.c == PLAIN.c else s for s in several
        )
        for several in (act.statements, act.implied)
    )
    return replace(act, statements=statements, implied=implied)


def _is_own(act: Tell) -> bool:
    """Whether the person says it, and of no time."""
    return not act.source and act.when is None


def _explained(inner: Reading | None) -> Reading | None:
    if inner is None or not isinstance(inner.act, Tell | Ask) or inner.when is not None:
        return None
    if isinstance(inner.act, Tell) and not _is_own(inner.act):
        return None
    goals = inner.act.statements if isinstance(inner.act, Tell) else inner.act.goals
    return replace(inner, act=Explain(goals))


def _uninverted(text: str) -> str:
    """``who Tom is`` as a question of its own: who is Tom."""
    found = frames.INDIRECT.fullmatch(text)
    return f"{found['wh']} {found['be']} {found['rest']}" if found else text


def statements(text: str, *, patterns: bool = False) -> tuple[Atom, ...]:
    """The statements that a sentence or question in English is about; none where it has none.

    Those about somebody's things, such as ``my cat``, take a conversation to tell who is meant.
    With ``patterns``, questions for things have one each: who is kind.
    """
    for question in (False, True):
        reading = read(text.rstrip(" .!?"), question=question, ended=True)
        if reading is None or reading.references or reading.when is not None:
            continue
        if isinstance(reading.act, Tell) and _is_own(reading.act):
            return tuple(s.atom for s in reading.act.statements)
        if isinstance(reading.act, Ask | Explain):
            return tuple(s.atom for s in reading.act.goals)
        if patterns and isinstance(reading.act, Find | Describe):
            return _wanted(reading.act)
    return ()


def _wanted(act: Find | Describe) -> tuple[Atom, ...]:
    """The patterns that a question for things asks for; none where they would not say it all."""
    if isinstance(act, Describe):
        return (is_a(act.thing, WHAT), *(_wanted(act.find) if act.find is not None else ()))
    return () if act.denied or act.ever is not None else (act.goal,)


def two(text: str) -> tuple[str, str] | None:
    """A sentence that cannot be read, as two that can; None where it is none of those."""
    if len(text) > _MAX_CHARS:
        return None
    plain = text.translate(STRAIGHT)
    parts = circumstances.apart(plain, lambda said: read(said, question=False, ended=True))
    if parts is None or not all(read(one, question=False, ended=True) for one in parts):
        return None
    return parts


# --- memory ----------------------------------------------------------------------------------


def _memory(text: str, manner: _Manner) -> Reading | None:
    if frames.RECALL_ALL.fullmatch(text):
        return Reading(Recall(None, ""), antecedent=manner.antecedent)
    found = frames.RECALL.fullmatch(text)
    if found:
        named = found.groupdict()
        thing = next(v for k, v in named.items() if k.startswith("thing") and v)
        memory = (named["verb"] or named["verb2"] or "").lower() in ("remember", "recall")
        return _recall(thing, memory, manner)
    if manner.question and not frames.REQUEST.match(text):
        return None
    found = frames.FORGET.fullmatch(text)
    if found:
        return _forget(found["rest"], bool(found["that"]), manner)
    found = frames.REMEMBER.fullmatch(text)
    return _remember(found["rest"], manner) if found else None


def _remember(rest: str, manner: _Manner) -> Reading:
    inner = _read(rest, manner.told)
    if inner is not None and isinstance(inner.act, Tell):
        return replace(inner, act=Remember(rest, inner.act))
    return Reading(Remember(rest), antecedent=manner.antecedent)


def _forget(rest: str, clause: bool, manner: _Manner) -> Reading | None:
    numbered = None if clause else frames.ITEMS.fullmatch(rest)
    if numbered:
        ids = tuple(dict.fromkeys(map(int, re.findall(r"\d+", numbered["ids"]))))
        return Reading(Forget(rest, items=ids), antecedent=manner.antecedent)
    said = None if clause else accounts.forgotten(rest, _inside(manner))
    if said is not None:
        return replace(said, antecedent=manner.antecedent)
    thing = not clause and frames.OWNED.fullmatch(rest)  # Ann's illness, not: Ann is illness
    inner = None if thing else _read(rest, manner.told)
    if inner is not None and isinstance(inner.act, Tell):
        if inner.act.source:
            return None
        turned = tuple(s for s in inner.act.implied if s.truth.f == 0.0)  # no dog is a cat
        told = (*inner.act.statements, *turned)
        return replace(inner, act=Forget(rest, statements=told, when=inner.act.when))
    everything = frames.EVERYTHING.fullmatch(rest)
    if everything and not everything["rest"]:
        return Reading(Chat("all"), antecedent=manner.antecedent)
    named = None if clause else _noun(everything["rest"] if everything else rest, manner)
    if named is None:
        return Reading(Forget(rest), antecedent=manner.antecedent)
    noun, scope = named
    name = everything["rest"].strip() if everything and noun.kind == "name" else ""
    return _leaving(scope, Forget(rest, thing=scope.term(noun), name=name), manner)


def _recall(thing: str, memory: bool, manner: _Manner) -> Reading | None:
    if thing.lower() in ("me", "myself"):
        return Reading(Recall(USER, "me", memory), antecedent=manner.antecedent)
    named = _noun(thing, manner)
    if named is None:
        return None
    noun, scope = named
    return _leaving(scope, Recall(scope.term(noun), thing, memory), manner)


def _leaving(scope: Scope, act: Forget | Recall, manner: _Manner) -> Reading:
    return Reading(act, tuple(scope.references), tuple(scope.surfaces), manner.antecedent)


def _noun(text: str, manner: _Manner) -> tuple[Noun, Scope] | None:
    """A text that is a noun phrase on its own."""
    for phrases in noun_cuts(words(text.strip()) or ()):
        tree = grammar.parse(phrases, start="noun_phrase")
        if tree is not None:
            scope = Scope(phrases, manner.antecedent)
            try:
                return scope.noun(tree), scope
            except Unclear:
                continue
    return None


# --- sentences of a time, and of others ---


def _reported(text: str, manner: _Manner) -> Reading | None:
    """What somebody else says; a pronoun in it may be that one, so it stands for nothing."""
    if manner.question or manner.in_report or manner.in_time:
        return None
    inside = replace(manner.told, antecedent=None, in_report=True)
    return circumstances.reported(text, lambda said: _read(said, inside))


def _timed(text: str, manner: _Manner) -> Reading | None:
    if manner.in_time:
        return None
    inside = replace(manner, in_time=True)
    return circumstances.timed(text, lambda rest: _read(rest, inside))


# --- plain sentences -------------------------------------------------------------------------


def _plain(text: str, manner: _Manner) -> Reading | None:
    known = words(text)
    if known is None or _is_supposed(known):
        return None
    if _AGREES.search(text) and not manner.question:
        return None  # with whom, or to what, is to be said
    meant = "" if manner.in_report or manner.question else misspelled(text)
    if meant and _reported(meant, manner) is not None:
        return None  # Sam siad Tom is ill
    if circumstances.apart(text, lambda said: _read(said, replace(manner.told, in_report=True))):
        return None
    found = cuts(known, ended=manner.ended)
    floor = max(_FLOOR, found[0].score - _MARGIN) if found else _FLOOR
    for cut in found:
        if cut.score < floor:
            break
        tree = grammar.parse(cut.phrases)
        if tree is None:
            continue
        try:
            reading = interpret(tree, cut.phrases, manner.antecedent)
        except Unclear:
            continue
        return _as_question(reading) if manner.question else reading
    return None


def _is_supposed(said: Sequence[Word]) -> bool:
    """Whether a sentence only asks to suppose what it says: suppose Tom is a cat."""
    opens = len(said) > 2 and said[0].kind == OPEN and said[0].lower in SUPPOSITIONS
    return opens and not said[0].quoted and said[1].kind not in ("BE", "HAVE", "DO", "CAN", "AND")


def _as_question(reading: Reading) -> Reading | None:
    """A statement with a question mark asks whether it is so."""
    if not isinstance(reading.act, Tell):
        return reading
    if not _is_own(reading.act):
        return None
    if any(s.truth.f not in (0.0, 1.0) for s in reading.act.statements):
        return None
    return replace(reading, act=Ask(reading.act.statements))
