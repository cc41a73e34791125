"""What is known about something, in words and statements, and how it is forgotten."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol, Variable
from mettaclaw.models.english import replies, results
from mettaclaw.models.english.meaning import (
    USER,
    WHAT,
    WHO,
    Forget,
    Recall,
    Reference,
    Remember,
    is_a,
    related,
)
from mettaclaw.models.english.prose import capital
from mettaclaw.models.english.reader import read
from mettaclaw.models.english.references import is_naming
from mettaclaw.models.english.stage import Need, Play, Say, Stage, form, metta, proofs, stored
from mettaclaw.protocol.calls import Call, Result

_HOW, _IT = Variable("how"), Variable("it")
_ITEMS = 5
_MOST_SAID = 30
_MOST_FORGOTTEN = 20


def recall(stage: Stage, act: Recall) -> Play:
    """What is known about something."""
    patterns = _about(act.thing)
    first = stored(patterns[0]) if act.memory else form("infer", patterns[0])
    call = metta((first, *map(stored, patterns[1:])))
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


def relations(stage: Stage, thing: Atom) -> Generator[Need, list[Result], str]:
    """What something does and is to others, in sentences; "" where nothing is known."""
    call = metta(stored(pattern) for pattern in _about(thing)[1:])
    (result,) = yield Need((call,), last=True)
    return " ".join(
        stage.speech.sentence(proof.statement, proof.truth, degree=proof.degree)
        for proof in proofs(call, result)
        if not is_naming(proof.statement)
    )


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


def _sentences(stage: Stage, call: Call, result: Result) -> list[str]:
    said: dict[str, None] = {}
    for values in results.forms(result, len(call.args)):
        for value in values:
            proof = results.step(value)
            answers = [f for f in results.found([value]) if f.truth.c >= 0.3]
            known = [(f.statement, f.truth, f.degree) for f in answers]
            if proof is not None:
                known = [(proof.statement, proof.truth, proof.degree)]
            for statement, truth, degree in known:
                if not is_naming(statement):
                    said[stage.speech.sentence(statement, truth, degree=degree)] = None
    return list(said)[:_MOST_SAID]


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


# --- forgetting ------------------------------------------------------------------------------


def forget(stage: Stage, act: Forget, references: Sequence[Reference]) -> Play:
    """Take back what is stored of it, and the words that it was to be remembered in."""
    patterns = _forgotten(act, references)
    known: dict[Atom, results.Step] = {}
    texts: dict[str, None] = {}
    if patterns:
        call = metta(stored(pattern) for pattern in patterns)
        (result,) = yield Need((call,))
        for proof in proofs(call, result):
            known[proof.statement] = proof
            texts.update(dict.fromkeys(_remembered(proof)))
    gone: list[Atom] = [*list(known)[:_MOST_FORGOTTEN], *map(String, texts)]
    done = yield Need(
        tuple(Call("forget", (atom,)) for atom in gone or [String(act.text)]), last=True
    )
    if not gone and done[0].failure is not None:
        what = f"that {act.text}" if act.statements else f'"{act.text}"'
        return Say(text=f"There is nothing to forget: I did not know {what}.")
    return Say(text=_gone(stage, done, known))


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


def _gone(stage: Stage, done: Sequence[Result], known: Mapping[Atom, results.Step]) -> str:
    said: list[str] = []
    for result in done:
        what = result.call.args[0]
        if isinstance(what, Expression) and result.failure is not None:
            said.append(replies.failed(result.failure))
        elif is_naming(what):
            continue
        elif isinstance(what, Expression):
            step = known[what]
            clause = stage.speech.clause(what, denied=step.truth.f < 0.5, degree=step.degree)
            said.append(f"that {clause}")
        elif isinstance(what, String) and result.failure is None:
            said.append(f'the words "{what.value}"')
    more = len(known) - _MOST_FORGOTTEN
    rest = f"\n… and {more} more statements are left; say it again." if more > 0 else ""
    if len(said) <= 1:
        said = said or ["it"]
        return capital(f"I have forgotten {said[0]}.{rest}")
    return "\n".join(["I have forgotten:", *(f"- {line}" for line in said)]) + rest
