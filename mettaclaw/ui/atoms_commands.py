"""``mettaclaw atoms …``: the atomspace of the home, with no agent.

On a terminal answers are tables and trees; elsewhere one answer a line, and ``--json`` one object
a line. A person who types here is the source ``user`` of what is added. Not covered: what follows
(``inference_commands``), proofs (``proof_commands``), the past (``past_commands``), files
(``transfer_commands``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mettaclaw.ui import (
    inference_commands,
    moments,
    past_commands,
    proof_commands,
    statements,
    transfer_commands,
)
from mettaclaw.ui.arguments import degrees, with_confidence
from mettaclaw.ui.listing import cut, limit_option, note_cut
from mettaclaw.ui.moments import as_of_option, knowledge
from mettaclaw.ui.program import (
    Command,
    Commands,
    console,
    fail,
    in_terminal,
    json_option,
    note,
    open_atomspace,
    say,
    say_json,
)
from mettaclaw.ui.text import clean, size

if TYPE_CHECKING:
    from mettaclaw.atoms.syntax import Atom
    from mettaclaw.knowledge import Knowledge


@click.group(cls=Commands)
def atoms() -> None:
    """Look at and change the atomspace."""


@atoms.command()
@click.argument("patterns", nargs=-1, required=True, metavar="PATTERN...")
@as_of_option
@limit_option
@json_option
def match(patterns: tuple[str, ...], as_of: str | None, limit: int, as_json: bool) -> None:
    """Find statements: one PATTERN, or several that share variables.

    Such as '(--> $x cat)', or '(--> $x cat)' '(--> $x ([] lazy))'.
    """
    wanted = tuple(map(statements.atom, patterns))
    with knowledge(as_of) as known:
        if len(wanted) == 1:
            _show_beliefs(known, wanted[0], limit, as_json)
        else:
            _show_bindings(known, wanted, limit, as_json)


class _Add(Command):
    """A command with ``--truth F [C]``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, with_confidence(args))


@atoms.command(cls=_Add)
@click.argument("statement")
@click.option(
    "--truth",
    nargs=2,
    callback=degrees,
    metavar="F [C]",
    help="Frequency and confidence, each from 0 to 1.",
)
@click.option("--source", metavar="NAME", help="Who says so.  [default: user]")
@click.option(
    "--time",
    "when",
    metavar="TIME",
    help="When it was said: yesterday, 2h (ago), an ISO time (UTC); else now.",
)
@json_option
def add(
    statement: str,
    truth: tuple[float, float | None] | None,
    source: str | None,
    when: str | None,
    as_json: bool,
) -> None:
    """Store STATEMENT, and show what is believed then.

    Such as '(--> garfield cat)' --truth 1 0.9. With a truth value it revises what was believed
    before. Without C, its confidence is the quality of the source, as [quality] and [sources] of
    config.toml say. --source NAME without --truth says that it is so: F is 1.
    """
    from mettaclaw.ui import pictures, values

    said = statements.fact(statement)
    time = None if when is None else moments.told(when)
    f, c = truth or (None if source is None or statements.is_program(said) else 1.0, None)
    source = "user" if source is None else source
    with open_atomspace() as kb:
        value = f if f is None or c is None else (f, c)
        belief = kb.add(said, value, source=source, time=time)
        if f is not None and c is None:
            kind, quality = kb.quality.kind(source), kb.quality.of(source)
            note(f"said with f {f:g}, c {quality:g}: {clean(source)} is a {clean(kind)} source")
    if time is not None:
        note(f"said on {moments.shown(time)}")
    if as_json:
        say_json(values.belief_json(belief))
    else:
        say(pictures.belief_line(belief))
    for one in belief.contradictions:
        note(clean(values.contradiction_line(one)))
    if belief.contradictions:
        note("both sides: mettaclaw atoms contradictions")


@atoms.command()
@click.argument("statement")
def remove(statement: str) -> None:
    """Take STATEMENT out, with all its evidence."""
    wanted = statements.atom(statement, "Forget that {}")
    with open_atomspace() as kb:
        if not kb.remove(wanted):
            fail(f"{statement} is not stored; look with: mettaclaw atoms match '$x'")
    say(f"removed {clean(statement)}")


atoms.add_command(proof_commands.why)
atoms.add_command(proof_commands.why_not)


atoms.add_command(inference_commands.infer)
atoms.add_command(inference_commands.derive)

for _command in (
    past_commands.contradictions,
    past_commands.history,
    past_commands.diff,
    past_commands.undo,
    past_commands.retract,
    past_commands.retire,
    transfer_commands.import_,
    transfer_commands.export,
):
    atoms.add_command(_command)


@atoms.command()
@json_option
def stats(as_json: bool) -> None:
    """Count what is stored."""
    with open_atomspace() as kb:
        found = kb.stats()
        path = kb.database.path
    if as_json:
        say_json({**found, "database": str(path)})
        return
    for name, value in found.items():
        say(f"{name:<14}{size(value) if name == 'bytes' else format(value, ',')}")
    say(f"{'database':<14}{clean(str(path))}")


# --- inside ---


def _show_beliefs(known: Knowledge, wanted: Atom, limit: int, as_json: bool) -> None:
    from mettaclaw.atoms.syntax import variables
    from mettaclaw.atoms.unify import rename, substitute, unify
    from mettaclaw.ui import pictures, values

    beliefs, more = cut(known.view.find(wanted), limit)
    if as_json:
        names = variables(wanted)
        for belief in beliefs:
            bound = unify(wanted, rename(belief.statement, "s")) or {}
            bindings = {str(name): str(substitute(name, bound)) for name in names}
            say_json({"bindings": bindings, **values.belief_json(belief)})
    elif in_terminal() and beliefs:
        console().print(pictures.beliefs_table(beliefs))
    else:
        for belief in beliefs:
            say(pictures.belief_line(belief))
    _remark(limit, len(beliefs), more, (wanted,))


def _show_bindings(known: Knowledge, patterns: tuple[Atom, ...], limit: int, as_json: bool) -> None:
    from mettaclaw.ui import pictures

    found, more = cut(known.match(*patterns, limit=limit + 1), limit)
    if as_json:
        for bound in found:
            bindings = {name: str(atom) for name, atom in bound.items()}
            say_json({"bindings": bindings})
    elif in_terminal() and found:
        console().print(pictures.bindings_table(found))
    else:
        for bound in found:
            say(pictures.bindings_line(bound))
    _remark(limit, len(found), more, patterns)


def _remark(limit: int, shown: int, more: bool, patterns: tuple[Atom, ...]) -> None:
    note_cut(limit, more)
    if not shown:
        instead = statements.hint(
            patterns, "mettaclaw atoms match '{}'", "mettaclaw memory query '{}'"
        )
        note(f"nothing matches; {clean(instead)}" if instead else "nothing matches")
