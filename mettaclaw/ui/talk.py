"""``mettaclaw run``: messages in, replies out, where there is no REPL.

What an earlier crash left is finished first. Messages that are there at once are queued in one
transaction before the first is answered, so a kill loses none of them; Ctrl-C takes back those
that have not begun. Two ways to show it: a conversation for people, JSON lines for programs.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Protocol

import click

from mettaclaw.errors import MettaClawError, UsageError
from mettaclaw.ui import lines, render
from mettaclaw.ui.program import (
    UNREAD,
    Command,
    complain,
    in_terminal,
    note,
    options,
    say,
    say_json,
    wait,
)
from mettaclaw.ui.text import clean, count, said, sayable

if TYPE_CHECKING:
    from mettaclaw.agent import Agent
    from mettaclaw.protocol.events import Event


_SAY = 'mettaclaw run "TEXT"'


@click.command(cls=Command)
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@click.option("--script", metavar="FILE", help="Messages from a file, one a line; - is stdin.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a turn and line.")
@click.option(
    "--calls/--quiet",
    default=None,
    help="Show the calls of each turn, or nothing but the replies.",
)
def run(
    texts: tuple[str, ...] = (),
    script: str | None = None,
    as_json: bool = False,
    calls: bool | None = None,
) -> None:
    """Say TEXT and print the reply.

    Several TEXTs are several messages. TEXT - is all of stdin as one message. In a script, blank
    lines and lines that begin with # are skipped. Exits with 1 if a turn failed.
    """
    if script is not None and texts:
        raise click.UsageError("either TEXT or --script, not both")
    if script is None and not texts and in_terminal(sys.stdin):
        raise click.UsageError(f"there is nothing to say; {_SAY}")
    alone = (len(texts) == 1 and not calls) or calls is False
    view = JsonLines() if as_json else Transcript(alone=alone, calls=bool(calls))
    from_stdin = script == "-" or (script is None and not texts)
    source = lines.arriving() if from_stdin else _once(_messages(texts, script))
    done = wait(_play(source, view))
    if done is None and script is None:
        raise click.UsageError(f"there is no message on stdin; {_SAY}")
    if done is None:
        note(f"no message in {'stdin' if script == '-' else clean(str(script))}")
    if done is False:
        raise click.exceptions.Exit(1)


class View(Protocol):
    """How a conversation is shown."""

    def begin(self, message: int, text: str, resumed: bool) -> None:
        """A message's turn is about to be shown; ``resumed``: it is an earlier process's."""
        ...

    def show(self, event: Event, failed: bool) -> None:
        """Something happened in the turn; ``failed``: its reply is an error."""
        ...

    def refused(self, text: str, error: str) -> None:
        """A text that is no message."""
        ...


class Transcript:
    """``you: …`` and ``claw: …``; with ``alone``, replies and nothing else."""

    def __init__(self, *, alone: bool, calls: bool) -> None:
        self._alone = alone
        self._calls = calls

    def begin(self, message: int, text: str, resumed: bool) -> None:
        """See ``View``."""
        if resumed:
            self._alone = False
            say("(left from last time)")
        if not self._alone:
            say(said("you", text))

    def show(self, event: Event, failed: bool) -> None:
        """See ``View``."""
        from mettaclaw.protocol import events

        match event:
            case events.ReplySent(text=text):
                self._reply(text, failed)
            case events.CallFinished(result=result) if self._calls:
                if result.call.name != "send" or result.failure is not None:
                    say(sayable(f"  · {render.call_line(result)}"))
            case events.Notice(text=text):
                note(f"note: {clean(text)}")
            case _:
                pass

    def refused(self, text: str, error: str) -> None:
        """See ``View``."""
        if not self._alone:
            say(said("you", text[:200]))
        self._reply(error, True)

    def _reply(self, text: str, failed: bool) -> None:
        if self._alone:
            complain(text) if failed else say(clean(text))
        else:
            say(said("claw", f"error: {text}" if failed else text))


class JsonLines:
    """One object a turn; nothing else on stdout."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[str, bool]] = {}

    def begin(self, message: int, text: str, resumed: bool) -> None:
        """See ``View``."""
        self._texts[message] = text, resumed

    def show(self, event: Event, failed: bool) -> None:
        """See ``View``."""
        from mettaclaw.protocol import events

        match event:
            case events.TurnEnded(message=message, reply=reply):
                text, resumed = self._texts.pop(message)
                fields = render.reply_json(reply, text)
                self._print({**fields, "resumed": True} if resumed else fields)
            case events.Notice(text=text):
                note(f"note: {clean(text)}")
            case _:
                pass

    def refused(self, text: str, error: str) -> None:
        """See ``View``."""
        self._print(
            {
                "id": None,
                "message": text,
                "reply": error,
                "state": "failed",
                "cycles": 0,
                "calls": [],
                "usage": {"tokens_in": 0, "tokens_out": 0},
            }
        )

    def _print(self, fields: dict[str, object]) -> None:
        say_json(fields)


