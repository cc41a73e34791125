"""The evaluator: MeTTa text in, results and proposed changes out, whatever the text does.

Each evaluation runs in a child of its own (``child``) that the zygote forks. The child is not
trusted: what it sends is checked and bounded, time is also kept here, and its changes are only
proposals. An evaluation that ends in an error proposes none.

Any thread may evaluate; evaluations of several threads run side by side.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from mettaclaw.atoms.evidence import Speaker
from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.view import Belief, Change, Contradiction, Evidence
from mettaclaw.errors import EvaluationError, MettaClawError, UsageError
from mettaclaw.evaluator import causes, process, wire
from mettaclaw.evaluator.limits import Limits, results_exceeded, text_exceeded, time_exceeded
from mettaclaw.evaluator.process import Child, ZygoteLostError

GRACE_S = 5.0  # for the fork on a busy machine; then the child's own clock should end it
ANSWER_S = 4.0  # for the zygote to take a request; then another takes its place
_GONE_S = 2.0  # for children that were let go to be gone
_ATTEMPTS = 3
_BUFFERED = 65_536  # bytes that a socket takes without a reader

Host = Mapping[str, Callable[[tuple[Atom, ...]], Iterable[Atom]]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of a program.

    Attributes:
        results: For each ``!`` form that ran, its results, as far as the limits allow.
        error: What ended it, or None.
        changes: Proposed writes to the atomspace, in order; none after an error.
        notes: Hints for who wrote the program.
        output: What it printed.
        ms: Milliseconds of wall time.
        contradictions: Those that its changes have brought about; empty before they are committed.
        news: What was told that was not believed before, or to be the opposite; empty before.
    """

    results: list[list[Atom]]
    error: MettaClawError | None = None
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    output: str = ""
    ms: float = 0.0
    contradictions: tuple[Contradiction, ...] = ()
    news: tuple[Atom, ...] = ()


class Evaluator:
    """Evaluates programs over an atomspace. A context manager that closes it.

    Args:
        database: The database file; it is opened read-only, once per evaluation.
        providers: Names of modules whose ``OPERATIONS`` programs may call.
        limits: Of each evaluation.
    """

    def __init__(
        self, database: Path, providers: Sequence[str] = (), limits: Limits | None = None
    ) -> None:
        self._database = Path(database).absolute()
        self._providers = tuple(providers)
        self._limits = limits or Limits()
        self._zygote = process.acquire(self._providers)
        self._lock = threading.Lock()
        self._running: set[_Talk] = set()
        self._leaving: list[Child] = []  # let go, and perhaps not gone
        self._closed = False

    def warm(self) -> None:
        """Start the evaluator's process in the background, so that the first call is quick."""
        self._zygote.start()

    def evaluate(
        self,
        program: str,
        *,
        pending: Sequence[tuple[Atom, Belief | None]] = (),
        uncommitted: Sequence[Evidence] = (),
        speaker: Speaker | None = None,
        host: Host | None = None,
        limits: Limits | None = None,
    ) -> Evaluation:
        """Run a program and wait for it.

        Args:
            program: MeTTa text: forms after ``!`` are evaluated, others are added to ``&self``.
            pending: Statements that the caller's open transaction has touched, with their state
                in it (None: removed); the program sees them so.
            uncommitted: The evidence that this transaction has written.
            speaker: Who evaluates, which decides whether what it believes is new evidence.
            host: Operations that programs may call and that run in this thread, by name; an
                error of ours that one raises ends the evaluation.
            limits: None for the evaluator's own.

        Returns:
            The evaluation. What goes wrong is in its ``error`` and is not raised, but for what
            an operation of the host raises that is no error of ours.
        """
        begun = time.monotonic()
        bounds = limits or self._limits
        talk = _Talk(program, bounds, host or {})
        try:
            if len(program) > bounds.text_chars:
                raise text_exceeded(len(program), bounds)
            request = {
                "database": str(self._database),
                "program": program,
                "pending": [[str(a), wire.belief_fields(belief)] for a, belief in pending],
                "uncommitted": [wire.evidence_fields(one) for one in uncommitted],
                "speaker": asdict(speaker or Speaker()),
                "host": list(talk.host),
                "limits": asdict(bounds),
            }
            with self._registered(talk):
                talk.hold(self._zygote, request)
        except MettaClawError as error:
            talk.error = error
        return talk.evaluation((time.monotonic() - begun) * 1000)

    def cancel(self) -> None:
        """From any thread: end the evaluations that run now; each returns with an error."""
        with self._lock:
            for talk in self._running:
                talk.cancel()

    def close(self) -> None:
        """End what runs, and let the zygote go. Closing twice does nothing.

        No child has the database open after it: only the last one who closes a database tidies
        its files up.
        """
        self.cancel()
        with self._lock:
            closed, self._closed = self._closed, True
            leaving, self._leaving = self._leaving, []
        for child in leaving:
            child.is_gone(_GONE_S)
            child.close()
        if not closed:
            process.release(self._providers)

    def __enter__(self) -> Evaluator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _registered(self, talk: _Talk) -> Generator[None]:
        with self._lock:
            if self._closed:
                raise UsageError("this evaluator is closed; open the atomspace again")
            self._running.add(talk)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(talk)
                for child in [one for one in self._leaving if one.is_gone()]:
                    self._leaving.remove(child)
                    child.close()
                self._leaving.extend(talk.let_go)


