"""``mettaclaw backup`` and ``mettaclaw doctor``: the home as a whole."""

from __future__ import annotations

from pathlib import Path

import click

from mettaclaw.ui import lines
from mettaclaw.ui.program import Command, open_home, options, say, say_json
from mettaclaw.ui.text import clean, size


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy everything the agent knows to a new FILE.

    It may run meanwhile.
    To restore: put the file into an empty home as claw.db.
    """
    from mettaclaw.storage import Database

    with Database.open(open_home().database) as database:
        say(f"{clean(str(file))}: {size(database.backup(lines.new(file)))}")


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="JSON, one object a check and line.")
def doctor(as_json: bool) -> None:
    """Check everything, and say what to type next.

    Exits with 1 if a check fails. Never shows a key.
    """
    from mettaclaw.ui.doctor import checks

    chosen = options()
    failed = False
    for found in checks(chosen.home, chosen.model):
        failed = failed or found.state == "fail"
        if as_json:
            say_json(found.to_json())
            continue
        sign = {"ok": "✓", "warn": "!", "fail": "✗"}[found.state]
        color = {"ok": "green", "warn": "yellow", "fail": "red"}[found.state]
        say(f"{sign} {found.name:<12} {clean(found.detail)}", color)
        if found.todo:
            say(f"{'':<15}{clean(found.todo)}")
    if failed:
        raise click.exceptions.Exit(1)
