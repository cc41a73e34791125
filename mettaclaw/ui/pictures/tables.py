"""Beliefs, bindings and other rows as tables for a terminal, or as one plain line each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.times import minute
from mettaclaw.atoms.view import Belief
from mettaclaw.ui.pictures.parts import truth_text
from mettaclaw.ui.text import clean, one_line

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text


def beliefs_table(beliefs: Iterable[Belief]) -> Table:
    """Statements with their truth values, and who said so last."""
    rows = ((str(b.statement), truth_text(b.truth), b.origin, minute(b.time)) for b in beliefs)
    return rows_table(("statement", "truth", "source", "time (UTC)"), rows)


def bindings_table(bindings: Sequence[Mapping[str, Atom]]) -> Table:
    """What the variables of a pattern stand for, one answer a row."""
    names = list(bindings[0]) if bindings else []
    return rows_table(names, ([str(bound[name]) for name in names] for bound in bindings))


def rows_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Texts in columns."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for header in headers:
        table.add_column(_plain(header), overflow="fold")
    for row in rows:
        table.add_row(*map(_plain, row))
    return table


def bullet(sign: str, text: str, style: str) -> Table:
    """A text after a sign; where it is too long for a line, it goes on under its beginning."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(style=style)
    grid.add_column(style=style, overflow="fold")
    grid.add_row(_plain(sign), _plain(text))
    return grid


def belief_line(belief: Belief) -> str:
    """A belief in one plain line: its statement, a tab, its truth value if it has one."""
    statement = one_line(str(belief.statement))
    return f"{statement}\t{belief.truth}" if belief.truth else statement


def bindings_line(bound: Mapping[str, Atom]) -> str:
    """Bindings in one plain line: ``$x = tom, $y = jerry``."""
    return ", ".join(f"{name} = {one_line(str(value))}" for name, value in bound.items())


def _plain(text: str) -> Text:
    from rich.text import Text

    return Text(clean(text))