def confinement() -> dict[str, bool]:
    """Which layers (``rights.LAYERS``) keep a child from doing harm on this system.

    Raises:
        MettaClawError: No child could be started.
    """
    talk = _Talk("", Limits(), {})
    zygote = process.acquire(())
    try:
        talk.hold(zygote, {"probe": True, "limits": asdict(Limits())})
    finally:
        for child in talk.let_go:
            child.close()
        process.release(())
    return talk.layers()


class _IgnoredError(Exception):
    """The zygote does not answer."""


class _Talk:
    """The talk with one child: the request, callbacks, results, and how it ended."""

    def __init__(self, program: str, limits: Limits, host: Host) -> None:
        self.host = host
        self.error: MettaClawError | None = None
        self._program = program
        self._limits = limits
        self.let_go: list[Child] = []
        self._child: Child | None = None
        self._cancelled = False
        self._served = False
        self._engaged = False  # a child is known to have the talk
        self._ignored = False  # a zygote did not answer
        self._deadline = 0.0
        self._results: list[list[Atom]] = []
        self._chars = 0
        self._end: wire.Message | None = None

    def hold(self, zygote: process.Zygote, request: dict[str, Any]) -> None:
        """Talk to a child until its end; a zygote that died or is stuck is replaced before it.

        Raises:
            MettaClawError: There is no child, or the request is too large.
        """
        data = wire.frame(request)
        for _ in range(_ATTEMPTS):
            try:
                child = zygote.child(lambda: self._cancelled)
            except ZygoteLostError:
                continue
            self._child = child
            if self._cancelled:
                child.interrupt()
            try:
                if self._converse(child, data):
                    return
            except _IgnoredError:
                zygote.abandon(child)
                if self._ignored:
                    raise _unanswered() from None
                self._ignored = True
            finally:
                child.let_go()
                self.let_go.append(child)
        raise EvaluationError(
            "the evaluator's process ended again and again before it could start; `mettaclaw"
            " doctor` checks the installation"
        )

    def cancel(self) -> None:
        """From another thread: end it."""
        self._cancelled = True
        if self._child is not None:
            self._child.interrupt()

    def evaluation(self, ms: float) -> Evaluation:
        """What came of it."""
        try:
            return self._checked(ms)
        except wire.ProtocolError as fault:
            return Evaluation(self._results, _broken(fault), ms=ms)

    def layers(self) -> dict[str, bool]:
        """The answer to a probe.

        Raises:
            MettaClawError: There is none.
        """
        found = self._end.fields.get("layers") if self._end is not None else None
        if not isinstance(found, dict):
            raise self.error or EvaluationError("the evaluator's process gave no answer")
        return {str(name): held is True for name, held in cast("dict[str, Any]", found).items()}

    # --- inside ---

    def _converse(self, child: Child, data: bytes) -> bool:
        """Talk until the end; False if there was none and another child may be asked."""
        self._deadline = process.deadline(self._limits.seconds + GRACE_S)
        self._results, self._chars = [], 0
        self._engaged = False
        try:
            if len(data) > _BUFFERED:
                self._await(child, ANSWER_S)
            child.talk.settimeout(self._limits.seconds + GRACE_S)
            child.talk.sendall(data)
            while self._end is None:
                message = wire.receive(lambda size: self._read(child, size))
                if message is None:
                    break
                self._take(child, message)
        except TimeoutError:
            self.error = time_exceeded(self._limits)
            return True
        except wire.ProtocolError as fault:
            self.error = _broken(fault)
            return True
        except OSError:
            pass  # the child is gone: why is said below
        if self._cancelled:
            self.error = process.cancelled()
            return True
        if self._end is None and self.error is None:
            return self._died(child)
        return True

    def _died(self, child: Child) -> bool:
        ending = child.ending(GRACE_S)
        if ending is not None:
            self.error = causes.explain(*ending, self._limits)
        elif self._served:  # the host has done something already, so not again
            self.error = EvaluationError(
                "the evaluator's process was ended from outside; nothing was changed: try again"
            )
        return ending is not None or self._served

    def _read(self, child: Child, size: int) -> bytes:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        child.talk.settimeout(left if self._engaged else min(left, ANSWER_S))
        try:
            data = child.talk.recv(size)
        except TimeoutError:
            if self._engaged:
                raise
            self._await(child, 0.0)
            return self._read(child, size)
        self._engaged = True
        return data

    def _await(self, child: Child, timeout_s: float) -> None:
        """Wait for the zygote to engage a child, for which it needs a moment."""
        if not child.engaged(timeout_s) and not self._cancelled:
            raise _IgnoredError
        self._engaged = True

    def _take(self, child: Child, message: wire.Message) -> None:
        fields = message.fields
        if "host" in fields:
            self._serve(child, message)
            return
        for form in message.items("forms"):
            self._take_form(form)
        if "end" in fields:
            self._end = message

    def _take_form(self, form: object) -> None:
        texts = wire.to_texts(form)
        self._chars += sum(map(len, texts))
        if len(texts) > self._limits.results or self._chars > self._limits.result_chars:
            raise results_exceeded(self._limits)  # the child checks it too, so it is not ours
        self._results.append([wire.read_atom(text) for text in texts])

    def _serve(self, child: Child, message: wire.Message) -> None:
        """Run an operation of the host's; the clock stands still meanwhile."""
        operation = self.host.get(message.text("host"))
        if operation is None:
            raise wire.ProtocolError("an operation that the host does not offer")
        arguments = tuple(message.atoms("arguments"))
        self._served = True
        stopped = time.monotonic()
        try:
            answer = {"results": [str(atom) for atom in operation(arguments)]}
        except MettaClawError as error:
            answer = {"error": wire.error_fields(error)}
        self._deadline += time.monotonic() - stopped
        child.talk.settimeout(GRACE_S)
        child.talk.sendall(wire.frame(answer))

    def _checked(self, ms: float) -> Evaluation:
        error, end = self.error, self._end
        if end is None or error is not None:
            return Evaluation(self._results, error, ms=ms)
        error = wire.to_error(end.fields.get("error"), self._program)
        changes = tuple(map(wire.to_change, end.items("changes")))
        if error is not None or len(changes) > self._limits.changes:
            changes = ()
        output = end.text("output")[: self._limits.output_chars]
        return Evaluation(self._results, error, changes, tuple(end.texts("notes")), output, ms)


def _unanswered() -> EvaluationError:
    return EvaluationError(
        f"the evaluator's process did not answer within {ANSWER_S:g} s, and neither did the one"
        " started in its place: they are stopped, or the machine is overloaded; nothing was"
        " changed: try again"
    )


def _broken(fault: wire.ProtocolError) -> EvaluationError:
    return EvaluationError(
        f"the evaluation's process sent what makes no sense ({fault}); nothing was changed;"
        " please report the program"
    )
