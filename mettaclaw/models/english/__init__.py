"""English: the embedded model, which needs nothing: no key, no network, no weights.

It reads plain statements and questions with a grammar (``prompts/english.lark``), plays the same
loop with the same calls as any other model, and never guesses: what it cannot read it names, and
says what it can. ``docs/english.md`` tells what that is.

Invariant: an answer depends on the packet alone, so that a turn can be taken up anywhere. Not
covered: free conversation, and every sentence that does not fit its grammar.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from mettaclaw.protocol.calls import parse
from mettaclaw.protocol.packet import Answer, Packet


class English:
    """The embedded model. See the module's docstring; implements ``protocol.packet.Model``."""

    @property
    def name(self) -> str:
        """``english``."""
        return "english"

    async def answer(self, packet: Packet) -> AsyncIterator[str | Answer]:
        """The calls of one cycle: what the sentences of the message ask for, then ``send``."""
        from mettaclaw.models.english.turn import answer

        text = "\n".join(map(str, answer(packet)))
        yield text
        yield Answer(text, tuple(parse(text)))

    async def close(self) -> None:
        """There is nothing to let go of."""


__all__ = ["English"]