async def _play(source: AsyncIterator[list[str]], view: View) -> bool | None:
    """Answer everything from the source; False if a turn failed, None if there was nothing."""
    from mettaclaw.agent import Agent

    chosen = options()
    async with Agent.open(chosen.home, chosen.model) as agent:
        agent.kb.warm()
        try:
            fine = None
            async for batch in source:  # the first may be empty: then there is only what was left
                queued, accepted = _submit(agent, batch, view) if batch else (set[int](), True)
                answered = await _answer(agent, view, queued)
                if batch or answered is not None:
                    fine = answered is not False and accepted and fine is not False
        except asyncio.CancelledError:
            left = agent.withdraw()
            note("stopped" + (f"; {count(left, 'message')} taken back" if left else ""))
            raise
        except (MettaClawError, OSError):
            raise  # what waits is answered next time
        except Exception:
            agent.withdraw()  # or the message that met a fault of ours would meet it at every start
            raise
        return fine


def _submit(agent: Agent, texts: list[str], view: View) -> tuple[set[int], bool]:
    """Queue texts in one transaction; those that are no messages are shown as refused."""
    try:
        return set(agent.submit_many(texts)), True
    except UsageError:
        pass
    queued: set[int] = set()
    for text in texts:
        try:
            queued.add(agent.submit(text))
        except UsageError as error:
            view.refused(text, str(error))
    return queued, False


async def _answer(agent: Agent, view: View, queued: set[int]) -> bool | None:
    """Run all turns that wait; those that are not in ``queued`` are from an earlier process.

    False if one failed, None if there were none.
    """
    from mettaclaw.protocol import events

    begun: set[int] = set()
    fine = None
    async with contextlib.aclosing(agent.resume()) as happening:
        async for event in happening:
            fine = fine is not False
            try:
                _show(agent, view, event, begun, queued)
            except BrokenPipeError:
                # Nobody heard this, so it must not count as delivered: end as a kill would. It is
                # said, and the rest answered, to whoever asks next.
                os._exit(UNREAD)
            if isinstance(event, events.TurnEnded):
                fine = fine and event.reply.state == "done"
    return fine


def _show(agent: Agent, view: View, event: Event, begun: set[int], queued: set[int]) -> None:
    """Show an event; ``begun`` are the messages whose turn has been seen to begin."""
    from mettaclaw.protocol import events

    number = event.message
    if number not in begun:
        begun.add(number)
        view.begin(number, agent.message(number)[0].text, number not in queued)
    view.show(event, isinstance(event, events.ReplySent) and agent.message(number)[1] == "failed")


def _messages(texts: tuple[str, ...], script: str | None) -> list[str]:
    if script is not None:
        return lines.messages(lines.whole(script))
    return [lines.whole("-").strip() if text == "-" else text for text in texts]


async def _once(texts: list[str]) -> AsyncIterator[list[str]]:
    yield texts
