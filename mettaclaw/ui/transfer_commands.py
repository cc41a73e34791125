"""``mettaclaw atoms import`` and ``export``: statements in files of MeTTa text.

Not covered: what such a file may hold (``atoms.imports``).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mettaclaw.ui import lines
from mettaclaw.ui.program import Command, fail, open_atomspace, say, say_exactly
from mettaclaw.ui.text import clean, count

if TYPE_CHECKING:
    from mettaclaw.atomspace import Atomspace


@click.command("import", cls=Command)
@click.argument("file", metavar="FILE|-")
@click.option("--bare", is_flag=True, help="Take symbols that stand alone, as words of prose do.")
def import_(file: str, bare: bool) -> None:
    """Store all atoms of a MeTTa file; none if one is wrong."""
    with open_atomspace() as kb:
        if file == "-":
            with tempfile.TemporaryDirectory(prefix="mettaclaw-") as folder:
                total = kb.import_file(_kept_stdin(Path(folder)), bare=bare)
        else:
            total = _import_shown(kb, Path(file), bare)
    say(f"imported {count(total, 'atom')}")


@click.command(cls=Command)
@click.argument("file", metavar="FILE|-")
@click.option("--force", is_flag=True, help="Write over a file that exists.")
def export(file: str, force: bool) -> None:
    """Write all statements to a new FILE that import reads; - is stdout."""
    if file != "-":
        lines.new(file, "; name a new file, or write over it with --force", force)
    with open_atomspace() as kb:
        if file == "-":
            for line in kb.exported():
                say_exactly(line)
        else:
            say(f"exported {count(kb.export(file), 'atom')} to {clean(file)}")


# --- inside ---


def _import_shown(kb: Atomspace, file: Path, bare: bool) -> int:
    """Import with a progress bar, where stderr is a terminal."""
    if not sys.stderr.isatty() or not file.is_file():
        return kb.import_file(file, bare=bare)
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("import", total=_line_count(file))
        advance: Callable[[int], None] = lambda done: bar.update(task, completed=done)  # noqa: E731
        return kb.import_file(file, advance, bare=bare)


def _kept_stdin(folder: Path) -> Path:
    """A file with all of stdin, so that nobody else waits for the database while it arrives."""
    from mettaclaw.atoms.textfile import read_lines

    kept = folder / "stdin"
    try:
        with (
            open(0, "rb", closefd=False) as stream,
            kept.open("w", encoding="utf-8", newline="") as out,
        ):
            out.writelines(read_lines(stream, "stdin"))
    except OSError as error:
        fail(f"stdin cannot be read: {error.strerror}")
    return kept


def _line_count(file: Path) -> int:
    """Lines: about as many as atoms."""
    with file.open("rb") as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
