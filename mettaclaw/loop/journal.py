"""What the loop has done so far, in the database: turns with their cycles and calls.

Invariant: every step is a row before the next step begins, so a turn can be taken up after a
crash exactly where it stopped, and a packet can be rebuilt from rows alone. A call ends once. No
row holds a secret: it is left out from the answer on, so that no call runs with it.

Not covered: what the steps are (``loop.cycle``), and which process may take up what
(``loop.session``). Messages are in ``loop.inbox``, replies in ``loop.outbox``.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from mettaclaw.atoms import clearing
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, read, read_all
from mettaclaw.atoms.truth import Truth
from mettaclaw.errors import LimitError
from mettaclaw.loop.inbox import Inbox
from mettaclaw.loop.outbox import Outbox
from mettaclaw.loop.packets import Packets
from mettaclaw.memory import Episodes, erasure
from mettaclaw.memory.episodes import Place
from mettaclaw.memory.forgotten import BEGAN, Forgotten
from mettaclaw.memory.telling import MARK
from mettaclaw.memory.text import storable
from mettaclaw.protocol.calls import Call, Failure, Result
from mettaclaw.protocol.packet import Answer, Cycle, Exchange, Message, Packet, Reply, Usage
from mettaclaw.protocol.tool import Outcome
from mettaclaw.storage import Database, blobs

MAX_RESULT_CHARS = 200_000


@dataclass(frozen=True, slots=True)
class Step:
    """A call as it stands in the journal."""

    id: int
    cycle: int
    number: int
    call: Call
    state: str
    intent: str | None
    result: Result | None


class Journal:
    """The loop's rows. Methods that write are one transaction each, or part of an open one.

    Attributes:
        inbox: The messages.
        outbox: The replies.
    """

    def __init__(self, database: Database, episodes: Episodes) -> None:
        self._database = database
        self._episodes = episodes
        self.inbox = Inbox(database, episodes)
        self.outbox = Outbox(database, episodes)
        self._packets = Packets(database)

    # --- turns ---

    def end(self, message: Message, state: str, error: str | None = None) -> None:
        """A turn is over: ``done``, ``failed`` or ``stopped``; an error is also the reply."""
        with self._database.transaction("loop", "turn"):
            left = [step for step in self.steps(message.id) if step.result is None]
            for step in left:
                self._database.write(
                    "UPDATE call SET state = 'skipped', kind = 'stopped', error = ? WHERE id = ?",
                    ("the turn ended before this call was done", step.id),
                )
                why = "the turn ended" if step.state == "planned" else "interrupted"
                with self.within(step):
                    self._not_run(message.id, str(step.call), why)
            self._database.write("UPDATE message SET state = ? WHERE id = ?", (state, message.id))
            if error is not None:
                self._episodes.append("error", error, message=message.id)
                self.outbox.queue(message.id, error)

    def settle(self) -> None:
        """Take what was erased out of the rows of turns that are over."""
        erasure.settle(self._database)

    # --- cycles and calls ---

    def show(self, packet: Packet, number: int, model: str, native: bool) -> int:
        """Write ahead: a packet is about to be shown to a model; its id.

        The disk is not waited for: a kill leaves it there, and the commit of the answer follows.
        """
        with self._database.transaction("loop", "packet", synced=False):
            return self._packets.keep(packet, number, model, native)

    def record(
        self,
        message: Message,
        number: int,
        model: str,
        answer: Answer,
        calls_limit: int,
        packet: int | None = None,
    ) -> None:
        """A model's answer: one row for the cycle, one for each call, planned or past the limit.

        ``packet`` is the id of the one that it answers.
        """
        with self._database.transaction("model", "cycle"):
            clean = self._database.clean
            said, fault = clean(storable(answer.text)), clean(storable(answer.error or ""))
            cycle = self._database.write(
                "INSERT INTO cycle (packet, message, number, time, model, answer, error, "
                "tokens_in, tokens_out) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    packet,
                    message.id,
                    number,
                    time.time(),
                    model,
                    said,
                    fault or answer.error,
                    answer.usage.tokens_in,
                    answer.usage.tokens_out,
                ),
            )
            if answer.error:
                text = f"{fault}\n{said}"
                self._episodes.append("error", text, message=message.id, cycle=cycle)
            for position, call in enumerate(answer.calls, start=1):
                over = position > calls_limit
                error = (
                    f"not run: {len(answer.calls)} calls, and at most {calls_limit} run in a cycle "
                    "(limit calls_per_cycle); make it again in the next cycle"
                )
                text = str(self._cleared(call))
                row = self._database.write(
                    "INSERT INTO call (cycle, number, text, state, kind, error) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        cycle,
                        position,
                        text,
                        "skipped" if over else "planned",
                        "limit" if over else None,
                        error if over else None,
                    ),
                )
                if over:
                    with self._episodes.within(Place(cycle, row, call.name)):
                        self._not_run(message.id, text, "limit calls_per_cycle")

    def begin(self, step: Step, intent: str) -> None:
        """Write ahead: a call is about to have an effect outside the database."""
        with self._database.transaction("loop", "intent"):
            self._database.write(
                "UPDATE call SET state = 'begun', intent = ? WHERE id = ?",
                (self._database.clean(intent), step.id),
            )

    def finish(self, step: Step, message: int, outcome: Outcome, ms: float) -> Result:
        """A call has a value. Part of the transaction that holds its writes."""
        truth = outcome.truth
        values = clearing.cleared_all(self._database, outcome.values)
        value = "\n".join(map(str, values))
        if len(value) > MAX_RESULT_CHARS:
            raise LimitError(
                "output",
                f"the result has {len(value):,} characters, and {MAX_RESULT_CHARS:,} are allowed "
                "(limit output); ask for a part of it",
            )
        self._close(
            step,
            message,
            "done",
            ms,
            value=value,
            truth=truth,
            shown=value if len(value) > blobs.LARGE else " ".join(map(str, values)),
        )
        return Result(step.call, values, None, truth, ms)

    def fail(self, step: Step, message: int, failure: Failure, ms: float) -> Result:
        """A call has failed, and what it wrote has been rolled back."""
        with self._database.transaction("loop", "failure"):
            failure = Failure(failure.kind, self._database.clean(failure.message))
            self._close(step, message, "failed", ms, failure=failure, shown=failure.message)
        return Result(step.call, (), failure, None, ms)

    def within(self, step: Step) -> contextlib.AbstractContextManager[None]:
        """What this thread logs belongs to a call."""
        return self._episodes.within(Place(step.cycle, step.id, step.call.name))

    def steps(self, message: int) -> list[Step]:
        """All calls of a turn, in order."""
        rows = self._database.rows(
            f"{_STEPS} WHERE c.message = ? ORDER BY c.number, k.number", (message,)
        )
        return [_step(row) for row in rows]

    def cycles(self, message: int) -> tuple[Cycle, ...]:
        """The turn's cycles so far, with the results of those calls that have ended."""
        by_cycle: dict[int, list[Result]] = {}
        for step in self.steps(message):
            if step.result is not None:
                by_cycle.setdefault(step.cycle, []).append(step.result)
        rows = self._database.rows(
            "SELECT id, number, answer, error FROM cycle WHERE message = ? ORDER BY number",
            (message,),
        )
        return tuple(
            Cycle(number, answer, tuple(by_cycle.get(cycle, ())), error)
            for cycle, number, answer, error in rows
        )

    def reply(self, message: int) -> Reply:
        """What a turn ended with, or has so far."""
        cycles = self.cycles(message)
        row = self._database.row("SELECT state FROM message WHERE id = ?", (message,))
        return Reply(
            text="\n".join(self.outbox.replies(message)),
            cycles=len(cycles),
            usage=self.usage(message),
            message=message,
            results=tuple(result for cycle in cycles for result in cycle.results),
            state=row[0] if row else "failed",
        )

    def note_fault(self, message: int, text: str) -> None:
        """Log a fault of the program with its traceback."""
        with self._database.transaction("loop", "fault"):
            self._episodes.append("error", text, message=message)

    def usage(self, message: int) -> Usage:
        """Tokens of the whole turn."""
        row = self._database.row(
            "SELECT coalesce(sum(tokens_in), 0), coalesce(sum(tokens_out), 0) FROM cycle "
            "WHERE message = ?",
            (message,),
        )
        return Usage(*row) if row else Usage()

    def forgotten(self, before: int, turns: int) -> Forgotten:
        """What was forgotten since the oldest of those turns."""
        rows = self._database.rows(
            "SELECT id, time FROM message WHERE id < ? "
            "AND state IN ('done', 'failed', 'stopped') ORDER BY id DESC LIMIT ?",
            (before, turns),
        )
        if not rows:
            return Forgotten(())
        return Forgotten.since(self._database, rows[-1][0], min(time for _, time in rows))

    def history(self, before: int, turns: int, gone: Forgotten) -> tuple[Exchange, ...]:
        """The last turns that ended before a message came, oldest first.

        Without what was forgotten since: sentences of what was said, and whole calls. A turn that
        waited for others began when it was taken up, so what these forgot is asked of it anew.
        """
        rows = self._database.rows(
            f"SELECT id, text, time, {BEGAN} FROM message WHERE id < ? "
            "AND state IN ('done', 'failed', 'stopped') ORDER BY id DESC LIMIT ?",
            (before, turns),
        )
        marked = self._database.row("SELECT 1 FROM erased LIMIT 1") is not None
        return tuple(
            _without(
                gone,
                marked,
                Exchange(
                    Message(id_, text, when), self.cycles(id_), tuple(self.outbox.replies(id_))
                ),
                began,
            )
            for id_, text, when, began in reversed(rows)
        )

    # --- inside ---

    def _cleared(self, call: Call) -> Call:
        """A call without secrets; its name is one only by mistake, and no plain word is."""
        name = call.name
        if not name.replace("-", "").isalpha():
            name = self._database.clean(name).replace(" ", "-")
        return Call(name, clearing.cleared_all(self._database, call.args))

    def _not_run(self, message: int, call: str, why: str) -> None:
        """Log a call that has no result, since it was not run to an end."""
        self._episodes.append("call", f"not run ({why}): {call}", message=message)

    def _close(
        self,
        step: Step,
        message: int,
        state: str,
        ms: float,
        *,
        shown: str,
        value: str | None = None,
        truth: Truth | None = None,
        failure: Failure | None = None,
    ) -> None:
        current = self._database.current
        inline, blob = (None, None) if value is None else blobs.keep_large(self._database, value)
        self._database.write(
            "UPDATE call SET state = ?, value = ?, blob = ?, f = ?, c = ?, kind = ?, error = ?, "
            "ms = ?, txn = ? WHERE id = ?",
            (
                state,
                inline,
                blob,
                truth.f if truth else None,
                truth.c if truth else None,
                failure.kind if failure else None,
                failure.message if failure else None,
                ms,
                current.id if current else None,
                step.id,
            ),
        )
        with self.within(step):
            self._episodes.append("call", str(step.call), message=message)
            self._episodes.append("error" if failure else "result", shown, message=message)


