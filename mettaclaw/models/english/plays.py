"""What each reading does: the calls it makes, and what it says once it has their results.

A play is a generator. It yields ``Need``s, is sent the results of their calls, and returns what to
say. It keeps nothing else: each cycle the plays of a message run again from the start over the
results that are there (``turn``), so that a turn can be taken up anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol, Variable
from mettaclaw.atoms.unify import substitute_once
from mettaclaw.models.english import replies, results
from mettaclaw.models.english.degrees import PLAIN
from mettaclaw.models.english.explanations import explained
from mettaclaw.models.english.meaning import (
    USER,
    WHAT,
    WHO,
    Act,
    Ask,
    Chat,
    Describe,
    Doubt,
    Explain,
    Find,
    Forget,
    Reading,
    Recall,
    Reference,
    Remember,
    Statement,
    Surface,
    Tell,
    is_a,
    owns,
    related,
)
from mettaclaw.models.english.reader import read
from mettaclaw.models.english.speech import Speech, capital, truth_text
from mettaclaw.protocol.calls import Call, Result

_HOW, _IT = Variable("how"), Variable("it")
_ITEMS = 5
_MOST_FORGOTTEN = 20


@dataclass(frozen=True, slots=True)
class Need:
    """Calls whose results a play waits for; ``last`` where it makes no more after them.

    Without calls it waits for those that were made before it.
    """

    calls: tuple[Call, ...]
    last: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """What a play says: facts it has taken in, and sentences of its own."""

    noted: tuple[str, ...] = ()
    text: str = ""


Play: TypeAlias = Generator[Need, list[Result], Say]


@dataclass(slots=True)
class Stage:
    """What the plays of one message share: how to say things, and what was asked before."""

    speech: Speech
    topics: Callable[[], list[Atom]]


def play(stage: Stage, reading: Reading, words: str) -> Play:
    """The play of a sentence; ``words`` are the sentence as the person wrote it."""
    act, presupposed = yield from _resolved(stage, reading)
    match act:
        case Tell():
            act = replace(act, implied=(*act.implied, *presupposed))
            return (yield from _tell(stage, act, words))
        case Ask():
            return (yield from _ask(stage, act))
        case Find():
            return (yield from _find(stage, act))
        case Describe():
            return (yield from _describe(stage, act))
        case Recall():
            return (yield from _recall(stage, act))
        case Explain():
            return (yield from _explain(stage, act))
        case Doubt():
            return (yield from _doubt(stage))
        case Remember():
            if act.tell is not None:
                told = replace(act.tell, implied=(*act.tell.implied, *presupposed))
                act = replace(act, tell=told)
            return (yield from _remember(stage, act, words))
        case Forget():
            return (yield from _forget(stage, act, reading.references))
        case Chat():
            return Say(text=replies.GREETINGS[act.topic])


def metta(forms: Iterable[Atom]) -> Call:
    """A call that evaluates these forms."""
    return Call("metta", tuple(forms))


def form(head: str, *parts: Atom) -> Expression:
    """``(head part ...)``."""
    return Expression((Symbol(head), *parts))


# --- somebody's things -----------------------------------------------------------------------


def _resolved(
    stage: Stage, reading: Reading
) -> Generator[Need, list[Result], tuple[Act, list[Statement]]]:
    """The act with its references looked up; one that nothing is known of gets a name."""
    known: dict[Variable, Atom] = {}
    presupposed: list[Statement] = []
    waiting = [] if isinstance(reading.act, Forget) else list(reading.references)
    while waiting:
        ready = [r for r in waiting if not isinstance(r.owner, Variable) or r.owner in known]
        patterns = [substitute_once(r.pattern, dict(known)) for r in ready]
        call = metta(form("infer", pattern) for pattern in patterns)
        (result,) = yield Need((call,))
        for reference, pattern, values in zip(
            ready, patterns, results.forms(result, len(ready)), strict=True
        ):
            owner = substitute_once(reference.owner, dict(known))
            find = Find(pattern, reference.variable, latest=True)
            pairs = replies.chosen(find, results.found(values))
            if pairs:
                known[reference.variable] = pairs[0][0]
            else:
                named = _named(stage, owner, reference.noun)
                known[reference.variable] = named
                own, kind = owns(owner, named, reference.noun), is_a(named, reference.noun)
                presupposed += [Statement(own, PLAIN), Statement(kind, PLAIN)]
        waiting = [r for r in waiting if r not in ready]
    return _substituted(reading.act, known), presupposed


def _named(stage: Stage, owner: Atom, noun: Symbol) -> Symbol:
    """A name for somebody's thing that has none: ``cat_of_user``."""
    whose = owner.name if isinstance(owner, Symbol) else str(owner)
    symbol = Symbol(f"{noun.name}_of_{whose}")
    text = f"{stage.speech.whose(owner)} {stage.speech.noun_of(noun)}"
    stage.speech.lexicon.learn([Surface("thing", symbol.name, text, "name")])
    return symbol


