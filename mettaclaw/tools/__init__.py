"""The tools that ship: each declared once; docs, JSON schema and prompt text follow from that."""

from __future__ import annotations

from mettaclaw.protocol.tool import Tool
from mettaclaw.tools import channel, files, memory, reasoning, shell, standing
from mettaclaw.tools.context import Context

__all__ = ["Context", "toolset"]


def toolset(context: Context) -> dict[str, Tool]:
    """All tools over the parts of one agent, by name, in the order in which people see them."""
    families = (memory, standing, reasoning, files, shell, channel)
    return {tool.name: tool for family in families for tool in family.declare(context)}
