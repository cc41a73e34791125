"""The system prompt: a file that ships, filled with the tools that there are and the limits.

Invariant: nothing reaches the system role but the prompt's own text, the tools' declarations and
numbers. Templates have ``{{name}}`` for a value and ``{{#mode}} … {{/mode}}`` for lines of one
mode (``text`` or ``native``); a name that has no value is an error, so that no prompt goes out
half filled. Values are put in once and not read as templates again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from mettaclaw.config import resource
from mettaclaw.errors import ConfigError
from mettaclaw.protocol.tool import Tool

MODES = ("text", "native")

_SECTION = re.compile(r"\{\{#(\w+)\}\}\n?(.*?)\{\{/\1\}\}\n?", re.DOTALL)
_PLACE = re.compile(r"\{\{([^{}]*)\}\}")


def system(
    tools: Sequence[Tool], calls_limit: int, *, native: bool = False, template: str = ""
) -> str:
    """The whole system prompt.

    Args:
        tools: The tools that may be called.
        calls_limit: How many calls one answer may hold.
        native: Whether tools are also offered as JSON functions, and called that way.
        template: The prompt; empty for ``prompts/system.md``. Where it has no place for the tools,
            they follow at its end.

    Raises:
        ConfigError: The template asks for a value that there is not.
    """
    text = template or shipped("system.md")
    if "{{tools}}" not in text:
        text = f"{text.rstrip()}\n\n{{{{tools}}}}\n"
    mode = "native" if native else "text"
    listed = render(shipped("tools.md"), {"list": describe(tools)}, mode)
    values = {"tools": listed.strip(), "calls_limit": str(calls_limit)}
    return render(text, values, mode).strip()


def describe(tools: Sequence[Tool]) -> str:
    """One entry a tool: signature, what it does, what its arguments are, an example."""
    return "\n".join(_entry(tool) for tool in tools)


def render(template: str, values: Mapping[str, str], mode: str) -> str:
    """Fill a template.

    Raises:
        ConfigError: A placeholder or section that has no meaning.
    """

    def section(found: re.Match[str]) -> str:
        if found.group(1) not in MODES:
            raise ConfigError(f"the prompt has a section {found.group(1)}; there are text, native")
        return found.group(2) if found.group(1) == mode else ""

    def place(found: re.Match[str]) -> str:
        value = values.get(found.group(1))
        if value is None:
            known = " ".join(f"{{{{{name}}}}}" for name in values)
            raise ConfigError(f"the prompt asks for {found.group()}; there are {known}")
        return value

    return _PLACE.sub(place, _SECTION.sub(section, template))


@lru_cache(maxsize=8)
def shipped(name: str) -> str:
    """The text of a file in ``prompts/``."""
    return resource(f"prompts/{name}").read_text(encoding="utf-8")


def _entry(tool: Tool) -> str:
    arguments = "; ".join(
        f"{p.name}{' (may be left out)' if p.optional else ''}: {p.doc}" for p in tool.parameters
    )
    parts = [f"- `{tool.signature}` {tool.doc}"]
    if arguments:
        parts.append(f"  {arguments}")
    if tool.example:
        parts.append(f"  Example: `{tool.example}`")
    return "\n".join(re.sub(r"\s*\n\s*", " ", part).replace("\r", "") for part in parts)
