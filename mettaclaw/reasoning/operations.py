"""What MeTTa text may ask of reasoning: ``|-``, ``infer``, ``derive``, ``opposed``, ``why`` ...

Those that read the record (``record``) are registered with them.

They run in the evaluator's child over its view of ``&kb`` and get their arguments unevaluated.
Wrong arguments are errors that say the right form. ``infer`` gives its best answers, as many as fit
well into what one evaluation may return, and so does ``why-not``; a note says where there are more.
``why-not`` tells no words of evidence that was taken back: a model may be asking, and shall not be
shown what was forgotten.

The rules are read before the child is forked, so that it has them already: those that ship when
this module is imported (``OPERATIONS``), and a person's own by ``provide``, with what ``request``
wrote in the agent's process. A request names the content of the files, so that changed files make
another request, and a process that has read them before is not asked again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from mettaclaw.atoms import truth as truths
from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Operation, View, Workspace
from mettaclaw.errors import UsageError
from mettaclaw.reasoning import engine, kept, opposition, options, record
from mettaclaw.reasoning.backward.goals import Bounds
from mettaclaw.reasoning.conclusions import follow
from mettaclaw.reasoning.engine import Answer
from mettaclaw.reasoning.excerpts import excerpt, note, noted
from mettaclaw.reasoning.forward import LIMIT, consequences
from mettaclaw.reasoning.priors import Priors
from mettaclaw.reasoning.proof import POOLED, SAID, Proof
from mettaclaw.reasoning.rules.rule import DEFAULT_PRIOR, NAL, PLN
from mettaclaw.reasoning.rules.rulefile import MAX_BYTES
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.whynot.rejected import Rejected
from mettaclaw.reasoning.whynot.rejected import why_not as reject
from mettaclaw.storage import files

_SIGNS = {NAL: "|-", PLN: "|~"}
_ANSWERS = 100
_INFER = "(infer (--> garfield animal)) or (infer (--> $who animal) nal (steps 500))"
_FURTHER = {
    "steps": "(infer GOAL (steps 20000) (seconds 10)) looks further",
    "seconds": "(infer GOAL (steps 20000) (seconds 10)) looks further",
    "depth": "(infer GOAL (depth 12)) looks further",
}
_WHY = "(why (--> garfield animal))"
_WHY_NOT = "(why-not (--> garfield animal))"


def conclude(rules: Rules, logic: str, view: View, arguments: tuple[Atom, ...]) -> Iterator[Atom]:
    """``(|- P1 P2)`` or ``(|- P1)``: each conclusion once, ordered by expectation."""
    sign = _SIGNS[logic]
    form = f"write ({sign} (STATEMENT (stv f c)) (STATEMENT (stv f c))), or give statements that "
    form += "&kb holds"
    if len(arguments) not in (1, 2):
        raise UsageError(f"`{sign}` takes one or two premises, not {len(arguments)}; {form}")
    premises = [_premise(view, argument, form) for argument in arguments]
    stamps = [set(stamp) for _, _, stamp in premises]
    revisable = len(stamps) < 2 or stamps[0].isdisjoint(stamps[1])
    given = [(statement, truth) for statement, truth, _ in premises]
    chosen = rules.of(logic)
    priors = Priors.stored(view, rules.prior)
    for conclusion in follow(chosen, given, revisable=revisable, priors=priors):
        yield Expression(
            (conclusion.statement, conclusion.truth.to_atom(), Symbol(conclusion.rule))
        )


def infer(rules: Rules, bounds: Bounds, view: View, arguments: tuple[Atom, ...]) -> Iterator[Atom]:
    """``(infer GOAL OPTION ...)``: answers with truth, tier and proof; or what would be needed."""
    goal, *more = arguments or _none("infer", _INFER)
    asked = options.read(more, "infer", _INFER, bounds)
    bounds = replace(asked.bounds, answers=_ANSWERS + 1)  # one more, to know whether there is
    outcome = engine.ask(view, goal, bounds, rules.of(asked.logic))
    shown = excerpt(map(_answer, outcome.answers), _ANSWERS)
    yield from noted(shown, len(outcome.answers), "best")
    if not outcome.answers:
        missing = (Expression((Symbol("need"), need)) for need in outcome.needs)
        yield Expression((Symbol("unknown"), goal, *missing))
    if outcome.cut is not None and outcome.cut.bound != "answers":  # that is noted already
        further = _FURTHER[outcome.cut.bound]
        yield note(f"the search ended after {outcome.cut.said}, so there may be more; {further}")


def _answer(found: Answer) -> Atom:
    truth, tier, proof = found.truth.to_atom(), Symbol(found.tier), found.proof.to_atom()
    return Expression((found.statement, truth, tier, proof))


def derive(
    rules: Rules, bounds: Bounds, view: Workspace, arguments: tuple[Atom, ...]
) -> Iterator[Atom]:
    """``(derive STATEMENT ... BOUND ...)``: what follows and is worth knowing, kept as beliefs."""
    statements, bounds, depth = options.bounded(arguments, bounds)
    found = consequences(view, statements, bounds, rules, LIMIT + 1, depth)  # one more, as above
    for answer in found[:LIMIT]:
        _keep(view, answer.proof, rules)
    best = [
        Expression((answer.statement, answer.truth.to_atom(), Symbol(answer.tier)))
        for answer in found[:LIMIT]
    ]
    yield from noted(best, len(found))


def _keep(view: Workspace, proof: Proof, rules: Rules) -> None:
    for premise in proof.premises:
        _keep(view, premise, rules)
    if proof.rule not in (SAID, POOLED):
        premises = [premise.statement for premise in proof.premises]
        rule = kept.name_of(proof, rules)
        view.derive(proof.statement, rule, premises, proof.truth, proof.belief.stamp)


def opposed(rules: Rules, view: View, arguments: tuple[Atom, ...]) -> Iterator[Atom]:
    """``(opposed STATEMENT ...)``: ``(contradiction STATEMENT (for ...) (against ...))``."""
    if not arguments:
        _none("opposed", "(opposed (--> kit fox))")
    for one in opposition.opposed(view, arguments, rules):
        yield record.opposition_atom(one)


def why(rules: Rules, bounds: Bounds, view: View, arguments: tuple[Atom, ...]) -> Iterator[Atom]:
    """``(why STATEMENT OPTION ...)``: its proof, or ``(unknown STATEMENT)``."""
    statement, *more = arguments or _none("why", _WHY)
    asked = options.read(more, "why", _WHY, bounds)
    proof = engine.why(view, statement, rules.of(asked.logic), asked.bounds)
    yield Expression((Symbol("unknown"), statement)) if proof is None else proof.to_atom()


def why_not(
    rules: Rules, bounds: Bounds, view: View, arguments: tuple[Atom, ...]
) -> Iterator[Atom]:
    """``(why-not STATEMENT)``: ``(rejected REASON WORDS PROOF)`` and ``(need STATEMENT)``."""
    statement, *more = arguments or _none("why-not", _WHY_NOT)
    asked = options.read(more, "why-not", _WHY_NOT, bounds)
    found = reject(view, statement, rules.of(asked.logic), asked.bounds, quoted=False)
    shown = excerpt(map(_rejected, found.rejected), len(found.rejected))
    yield from shown
    for need in found.needs:
        yield Expression((Symbol("need"), need))
    if found.answer is None and not (found.rejected or found.needs):
        yield Expression((Symbol("unknown"), statement))
    if len(shown) < len(found.rejected):
        yield note(f"of what was rejected, these are the first {len(shown)}; there are more")


def _rejected(one: Rejected) -> Atom:
    return Expression(
        (Symbol("rejected"), Symbol(one.reason), String(one.words), one.proof.to_atom())
    )


def _none(name: str, form: str) -> NoReturn:
    raise UsageError(f"`{name}` takes one statement, not 0; write {form}")


def _premise(view: View, argument: Atom, form: str) -> tuple[Atom, Truth, tuple[int, ...]]:
    """A premise's statement, truth value and evidence, where it is known.

    It is that of the belief, or given: ``(STATEMENT (stv f c) (1 2))``. What else follows a truth
    value, such as the name of a rule, says nothing.
    """
    match argument:
        case Expression((statement, Expression((Symbol("stv"), *_)) as value, *rest)):
            truth = truths.from_atom(value)
            if truth is None:
                raise UsageError(f"`{value}` is no truth value; {form}")
            return statement, truth, _stamp(rest)
        case _:
            pass
    belief = view.belief(argument)
    if belief is None:
        raise UsageError(f"&kb holds no `{str(argument)[:60]}`, and it has no truth value; {form}")
    return argument, belief.standing, belief.stamp


def _stamp(rest: Sequence[Atom]) -> tuple[int, ...]:
    for one in rest:
        match one:
            case Symbol() | String():  # the name of a rule, as `|-` gives it, or words
                continue
            case Expression(ids):
                numbers = [part.value for part in ids if isinstance(part, Number)]
                stamp = tuple(number for number in numbers if isinstance(number, int))
                if len(stamp) == len(ids):
                    return stamp
            case _:
                pass
        raise UsageError(
            f"`{str(one)[:60]}` is no evidence; after a truth value stand the ids of its evidence, "
            "such as (1 2), or the name of a rule"
        )
    return ()


def operations(rules: Rules, bounds: Bounds | None = None) -> tuple[Operation, ...]:
    """The operations, over these rules; searches go that far, or by default as ``Bounds`` says.

    Those that read the record (``reasoning.record``) are among them.
    """
    bounds = bounds or Bounds()
    rules.prepare()  # so that no child has to
    premise = "(STATEMENT (stv f c))"
    nal: _Run = partial(conclude, rules, NAL)
    pln: _Run = partial(conclude, rules, PLN)
    return (
        Operation("|-", nal, f"(|- P1 P2): what follows by NAL from two premises {premise}"),
        Operation("|~", pln, f"(|~ P1 P2): what follows by PLN from two premises {premise}"),
        Operation(
            "infer",
            partial(infer, rules, bounds),
            "(infer GOAL): what follows about a goal, with truth and proof; after it may stand a "
            "logic, nal or pln, and bounds: (steps 500) (seconds 2) (depth 3)",
        ),
        Operation(
            "derive",
            partial(derive, rules, bounds),
            "(derive STATEMENT ...): what follows from believed statements and is worth knowing, "
            "kept",
        ),
        Operation(
            "opposed",
            partial(opposed, rules),
            "(opposed STATEMENT ...): what was said, and the opposite of which follows from "
            "statements that are believed",
        ),
        Operation(
            "why",
            partial(why, rules, bounds),
            "(why STATEMENT): the proof of a statement down to its evidence; options as of infer",
        ),
        Operation(
            "why-not",
            partial(why_not, rules, bounds),
            "(why-not STATEMENT): what was considered about a statement and did not count, and why",
        ),
        *record.OPERATIONS,
    )


def request(
    paths: Sequence[Path], prior: float = DEFAULT_PRIOR.f, bounds: Bounds | None = None
) -> str:
    """What ``provide`` takes to have the operations with a person's own rule files and bounds.

    Raises:
        UsageError: A file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        for path in paths:
            digest.update(files.whole(path, MAX_BYTES))
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be read: {error.strerror}") from error
    resolved = [str(path.resolve()) for path in paths]
    content, reach = digest.hexdigest()[:16], asdict(bounds or Bounds())
    return json.dumps({"rules": resolved, "prior": prior, "bounds": reach, "content": content})


def refusal(fault: str) -> str:
    """What ``provide`` takes for rules that cannot be read: what needs them refuses."""
    return json.dumps({"fault": fault})


def provide(argument: str) -> tuple[Operation, ...]:
    """The operations that a ``request`` or ``refusal`` asks for. Raises as ``Rules.load``."""
    asked = json.loads(argument)
    if "fault" in asked:
        refuse = partial(_refuse, asked["fault"])
        return tuple(
            one if one in record.OPERATIONS else replace(one, run=refuse) for one in OPERATIONS
        )
    paths = [Path(path) for path in asked["rules"]]
    rules = Rules.load(paths, Truth(asked["prior"], DEFAULT_PRIOR.c))
    return operations(rules, Bounds(**asked["bounds"]))


def _refuse(fault: str, view: Workspace, args: tuple[Atom, ...]) -> Iterable[Atom]:
    del view, args
    raise UsageError(fault)


_Run = Callable[[Workspace, tuple[Atom, ...]], Iterable[Atom]]

OPERATIONS = operations(Rules.load())
