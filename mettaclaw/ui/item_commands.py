"""``mettaclaw memory`` on items that are there: ``list``, ``show``, ``scopes``, ``promote``,
``demote``, ``support``, ``contradict`` and ``reindex``.

Not covered: searching and remembering (``memory_commands``), files (``item_files``).
"""

from __future__ import annotations

import time as clock
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from mettaclaw.atoms.times import minute
from mettaclaw.ui import item_views, pictures
from mettaclaw.ui.arguments import Whole
from mettaclaw.ui.item_files import embed, opened, unknown_scope
from mettaclaw.ui.program import (
    Command,
    console,
    fail,
    in_terminal,
    json_option,
    note,
    say,
    say_json,
)
from mettaclaw.ui.text import clean, count, one_line

if TYPE_CHECKING:
    from mettaclaw.memory import Item, Memory
    from mettaclaw.memory.votes import Votes

UNNAMED = "(no name)"  # of the part of memory where things go that name none
_NEAR_CHARS = 100

_id = click.argument("number", metavar="ID", type=Whole(1))


@click.command("list", cls=Command)
@click.option(
    "--limit", type=Whole(1), metavar="N", default=20, show_default=True, help="At most so many."
)
@click.option("--scope", metavar="NAME", help="Only this part of memory.")
@click.option("--kind", type=click.Choice(item_views.KINDS), help="Only items of this kind.")
@click.option("--expired", is_flag=True, help="Those that are not found any more.")
@json_option
def list_(limit: int, scope: str | None, kind: str | None, expired: bool, as_json: bool) -> None:
    """Show what was kept last, newest first."""
    with opened() as kept:
        items = kept.latest(limit, scope, kind, expired=expired)
        unknown = None if items else unknown_scope(kept, scope)
    if as_json:
        for item in items:
            say_json(item_views.as_json(item))
    elif items and in_terminal():
        console().print(pictures.rows_table(item_views.HEADERS, item_views.rows(items)))
    else:
        for item in items:
            say(f"{item.id}\t{one_line(item.words)}{mark(item)}")
    if not items:
        chosen = scope is not None or kind is not None or expired
        note(unknown or ("no such item" if chosen else "nothing is remembered yet"))


@click.command(cls=Command)
@json_option
def scopes(as_json: bool) -> None:
    """Show the parts of memory: name, items, when the first and the last was said (UTC)."""
    from mettaclaw.memory.scopes import scopes as find

    with opened() as kept:
        found = find(kept.database)
    if as_json:
        for each in found:
            say_json(
                {"scope": each.name, "items": each.items, "first": each.first, "last": each.last}
            )
        return
    rows = [
        (clean(each.name) or UNNAMED, f"{each.items:,}", minute(each.first), minute(each.last))
        for each in found
    ]
    if rows and in_terminal():
        console().print(pictures.rows_table(("scope", "items", "first (UTC)", "last"), rows))
    else:
        for row in rows:
            say("\t".join(map(one_line, row)))
    if not rows:
        note("nothing is remembered yet")


@click.command(cls=Command)
@_id
@json_option
def show(number: int, as_json: bool) -> None:
    """Show an item in full: words, atoms, when it was said, what is like it, its standing."""
    from mettaclaw.memory import items, standing, votes

    with opened() as kept:
        item = standing.required(kept.database, number)
        cast = votes.tally(kept.database, number)
        if as_json:
            near = items.near(kept.database, [number]).get(number, ())
            said = [{"time": time, "source": source} for time, source in kept.times(number)]
            found = [kept.truth(atom) for atom in item.atoms]
            truths = [None if truth is None else [truth.f, truth.c] for truth in found]
            more = {"truths": truths, "times": said, "near": list(near)}
            said_of = {"supports": cast.supports, "contradictions": cast.contradictions}
            say_json({**item_views.as_json(item), **more, **said_of})
            return
        for line in _lines(kept, item):
            say(line)


@click.command(cls=Command)
@_id
def promote(number: int) -> None:
    """Say that an item was useful: it is found sooner, which wears off, and leaves quarantine."""
    with opened() as kept:
        before = kept.get(number)
        item = kept.promote(number)
    freed = before is not None and before.is_quarantined
    say(f"item {item.id} has a usefulness of {_worth(item)}" + (", and is free" if freed else ""))


@click.command(cls=Command)
@_id
def demote(number: int) -> None:
    """Say that an item was of no use: it is found later, which wears off."""
    with opened() as kept:
        item = kept.demote(number)
    say(f"item {item.id} has a usefulness of {_worth(item)}")


