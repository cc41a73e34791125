"""Agent: the facade that others embed: one home, one model, one loop.

::

    async with Agent.open() as agent:
        reply = await agent.run("Garfield is a cat.")

    with Agent.open(home="~/claw", model="english") as agent:
        agent.run_sync("Is Garfield a cat?").text

Messages queue in the database with ids and are answered one at a time, in order; what a crash left
unanswered is answered by the next agent on the home (``resume``). Two agents may share a home.
Not covered: how a terminal shows it (``mettaclaw.ui``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from types import AsyncGeneratorType
from typing import Any, TypeAlias, cast

from mettaclaw.atomspace import Atomspace
from mettaclaw.config import Home, resource
from mettaclaw.errors import ModelError, UsageError
from mettaclaw.evaluator import Limits as EvaluatorLimits
from mettaclaw.loop.cycle import Limits, Turn
from mettaclaw.loop.journal import Journal
from mettaclaw.loop.runner import Place, Runner, in_event_loop
from mettaclaw.loop.session import Session
from mettaclaw.loop.waiting import in_thread
from mettaclaw.memory import Episodes, Memory, Pin
from mettaclaw.memory.text import require_storable
from mettaclaw.models import choice
from mettaclaw.protocol import events
from mettaclaw.protocol.packet import Message, Model, Reply
from mettaclaw.protocol.tool import Tool
from mettaclaw.tools import Context, toolset

MAX_MESSAGE_CHARS = 200_000

_Turn: TypeAlias = AsyncGenerator[events.Event, None]


class Agent:
    """An agent on a home. Use ``Agent.open``; a context manager, sync and async.

    Attributes:
        home: The folder and its settings.
        kb: The atomspace.
        memory: Long-term memory.
        episodes: The log.
        pin: The working memory of this session.
        model: What decides.
        tools: The calls that exist, by name.
    """

    def __init__(self, home: Home, kb: Atomspace, model: Model) -> None:
        self.home = home
        self.kb = kb
        self.model = model
        self.memory = Memory(kb.database)
        self.episodes = Episodes(kb.database)
        self._journal = Journal(kb.database, self.episodes)
        self._message: Message | None = None
        self._session = Session.open(kb.database, home.path / "run")
        try:
            self.pin = Pin(kb.database, self._session.id)
            self.tools: Mapping[str, Tool] = toolset(self._context())
        except BaseException:
            self._session.close()
            raise
        self._place = Place()
        self._runner = Runner()
        self._running: tuple[_Turn, asyncio.Task[Any] | None] | None = None
        self._own: set[int] = set()  # what was said to this agent, and not to an earlier one
        self._closed = False

    @classmethod
    def open(cls, home: str | Path | None = None, model: str | Model | None = None) -> Agent:
        """Open the agent of a home, which is made if it does not exist.

        Args:
            home: The folder; None for METTACLAW_HOME, else the platform's data folder.
            model: A name (``english``, an endpoint's model), a ``Model`` of your own, or None for
                METTACLAW_MODEL, ``config.toml``, the endpoint that the environment names, or
                ``english``, in this order.

        Raises:
            ConfigError, UsageError: A setting or name is wrong; the message says which.
            StorageError: The home or its database cannot be used; the message says why.
        """
        place = Home.open(home)
        chosen = _chosen(model, place)
        kb = Atomspace.open(
            place.database,
            synchronous=place.settings.synchronous,
            limits=_limits(place),
        )
        try:
            return cls(place, kb, chosen)
        except BaseException:
            kb.close()
            raise

    # --- talking ---

    async def run(self, text: str) -> Reply:
        """Say something and wait for the end of the turn.

        The reply counts as delivered when this returns; ``stream`` counts it so only when its last
        event was taken, and what a kill keeps from that is said again by ``resume``.
        """
        async with contextlib.aclosing(self.stream(text)) as stream:
            async for event in stream:
                if isinstance(event, events.TurnEnded):
                    return event.reply
        raise AssertionError("a turn ended without its last event")

    async def stream(self, text: str) -> AsyncGenerator[events.Event, None]:
        """Say something and watch the turn: typed events, the last one ``TurnEnded``.

        Cancelling the task that iterates, or closing the iterator, stops the turn and not the
        agent; where the turn has not begun, the message is taken back. Replies to earlier messages
        that are answered on the way stay for ``resume``.
        """
        mine: list[int] = []
        try:
            with self._place.here():
                async with self._place.queue:  # who speaks first is first
                    await in_thread(lambda: mine.append(self.submit(text)))
                (number,) = mine
                async with self._place.turns, contextlib.aclosing(self._up_to(number)) as happening:
                    async for event in happening:
                        yield event
        except (asyncio.CancelledError, GeneratorExit):
            if mine and not self._closed:
                await in_thread(lambda: self._journal.withdraw(self._session.id, mine[0]))
            raise

    async def _up_to(self, number: int) -> AsyncGenerator[events.Event, None]:
        """Run the turns that wait, up to that of a message; tell of that one."""
        self._require_open()
        out_of_reach = False  # the model, for what earlier processes left
        for message in self._waiting(False):
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

    def submit(self, text: str) -> int:
        """Queue a message without waiting; it is on the disk when this returns. Its id.

        ``resume`` answers it, or a later ``run`` on the way to its own.
        """
        return self.submit_many([text])[0]

    def submit_many(self, texts: list[str]) -> list[int]:
        """Queue several messages in one transaction; their ids."""
        self._require_open()
        for text in texts:
            _check_message(text)
        numbers = self._journal.enqueue(self._session.id, texts)
        self._own.update(numbers)
        return numbers

    def message(self, number: int) -> tuple[Message, str]:
        """A message by its id, and its state: queued, running, done, failed or stopped."""
        return self._journal.message(number)

    def withdraw(self) -> int:
        """Take back what is queued and nobody has begun to answer; how many messages that were."""
        return self._journal.withdraw(self._session.id)

    async def resume(self) -> AsyncGenerator[events.Event, None]:
        """Deliver what nobody has heard, and answer what is queued or was left in the middle.

        Every reply is delivered at least once: it is marked when the event after it is asked for,
        those of a turn when the one after ``TurnEnded`` is. Where the model cannot be reached,
        what an earlier process left waits on; a ``Notice`` says so.
        """
        self._require_open()
        with self._place.here():
            async with self._place.turns:
                self._require_open()
                for reply in self._journal.unheard(self._session.id):
                    yield events.ReplySent(reply.message, reply.id, reply.text)
                    await in_thread(lambda reply=reply: self._journal.delivered([reply.id]))
                out_of_reach = False  # the model, for what earlier processes left
                while waiting := self._waiting(out_of_reach):
                    message = waiting[0]
                    try:
                        async with contextlib.aclosing(self._turn(message)) as turn:
                            async for event in turn:
                                yield event
                    except ModelError as error:
                        out_of_reach = True
                        left = sum(m.id not in self._own for m in self._waiting(False))
                        text = f"{error} What was said earlier and has no answer ({left}) waits on."
                        yield events.Notice(message.id, text)

    def run_sync(self, text: str) -> Reply:
        """``run`` for code that is not async. Ctrl-C stops the turn."""
        return self._runner.run(self.run(text))

    def resume_sync(self) -> list[Reply]:
        """``resume`` for code that is not async: the replies to what was waiting."""

        async def collect() -> list[Reply]:
            return [e.reply async for e in self.resume() if isinstance(e, events.TurnEnded)]

        return self._runner.run(collect())

    async def use(self, model: str | Model) -> None:
        """Let another model decide, from the next turn on.

        Raises:
            ConfigError, UsageError: There is no such model; the old one goes on deciding.
        """
        self._require_open()
        with self._place.here():
            async with self._place.turns:
                self._require_open()
                old, self.model = self.model, _chosen(model, self.home)
                self.tools = toolset(self._context())
                await old.close()

    # --- ending ---

    def close(self) -> None:
        """End the session, the evaluator and the database. Closing twice does nothing.

        A ``run_sync`` of another thread is waited for.

        Raises:
            UsageError: A turn runs in an event loop; ``await agent.aclose()`` there.
        """
        if self._closed:
            return
        if self._running is None and in_event_loop():
            self._closed = True
            self._end()
            return
        try:
            self._runner.run(self.aclose())
        finally:
            self._runner.close()

    async def aclose(self) -> None:
        """``close`` for async code. A turn that runs is stopped, as if its task was cancelled.

        Raises:
            UsageError: The agent is at work in another event loop.
        """
        with self._place.here():
            if self._closed:
                return
            self._closed = True
            try:
                await self._stop()
                await self.model.close()
            finally:
                self._end()

    def __enter__(self) -> Agent:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Agent:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    # --- inside ---

    async def _turn(
        self, message: Message, deliver: bool = True
    ) -> AsyncGenerator[events.Event, None]:
        settings = self.home.settings
        self._message = message
        turn = Turn(
            message,
            model=self.model,
            tools=self.tools,
            system=resource("prompts/system.md").read_text(encoding="utf-8"),
            journal=self._journal,
            database=self.kb.database,
            pin=self.pin,
            limits=Limits(
                calls=settings.calls_per_cycle,
                cycles=settings.cycles_per_turn,
                tokens=settings.tokens_per_turn,
                seconds=settings.seconds_per_turn,
                history=settings.history_turns,
            ),
            interrupt=self._interrupt,
            patient=message.id not in self._own,
        )
        async with contextlib.aclosing(turn.run(deliver)) as running:
            self._running = running, asyncio.current_task()
            try:
                async for event in running:
                    yield event
            finally:
                self._running = None

    async def _stop(self) -> None:
        """Stop the turn that runs."""
        for _ in range(3):  # first, the event loop closes streams that nobody holds any more
            await asyncio.sleep(0)
        while self._running is not None:
            turn, task = self._running
            if not cast("AsyncGeneratorType[Any]", turn).ag_running:
                await turn.aclose()  # its reader went away, or does something else
            elif task is not None and task is not asyncio.current_task() and not task.done():
                task.cancel()
                await asyncio.wait([task])
            else:
                await asyncio.sleep(0.01)  # the event loop is closing it

    def _require_open(self) -> None:
        if self._closed:
            raise UsageError("this agent is closed; open another with Agent.open")

    def _waiting(self, own: bool) -> list[Message]:
        """The messages that have no end yet: all, or those said to this agent itself."""
        messages = self._journal.open_messages(self._session.id)
        return [m for m in messages if not own or m.id in self._own]

    def _context(self) -> Context:
        return Context(
            kb=self.kb,
            memory=self.memory,
            episodes=self.episodes,
            pin=self.pin,
            workspace=self.home.workspace,
            settings=self.home.settings,
            model=self.model.name,
            message=self._said,
            deliver=self._deliver,
        )

    def _said(self) -> str:
        """The words of the message that is being answered."""
        return self._message.text if self._message else ""

    def _deliver(self, text: str) -> None:
        if self._message is None:
            raise UsageError("there is no message to reply to")
        self._journal.queue_reply(self._message.id, text)

    def _interrupt(self) -> None:
        """End what a call of this agent is waiting for: an evaluation, a command."""
        self.kb.cancel()
        for tool in self.tools.values():
            if tool.cancel is not None:
                tool.cancel()

    def _end(self) -> None:
        try:
            self._session.close()
        finally:
            self.kb.close()


def _chosen(model: str | Model | None, home: Home) -> Model:
    if model is None or isinstance(model, str):
        return choice.choose(model, home.settings)
    return model


def _limits(home: Home) -> EvaluatorLimits:
    settings = home.settings
    return EvaluatorLimits(
        seconds=settings.evaluation_s,
        memory_mib=settings.evaluation_mib,
        steps=settings.evaluation_steps,
    )


def _check_message(text: str) -> None:
    if not text.strip():
        raise UsageError("the message is empty; say something")
    require_storable(text, "the message")
    if len(text) > MAX_MESSAGE_CHARS:
        raise UsageError(
            f"the message has {len(text):,} characters, and {MAX_MESSAGE_CHARS:,} are allowed; "
            "put long text into a file in the workspace"
        )