def _without(gone: Forgotten, marked: bool, exchange: Exchange, began: float) -> Exchange:
    """An earlier turn without what was forgotten since it began, and calls that something was
    erased from (``marked``: there may be some).
    """
    if not gone and not marked:
        return exchange
    message = exchange.message

    def tells(result: Result) -> bool:
        said = [str(result.call), *map(str, result.values)]
        said += [result.failure.message] if result.failure else []
        return any(MARK in text or gone.is_in(text, began) for text in said)

    cycles = tuple(
        replace(
            cycle,
            answer=gone.without(cycle.answer, began),
            error=cycle.error and gone.without(cycle.error, began),
            results=tuple(result for result in cycle.results if not tells(result)),
        )
        for cycle in exchange.cycles
    )
    replies = tuple(gone.without(reply, began) for reply in exchange.replies)
    return Exchange(replace(message, text=gone.without(message.text, began)), cycles, replies)


_STEPS = (
    "SELECT k.id, k.cycle, k.number, k.text, k.state, k.intent, "
    "coalesce(b.text, k.value), k.f, k.c, k.kind, k.error, k.ms "
    "FROM call k JOIN cycle c ON c.id = k.cycle LEFT JOIN blob b ON b.id = k.blob"
)


@lru_cache(maxsize=512)  # ended calls never change, and every packet shows many of them again
def _step(row: tuple[Any, ...]) -> Step:
    id_, cycle, number, text, state, intent, value, f, c, kind, error, ms = row
    call = _call(read(text))
    result = None
    if state == "done":
        truth = None if f is None else Truth(f, c)
        result = Result(call, tuple(read_all(value)), None, truth, ms)
    elif state in ("failed", "skipped"):
        result = Result(call, (), Failure(kind, error), None, ms)
    return Step(id_, cycle, number, call, state, intent, result)


def _call(atom: Atom) -> Call:
    match atom:
        case Expression((Symbol(name), *args)):
            return Call(name, tuple(args))
        case _:
            raise AssertionError(f"the journal holds {atom}, which is no call")
