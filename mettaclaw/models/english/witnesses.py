"""Who said that something is so, and what somebody says to what was claimed last.

Not covered: all that one has said (``quotes``), who contradicts whom (``disputes``), and what is
believed in the end (``inquiries``).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace

from mettaclaw.atoms.forms import others
from mettaclaw.atoms.syntax import Atom, is_ground
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import head
from mettaclaw.models.english import replies, results, testimony
from mettaclaw.models.english.degrees import PLAIN
from mettaclaw.models.english.explanations import explained, time_of
from mettaclaw.models.english.hearsay import is_report, named
from mettaclaw.models.english.meaning import Agreement, Echo, Statement, Tell, Witness
from mettaclaw.models.english.periods import Days, during
from mettaclaw.models.english.prose import capital, truth_text
from mettaclaw.models.english.references import is_naming
from mettaclaw.models.english.sayings import Saying, period, record, sayings
from mettaclaw.models.english.stage import Claim, Need, Play, Say, Stage, form, metta, plain
from mettaclaw.protocol.calls import Result

_MOST = 20
_SAME, _OPPOSITE = 0.05, 0.5  # how far apart two frequencies say the same, or the opposite


def witness(stage: Stage, act: Witness) -> Play:
    """Who said that something is so."""
    within = period(stage, act.when)
    if act.when is not None and within is None:
        return Say(text=testimony.not_yet(stage.now, act.when))
    goals: Sequence[Statement]
    both = False  # after a No, who denied it may be those who say so, or those who do not
    if act.tell is not None:
        told = testimony.settled(act.tell, stage.now)
        if told is None:
            return Say(text=testimony.not_yet(stage.now, act.tell.when))
        goals = told.statements
    else:
        yield Need(())
        claims = stage.claims()
        goals = [claim.statement for claim in claims]
        both = any(not claim.told and claim.statement.truth.f < 0.5 for claim in claims)
        topics = [] if goals else [plain(topic) for topic in stage.topics()]
        told = [one for one in topics if is_ground(one) or head(one) == "==>"]
        goals = goals or [Statement(one, PLAIN) for one in told]
        if not goals:
            asks = f"When did {act.who} say" if act.dated else "Who said"
            return Say(text=f"Said what? Name it: {asks} that …?")
    if act.against:
        goals = [replace(g, truth=Truth(1.0 - g.truth.f, g.truth.c)) for g in goals]
    said: list[str] = []
    for goal in goals:
        inferred = metta([form("infer", goal.atom)])
        found = yield Need((record(act.source, goal.atom, within), inferred))
        known = list(_of(goal.atom, sayings(found[0])))
        if act.source:
            said.append((_dates if act.dated else _whether)(stage, act, goal, known))
            continue
        said.append(_witnesses(stage, goal, known, within, others=both or not act.against))
        if not known and within is None and not act.against:
            said.append(_without(stage, goal, found[1]))
    return Say(text="\n".join(filter(None, said)))


def agreement(stage: Stage, act: Agreement) -> Play:
    """Who has said the same as one of them, of what he said of late."""
    (found,) = yield Need((record(act.source, None, None),))
    known = [one for one in sayings(found) if not is_naming(one.statement)]
    own = {(one.statement, one.denied) for one in known}
    if not own:
        return Say(text=f"I know of nothing that {named(act.who)} said.")
    about = dict.fromkeys(one.statement for one in reversed(known))
    looks = [record("", statement, None) for statement in about]
    said: list[str] = []
    for result in (yield Need(tuple(looks[:_MOST]), last=True)):
        for one in sayings(result):
            if (one.statement, one.denied) in own and one.source.source != act.source:
                clause = stage.speech.clause(one.statement, denied=one.denied)
                said.append(f"{capital(one.who)} said that {clause}, {_when(one)}.")
    lines = list(dict.fromkeys(said))
    return Say(text="\n".join(lines) or f"I know of nobody who agrees with {named(act.who)}.")


def _of(statement: Atom, said: Iterable[Saying]) -> Iterator[Saying]:
    """What was said of a statement, that of its other forms as it counts for it."""
    turned = dict(others(statement))
    for one in said:
        if one.statement == statement:
            yield one
        elif one.statement in turned:
            f = 1.0 - one.truth.f if turned[one.statement] else one.truth.f
            source = replace(one.source, truth=Truth(f, one.truth.c))
            yield replace(one, statement=statement, source=source)


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
        said = _clause(stage, goal.atom, pro[0])
        lines = [f"{capital(pro[0].who)} said that {said}, {_when(pro[0])}."]
    elif pro:
        lines.insert(0, f"That {clause} was said by:")
    else:
        time = f" {during(within)}" if within is not None else ""
        lines = [f"Nobody told me{time} that {clause}."]
    if len(con) == 1:
        one = con[0]
        said = _clause(stage, goal.atom, one) if one.truth.f % 1.0 else "it is not so"
        lines.append(f"But {one.who} said that {said}, {_when(one)}.")
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
    apart = abs(last.truth.f - goal.truth.f)
    yes = "Yes:" if apart < _SAME else "Not quite:" if apart <= _OPPOSITE else "On the contrary:"
    clause = _clause(stage, goal.atom, last)
    return f"{yes} {who} said that {clause}, {_when(last)}."


def _dates(stage: Stage, act: Witness, goal: Statement, known: Sequence[Saying]) -> str:
    """On which days one of them said so, each with the words in which it was told."""
    denied = goal.truth.f < 0.5
    fitting = [one for one in known if one.denied == denied]
    if not fitting:
        return _whether(stage, act, goal, known)
    said = f"{capital(named(act.who))} said that {stage.speech.clause(goal.atom, denied=denied)}"
    lines = [f"{_when(one)}{_told(one)}" for one in fitting[-_MOST:]]
    if len(lines) == 1:
        return f"{said} {lines[0]}"
    return "\n".join([f"{said}:", *(f"- {line}" for line in lines)])


def _clause(stage: Stage, statement: Atom, one: Saying) -> str:
    """What somebody said, in the degree that he said it in: that few cats are black."""
    return stage.speech.clause(statement, denied=one.denied, degree=one.truth.f)


def _told(one: Saying) -> str:
    """The words in which the person told what somebody said, as the end of a sentence."""
    words = one.source.words
    as_told = ", as you told me" if is_report(one.source.source, words) else ""
    return f'{as_told}: "{words}"' if words else "."


def _line(one: Saying) -> str:
    return f"{one.who}, {_when(one)}"


def _when(one: Saying) -> str:
    return f"{time_of(one.source)} {truth_text(one.truth)}"


def _without(stage: Stage, goal: Statement, result: Result) -> str:
    """What follows where nobody has said it."""
    for one in results.found(result.values)[:1]:
        if replies.is_guess(one) or one.truth.c < replies.FAINT or one.proof is None:
            continue
        if (one.truth.f < 0.5) == (goal.truth.f < 0.5):
            return f"It follows from what I was told:\n{explained(stage.speech, one.proof)}"
    return ""


def _position(claim: Claim, act: Echo) -> bool | None:
    """Whether somebody says that the statement of a claim is so; None where that is unclear."""
    positive = claim.statement.truth.f >= 0.5
    if not claim.denied:
        clear = claim.told or positive
        return (positive != act.denied and not (act.denied and act.too)) if clear else None
    if act.denied:
        return not positive if act.too or not act.reply else None
    return not positive if act.too else None  # he confirms what was said, or the denial


def echoed(stage: Stage, act: Echo) -> Generator[Need, list[Result], Tell | str]:
    """What somebody denies or confirms, as told by him; where that is unclear, a question."""
    yield Need(())
    claims = stage.claims()
    if len(claims) == 1 and (so := _position(claims[0], act)) is not None:
        said = Statement(claims[0].statement.atom, Truth(float(so), PLAIN.c))
        return Tell((said,), (), act.source, act.told, others=act.others)
    do = "do" if act.source == "user" else "does"
    base, past = ("deny", "denied") if act.denied else ("confirm", "said")
    who = named(act.who)
    return f'What {do} {who} {base}? Say it in full: "{capital(act.who)} {past} that …".'
