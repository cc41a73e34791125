"""Reads a sentence: the phrases around a sentence by pattern, the sentence itself by the grammar.

``read`` gives what the sentence does, or None where it cannot be read: it never guesses at half of
one. Readings are kept, so that the cycles of a turn and its history are not read again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from mettaclaw.models.english import grammar
from mettaclaw.models.english.interpretation import interpret
from mettaclaw.models.english.meaning import (
    USER,
    Antecedent,
    Ask,
    Chat,
    Doubt,
    Explain,
    Forget,
    Reading,
    Recall,
    Remember,
    Tell,
)
from mettaclaw.models.english.nouns import Noun, Scope, Unclear
from mettaclaw.models.english.phrases import cuts, noun_cuts
from mettaclaw.models.english.words import MAX_WORDS, words

_FLOOR = -1.5  # a cut of a sentence that is less likely is not taken
_MARGIN = 1.0  # nor one that is this much less likely than one with the form of a sentence
_MAX_CHARS = 2_000

_CHAT: tuple[tuple[str, str], ...] = (
    (
        "hello",
        r"(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day))"
        r"(?:,? (?:there|again|everyone|mettaclaw|you|friend))?",
    ),
    ("thanks", r"(?:ok(?:ay)?,? |great,? |perfect,? )?(?:many thanks|thanks|thank you|thx|ty|cheers)"
     r"(?: (?:a lot|so much|very much|again|mettaclaw))*"),
    ("bye", r"(?:good ?bye|bye(?: bye)?|see you(?: later| soon)?|good night|farewell|ciao)"),
    ("how", r"how are you(?: doing)?(?: today)?|how(?:'s| is) it going|what'?s up|are you (?:ok|there)"),
    ("self", r"who are you|what are you|what is your name|what's your name|what can you do"
     r"|what do you do|are you (?:an? )?(?:robot|bot|ai|human|person|machine|llm|chatgpt)"
     r"|introduce yourself"),
    ("help", r"help(?: me)?|help please|\?|what can i (?:say|ask|do)|how does (?:this|it) work"
     r"|how do i use (?:this|you|it)|what do you understand|instructions|commands"),
    ("fine", r"(?:ok(?:ay)?|yes|no|yep|yeah|nope|sure|right|cool|nice|great|good|fine|wow|lol|haha"
     r"|i see|got it|alright|all right|well done|good job|perfect|interesting|exactly|indeed"
     r"|never ?mind|sorry|please|welcome|awesome|oh|hmm+|you'?re welcome)(?:[ ,]+"
     r"(?:then|ok|great|good|thanks))?"),
    ("doubt", r"are you (?:really |quite |absolutely |very )?(?:sure|certain)(?: (?:about|of) (?:that|this|it))?"
     r"|really|is (?:that|this|it) (?:really )?(?:true|so|right|correct)|how sure are you"
     r"|how certain are you|seriously"),
    ("why", r"why(?: (?:is|was) (?:that|this|it)(?: so| true| the case)?)?|why so|how come|why not"
     r"|how do you know(?: (?:that|this|it))?|what makes you (?:think|say) (?:so|that)|because\?"
     r"|explain(?: (?:that|this|it|yourself))?|(?:and )?why|prove it|says who|who (?:says|said) so"),
)  # fmt: skip
_CHATS = tuple((topic, re.compile(pattern, re.IGNORECASE)) for topic, pattern in _CHAT)

_OPENING = re.compile(
    r"(?:please|hey|hi|hello|oh|ok|okay|well|so|now|actually|by the way|btw|also|and|but|yes|yeah|no"
    r"|right|sure|then|besides|listen|look|in fact|fyi|remember|note|wait|sorry|hmm|mettaclaw"
    r"|first|second|secondly|finally|next|moreover|furthermore|however)\s*[,:!–—-]\s+"
    r"|(?:please|actually|also|and|but|so|oh|btw|by the way|in fact)\s+(?=\S)",
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"\s*,?\s+(?:please|too|as well|mettaclaw|by the way|btw|you know|then|i know)$", re.IGNORECASE
)
_TAG = re.compile(
    r"\s*,\s*(?:right|correct|no|yes|true|(?:is|are|do|does|did|can|has|have|was|were)n't "
    r"(?:he|she|it|they|you|i)|(?:is|are|do|does|did|can|has|have|was|were) (?:he|she|it|they|you|i))$",
    re.IGNORECASE,
)
_SURE = (
    (0.99, r"i(?: am|'m) (?:absolutely |quite |pretty |very |completely )?(?:sure|certain)(?: that)?"),
    (0.99, r"it(?: is|'s) certain that"),
    (0.7, r"i (?:think|believe|suppose|assume|expect|reckon)(?: that)?|it(?: is|'s) (?:likely|probable) that"
          r"|it seems(?: that)?|it looks like"),
    (0.4, r"i guess(?: that)?|i suspect(?: that)?|it(?: is|'s) possible that|maybe it(?: is|'s) true that"),
    (0.9, r"i know(?: that)?|i say that|it(?: is|'s) (?:true|a fact|clear|known) that|the fact is that"
          r"|(?:please )?(?:believe|learn|assume|suppose|know) that|let me tell you that"),
)  # fmt: skip
_SURES = tuple((c, re.compile(rf"(?:{p})\s+(?=\S)", re.IGNORECASE)) for c, p in _SURE)
_ASKED = re.compile(
    r"(?:do you know|do you think|do you believe|(?:can|could|would|will) you (?:please )?(?:tell me|say|check)"
    r"|tell me|i wonder|i want to know|i would like to know|i'd like to know|say|check|is it true"
    r"|is it the case|would you say|do you remember)\s+(?P<link>if|whether|that)?\s*(?=\S)",
    re.IGNORECASE,
)
_EMBEDDED = re.compile(
    r"(?:do you know|(?:can|could|would|will) you (?:please )?(?:tell me|say)|tell me|i wonder"
    r"|i want to know|i would like to know|i'd like to know|do you remember)\s+(?=(?:who|what|which|where|why)\b)",
    re.IGNORECASE,
)
_INDIRECT = re.compile(
    r"(?P<wh>who|what|where)\s+(?P<rest>.+?)\s+(?P<be>is|are|was|were|am)$", re.IGNORECASE
)
_POLITE = r"(?:please\s+|(?:can|could|would|will) you\s+(?:please\s+)?|i (?:want|would like) you to\s+|i'd like you to\s+|you (?:should|must|can)\s+)?"
_REMEMBER = re.compile(
    rf"{_POLITE}(?:remember|don't forget|do not forget|never forget|keep in mind|note|make a note"
    r"|memorize|memorise|bear in mind)(?:\s+that\b)?\s*[:,]?\s+(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_FORGET = re.compile(
    rf"{_POLITE}forget(?:\s+about)?(?P<that>\s+that)?\s+(?P<rest>\S.*)", re.IGNORECASE | re.DOTALL
)
_ALL = re.compile(
    r"(?:everything|all|anything)(?: (?:that )?you (?:know|remember|have))?(?: about)? ?(?P<rest>.*)",
    re.IGNORECASE,
)
_RECALL = re.compile(
    r"(?:(?:and )?what (?:else )?(?:do|can) (?:you|we) (?P<verb>remember|know|recall|believe|tell me|say)"
    r"(?: (?:about|of))|(?:(?:can|could|would|will) you (?:please )?)?tell me (?:more |everything |something |all )?"
    r"(?:you know |you remember )?about|do you (?P<verb2>know|remember)(?: (?:anything|something) about)?"
    r"|what have i told you about|what did i (?:say|tell you) about|describe)\s+(?P<rest>\S.*)",
    re.IGNORECASE,
)  # fmt: skip
_HOW_KNOW = re.compile(
    r"(?:how do you know|what makes you (?:think|believe|say)|why do you (?:think|believe|say))"
    r"(?: that)?\s+(?P<rest>\S.*)",
    re.IGNORECASE,
)
_OUTER_QUOTES = re.compile(r'\A["“”«\'‘](.+)["“”»\'’]\Z', re.DOTALL)


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
    if len(text) > _MAX_CHARS or len(text.split()) > MAX_WORDS:
        return None
    return _read(text.strip(), question, ended, antecedent)


@lru_cache(maxsize=2_048)
def _read(text: str, question: bool, ended: bool, antecedent: Antecedent | None) -> Reading | None:
    plain = _OUTER_QUOTES.sub(r"\1", text).translate(_STRAIGHT).rstrip(" .!?,")
    for attempt in (_chat, _about, _memory, _plain):
        found = attempt(plain, question, ended, antecedent)
        if found is not None:
            return found
    for pattern in (_OPENING, _ENDING):
        shorter = pattern.sub("", plain, count=1) if pattern is _ENDING else _without_opening(plain)
        if shorter != plain and shorter:
            found = _read(shorter, question, ended, antecedent)
            if found is not None:
                return found
    return None


_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "\n": " ", "\t": " "})


def _without_opening(text: str) -> str:
    found = _OPENING.match(text)
    return text[found.end() :] if found else text


def _chat(text: str, question: bool, ended: bool, antecedent: Antecedent | None) -> Reading | None:
    for topic, pattern in _CHATS:
        if pattern.fullmatch(text):
            if topic == "doubt" and (question or text.lower() not in ("really", "seriously")):
                return Reading(Doubt(), antecedent=antecedent)
            if topic == "why":
                return Reading(Explain(), antecedent=antecedent)
            return Reading(Chat(topic if topic != "doubt" else "fine"), antecedent=antecedent)
    return None


def _about(text: str, question: bool, ended: bool, antecedent: Antecedent | None) -> Reading | None:
    """Sentences about a sentence: I think that …, do you know whether …, how do you know that …"""
    for c, pattern in _SURES:
        found = pattern.match(text)
        if found and not question:
            inner = _read(text[found.end() :], False, ended, antecedent)
            if inner is not None and isinstance(inner.act, Tell):
                return replace(inner, act=_with_confidence(inner.act, c))
    asked = _HOW_KNOW.fullmatch(text)
    if asked:
        return _explained(_read(asked["rest"], False, ended, antecedent))
    found = _EMBEDDED.match(text)
    if found:
        inner = _read(_uninverted(text[found.end() :]), True, True, antecedent)
        if inner is not None:
            return inner
    found = _ASKED.match(text)
    if found and (found["link"] or question):
        inner = _read(text[found.end() :], True, ended, antecedent)
        if inner is not None and isinstance(inner.act, Ask):
            return inner
    if _TAG.search(text):
        return _read(_TAG.sub("", text), True, ended, antecedent)
    return None


def _with_confidence(act: Tell, c: float) -> Tell:
    """The statements, as sure as the person says."""
    return replace(
        act,
        statements=tuple(
            replace(s, truth=replace(s.truth, c=c)) if s.truth.c == 0.9 else s
            for s in act.statements
        ),
    )


def _explained(inner: Reading | None) -> Reading | None:
    if inner is None or not isinstance(inner.act, Tell | Ask):
        return None
    goals = inner.act.statements if isinstance(inner.act, Tell) else inner.act.goals
    return replace(inner, act=Explain(goals))


def _uninverted(text: str) -> str:
    """``who Tom is`` as a question of its own: who is Tom."""
    found = _INDIRECT.fullmatch(text)
    return f"{found['wh']} {found['be']} {found['rest']}" if found else text


# --- memory ----------------------------------------------------------------------------------


def _memory(
    text: str, question: bool, ended: bool, antecedent: Antecedent | None
) -> Reading | None:
    recall = _RECALL.fullmatch(text)
    if recall:
        verb = recall["verb"] or recall["verb2"] or ""
        return _recall(recall["rest"], verb in ("remember", "recall"), antecedent)
    if question and not re.match(r"(?:can|could|would|will) you\b", text, re.IGNORECASE):
        return None
    forget = _FORGET.fullmatch(text)
    if forget and not re.match(r"(?:do|don|never)", text, re.IGNORECASE):
        return _forget(forget["rest"], bool(forget["that"]), ended, antecedent)
    remember = _REMEMBER.fullmatch(text)
    if remember:
        return _remember(remember["rest"].rstrip(" ."), ended, antecedent)
    return None


def _remember(rest: str, ended: bool, antecedent: Antecedent | None) -> Reading:
    inner = _read(rest, False, ended, antecedent)
    if inner is not None and isinstance(inner.act, Tell):
        return replace(inner, act=Remember(rest, inner.act))
    return Reading(Remember(rest), antecedent=antecedent)


def _forget(rest: str, clause: bool, ended: bool, antecedent: Antecedent | None) -> Reading | None:
    inner = _read(rest, False, ended, antecedent)
    if inner is not None and isinstance(inner.act, Tell):
        return replace(inner, act=Forget(rest, statements=inner.act.statements))
    if clause:
        return Reading(Forget(rest), antecedent=antecedent)
    everything = _ALL.fullmatch(rest)
    if everything and not everything["rest"]:
        return None
    named = _noun(everything["rest"] if everything else rest, antecedent)
    if named is None:
        return Reading(Forget(rest), antecedent=antecedent)
    noun, scope = named
    return _leaving(scope, Forget(rest, thing=scope.term(noun)), antecedent)


def _recall(rest: str, memory: bool, antecedent: Antecedent | None) -> Reading | None:
    if rest.lower() in ("me", "myself"):
        return Reading(Recall(USER, "me", memory), antecedent=antecedent)
    named = _noun(rest, antecedent)
    if named is None:
        return Reading(Recall(USER, rest, True), antecedent=antecedent) if memory else None
    noun, scope = named
    return _leaving(scope, Recall(scope.term(noun), rest, memory), antecedent)


def _leaving(scope: Scope, act: Forget | Recall, antecedent: Antecedent | None) -> Reading:
    return Reading(act, tuple(scope.references), tuple(scope.surfaces), antecedent)


def _noun(text: str, antecedent: Antecedent | None) -> tuple[Noun, Scope] | None:
    """A text that is a noun phrase on its own."""
    known = words(text)
    for phrases in noun_cuts(known or ()):
        tree = grammar.parse(phrases, start="noun_phrase")
        if tree is not None:
            scope = Scope(phrases, antecedent)
            try:
                return scope.noun(tree), scope
            except Unclear:
                continue
    return None


# --- plain sentences -------------------------------------------------------------------------


def _plain(text: str, question: bool, ended: bool, antecedent: Antecedent | None) -> Reading | None:
    known = words(text)
    if known is None:
        return None
    floor = _FLOOR
    for cut in cuts(known, ended=ended):
        if cut.score < floor:
            break
        tree = grammar.parse(cut.phrases)
        if tree is None:
            continue
        floor = max(floor, cut.score - _MARGIN)
        try:
            reading = interpret(tree, cut.phrases, antecedent)
        except Unclear:
            continue
        return _as_question(reading) if question else reading
    return None


def _as_question(reading: Reading) -> Reading | None:
    """A statement with a question mark asks whether it is so."""
    if not isinstance(reading.act, Tell):
        return reading
    if any(s.truth.f not in (0.0, 1.0) for s in reading.act.statements):
        return None
    return replace(reading, act=Ask(reading.act.statements))
