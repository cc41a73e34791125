"""Packets and tools that the model tests share: real values, small."""

from __future__ import annotations

from typing import Any

from mettaclaw.protocol.packet import Message, Packet
from mettaclaw.protocol.tool import Effect, Outcome, Parameter, Tool

NAMES = [
    "pin",
    "remember",
    "query",
    "episodes",
    "forget",
    "metta",
    "read-file",
    "write-file",
    "append-file",
    "shell",
    "send",
]


def _tool(name: str, effect: Effect, *parameters: Parameter) -> Tool:
    return Tool(name, f"What {name} does.", parameters, effect, "allow", lambda *_: Outcome(()))


def _text(name: str, optional: bool = False) -> Parameter:
    return Parameter(name, "text", f"the {name.lower()}", optional)


TOOLS = (
    _tool("pin", "memory", _text("TEXT")),
    _tool("remember", "memory", Parameter("WHAT", "atom", "what to keep")),
    _tool("query", "pure", _text("TEXT"), Parameter("K", "number", "how many", optional=True)),
    _tool("episodes", "pure", _text("SINCE"), _text("UNTIL", optional=True)),
    _tool("forget", "memory", Parameter("WHAT", "atom", "what to drop")),
    _tool("metta", "memory", Parameter("EXPR", "atoms", "MeTTa")),
    _tool("read-file", "files", _text("PATH")),
    _tool("write-file", "files", _text("PATH"), _text("TEXT")),
    _tool("append-file", "files", _text("PATH"), _text("TEXT")),
    _tool("shell", "shell", _text("COMMAND")),
    _tool("send", "reply", _text("TEXT")),
)

NAMES = tuple(tool.name for tool in TOOLS)

NOW = 1_763_690_400.0


def packet(text: str = "Is Garfield an animal?", **fields: Any) -> Packet:
    """A packet of a new turn; ``fields`` replace any part of it."""
    parts: dict[str, Any] = {
        "system": "",
        "tools": TOOLS,
        "pin": "",
        "results": (),
        "history": (),
        "message": Message(7, text, NOW),
        "time": NOW,
    }
    return Packet(**(parts | fields))
