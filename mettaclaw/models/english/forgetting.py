"""How something is forgotten: the statements, and the words that were kept of it.

Invariant: what is said to be forgotten is gone as a statement and as kept words, and from the log
(``memory.erasure``), which is told with the first that is forgotten; what stays is named. Where
kept words may be meant and may not, they are shown, and none of them is forgotten. What is only
taken back (``unsaying``) stays in the log, and that is told too.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol, Variable
from mettaclaw.atoms.unify import head
from mettaclaw.models.english import erasing, replies, results, unsaying
from mettaclaw.models.english.circumstances import dated
from mettaclaw.models.english.erasing import ERASED
from mettaclaw.models.english.hearsay import asked_of
from mettaclaw.models.english.meaning import USER, Forget, Remember, Tell, is_a
from mettaclaw.models.english.prose import capital
from mettaclaw.models.english.reader import read
from mettaclaw.models.english.recollection import about, look, names, of_unnamed, quoted
from mettaclaw.models.english.references import Ambiguous, is_naming, resolved
from mettaclaw.models.english.sayings import record, sayings
from mettaclaw.models.english.stage import Need, Play, Say, Stage, form, metta, proofs, stored
from mettaclaw.models.english.testimony import not_yet
from mettaclaw.protocol.calls import Call, Result

LOGGED = "The log keeps the words that were said (`mettaclaw episodes`); I am not shown them again."
OTHERS = "What the same words told besides stays, to be forgotten by itself:"
TIMED = "What was said of a time stays, to be forgotten by itself:"
_FROM, _TO = Variable("from"), Variable("to")
_MOST = 20
_ITEMS = 20


@dataclass(slots=True)
class _Meant:
    """What is to be forgotten: statements with their proofs, items, texts that were to be kept;
    items of which it is not clear; and statements that stay, of which the same words told.
    """

    known: dict[Atom, results.Step] = field(default_factory=dict)
    items: dict[int, results.Item] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    doubtful: dict[int, results.Item] = field(default_factory=dict)
    staying: list[results.Step] = field(default_factory=list)


def forget(stage: Stage, act: Forget) -> Play:
    """Forget what is stored of it, and the words that it was to be remembered in."""
    if act.source:
        return _logged(stage, (yield from unsaying.unsay(stage, act)))
    if act.items:
        return (yield from erasing.numbered(stage, act))
    if unsaying.NAMELESS.fullmatch(act.text):
        return Say(text=unsaying.NAME)
    goals = _goals(act, stage.now)
    if goals is None:
        return Say(text=not_yet(stage.now, act.when))
    patterns = goals or (about(act.thing) if act.thing is not None else [])
    dated_too = [] if act.when is not None else [form("at", goal, _FROM, _TO) for goal in goals]
    calls = [look("I my me" if act.thing == USER else act.text, _ITEMS)]
    if patterns:
        calls.append(metta(map(stored, (*patterns, *dated_too))))
    found = yield Need(tuple(calls))
    meant = _Meant()
    timed: list[results.Step] = []
    if patterns:
        every = proofs(calls[1], found[1])
        timed = [p for p in every if dated_too and head(p.statement) == "at"]
        meant.known = {p.statement: p for p in every if p not in timed}
    if act.thing is not None:
        theirs = yield from of_unnamed(stage, act.thing, list(meant.known.values()))
        meant.known |= {proof.statement: proof for proof in theirs}
    is_name = not act.name and act.text[:1].isupper()
    if is_name and not meant.known and (yield from _has_spoken(act)):
        # Of somebody who is known by what they say alone, that is what is meant: it can be undone.
        return _logged(stage, (yield from unsaying.unsay(stage, unsaying.all_of(act.text))))
    yield from _choose(stage, act, meant, _kept(act, meant, found[0]))
    yield from _entailed(stage, meant, named=act.thing is not None)
    gone = [*list(meant.known)[:_MOST], *map(Number, meant.items), *map(String, meant.texts)]
    done: list[Result] = []
    if gone:
        done = yield Need(tuple(Call("forget", (atom,)) for atom in gone))
    rest = (yield from _with_name(stage, act, meant)) if act.name else ""
    still = yield from _still(stage, goals)
    said = [_gone(stage, done, meant), rest, _doubtful(meant.doubtful.values(), bool(done)), still]
    said += [_staying(stage, OTHERS, meant.staying), _staying(stage, TIMED, timed)]
    erased = rest or any(r.failure is None for r in done)
    if erased and not any(ERASED in r for r in stage.replies):
        said.append(ERASED)
    if done and not act.name:
        said.append((yield from _spoken(act)))
    text = "\n".join(filter(None, said))
    if not text and not is_name and (yield from _has_spoken(act)):
        return _logged(stage, (yield from unsaying.unsay(stage, unsaying.all_of(act.text))))
    what = f"that {act.text}" if act.statements else f'"{act.text}"'
    return Say(text=text or f"There is nothing to forget: I did not know {what}.")


def _with_name(stage: Stage, act: Forget, meant: _Meant) -> Generator[Need, list[Result], str]:
    """Erase all else that has the name in it, kept words of which it was not clear, too."""
    told = {f'the words "{item.text}"' for item in meant.items.values()}
    told |= {f"that {stage.speech.clause(statement)}" for statement in meant.known}
    gone = yield from erasing.named(stage, act.name, told)
    meant.doubtful.clear()
    return gone.text


def _goals(act: Forget, now: float) -> list[Expression] | None:
    """What fits the statements that are to be forgotten; None where their time has not come."""
    told = dated(Tell(act.statements, when=act.when), now)
    if told is None:
        return None
    goals = [s.atom for s in told.statements if isinstance(s.atom, Expression)]
    if act.when is not None and act.when.relation == "since":  # until the day that it was told
        return [Expression((*goal.children[:-1], _TO)) for goal in goals]
    return goals


def named(act: Forget) -> str:
    """What was taken back, as it is named to the person; "" for what was erased."""
    return unsaying.as_yours(act.text) if act.source else ""


def _has_spoken(act: Forget) -> Generator[Need, list[Result], bool]:
    """Whether somebody has said something that is to be forgotten as a thing."""
    _, source = asked_of(act.text if act.thing is not None else "")
    if not source:
        return False
    (found,) = yield Need((record(source, None, None),))
    return any(sayings(found))


def _spoken(act: Forget) -> Generator[Need, list[Result], str]:
    """That what somebody has said stays, where what is known about him was forgotten."""
    if not (yield from _has_spoken(act)):
        return ""
    return f'What {act.text} has said stays; to take that back, say "Forget what {act.text} said."'


def _kept(act: Forget, meant: _Meant, found: Result) -> list[results.Item]:
    """The kept words that may be meant; what is believed in them is forgotten as a statement,
    unless it is of something that nothing else is known of.
    """
    others = [] if meant.known or act.thing is None else results.items(found, believed=True)
    return others or results.items(found)


def _choose(
    stage: Stage, act: Forget, meant: _Meant, kept: Sequence[results.Item]
) -> Generator[Need, list[Result], None]:
    """Which of the kept words go: those that say the same, all that have a name in them, and those
    that name another thing, if there are no others.
    """
    words = dict.fromkeys(t for proof in meant.known.values() for t in _remembered(proof))
    found = {item.text for item in kept}
    meant.texts = tuple(text for text in words if text not in found)
    goals = {s.atom for s in act.statements}
    naming: list[results.Item] = []
    for item in kept:
        if act.text in (item.text, item.text.rstrip(".!? ")) or item.text in words:
            meant.items[item.id] = item
        elif goals:
            told = yield from _told(stage, item)
            if told and set(told) <= goals:
                meant.items[item.id] = item
            elif goals & set(told):
                meant.doubtful[item.id] = item
        elif act.thing is None:
            if names(item, Symbol(""), act.text):
                meant.doubtful[item.id] = item
        elif names(item, act.thing, act.text):
            naming.append(item)
    alone = len(naming) == 1 and not meant.known and not meant.items and act.thing != USER
    if not alone and not act.text[:1].isupper():
        meant.doubtful |= {item.id: item for item in naming}
        return
    for item in naming:
        meant.items[item.id] = item
        told = yield from _told(stage, item)
        if told:  # what these words said is no longer believed either
            call = metta(map(stored, told))
            (result,) = yield Need((call,))
            meant.known |= {p.statement: p for p in proofs(call, result)}


def _entailed(stage: Stage, meant: _Meant, *, named: bool) -> Generator[Need, list[Result], None]:
    """What the same words told besides: ``Tom is Ann's husband`` that Tom is a husband, which goes.

    Other things that they told stay, and are shown where they were said of somebody by name
    (``named``): of Tom and Ann are cats, that Tom is one.
    """
    words = {leaf.words for proof in meant.known.values() for leaf in proof.leaves() if leaf.words}
    entailed = {atom for proof in meant.known for atom in _besides(proof)}
    others: dict[Atom, None] = {}
    for text in [*words][:_MOST] if named else ():
        reading = read(text.rstrip(".!? "), question=False, ended=True)
        if reading is not None and isinstance(reading.act, Tell) and not reading.references:
            others |= dict.fromkeys(s.atom for s in reading.act.statements)
    wanted = [atom for atom in (*entailed, *others) if atom not in meant.known]
    if not wanted:
        return
    call = metta(map(stored, dict.fromkeys(wanted)))
    (result,) = yield Need((call,))
    for proof in proofs(call, result):
        rests = proof.rule == "said" and all(leaf.words in words for leaf in proof.sources)
        if rests and proof.sources and proof.statement in entailed:
            meant.known[proof.statement] = proof
        elif proof.statement in others and any(leaf.words in words for leaf in proof.sources):
            meant.staying.append(proof)


def _besides(statement: Atom) -> Iterator[Atom]:
    """What a statement entails: of Tom is Ann's husband, that he is a husband; of what has been so
    since Monday, that it is so.
    """
    match statement:
        case Expression((Symbol("-->"), Expression((Symbol("x"), thing, _)), Symbol() as noun)):
            yield is_a(thing, noun)
        case Expression((Symbol("at"), now, _, _)):
            yield now
        case _:
            pass


def _staying(stage: Stage, title: str, known: Sequence[results.Step]) -> str:
    if not known:
        return ""
    lines = [
        f"- {stage.speech.sentence(p.statement, p.truth, degree=p.degree)}" for p in known[:_MOST]
    ]
    return "\n".join([title, *lines])


def _logged(stage: Stage, taken: Say) -> Say:
    """That the log keeps what was taken back, where that is the first."""
    if any(LOGGED in reply for reply in stage.replies) or not taken.text.startswith(unsaying.DONE):
        return taken
    return replace(taken, text=f"{taken.text}\n{LOGGED}")


def _told(stage: Stage, item: results.Item) -> Generator[Need, list[Result], list[Expression]]:
    """The statements that kept words make; none where they cannot be read."""
    reading = read(item.text.rstrip(".!? "), question=False, ended=True)
    if reading is None or not isinstance(reading.act, Tell):
        return []
    try:
        act, _ = yield from resolved(stage, reading)
    except Ambiguous:
        return []
    if not isinstance(act, Tell):
        return []
    return [s.atom for s in act.statements if isinstance(s.atom, Expression)]


def _still(stage: Stage, goals: Sequence[Expression]) -> Generator[Need, list[Result], str]:
    """What was to be forgotten, and follows from other things all the same."""
    if not goals:
        return ""
    call = metta(form("infer", goal) for goal in goals)
    (result,) = yield Need((call,), last=True)
    said: list[str] = []
    for values in results.forms(result, len(goals)):
        for one in results.found(values)[:1]:
            guess = one.proof is not None and one.proof.is_guess
            if one.truth.c >= replies.WEAK and not guess:
                sentence = stage.speech.sentence(one.statement, one.truth, degree=one.degree)
                said.append(f"It still follows from what else I know, ask Why?: {sentence}")
    return "\n".join(said)


def _remembered(proof: results.Step) -> list[str]:
    """The texts that were kept when this was said, where its words say so: Remember that …"""
    acts = [
        reading.act
        for leaf in proof.leaves()
        if (reading := read(leaf.words.rstrip(".!? "), question=False, ended=True)) is not None
    ]
    return [act.text for act in acts if isinstance(act, Remember)]


def _doubtful(items: Iterable[results.Item], forgot: bool) -> str:
    lines = [quoted(item) for item in items]
    if not lines:
        return ""
    kept = "These words stay in my memory" if forgot else "I have forgotten nothing. I keep"
    how = "To forget one, say Forget that, and its words."
    return "\n".join([f"{kept}:", *lines, how])


def _is_missing(result: Result) -> bool:
    return result.failure is not None and result.failure.message.startswith("nothing to forget")


def _gone(stage: Stage, done: Sequence[Result], meant: _Meant) -> str:
    known: Mapping[Atom, results.Step] = meant.known
    said: list[str] = []
    some = any(result.failure is None for result in done)
    for result in done:
        what = result.call.args[0]
        with_another = some and _is_missing(result)  # words went with their statement
        if isinstance(what, String):
            said += [f'the words "{what.value}"'] if result.failure is None else []
        elif result.failure is not None and not with_another:
            said.append(replies.failed(result.failure))
        elif isinstance(what, Number):
            said.append(f'the words "{meant.items[int(what.value)].text}"')
        elif what in known and not is_naming(what):
            step = known[what]
            clause = stage.speech.clause(what, denied=step.truth.f < 0.5, degree=step.degree)
            mixed = 0.05 < step.truth.f < 0.95 and len(step.sources) > 1
            said.append(f"all that was said on whether {clause}" if mixed else f"that {clause}")
    more = len(known) - _MOST
    rest = f"\n… and {more} more statements are left; say it again." if more > 0 else ""
    if not done:
        return ""
    if len(said) <= 1:
        return capital(f"I have forgotten {(said or ['it'])[0]}.{rest}")
    return "\n".join(["I have forgotten:", *(f"- {line}" for line in said)]) + rest
