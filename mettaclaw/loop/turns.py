"""The turns of a session: its messages are answered one at a time, in the order they came.

Invariant: who speaks first is first, also among tasks and threads; a message whose reader went away
before its turn began is taken back; what an earlier process left unanswered is answered too, and
waits on while the model cannot be reached. Not covered: what a turn is (``loop.cycle``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from itertools import groupby
from operator import attrgetter
from types import AsyncGeneratorType
from typing import Any, TypeAlias, cast

from mettaclaw.errors import ModelError, UsageError
from mettaclaw.loop.cycle import Turn
from mettaclaw.loop.journal import Journal
from mettaclaw.loop.runner import Place
from mettaclaw.loop.waiting import in_thread
from mettaclaw.memory.text import require_storable
from mettaclaw.protocol import events
from mettaclaw.protocol.packet import Message

MAX_MESSAGE_CHARS = 200_000

_Events: TypeAlias = AsyncGenerator[events.Event, None]


class Turns:
    """Queues messages and runs their turns.

    Args:
        journal: The rows of the loop.
        session: The id of the session whose messages these are.
        begin: Makes the turn of a message. Its second argument is whether the message waits on
            where the model cannot be reached, since nobody is there to say it again.
    """

    def __init__(
        self, journal: Journal, session: int, begin: Callable[[Message, bool], Turn]
    ) -> None:
        self._journal = journal
        self._session = session
        self._begin = begin
        self._place = Place()
        self._running: tuple[_Events, asyncio.Task[Any] | None] | None = None
        self._reader: asyncio.Task[Any] | None = None  # who has an event, and has not asked on
        self._own: set[int] = set()  # what was said here, and not to an earlier process
        self.is_closed = False

    # --- messages ---

    def submit(self, texts: list[str]) -> list[int]:
        """Queue messages in one transaction; their ids.

        Raises:
            UsageError: One of them is no text, empty or too long; none is queued.
        """
        self._require_open()
        if isinstance(cast("object", texts), str | bytes):
            raise UsageError("submit_many takes a list of messages; for one there is submit")
        for text in texts:
            _check_message(text)
        numbers = self._journal.inbox.enqueue(self._session, texts)
        self._own.update(numbers)
        return numbers

    def withdraw(self) -> int:
        """Take back what is queued and nobody has begun to answer; how many messages that were."""
        return self._journal.inbox.withdraw(self._session)

    # --- turns ---

    async def stream(self, text: str) -> _Events:
        """Queue a message, run the turns up to its own, and tell of that one."""
        await self._require_read()
        async with contextlib.aclosing(self._read(self._stream(text))) as happening:
            async for event in happening:
                yield event

    async def resume(self) -> _Events:
        """Deliver what nobody has heard, and answer what is queued or was left in the middle."""
        await self._require_read()
        async with contextlib.aclosing(self._read(self._resume())) as happening:
            async for event in happening:
                yield event

    @contextlib.asynccontextmanager
    async def between(self) -> AsyncGenerator[None, None]:
        """Be at work while no turn runs.

        Raises:
            UsageError: It is closed, at work in another event loop, or this task is in the middle
                of its events.
        """
        self._require_open()
        await self._require_read()
        with self.here():
            async with self._place.turns:
                self._require_open()
                yield

    def here(self) -> contextlib.AbstractContextManager[None]:
        """Be at work in the running event loop.

        Raises:
            UsageError: It is at work in another one.
        """
        return self._place.here()

    async def end(self) -> None:
        """Stop the turn that runs, as if its task was cancelled, and begin no other."""
        self.is_closed = True
        for _ in range(3):  # first, the event loop closes streams that nobody holds any more
            await asyncio.sleep(0)
        while self._running is not None:
            turn, task = self._running
            if not cast("AsyncGeneratorType[Any]", turn).ag_running:
                await turn.aclose()  # its reader went away, or does something else
                self._running = None
            elif task is not None and task is not asyncio.current_task() and not task.done():
                task.cancel()
                await asyncio.wait([task])
            else:
                await asyncio.sleep(0.01)  # the event loop is closing it

    def require_own_process(self) -> None:
        """Refuse to work in a fork.

        Raises:
            UsageError: This is one.
        """
        self._place.require_own_process()

    @property
    def is_elsewhere(self) -> bool:
        """Whether this is a fork of the process that they belong to."""
        return self._place.is_elsewhere

    @property
    def is_running(self) -> bool:
        """Whether a turn runs."""
        return self._running is not None

    # --- inside ---

    async def _stream(self, text: str) -> _Events:
        mine: list[int] = []
        try:
            with self.here():
                async with self._place.queue:  # who speaks first is first
                    await in_thread(lambda: mine.extend(self.submit([text])))
                (number,) = mine
                async with self._place.turns, contextlib.aclosing(self._up_to(number)) as happening:
                    async for event in happening:
                        yield event
        except (asyncio.CancelledError, GeneratorExit):
            if mine and not self.is_closed:
                inbox = self._journal.inbox
                await in_thread(lambda: inbox.withdraw(self._session, mine[0]))
            raise

    async def _resume(self) -> _Events:
        async with self.between():
            outbox = self._journal.outbox
            for message, replies in groupby(outbox.unheard(self._session), attrgetter("message")):
                told = list(replies)
                for reply in told:
                    yield events.ReplySent(message, reply.id, reply.text)
                yield events.TurnEnded(message, self._journal.reply(message))
                await in_thread(lambda told=told: outbox.delivered([reply.id for reply in told]))
            out_of_reach = False  # the model, for what earlier processes left
            while waiting := self._waiting(only_own=out_of_reach):
                message = waiting[0]
                try:
                    async with contextlib.aclosing(self._turn(message)) as turn:
                        async for event in turn:
                            yield event
                except ModelError as error:
                    out_of_reach = True
                    left = sum(message.id not in self._own for message in self._waiting())
                    text = f"{error} What was said earlier and has no answer ({left}) waits on."
                    yield events.Notice(message.id, text)

    async def _read(self, happening: _Events) -> _Events:
        """The same events; between two of them it is known which task has the reader's part."""
        async with contextlib.aclosing(happening):
            async for event in happening:
                self._reader = asyncio.current_task()
                try:
                    yield event
                finally:
                    self._reader = None

    async def _up_to(self, number: int) -> _Events:
        """Run the turns that wait, up to that of a message; tell of that one."""
        self._require_open()
        out_of_reach = False  # the model, for what earlier processes left
        for message in self._waiting():
            if message.id > number:
                break
            if out_of_reach and message.id not in self._own:
                continue
            is_own = message.id == number
            try:
                async with contextlib.aclosing(self._turn(message, deliver=is_own)) as turn:
                    async for event in turn:
                        if is_own:
                            yield event
            except ModelError:
                out_of_reach = True
            if is_own:
                return
        # Somebody else answered it while we waited (``resume``), or took it back (``withdraw``).
        yield events.TurnEnded(number, self._journal.reply(number))

    async def _turn(self, message: Message, deliver: bool = True) -> _Events:
        turn = self._begin(message, message.id not in self._own)
        running = turn.run(deliver)
        self._running = running, asyncio.current_task()
        try:
            async with contextlib.aclosing(running):
                async for event in running:
                    yield event
        finally:  # only now: closing it writes how it ended, which `end` waits for
            self._running = None

    def _require_open(self) -> None:
        self._place.require_own_process()
        if self.is_closed:
            raise UsageError("this agent is closed; open another with Agent.open")

    async def _require_read(self) -> None:
        """A task that stands in the middle of a turn's events would wait for itself."""
        for _ in range(3):  # first, the event loop closes streams that nobody holds any more
            if self._reader is None or self._reader is not asyncio.current_task():
                return
            await asyncio.sleep(0)
        if self._reader is not None:
            raise UsageError(
                "this task is in the middle of the events of a turn, which ends only when they are "
                "read; read them to the end first, or close them with `await stream.aclose()`"
            )

    def _waiting(self, only_own: bool = False) -> list[Message]:
        """The messages that have no end yet: all, or those that were said here."""
        messages = self._journal.inbox.open_messages(self._session)
        return [message for message in messages if not only_own or message.id in self._own]


def _check_message(text: object) -> None:
    if not isinstance(text, str):
        raise UsageError(f"a message is text, and this is {type(text).__name__}; pass a str")
    if not text.strip():
        raise UsageError("the message is empty; say something")
    require_storable(text, "the message")
    if len(text) > MAX_MESSAGE_CHARS:
        raise UsageError(
            f"the message has {len(text):,} characters, and {MAX_MESSAGE_CHARS:,} are allowed; "
            "put long text into a file in the workspace"
        )
