"""One evaluation, in the process that was forked for it.

In order: the clock starts, the database is opened and read once, the process gives up every right
(``rights``), the program is read and run, and the end is told. From the moment the program's
text is looked at, the kernel ends this process when its time is up, whatever it is doing.

Not covered: what the parent makes of it (``parent``), which trusts nothing that comes from here.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, read, read_program
from mettaclaw.errors import EvaluationError, LimitError, MettaClawError
from mettaclaw.evaluator import run, wire
from mettaclaw.evaluator.limits import UNCHANGED, Limits
from mettaclaw.evaluator.overlay import Overlay
from mettaclaw.evaluator.program import Program, read_checked
from mettaclaw.evaluator.rights import Rights
from mettaclaw.evaluator.run import Run
from mettaclaw.evaluator.sandbox import Runner
from mettaclaw.storage import Database
from mettaclaw.storage.schema import MIGRATIONS

_REHEARSAL = "!(+ 1 2) !(match &kb (--> $x cat) $x)"


class Line:
    """The child's end of the talk with the parent."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._untold: list[list[str]] = []

    def receive(self) -> wire.Message:
        """The next message; the process ends quietly when there is none."""
        message = wire.receive(lambda size: os.read(self._descriptor, size))
        if message is None:
            os._exit(0)
        return message

    def send(self, fields: dict[str, Any]) -> None:
        """Send a message."""
        wire.write_all(self._descriptor, wire.frame(fields))

    def form(self, results: Sequence[Atom]) -> None:
        """Keep the results of a form, to be told."""
        self._untold.append([str(atom) for atom in results])

    def tell(self) -> None:
        """Tell the results so far, before a form that may be the end of this process."""
        if self._untold:
            self.send({"forms": self._untold})
            self._untold = []

    def end(self, error: MettaClawError | None, **fields: Any) -> None:
        """Tell the end, with the results that were not told."""
        told = wire.error_fields(error) if error is not None else None
        self.send({"forms": self._untold, "end": True, "error": told, **fields})

    def host(self, name: str, arguments: Sequence[Atom]) -> list[Atom]:
        """Have the agent's process run an operation; the clock stands still meanwhile."""
        left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
        self.send({"host": name, "arguments": [str(atom) for atom in arguments]})
        answer = self.receive()
        signal.setitimer(signal.ITIMER_REAL, max(left, 0.001))
        error = wire.to_error(answer.fields.get("error"), "")
        if error is not None:
            raise error
        return answer.atoms("results")


def serve(talk: int, printed: int, runner: Runner, rights: Rights) -> None:
    """Evaluate what the parent asks for, once.

    Args:
        talk: A connected socket.
        printed: Where what is written to descriptor 1 can be read without blocking.
        runner: Hyperon, warm.
        rights: Of this process, to be given up.
    """
    line = Line(talk)
    request = line.receive().fields
    limits = Limits(**request["limits"])
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    if request.get("probe"):
        line.end(None, layers=_confine(rights, limits))
        return
    speaker = wire.to_speaker(request["speaker"])
    try:
        store = _open(request["database"], speaker.quality)
    except MettaClawError as error:
        line.end(error, changes=[], notes=[], output="")
        return
    _confine(rights, limits)
    pending = [
        (atom := wire.read_atom(text), wire.to_belief(atom, belief))
        for text, belief in request["pending"]
    ]
    uncommitted = [wire.to_evidence(fields) for fields in request["uncommitted"]]
    view = Overlay(store, pending, limits, uncommitted, speaker)
    current = Run(limits, view, line.host)
    run.begin(current)
    program = Program(runner, current, line, printed)
    error = _execute(program, runner, request, limits)
    changes = () if error is not None else current.view.changes
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)  # telling takes no time of the program's
    told = {"notes": program.notes, "output": current.output}
    try:
        line.end(error, changes=[wire.change_fields(change) for change in changes], **told)
    except LimitError as too_long:
        line.end(too_long, changes=[], **told)


def rehearse(runner: Runner, store: AtomStore, printed: int) -> None:
    """Evaluate a little, so that memory and caches are ready when it counts.

    Args:
        runner: Hyperon.
        store: Over ``rehearsal_store``.
        printed: As for ``serve``.
    """
    limits = Limits()
    current = Run(limits, Overlay(store, [], limits), _nobody)
    run.begin(current)
    Program(runner, current, _Empty(), printed).execute(read_program(_REHEARSAL))


def rehearsal_store() -> AtomStore:
    """A small store in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    database = Database(Path(":memory:"), connection, read_only=False)
    for script in MIGRATIONS:
        connection.executescript(script)
    store = AtomStore(database)
    with database.transaction():
        store.add(read("(--> garfield cat)"), None, "rehearsal")
    return store


class _Empty:
    """An audience of nobody."""

    def form(self, results: Sequence[Atom]) -> None:
        """Take the results."""

    def tell(self) -> None:
        """Keep nothing."""


def _nobody(_name: str, _arguments: Sequence[Atom]) -> list[Atom]:
    return []


def _execute(
    program: Program, runner: Runner, request: dict[str, Any], limits: Limits
) -> MettaClawError | None:
    try:
        forms = read_checked(request["program"], limits)
    except MettaClawError as error:
        return error
    try:
        runner.prepare(forms, request["host"])
        return program.execute(forms)
    except RecursionError:
        return EvaluationError(f"the program nests too deeply to be run; {UNCHANGED}: flatten it")


def _open(database: str, quality: Quality) -> AtomStore:
    """Open the database at one moment of it: one snapshot for the whole evaluation."""
    opened = Database.open(Path(database), read_only=True)
    opened.row("PRAGMA temp_store=MEMORY")
    opened.row("BEGIN")
    opened.row("SELECT count(*) FROM (SELECT 1 FROM atom LIMIT 1)")
    return AtomStore(opened, quality=quality)


def _confine(rights: Rights, limits: Limits) -> dict[str, bool]:
    """Close the door."""
    return rights.drop(cpu_s=limits.seconds + 1, memory_bytes=limits.memory_mib * 1024 * 1024)