def _substituted(act: Act, known: dict[Variable, Atom]) -> Act:
    if not known:
        return act

    def fill(atom: Atom) -> Atom:
        return substitute_once(atom, dict(known))

    def fill_all(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(
            replace(
                s,
                atom=fill(s.atom),
                value_of=None if s.value_of is None else fill(s.value_of),
            )
            for s in statements
        )

    match act:
        case Tell():
            return Tell(fill_all(act.statements), fill_all(act.implied))
        case Ask() | Explain():
            return replace(act, goals=fill_all(act.goals))
        case Find():
            return replace(act, goal=fill(act.goal))
        case Describe():
            find = act.find and replace(act.find, goal=fill(act.find.goal))
            return Describe(fill(act.thing), find)
        case Recall():
            return replace(act, thing=fill(act.thing))
        case Remember():
            tell = act.tell and Tell(fill_all(act.tell.statements), fill_all(act.tell.implied))
            return replace(act, tell=tell)
        case Forget() | Doubt() | Chat():
            return act


# --- telling ---------------------------------------------------------------------------------


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
    calls = (kept,) if act.tell is None else (kept, _believe(act.tell, words))
    found = yield Need(calls, last=True)
    if found[0].failure is not None:
        return Say(text=replies.failed(found[0].failure))
    text = f'I will remember: "{act.text}".'
    if act.tell is None:
        return Say(text=text)
    told = _taken_in(stage, act.tell, calls[1], found[1])
    return Say(told.noted, f"{text} {told.text}".strip())


# --- questions -------------------------------------------------------------------------------


def _ask(stage: Stage, act: Ask) -> Play:
    goals = [goal.atom for goal in act.goals]
    extra = [g.value_of for g in act.goals if g.value_of is not None]
    call = metta(form("infer", goal) for goal in (*goals, *extra))
    (result,) = yield Need((call,), last=True)
    if result.failure is not None:
        return Say(text=replies.failed(result.failure))
    values = results.forms(result, len(call.args))
    said: list[str] = []
    for goal, returned in zip(goals, values, strict=False):
        found = results.found(returned)
        later = results.found(values[len(goals)]) if extra else []
        said.append(
            replies.outdated(stage.speech, goal, later)
            or replies.answer(stage.speech, goal, found, results.unknown(returned))
        )
    return Say(text=" ".join(said))


def _find(stage: Stage, act: Find) -> Play:
    (result,) = yield Need((metta([form("infer", act.goal)]),), last=not act.latest)
    if result.failure is not None:
        return Say(text=replies.failed(result.failure))
    found = results.found(result.values)
    pairs = replies.chosen(act, found)
    if act.latest and pairs and _is_unnamed(pairs[0][0]):
        return (yield from _describe(stage, Describe(pairs[0][0])))
    listed = replies.listing(stage.speech, act, found)
    return Say(text=listed or replies.nothing(stage.speech, act))


def _is_unnamed(atom: Atom) -> bool:
    """Whether something has only the name that it got here: cat_of_user."""
    return isinstance(atom, Symbol) and "_of_" in atom.name


def _describe(stage: Stage, act: Describe) -> Play:
    goals = [is_a(act.thing, WHAT), *([act.find.goal] if act.find else [])]
    (result,) = yield Need((metta(form("infer", goal) for goal in goals),))
    if result.failure is not None:
        return Say(text=replies.failed(result.failure))
    values = results.forms(result, len(goals))
    said = [replies.described(stage.speech, act.thing, results.found(values[0]))]
    if act.find is not None:
        listed = replies.listing(stage.speech, act.find, results.found(values[1]))
        said.append(_instances(stage, act, listed) if listed else "")
    if any(said):
        return Say(text=" ".join(s for s in said if s))
    known = yield from _relations(stage, act.thing)
    subject = stage.speech.other(act.thing)
    return Say(text=known or f"I do not know anything about {subject} yet.")


def _instances(stage: Stage, act: Describe, listed: str) -> str:
    """What is one, after what it is: the names alone need a verb."""
    asks_kind = act.find is not None and act.find.goal == is_a(WHO, act.thing)
    many = stage.speech.thing(act.thing)[0]
    return f"Of {many}, I know: {listed}" if asks_kind else listed


def _relations(stage: Stage, thing: Atom) -> Generator[Need, list[Result], str]:
    """What something does and is to others, in sentences; "" where nothing is known."""
    call = metta(_stored(pattern) for pattern in _about(thing)[1:])
    (result,) = yield Need((call,), last=True)
    return " ".join(
        stage.speech.sentence(proof.statement, proof.truth)
        for proof in _proofs(call, result)
        if not _is_naming(proof.statement)
    )


def _proofs(call: Call, result: Result) -> list[results.Step]:
    """The proofs that forms of a call returned."""
    return [
        proof
        for values in results.forms(result, len(call.args))
        for value in values
        if (proof := results.step(value)) is not None
    ]


# --- what is known ---------------------------------------------------------------------------


def _about(thing: Atom) -> list[Expression]:
    """The patterns of statements that speak of something."""
    return [
        is_a(thing, WHAT),
        related(thing, WHAT, _HOW),
        related(WHO, thing, _HOW),
        form("<->", thing, WHAT),
        form("<->", WHAT, thing),
        is_a(WHO, thing),
        form("==>", is_a(_IT, thing), WHAT),
    ]


def _stored(pattern: Atom) -> Expression:
    """The proof of each belief that fits a pattern."""
    return form("match", Symbol("&kb"), pattern, form("why", pattern))


def _recall(stage: Stage, act: Recall) -> Play:
    patterns = _about(act.thing)
    first = _stored(patterns[0]) if act.memory else form("infer", patterns[0])
    call = metta((first, *map(_stored, patterns[1:])))
    words = "I my me" if act.thing == USER else act.text
    query = Call("query", (String(words), Number(_ITEMS)))
    found = yield Need((query, call) if act.memory else (call,), last=True)
    if found[-1].failure is not None:
        return Say(text=replies.failed(found[-1].failure))
    lines = _sentences(stage, call, found[-1])
    subject = stage.speech.other(act.thing)
    text = ""
    if lines:
        text = "\n".join([f"About {subject} I know:", *(f"- {line}" for line in lines)])
    items = _texts(act, found[0]) if act.memory else []
    if items:
        text += "\n" if text else ""
        text += "\n".join(["You asked me to remember:", *(f'- "{item}"' for item in items)])
    return Say(text=text or f"I know nothing about {subject} yet.")


def _sentences(stage: Stage, call: Call, result: Result) -> list[str]:
    said: dict[str, None] = {}
    for values in results.forms(result, len(call.args)):
        for value in values:
            proof = results.step(value)
            pairs = [(f.statement, f.truth) for f in results.found([value]) if f.truth.c >= 0.3]
            if proof is not None:
                pairs = [(proof.statement, proof.truth)]
            for statement, truth in pairs:
                if not _is_naming(statement):
                    said[stage.speech.sentence(statement, truth)] = None
    return list(said)[:30]


def _is_naming(statement: Atom) -> bool:
    """Whether a statement only says what an unnamed thing is called: your cat is your cat."""
    match statement:
        case Expression((_, Expression((_, Symbol(owner), Symbol(value))), Symbol(noun))):
            return value == f"{noun}_of_{owner}"
        case _:
            return False


def _texts(act: Recall, result: Result) -> list[str]:
    """The texts of remembered items that have a word of what was asked for."""
    wanted = {w for w in act.text.lower().replace("'s", "").split() if len(w) > 2}
    texts: list[str] = []
    for value in result.values:
        match value:
            case Expression((Symbol("item"), _, String(text), *_)):
                lower = text.lower()
                if act.thing == USER or any(w.rstrip("s") in lower for w in wanted):
                    texts.append(text)
            case _:
                pass
    return texts


# --- why -------------------------------------------------------------------------------------


def _explain(stage: Stage, act: Explain) -> Play:
    goals = [goal.atom for goal in act.goals]
    if not goals:
        yield Need(())
        goals = stage.topics()
    if not goals:
        return Say(text="There is nothing to explain yet: ask me something first.")
    call = metta(form("why", goal) for goal in goals)
    (result,) = yield Need((call,), last=True)
    if result.failure is not None:
        return Say(text=replies.failed(result.failure))
    said: list[str] = []
    for goal, values in zip(goals, results.forms(result, len(goals)), strict=True):
        proof = next((p for v in values if (p := results.step(v)) is not None), None)
        if proof is not None:
            said.append(explained(stage.speech, proof))
        else:
            said.append(f"I have no evidence that {stage.speech.clause(goal)}.")
    return Say(text="\n".join(said))


def _doubt(stage: Stage) -> Play:
    yield Need(())
    goals = stage.topics()[:1]
    if not goals:
        return Say(text="Sure of what? Ask me something first.")
    (result,) = yield Need((metta([form("infer", goals[0])]),), last=True)
    if result.failure is not None:
        return Say(text=replies.failed(result.failure))
    found = results.found(result.values)
    if not found:
        return Say(text=f"No. {replies.missing(stage.speech, results.Unknown(goals[0], ()))}")
    return Say(text=_sureness(stage, found[0]))


def _sureness(stage: Stage, one: results.Found) -> str:
    c = one.truth.c
    how = "Yes, very sure" if c >= 0.85 else "Fairly sure" if c >= 0.5 else "Not very sure"
    leaves = {leaf.id for leaf in one.proof.leaves()} if one.proof else set[float]()
    pieces = f"{len(leaves)} piece{'s' if len(leaves) != 1 else ''} of evidence"
    rests = f" It rests on {pieces}; ask Why? to see them." if leaves else ""
    said = stage.speech.clause(one.statement, denied=one.truth.f < 0.5)
    return f"{how}: {said} {truth_text(one.truth)}.{rests}"


# --- forgetting ------------------------------------------------------------------------------


def _forget(stage: Stage, act: Forget, references: Sequence[Reference]) -> Play:
    """Take back what is stored of it, and the words that it was to be remembered in."""
    patterns = _forgotten(act, references)
    stored: dict[Atom, None] = {}
    texts: dict[str, None] = {}
    if patterns:
        call = metta(_stored(pattern) for pattern in patterns)
        (result,) = yield Need((call,))
        for proof in _proofs(call, result):
            stored[proof.statement] = None
            texts.update(dict.fromkeys(_remembered(proof)))
    gone: list[Atom] = [*list(stored)[:_MOST_FORGOTTEN], *map(String, texts)]
    done = yield Need(
        tuple(Call("forget", (atom,)) for atom in gone or [String(act.text)]), last=True
    )
    if not gone and done[0].failure is not None:
        what = f"that {act.text}" if act.statements else f'"{act.text}"'
        return Say(text=f"There is nothing to forget: I did not know {what}.")
    return Say(text=_gone(stage, done, len(stored)))


def _forgotten(act: Forget, references: Sequence[Reference]) -> list[Expression]:
    """The patterns of the statements to forget."""
    if act.statements:
        return [a for s in act.statements if isinstance(a := s.atom, Expression)]
    if isinstance(act.thing, Variable):
        return [r.pattern for r in references if r.variable == act.thing]
    return _about(act.thing) if act.thing is not None else []


def _remembered(proof: results.Step) -> list[str]:
    """The texts that were kept when this was said: Remember that …"""
    acts = [
        reading.act
        for leaf in proof.leaves()
        if (reading := read(leaf.words.rstrip(".!? "), question=False, ended=True)) is not None
    ]
    return [act.text for act in acts if isinstance(act, Remember)]


def _gone(stage: Stage, done: Sequence[Result], stored: int) -> str:
    said: list[str] = []
    for result in done:
        what = result.call.args[0]
        if isinstance(what, Expression) and result.failure is not None:
            said.append(replies.failed(result.failure))
        elif isinstance(what, Expression):
            said.append(f"that {stage.speech.clause(what)}")
        elif isinstance(what, String) and result.failure is None:
            said.append(f'the words "{what.value}"')
    more = stored - _MOST_FORGOTTEN
    rest = f"\n… and {more} more statements are left; say it again." if more > 0 else ""
    if len(said) == 1:
        return capital(f"I have forgotten {said[0]}.{rest}")
    return "\n".join(["I have forgotten:", *(f"- {line}" for line in said)]) + rest
