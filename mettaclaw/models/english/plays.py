"""What each reading does: the calls it makes, and what it says once it has their results.

Facts are told and remembered here; ``inquiries`` has the questions, ``recollection`` what is known
about something. What a play is, see ``stage``.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from mettaclaw.atoms.syntax import Atom, Expression, String, is_ground
from mettaclaw.atoms.unify import head
from mettaclaw.models.english import (
    disputes,
    doubts,
    findings,
    forgetting,
    frames,
    inquiries,
    quotes,
    recollection,
    replies,
    results,
    testimony,
    values,
    witnesses,
)
from mettaclaw.models.english.hearsay import speaker
from mettaclaw.models.english.meaning import (
    Act,
    Agreement,
    Ask,
    Changes,
    Chat,
    Describe,
    Disputes,
    Echo,
    Explain,
    Find,
    Forget,
    Quote,
    Reading,
    Recall,
    Remember,
    Statement,
    Tell,
    Witness,
    is_tautology,
)
from mettaclaw.models.english.prose import in_quotes, listed, written
from mettaclaw.models.english.references import Ambiguous, resolved
from mettaclaw.models.english.retrospect import held_goals, look_back
from mettaclaw.models.english.stage import Need, Play, Say, Stage, about, form, metta, stored
from mettaclaw.models.english.values import ALSO
from mettaclaw.protocol.calls import Call, Result


def play(stage: Stage, reading: Reading, words: str) -> Play:
    """The play of a sentence; ``words`` are the sentence as the person wrote it."""
    try:
        act, presupposed = yield from resolved(stage, reading)
    except Ambiguous as several:
        noun = several.reference.noun
        return Say(text=findings.ambiguous(stage.speech, several.owner, noun, several.things))
    if reading.when is not None:
        held = (yield from held_goals(stage, reading, act)) if isinstance(act, Explain) else None
        if held is not None:
            return (yield from inquiries.explain(stage, held))
        return (yield from look_back(stage, act, reading.when, _asked(stage, act), words))
    match act:
        case Tell():
            then = testimony.settled(act, stage.now)
            if then is None:
                return Say(text=testimony.not_yet(stage.now, act.told, act.when))
            act = replace(then, implied=(*then.implied, *presupposed))
            before = (yield from _corrected(stage, act)) if frames.CORRECTION.match(words) else ""
            taken = yield from tell(stage, [(act, words)])
            return replace(taken, text=" ".join(filter(None, (taken.text, before))))
        case Remember():
            if act.tell is not None:
                told = testimony.settled(act.tell, stage.now)
                if told is None:
                    times = (act.tell.told, act.tell.when)
                    return Say(text=testimony.not_yet(stage.now, *times))
                told = replace(told, implied=(*told.implied, *presupposed))
                act = replace(act, tell=told)
            return (yield from _remember(stage, act, words))
        case Echo():
            told = yield from witnesses.echoed(stage, act)
            if isinstance(told, str):
                return Say(text=told)
            then = testimony.settled(told, stage.now)
            if then is None:
                return Say(text=testimony.not_yet(stage.now, told.told))
            return (yield from tell(stage, [(then, words)]))
        case Forget():
            return (yield from forgetting.forget(stage, act))
        case Chat():
            agreed = act.topic == "meant" or bool(frames.YES.match(words))
            put = (yield from doubts.confirmed(stage)) if agreed else ""
            return Say(text=put or replies.GREETINGS[act.topic])
        case _:
            return (yield from _asked(stage, act))


def _asked(stage: Stage, act: Act) -> Play:
    """The play of a question."""
    match act:
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
        case Witness():
            return (yield from witnesses.witness(stage, act))
        case Quote():
            return (yield from quotes.quote(stage, act))
        case Disputes():
            return (yield from disputes.contradictions(stage, act))
        case Agreement():
            return (yield from witnesses.agreement(stage, act))
        case Changes():
            return (yield from disputes.changes(stage, act))
        case _:
            return (yield from inquiries.doubt(stage))


def _corrected(stage: Stage, act: Tell) -> Generator[Need, list[Result], str]:
    """That what was known before stays, where a sentence begins with No; "" where nothing was."""
    yield Need(())
    topic = next(iter(stage.topics()), None)
    if topic is None or topic in [s.atom for s in act.statements]:
        return ""
    (result,) = yield Need((metta([about("infer", topic)]),))
    known = [f for f in results.found(result.values) if f.statement == topic and f.truth.c >= 0.5]
    if not known or known[0].truth.f < 0.5:
        return ""
    words = stage.speech.yours(topic)
    return f'I keep what I knew before. If it is wrong, say "Forget that {words}."'


def tell(stage: Stage, told: Sequence[tuple[Tell, str]]) -> Play:
    """Facts of one sentence, or of several in one call; each with the words it was said in."""
    kept, empty = _without_tautologies(told)
    call = _believe(kept, stage.now)
    if not call.args:
        return Say(text=replies.tautologies(stage.speech, empty))
    (result,) = yield Need((call,), last=True)
    taken = _taken_in(stage, kept, result)
    said = [taken.text, replies.tautologies(stage.speech, empty)]
    return replace(taken, text=" ".join(filter(None, said)))


def _without_tautologies(
    told: Sequence[tuple[Tell, str]],
) -> tuple[list[tuple[Tell, str]], list[Statement]]:
    """What is worth believing, and what says nothing."""
    kept: list[tuple[Tell, str]] = []
    empty: list[Statement] = []
    for act, words in told:
        empty += [s for s in act.statements if is_tautology(s.atom)]
        rest = tuple(s for s in act.statements if not is_tautology(s.atom))
        kept.append((replace(act, statements=rest), words))
    return kept, empty


def _believe(told: Sequence[tuple[Tell, str]], now: float) -> Call:
    known = [form("truth", s.atom) for act, _ in told if act.source for s in act.statements]
    before = [
        _earlier_values(s) for act, words in told if not ALSO.search(words) for s in act.statements
    ]
    forms = dict.fromkeys(
        testimony.believed(act, s, words, now)
        for several, words in told
        for act in testimony.voices(several)
        for s in (*act.statements, *act.implied)
    )
    inferred = [form("infer", s.atom) for s in _worth_asking(told)]
    return metta(dict.fromkeys((*known, *inferred, *(f for f in before if f), *forms)))


def _worth_asking(told: Sequence[tuple[Tell, str]]) -> list[Statement]:
    """What is told alone, by somebody else or as not so: that may contradict what follows."""
    if len(told) != 1 or len(told[0][0].statements) != 1:
        return []
    (act, _), (s,) = told[0], told[0][0].statements
    plain = head(s.atom) == "-->" and is_ground(s.atom) and s.truth.f in (0.0, 1.0)
    return [s] if plain and (act.source or s.truth.f == 0.0) else []


def _earlier_values(statement: Statement) -> Expression | None:
    """A form that returns what a value was before; None where a statement gives none."""
    wanted = values.asked(statement) if statement.truth.f >= 0.5 else None
    return None if wanted is None else stored(wanted)


def _replaced(stage: Stage, statement: Statement, returned: dict[Atom, tuple[Atom, ...]]) -> str:
    """What a value was before, where it was another one that counted."""
    asked = _earlier_values(statement)
    steps = [p for v in returned.get(asked, ()) if (p := results.step(v))] if asked else []
    told = [results.Found(p.statement, p.truth, p) for p in steps if p.truth.f >= 0.5]
    return values.replaced(stage.speech, statement, told)


def _taken_in(stage: Stage, told: Sequence[tuple[Tell, str]], result: Result) -> Say:
    """What was noted, and what is remarkable about it."""
    if result.failure is not None:
        return Say(text=replies.failed(result.failure))
    returned = dict(
        zip(result.call.args, results.forms(result, len(result.call.args)), strict=False)
    )
    disputed = dict(testimony.by_statement(result.values))
    noted: list[str] = []
    remarks: list[str] = []
    for act, words in told:
        spoken = [one for one in testimony.voices(act) if one.source not in ("", "user")]
        for s in act.statements:
            believed = testimony.believed(testimony.voices(act)[-1], s, words, stage.now)
            now = results.truth_of(returned.get(believed, ()))
            dispute = disputed.pop(s.atom, None)
            against = testimony.told(stage.speech, dispute) if dispute else ""
            if spoken:
                known = results.truth_of(returned.get(form("truth", s.atom), ()))
                time = testimony.spoken(act, stage.now)
                who = listed([speaker(one.source, words) for one in testimony.voices(act)])
                noted.append(testimony.noted(stage.speech, who, s, known, now or s.truth, time))
                remarks += [testimony.ALOUD + against] if against else []
                continue
            before = _replaced(stage, s, returned)
            said = "" if before else replies.remark(stage.speech, s, now, against)
            if before:
                remarks.append(f"Noted: {replies.noted(stage.speech, s, now)}. {before}")
            elif said:
                remarks.append(said)
            else:
                noted.append(replies.noted(stage.speech, s, now))
    for s in _worth_asking(told):
        found = results.found(returned.get(form("infer", s.atom), ()))
        remarks.append(testimony.unlike(stage.speech, s, found))
    for dispute in disputed.values():
        remarks.append(testimony.ALOUD + testimony.told(stage.speech, dispute))
    remarks += doubts.asked(stage.speech, result.values)
    return Say(tuple(dict.fromkeys(noted)), " ".join(filter(None, dict.fromkeys(remarks))))


def _remember(stage: Stage, act: Remember, words: str) -> Play:
    """Keep the words; what they say is believed in the same words, so that both are one item."""
    text = written(act.text, words)
    kept = Call("remember", (String(text),))
    told = [] if act.tell is None else [(act.tell, text)]
    believed = _believe(told, stage.now) if told else None
    found = yield Need((kept,) if believed is None else (kept, believed), last=True)
    if found[0].failure is not None:
        return Say(text=replies.failed(found[0].failure))
    said = f"I will remember: {in_quotes(text)}"
    if not told:
        return Say(text=said)
    taken = _taken_in(stage, told, found[1])
    return Say(taken.noted, f"{said} {taken.text}".strip())
