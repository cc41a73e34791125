"""What MeTTa text may ask of reasoning: ``|-``, ``infer`` and ``why``.

They run in the evaluator's child over its view of ``&kb`` and get their arguments unevaluated.
Wrong arguments are errors that say the right form. ``infer`` gives its best answers, as many as fit
well into what one evaluation may return. The rules are read when this module is imported, so that a
forked child has them already.
"""

from __future__ import annotations

from collections.abc import Iterator

from mettaclaw.atoms import truth as truths
from mettaclaw.atoms.syntax import Atom, Expression, Symbol
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Operation, View, Workspace
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import engine
from mettaclaw.reasoning.conclusions import follow
from mettaclaw.reasoning.forward import consequences
from mettaclaw.reasoning.goals import Bounds
from mettaclaw.reasoning.proof import POOLED, SAID, Proof
from mettaclaw.reasoning.rules import Rules

_FORM = "write (|- (STATEMENT (stv f c)) (STATEMENT (stv f c))), or give statements that &kb holds"
_BOUNDS = Bounds(answers=100)
_RESULT_CHARS = 40_000
_RULES = Rules.load()


def conclude(view: View, arguments: tuple[Atom, ...]) -> Iterator[Atom]:
    """``(|- P1 P2)`` or ``(|- P1)``: each conclusion once, ordered by expectation."""
    if len(arguments) not in (1, 2):
        raise UsageError(f"`|-` takes one or two premises, not {len(arguments)}; {_FORM}")
    premises = [_premise(view, argument) for argument in arguments]
    stamps = [set(stamp) for _, _, stamp in premises]
    revisable = len(stamps) < 2 or stamps[0].isdisjoint(stamps[1])
    given = [(statement, truth) for statement, truth, _ in premises]
    for conclusion in follow(_RULES, given, revisable=revisable):
        yield Expression(
            (conclusion.statement, conclusion.truth.to_atom(), Symbol(conclusion.rule))
        )


def infer(view: View, arguments: tuple[Atom, ...]) -> Iterator[Atom]:
    """``(infer GOAL)``: answers with truth, tier and proof; or what would be needed."""
    goal = _only(arguments, "infer", "(infer (--> garfield animal)) or (infer (--> $who animal))")
    outcome = engine.ask(view, goal, _BOUNDS, _RULES)
    chars = 0
    for answer in outcome.answers:
        truth, tier, proof = answer.truth.to_atom(), Symbol(answer.tier), answer.proof.to_atom()
        result = Expression((answer.statement, truth, tier, proof))
        chars += len(str(result))
        if chars > _RESULT_CHARS and answer is not outcome.answers[0]:
            break
        yield result
    if not outcome.answers:
        missing = (Expression((Symbol("need"), need)) for need in outcome.needs)
        yield Expression((Symbol("unknown"), goal, *missing))


def derive(view: Workspace, arguments: tuple[Atom, ...]) -> Iterator[Atom]:
    """``(derive STATEMENT ...)``: what follows and is worth knowing, kept as beliefs."""
    for answer in consequences(view, arguments, rules=_RULES):
        _keep(view, answer.proof)
        yield Expression((answer.statement, answer.truth.to_atom(), Symbol(answer.tier)))


def _keep(view: Workspace, proof: Proof) -> None:
    for premise in proof.premises:
        _keep(view, premise)
    if proof.rule not in (SAID, POOLED):
        premises = [premise.statement for premise in proof.premises]
        view.derive(proof.statement, proof.rule, premises, proof.truth, proof.belief.stamp)


def why(view: View, arguments: tuple[Atom, ...]) -> Iterator[Atom]:
    """``(why STATEMENT)``: its proof, or ``(unknown STATEMENT)``."""
    statement = _only(arguments, "why", "(why (--> garfield animal))")
    proof = engine.why(view, statement, _RULES)
    yield Expression((Symbol("unknown"), statement)) if proof is None else proof.to_atom()


def _only(arguments: tuple[Atom, ...], name: str, form: str) -> Atom:
    if len(arguments) != 1:
        raise UsageError(f"`{name}` takes one statement, not {len(arguments)}; write {form}")
    return arguments[0]


def _premise(view: View, argument: Atom) -> tuple[Atom, Truth, tuple[int, ...]]:
    """A premise's statement, truth value and evidence (none where the caller gives the truth)."""
    match argument:
        case Expression((statement, Expression((Symbol("stv"), *_)) as value, *_)):
            truth = truths.from_atom(value)
            if truth is None:
                raise UsageError(f"`{value}` is no truth value; {_FORM}")
            return statement, truth, ()
        case _:
            pass
    belief = view.belief(argument)
    if belief is None:
        raise UsageError(f"&kb holds no `{str(argument)[:60]}`, and it has no truth value; {_FORM}")
    return argument, belief.standing, belief.stamp


OPERATIONS: tuple[Operation, ...] = (
    Operation("|-", conclude, "(|- P1 P2): what follows from two premises (STATEMENT (stv f c))"),
    Operation("infer", infer, "(infer GOAL): what follows about a goal, with truth and proof"),
    Operation(
        "derive",
        derive,
        "(derive STATEMENT ...): what follows from believed statements and is worth knowing, kept",
    ),
    Operation("why", why, "(why STATEMENT): the proof of a statement down to its evidence"),
)
