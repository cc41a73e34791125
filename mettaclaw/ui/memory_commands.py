"""``mettaclaw memory …`` and ``mettaclaw episodes``: what is remembered, and what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from mettaclaw.atoms.times import minute
from mettaclaw.ui import item_views, lines, pictures
from mettaclaw.ui.arguments import Whole
from mettaclaw.ui.forget_command import forget
from mettaclaw.ui.item_files import opened, unknown_scope
from mettaclaw.ui.program import (
    Commands,
    console,
    in_terminal,
    json_option,
    note,
    open_home,
    say,
    say_json,
)
from mettaclaw.ui.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mettaclaw.memory import Episode
    from mettaclaw.storage import Database


class _Memory(Commands):
    """The family of memory, where words that others use for its commands name them."""

    def _guess(self, name: str) -> str:
        meant = _MEANT.get(name.lower())
        return f"did you mean {meant}?" if meant else super()._guess(name)


_MEANT = {
    **dict.fromkeys(("delete", "rm", "remove", "erase", "del"), "forget"),
    **dict.fromkeys(("edit", "update", "change"), "forget, and then remember"),
    **dict.fromkeys(("search", "find", "recall", "ask", "grep"), "query"),
    **dict.fromkeys(("add", "store", "save", "note", "keep", "put"), "remember"),
    **dict.fromkeys(("get", "cat", "view"), "show"),
    **dict.fromkeys(("ls", "all", "latest"), "list"),
    **dict.fromkeys(("stats", "status", "info"), "scopes"),
    **dict.fromkeys(("load", "read"), "import"),
    **dict.fromkeys(("dump", "backup"), "export"),
}


@click.group(cls=_Memory)
def memory() -> None:
    """Look into long-term memory, or put something there."""


@memory.command()
@click.argument("text")
@click.option(
    "--limit",
    "-k",
    type=Whole(1, 100),
    metavar="N",
    default=10,
    show_default=True,
    help="At most so many.",
)
@click.option("--scope", metavar="NAME", help="Only in this part of memory.")
@click.option("--since", metavar="TIME", help="Said from then on: yesterday, June 2026, 2h, ISO.")
@click.option("--until", metavar="TIME", help="Said before it; a day, a month counts to its end.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(item_views.KINDS),
    help="Only items of this kind.",
)
@click.option("--words", "by_words", is_flag=True, help="By words alone, without the model.")
@click.option("--explain", is_flag=True, help="Show the plan, and what each score is made of.")
@json_option
def query(
    text: str,
    limit: int,
    scope: str | None,
    since: str | None,
    until: str | None,
    kinds: tuple[str, ...],
    by_words: bool,
    explain: bool,
    as_json: bool,
) -> None:
    """Find items by their words and their meaning, the best first."""
    from rich.console import Console

    from mettaclaw.memory import embed

    loading = Console(stderr=True).status("searching; the embedding model takes some seconds")
    with opened(embed.UNWANTED if by_words else None) as memory, loading:
        found = memory.search(text, limit, scope, since, until, kinds)
        unknown = None if found.hits else unknown_scope(memory, scope)
    if as_json:
        for hit in found.hits:
            say_json(item_views.hit_json(hit))
    elif explain:
        for line in item_views.explanation(found):
            say(line)
    elif found.hits and in_terminal():
        rows = item_views.hit_rows(found.hits)
        console().print(pictures.rows_table(item_views.HIT_HEADERS, rows))
    else:
        for hit in found.hits:
            say(item_views.hit_line(hit))
    if not found.hits:
        note(unknown or "nothing that fits is remembered")
    if found.note:
        note(f"note: {one_line(found.note)}")


@memory.command()
@click.argument("text", metavar="TEXT|-")
@click.option("--atom", "atoms", multiple=True, metavar="ATOM", help="What it says, as an atom.")
@click.option("--scope", default="", metavar="NAME", help="The part of memory that it belongs to.")
@click.option("--speaker", metavar="NAME", help="Who says it, in a conversation.")
@click.option("--time", metavar="TIME", help="When it was said: today, 2h (ago), an ISO time.")
@click.option("--thread", metavar="NAME", help="The conversation that it is a part of.")
@click.option("--context", metavar="TEXT", help="Words from around it, to be found by too.")
@click.option("--expires", metavar="TIME", help="When it is no longer found; a day to its end.")
@json_option
def remember(
    text: str,
    atoms: tuple[str, ...],
    scope: str,
    speaker: str | None,
    time: str | None,
    thread: str | None,
    context: str | None,
    expires: str | None,
    as_json: bool,
) -> None:
    """Keep TEXT, word for word; - is stdin, and an empty one with --atom keeps the atom alone."""
    from mettaclaw.redaction import counted, marked

    words = lines.whole("-").strip() if text == "-" else text
    with opened() as memory:
        item = memory.remember(
            words if words or not atoms else None,
            atoms,
            scope,
            speaker,
            time,
            context,
            thread=thread,
            expires=expires,
        )
    if as_json:
        say_json(item_views.as_json(item))
    else:
        again = f" (said {item.count:,} times)" if item.count > 1 else ""
        say(f"item {item.id}{again}: {one_line(item.words, 100)}")
    if left_out := counted(marked(item.words)):
        note(f"note: left out of what is kept: {left_out}")


memory.add_command(forget)


@click.group(cls=Commands, invoke_without_command=True)
@click.option("--since", metavar="TIME", help="today, yesterday, 2h (ago), or an ISO time (UTC).")
@click.option("--until", metavar="TIME", help="The same; a day counts to its end.")
@click.option("--text", metavar="TEXT", help="Lines that hold it, in any case.")
@click.option("--call", "tool", metavar="NAME", help="Calls of this name, and what came of them.")
@click.option(
    "--limit", type=Whole(1), metavar="N", default=40, show_default=True, help="The last so many."
)
@json_option
@click.pass_context
def episodes(
    context: click.Context,
    since: str | None,
    until: str | None,
    text: str | None,
    tool: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show the log of what was said and done.

    A line begins with its id, for replay. With --json, it has those of its message, cycle, call
    and transaction too.
    """
    from mettaclaw.atoms.moments import instant
    from mettaclaw.memory import Episodes

    if context.invoked_subcommand is not None:
        given = [name for name in context.params if _is_given(context, name)]
        if given:
            raise click.UsageError(
                f"the options of episodes choose lines of the log; those of "
                f"{context.invoked_subcommand} stand after it",
                context,
            )
        return
    start = None if since is None else instant(since)
    end = None if until is None else instant(until, end=True)
    with _database() as database:
        found = Episodes(database).find(start, end, text=text, tool=tool, limit=limit)
    if as_json:
        for episode in found:
            say_json(_episode_json(episode))
        return
    for line in episode_lines(found):
        say(line)
    if not found:
        note(nothing(is_chosen=any(x is not None for x in (since, until, text, tool))))


