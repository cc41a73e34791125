"""Runs a program in the child, form by form, within its limits.

Invariant: results are handed over form by form, so that what came before a crash is known; what
ends the program is exactly one error, and then no change is proposed.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# hyperon has no types.

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Protocol

import hyperonpy as hp

from mettaclaw.atoms.syntax import (
    Atom,
    Expression,
    Form,
    Number,
    String,
    Symbol,
    read_program,
    text_of,
    walk,
)
from mettaclaw.errors import (
    EvaluationError,
    LimitError,
    MettaClawError,
    MettaSyntaxError,
    UnknownFunctionError,
)
from mettaclaw.evaluator.calls import Calls
from mettaclaw.evaluator.convert import INT_MAX, INT_MIN, Names
from mettaclaw.evaluator.limits import (
    Limits,
    result_chars_exceeded,
    results_exceeded,
    steps_exceeded,
    text_exceeded,
)
from mettaclaw.evaluator.run import Run
from mettaclaw.evaluator.sandbox import Runner

_CHECK_EVERY = 64  # steps, between looks at what was printed
_ERROR = Symbol("Error")


class Audience(Protocol):
    """Who gets to know the results."""

    def form(self, results: Sequence[Atom]) -> None:
        """Take the results of a form that was evaluated, in order."""
        ...

    def tell(self) -> None:
        """The next form may be the last thing that this process does: keep what there is."""
        ...


def read_checked(text: str, limits: Limits) -> list[Form]:
    """The forms of a program.

    Raises:
        LimitError: It is too long.
        MettaSyntaxError: It is no MeTTa, or holds an integer beyond 64 bits.
        EvaluationError: It holds what hyperon is known to abort on.
    """
    if len(text) > limits.text_chars:
        raise text_exceeded(len(text), limits)
    forms = read_program(text)
    for form in forms:
        for node in walk(form.atom):
            if isinstance(node, Number) and isinstance(node.value, int):
                _check_int(node.value, text, form.offset)
            elif _aborts(node):
                raise EvaluationError(
                    f"`{_shown(node)}`: superpose-bind takes the result of collapse-bind; for"
                    " a list write superpose"
                )
    return forms


class Program:
    """The forms of a program, and what came of them.

    Args:
        runner: Fresh from the fork.
        run: The state that operations share.
        audience: Gets the results.
        printed: A descriptor to read what hyperon itself prints, which never blocks.
    """

    def __init__(self, runner: Runner, run: Run, audience: Audience, printed: int) -> None:
        self._runner = runner
        self._run = run
        self._audience = audience
        self._printed = printed
        self._steps = 0
        self._chars = 0
        self.notes: list[str] = []

    def execute(self, forms: Sequence[Form]) -> MettaClawError | None:
        """Run the forms; the error that ended them, or None.

        As in hyperon, an error stops the program, and the call of an unknown function does not;
        it is the program's error all the same.
        """
        calls = Calls(self._runner.functions, forms, self._run.view.mentions)
        unknown: UnknownFunctionError | None = None
        for number, form in enumerate(forms, start=1):
            error = self._form(form, calls)
            if isinstance(error, UnknownFunctionError):
                unknown = unknown or error
            elif error is not None:
                if number < len(forms):
                    self.notes.append(
                        f"stopped at form {number} of {len(forms)}: the {len(forms) - number}"
                        " after it did not run"
                    )
                return error
        self.notes.extend(calls.notes())
        return unknown

    def _form(self, form: Form, calls: Calls) -> MettaClawError | None:
        try:
            if not form.evaluate:
                self._runner.add(form.atom)
                return None
            self._audience.tell()
            raised = len(self._run.raised)
            with self._run.at(form.atom) as atom:
                results, error = self._evaluate(atom)
            self._audience.form(results)
            if error is not None:
                return error
            return self._judge(results, calls, self._run.raised[raised:])
        except (MemoryError, RecursionError) as exhausted:
            self._run.fail(exhausted, str(form.atom)[:80])
            return self._run.failure
        except MettaClawError as failure:
            return failure

    def _evaluate(self, atom: Atom) -> tuple[list[Atom], MettaClawError | None]:
        """The results of one evaluation, as many as the limits allow, and what ended it."""
        state = self._runner.start(atom)
        done, step = hp.runner_state_is_complete, hp.runner_state_step
        run, most = self._run, self._run.limits.steps
        while not done(state):
            step(state)
            self._steps += 1
            if run.failure is not None:
                return [], run.failure
            if self._steps % _CHECK_EVERY == 0:
                self._drain()
                if self._steps > most:
                    return [], steps_exceeded(run.limits)
        self._drain()
        if run.failure is not None:
            return [], run.failure
        fault = hp.runner_state_err_str(state)
        if fault is not None:
            return [], EvaluationError(f"hyperon refused the program: {fault}")
        return self._collect(hp.runner_state_current_results(state)[0])

    def _collect(self, catoms: list[Any]) -> tuple[list[Atom], MettaClawError | None]:
        limits = self._run.limits
        names = Names()
        results: list[Atom] = []
        for catom in catoms:
            if len(results) == limits.results:
                return results, results_exceeded(limits)
            try:
                atom = self._runner.reader(catom, names)
                size = len(str(atom))
            except LimitError as error:
                return results, error
            self._chars += size
            if self._chars > limits.result_chars:
                return results, result_chars_exceeded(limits)
            results.append(atom)
        return results, None

    def _judge(
        self, results: list[Atom], calls: Calls, raised: Sequence[str]
    ) -> MettaClawError | None:
        """What is wrong with results that hyperon gave without complaint."""
        for atom in results:
            if isinstance(atom, Expression) and atom.children[:1] == (_ERROR,):
                return EvaluationError(_explained(atom))
        unknown = calls.unknown(results)
        if unknown is not None:
            return unknown
        unreduced = calls.unreduced(results)
        if unreduced:
            self.notes.append(unreduced)
        for error in dict.fromkeys(raised):
            self.notes.append(f"an alternative ended in {error[:200]} and is not in the results")
        return None

    def _drain(self) -> None:
        """Take what hyperon printed by itself."""
        try:
            while data := os.read(self._printed, 65_536):
                self._run.print(data.decode("utf-8", "replace"))
        except BlockingIOError:
            pass


def _explained(error: Expression) -> str:
    """An ``(Error CALL REASON)`` in a sentence."""
    match error.children[1:]:
        case (about, Symbol("DivisionByZero")):
            return f"division by zero in `{_shown(about)}`; test for 0 first"
        case (about, Symbol("IntegerOverflow")):
            return (
                f"`{_shown(about)}` does not fit into the 64 bits of an integer; make one of its"
                " numbers a float"
            )
        case (about, Symbol("BadType")):
            return f"`{_shown(about)}` has the wrong type where it stands; see (get-type ...)"
        case (about, Symbol("IncorrectNumberOfArguments")):
            return f"`{_shown(about)}` has the wrong number of arguments; see (get-doc ...)"
        case (about, Symbol() | String() as reason):
            text = reason.name if isinstance(reason, Symbol) else text_of(reason)
            return f"`{_shown(about)}`: {text}"
        case _:
            return f"the program ended in {_shown(error)}"


def _shown(atom: Atom) -> str:
    text = str(atom)
    return text if len(text) <= 300 else f"{text[:297]}..."


def _aborts(node: Atom) -> bool:
    """Whether hyperon would abort on it: ``superpose-bind`` of a plain list."""
    match node:
        case Expression((Symbol("superpose-bind"), Expression((Symbol(name), *_)))):
            return name != "collapse-bind"
        case Expression((Symbol("superpose-bind"), Expression() | Symbol() | Number() | String())):
            return True
        case _:
            return False


def _check_int(value: int, text: str, offset: int) -> None:
    if not INT_MIN <= value <= INT_MAX:
        at = text.find(str(abs(value)), offset)
        raise MettaSyntaxError(
            "an integer that does not fit into 64 bits; write it as a float or as a string",
            text,
            at if at >= 0 else offset,
        )
