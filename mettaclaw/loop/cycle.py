"""The one loop: packet, model, calls, results, until the turn ends.

A turn is made of cycles. In each the model sees a packet and answers with calls; the calls run one
by one, each in one transaction; their results are in the next packet. The turn ends after a cycle
whose last call is ``send`` and whose calls all succeeded. Limits are enforced here, in code.

Invariant: whatever happens is in the journal before the next thing happens, so ``Turn`` given a
message that was left in the middle goes on where it was. Not covered: which message comes next
(``loop.turns``), what tools do (``mettaclaw.tools``).
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial

from mettaclaw.atoms.syntax import String, read
from mettaclaw.errors import (
    CallError,
    MettaClawError,
    ModelError,
    PermissionDeniedError,
    StorageError,
)
from mettaclaw.loop.journal import Journal, Step
from mettaclaw.loop.tokens import uncounted
from mettaclaw.loop.waiting import OverdueError, in_thread, until
from mettaclaw.memory import Pin
from mettaclaw.protocol import events
from mettaclaw.protocol.calls import Call, Failure, Result
from mettaclaw.protocol.packet import Answer, Cycle, Message, Model, Note, Packet, Usage
from mettaclaw.protocol.tool import Outcome, Tool, find
from mettaclaw.redaction import counted, marked
from mettaclaw.storage import Database

_UNREADABLE = 3  # answers in a row that are no calls, before the turn is given up
_OUTSIDE = ("files", "shell", "network")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the model cannot exceed: calls of a cycle; cycles, tokens and seconds of a turn.

    Tokens are those that the endpoint counts; where it counts none, a quarter of the characters of
    packet and answer, since this process took up the turn. They are looked at between cycles, so
    that the last answer may pass them. Seconds count from when this process took up the turn; what
    runs when they are over, the model's request or a call, is ended. ``history`` is how many
    earlier turns a packet has.
    """

    calls: int
    cycles: int
    tokens: int
    seconds: float
    history: int


