"""Atoms in a file of MeTTa text: read as a stream, written so that reading gives the same back.

A plain atom stands for itself, stored without a truth value. A belief is written
``!(believe STATEMENT (stv f c))``, or by hand ``(STATEMENT (stv f c))`` where the statement is an
expression. A plain atom that looks like one of these is written ``!(add-atom &kb ATOM)``. Nothing
in the file is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mettaclaw.atoms.syntax import (
    MAX_CHARS,
    Atom,
    Expression,
    Form,
    Symbol,
    program_text,
    read_program,
)
from mettaclaw.atoms.truth import Truth, from_atom
from mettaclaw.errors import LimitError, MettaClawError, MettaSyntaxError, UsageError

Entry = tuple[Atom, Truth | None]


def entries(lines: Iterable[str], name: str) -> Iterator[Entry]:
    """The atoms of a file's lines, each with its truth value or None; one atom in memory at a time.

    Args:
        lines: Lines with their ends, as a text file gives them.
        name: The file's name, for errors.

    Raises:
        UsageError: Text that is not MeTTa, or a `!` form that is no fact; with the line.
    """
    pending, first = "", 1
    for number, line in enumerate(lines, start=1):
        if not pending:
            first = number
        pending += line
        if pending.count("(") > pending.count(")") and len(pending) <= MAX_CHARS:
            continue  # surely not complete; where brackets stand in strings, reading decides
        forms = _complete(pending, name, first)
        if forms is not None:
            for form in forms:
                yield _entry(form, name, first)
            pending = ""
    for form in _complete(pending, name, first, last=True) or ():
        yield _entry(form, name, first)


def entry_text(atom: Atom, truth: Truth | None) -> str:
    """The line that ``entries`` reads back as this atom and truth value."""
    if truth is not None:
        return f"!(believe {atom} {truth})"
    if _pair(atom) is not None:
        return f"!(add-atom &kb {atom})"
    return program_text(atom)


def _complete(text: str, name: str, line: int, last: bool = False) -> list[Form] | None:
    try:
        return read_program(text)
    except MettaSyntaxError as error:
        open_ended = "not closed" in error.message or "closing" in error.message
        if open_ended and not last and len(text) <= MAX_CHARS:
            return None
        raise UsageError(f"{name}, line {line + error.line - 1}: {error.message}") from error
    except LimitError as error:
        raise UsageError(f"{name}, line {line}: {error}") from error


def _entry(form: Form, name: str, line: int) -> Entry:
    try:
        if not form.evaluate:
            return _pair(form.atom) or (form.atom, None)
        match form.atom:
            case Expression((Symbol("believe"), atom, value)):
                truth = from_atom(value)
                if truth is not None:
                    return atom, truth
            case Expression((Symbol("add-atom"), Symbol("&kb" | "&persistent"), atom)):
                return atom, None
            case _:
                pass
    except MettaClawError as error:
        raise UsageError(f"{name}, line {line}: {error}") from error
    raise UsageError(
        f"{name}, line {line}: `!{str(form.atom)[:60]}` is no fact; an import takes atoms, "
        "(STATEMENT (stv f c)) and !(believe STATEMENT (stv f c)). To run a program, use "
        "`mettaclaw metta FILE`"
    )


def _pair(atom: Atom) -> Entry | None:
    match atom:
        case Expression((Expression() as statement, value)):
            truth = from_atom(value)
            return None if truth is None else (statement, truth)
        case _:
            return None
