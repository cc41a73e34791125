"""The REPL's slash commands: one function each, listed in ``COMMANDS`` in the order of /help.

A command gets the desk it works at and the text after its name. It runs in a thread, so that
Ctrl-C can end it; errors of ours are shown by the REPL. Not covered: reading lines, running turns
(``repl``); the commands about beliefs (``slash_beliefs``), about what follows (``slash_inference``)
and about memory (``slash_memory``).
"""

from __future__ import annotations

import asyncio
import difflib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from mettaclaw.errors import UsageError
from mettaclaw.redaction import counted
from mettaclaw.ui import lines, render, slash_beliefs, slash_inference, slash_memory, statements
from mettaclaw.ui.desk import Desk
from mettaclaw.ui.text import count, one_line, size


class LeaveError(Exception):
    """The person wants to leave the REPL."""


@dataclass(frozen=True, slots=True)
class Slash:
    """One slash command."""

    name: str
    argument: str
    doc: str
    run: Callable[[Desk, str], None]


_SAID = {
    "forget": "say it to the agent without the slash, such as: Forget that Garfield is a dog.",
    "remember": "say it to the agent without the slash, such as: Remember that my car is red.",
}


def perform(desk: Desk, line: str) -> None:
    """Run the slash command in a line.

    Raises:
        UsageError: There is no such command; the message has the nearest names.
        LeaveError: It was /quit.
    """
    name, *rest = line.removeprefix("/").split(maxsplit=1) or [""]
    command, argument = find(name), "".join(rest).strip()
    if argument and not command.argument:
        desk.say(
            f"/{command.name} takes nothing after it; left out: {one_line(argument, 60)}", "dim"
        )
        argument = ""
    command.run(desk, argument)


def find(name: str) -> Slash:
    """The command of this name, or the only one that begins with it."""
    name = name.lower()
    named = {command.name: command for command in COMMANDS}
    named["exit"] = named["quit"]
    if name in named:
        return named[name]
    begun = [n for n in named if name and n.startswith(name)]
    if len(begun) == 1:
        return named[begun[0]]
    if name in _SAID:
        raise UsageError(f"there is no command /{name}; {_SAID[name]}")
    near = begun or difflib.get_close_matches(name, named, n=3, cutoff=0.55)
    guess = " or ".join(f"/{n}" for n in near)
    raise UsageError(
        f"there is no command /{name}; " + (f"did you mean {guess}?" if near else "see /help")
    )


def _help(desk: Desk, argument: str) -> None:
    from mettaclaw.ui.pictures import rows_table

    shown = [find(argument.removeprefix("/"))] if argument else COMMANDS
    rows = [(f"/{c.name} {c.argument}".rstrip(), c.doc) for c in shown]
    desk.show(rows_table(("command", "what it does"), rows))
    if argument:
        return
    desk.say(
        "Anything else is a message to the agent; !(…) is short for /metta; exit, quit, help and ? "
        "work without the slash. Enter sends; Alt-Enter, Ctrl-J or a backslash at the end begin a "
        "new line. Tab completes, ↑ and Ctrl-R look through what was typed. Ctrl-C stops a turn or "
        "clears the line, Ctrl-D leaves.",
        "dim",
    )


def _model(desk: Desk, argument: str) -> None:
    from mettaclaw.memory.embed import SHARED
    from mettaclaw.ui.doctor import unnamed

    if not argument:
        desk.say(desk.agent.model.name)
        own = desk.agent.model.name == "english"
        notice = unnamed(None, desk.agent.home.settings) if own else ""
        more = "another: /model english, or /model NAME of the endpoint's models"
        desk.say(notice or more, "dim")
        return
    if desk.warming:  # what it imports and what an endpoint needs must not be imported at once
        SHARED.ready()
    asyncio.run_coroutine_threadsafe(desk.agent.use(argument), desk.loop).result()
    desk.say(f"from now on {desk.agent.model.name} decides")


def _metta(desk: Desk, argument: str) -> None:
    from mettaclaw.atoms.syntax import read_program
    from mettaclaw.ui.metta_command import asked

    if not argument:
        raise UsageError("an expression is missing, such as /metta (infer (--> $x animal))")
    program = asked(statements.program(argument))
    forms = [form.atom for form in read_program(program) if form.evaluate]
    done = desk.agent.kb.evaluate(program, source="user")
    if done.output:
        desk.say(done.output.rstrip("\n"))
    for form, group in zip(forms, done.results, strict=False):
        for atom in group:
            desk.say(render.abridged(atom, 4_000))
        desk.see((form,), group)
    for remark in done.notes:
        desk.say(remark, "dim")
    if done.error is not None:
        raise done.error
    if not any(done.results):
        desk.say("no results", "dim")


