"""``mettaclaw metta``: evaluate MeTTa over the atomspace of the home, with no agent.

A person who types here is the source ``user`` of what is believed. Not covered: what an evaluation
may do (``mettaclaw.evaluator``).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from mettaclaw.ui import lines, statements
from mettaclaw.ui.program import (
    Command,
    complain,
    fail,
    json_option,
    note,
    open_atomspace,
    say,
    say_json,
)
from mettaclaw.ui.text import clean

if TYPE_CHECKING:
    from mettaclaw.atoms.syntax import Atom


@click.command(cls=Command)
@click.argument("program", nargs=-1, required=True, metavar="EXPR|FILE|-")
@json_option
def metta(program: tuple[str, ...], as_json: bool) -> None:
    """Evaluate MeTTa: an expression, a file, or - for stdin.

    &kb is the atomspace of the home. One expression without ! is evaluated too. Results come one
    a line; nothing is changed if there is an error.
    """
    text = "\n".join(_program(part) for part in program)
    with open_atomspace() as kb:
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


# --- inside ---


def _program(part: str) -> str:
    """The text that an argument stands for: stdin, a file, or itself."""
    if part == "-":
        return lines.whole("-")
    if "\n" not in part and len(part) < 4096 and os.path.isfile(part.replace("\0", "")):
        return lines.whole(part)
    if part.endswith(".metta") and "(" not in part:
        fail(f"there is no file {part}")
    return statements.program(part)


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
