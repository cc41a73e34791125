"""Who said what, when: what others have said as it is taken in, and sources that contradict.

Not covered: which sentences are reports (``hearsay``), and what is believed in the end (the atoms).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mettaclaw.atoms.conflicts import SURE
from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol
from mettaclaw.atoms.truth import Truth
from mettaclaw.models.english import results
from mettaclaw.models.english.circumstances import dated
from mettaclaw.models.english.explanations import time_of
from mettaclaw.models.english.hearsay import speaker
from mettaclaw.models.english.meaning import Statement, Tell
from mettaclaw.models.english.periods import When, days, misnamed, within
from mettaclaw.models.english.prose import capital, truth_text
from mettaclaw.models.english.reader import read
from mettaclaw.models.english.replies import is_guess
from mettaclaw.models.english.results import Found, Source
from mettaclaw.models.english.speech import Speech
from mettaclaw.models.english.stage import form

FOLLOWED = "That contradicts what followed from what I was told before: "
ALOUD = "That contradicts what I was told: "
NOT_YET = "I keep what was and what is, and that day has not come, or there is no such day."


def not_yet(now: float, *times: When | None) -> str:
    """That one of some times has not come, or is none; with the weekday where that is wrong."""
    wrong = [said for when in times if when is not None and (said := misnamed(when, now))]
    return f"{wrong[0]}, so I cannot tell which day you mean: say it again." if wrong else NOT_YET


@dataclass(frozen=True, slots=True)
class Dispute:
    """``(contradiction STATEMENT (for EVIDENCE ...) (against EVIDENCE ...))``.

    ``follows`` has, for each kept conclusion, ``(kept RULE PREMISE ...)`` among the evidence,
    whether it speaks for it, and its premises.
    """

    statement: Atom
    speaking_for: tuple[Source, ...]
    speaking_against: tuple[Source, ...]
    follows: tuple[tuple[bool, tuple[Atom, ...]], ...] = ()


def voices(act: Tell) -> tuple[Tell, ...]:
    """What is told, once for each who says so; by the person last, whose words they all are."""
    if not act.others:
        return (act,)
    every = sorted((act.source, *act.others), key=lambda one: one == "user")
    return tuple(replace(act, source=one, others=()) for one in every)


def believed(act: Tell, statement: Statement, words: str, now: float) -> Expression:
    """The form that believes a statement in these words, of whoever said them."""
    parts: list[Atom] = [statement.atom, statement.truth.to_atom(), String(words)]
    if act.source:
        parts.append(String(act.source))
    when = days(act.told, now) if act.told is not None else None
    if when is not None:
        parts.append(String(when.first.isoformat()))
    return form("believe", *parts)


def settled(act: Tell, now: float) -> Tell | None:
    """What is told, with its times as days; None where one of them is none, or has not come."""
    if act.told is not None and days(act.told, now) is None:
        return None
    return dated(act, now)


def spoken(act: Tell, now: float) -> str:
    """The week, month or year in which something was said; "" where it was on a day."""
    found = days(act.told, now) if act.told is not None else None
    return within(found) if found is not None and found.first != found.last else ""


def noted(
    speech: Speech,
    said_by: str,
    statement: Statement,
    before: Truth | None,
    now: Truth,
    time: str = "",
) -> str:
    """What somebody else has said, as it is taken in; it need not be what is believed then."""
    clause = speech.clause(statement.atom, denied=statement.truth.f < 0.5, degree=statement.truth.f)
    said = f"{said_by} said{f' {time}' if time else ''} that {clause}"
    if before is None:
        return f"{said} {truth_text(now)}"
    if before == now:
        return f"{said}, as I knew {truth_text(now)}"
    plain = capital(speech.clause(statement.atom))
    return f'{said}; together with what I had, "{plain}" is now {truth_text(now)}'


def unlike(speech: Speech, statement: Statement, before: Sequence[Found]) -> str:
    """That what is told is the opposite of what surely followed until then; "" where it is not."""
    for one in before[:1]:
        opposite = one.statement == statement.atom and abs(one.truth.f - statement.truth.f) >= 0.5
        if opposite and not (is_guess(one) or _is_said(one) or one.truth.c < SURE):
            said = speech.sentence(one.statement, one.truth)
            return f"{FOLLOWED}{said} Ask me whether it is so, for what I make of both."
    return ""


def _is_said(one: Found) -> bool:
    return one.proof is not None and one.proof.rule == "said"


def disputes(values: Sequence[Atom]) -> Iterator[Dispute]:
    """The contradictions among the results of a call."""
    for value in values:
        match value:
            case Expression(
                (
                    Symbol("contradiction"),
                    statement,
                    Expression((Symbol("for"), *high)),
                    Expression((Symbol("against"), *low)),
                )
            ):
                follows = (*_follows(high, True), *_follows(low, False))
                yield Dispute(statement, tuple(_sources(high)), tuple(_sources(low)), follows)
            case _:
                pass


def told(speech: Speech, dispute: Dispute) -> str:
    """Who said what when: Sam said that Tom is a cat, on Monday …; on Thursday … you said that it
    is not so.
    """
    sides = [(source, True) for source in dispute.speaking_for]
    sides += [(source, False) for source in dispute.speaking_against]
    sides.sort(key=lambda pair: (pair[0].time, pair[0].id))
    parts: list[str] = []
    first, last = True, ""
    for source, positive in sides:
        who = speaker(source.source, source.words)
        when = time_of(source)
        when, last = ("later that day" if when == last and when[:3] == "on " else when), when
        degree = _degree(source, dispute.statement)
        if not parts:
            clause = speech.clause(dispute.statement, denied=not positive, degree=degree)
            parts.append(f"{who} said that {clause}, {when}")
            first = positive
        else:
            so = "so too" if positive == first else "not so" if first else "so"
            said = speech.clause(dispute.statement, denied=not positive, degree=degree)
            parts.append(f"{when}, {who} said that {f'it is {so}' if degree is None else said}")
    for positive, premises in dispute.follows[:1]:
        because = " and ".join(map(speech.clause, premises))
        so = "so too" if positive == first else "not so" if first else "so"
        parts.append(f"it follows that it is {so}, because {because}")
    return f"{'; '.join(parts)}."


def _degree(source: Source, statement: Atom) -> float | None:
    """The f that somebody said something with, where it is neither yes nor no: few cats."""
    if source.truth is not None:
        return source.truth.f if source.truth.f % 1.0 else None
    reading = read(source.words.rstrip(" .!?"), question=False, ended=True)
    act = reading.act if reading is not None else None
    told = act.statements if isinstance(act, Tell) else ()
    return next((s.truth.f for s in told if s.atom == statement and s.truth.f % 1.0), None)


def _follows(atoms: Sequence[Atom], positive: bool) -> Iterator[tuple[bool, tuple[Atom, ...]]]:
    for atom in atoms:
        match atom:
            case Expression((Symbol("kept" | "follows"), _, *premises)):
                yield positive, tuple(premises)
            case _:
                pass


def _sources(atoms: Sequence[Atom]) -> Iterator[Source]:
    for atom in atoms:
        source = results.source(atom)
        if source is not None:
            yield source


def by_statement(values: Sequence[Atom]) -> Mapping[Atom, Dispute]:
    """The contradictions among results, by what they are about."""
    return {dispute.statement: dispute for dispute in disputes(values)}
