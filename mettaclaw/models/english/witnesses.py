"""Who said what, and when: who said that …, what did Sam say, and what somebody says to a claim.

Answers come from the record (the tool ``said``), so that they hold only what stands: what was
forgotten nobody has said. Not covered: who contradicts whom (``disputes``), and what is believed in
the end (``inquiries``).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol
from mettaclaw.atoms.truth import Truth
from mettaclaw.models.english import replies, results, testimony
from mettaclaw.models.english.degrees import PLAIN
from mettaclaw.models.english.explanations import day_of, explained
from mettaclaw.models.english.hearsay import named, speaker
from mettaclaw.models.english.meaning import Echo, Quote, Statement, Tell, Witness
from mettaclaw.models.english.periods import Days, When, days, during
from mettaclaw.models.english.prose import capital, truth_text
from mettaclaw.models.english.recollection import look, names, quoted
from mettaclaw.models.english.references import is_naming
from mettaclaw.models.english.results import Source
from mettaclaw.models.english.stage import Need, Play, Say, Stage, form, metta, plain
from mettaclaw.protocol.calls import Call, Result

_MOST = 20
_ITEMS = 50
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
    def denied(self) -> bool:
        """Whether it was said that the statement is not so."""
        return self.truth.f < 0.5


def sayings(result: Result) -> Iterator[Saying]:
    """What the tool ``said`` found."""
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
    return Call("said", tuple(parts))


def period(stage: Stage, when: When | None) -> Days | None:
    """The days of a time; None where none is named, or it has not come (``testimony.not_yet``)."""
    found = days(when, stage.now) if when is not None else None
    if found is not None and when is not None and when.relation == "as of":
        return replace(found, first=date.min)
    return found


# --- who said it -----------------------------------------------------------------------------


def witness(stage: Stage, act: Witness) -> Play:
    """Who said that something is so."""
    within = period(stage, act.when)
    if act.when is not None and within is None:
        return Say(text=testimony.not_yet(stage.now, act.when))
    goals: Sequence[Statement]
    if act.tell is not None:
        told = testimony.settled(act.tell, stage.now)
        if told is None:
            return Say(text=testimony.not_yet(stage.now, act.tell.when))
        goals = told.statements
    else:
        yield Need(())
        goals = [claim.statement for claim in stage.claims()]
        goals = goals or [Statement(plain(topic), PLAIN) for topic in stage.topics()]
        if not goals:
            return Say(text="Said what? Name it: Who said that …?")
    if act.against:
        goals = [replace(g, truth=Truth(1.0 - g.truth.f, g.truth.c)) for g in goals]
    said: list[str] = []
    for goal in goals:
        inferred = metta([form("infer", goal.atom)])
        found = yield Need((record(act.source, goal.atom, within), inferred))
        known = [one for one in sayings(found[0]) if one.statement == goal.atom]
        if act.source:
            said.append(_whether(stage, act, goal, known))
            continue
        said.append(_witnesses(stage, goal, known, within, others=not act.against))
        if not known and within is None and not act.against:
            said.append(_without(stage, goal, found[1]))
    return Say(text="\n".join(filter(None, said)))


def _witnesses(
    stage: Stage, goal: Statement, known: Sequence[Saying], within: Days | None, *, others: bool
) -> str:
    """Who said that it is so, and after that, with ``others``, who said that it is not."""
    denied = goal.truth.f < 0.5
    clause = stage.speech.clause(goal.atom, denied=denied)
    pro = [one for one in known if one.denied == denied]
    con = [one for one in known if one.denied != denied] if others else []
    lines = [f"- {_line(one)}" for one in pro[-_MOST:]]
    if len(pro) == 1:
        lines = [f"{capital(_name(pro[0]))} said that {clause}, {_when(pro[0])}."]
    elif pro:
        lines.insert(0, f"That {clause} was said by:")
    else:
        time = f" {during(within)}" if within is not None else ""
        lines = [f"Nobody told me{time} that {clause}."]
    if len(con) == 1:
        lines.append(f"But {_name(con[0])} said that it is not so, {_when(con[0])}.")
    elif con:
        lines.append("But that it is not so was said by:")
        lines += [f"- {_line(one)}" for one in con[-_MOST:]]
    return "\n".join(lines)


def _whether(stage: Stage, act: Witness, goal: Statement, known: Sequence[Saying]) -> str:
    """Whether one of them said so, and what of it he has said last."""
    who = named(act.who)
    if not known:
        return f"Not that I know of: {who} told me nothing on that."
    last = known[-1]
    yes = "Yes:" if last.denied == (goal.truth.f < 0.5) else "On the contrary:"
    clause = stage.speech.clause(goal.atom, denied=last.denied)
    return f"{yes} {who} said that {clause}, {_when(last)}."


def _name(one: Saying) -> str:
    return speaker(one.source.source, one.source.words)


def _line(one: Saying) -> str:
    return f"{_name(one)}, {_when(one)}"


def _when(one: Saying) -> str:
    return f"{day_of(one.source.time)} {truth_text(one.truth)}"


def _without(stage: Stage, goal: Statement, result: Result) -> str:
    """What follows where nobody has said it."""
    for one in results.found(result.values)[:1]:
        if replies.is_guess(one) or one.truth.c < replies.FAINT or one.proof is None:
            continue
        if (one.truth.f < 0.5) == (goal.truth.f < 0.5):
            return f"It follows from what I was told:\n{explained(stage.speech, one.proof)}"
    return ""


# --- what somebody said ----------------------------------------------------------------------


def quote(stage: Stage, act: Quote) -> Play:
    """What somebody has said, about something and at some time."""
    within = period(stage, act.when)
    if act.when is not None and within is None:
        return Say(text=testimony.not_yet(stage.now, act.when))
    calls = [record(act.source, act.thing, within)]
    own = act.source in ("", "user")
    if own:
        calls.append(look(act.text, _ITEMS))
    found = yield Need(tuple(calls), last=True)
    if found[0].failure is not None:
        return Say(text=replies.failed(found[0].failure))
    known = [one for one in sayings(found[0]) if not is_naming(one.statement)]
    items = [item for item in results.items(found[1]) if _fits(item, act, within)] if own else []
    subject = _speaker(act, known)
    about = f" about {stage.speech.other(act.thing)}" if act.thing is not None else ""
    time = f" {during(within)}" if within is not None else ""
    if not known and not items:
        if not subject:
            return Say(text=f"Nobody told me anything{about}{time}.")
        return Say(text=f"I know of nothing that {subject} said{about}{time}.")
    dated = within is None or within.first != within.last
    told = (_told(stage, one, by=not subject, on=dated) for one in known)
    lines = list(dict.fromkeys(told))
    lines[:-_MOST] = [f"{len(lines) - _MOST} more before; then:"] if len(lines) > _MOST else []
    lines += [quoted(item) for item in items]
    title = f"{subject} said{about}{time}" if subject else f"Said{about}{time}"
    return Say(text="\n".join([f"{capital(title)}:", *lines]))


def _speaker(act: Quote, known: Sequence[Saying]) -> str:
    if not act.source or act.source == "user":
        return "you" if act.source else ""
    return speaker(act.source, known[-1].source.words) if known else named(act.who)


def _told(stage: Stage, one: Saying, *, by: bool, on: bool) -> str:
    """What was said, with who said it and on which day, where that is not told before."""
    clause = stage.speech.clause(one.statement, denied=one.denied, degree=one.truth.f)
    who = f"{_name(one)} said that " if by else ""
    day = f", {day_of(one.source.time)}" if on else ""
    return f"- {capital(f'{who}{clause}')} {truth_text(one.truth)}{day}."


def _fits(item: results.Item, act: Quote, within: Days | None) -> bool:
    """Whether words that are kept are the person's, and of that thing and time."""
    if item.source != "user" or (act.thing is not None and not names(item, act.thing, act.text)):
        return False
    if within is None:
        return act.thing is not None or act.source == "user"
    return within.first.isoformat() <= item.time[:10] <= within.last.isoformat()


# --- what somebody says to a claim -----------------------------------------------------------


def echoed(stage: Stage, act: Echo) -> Generator[Need, list[Result], Tell | str]:
    """What somebody denies or confirms, as told by him; where that is unclear, a question."""
    yield Need(())
    claims = stage.claims()
    if len(claims) == 1 and (claims[0].told or claims[0].statement.truth.f >= 0.5):
        one = claims[0].statement
        so = (one.truth.f >= 0.5) != act.denied
        return Tell((Statement(one.atom, Truth(float(so), PLAIN.c)),), (), act.source, act.told)
    do = "do" if act.source == "user" else "does"
    base, past = ("deny", "denied") if act.denied else ("confirm", "said")
    who = named(act.who)
    return f'What {do} {who} {base}? Say it in full: "{capital(act.who)} {past} that …".'
