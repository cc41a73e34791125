"""The tool that speaks: ``send``. The reply leaves the outbox after the call is committed."""

from __future__ import annotations

from mettaclaw.errors import CallError
from mettaclaw.protocol.tool import Outcome, Parameter, Tool
from mettaclaw.tools import values
from mettaclaw.tools.context import Context


def declare(context: Context) -> tuple[Tool, ...]:
    """The tool, over an agent's outbox."""

    def send(text: str) -> Outcome:
        if not text.strip():
            raise CallError('the reply is empty; say something: (send "TEXT")')
        context.deliver(text)
        return Outcome((values.form("sent"),))

    return (
        Tool(
            "send",
            "Sends a text to the person. A cycle whose last call is send, and whose calls all "
            "succeeded, ends the turn. Returns (sent).",
            (Parameter("TEXT", "text", "what the person reads"),),
            "reply",
            "allow",
            send,
            '(send "Noted: Garfield is a cat.")',
        ),
    )
