"""``mettaclaw atoms …`` and ``mettaclaw metta``: the atomspace of the home, with no agent.

On a terminal answers are tables and trees; elsewhere one answer a line, and ``--json`` one object
a line. A person who types here is the source ``user`` of what is added.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from mettaclaw.ui import lines
from mettaclaw.ui.program import (
    Command,
    Commands,
    complain,
    console,
    fail,
    in_terminal,
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

T = TypeVar("T")

json_option = click.option("--json", "as_json", is_flag=True, help="JSON, one object a line.")
limit_option = click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many."
)


@click.command(cls=Command)
@click.argument("program", nargs=-1, required=True, metavar="EXPR|FILE|-")
@json_option
def metta(program: tuple[str, ...], as_json: bool) -> None:
    """Evaluate MeTTa: an expression, a file, or - for stdin.

    &kb is the atomspace of the home. One expression without ! is evaluated too. Results come one
    a line; nothing is changed if there is an error.
    """
    text = "\n".join(_program(part) for part in program)
    with open_atomspace(evaluates=True) as kb:
        done = kb.evaluate(asked(text), source="user")
    if as_json:
        error = done.error
        fields = {
            "results": [[str(atom) for atom in group] for group in done.results],
            "error": None if error is None else {"kind": error.kind, "message": str(error)},
            "output": done.output,
            "notes": list(done.notes),
            "changes": len(done.changes),
            "ms": round(done.ms, 3),
        }
        say_json(fields)
    else:
        if done.output:
            say(clean(done.output).rstrip("\n"))
        for group in done.results:
            for atom in group:
                if done.error is None or not _is_error(atom):  # the error itself is on stderr
                    say(clean(str(atom)))
        for remark in done.notes:
            note(f"note: {clean(remark)}")
        if done.error is not None:
            complain(done.error)
    if done.error is not None:
        raise click.exceptions.Exit(1)


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
    with open_atomspace() as kb:
        if len(patterns) == 1:
            _show_beliefs(kb, patterns[0], limit, as_json)
        else:
            _show_bindings(kb, patterns, limit, as_json)


@atoms.command()
@click.argument("statement")
@click.option("--truth", nargs=2, type=float, metavar="F C", help="Frequency and confidence.")
@click.option("--source", default="user", show_default=True, help="Who says so.")
@json_option
def add(statement: str, truth: tuple[float, float] | None, source: str, as_json: bool) -> None:
    """Store STATEMENT, and show what is believed then.

    With a truth value it revises what was believed before.
    """
    with open_atomspace() as kb:
        _say_belief(kb.add(statement, truth, source=source), as_json)


@atoms.command()
@click.argument("statement")
def remove(statement: str) -> None:
    """Take STATEMENT out, with all its evidence."""
    with open_atomspace() as kb:
        if not kb.remove(statement):
            fail(f"{statement} is not stored; look with: mettaclaw atoms match '$x'")
    say(f"removed {clean(statement)}")


@atoms.command()
@click.argument("statement")
@click.option("--svg", metavar="FILE", help="Draw it into a new SVG file; - is stdout.")
@click.option("--mermaid", metavar="FILE", help="Draw it into a new Mermaid file; - is stdout.")
@click.option("--force", is_flag=True, help="Write over files that exist.")
@json_option
def why(statement: str, svg: str | None, mermaid: str | None, force: bool, as_json: bool) -> None:
    """Prove STATEMENT, down to who said what when."""
    from mettaclaw.ui import pictures
    from mettaclaw.ui.pictures import files

    wanted = files.targets(svg, mermaid, force)
    if as_json and any(target.file is None for target in wanted):
        raise click.UsageError("--json and a picture cannot both go to stdout")
    with open_atomspace() as kb:
        proof = kb.why(statement)
    if proof is None:
        fail(f"nothing that is stored speaks for or against {statement}")
    parts = pictures.proof_parts(proof)
    tell = note if as_json or any(target.file is None for target in wanted) else say
    for line in files.draw(parts, wanted, say_exactly) if wanted else ():
        tell(clean(line))
    if as_json:
        say_json(pictures.proof_json(proof))
    elif not wanted and in_terminal():
        console().print(pictures.tree(parts))
    elif not wanted:
        for line in pictures.lines(parts):
            say(line)


@atoms.command("import")
@click.argument("file", metavar="FILE|-")
def import_(file: str) -> None:
    """Store all atoms of a MeTTa file; none if one is wrong."""
    with open_atomspace() as kb:
        if file == "-":
            with tempfile.TemporaryDirectory(prefix="mettaclaw-") as folder:
                total = kb.import_file(_kept_stdin(Path(folder)))
        else:
            total = _import_shown(kb, Path(file))
    say(f"imported {count(total, 'atom')}")


@atoms.command()
@click.argument("file", metavar="FILE|-")
def export(file: str) -> None:
    """Write all statements, as import reads them back."""
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


def _program(part: str) -> str:
    """The text that an argument stands for: stdin, a file, or itself."""
    if part == "-":
        return lines.whole("-")
    if "\n" not in part and len(part) < 4096 and os.path.isfile(part.replace("\0", "")):
        return lines.whole(part)
    if part.endswith(".metta") and "(" not in part:
        fail(f"there is no file {part}")
    return part


def asked(text: str) -> str:
    """The program, where one lone expression that defines nothing is evaluated."""
    from mettaclaw.atoms.syntax import Expression, Symbol, read_program

    forms = read_program(text)
    if len(forms) != 1 or forms[0].evaluate:
        return text
    match forms[0].atom:
        case Expression((Symbol("=" | ":"), *_)):
            return text
        case _:
            return f"!{text[forms[0].offset :]}"


def _is_error(atom: Atom) -> bool:
    from mettaclaw.atoms.syntax import Expression, Symbol

    match atom:
        case Expression((Symbol("Error"), *_)):
            return True
        case _:
            return False


def _show_beliefs(kb: Atomspace, pattern: str, limit: int, as_json: bool) -> None:
    from mettaclaw.atoms.syntax import read, variables
    from mettaclaw.atoms.unify import rename, substitute, unify
    from mettaclaw.ui import pictures

    wanted = read(pattern)
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
    _remark(len(beliefs), more)


def _show_bindings(kb: Atomspace, patterns: tuple[str, ...], limit: int, as_json: bool) -> None:
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
    _remark(len(found), more)


def _cut(found: Iterator[T], limit: int) -> tuple[list[T], bool]:
    first = list(islice(found, limit + 1))
    return first[:limit], len(first) > limit


def _remark(shown: int, more: bool) -> None:
    if not shown:
        note("nothing matches")
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


def _import_shown(kb: Atomspace, file: Path) -> int:
    """Import with a progress bar, where stderr is a terminal."""
    if not sys.stderr.isatty() or not file.is_file():
        return kb.import_file(file)
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
        return kb.import_file(file, advance)


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
