"""``mettaclaw memory import`` and ``export``: items from files, and into one.

Not covered: what the files hold (``mettaclaw.memory.transfer``).
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mettaclaw.errors import MettaClawError, UsageError
from mettaclaw.ui import item_views, lines
from mettaclaw.ui.program import (
    Command,
    in_terminal,
    note,
    open_atomspace,
    open_home,
    say,
    say_exactly,
)
from mettaclaw.ui.text import clean, count, one_line

if TYPE_CHECKING:
    from mettaclaw.memory import Embedder, Memory
    from mettaclaw.memory.transfer import Form

FORMS = ("notes", "chat", "locomo", "jsonl")
_PATIENCE_S = 300.0  # a person who waits sees that, and may press Ctrl-C


@click.command("import", cls=Command)
@click.argument("path", metavar="PATH|-")
@click.option("--as", "form", type=click.Choice(FORMS), help="What it is; found out if not given.")
@click.option("--scope", metavar="NAME", help="The part of memory to put it into.")
@click.option("--replace", is_flag=True, help="Remove passages that are gone from their notes.")
@click.option("--again", is_flag=True, help="Read files once more that were read before.")
@click.option("--no-vectors", is_flag=True, help="Take no vectors from a file, and make none now.")
def import_(
    path: str, form: Form | None, scope: str | None, replace: bool, again: bool, no_vectors: bool
) -> None:
    """Read notes, chat logs or an export into memory.

    PATH is a file, or a folder with all that is in it: notes (.md, .markdown, .txt), chat logs
    (messages as OpenAI's interface has them, ChatGPT's conversations.json), LoCoMo's
    conversations, or an export of items (JSON Lines). - is JSON Lines from stdin.

    The same import may be run again at any time: it goes on where it was, takes in what is new or
    has changed, and counts nothing twice.
    """
    from mettaclaw.memory.transfer import Report, load

    report = Report(form or "jsonl")
    with opened() as kept, _file(path) as file:
        try:
            with _bar("reading") as told:
                load(
                    kept,
                    file,
                    form or ("jsonl" if path == "-" else None),
                    scope,
                    replace=replace,
                    again=again,
                    vectors=not no_vectors,
                    told=lambda done, of, _: told(done, of),
                    report=report,
                )
        except (MettaClawError, OSError, KeyboardInterrupt):
            if report.kept:
                verb, rest = ("is", "it") if report.kept == 1 else ("are", "them")
                safe = f"{count(report.kept, 'item')} {verb} safe"
                note(f"{safe}; the same command goes on after {rest}")
            raise
        first, *more = item_views.report_lines(report)
        say(first)
        for line in more:
            note(line)
        if not no_vectors and report.new:
            embed(kept)


@click.command(cls=Command)
@click.argument("file", metavar="FILE|-")
@click.option("--scope", metavar="NAME", help="Only this part of memory.")
@click.option("--vectors", is_flag=True, help="With the vectors, so that none is made anew.")
@click.option("--no-atoms", is_flag=True, help="Without the atoms of items that have words.")
@click.option("--force", is_flag=True, help="Write over a file that exists.")
def export(file: str, scope: str | None, vectors: bool, no_atoms: bool, force: bool) -> None:
    """Write items to a new FILE that import reads (JSON Lines); - is stdout."""
    from mettaclaw.memory.transfer import dump
    from mettaclaw.memory.transfer import lines as exported

    if file != "-":
        lines.new(file, "; name a new file, or write over it with --force", force)
    with opened() as kept:
        if file == "-":
            for line in exported(kept, scope, atoms=not no_atoms, vectors=vectors):
                say_exactly(line)
        else:
            total = dump(kept, file, scope, atoms=not no_atoms, vectors=vectors)
            say(f"exported {count(total, 'item')} to {clean(file)}")


def embed(kept: Memory) -> int:
    """Give vectors to the items that have none, and build the index, with bars; how many are left
    without a vector.
    """
    embeddings = kept.embeddings
    if not embeddings.embedder.wanted:
        return 0
    total = embeddings.left()
    if lacking := kept.lacking():
        note(f"note: items are found by words only: {one_line(lacking)}")
        return total
    try:
        with _bar("embedding") as told:
            left = embeddings.catch_up(told=lambda left: told(total - left, total)) if total else 0
        with _bar("indexing") as told:
            embeddings.prepare(lambda done: told(int(1_000 * done), 1_000))
    except KeyboardInterrupt:
        note("the items are kept; `mettaclaw memory reindex` goes on with their vectors")
        raise
    return left


COMMANDS = (import_, export)


def unknown_scope(kept: Memory, scope: str | None) -> str | None:
    """What to say where nothing was found because there is no such part of memory."""
    from mettaclaw.memory import scopes

    if not scope or scopes.has(kept.database, scope) or not kept.count():
        return None
    near = [f"`{one_line(name)}`" for name in scopes.near(kept.database, scope)]
    ask = f"did you mean {' or '.join(near)}?" if near else "`mettaclaw memory scopes` names them"
    return f"there is no scope `{one_line(scope, 60)}`; {ask}"


# --- inside --------------------------------------------------------------------------------------


@contextlib.contextmanager
def opened(embedder: Embedder | None = None) -> Generator[Memory, None, None]:
    """The memory of the home, with its settings, and no agent; with another embedder, if given."""
    from mettaclaw.memory import Memory

    home = open_home()
    with open_atomspace() as kb:
        kept = Memory.of(home, kb, embedder)
        kept.embeddings.patience_s = _PATIENCE_S
        try:
            yield kept
        finally:
            kept.close()


@contextlib.contextmanager
def _file(name: str) -> Generator[Path, None, None]:
    """The file that is meant; for ``-`` one with all of stdin."""
    if name != "-":
        yield Path(name)
        return
    if in_terminal(sys.stdin):
        raise UsageError("stdin is a terminal; name a file, or pipe one into this command")
    with tempfile.TemporaryDirectory(prefix="mettaclaw-") as folder:
        kept = Path(folder, "stdin")
        try:
            with open(0, "rb", closefd=False) as stream, kept.open("wb") as out:
                shutil.copyfileobj(stream, out)
        except OSError as error:
            raise UsageError(f"stdin cannot be read: {error.strerror}") from error
        yield kept


@contextlib.contextmanager
def _bar(what: str) -> Generator[Callable[[int, int], object], None, None]:
    """A progress bar on stderr, where that is a terminal; what is called moves it."""
    if not in_terminal(sys.stderr):
        yield lambda _done, _of: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn(what), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
