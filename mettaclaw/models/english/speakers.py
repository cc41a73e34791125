"""Whom ``he``, ``she`` and ``they`` stand for in a question for what was said: What did he say?

It is the speaker who was named last, by the person or in an answer. Invariant: one speaker alone
was named there, and the sentence with the name in it is a question for what was said: nothing is
taken back of somebody who is not named. Not covered: pronouns inside of what is said, and those of
whom things are told (``Antecedent``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mettaclaw.models.english.hearsay import heard
from mettaclaw.models.english.meaning import (
    Agreement,
    Disputes,
    Echo,
    Quote,
    Reading,
    Remember,
    Tell,
    Witness,
)
from mettaclaw.models.english.sayings import sayings
from mettaclaw.protocol.packet import Exchange

_SAY = r"(?:say|said|tell|told|claim|report|write|state|deny|denied|disagree|dispute|last|first)"
_ASKED = re.compile(
    rf"(?:what|when|did|does|do|has|have|on (?:which|what) day)\b.*?"
    rf"\b(?P<he>he|she|they)(?= (?:has |have )?{_SAY})"
    r"|who (?:else )?(?:(?:dis)?agrees?|(?:dis)?agreed|contradicts?|contradicted)(?: with)? "
    r"(?P<him>him|her|them)\Z".replace(" ", r"\s+"),
    re.IGNORECASE,
)

Speakers = tuple[str, ...]


def pronoun(text: str) -> re.Match[str] | None:
    """Where a sentence, without its final mark, asks what one said who is named by a pronoun."""
    return _ASKED.match(text)


def read_with(
    text: str, speakers: Speakers, read: Callable[[str], Reading | None]
) -> Reading | None:
    """What a sentence with such a pronoun is read as; None for any other, or for nobody alone."""
    found = pronoun(text) if len(speakers) == 1 else None
    if found is None:
        return None
    start, end = found.span("he") if found["he"] else found.span("him")
    who = re.sub(r"\A(?:The|My)\b", lambda first: first[0].lower(), speakers[0])
    reading = read(f"{text[:start]}{who}{text[end:]}")
    match reading.act if reading is not None else None:
        case Quote() | Witness() | Disputes() | Agreement():
            return reading
        case _:
            return None


def named(reading: Reading, text: str) -> Speakers:
    """The speakers that a sentence names, as written; none where it is about none."""
    match reading.act:
        case Tell(source=source) | Remember(_, Tell(source=source)) if source:
            found = heard(text)
            every = ((found.who, found.source), *found.others) if found is not None else ()
            return tuple(who for who, by in every if by != "user")
        case Echo(who, source) | Quote(who, source) if source not in ("", "user"):
            found = heard(text) if isinstance(reading.act, Echo) else None
            return (who, *(other for other, _ in found.others)) if found is not None else (who,)
        case Witness(who=who, source=by) | Disputes(who, by) | Agreement(who, by) if by not in (
            "",
            "user",
        ):
            return (who,)
        case _:
            return ()


def answered(exchange: Exchange) -> Speakers:
    """The speakers that the answer of an earlier turn was about, as the person wrote them."""
    return tuple(
        dict.fromkeys(
            who
            for cycle in exchange.cycles
            for result in cycle.results
            for one in sayings(result)
            if one.source.source != "user"
            and (found := heard(one.source.words)) is not None
            and (who := found.written(one.source.source))
        )
    )


def last(exchange: Exchange, read: Sequence[tuple[Reading, str]]) -> Speakers:
    """Those whom a turn named last, in its sentences or its answer; none where it named nobody."""
    for reading, text in reversed(read):
        found = named(reading, text)
        if found:
            return found
    return answered(exchange)
