"""What the tests of english share: cycles by hand, and a conversation through the real loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from mettaclaw.agent import Agent
from mettaclaw.atoms.syntax import Expression, Number, String, Symbol, read_all
from mettaclaw.models.english import English
from mettaclaw.protocol.calls import Call, Failure, Result, parse
from mettaclaw.protocol.packet import Answer, Cycle, Exchange, Message, Packet
from tests.models.packets import packet

Fact = tuple[str, float, float]

SAM = "On 2025-03-03, Sam said that Wug is tame."
VET = "On 2025-03-05, the vet said that Wug is not tame."
SAM_SAID = "Sam said that Wug is tame, on Monday, 2025-03-03 (f 1.00, c 0.55)."
VET_SAID = "he vet said that Wug is not tame, on Wednesday, 2025-03-05 (f 0.00, c 0.90)."


def answered(shown: Packet) -> Answer:
    """The answer to a packet; its text says the same as its calls."""

    async def last() -> Answer:
        pieces = [piece async for piece in English().answer(shown)]
        assert isinstance(pieces[-1], Answer)
        return pieces[-1]

    answer = asyncio.run(last())
    assert answer.calls == tuple(parse(answer.text))
    assert answer.error is None
    return answer


def calls(text: str, results: Sequence[Cycle] = (), history: Sequence[Exchange] = ()) -> list[Call]:
    """The calls of the cycle after these."""
    shown = packet(text, results=tuple(results), history=tuple(history))
    return list(answered(shown).calls)


def forms(text: str) -> list[str]:
    """What the first cycle evaluates in MeTTa, form by form."""
    return [str(arg) for call in calls(text) if call.name == "metta" for arg in call.args]


def told(text: str) -> list[Fact]:
    """The statements that a message is believed to make, each with f and c."""
    facts: list[Fact] = []
    for call in calls(text):
        for arg in call.args:
            match arg:
                case Expression(
                    (
                        Symbol("believe"),
                        statement,
                        Expression((_, Number(f), Number(c))),
                        String(words),
                    )
                ):
                    assert words in text
                    facts.append((str(statement), float(f), float(c)))
                case _:
                    pass
    return facts


def refused(text: str) -> bool:
    """Whether nothing is called but a reply that names the text."""
    (call, *more) = calls(text)
    return not more and call.name == "send" and "I could not read" in str(call)


def cycle(*pairs: tuple[Call, str | Failure], number: int = 1) -> Cycle:
    """A finished cycle: calls, each with the text of its values, or its failure."""
    results = tuple(
        Result(call, (), value) if isinstance(value, Failure) else Result(call, _atoms(value))
        for call, value in pairs
    )
    return Cycle(number, "\n".join(str(call) for call, _ in pairs), results)


def reply(text: str, *values: str | Failure, history: Sequence[Exchange] = ()) -> str:
    """What is said when the calls of the first cycle return these values."""
    first = calls(text, history=history)
    assert len(first) == len(values), [str(call) for call in first]
    done = cycle(*zip(first, values, strict=True))
    (send,) = calls(text, [done], history)
    assert send.name == "send"
    (said,) = send.args
    assert isinstance(said, String)
    return said.value


def exchange(text: str, *pairs: tuple[str, str]) -> Exchange:
    """An earlier turn: what was said, and its calls with their values."""
    done = cycle(*((parse(call)[0], value) for call, value in pairs))
    return Exchange(Message(1, text, 0.0), (done,), ("said",))


class Talk:
    """A conversation with the real agent in a home of its own."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent

    def __call__(self, text: str) -> str:
        return self.agent.run_sync(text).text


def told_by_sam(talk: Talk, count: int, words: str = "") -> None:
    """Sam says so many things on one day, each in these words."""
    with talk.agent.kb.transaction("test"):
        for i in range(count):
            said = f"{i} {words}" if words else None
            talk.agent.kb.add(f"(--> w{i} wug)", 1.0, source="sam", words=said, time="2025-03-03")


def _atoms(text: str) -> tuple[object, ...]:
    return tuple(read_all(text))
