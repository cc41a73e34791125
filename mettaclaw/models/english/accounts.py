"""Reads what is said of sayings: who said that …, what did Sam say about …, the vet denied it.

What stands inside is read by the reader as if it stood alone. Invariant: a speaker is a name, or
one definite person, as in ``hearsay``; what anybody or nobody in particular said is asked for
without one. Not covered: what somebody is told to have said (``hearsay``, ``circumstances``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from mettaclaw.models.english.circumstances import opposite
from mettaclaw.models.english.hearsay import WHO, asked_of, echo
from mettaclaw.models.english.meaning import (
    USER,
    Agreement,
    Changes,
    Disputes,
    Echo,
    Forget,
    Quote,
    Reading,
    Tell,
    Witness,
)
from mettaclaw.models.english.nouns import Noun, Scope
from mettaclaw.models.english.periods import When, ending, opening


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(alternatives)})".replace(" ", r"\s+"))


_SAID = (
    r"(?:says?|said|(?:tells?|told)(?: me| you| us)?|claim(?:s|ed)?|reports?|reported|writes?|wrote"
    r"|states?|stated)"
)
_DENIED = r"(?:deny|denies|denied|disagrees?|disagreed|disputes?|disputed)"
_THAT = r"(?:so|it|that|this)"
_SOMEBODY = (
    r"(?:[Ww]ho(?: else)?|[Hh]ow many(?: people| sources| others)?"
    r"|(?:[Dd]oes|[Dd]id|[Hh]as) (?:any|some)(?:one|body)(?: else)?)"
)
_SOMEBODY_OR_ONE = rf"(?:{_SOMEBODY}|(?:[Dd]oes|[Dd]id)(?: [^\W\d_][\w.'-]*){{1,3}})"
_ANYBODY = r"(?:any|some|every)(?:one|body)|people|(?:the )?others"
_WHOEVER = rf"{_SOMEBODY} (?:has )?(?:{_SAID}|(?P<no>{_DENIED}))"
_WAS_SAID = r"[Ww]hen (?:was|has|is) (?:it|that|this)(?: been)? (?:said|told|claimed|reported)"
_CLAUSES = (
    _pattern(
        rf"{_SOMEBODY} (?:also )?(?:agrees?|agreed|confirm(?:s|ed)?)(?P<no>(?!))?(?P<when>)"
        r" that (?P<rest>\S.*)"
    ),
    _pattern(rf"{_WAS_SAID}(?P<no>(?!))?(?P<when>) that (?P<rest>\S.*)"),
    _pattern(rf"{_WHOEVER}(?P<when>(?: \S+)*?) that (?P<rest>\S.*)"),
    _pattern(rf"{_WHOEVER}(?P<when>) (?P<rest>\S.*)"),
    _pattern(
        r"[Ww]ho was (?:the )?(?:first|last) (?:one |person )?to"
        r" (?:say|claim|report|tell (?:me|you))"
        r"(?P<no>(?!))?(?P<when>) (?:that )?(?P<rest>\S.*)"
    ),
)
_WHETHER = (
    r"(?:(?P<dated>[Ww]hen|[Oo]n (?:which|what) day) )?(?:[Dd]id|[Dd]oes|[Dd]o|[Hh]as)"
    rf" {WHO} (?:{_SAID}|(?P<no>{_DENIED}))"
)
_FIRST_OR_LAST = re.compile(r"\s+(?:first|last|ever)\Z")
_WHETHERS = (
    _pattern(rf"{_WHETHER}(?P<when>.*?) that (?P<rest>\S.*)"),
    _pattern(rf"{_WHETHER}(?P<when>) (?P<rest>\S.*)"),
)
_SO = _pattern(
    rf"{_SOMEBODY} (?:has )?(?:{_SAID} {_THAT}|agrees?|agreed|confirm(?:s|ed)? {_THAT})"
    rf"(?: (?:with|to) {_THAT})?(?: too| first| last)?",
    r"[Ss]ays who",
    rf"{_WAS_SAID}",
)
_NOT_SO = _pattern(
    rf"{_SOMEBODY} (?:has )?(?:{_DENIED}(?: (?:with )?{_THAT})?|contradict(?:s|ed)? {_THAT})"
)
_OTHERWISE = _pattern(
    rf"{_SOMEBODY_OR_ONE} (?:disagrees?|disagreed) with (?P<me>me|{WHO})",
    rf"{_SOMEBODY} contradict(?:s|ed)? (?P<me2>me|{WHO.replace('<who>', '<who2>')})",
)
_ABOUT = r"(?P<when>(?: \S+)*?)(?: (?:about|of) (?P<thing>\S.*))?"
_WHAT = _pattern(
    rf"[Ww]hat (?:else )?(?:(?:did|does|do|has|have) (?:(?P<any>{_ANYBODY})|{WHO})"
    rf"|(?P<was>was|is|has been)) {_SAID}{_ABOUT}"
)
_ANYTHING = _pattern(
    rf"[Ww]ho(?: else)? (?:has |have )?(?:{_SAID} (?:what|anything|something|things)"
    rf"|(?:tells?|told)(?: me| you| us)|spoken|spoke|talked|speaks|talks){_ABOUT}"
)
_AGREES = _pattern(rf"{_SOMEBODY_OR_ONE} (?:also )?(?:agrees?|agreed) with (?P<me>me|{WHO})")
_TOLD = re.compile(r"\b(?:tell|told)\b")
_FORGET = _pattern(rf"(?:everything |all |what )(?:that )?{WHO} (?:has |have )?{_SAID}{_ABOUT}")
_INDIRECT = _pattern(
    r"(?:(?:(?:[Cc]an|[Cc]ould|[Ww]ould|[Ww]ill) you (?:please )?)?(?:[Tt]ell|[Ss]how) me"
    r"|[Dd]o you (?:know|remember)|I want to know) (?P<wh>what|when|whether|if)"
    rf" {WHO} (?:has |had )?(?:said|told (?:me|you))(?P<rest>.*)",
    r"[Ii]s it (?:true|so) (?P<true>that)"
    rf" {WHO.replace('<who>', '<who2>')} (?:has )?said(?P<rest2> .*)",
)
_DISPUTES = _pattern(
    r"[Ww]hat (?:contradictions|disagreements|disputes|conflicts) (?:are there|do you (?:know|see)"
    r"|have you found)(?: now)?",
    r"[Aa]re there (?:any )?(?:contradictions|disagreements|disputes|conflicts)",
    r"(?:[Ww]hat|[Ww]hich) (?:is|things are) (?:disputed|contradictory|contested)",
    r"[Ww]hat contradicts (?:what|itself|each other)",
    r"(?:[Ss]how|[Ll]ist|[Tt]ell)(?: me)?(?: all)?(?: the| your)? contradictions",
    r"(?:[Dd]o|[Dd]id) (?:any )?(?:the |your )?sources (?:disagree|contradict each other)",
    r"[Ww]ho contradicts (?:whom|who)|[Ww]ho disagrees with (?:whom|who)",
)
_CHANGES = _pattern(
    r"[Ww]hat(?: has|'s|s| else)? changed",
    r"[Ww]hat(?: is|'s|s) new",
    r"[Ww]hat (?:did you learn|have you learn(?:ed|t))",
)

Read = Callable[[str], "Reading | None"]
Find = Callable[[str], "tuple[Noun, Scope] | None"]


@dataclass(frozen=True, slots=True)
class Reader:
    """How to read what stands inside: a statement, and a noun phrase."""

    told: Read
    noun: Find


def asked(text: str, reader: Reader) -> Reading | None:
    """A question for who said what, what is contradicted, what has changed; None for any other."""
    indirect = _INDIRECT.fullmatch(text)
    if indirect is not None:
        who, rest = indirect["who"] or indirect["who2"], indirect["rest"] or indirect["rest2"] or ""
        first = f"{indirect['wh']} did" if indirect["wh"] in ("what", "when") else "did"
        return asked(f"{first} {who} say{rest}", reader)
    if _DISPUTES.fullmatch(text):
        return Reading(Disputes())
    if _SO.fullmatch(text):
        return Reading(Witness())
    if _NOT_SO.fullmatch(text):
        return Reading(Witness(against=True))
    found = _OTHERWISE.fullmatch(text)
    if found:
        who = found["me"] or found["me2"]
        who, source = asked_of("I" if who == "me" else who)
        return Reading(Disputes(who, source)) if source else None
    found = _AGREES.fullmatch(text)
    if found:
        who, source = asked_of("I" if found["me"] == "me" else found["me"])
        return Reading(Agreement(who, source)) if source else None
    return _who(text, reader) or _what(text, reader) or _changed(text)


def echoed(text: str) -> Reading | None:
    """``The vet denied it``: what is said to what was said before; None for any other sentence."""
    found = echo(text)
    if found is None:
        return None
    others = tuple(source for _, source in found.others)
    return Reading(
        Echo(found.who, found.source, found.denied, found.when, others, found.too, found.reply)
    )


def forgotten(text: str, reader: Reader) -> Reading | None:
    """What somebody said, as far as it is to be forgotten; None where it is none of that."""
    when, plain = _cut(text)
    found = _FORGET.fullmatch(plain)
    between = _between(found, when) if found else None
    _, source = asked_of(_FIRST_OR_LAST.sub("", found["who"]) if found else "")
    if found is None or between is None or not source:
        return None
    act = Forget(text, source=source, when=between[0])
    if source == "user" and act.when is None:
        return None  # all there is, or all of a thing
    return _of(act, found["thing"], reader)


def _who(text: str, reader: Reader) -> Reading | None:
    """Who said that Tom is tame, who said so on Monday, who denies it; did Sam say that he is."""
    for form in _WHETHERS:
        reading = _whether(form.fullmatch(text), reader)
        if reading is not None:
            return reading
    for form in _CLAUSES:
        found = form.fullmatch(text)
        between = _between(found, None) if found else None
        if found is None or between is None:
            continue
        reading = _claim(found["rest"], between[0], bool(found["no"]), reader)
        if reading is not None:
            return reading
    return None


def _whether(asked: re.Match[str] | None, reader: Reader) -> Reading | None:
    """Whether Sam said that Tom is tame, or denied it; or when he did."""
    who, source = asked_of(_FIRST_OR_LAST.sub("", asked["who"]) if asked else "")
    between = _between(asked, None) if asked else None
    if asked is None or between is None or not source:
        return None
    against = bool(asked["no"])
    if re.fullmatch(_THAT, asked["rest"]):
        reading = Reading(Witness(against=against, when=between[0]))
    else:
        reading = _claim(asked["rest"], between[0], against, reader)
    if reading is None or not isinstance(reading.act, Witness):
        return None
    dated = bool(asked["dated"])
    return replace(reading, act=replace(reading.act, who=who, source=source, dated=dated))


def _claim(said: str, when: When | None, against: bool, reader: Reader) -> Reading | None:
    """Who said this; where it cannot be read with the time at its end, that is when it was said."""
    told = reader.told(said)
    late = ending(said)
    if late is not None and when is None and not _is_timed(told):
        if re.fullmatch(_THAT, late[1]):
            return Reading(Witness(against=against, when=late[0]))
        plain = reader.told(late[1])
        when, told = (late[0], plain) if plain is not None else (when, told)
    if told is None or not isinstance(told.act, Tell) or told.act.source:
        return None
    act = opposite(told, told.act) if against else told.act
    return None if act is None else replace(told, act=Witness(act, when=when))


def _is_timed(told: Reading | None) -> bool:
    """Whether a statement has a time of its own: Tom was ill on Monday."""
    return told is not None and isinstance(told.act, Tell) and told.act.when is not None


def _what(text: str, reader: Reader) -> Reading | None:
    """What did Sam say about Tom on Monday?"""
    when, plain = _cut(text)
    anything = _ANYTHING.fullmatch(plain)
    between = _between(anything, when) if anything else None
    if anything is not None and between is not None and anything["thing"]:
        act = Quote("", "", text=anything["thing"], when=between[0])
        return _of(act, anything["thing"], reader)
    found = _WHAT.fullmatch(plain)
    between = _between(found, when) if found else None
    if found is None or between is None:
        return None
    who, source = asked_of((not found["any"] and found["who"]) or "")
    if who and not source:
        return None
    act = Quote(who if source else "", source, text=found["thing"] or "", when=between[0])
    named = act.when is not None or act.text
    if not (source or named) or (source == "user" and act.when is None and _TOLD.search(plain)):
        return None  # what was told me: also what others said
    return _of(act, found["thing"], reader)


def _changed(text: str) -> Reading | None:
    when, plain = _cut(text)
    return Reading(Changes(when)) if _CHANGES.fullmatch(plain) else None


def _cut(text: str) -> tuple[When | None, str]:
    """The time around a sentence, and the sentence without it."""
    return opening(text) or ending(text) or (None, text)


def _between(found: re.Match[str], when: When | None) -> tuple[When | None] | None:
    """The time of a saying, around it or after its verb; None where there is something else."""
    between = found["when"].strip(" ,")
    inner = ending(f"said {between}") if between else None
    if between and (inner is None or inner[1] != "said" or when is not None):
        return None
    return (inner[0] if inner else when,)


def _of(act: Quote | Forget, thing: str | None, reader: Reader) -> Reading | None:
    """An account of a thing, where one is named."""
    if not thing:
        return Reading(act)
    if thing.lower() in ("me", "myself"):
        return Reading(replace(act, thing=USER))
    named = reader.noun(thing)
    if named is None:
        return None
    noun, scope = named
    term = scope.term(noun)
    return Reading(replace(act, thing=term), tuple(scope.references), tuple(scope.surfaces))
