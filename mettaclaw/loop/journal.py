"""What the loop has done so far, in the database: sessions, messages, cycles, calls, replies.

Invariant: every step is a row before the next step begins, so a turn can be taken up after a
crash exactly where it stopped, and a packet can be rebuilt from rows alone. A call ends once.

Not covered: what the steps are (``loop.cycle``), and which process may take up what
(``loop.session``).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, read, read_all
from mettaclaw.atoms.truth import Truth
from mettaclaw.errors import LimitError, UsageError
from mettaclaw.memory import Episodes
from mettaclaw.memory.text import storable
from mettaclaw.protocol.calls import Call, Failure, Result
from mettaclaw.protocol.packet import Answer, Cycle, Exchange, Message, Reply, Usage
from mettaclaw.protocol.tool import Outcome
from mettaclaw.storage import Database

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


@dataclass(frozen=True, slots=True)
class Pending:
    """A reply in the outbox."""

    id: int
    message: int
    text: str


class Journal:
    """The loop's rows. Methods that write are one transaction each, or part of an open one."""

    def __init__(self, database: Database, episodes: Episodes) -> None:
        self._database = database
        self._episodes = episodes

    # --- messages ---

    def enqueue(self, session: int, texts: Sequence[str]) -> list[int]:
        """Queue messages, each with an id; they are on the disk when this returns."""
        now = time.time()
        ids: list[int] = []
        with self._database.transaction("user", "message"):
            for text in texts:
                number = self._database.write(
                    "INSERT INTO message (session, time, text, state) VALUES (?, ?, ?, 'queued')",
                    (session, now, text),
                )
                self._episodes.append("message", text, message=number)
                ids.append(number)
        return ids

    def open_messages(self, session: int) -> list[Message]:
        """The session's messages that have no end yet, in order of arrival."""
        rows = self._database.rows(
            "SELECT id, text, time FROM message WHERE session = ? "
            "AND state IN ('queued', 'running') ORDER BY id",
            (session,),
        )
        return [Message(*row) for row in rows]

    def message(self, number: int) -> tuple[Message, str]:
        """A message and its state.

        Raises:
            UsageError: There is no message with this id.
        """
        sql = "SELECT id, text, time, state FROM message WHERE id = ?"
        row = self._database.row(sql, (number,))
        if row is None:
            raise UsageError(f"there is no message {number}")
        return Message(*row[:3]), row[3]

    def withdraw(self, session: int, only: int | None = None) -> int:
        """Stop the session's messages, or the one of this id, that nobody has begun to answer.

        Returns how many there were.
        """
        with self._database.transaction("user", "withdraw"):
            rows = self._database.rows(
                "SELECT id FROM message WHERE session = ? AND state = 'queued' "
                "AND (? IS NULL OR id = ?)",
                (session, only, only),
            )
            for (number,) in rows:
                self._database.write("UPDATE message SET state = 'stopped' WHERE id = ?", (number,))
        return len(rows)

    def start(self, message: Message) -> None:
        """A message's turn begins, or is taken up again."""
        with self._database.transaction("loop", "turn"):
            self._database.write("UPDATE message SET state = 'running' WHERE id = ?", (message.id,))

    def put_back(self, message: Message) -> None:
        """A message whose turn came to nothing waits again."""
        with self._database.transaction("loop", "turn"):
            self._database.write("UPDATE message SET state = 'queued' WHERE id = ?", (message.id,))

    def end(self, message: Message, state: str, error: str | None = None) -> None:
        """A turn is over: ``done``, ``failed`` or ``stopped``; an error is also the reply."""
        with self._database.transaction("loop", "turn"):
            self._database.write(
                "UPDATE call SET state = 'skipped', kind = 'stopped', error = ? "
                "WHERE state IN ('planned', 'begun') "
                "AND cycle IN (SELECT id FROM cycle WHERE message = ?)",
                ("the turn ended before this call was done", message.id),
            )
            self._database.write("UPDATE message SET state = ? WHERE id = ?", (state, message.id))
            if error is not None:
                self._episodes.append("error", error, message=message.id)
                self.queue_reply(message.id, error)

    # --- cycles and calls ---

    def record(
        self, message: Message, number: int, model: str, answer: Answer, calls_limit: int
    ) -> None:
        """A model's answer: one row for the cycle, one for each call, planned or past the limit."""
        with self._database.transaction("model", "cycle"):
            cycle = self._database.write(
                "INSERT INTO cycle (message, number, time, model, answer, error, tokens_in, "
                "tokens_out) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    message.id,
                    number,
                    time.time(),
                    model,
                    storable(answer.text),
                    answer.error and storable(answer.error),
                    answer.usage.tokens_in,
                    answer.usage.tokens_out,
                ),
            )
            if answer.error:
                text = f"{answer.error}\n{answer.text}"
                self._episodes.append("error", text, message=message.id, cycle=cycle)
            for position, call in enumerate(answer.calls, start=1):
                over = position > calls_limit
                error = (
                    f"not run: {len(answer.calls)} calls, and at most {calls_limit} run in a cycle "
                    "(limit calls_per_cycle); make it again in the next cycle"
                )
                self._database.write(
                    "INSERT INTO call (cycle, number, text, state, kind, error) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        cycle,
                        position,
                        str(call),
                        "skipped" if over else "planned",
                        "limit" if over else None,
                        error if over else None,
                    ),
                )

    def begin(self, step: Step, intent: str) -> None:
        """Write ahead: a call is about to have an effect outside the database."""
        with self._database.transaction("loop", "intent"):
            self._database.write(
                "UPDATE call SET state = 'begun', intent = ? WHERE id = ?", (intent, step.id)
            )

    def finish(self, step: Step, message: int, outcome: Outcome, ms: float) -> Result:
        """A call has a value. Part of the transaction that holds its writes."""
        truth = outcome.truth
        value = "\n".join(map(str, outcome.values))
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
            shown=" ".join(map(str, outcome.values)),
        )
        return Result(step.call, outcome.values, None, truth, ms)

    def fail(self, step: Step, message: int, failure: Failure, ms: float) -> Result:
        """A call has failed, and what it wrote has been rolled back."""
        with self._database.transaction("loop", "failure"):
            self._close(step, message, "failed", ms, failure=failure, shown=failure.message)
        return Result(step.call, (), failure, None, ms)

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
            text="\n".join(self.replies(message)),
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

    def history(self, before: int, turns: int) -> tuple[Exchange, ...]:
        """The last turns that ended before a message came, oldest first."""
        rows = self._database.rows(
            "SELECT id, text, time FROM message WHERE id < ? "
            "AND state IN ('done', 'failed', 'stopped') ORDER BY id DESC LIMIT ?",
            (before, turns),
        )
        return tuple(
            Exchange(Message(*row), self.cycles(row[0]), tuple(self.replies(row[0])))
            for row in reversed(rows)
        )

    # --- the outbox ---

    def queue_reply(self, message: int, text: str) -> int:
        """Put a reply into the outbox; it leaves after the commit."""
        number = self._database.write(
            "INSERT INTO outbox (message, text, time) VALUES (?, ?, ?)",
            (message, text, time.time()),
        )
        self._episodes.append("reply", text, message=message)
        return number

    def replies(self, message: int) -> list[str]:
        """What was said in answer to a message."""
        rows = self._database.rows(
            "SELECT text FROM outbox WHERE message = ? ORDER BY id", (message,)
        )
        return [row[0] for row in rows]

    def undelivered(self, message: int) -> list[Pending]:
        """Replies to a message that have not left yet."""
        rows = self._database.rows(
            "SELECT id, message, text FROM outbox WHERE delivered IS NULL AND message = ? "
            "ORDER BY id",
            (message,),
        )
        return [Pending(*row) for row in rows]

    def unheard(self, session: int) -> list[Pending]:
        """Replies of turns that are over and that nobody has heard: what a crash left behind."""
        rows = self._database.rows(
            "SELECT o.id, o.message, o.text FROM outbox o JOIN message m ON m.id = o.message "
            "WHERE o.delivered IS NULL AND m.session = ? "
            "AND m.state NOT IN ('queued', 'running') ORDER BY o.id",
            (session,),
        )
        return [Pending(*row) for row in rows]

    def delivered(self, replies: Sequence[int]) -> None:
        """Replies, by their ids, have reached the person."""
        now = time.time()
        with self._database.transaction("loop", "delivery"):
            self._database.write_many(
                "UPDATE outbox SET delivered = ? WHERE id = ?", [(now, reply) for reply in replies]
            )

    # --- inside ---

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
        self._database.write(
            "UPDATE call SET state = ?, value = ?, f = ?, c = ?, kind = ?, error = ?, ms = ?, "
            "txn = ? WHERE id = ?",
            (
                state,
                value,
                truth.f if truth else None,
                truth.c if truth else None,
                failure.kind if failure else None,
                failure.message if failure else None,
                ms,
                current.id if current else None,
                step.id,
            ),
        )
        self._episodes.append("call", str(step.call), message=message, cycle=step.cycle)
        kind = "error" if failure else "result"
        self._episodes.append(kind, shown, message=message, cycle=step.cycle)


_STEPS = (
    "SELECT k.id, k.cycle, k.number, k.text, k.state, k.intent, k.value, k.f, k.c, k.kind, "
    "k.error, k.ms FROM call k JOIN cycle c ON c.id = k.cycle"
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
