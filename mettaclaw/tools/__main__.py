"""The reference of all tools, made from their declarations.

``python -m mettaclaw.tools > docs/tools.md`` brings the page up to date.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from mettaclaw.atomspace import Atomspace
from mettaclaw.config import Settings
from mettaclaw.memory import Episodes, Memory, Pin
from mettaclaw.protocol.tool import Tool
from mettaclaw.tools import Context, toolset

_HEAD = """\
# Tools

<!-- Made by `python -m mettaclaw.tools > docs/tools.md`; do not edit. -->

What a model can call, one MeTTa expression a call; endpoints with native tool calls are offered the
same tools as functions. Text arguments are strings in double quotes; arguments in brackets may be
left out. `memory` tools and `pure` ones stay inside the database, and a call is one transaction.
`files` and `shell` reach outside of it and are written ahead. A tool that is `deny` runs only after
the person has permitted it in `config.toml`.

| tool | effect | permission |
| --- | --- | --- |
"""


def reference(tools: Iterable[Tool]) -> str:
    """The page as Markdown."""
    listed = list(tools)
    rows = [f"| [`{t.name}`](#{t.name}) | {t.effect} | {t.permission} |" for t in listed]
    return "\n".join([_HEAD + "\n".join(rows), *map(_section, listed), ""])


def declared() -> list[Tool]:
    """The tools of an agent with default settings, over nothing."""
    with tempfile.TemporaryDirectory() as folder, Atomspace.open(":memory:") as kb:
        context = Context(
            kb=kb,
            memory=Memory(kb.database),
            episodes=Episodes(kb.database),
            pin=Pin(kb.database, 0),
            workspace=Path(folder),
            settings=Settings(),
            model="",
            message=str,
            deliver=lambda _: None,
        )
        return list(toolset(context).values())


def _section(tool: Tool) -> str:
    arguments = [
        f"- `{p.name}` ({p.type}{', may be left out' if p.optional else ''}): {p.doc}"
        for p in tool.parameters
    ]
    parts = [f"\n## {tool.name}\n", f"`{tool.signature}`\n", f"{tool.doc}\n", *arguments]
    return "\n".join([*parts, f"\nExample: `{tool.example}`"])


if __name__ == "__main__":
    sys.stdout.write(reference(declared()))
