"""The tool of reasoning: ``metta``, which evaluates MeTTa over the atomspace.

Invariant: a call that fails changes nothing, and what it believes in the person's own words, quoted
verbatim from the message, has the source ``user``; everything else has the model as its source.
What is stored is looked over (``reasoning.lint``), which adds notes and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mettaclaw.atoms.syntax import (
    Atom,
    Expression,
    Number,
    String,
    Symbol,
    check,
    program_text,
    text_of,
)
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Change
from mettaclaw.errors import CallError
from mettaclaw.evaluator import Evaluation
from mettaclaw.memory import told
from mettaclaw.memory.weighing import weigh
from mettaclaw.protocol.tool import Outcome, Parameter, Tool
from mettaclaw.reasoning.lint import lint
from mettaclaw.reasoning.record import contradiction_atom
from mettaclaw.tools import values
from mettaclaw.tools.context import Context
from mettaclaw.tools.memory import search

_BANG = Symbol("!")
_DOUBTS = 5  # shown after one call
_NEWS = 20  # statements of one call of which it is asked what they contradict
_NOTHING = "nothing was evaluated: definitions live for one call, so put what uses them into it too"


def declare(context: Context) -> tuple[Tool, ...]:
    """The tool, over an agent's atomspace."""

    def metta(exprs: tuple[Atom, ...]) -> Outcome:
        lacking: dict[str, None] = {}

        def query(args: tuple[Atom, ...]) -> Iterable[Atom]:
            text, k = _query_arguments(args)
            found = search(context, text, k)
            if found.note:
                lacking[found.note] = None
            return values.items(found.hits)

        said = told.mark(context.kb.database)
        evaluation = context.kb.evaluate(
            program(exprs),
            source=context.author,
            quotable=context.message(),
            host={"query": query},
        )
        if evaluation.error is not None:
            raise evaluation.error
        told.link(context.memory, said, context.author, context.gave)
        episode = context.episode()
        if episode is not None:
            weigh(context.memory, said, episode, context.reads)
        forms = evaluation.results
        results: list[Atom]
        results = forms[0] if len(forms) == 1 else [Expression(tuple(form)) for form in forms]
        notes = [*evaluation.notes, *lacking, *([] if forms else [_NOTHING])]
        notes += _doubts(context, evaluation.changes)
        shown = [check(result) for result in results]
        shown += [contradiction_atom(context.kb.store, one) for one in evaluation.contradictions]
        shown += _oppositions(context, evaluation)
        shown += [values.note(text) for text in notes]
        if evaluation.output:
            shown.append(values.form("output", evaluation.output))
        return Outcome(tuple(shown), _truth(results))

    return (
        Tool(
            "metta",
            "Evaluates MeTTa over the atomspace &kb; what it stores is kept. One argument returns "
            "its results; several return one expression of results each. (= …) and (: …) define, "
            "for this call. Followed by (note TEXT) and (output TEXT) where there are any: a note "
            "that says `check` doubts what was stored; and by (contradiction STATEMENT (for "
            "EVIDENCE …) (against EVIDENCE …)) once where sources, or what follows and what was "
            "said, come to disagree: (kept RULE PREMISE …), (follows RULE PREMISE …). A failed "
            "call stores nothing.",
            (
                Parameter(
                    "EXPR",
                    "atoms",
                    "expressions, each evaluated; or one string: the text of a program, in which "
                    "! marks what to evaluate",
                ),
            ),
            "memory",
            "allow",
            metta,
            "(metta (infer (--> garfield animal)))",
        ),
    )


def _doubts(context: Context, changes: Sequence[Change]) -> list[str]:
    """What is odd about the statements that were just stored; they stay."""
    changed = [(change.atom, change.truth) for change in changes if change.kind != "remove"]
    doubts = list(dict.fromkeys(map(str, lint(context.kb.store, changed)))) if changed else []
    more = len(doubts) - _DOUBTS
    return [*doubts[:_DOUBTS], *([f"{more} more statements to check like these"] * (more > 0))]


def _oppositions(context: Context, evaluation: Evaluation) -> list[Atom]:
    """What was said, and the opposite of which follows from what was just stored.

    That is committed, so nothing that goes wrong here may say that the call has failed: rules that
    cannot be read are noted, and it stays told.
    """
    if not evaluation.news:
        return []
    asked = Expression((Symbol("opposed"), *evaluation.news[:_NEWS]))
    found = context.kb.evaluate(f"!{program_text(asked)}")
    if found.error is not None:
        return [
            values.note(f"stored, but it was not looked whether this contradicts: {found.error}")
        ]
    known = {one.statement for one in evaluation.contradictions}
    return [one for form in found.results for one in form if _about(one) not in known]


def _about(contradiction: Atom) -> Atom | None:
    match contradiction:
        case Expression((Symbol("contradiction"), statement, *_)):
            return statement
        case _:
            return None


def program(exprs: tuple[Atom, ...]) -> str:
    """The program that a call's arguments stand for: see the tool's declaration."""
    match exprs:
        case (String(text),):
            return text
        case _:
            lines = [_line(atom) for atom in exprs if atom != _BANG]
    if not lines:
        raise CallError("metta: there is nothing to evaluate after `!`")
    return "\n".join(lines)


def _query_arguments(args: tuple[Atom, ...]) -> tuple[str, float | None]:
    match args:
        case (text,):
            return text_of(text), None
        case (text, Number(k)):
            return text_of(text), k
        case _:
            raise CallError('query takes a text and perhaps a number: (query "tea" 5)')


def _line(atom: Atom) -> str:
    match atom:
        case Expression((Symbol("=" | ":"), _, *_)):
            return str(atom)
        case _:
            return f"!{program_text(atom)}"


def _truth(results: list[Atom]) -> Truth | None:
    """The truth value of results that are one ``(stv f c)``, or all about one statement."""
    match results:
        case [Expression((Symbol("stv"), Number(f), Number(c)))]:
            pass
        case [Expression((about, Expression((Symbol("stv"), Number(f), Number(c))), *_)), *others]:
            for other in others:
                if not isinstance(other, Expression) or other.children[:1] != (about,):
                    return None
        case _:
            return None
    return Truth(f, c) if 0 <= f <= 1 and 0 <= c <= 1 else None
