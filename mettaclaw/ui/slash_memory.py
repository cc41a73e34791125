"""The REPL's slash commands about memory and the log, which ``slash`` lists.

Not covered: what a desk is (``desk``), how items look (``item_views``).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mettaclaw.errors import CallError, MettaClawError, UsageError
from mettaclaw.ui import item_views
from mettaclaw.ui.text import clean, count

if TYPE_CHECKING:
    from mettaclaw.memory.transfer import Report
    from mettaclaw.ui.desk import Desk

_ROWS = 20


def memory(desk: Desk, argument: str) -> None:
    """What is remembered last, or what fits a text."""
    from mettaclaw.ui.pictures import rows_table

    kept = desk.agent.memory
    if not argument:
        items = kept.latest(_ROWS)
        if not items:
            desk.say("nothing is remembered yet; say: Remember that … (facts: /atoms)", "dim")
            return
        desk.show(rows_table(item_views.HEADERS, item_views.rows(items)))
        if (total := kept.count()) > len(items):
            desk.say(f"the last {len(items)} of {total:,}; search with /memory TEXT", "dim")
        return
    found = kept.search(argument)
    if found.hits:
        desk.show(rows_table(item_views.HIT_HEADERS, item_views.hit_rows(found.hits)))
    else:
        desk.say("nothing that fits is remembered", "dim")
    if found.note:
        desk.say(found.note, "dim")


def pin(desk: Desk, argument: str) -> None:
    """The agent's note to itself."""
    text = desk.agent.pin.read()
    desk.say(text or "nothing is pinned", "" if text else "dim")


def episodes(desk: Desk, argument: str) -> None:
    """The last lines of the log, so many or since a time."""
    from mettaclaw.atoms.moments import instant
    from mettaclaw.ui.memory_commands import episode_lines

    if argument.isdecimal():
        found = desk.agent.episodes.between(None, None, max(1, min(int(argument), 10_000)))
    elif argument:
        found = desk.agent.episodes.between(instant(argument), None, 200)
    else:
        found = desk.agent.episodes.between(None, None, _ROWS)
    for line in episode_lines(found, desk.console.width):
        desk.say(line)
    if not found:
        desk.say("nothing happened then", "dim")


def replay(desk: Desk, argument: str) -> None:
    """What the model saw and did in the last turn, or in that of a line of the log."""
    from mettaclaw.loop.replay import latest
    from mettaclaw.ui import replays

    if argument and not (argument.isascii() and argument.isdecimal()):
        raise UsageError("name a line of the log by its id, as /episodes shows it: /replay ID")
    id_ = int(argument) if argument else latest(desk.agent.kb.database)
    if id_ is None:
        desk.say("nothing was said yet", "dim")
        return
    for line, style in replays.lines(desk.agent.replay(id_)):
        desk.say(line, style)


def import_(desk: Desk, argument: str) -> None:
    """Read a file or a folder into memory; what was read before Ctrl-C is kept."""
    from mettaclaw.memory.transfer import Report, load

    if not argument:
        raise UsageError("name a file or a folder: /import PATH")
    report = Report("notes")

    def told(done: int, of: int, _: Report) -> None:
        desk.doing(f"reading {clean(argument)}, {100 * done // max(1, of)} %")
        if desk.stopping.is_set():
            raise CallError("the import was stopped")

    try:
        load(desk.agent.memory, os.path.expanduser(argument), told=told, report=report)
    except MettaClawError:
        if report.kept:
            safe = count(report.kept, "item")
            verb, rest = ("is", "it") if report.kept == 1 else ("are", "them")
            desk.say(f"{safe} {verb} safe; the same command goes on after {rest}", "dim")
        raise
    first, *more = item_views.report_lines(report)
    desk.say(first)
    for line in more:
        desk.say(line, "dim")
