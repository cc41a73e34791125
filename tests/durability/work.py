"""What the writers do. Each acknowledges on standard output once a transaction has returned."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from mettaclaw.agent import Agent
from mettaclaw.atoms.syntax import expr
from mettaclaw.atomspace import Atomspace
from mettaclaw.protocol import events
from mettaclaw.protocol.calls import parse
from mettaclaw.protocol.packet import Answer, Packet

PARTS = 3


def write_on(path: str) -> None:
    """Number after number: new atoms, a revision and a replaced statement in one transaction."""
    with Atomspace.open(path) as kb:
        number = last(kb) + 1
        while True:
            with kb.transaction(author="writer", note=str(number)):
                for part in range(PARTS):
                    kb.add(expr("entry", number, part))
                kb.add("(counter)", truth=(1.0, 0.01), source="writer", words=str(number))
                if number:
                    kb.remove(expr("current", number - 1))
                kb.add(expr("current", number), truth=(1.0, 0.9))
            acknowledge(number)
            number += 1


def make(path: str) -> None:
    """Open a file that does not exist, and write once."""
    with Atomspace.open(path) as kb:
        acknowledge(0)
        kb.add("(made)")
        acknowledge(1)


def load(path: str, file: str) -> None:
    """Import a whole file."""
    with Atomspace.open(path) as kb:
        acknowledge(kb.import_file(file))


def save(path: str, folder: str) -> None:
    """Export and back up, again and again, each under a new number."""
    with Atomspace.open(path) as kb:
        number = len(list(Path(folder).iterdir()))
        while True:
            kb.export(Path(folder, f"{number}.metta"))
            kb.backup(Path(folder, f"{number}.db"))
            acknowledge(number)
            number += 1


def last(kb: Atomspace) -> int:
    """The number of the last transaction that the atomspace holds, or -1."""
    found = kb.match("(current $n)")
    assert len(found) <= 1, "a replacement was torn"
    return int(str(found[0]["$n"])) if found else -1


def acknowledge(number: int) -> None:
    os.write(1, f"ack {number}\n".encode())


def converse(home: str) -> None:
    """Answer everything that waits in a home, in two cycles a message; each reply is acknowledged
    by the number of its message. -1 says that it begins, 0 that nothing waits any more.
    """
    asyncio.run(_converse(home))


async def _converse(home: str) -> None:
    async with Agent.open(home, Echo()) as agent:
        acknowledge(-1)
        async for event in agent.resume():
            if isinstance(event, events.ReplySent):
                assert event.text == f"heard m{event.message}"
                acknowledge(event.message)
        acknowledge(0)


class Echo:
    """A model that keeps each message, reasons a little, and answers it."""

    name = "echo"

    async def answer(self, packet: Packet) -> AsyncIterator[str | Answer]:
        said = packet.message.text
        text = f'(send "heard {said}")'
        if not packet.results:
            text = (
                f'(pin "{said}") (remember "{said}") (metta (believe (said {said}) (stv 1.0 0.5))) '
                f'(append-file "log.txt" "{said}\\n")'
            )
        yield Answer(text, tuple(parse(text)))

    async def close(self) -> None:
        """Nothing is held."""