_episode = click.option(
    "--episode",
    type=Whole(1),
    metavar="ID",
    help="The line of the log that says so, as mettaclaw episodes shows it; its message counts.",
)


@click.command(cls=Command)
@_id
@_episode
def support(number: int, episode: int | None) -> None:
    """Say that something bears an item out; with two more for it than against, it is free.

    Each message of the log counts once for an item, and so does what is said here without
    --episode; the later word stands.
    """
    with opened() as kept:
        say(_voted(kept, kept.support(number, _message(kept, episode))))


@click.command(cls=Command)
@_id
@_episode
def contradict(number: int, episode: int | None) -> None:
    """Say that something speaks against an item; two more such than others quarantine it.

    A rule on trial expires by that. See support.
    """
    with opened() as kept:
        say(_voted(kept, kept.contradict(number, _message(kept, episode))))


@click.command(cls=Command)
def reindex() -> None:
    """Give vectors to the items that have none, and build the index that many items have."""
    with opened() as kept:
        embedder = kept.embeddings.embedder
        if lacking := kept.lacking():
            fail(f"items cannot be found by their meaning: {lacking}")
        missing = kept.embeddings.left()
        left = embed(kept)
        total = kept.count()
    say(f"{embedder.name} serves: {count(total, 'item')}, {count(missing - left, 'new vector')}")
    if left:
        note(f"{count(left, 'item')} left; run it again")


COMMANDS = (list_, show, scopes, promote, demote, support, contradict, reindex)


def mark(item: Item) -> str:
    """What is to be said behind an item's words, if anything."""
    return "\t(quarantined)" if item.is_quarantined else ""


# --- inside --------------------------------------------------------------------------------------


def _message(kept: Memory, line: int | None) -> int:
    """The message that a line of the log belongs to; with no line, none."""
    from mettaclaw.memory.votes import OUTSIDE

    if line is None:
        return OUTSIDE
    row = kept.database.row("SELECT message FROM episode WHERE id = ?", (line,))
    if row is None or row[0] is None:
        what = "is not there" if row is None else "belongs to no message"
        fail(f"line {line} of the log {what}; `mettaclaw episodes` shows what there is")
    return int(row[0])


def _voted(kept: Memory, item: Item) -> str:
    from mettaclaw.memory import votes

    cast = _evidence(votes.tally(kept.database, item.id)).removeprefix("evidence: ")
    if item.expires is not None and item.expires <= clock.time():
        stands = "it has expired"
    else:
        stands = "it is in quarantine" if item.is_quarantined else "it is free"
    return f"item {item.id} has {cast}; {stands}"


def _worth(item: Item) -> str:
    return f"{round(item.value, 2) + 0.0:.2f}"  # 0 has no sign


def _evidence(cast: Votes) -> str:
    return f"evidence: {cast.supports:,} for it, {cast.contradictions:,} against it"


def _lines(kept: Memory, item: Item) -> Iterator[str]:
    from mettaclaw.memory import items, votes
    from mettaclaw.memory.retrieval.features import use

    now = clock.time()
    yield f"item {item.id}, a {item.kind}" + (f" in {clean(item.scope)}" if item.scope else "")
    if item.text is not None:
        yield from clean(item.text).split("\n")
    for atom in item.atoms:
        truth = kept.truth(atom)
        yield f"atom: {one_line(str(atom))} {truth or '(nothing is believed of it)'}"
    for what, value in (
        ("speaker", item.speaker),
        ("thread", item.thread),
        ("context", item.context),
    ):
        if value:
            yield f"{what}: {one_line(value)}"
    for time, source in kept.times(item.id):
        yield f"said: {minute(time)} by {one_line(source)}"
    if file := items.importer(kept.database, item.id):
        yield f"read in: {one_line(file)}, which says so"
    for number, twin in items.by_id(
        kept.database, items.near(kept.database, [item.id]).get(item.id, ())
    ).items():
        yield f"near: {number} {one_line(twin.words, _NEAR_CHARS)}"
    if item.used is not None:
        worth = use(item.value, item.used, now)
        yield f"usefulness: {worth:.2f} ({item.value:.2f} at {minute(item.used)})"
    cast = votes.tally(kept.database, item.id)
    if cast.supports or cast.contradictions:
        yield _evidence(cast)
    if item.is_quarantined:
        yield f"in quarantine; `mettaclaw memory promote {item.id}` ends that"
    if item.expires is not None:
        verb = "expired" if item.expires <= now else "expires"
        yield f"{verb}: {minute(item.expires)}"
