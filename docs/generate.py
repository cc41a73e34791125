"""Writes the parts of the documentation that come from the program itself, so that they cannot rot.

``python docs/generate.py`` writes docs/cli.md, and in README.md what stands between
``<!-- generated: NAME -->`` and ``<!-- end -->``. A test compares them with what the program says;
times in output are not compared, durations are left out.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import click

from mettaclaw.config import Settings
from mettaclaw.errors import KINDS

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
CLI = ROOT / "docs" / "cli.md"

LIBRARY = f"click {'.'.join(importlib.metadata.version('click').split('.')[:2])}"

CONVERSATION = (
    "Garfield is a cat. Every cat is an animal.",
    "Is Garfield an animal?",
    "Cats are usually lazy. Garfield chases Odie.",
    "Who chases Odie?",
)
AFTER_A_RESTART = (
    "Is Garfield lazy?",
    "Why?",
    "Forget that Garfield is a cat.",
    "Is Garfield lazy?",
)
SOURCES = (
    "On 2025-03-03, Sam said that Tom is a cat.",
    "On 2025-03-05, the vet said that Tom is not a cat.",
    "Is Tom a cat?",
    "Was Tom a cat on 2025-03-04?",
    "Forget what Sam said.",
    "Why not?",
)
SURE = '[sources]\nvet = "primary"\n'
METTA = (
    "mettaclaw atoms add '(--> garfield cat)' --truth 1 0.9",
    "mettaclaw atoms add '(--> cat animal)' --truth 1 0.9",
    "mettaclaw metta '(match &kb (--> $who cat) ($who is a cat))'",
    "mettaclaw metta '(truth (--> garfield cat))'",
    "mettaclaw atoms why '(--> garfield animal)'",
    "mettaclaw atoms match '(--> $x cat)' --json",
)


def cli() -> str:
    """docs/cli.md: the help of every command, and the kinds of errors."""
    from mettaclaw.ui.cli import program

    parts = [
        f"# Commands\n\nWritten by `python docs/generate.py` ({LIBRARY}) from the program's help. "
        "`--home` and `--model` may also stand after the command.\n"
    ]
    for context in _contexts("mettaclaw", program, None):
        text = context.command.get_help(context)
        parts.append(f"## {context.command_path}\n\n```text\n{text}\n```\n")
    rows = [f"| `{kind}` | {meaning} |" for kind, meaning in KINDS.items()]
    parts.append(
        "## Kinds of errors\n\n"
        "With `--json`, an error and a failed call have a `kind`, in words that do not change; in "
        "Python it is `error.kind` and `result.failure.kind`.\n\n"
        + "\n".join(["| kind | what it says |", "| --- | --- |", *rows])
        + "\n"
    )
    return "\n".join(parts)


def _contexts(
    name: str, command: click.Command, parent: click.Context | None
) -> Iterator[click.Context]:
    context = click.Context(
        command, parent=parent, info_name=name, terminal_width=90, **command.context_settings
    )
    yield context
    if isinstance(command, click.Group):
        for child_name, child in command.commands.items():
            if child.hidden:
                continue
            yield from _contexts(child_name, child, context)


# --- parts of the README ---


def conversation() -> str:
    """Two processes on one home; by words, for when the embedding model is there varies."""
    with _home() as home:
        Path(home, "config.toml").write_text("meaning = false\n", encoding="utf-8")
        first = _claw(home, "run", "--calls", *CONVERSATION)
        second = _claw(home, "run", "--calls", *AFTER_A_RESTART)
    return f"```text\n{first}```\n\nLater, in another process:\n\n```text\n{second}```"


def sources() -> str:
    """Sources that contradict each other, and one that is taken back."""
    with _home() as home:
        Path(home, "config.toml").write_text(SURE, encoding="utf-8")
        said = _claw(home, "run", *SOURCES)
    return f"```text\n{said}```"


def metta() -> str:
    """Commands and what they print."""
    lines: list[str] = []
    with _home() as home:
        for command in METTA:
            lines.append(f"$ {command}")
            lines.append(_claw(home, *shlex.split(command)[1:]).rstrip("\n"))
    return "```console\n" + "\n".join(lines) + "\n```"


def quickstart() -> str:
    """The example's code and what it prints."""
    return f"{_example('quickstart.py')}\n\nprints\n\n```text\n{_run('quickstart.py')}```"


def agent() -> str:
    """The agent's example."""
    return _example("embed_agent.py")


def settings() -> str:
    """The table of settings, from the docstring of ``Settings``."""
    doc = _setting_docs()
    rows = ["| key | default | what it is |", "| --- | --- | --- |"]
    for field in fields(Settings):
        default = getattr(Settings(), field.name)
        shown = f'"{default}"' if isinstance(default, str) else str(default).lower()
        if isinstance(default, tuple):
            shown = json.dumps(default)
        if isinstance(default, dict):
            shown = ", ".join(f"{name} = {value}" for name, value in default.items())
        rows.append(f"| `{field.name}` | `{shown}` | {doc[field.name]} |")
    return "\n".join(rows)


def _setting_docs() -> dict[str, str]:
    found: dict[str, str] = {}
    text = re.sub(r"\n +(?=[a-z_]+(?:, [a-z_]+)*: )", "\0", Settings.__doc__ or "")
    for entry in text.split("\0")[1:]:
        names, _, said = " ".join(entry.split()).partition(": ")
        for name in names.split(", "):
            found[name] = said.rstrip(".").replace("``", "`")
    return found


PARTS: dict[str, Callable[[], str]] = {
    "conversation": conversation,
    "sources": sources,
    "quickstart": quickstart,
    "agent": agent,
    "metta": metta,
    "settings": settings,
}


def readme(text: str) -> str:
    """The README with every generated part made anew, where more than its times would differ."""

    def anew(found: re.Match[str]) -> str:
        part = _mark(found[1], PARTS[found[1]]())
        return found[0] if comparable(part) == comparable(found[0]) else part

    return _MARKED.sub(anew, text)


def comparable(text: str) -> str:
    """A text without what differs between two runs."""
    return re.sub(r"\d{4}-\d{2}-\d{2}(?:[ T]| at )\d{2}:\d{2}(:\d{2})?", "TIME", text)


_MARKED = re.compile(r"<!-- generated: (\w+) -->\n.*?<!-- end -->", re.DOTALL)


def _mark(name: str, content: str) -> str:
    return f"<!-- generated: {name} -->\n{content}\n<!-- end -->"


def _example(name: str) -> str:
    return f"```python\n{(ROOT / 'examples' / name).read_text(encoding='utf-8')}```"


def _run(name: str) -> str:
    return _output([sys.executable, str(ROOT / "examples" / name)], {})


def _claw(home: str, *args: str) -> str:
    return _output([sys.executable, "-m", "mettaclaw", *args], {"METTACLAW_HOME": home})


def _output(command: list[str], variables: dict[str, str]) -> str:
    ours = ("METTACLAW_", "OPENAI_")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    done = subprocess.run(
        command,
        env={**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **variables},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=120,
    )
    return re.sub(r"  [\d.]+ m?s$", "", done.stdout, flags=re.MULTILINE)


@contextlib.contextmanager
def _home() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="mettaclaw-docs-") as folder:
        yield folder


if __name__ == "__main__":
    CLI.write_text(cli(), encoding="utf-8")
    README.write_text(readme(README.read_text(encoding="utf-8")), encoding="utf-8")
