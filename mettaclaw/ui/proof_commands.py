"""``mettaclaw atoms why`` and ``why-not``: what speaks for a statement, and what did not count.

Both show trees of text, objects, or pictures in files. Invariant: whether the pictures can be
written is known before anything is asked. Not covered: what a picture shows (``pictures``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from mettaclaw.ui import searches, statements
from mettaclaw.ui.moments import as_of_option, knowledge
from mettaclaw.ui.program import (
    Command,
    complain,
    console,
    in_terminal,
    json_option,
    note,
    say,
    say_exactly,
    say_json,
)
from mettaclaw.ui.text import clean

if TYPE_CHECKING:
    from mettaclaw.ui.pictures import Parts
    from mettaclaw.ui.pictures.files import Target

_WHY_EXAMPLES = "mettaclaw atoms why '(--> garfield animal)' or 'Garfield is an animal'"
_WHY_NOT_EXAMPLES = "mettaclaw atoms why-not '(--> garfield dog)' or 'Garfield is a dog'"

F = TypeVar("F", bound=Callable[..., None])


def _picture_options(function: F) -> F:
    """``--svg``, ``--mermaid``, ``--force`` and ``--json``."""
    for option in (
        json_option,
        click.option("--force", is_flag=True, help="Write over files that exist."),
        click.option(
            "--mermaid", metavar="FILE", help="Draw it into a new Mermaid file; - is stdout."
        ),
        click.option("--svg", metavar="FILE", help="Draw it into a new SVG file; - is stdout."),
    ):
        function = option(function)
    return function


@click.command(cls=Command)
@click.argument("statement")
@searches.logic_option
@as_of_option
@_picture_options
def why(
    statement: str,
    logic: str | None,
    as_of: str | None,
    svg: str | None,
    mermaid: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Prove STATEMENT, down to who said what when.

    Such as '(--> garfield animal)', or in English: 'Garfield is an animal'.
    """
    from mettaclaw.ui import pictures

    targets = _targets(svg, mermaid, force, as_json)
    wanted = statements.meant(statement, _WHY_EXAMPLES)
    with knowledge(as_of) as known:
        proofs = [(each, known.why(each, logic)) for each in wanted]
    found = [proof for _, proof in proofs if proof is not None]
    for each, proof in proofs:
        if proof is None:
            complain(statements.unproven(each, _WHY_EXAMPLES, then=as_of is not None))
    if targets and found:
        _draw(pictures.proof_parts(*found), targets, as_json)
    for proof in found:
        if as_json:
            say_json(pictures.proof_json(proof))
        elif not targets:
            _print(pictures.proof_parts(proof))
    if len(found) < len(proofs):
        raise click.exceptions.Exit(1)


@click.command("why-not", cls=Command)
@click.argument("statement")
@searches.logic_option
@as_of_option
@_picture_options
def why_not(
    statement: str,
    logic: str | None,
    as_of: str | None,
    svg: str | None,
    mermaid: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Show what was considered about STATEMENT and did not count, and the reasons.

    Such as '(--> garfield dog)', or in English: 'Garfield is a dog'. First comes what holds
    instead, or what would have to be known. Evidence that was taken back is told too.
    """
    from mettaclaw.ui import pictures

    targets = _targets(svg, mermaid, force, as_json)
    wanted = statements.meant(statement, _WHY_NOT_EXAMPLES)
    with knowledge(as_of) as known:
        asked = [known.why_not(each, logic) for each in wanted]
    found = [one for one in asked if statements.is_told(one)]
    for one in asked:
        if one not in found:
            then = as_of is not None
            complain(statements.unproven(one.statement, _WHY_NOT_EXAMPLES, then=then))
    if targets and found:
        _draw(pictures.why_not_parts(*found), targets, as_json)
    for one in found:
        if as_json:
            say_json(pictures.why_not_json(one))
        elif not targets:
            _print(pictures.why_not_parts(one))
        if not one.rejected:
            note(clean(statements.unrejected(one.statement)))
    if len(found) < len(asked):
        raise click.exceptions.Exit(1)


# --- inside ---


def _targets(svg: str | None, mermaid: str | None, force: bool, as_json: bool) -> list[Target]:
    from mettaclaw.ui.pictures import files

    targets = files.targets(svg, mermaid, force)
    if as_json and _onto_stdout(targets):
        raise click.UsageError("--json and a picture cannot both go to stdout")
    return targets


def _onto_stdout(targets: list[Target]) -> bool:
    return any(target.file is None for target in targets)


def _draw(parts: Parts, targets: list[Target], as_json: bool) -> None:
    from mettaclaw.ui.pictures import files

    tell = note if as_json or _onto_stdout(targets) else say
    for line in files.draw(parts, targets, say_exactly):
        tell(clean(line))


def _print(parts: Parts) -> None:
    from mettaclaw.ui import pictures

    if in_terminal():
        console().print(pictures.tree(parts))
    else:
        for line in pictures.lines(parts):
            say(line)
