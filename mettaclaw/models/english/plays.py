"""What each reading does: the calls it makes, and what it says once it has their results.

Facts are told and remembered here; ``inquiries`` has the questions, ``recollection`` what is known
about something. What a play is, see ``stage``.
"""

from __future__ import annotations

from dataclasses import replace

from mettaclaw.atoms.syntax import String
from mettaclaw.models.english import inquiries, recollection, replies, results
from mettaclaw.models.english.meaning import (
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
)
from mettaclaw.models.english.references import resolved
from mettaclaw.models.english.stage import Need, Play, Say, Stage, form, metta
from mettaclaw.protocol.calls import Call, Result


def play(stage: Stage, reading: Reading, words: str) -> Play:
    """The play of a sentence; ``words`` are the sentence as the person wrote it."""
    act, presupposed = yield from resolved(stage, reading)
    match act:
        case Tell():
            act = replace(act, implied=(*act.implied, *presupposed))
            return (yield from _tell(stage, act, words))
        case Ask():
            return (yield from inquiries.ask(stage, act))
        case Find():
            return (yield from inquiries.find(stage, act))
        case Describe():
            return (yield from inquiries.describe(stage, act))
        case Recall():
            return (yield from recollection.recall(stage, act))
        case Explain():
            return (yield from inquiries.explain(stage, act))
        case Doubt():
            return (yield from inquiries.doubt(stage))
        case Remember():
            if act.tell is not None:
                told = replace(act.tell, implied=(*act.tell.implied, *presupposed))
                act = replace(act, tell=told)
            return (yield from _remember(stage, act, words))
        case Forget():
            return (yield from recollection.forget(stage, act, reading.references))
        case Chat():
            return Say(text=replies.GREETINGS[act.topic])


def _believe(tell: Tell, words: str) -> Call:
    statements = dict.fromkeys((*tell.statements, *tell.implied))
    return metta(form("believe", s.atom, s.truth.to_atom(), String(words)) for s in statements)


def _tell(stage: Stage, act: Tell, words: str) -> Play:
    call = _believe(act, words)
    (result,) = yield Need((call,), last=True)
    return _taken_in(stage, act, call, result)


def _taken_in(stage: Stage, act: Tell, call: Call, result: Result) -> Say:
    if result.failure is not None:
        return Say(text=replies.failed(result.failure))
    values = results.forms(result, len(call.args))
    noted: list[str] = []
    remarks: list[str] = []
    for statement, returned in zip(act.statements, values, strict=False):
        now = results.truth_of(returned)
        said = replies.remark(stage.speech, statement, now)
        if said:
            remarks.append(said)
        else:
            noted.append(replies.noted(stage.speech, statement, now))
    return Say(tuple(noted), " ".join(remarks))


def _remember(stage: Stage, act: Remember, words: str) -> Play:
    kept = Call("remember", (String(act.text),))
    believed = None if act.tell is None else _believe(act.tell, words)
    found = yield Need((kept,) if believed is None else (kept, believed), last=True)
    if found[0].failure is not None:
        return Say(text=replies.failed(found[0].failure))
    text = f'I will remember: "{act.text}".'
    if act.tell is None or believed is None:
        return Say(text=text)
    told = _taken_in(stage, act.tell, believed, found[1])
    return Say(told.noted, f"{text} {told.text}".strip())
