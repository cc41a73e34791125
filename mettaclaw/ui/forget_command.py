"""``mettaclaw memory forget``: erase items, statements, all about a name, or all of a time.

It shows first what would go, and asks; where nobody can be asked, it goes only with ``--yes``. What
was erased is shown for the last time. Not covered: taking back, which can be undone (``mettaclaw
atoms retract``), and how things are erased (``memory.erasure``).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from mettaclaw.ui import statements
from mettaclaw.ui.arguments import Whole
from mettaclaw.ui.program import (
    Command,
    fail,
    in_terminal,
    json_option,
    note,
    open_atomspace,
    say,
    say_json,
)
from mettaclaw.ui.text import one_line

if TYPE_CHECKING:
    from mettaclaw.memory.erasure import Erased

_EXAMPLES = "mettaclaw memory forget --statement '(--> garfield cat)' or 'Garfield is a cat'"
_SHOWN = 20
_LEFT = (
    "note: a turn that has not ended, another program that has the home open, or a disk without "
    "room to write the file anew keeps some of it; that goes when they end, or when the home is "
    "opened next"
)


@click.command(cls=Command)
@click.option("--id", "ids", type=Whole(1), multiple=True, metavar="N", help="The item N.")
@click.option("--text", "texts", multiple=True, help="All items of exactly this text.")
@click.option(
    "--statement", "said", multiple=True, help="A statement, in MeTTa or English, and its items."
)
@click.option("--entity", metavar="NAME", help="All that has this name in it.")
@click.option("--since", metavar="TIME", help="All from then on: yesterday, 2h (ago), ISO (UTC).")
@click.option("--until", metavar="TIME", help="All before then; a day counts to its end.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def forget(
    ids: tuple[int, ...],
    texts: tuple[str, ...],
    said: tuple[str, ...],
    entity: str | None,
    since: str | None,
    until: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Erase something everywhere in the home, the log too; it cannot be undone.

    Shows what would go, and asks. Takes one kind of option at a time: to forget a part of what a
    name or a time has, look it up (memory query) and name the items (--id, as often as you like).
    Backups and exports that you made are not touched.
    """
    from mettaclaw.atoms.moments import instant
    from mettaclaw.memory import erasure
    from mettaclaw.memory.selection import What

    if not (ids or texts or said or entity or since or until):
        raise click.UsageError(
            "say what to forget: --id N, --text TEXT, --statement STATEMENT, --entity NAME, or "
            "--since TIME and --until TIME"
        )
    given = {"--id": ids, "--text": texts, "--statement": said, "--entity": entity}
    kinds = [name for name, value in given.items() if value]
    kinds += ["--since and --until"] if since or until else []
    if len(kinds) > 1:
        raise click.UsageError(
            f"{kinds[0]} and {kinds[1]} do not go together: whether less is meant then, or more, "
            "cannot be told; run it for each, or name the items: --id 3 --id 7"
        )
    wanted = [atom for text in said for atom in statements.meant(text, _EXAMPLES)]
    start = None if since is None else instant(since)
    end = None if until is None else instant(until, end=True)
    with open_atomspace() as kb:
        what = What(ids, texts, wanted, entity, start, end)
        found = erasure.preview(kb.database, what)
        if not found:
            fail("there is nothing like that; look with mettaclaw memory query, or atoms match")
        if not yes and not as_json:
            _show(found)
        if not yes and not _asked(as_json):
            if as_json:
                say_json(_json(found, erased=False, left=False))
            fail("nothing was erased; add --yes to erase this for good")
        done = erasure.erase(kb.database, what, store=kb.store)
        left = erasure.is_left(kb.database)
    if as_json:
        say_json(_json(done, erased=True, left=left))
    else:
        if yes:
            _show(done)
        say(f"erased: {_counts(done)}")
    if left:
        note(_LEFT)


def _asked(as_json: bool) -> bool:
    if as_json or not in_terminal() or not sys.stdin.isatty():
        return False
    return click.confirm("Erase this for good?", default=False)


def _show(found: Erased) -> None:
    for line in _lines(found):
        say(line)


def _lines(found: Erased) -> Iterator[str]:
    parts = (
        *(("statement", text) for text in found.statements),
        *(("derived", text) for text in found.derived),
        *((f"item {item.id}", item.text) for item in found.items),
        *(("source", name) for name in found.sources),
    )
    for kind, text in parts[:_SHOWN]:
        yield f"{kind}: {one_line(text, 100)}"
    if len(parts) > _SHOWN:
        yield f"… and {len(parts) - _SHOWN:,} more"
    for line in found.log:
        yield f"in the log: {one_line(line, 100)}"
    if found.lines > len(found.log):
        yield f"… and {_number(found.lines - len(found.log), 'more line')} of the log"
    yield f"in all: {_counts(found)}"
    if found.staying:
        ids = ", ".join(map(str, found.staying[:_SHOWN]))
        yield f"these items tell the same, and stay: {ids}"
    if found.retold:
        ids = ", ".join(map(str, found.retold[:_SHOWN]))
        yield f"these items were told at another time too, and stay: {ids}"
    for text in found.believed[:_SHOWN]:
        yield f"others say so too, and it stays: {one_line(text, 100)}"


def _counts(found: Erased) -> str:
    counts = (
        (len(found.items), "item"),
        (len(found.statements), "statement"),
        (len(found.derived), "derived statement"),
        (found.pieces, "piece of evidence"),
        (len(found.sources), "source"),
        (found.lines, "line of the log"),
        (len(found.retold), "item told at another time too"),
    )
    return ", ".join(_number(count, what) for count, what in counts if count)


def _number(count: int, what: str) -> str:
    return f"{count:,} {_many(what) if count != 1 else what}"


def _many(what: str) -> str:
    first, space, rest = what.partition(" of ")
    return f"{first}s{space}{rest}"


def _json(found: Erased, *, erased: bool, left: bool) -> dict[str, object]:
    return {
        "erased": erased,
        "items": [{"id": item.id, "text": item.text} for item in found.items],
        "statements": list(found.statements),
        "derived": list(found.derived),
        "pieces": found.pieces,
        "sources": list(found.sources),
        "lines": found.lines,
        "log": list(found.log),
        "staying": list(found.staying),
        "retold": list(found.retold),
        "believed": list(found.believed),
        "left": left,
    }
