"""Looks up what a sentence speaks of as somebody's: my cat, Tom's sister.

The one that is known is meant; of values, such as a favourite colour, the latest. Where several are
known nobody can tell which is meant, and it must be asked (``Ambiguous``). Where none is known the
thing gets a name of its own, ``cat_of_user``, and it is presupposed that there is such a one.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable
from mettaclaw.atoms.unify import substitute_once
from mettaclaw.models.english import findings, results
from mettaclaw.models.english.degrees import PLAIN
from mettaclaw.models.english.meaning import (
    Act,
    Agreement,
    Ask,
    Changes,
    Chat,
    Describe,
    Disputes,
    Doubt,
    Echo,
    Explain,
    Find,
    Forget,
    Quote,
    Reading,
    Recall,
    Reference,
    Remember,
    Statement,
    Surface,
    Tell,
    Witness,
    is_a,
    owns,
)
from mettaclaw.models.english.stage import Need, Stage, form, metta
from mettaclaw.models.english.symbols import is_unnamed
from mettaclaw.models.english.values import current as current_of
from mettaclaw.protocol.calls import Result


class Ambiguous(Exception):  # noqa: N818 - no error: it is answered by a question
    """Several things are known that a sentence may speak of: two cats, of which one is mine."""

    def __init__(self, reference: Reference, owner: Atom, things: tuple[Atom, ...]) -> None:
        super().__init__(reference.noun.name)
        self.reference = reference
        self.owner = owner
        self.things = things


def resolved(
    stage: Stage, reading: Reading
) -> Generator[Need, list[Result], tuple[Act, list[Statement]]]:
    """The act with its references looked up; one that nothing is known of gets a name.

    Raises:
        Ambiguous: Several things are known that a reference may stand for.
    """
    known: dict[Variable, Atom] = {}
    presupposed: list[Statement] = []
    waiting = list(reading.references)
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
            pairs = findings.chosen(find, results.found(values))
            named = [pair for pair in pairs if not is_unnamed(pair[0])]
            current = current_of(reference.noun, named)
            if len(current) > 1:
                raise Ambiguous(reference, owner, tuple(value for value, _ in current))
            if pairs:
                known[reference.variable] = (current or pairs)[0][0]
            else:
                new = _named(stage, owner, reference.noun)
                known[reference.variable] = new
                own, kind = owns(owner, new, reference.noun), is_a(new, reference.noun)
                presupposed += [Statement(own, PLAIN), Statement(kind, PLAIN)]
        waiting = [r for r in waiting if r not in ready]
    return _substituted(reading.act, known), presupposed


def _named(stage: Stage, owner: Atom, noun: Symbol) -> Symbol:
    """A name for somebody's thing that has none: ``cat_of_user``."""
    whose = owner.name if isinstance(owner, Symbol) else str(owner)
    symbol = Symbol(f"{noun.name}_of_{whose}")
    text = f"{stage.speech.whose(owner)} {stage.speech.owned(noun.name)}"
    stage.speech.lexicon.learn([Surface("thing", symbol.name, text, "name")])
    return symbol


def is_naming(statement: Atom) -> bool:
    """Whether a statement only says what an unnamed thing is called: your cat is your cat."""
    match statement:
        case Expression((Symbol("-->"), Symbol(thing), Symbol(noun))):
            return thing == f"the_{noun}" or thing.startswith(f"{noun}_of_")
        case Expression((_, Expression((_, Symbol(value), Symbol(owner))), Symbol(noun))):
            return value == f"{noun}_of_{owner}"
        case _:
            return False


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
            return replace(act, statements=fill_all(act.statements), implied=fill_all(act.implied))
        case Ask() | Explain():
            return replace(act, goals=fill_all(act.goals))
        case Find():
            return replace(act, goal=fill(act.goal), ever=act.ever and fill(act.ever))
        case Describe():
            find = act.find and replace(act.find, goal=fill(act.find.goal))
            return Describe(fill(act.thing), find)
        case Recall() | Quote():
            return replace(act, thing=None if act.thing is None else fill(act.thing))
        case Forget():
            thing = None if act.thing is None else fill(act.thing)
            return replace(act, thing=thing, statements=fill_all(act.statements))
        case Remember() | Witness():
            tell = act.tell and replace(
                act.tell,
                statements=fill_all(act.tell.statements),
                implied=fill_all(act.tell.implied),
            )
            return replace(act, tell=tell)
        case Doubt() | Chat() | Echo() | Disputes() | Agreement() | Changes():
            return act