class Turn:
    """One message's way to its reply.

    Args:
        message: What the person said.
        model: What decides.
        tools: The calls that exist, by name.
        system: The system prompt; never anybody else's text.
        journal: The rows of the loop.
        database: The one database, for the transaction of each call.
        pin: The working memory.
        limits: See ``Limits``.
        interrupt: Ends what a call is waiting for, when the turn is stopped.
        recall: Gives what long-term memory holds that is close to a text.
        patient: Whether the message waits on where the model cannot be reached at all, since
            nobody is there to say it again.
    """

    def __init__(
        self,
        message: Message,
        *,
        model: Model,
        tools: Mapping[str, Tool],
        system: str,
        journal: Journal,
        database: Database,
        pin: Pin,
        limits: Limits,
        interrupt: Callable[[], None],
        recall: Callable[[str], str] = lambda _: "",
        patient: bool = False,
    ) -> None:
        self._message = message
        self._model = model
        self._tools = tools
        self._system = system
        self._journal = journal
        self._database = database
        self._pin = pin
        self._limits = limits
        self._interrupt = interrupt
        self._recall = recall
        self._recalled: str | None = None
        self._patient = patient
        self._heard = True
        self._told: list[int] = []
        self._deadline = time.monotonic() + limits.seconds
        self._late = False
        self._guessed = Usage()

    async def run(self, deliver: bool = True) -> AsyncGenerator[events.Event, None]:
        """Run the turn to its end, telling what happens; the last event is ``TurnEnded``.

        A fault of a model or of ours fails the turn, and the next one can begin. Closing this
        generator early stops the turn.

        Args:
            deliver: Whether somebody listens; if not, replies stay in the outbox.

        Raises:
            StorageError: The database failed; the turn is taken up again at the next start.
            ModelError: The model cannot be reached, and the message waits on (``patient``).
            asyncio.CancelledError: The turn was stopped; it is marked so, nothing is half done.
        """
        self._heard = deliver
        try:
            async with aclosing(self._to_its_end()) as turn:
                async for event in turn:
                    yield event
        except StorageError:
            raise  # nothing can be written now; the turn is taken up again at the next start
        except BaseException:
            await self._delivered()
            raise
        else:
            await self._delivered()

    async def _to_its_end(self) -> AsyncGenerator[events.Event, None]:
        message, journal = self._message, self._journal
        try:
            await in_thread(lambda: journal.inbox.start(message))
            left_out = counted(marked(message.text))
            if left_out and not journal.cycles(message.id):
                yield events.Notice(message.id, f"left out of what is kept: {left_out}")
            async with aclosing(self._cycles()) as cycles:
                async for event in cycles:
                    yield event
            state, error = self._end(journal.cycles(message.id)) or ("done", None)
        except (asyncio.CancelledError, GeneratorExit):
            ended = self._end(journal.cycles(message.id))
            state = "done" if ended == ("done", None) else "stopped"
            await in_thread(lambda: journal.end(message, state))
            await in_thread(journal.settle)
            raise
        except StorageError:
            raise
        except ModelError as failure:
            if self._patient and not journal.cycles(message.id):
                await in_thread(lambda: journal.inbox.put_back(message))
                raise
            state, error = "failed", str(failure)
        except MettaClawError as failure:
            state, error = "failed", str(failure)
        except Exception as fault:  # noqa: BLE001 - the boundary of a turn: the next one shall run
            state, error = "failed", _fault(f"the model {self._model.name} or the loop", fault)
            text = traceback.format_exc()
            await in_thread(lambda: journal.note_fault(message.id, text))
        await in_thread(lambda: journal.end(message, state, error))
        for event in self._outbox():
            yield event
        reply = journal.reply(message.id)  # before its rows lose the words of what was forgotten
        await in_thread(journal.settle)
        yield events.TurnEnded(message.id, reply)

    async def _cycles(self) -> AsyncGenerator[events.Event, None]:
        """Cycle after cycle until the turn ends; what is planned in the journal runs first."""
        message, journal = self._message, self._journal
        while True:
            async with aclosing(self._calls()) as calls:
                async for event in calls:
                    yield event
            cycles = journal.cycles(message.id)
            if self._end(cycles) is not None:
                return
            number = len(cycles) + 1
            yield events.CycleStarted(message.id, number)
            answer = Answer("")
            packet = self._packet(cycles)
            name, native = self._model.name, bool(getattr(self._model, "native", False))
            shown = await in_thread(partial(journal.show, packet, number, name, native))
            async with aclosing(self._ask(packet)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Note):
                        yield events.Notice(message.id, piece)
                    elif isinstance(piece, str):
                        yield events.TextDelta(message.id, piece)
                    else:
                        answer = _complete(piece)
            if self._late:
                return
            self._guessed += uncounted(packet, answer)
            record = partial(journal.record, message, number, name, answer, packet=shown)
            await in_thread(partial(record, calls_limit=self._limits.calls))
            if answer.error:
                yield events.Notice(
                    message.id,
                    f"{self._model.name} wrote an answer that cannot be read; nothing of it ran, "
                    "and it is asked again. If this goes on, name another model: --model NAME",
                )

    async def _ask(self, packet: Packet) -> AsyncGenerator[str | Answer, None]:
        """The model's answer, in pieces; it ends early where the turn's time does."""
        pieces = aiter(self._model.answer(packet))
        try:
            while True:
                try:
                    yield await until(self._deadline, anext(pieces))
                except StopAsyncIteration:
                    return
                except OverdueError:
                    self._late = True
                    return
        finally:
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()

    def _end(self, cycles: tuple[Cycle, ...]) -> tuple[str, str | None] | None:
        """The state that the turn ends with after these cycles, and the error; None: go on."""
        last = cycles[-1] if cycles else Cycle(0, "", ())
        results = last.results
        if results and results[-1].call.name == "send" and not any(r.failure for r in results):
            return "done", None
        if len(cycles) >= _UNREADABLE and all(c.error for c in cycles[-_UNREADABLE:]):
            return (
                "failed",
                f"The model {self._model.name} answered {_UNREADABLE} times in a row with something"
                f" that is not calls ({_reason(last.error or '')}). Say it again, or use another "
                "model with --model.",
            )
        passed = self._passed(len(cycles))
        if passed is not None:
            return (
                "failed",
                f"I stopped after {passed}. "
                "What was stored so far is kept; ask for less at once, or raise the limit.",
            )
        return None

    def _passed(self, cycles: int) -> str | None:
        """Which limit of a turn is reached, by name; None while there is room."""
        limits = self._limits
        if cycles >= limits.cycles:
            return f"{cycles} cycles without a reply (limit cycles_per_turn)"
        usage = self._journal.usage(self._message.id) + self._guessed
        tokens = usage.tokens_in + usage.tokens_out
        if tokens >= limits.tokens:
            some = "" if self._guessed == Usage() else "some "
            return f"{some}{tokens:,} tokens without a reply (limit tokens_per_turn)"
        if self._late or time.monotonic() >= self._deadline:
            return f"{limits.seconds:,g} s without a reply (limit seconds_per_turn)"
        return None

    def _packet(self, cycles: tuple[Cycle, ...]) -> Packet:
        left = self._limits.cycles - len(cycles)
        turns = self._limits.history
        gone = self._journal.forgotten(self._message.id, turns)
        if self._recalled is None:  # once a turn, so that its packets begin alike
            self._recalled = self._recall(self._message.text)
        return Packet(
            system=self._system,
            tools=tuple(self._tools.values()),
            pin=gone.without(self._pin.read()),
            results=cycles,
            history=self._journal.history(self._message.id, turns, gone),
            message=self._message,
            time=time.time(),
            calls_limit=self._limits.calls,
            cycles_left=left,
            notice="this is the last cycle of the turn: send your reply now" if left == 1 else "",
            recall=gone.without(self._recalled),
        )

    async def _calls(self) -> AsyncGenerator[events.Event, None]:
        """Run those calls of the journal that have no end yet, one by one."""
        message = self._message.id
        for step in self._journal.steps(message):
            if step.result is not None:
                continue
            if time.monotonic() >= self._deadline:
                return  # before it begins, so that nothing of it has to be ended
            yield events.CallStarted(message, step.call)
            work = in_thread(partial(self._execute, step), self._interrupt)
            try:
                result = await until(self._deadline, work)
            except OverdueError:
                self._late = True  # the call was ended, and is in the journal as it ended
                return
            yield events.CallFinished(message, result)
            for reply in self._outbox():
                yield reply

    def _outbox(self) -> Generator[events.ReplySent, None, None]:
        """Let replies leave the outbox; they are marked when the turn is over."""
        for reply in self._journal.outbox.undelivered(self._message.id) if self._heard else ():
            if reply.id not in self._told:
                self._told.append(reply.id)
                yield events.ReplySent(reply.message, reply.id, reply.text)

    async def _delivered(self) -> None:
        """Whoever listens has taken the last event of the turn, or wants to hear no more.

        Only then are its replies marked: some show a turn as a whole, and a kill before that may
        repeat a reply, but not lose it.
        """
        if self._told:
            await in_thread(partial(self._journal.outbox.delivered, self._told))

    def _execute(self, step: Step) -> Result:
        with self._journal.within(step):
            return self._executed(step)

    def _executed(self, step: Step) -> Result:
        started = time.perf_counter()
        message = self._message.id

        def ms() -> float:
            return (time.perf_counter() - started) * 1000

        try:
            tool = _permitted(find(self._tools, step.call.name))
            args = tool.arguments(step.call)
            if tool.effect in _OUTSIDE:
                outcome = self._outside(tool, args, step)
                with self._database.transaction(f"tool:{tool.name}", "outcome"):
                    return self._journal.finish(step, message, outcome, ms())
            with self._database.deferred(f"tool:{tool.name}", "call"):
                return self._journal.finish(step, message, tool.run(*args), ms())
        except MettaClawError as error:
            return self._journal.fail(step, message, Failure.of(error), ms())
        except Exception as fault:  # noqa: BLE001 - the boundary of a call: the others shall run
            self._journal.note_fault(message, traceback.format_exc())
            failure = Failure("fault", _fault(f"the tool {step.call.name}", fault))
            return self._journal.fail(step, message, failure, ms())

    def _outside(self, tool: Tool, args: list[object], step: Step) -> Outcome:
        """An effect outside the database: intent, effect; after a crash, ask what happened."""
        if step.state == "begun":
            found = tool.recover(step.intent, args) if tool.recover and step.intent else None
            if found is not None:
                return found
            raise CallError(
                f"`{str(step.call)[:80]}` was interrupted by a crash, and it is not known whether "
                "it took effect; look before you do it again"
            )
        intent = tool.prepare(*args) if tool.prepare else ""
        self._journal.begin(step, intent)
        return tool.run(*args)


def _fault(where: str, fault: Exception) -> str:
    return (
        f"{where} failed with {type(fault).__name__}: {fault}. This is a fault of the program and "
        "not of what you said: it is in the log (`mettaclaw episodes`); please report it."
    )


def _reason(error: str) -> str:
    """What was wrong with an answer, without what the model is told to write instead."""
    return error.partition(" Nothing ran.")[0].partition("; ")[0].rstrip(".")


def _permitted(tool: Tool) -> Tool:
    if tool.permission == "deny":
        raise PermissionDeniedError(f"`{tool.name}` is not permitted. {tool.denial}".strip())
    return tool


def _complete(answer: Answer) -> Answer:
    """An answer with its calls: prose beside no native call is the reply; nothing is an error.

    A call that could not be read back from the journal is an error of the whole answer.
    """
    if answer.error:
        return answer
    calls = answer.calls
    if not calls and answer.prose.strip():
        calls = (Call("send", (String(answer.prose),)),)
    if not calls:
        return replace(answer, error='the answer has no calls; to end the turn, (send "TEXT")')
    try:
        for call in calls:
            read(str(call))
    except MettaClawError as error:
        return replace(answer, calls=(), error=f"nothing ran: {error}")
    return replace(answer, calls=calls)
