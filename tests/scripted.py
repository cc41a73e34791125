"""A model of ours for tests: plays what it was given, in calls, and keeps the packets it saw."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from mettaclaw.errors import MettaClawError, ModelError
from mettaclaw.protocol.calls import parse
from mettaclaw.protocol.packet import Answer, Packet, Usage

Play = str | Exception | Answer | Callable[[Packet], str]


class Scripted:
    """Answers with the next of ``plays``; when they are used up, with ``(send "done")``.

    A play is the text of an answer, an error to raise, a whole ``Answer``, or a function that
    makes the text from the packet.
    """

    name = "scripted"

    def __init__(self, *plays: Play, wait_s: float = 0.0) -> None:
        self.plays = deque(plays)
        self.packets: list[Packet] = []
        self.wait_s = wait_s
        self.closed = False

    async def answer(self, packet: Packet) -> AsyncIterator[str | Answer]:
        self.packets.append(packet)
        await asyncio.sleep(self.wait_s)
        play = self.plays.popleft() if self.plays else '(send "done")'
        if isinstance(play, Exception):
            raise play
        if isinstance(play, Answer):
            yield play
            return
        text = play(packet) if callable(play) else play
        yield text
        try:
            yield Answer(text, tuple(parse(text)), usage=Usage(10, 5))
        except ModelError:
            raise
        except MettaClawError as error:
            yield Answer(text, error=str(error))

    async def close(self) -> None:
        self.closed = True