def _tools(desk: Desk, argument: str) -> None:
    from mettaclaw.ui.pictures import rows_table

    tools = desk.agent.tools.values()
    rows = [(t.signature, t.doc, t.effect, t.permission) for t in tools]
    desk.show(rows_table(("call", "what it does", "effect", "permission"), rows))


def _calls(desk: Desk, argument: str) -> None:
    if not desk.results:
        desk.say("no calls in the last turn", "dim")
    for result in desk.results:
        desk.say(str(result.call), "bold")
        if result.failure is not None:
            desk.say(f"  {result.failure.kind}: {result.failure.message}", "red")
        for value in result.values:
            desk.say(f"  {value}")


def _stats(desk: Desk, argument: str) -> None:
    agent = desk.agent
    stats = agent.kb.stats()
    read, wrote = desk.tokens
    minutes = (time.monotonic() - desk.since) / 60
    rows = [
        ("home", str(agent.home.path)),
        ("model", agent.model.name),
        ("statements", f"{stats['atoms']:,}, {stats['beliefs']:,} with a truth value"),
        ("evidence", f"{stats['evidence']:,}"),
        ("items", f"{agent.memory.count():,}"),
        ("left out", counted(agent.kb.database.redacted()) or "nothing"),
        ("episodes", f"{agent.episodes.count():,}"),
        ("on disk", size(stats["bytes"])),
        ("this session", f"{count(desk.turns, 'turn')}, {minutes:.0f} min"),
    ]
    if read or wrote:
        rows.append(("tokens", f"{read:,} in, {wrote:,} out"))
    for name, value in rows:
        desk.say(f"{name:<14}{one_line(value)}")


def _backup(desk: Desk, argument: str) -> None:
    if not argument:
        raise UsageError("name a new file: /backup FILE")
    file = lines.new(os.path.expanduser(argument))
    desk.say(f"{file}: {size(desk.agent.kb.backup(file))}")


def _clear(desk: Desk, argument: str) -> None:
    desk.before()
    desk.console.clear()


def _quit(desk: Desk, argument: str) -> None:
    raise LeaveError


COMMANDS: tuple[Slash, ...] = (
    Slash(
        "atoms",
        "[PATTERN…]",
        "statements, or those that fit: /atoms (--> $x cat)",
        slash_beliefs.atoms,
    ),
    Slash(
        "infer",
        "GOAL",
        "what follows about a goal: /infer (--> $who animal); --logic NAME, --as-of TIME; "
        "--steps N, --seconds S, --depth N: how far to look",
        slash_inference.infer,
    ),
    Slash(
        "derive",
        "STATEMENT…",
        "what follows from believed statements, kept; --steps N, --seconds S, --depth N",
        slash_inference.derive,
    ),
    Slash(
        "why",
        "[STATEMENT]",
        "the proof of a statement, or of the last answer; --svg FILE, --mermaid FILE draw it; "
        "--as-of TIME: as it was then; --logic NAME",
        slash_beliefs.why,
    ),
    Slash(
        "why-not",
        "[STATEMENT]",
        "what was considered about a statement and did not count; options as of /why",
        slash_beliefs.why_not,
    ),
    Slash(
        "contradictions",
        "[STATEMENT]",
        "what sources disagree about, with who said what",
        slash_beliefs.contradictions,
    ),
    Slash("history", "[N]", "the latest changes of beliefs", slash_beliefs.history),
    Slash("undo", "ID", "take back a change that /history lists", slash_beliefs.undo),
    Slash("memory", "[TEXT]", "what is remembered, or what fits a text", slash_memory.memory),
    Slash(
        "episodes",
        "[N|SINCE]",
        "the log: the last N lines, or since today, 2h, …",
        slash_memory.episodes,
    ),
    Slash(
        "replay",
        "[ID]",
        "what the model saw and did in the last turn, or a line's",
        slash_memory.replay,
    ),
    Slash("import", "PATH", "read notes, chat logs or an export into memory", slash_memory.import_),
    Slash("pin", "", "the agent's note to itself", slash_memory.pin),
    Slash("calls", "", "the calls of the last turn in full", _calls),
    Slash("metta", "EXPR", "evaluate MeTTa; &kb is the atomspace", _metta),
    Slash("tools", "", "the calls that the model can make", _tools),
    Slash("model", "[NAME]", "which model decides, or another from now on", _model),
    Slash("stats", "", "counts, sizes, tokens", _stats),
    Slash("backup", "FILE", "copy everything to a new file", _backup),
    Slash("clear", "", "an empty screen", _clear),
    Slash("help", "[COMMAND]", "this list", _help),
    Slash("quit", "", "leave (also Ctrl-D)", _quit),
)
