"""What was claimed last, to which somebody may say that it is so or not: ``The vet denied it.``

It is found in the calls that were made, as ``topics`` are: what was told, as it was told, or the
answer to a question. Not covered: what ``Why?`` is about (``topics``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mettaclaw.atoms.syntax import Expression, String, Symbol, is_ground
from mettaclaw.atoms.truth import Truth, from_atom
from mettaclaw.errors import MettaClawError
from mettaclaw.models.english import results, topics
from mettaclaw.models.english.hearsay import heard
from mettaclaw.models.english.meaning import (
    Act,
    Ask,
    Doubt,
    Echo,
    Explain,
    Reading,
    Remember,
    Statement,
    Tell,
    Witness,
)
from mettaclaw.models.english.reader import read
from mettaclaw.models.english.results import Found
from mettaclaw.models.english.stage import Claim, plain
from mettaclaw.protocol.calls import Call, Result


def last(
    asked: Sequence[Reading], now: float, made: Iterable[tuple[Call, Result | None]]
) -> list[Claim] | None:
    """What the last of some calls told or answered; None where there are none but replies.

    Args:
        asked: The sentences that made the calls.
        now: When they were said (seconds, UTC).
        made: The calls with their results.
    """
    calls = [(call, result) for call, result in made if call.name != "send"]
    for call, result in reversed(calls):
        if call.name == "metta":
            found = _told(call) or list(_answered(asked, now, call, result))
            if found:
                return found
    return [] if calls else None


def asked(acts: Sequence[Act]) -> list[Claim] | None:
    """What the last sentence of a turn asked who said it; None where it names nothing itself and
    speaks of what was claimed before.
    """
    match acts[-1] if acts else None:
        case Witness(None) | Explain(()) | Doubt():
            return None
        case Witness(Tell() as tell):
            return [Claim(s, told=True) for s in tell.statements if is_ground(s.atom)]
        case _:
            return []


def _told(call: Call) -> list[Claim]:
    """What a call believes of the last words that it quotes, but for what these presuppose."""
    told: dict[str, list[Claim]] = {}
    for form in call.args:
        match form:
            case Expression((Symbol("believe"), atom, value, String(words), *_)):
                try:
                    truth = from_atom(value)
                except MettaClawError:
                    continue
                if truth is not None:
                    told.setdefault(words, []).append(Claim(Statement(atom, truth), told=True))
            case _:
                pass
    if not told:
        return []
    words, claims = list(told.items())[-1]
    report = heard(words)
    claims = claims[: _count(words)]
    return [_denied(c) for c in claims] if report is not None and report.denied else claims


def _denied(claim: Claim) -> Claim:
    """What was denied, of what is told by a denial: whoever denies it next, denies the same."""
    truth = claim.statement.truth
    said = replace(claim.statement, truth=Truth(1.0 - truth.f, truth.c))
    return replace(claim, statement=said, denied=True)


def _count(words: str) -> int:
    """How many statements a sentence makes itself."""
    reading = read(words.rstrip(".!? "), question=False, ended=True)
    match reading.act if reading is not None else None:
        case Tell(statements) | Remember(_, Tell(statements)):
            return len(statements)
        case Echo():
            return 1
        case _:
            return 0


def _answered(
    asked: Sequence[Reading], now: float, call: Call, result: Result | None
) -> Iterator[Claim]:
    """The answers to the questions of yes and no that a call asks."""
    if result is None:
        return
    for form, values in zip(call.args, results.forms(result, len(call.args)), strict=False):
        match plain(form):
            case Expression((Symbol("infer"), goal)) if is_ground(goal):
                for one in results.found(values)[:1]:
                    yield _answer(one)
            case Expression((Symbol("infer"), Expression((Symbol("at"), *_)) as goal)):
                yes_no = [one for one in asked if isinstance(one.act, Ask)]
                for one in topics.of_time(yes_no, now, goal, results.found(values)):
                    yield _answer(one)
            case _:
                pass


def _answer(one: Found) -> Claim:
    """An answer as a claim; where several speak of it, that it is so, or surely not.

    Their f together is what none of them has said.
    """
    several = one.proof is not None and len(list(one.proof.leaves())) > 1
    truth = Truth(float(one.truth.f >= 0.5), one.truth.c) if several else one.truth
    return Claim(Statement(one.statement, truth), told=False)
