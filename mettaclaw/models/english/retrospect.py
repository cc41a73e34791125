"""Questions about a time: what held then, and what was known then.

What is said to have held at that time, ``(at STATEMENT FROM TO)``, answers first. Else the play of
the question is played as of the end of that time: its calls are made with ``as-of``, and what is
found of kept words is left out where it was kept later.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol, Variable
from mettaclaw.atoms.times import utc
from mettaclaw.atoms.unify import unify
from mettaclaw.models.english import findings, replies, results
from mettaclaw.models.english.meaning import Act, Ask, Explain, Find, Reading, Statement
from mettaclaw.models.english.periods import SINCE_WHEN, Days, When, days, on, read_days
from mettaclaw.models.english.prose import capital
from mettaclaw.models.english.stage import Need, Play, Say, Stage, as_of, form, metta
from mettaclaw.models.english.tenses import before
from mettaclaw.models.english.testimony import not_yet
from mettaclaw.protocol.calls import Call, Result

_PAST = re.compile(r"\W*(?:and\s+)?when\s+(?:was|were|did)\b", re.IGNORECASE)
_FROM, _TO = Variable("from"), Variable("to")


def look_back(stage: Stage, act: Act, when: When, play: Play, words: str = "") -> Play:
    """The play of a question about a time, in these words."""
    found = days(when, stage.now)
    if found is None:
        return Say(text=not_yet(stage.now, when))
    if isinstance(act, Ask | Find) and when.relation != "as of":
        said = yield from _held(stage, act, found, now=when == SINCE_WHEN)
        if said:
            return Say(text=said)
    if when.relation == "ever":
        goals = [goal.atom for goal in act.goals] if isinstance(act, Ask) else []
        said = partial(before, stage.speech) if _PAST.match(words) else stage.speech.clause
        clauses = " and ".join(map(said, goals))
        return Say(text=f"I do not know when {clauses}.", unanswered=True)
    last = min(found.last, stage.speech.today or found.last)  # in this month: until now
    then = yield from _as_of(last, play)
    return replace(then, text=_known(last, then.text))


def then(topics: Sequence[Atom], text: str) -> str:
    """What is said of topics, with the time that they were asked of, where they were."""
    for topic in topics[:1]:
        match topic:
            case Expression((Symbol("as-of"), String(time), _)):
                return _known(date.fromisoformat(time[:10]), text)
            case _:
                pass
    return text


def _known(day: date, text: str) -> str:
    between = "\n" if "\n" in text else " "
    return f"{capital(on(day))}, as far as I knew:{between}{text}"


def times(atom: Atom) -> Expression:
    """The form that returns when something was so."""
    return form("infer", _at(atom))


def _at(atom: Atom) -> Expression:
    return Expression((Symbol("at"), atom, _FROM, _TO))


def ever(stage: Stage, found: Sequence[results.Found], *, now: bool = False) -> str:
    """All times that something held, the first one first; ``now``: those that last until today."""
    return " ".join(
        stage.speech.sentence(one.statement, one.truth, degree=one.degree)
        for one in _ever(found, stage.speech.today if now else None)
    )


def _ever(found: Sequence[results.Found], today: date | None) -> list[results.Found]:
    """Each once, the first first; of a day, only those that last until then, if there are any."""
    dated = [(when, one) for one in found if (when := _days_of(one)) is not None]
    dated = [pair for pair in dated if pair[1].truth.f >= 0.5] or dated
    lasting = [pair for pair in dated if pair[0].last == today]
    dated = lasting or dated
    dated.sort(key=lambda pair: (pair[0].first, pair[0].last))
    return list({one.statement: one for _, one in dated}.values())


def given(
    reading: Reading, now: float, goal: Atom, found: Sequence[results.Found]
) -> list[results.Found] | None:
    """What was given as the answer to a question about a time, of what its call found.

    None where the goal of the call is none that this question, asked at this time, would have.
    """
    act, when = reading.act, reading.when
    if when is None or not isinstance(act, Ask | Find):
        return None
    goals = [g.atom for g in act.goals] if isinstance(act, Ask) else [act.goal]
    span = days(when, now)
    if span is None or all(unify(_at(one), goal) is None for one in goals):
        return None
    fitting = [one for one in found if _is_within(one, span)]
    if isinstance(act, Find):
        return _fitting(act, fitting)
    if when.relation != "ever":
        return fitting[:1]
    return _ever(fitting, _day(now) if when == SINCE_WHEN else None)


def held_goals(
    stage: Stage, reading: Reading, act: Explain
) -> Generator[Need, list[Result], Explain | None]:
    """Why something is so at a time, of what is said to have held then; None where nothing is."""
    if reading.when is None or reading.when.relation in ("as of", "ever") or not act.goals:
        return None
    call = metta(times(goal.atom) for goal in act.goals)
    (result,) = yield Need((call,))
    goals: list[Statement] = []
    for goal, values in zip(act.goals, results.forms(result, len(act.goals)), strict=True):
        asked = replace(reading, act=Ask((goal,)))
        found = given(asked, stage.now, _at(goal.atom), results.found(values))
        if not found:
            return None
        goals.append(replace(goal, atom=found[0].statement))
    return replace(act, goals=tuple(goals))


def _day(now: float) -> date | None:
    moment = utc(now)
    return moment.date() if moment is not None else None


def _held(
    stage: Stage, act: Ask | Find, when: Days, *, now: bool
) -> Generator[Need, list[Result], str]:
    """What is said to have held at a time; "" where nothing is."""
    goals = [g.atom for g in act.goals] if isinstance(act, Ask) else [act.goal]
    if isinstance(act, Ask) and when.first == when.last:
        that_day = yield from _that_day(stage, act, when.first)
        if that_day:
            return that_day
    call = metta(map(times, goals))
    (result,) = yield Need((call,))
    said: list[str] = []
    for number, values in enumerate(results.forms(result, len(goals))):
        fitting = [one for one in results.found(values) if _is_within(one, when)]
        if isinstance(act, Ask):
            if fitting and when.first == date.min:
                said.append(ever(stage, fitting, now=now))
            elif fitting:
                goal = replace(act.goals[number], atom=fitting[0].statement)
                said.append(replies.answer(stage.speech, goal, fitting, None))
        else:
            goal = _at(act.goal)
            picked = _fitting(act, fitting)
            find = replace(act, goal=goal, place=False, time=False)
            said.append(findings.listing(stage.speech, find, picked))
    return " ".join(filter(None, said)) if len(said) == len(goals) else ""


def _that_day(stage: Stage, act: Ask, day: date) -> Generator[Need, list[Result], str]:
    """What all that is said of one day comes to; "" where nothing is.

    Of the times that something held, one that has the day in it is not all there is to it.
    """
    asked = [Expression((Symbol("at"), goal.atom, *Days(day, day).atoms)) for goal in act.goals]
    (result,) = yield Need((metta(form("infer", goal) for goal in asked),))
    said: list[str] = []
    for goal, values in zip(act.goals, results.forms(result, len(asked)), strict=True):
        for one in results.found(values)[:1]:
            rule = "" if one.proof is None else one.proof.rule
            if rule != "always":  # what was said of no time is asked as of that day
                shown = _as_said(one)
                held = replace(goal, atom=shown.statement)
                said.append(replies.answer(stage.speech, held, [shown], None))
    return " ".join(said) if len(said) == len(asked) else ""


def _as_said(one: results.Found) -> results.Found:
    """With the time that was said, where that has in it what was asked."""
    proof = one.proof
    if proof is not None and proof.rule == "sub-interval" and len(proof.premises) == 1:
        return replace(one, statement=proof.premises[0].statement)
    return one


def _fitting(find: Find, found: list[results.Found]) -> list[results.Found]:
    """Of what held at a time, that which answers the question without it."""
    inner = {
        one.statement.children[1]: one for one in found if isinstance(one.statement, Expression)
    }
    plain = [replace(one, statement=statement) for statement, one in inner.items()]
    return [inner[one.statement] for _, one in findings.chosen(find, plain)]


def _is_within(one: results.Found, when: Days) -> bool:
    found = _days_of(one)
    return found is not None and found.meets(when)


def _days_of(one: results.Found) -> Days | None:
    match one.statement:
        case Expression((Symbol("at"), _, first, last)):
            return read_days(first, last)
        case _:
            return None


def _as_of(day: date, play: Play) -> Play:
    """A play with its calls made as of a day."""
    moment = String(day.isoformat())
    answers: list[Result] | None = None
    while True:
        try:
            need = next(play) if answers is None else play.send(answers)
        except StopIteration as end:
            return end.value
        calls = tuple(_then(call, moment) for call in need.calls)
        found = yield Need(calls, need.last)
        answers = [_until(result, moment.value) for result in found]


def _then(call: Call, moment: Atom) -> Call:
    if call.name != "metta":
        return call
    return metta(as_of(moment, one) if isinstance(one, Expression) else one for one in call.args)


def _until(result: Result, day: str) -> Result:
    """A result without words that were kept later."""
    late = {
        value
        for value in result.values
        if isinstance(value, Expression)
        and value.children[:1] == (Symbol("item"),)
        and any(item.time[:10] > day for item in results.items(replace(result, values=(value,))))
    }
    if not late:
        return result
    return replace(result, values=tuple(value for value in result.values if value not in late))
