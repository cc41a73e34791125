"""What ``(said …)`` looks up and returns, as values: who said which statement, and when.

Answers that come from it hold only what stands: what was forgotten nobody has said. Not covered:
what is made of it (``witnesses``, ``quotes``, ``unsaying``).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from datetime import date

from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol
from mettaclaw.atoms.truth import Truth
from mettaclaw.models.english import results
from mettaclaw.models.english.degrees import PLAIN
from mettaclaw.models.english.hearsay import speaker
from mettaclaw.models.english.meaning import USER, WHO, owns
from mettaclaw.models.english.periods import Days, When, days
from mettaclaw.models.english.results import Source
from mettaclaw.models.english.stage import Need, Stage, form, metta, stored
from mettaclaw.protocol.calls import Call, Result

_ANYTHING = String("")


@dataclass(frozen=True, slots=True)
class Saying:
    """``(said STATEMENT EVIDENCE)``: the statement, and who said it with which truth value."""

    statement: Atom
    source: Source

    @property
    def truth(self) -> Truth:
        """What it was said with; where that is not told, as plainly said."""
        return self.source.truth or PLAIN

    @property
    def who(self) -> str:
        """Who said it, as named inside a sentence."""
        return speaker(self.source.source, self.source.words)

    @property
    def denied(self) -> bool:
        """Whether it was said that the statement is not so."""
        return self.truth.f < 0.5


def sayings(result: Result) -> Iterator[Saying]:
    """What ``(said …)`` found."""
    for value in result.values:
        match value:
            case Expression((Symbol("said"), statement, evidence)):
                source = results.source(evidence)
                if source is not None:
                    yield Saying(statement, source)
            case _:
                pass


def record(source: str, about: Atom | None, within: Days | None) -> Call:
    """The call that looks up what a source said, about something, in some days; "" for anybody."""
    parts: list[Atom] = [String(source), about or _ANYTHING]
    if within is not None:
        parts += [String(within.first.isoformat()), String(within.last.isoformat())]
    return metta((form("said", *parts),))


def in_role(stage: Stage, source: str, text: str) -> Generator[Need, list[Result], str]:
    """The name of the person's own somebody: Sam, where Sam is my doctor.

    "" where the text does not name him so, or nobody or several are known to be that.
    """
    if not re.search(rf"\bmy\s+{re.escape(source)}\b", text, re.IGNORECASE):
        return ""
    goal = owns(USER, WHO, Symbol(source.replace(" ", "_")))
    (found,) = yield Need((metta([stored(goal)]),))
    named: set[str] = set()
    for values in results.forms(found, 1):
        for step in filter(None, map(results.step, values)):
            match step.statement:
                case Expression((_, Expression((_, Symbol() as one, _)), _)) if step.truth.f >= 0.5:
                    named.add(stage.speech.thing(one)[0])
                case _:
                    pass
    return named.pop() if len(named) == 1 else ""


def period(stage: Stage, when: When | None) -> Days | None:
    """The days of a time; None where none is named, or it has not come (``testimony.not_yet``)."""
    found = days(when, stage.now) if when is not None else None
    if found is not None and when is not None and when.relation == "as of":
        return replace(found, first=date.min)
    return found
