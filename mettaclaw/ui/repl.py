"""The REPL: read a message, run its turn in sight, show the reply; slash commands in between.

Invariants: Ctrl-C ends what runs and never the program (a third one, when nothing else helps,
leaves at once: what was committed is safe); the screen belongs to one writer at a time; what is
typed during a turn waits for the next prompt. Not covered: the slash commands (``slash``).
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import AsyncGenerator, Coroutine
from typing import TYPE_CHECKING, Any

import mettaclaw
from mettaclaw.errors import MettaClawError, StorageError
from mettaclaw.ui import pictures, render, reply, slash
from mettaclaw.ui.desk import Desk
from mettaclaw.ui.program import INTERRUPTED, Options, console
from mettaclaw.ui.slash import LeaveError
from mettaclaw.ui.text import count, one_line, said, sayable
from mettaclaw.ui.waiting import Waiting, unechoed

if TYPE_CHECKING:
    from mettaclaw.agent import Agent
    from mettaclaw.protocol.events import Event

_CALL_CHARS = 150  # of a call in sight, on two lines where one is too short
_SHORT = {"exit": "/quit", "quit": "/quit", "help": "/help", "?": "/help"}
_READS = "I read plain English: facts, rules, questions, Why?"
_HINTS = (
    "Garfield is a cat. Every cat is an animal.",
    "Is Garfield an animal?",
    "Why?",
)


def start(options: Options) -> int:
    """Talk until the person leaves; the exit code."""
    return asyncio.run(_main(options))


async def _main(options: Options) -> int:
    from mettaclaw.agent import Agent
    from mettaclaw.ui.doctor import unnamed

    async with Agent.open(options.home, options.model) as agent:
        return await Repl(agent, unnamed(options.model, agent.home.settings)).run()


class Repl:
    """A conversation in a terminal.

    Args:
        agent: Whom one talks with.
        notice: What the person should know about its model first; "" for nothing.
    """

    def __init__(self, agent: Agent, notice: str = "") -> None:
        self._agent = agent
        self._notice = notice
        self._console = console()
        self._desk = Desk(agent, self._console, asyncio.get_running_loop())
        self._terminal = contextlib.ExitStack()
        self._running: asyncio.Task[None] | None = None
        self._interrupts = 0

    async def run(self) -> int:
        """Until the end; the exit code."""
        from mettaclaw.ui.prompt import Prompt

        self._desk.loop.add_signal_handler(signal.SIGINT, self._interrupt)
        self._desk.loop.add_signal_handler(signal.SIGTERM, self._leave, 128 + signal.SIGTERM)
        prompt = Prompt(self._agent.home.path, self._agent)
        with self._terminal:
            self._terminal.enter_context(unechoed())
            self._banner()
            self._agent.kb.warm()
            await self._task(self._left_from_last_time())
            ready = asyncio.create_task(self._get_ready())
            try:
                while True:
                    await self._obey(await prompt.read())
            except (LeaveError, EOFError, OSError):  # /quit, Ctrl-D, the terminal went away
                return 0
            finally:
                ready.cancel()

    # --- one line ---

    async def _obey(self, line: str) -> None:
        if not line:
            return
        line = _SHORT.get(line.lower(), line)
        if line.startswith("!("):
            line = f"/metta {line}"
        if line.startswith("/"):
            await self._task(self._command(line))
        else:
            await self._task(self._turn(line))
        self._console.print()

    async def _command(self, line: str) -> None:
        async with Waiting(one_line(line, 50)) as waiting:
            self._desk.before = waiting.end
            self._desk.doing = waiting.say
            self._desk.stopping.clear()
            work = asyncio.ensure_future(asyncio.to_thread(slash.perform, self._desk, line))
            try:
                await asyncio.shield(work)
            except asyncio.CancelledError:
                self._desk.stopping.set()
                self._agent.kb.cancel()
                await asyncio.wait([work])
                work.exception()  # seen here, or asyncio prints it as one that nobody saw
                raise

    async def _turn(self, text: str) -> None:
        await self._watch(self._agent.stream(text))
        self._warm()

    async def _left_from_last_time(self) -> None:
        await self._watch(self._agent.resume(), resumed=True)

    async def _task(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something that Ctrl-C may end; an error of ours is shown, not raised."""
        self._interrupts = 0
        self._running = asyncio.ensure_future(work)
        try:
            await asyncio.wait([self._running])
            self._running.result()
        except asyncio.CancelledError:
            left = self._agent.withdraw()
            more = f"; {count(left, 'message')} taken back" if left else ""
            self._desk.say(f"stopped{more}", "yellow")
        except LeaveError:
            raise
        except MettaClawError as error:
            self._desk.say(f"error: {one_line(str(error))}", "red")
            if isinstance(error, StorageError):
                self._desk.say("mettaclaw doctor tells more", "dim")
        except Exception as error:  # noqa: BLE001  a turn is a boundary: a fault ends it alone
            self._agent.withdraw()
            where = traceback.extract_tb(error.__traceback__)[-1]
            self._desk.say(
                f"error: a fault of mine, please report it: {type(error).__name__}: "
                f"{one_line(str(error), 200)} ({os.path.basename(where.filename)}:{where.lineno})",
                "red",
            )
        finally:
            self._running = None

    def _interrupt(self) -> None:
        """Ctrl-C while something runs (at the prompt it is a key)."""
        self._interrupts += 1
        if self._running is None:
            return
        if self._interrupts == 1:
            self._running.cancel()
        elif self._interrupts == 2:
            sys.stdout.write("\nstopping; once more leaves at once\n")
            sys.stdout.flush()
        else:
            self._leave(INTERRUPTED)

    def _leave(self, code: int) -> None:
        """At once: what was committed is safe, and the terminal gets its settings back."""
        self._terminal.close()
        os._exit(code)

    # --- what is shown ---

    async def _watch(self, happening: AsyncGenerator[Event, None], resumed: bool = False) -> None:
        from mettaclaw.protocol import events

        begun: set[int] = set()
        async with Waiting("thinking") as waiting, contextlib.aclosing(happening):
            async for event in happening:
                if resumed and event.message not in begun:
                    waiting.clear()
                    if not begun:
                        self._desk.say("left from last time", "dim")
                    begun.add(event.message)
                    text = self._agent.message(event.message)[0].text
                    self._desk.say(said("you", text), "dim")
                match event:
                    case events.CycleStarted():
                        waiting.now("thinking")
                    case events.CallStarted(call=call):
                        waiting.now(render.call_text(call, 50))
                    case events.CallFinished():
                        waiting.clear()
                        self._show_call(event)
                    case events.ReplySent(message=message, text=text):
                        waiting.clear()
                        self._show_reply(message, text)
                    case events.Notice(text=text):
                        waiting.clear()
                        self._desk.say(f"· {one_line(text)}", "yellow")
                    case events.TurnEnded(reply=ended):
                        self._desk.count_turn(ended.results, ended.usage)
                    case events.TextDelta():
                        pass

    def _show_call(self, event: Any) -> None:
        result = event.result
        self._desk.see(result.call.args, result.values)
        if result.call.name == "send" and result.failure is None:
            return  # the reply itself is shown
        columns = self._console.width - 2
        room = max(columns, min(2 * columns - 10, _CALL_CHARS))
        line, more = render.call_line(result, room), ""
        if render.is_abridged(line):
            line, more = render.call_line(result, room - 10), "  (/calls)"
        style = "red" if result.failure is not None else "dim"
        text = sayable(f"{line}{more}")
        if len(text) <= columns:
            self._desk.say(f"· {text}", style)
        else:
            self._desk.show(pictures.bullet(sayable("·"), text, style))

    def _show_reply(self, message: int, text: str) -> None:
        if self._agent.message(message)[1] == "failed":
            self._desk.say(f"error: {text}", "red")
        else:
            own = self._agent.model.name != "english"
            self._console.print(reply.render(text, markdown=own))

    def _banner(self) -> None:
        agent = self._agent
        counts = ", ".join(
            (
                count(agent.kb.count(), "statement"),
                count(agent.memory.count(), "item"),
                count(agent.episodes.count(), "episode"),
            )
        )
        self._desk.say(
            f"MeTTaClaw {mettaclaw.__version__} · {agent.model.name} · {agent.home.path}", "bold"
        )
        reads = f"{_READS} · " if agent.model.name == "english" else ""
        self._desk.say(f"{reads}/help lists the commands, Ctrl-D leaves")
        self._desk.say(counts, "dim")
        if self._notice:
            self._desk.say(f"{agent.model.name} decides: {self._notice}", "yellow")
        if agent.kb.count() == 0:
            self._desk.say("Try, one after the other:", "dim")
            for hint in _HINTS:
                self._desk.say(f"  {hint}")
        self._console.print()

    async def _get_ready(self) -> None:
        """Build the grammar of ``english`` while the person reads the banner and types."""
        if self._agent.model.name == "english":
            await asyncio.sleep(0.2)  # the prompt comes first
            # Imported here, and not in the thread: two threads must not import at once.
            importlib.import_module("mettaclaw.models.english.turn")
            from mettaclaw.models.english import grammar

            threading.Thread(target=grammar.parse, args=((),), daemon=True).start()

    def _warm(self) -> None:
        """Load the embedding model while the person types, if there is something to search.

        Not before a turn has ended: that would slow the first answer, and two threads would
        import packages that import each other.
        """
        if not self._desk.warming and self._agent.memory.count():
            self._desk.warming = True
            self._agent.memory.warm()
