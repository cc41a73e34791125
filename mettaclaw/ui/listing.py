"""Answers on stdout, at most so many: a table in a terminal, lines with tabs elsewhere, or JSON.

Not covered: what the cells of a value are (``values``); trees (``pictures``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TypeVar

import click

from mettaclaw.ui.arguments import Whole
from mettaclaw.ui.program import console, in_terminal, note, say, say_json
from mettaclaw.ui.text import one_line

T = TypeVar("T")

limit_option = click.option(
    "--limit", type=Whole(1), metavar="N", default=100, show_default=True, help="At most so many."
)


def show_rows(
    found: Sequence[T],
    headers: Sequence[str],
    row: Callable[[T, bool], Sequence[str]],
    json: Callable[[T], object],
    as_json: bool,
) -> None:
    """Print values: as objects, as a table, or as lines with tabs where no terminal is.

    Args:
        found: The values.
        headers: Of the table.
        row: The cells of a value; True asks for truth values with all digits.
        json: The object of a value.
        as_json: Whether objects are wanted.
    """
    if as_json:
        for value in found:
            say_json(json(value))
    elif in_terminal() and found:
        from mettaclaw.ui import pictures

        console().print(pictures.rows_table(headers, (row(value, False) for value in found)))
    else:
        for value in found:
            say("\t".join(one_line(cell) for cell in row(value, True)))


def cut(found: Iterable[T], limit: int) -> tuple[list[T], bool]:
    """The first so many, and whether there are more."""
    first = list(islice(found, limit + 1))
    return first[:limit], len(first) > limit


def note_cut(limit: int, more: bool) -> None:
    """That there are more, if there are."""
    if more:
        note(f"the first {limit:,}; there are more: --limit N")
