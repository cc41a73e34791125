"""``mettaclaw atoms …``: the atomspace of the home, with no agent.

On a terminal answers are tables and trees; elsewhere one answer a line, and ``--json`` one object
a line. A person who types here is the source ``user`` of what is added.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from mettaclaw.ui import lines, statements
from mettaclaw.ui.arguments import Degree, Whole
from mettaclaw.ui.program import (
    Commands,
    complain,
    console,
    fail,
    in_terminal,
    json_option,
    note,
    open_atomspace,
    say,
    say_exactly,
    say_json,
)
from mettaclaw.ui.text import clean, count, size

if TYPE_CHECKING:
    from mettaclaw.atoms.syntax import Atom
    from mettaclaw.atoms.view import Belief
    from mettaclaw.atomspace import Atomspace
    from mettaclaw.reasoning import Proof

T = TypeVar("T")

limit_option = click.option(
    "--limit", type=Whole(1), metavar="N", default=100, show_default=True, help="At most so many."
)
_WHY_EXAMPLES = "mettaclaw atoms why '(--> garfield animal)' or 'Garfield is an animal'"


@click.group(cls=Commands)
def atoms() -> None:
    """Look at and change the atomspace."""


@atoms.command()
@click.argument("patterns", nargs=-1, required=True, metavar="PATTERN...")
@limit_option
@json_option
def match(patterns: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find statements: one PATTERN, or several that share variables.

    Such as '(--> $x cat)', or '(--> $x cat)' '(--> $x ([] lazy))'.
    """
    wanted = tuple(map(statements.atom, patterns))
    with open_atomspace() as kb:
        if len(wanted) == 1:
            _show_beliefs(kb, wanted[0], limit, as_json)
        else:
            _show_bindings(kb, wanted, limit, as_json)


@atoms.command()
@click.argument("statement")
@click.option(
    "--truth", nargs=2, type=Degree(), metavar="F C", help="Frequency and confidence, 0 to 1."
)
@click.option("--source", metavar="NAME", default="user", show_default=True, help="Who says so.")
@json_option
def add(statement: str, truth: tuple[float, float] | None, source: str, as_json: bool) -> None:
    """Store STATEMENT, and show what is believed then.

    Such as '(--> garfield cat)' --truth 1 0.9. With a truth value it revises what was believed
    before.
    """
    said = statements.fact(statement)
    with open_atomspace() as kb:
        _say_belief(kb.add(said, truth, source=source), as_json)


@atoms.command()
@click.argument("statement")
def remove(statement: str) -> None:
    """Take STATEMENT out, with all its evidence."""
    wanted = statements.atom(statement, "Forget that {}")
    with open_atomspace() as kb:
        if not kb.remove(wanted):
            fail(f"{statement} is not stored; look with: mettaclaw atoms match '$x'")
    say(f"removed {clean(statement)}")


@atoms.command()
@click.argument("statement")
@click.option("--svg", metavar="FILE", help="Draw it into a new SVG file; - is stdout.")
@click.option("--mermaid", metavar="FILE", help="Draw it into a new Mermaid file; - is stdout.")
@click.option("--force", is_flag=True, help="Write over files that exist.")
@json_option
def why(statement: str, svg: str | None, mermaid: str | None, force: bool, as_json: bool) -> None:
    """Prove STATEMENT, down to who said what when.

    Such as '(--> garfield animal)', or in English: 'Garfield is an animal'.
    """
    from mettaclaw.ui import pictures
    from mettaclaw.ui.pictures import files

    targets = files.targets(svg, mermaid, force)
    onto_stdout = any(target.file is None for target in targets)
    if as_json and onto_stdout:
        raise click.UsageError("--json and a picture cannot both go to stdout")
    wanted = statements.meant(statement, _WHY_EXAMPLES)
    with open_atomspace() as kb:
        proofs = [(each, kb.why(each)) for each in wanted]
    found = [proof for _, proof in proofs if proof is not None]
    for each, proof in proofs:
        if proof is None:
            complain(statements.unproven(each, _WHY_EXAMPLES))
    if targets and found:
        tell = note if as_json or onto_stdout else say
        for line in files.draw(pictures.proof_parts(*found), targets, say_exactly):
            tell(clean(line))
    for proof in found:
        if as_json:
            say_json(pictures.proof_json(proof))
        elif not targets:
            _print_proof(proof)
    if len(found) < len(proofs):
        raise click.exceptions.Exit(1)