@episodes.command()
@click.argument("episode", metavar="ID", type=Whole(1))
@click.option("--cycle", type=Whole(1), metavar="N", help="This cycle of the turn alone.")
@click.option("--system", is_flag=True, help="The system prompt too.")
@json_option
def replay(episode: int, cycle: int | None, system: bool, as_json: bool) -> None:
    """Show a turn again, with what the model saw.

    Each cycle has what it saw, what it answered, its calls, and what came of them.

    ID is that of any line of the turn, as mettaclaw episodes shows them. Nothing is run again. With
    --json the texts are byte for byte what the model saw, the system prompt among them.
    """
    from mettaclaw.loop.replay import replay as find
    from mettaclaw.ui import replays

    with _database() as database:
        found = find(database, episode)
    if as_json:
        say_json(replays.as_json(found, cycle))
        return
    for line, style in replays.lines(found, cycle=cycle, system=system):
        say(line, style)


def nothing(*, is_chosen: bool) -> str:
    """What to say where no line of the log was found."""
    if is_chosen:
        return "no line of the log fits; `mettaclaw episodes` shows the last ones"
    return (
        "the log is empty: it has what is said and done in conversations (`mettaclaw run`). What "
        "was kept by commands is in `mettaclaw memory list` and `mettaclaw atoms history`"
    )


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE


def episode_lines(episodes: Iterable[Episode], limit: int = 0) -> list[str]:
    """Episodes as lines, each cut to ``limit`` characters (0: not cut). Their ids come first."""
    return [
        f"{e.id:>5}  {minute(e.time)}  {e.kind:<7}  "
        f"{one_line(e.text, max(20, limit - 34) if limit else 0)}"
        for e in episodes
    ]


def _episode_json(episode: Episode) -> dict[str, object]:
    return {
        "id": episode.id,
        "time": episode.time,
        "kind": episode.kind,
        "text": episode.text,
        "message": episode.message,
        "cycle": episode.cycle,
        "call": episode.call,
        "tool": episode.tool,
        "transaction": episode.transaction,
    }


def _database() -> Database:
    from mettaclaw.redaction import Redactor
    from mettaclaw.storage import Database

    home = open_home()
    return Database.open(
        home.database,
        synchronous=home.settings.synchronous,
        redactor=Redactor(home.settings.redact),
    )
