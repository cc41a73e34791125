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

import contextlib
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

from mettaclaw.atoms.syntax import Atom
from mettaclaw.atomspace import Atomspace
from mettaclaw.config import Home, resource
from mettaclaw.errors import UsageError
from mettaclaw.loop.cycle import Limits, Turn
from mettaclaw.loop.journal import Journal
from mettaclaw.loop.replay import Replay, replay
from mettaclaw.loop.runner import Runner, in_event_loop
from mettaclaw.loop.session import Session
from mettaclaw.loop.turns import Turns
from mettaclaw.memory import Episodes, Memory, Pin
from mettaclaw.memory.recall import recall
from mettaclaw.models import choice
from mettaclaw.protocol import events
from mettaclaw.protocol.packet import Message, Model, Reply
from mettaclaw.protocol.tool import Tool
from mettaclaw.tools import Context, toolset


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
        self.memory = Memory.of(home, kb)
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
        self._turns = Turns(self._journal, self._session.id, self._turn)
        self._runner = Runner()

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
        kb = Atomspace.of(place)
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
        self._require_no_transaction()
        async with contextlib.aclosing(self._turns.stream(text)) as stream:
            async for event in stream:
                yield event

    def submit(self, text: str) -> int:
        """Queue a message without waiting; it is on the disk when this returns. Its id.

        ``resume`` answers it, or a later ``run`` on the way to its own.
        """
        return self.submit_many([text])[0]

    def submit_many(self, texts: list[str]) -> list[int]:
        """Queue several messages in one transaction; their ids."""
        return self._turns.submit(texts)

    def message(self, number: int) -> tuple[Message, str]:
        """A message by its id, and its state: queued, running, done, failed or stopped.

        Raises:
            UsageError: There is none.
        """
        return self._journal.inbox.message(number)

    def replay(self, episode: int) -> Replay:
        """The turn that a line of the log belongs to: what the model saw, and what came of it.

        Raises:
            UsageError: There is no such line, or it belongs to no turn.
        """
        return replay(self.kb.database, episode)

    def withdraw(self) -> int:
        """Take back what is queued and nobody has begun to answer; how many messages that were."""
        return self._turns.withdraw()

    async def resume(self) -> AsyncGenerator[events.Event, None]:
        """Deliver what nobody has heard, and answer what is queued or was left in the middle.

        Every reply is delivered at least once: those to a message are marked when the event after
        its ``TurnEnded`` is asked for, also where its turn was over before. Where the model cannot
        be reached, what an earlier process left waits on; a ``Notice`` says so.
        """
        self._require_no_transaction()
        async with contextlib.aclosing(self._turns.resume()) as stream:
            async for event in stream:
                yield event

    def run_sync(self, text: str) -> Reply:
        """``run`` for code that is not async. Ctrl-C stops the turn."""
        self._require_free()
        return self._runner.run(self.run(text))

    def resume_sync(self) -> list[Reply]:
        """``resume`` for code that is not async: the replies to what was waiting."""
        self._require_free()

        async def collect() -> list[Reply]:
            return [e.reply async for e in self.resume() if isinstance(e, events.TurnEnded)]

        return self._runner.run(collect())

    async def use(self, model: str | Model) -> None:
        """Let another model decide, from the next turn on.

        Raises:
            ConfigError, UsageError: There is no such model; the old one goes on deciding.
        """
        chosen = _chosen(model, self.home)
        async with self._turns.between():
            old, self.model = self.model, chosen
            self.tools = toolset(self._context())
            await old.close()

    # --- ending ---

    def close(self) -> None:
        """End the session, the evaluator and the database. Closing twice does nothing.

        A ``run_sync`` of another thread is waited for. In a forked process it does nothing: what is
        open belongs to the other one.

        Raises:
            UsageError: A turn runs in an event loop; ``await agent.aclose()`` there.
        """
        if self._turns.is_closed or self._turns.is_elsewhere:
            return
        if not self._turns.is_running and in_event_loop():
            self._turns.is_closed = True
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
        if self._turns.is_elsewhere:
            return
        with self._turns.here():
            if self._turns.is_closed:
                return
            try:
                await self._turns.end()
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

    def _require_free(self) -> None:
        """Work that waits here would wait for ever, or is not ours to do."""
        self._turns.require_own_process()
        self._require_no_transaction()

    def _require_no_transaction(self) -> None:
        """A turn writes from other threads, which a transaction of this one keeps out."""
        if self.kb.database.is_inside:
            raise UsageError(
                "a transaction of this thread is open, and a turn would wait for its end for ever; "
                "talk to the agent before or after `with kb.transaction():`"
            )

    def _turn(self, message: Message, patient: bool) -> Turn:
        settings = self.home.settings
        self._message = message
        return Turn(
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
            recall=lambda text: recall(self.memory, text, settings.recall_tokens),
            patient=patient,
        )

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
            episode=lambda: self._message.id if self._message else None,
            reads=self._reads,
        )

    def _said(self) -> str:
        """The words of the message that is being answered."""
        return self._message.text if self._message else ""

    def _reads(self, words: str, atom: Atom, so: bool) -> bool:
        """Whether the embedded model, which guesses at nothing, reads in words that an atom is so,
        or is not.
        """
        from mettaclaw.models.english import English

        if isinstance(self.model, English):
            return True  # what it states is what it reads
        from mettaclaw.models.english.literal import says

        return says(words, atom, so)

    def _deliver(self, text: str) -> None:
        if self._message is None:
            raise UsageError("there is no message to reply to")
        self._journal.outbox.queue(self._message.id, text)

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
            self.memory.close()
            self.kb.close()


def _chosen(model: str | Model | None, home: Home) -> Model:
    if model is None or isinstance(model, str):
        return choice.choose(model, home.settings)
    lacking = [part for part in ("name", "answer", "close") if not hasattr(model, part)]
    if lacking:
        raise UsageError(
            f"{type(model).__name__} is no model: it has no {' and no '.join(lacking)}; give a "
            "name such as english, or an object with name, answer and close"
        )
    return model
