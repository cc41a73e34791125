"""The statements that the last answer was about, for ``Why?`` and ``Are you sure?``.

They are found in the calls that were made and what these returned, and by what was asked: of
several values of one thing only the one that was given as the answer is meant. Invariant: each is
named once. Not covered: how they are explained (``inquiries``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, is_ground
from mettaclaw.atoms.unify import head, unify
from mettaclaw.models.english import findings, results, retrospect, values
from mettaclaw.models.english.meaning import Find, Reading
from mettaclaw.models.english.results import Found
from mettaclaw.models.english.speech import Speech
from mettaclaw.protocol.calls import Call, Result

_MOST = 10
_FORMS = ("infer", "why", "believe", "truth", "match")


def last(
    speech: Speech,
    asked: Sequence[Reading],
    now: float,
    made: Iterable[tuple[Call, Result | None]],
) -> list[Atom] | None:
    """What the last of some calls were about; None where there are none but replies.

    Args:
        speech: How to say things, which knows what is a kind.
        asked: The sentences that made the calls.
        now: When they were said (seconds, UTC).
        made: The calls with their results.
    """
    calls = [(call, result) for call, result in made if call.name != "send"]
    for call, result in reversed(calls):
        about = _of_call(speech, asked, now, call, result)
        if about or call.name == "forget":
            return about
    return [] if calls else None


def left(made: Iterable[tuple[Call, Result | None]]) -> list[Atom]:
    """The statements that were looked up after something was forgotten, and found."""
    about: list[Atom] = []
    forgot = False
    for call, result in made:
        forgot = forgot or call.name == "forget"
        if not forgot or call.name != "metta" or result is None:
            continue
        for program, got in zip(call.args, results.forms(result, len(call.args)), strict=False):
            if head(program) == "infer" and results.found(got):
                assert isinstance(program, Expression)
                about.append(program.children[1])
    return list(dict.fromkeys(about))[:_MOST]


def _of_call(
    speech: Speech, asked: Sequence[Reading], now: float, call: Call, result: Result | None
) -> list[Atom]:
    """The statements that a ``metta`` call was about."""
    if call.name != "metta":
        return []
    programs = [a for a in call.args if isinstance(a, Expression) and len(a.children) > 1]
    returned = results.forms(result, len(call.args)) if result is not None else []
    finds = [reading.act for reading in asked if isinstance(reading.act, Find)]
    about: list[Atom] = []
    times: dict[Atom, Atom] = {}
    for number, program in enumerate(programs):
        time, form = _moment(program)
        sign, statement = form.children[0], form.children[1]
        if not isinstance(sign, Symbol) or sign.name not in _FORMS:
            continue
        if sign.name == "believe":
            return [statement]
        got = returned[number] if number < len(returned) else ()
        if sign.name == "match":  # statements that were shown as they are stored
            about += [proof.statement for value in got if (proof := results.step(value))]
            continue
        if sign.name == "infer" and (timed := of_time(asked, now, statement, results.found(got))):
            about += [one.statement for one in timed]
            continue
        if sign.name == "infer" and not is_ground(statement):
            positive = [one for one in results.found(got) if one.truth.f >= 0.5]
            if not positive and head(statement) == "==>":
                continue  # no rule was found for a question
            values_of = [one for one in about if unify(statement, one) is not None]
            if values_of:  # looked up beside a question of yes and no
                about += _instead(values_of, positive)
                continue
            positive = _given(speech, finds, statement, positive)
            statement = positive[0].statement if positive else statement
        about.append(statement)
        if time is not None:
            times[statement] = time
    about = list(dict.fromkeys(about))[:_MOST]
    return [Expression((Symbol("as-of"), times[a], a)) if a in times else a for a in about]


def of_time(
    asked: Sequence[Reading], now: float, goal: Atom, found: Sequence[Found]
) -> list[Found]:
    """The answers that were given to the last question about a time which has this goal."""
    for reading in reversed(asked):
        answers = retrospect.given(reading, now, goal, found)
        if answers is not None:
            return answers
    return []


def _given(
    speech: Speech, finds: Sequence[Find], goal: Atom, positive: Sequence[Found]
) -> Sequence[Found]:
    """The answers that were given to the question with this goal; all, where none asked it."""
    for find in reversed(finds):
        if unify(find.goal, goal) is not None:
            return findings.given(speech, find, positive)
    return positive


def _instead(asked: Sequence[Atom], positive: Sequence[Found]) -> list[Atom]:
    """The value that counts in place of one that was asked about."""
    if not positive:
        return []
    stand = values.standing(positive)
    gone = {one.statement for one in (*stand.before, *stand.weaker)}
    return [] if gone.isdisjoint(asked) else [stand.meant[0].statement]


def _moment(program: Expression) -> tuple[Atom | None, Expression]:
    """What is evaluated, and as of when."""
    match program:
        case Expression((Symbol("as-of"), time, Expression((_, _, *_)) as inner)):
            return time, inner
        case _:
            return None, program