def _print_proof(proof: Proof) -> None:
    from mettaclaw.ui import pictures

    parts = pictures.proof_parts(proof)
    if in_terminal():
        console().print(pictures.tree(parts))
    else:
        for line in pictures.lines(parts):
            say(line)


@atoms.command("import")
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


@atoms.command()
@click.argument("file", metavar="FILE|-")
@click.option("--force", is_flag=True, help="Write over a file that exists.")
def export(file: str, force: bool) -> None:
    """Write all statements to a new FILE, as import reads them back; - is stdout."""
    if file != "-":
        lines.new(file, "; name a new file, or write over it with --force", force)
    with open_atomspace() as kb:
        if file == "-":
            for line in kb.exported():
                say_exactly(line)
        else:
            say(f"exported {count(kb.export(file), 'atom')} to {clean(file)}")


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


def _show_beliefs(kb: Atomspace, wanted: Atom, limit: int, as_json: bool) -> None:
    from mettaclaw.atoms.syntax import variables
    from mettaclaw.atoms.unify import rename, substitute, unify
    from mettaclaw.ui import pictures

    found = islice(kb.store.find(wanted), limit + 1)
    beliefs, more = _cut(found, limit)
    if as_json:
        names = variables(wanted)
        for belief in beliefs:
            bound = unify(wanted, rename(belief.statement, "s")) or {}
            bindings = {str(name): str(substitute(name, bound)) for name in names}
            say_json({"bindings": bindings, **_belief_json(belief)})
    elif in_terminal() and beliefs:
        console().print(pictures.beliefs_table(beliefs))
    else:
        for belief in beliefs:
            say(pictures.belief_line(belief))
    _remark(len(beliefs), more, (wanted,))


def _show_bindings(kb: Atomspace, patterns: tuple[Atom, ...], limit: int, as_json: bool) -> None:
    from mettaclaw.ui import pictures

    found, more = _cut(iter(kb.match(*patterns, limit=limit + 1)), limit)
    if as_json:
        for bound in found:
            bindings = {name: str(atom) for name, atom in bound.items()}
            say_json({"bindings": bindings})
    elif in_terminal() and found:
        console().print(pictures.bindings_table(found))
    else:
        for bound in found:
            say(pictures.bindings_line(bound))
    _remark(len(found), more, patterns)


def _cut(found: Iterator[T], limit: int) -> tuple[list[T], bool]:
    first = list(islice(found, limit + 1))
    return first[:limit], len(first) > limit


def _remark(shown: int, more: bool, patterns: tuple[Atom, ...]) -> None:
    if not shown:
        instead = statements.hint(
            patterns, "mettaclaw atoms match '{}'", "mettaclaw memory query '{}'"
        )
        note(f"nothing matches; {clean(instead)}" if instead else "nothing matches")
    elif more:
        note(f"the first {shown:,}; there are more: --limit N")


def _say_belief(belief: Belief, as_json: bool) -> None:
    from mettaclaw.ui import pictures

    if as_json:
        say_json(_belief_json(belief))
    else:
        say(pictures.belief_line(belief))


def _belief_json(belief: Belief) -> dict[str, object]:
    truth = belief.truth
    return {
        "statement": str(belief.statement),
        "truth": None if truth is None else [truth.f, truth.c],
        "source": belief.origin,
        "evidence": list(belief.stamp),
    }


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
