"""Atoms in a file of MeTTa text: read as a stream, written so that reading gives the same back.

A plain atom stands for itself, stored without a truth value. A belief is written
``!(believe STATEMENT (stv f c))``, or by hand ``(STATEMENT (stv f c))`` where the statement is an
expression. A plain atom that looks like one of these is written ``!(add-atom &kb ATOM)``, and so
is one that is a bare symbol or variable: standing alone, these are refused, because a file that
holds them is rather one of prose. Nothing in the file is evaluated. Comments, such as an export's
first line (``atoms.imports``), say nothing.

Invariant: memory stays bounded, whatever the file holds: a line and an atom have their limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from mettaclaw.atoms import spans
from mettaclaw.atoms.forms import stated
from mettaclaw.atoms.syntax import (
    MAX_CHARS,
    Atom,
    Expression,
    Form,
    Symbol,
    Variable,
    program_text,
    read_line,
    read_program,
)
from mettaclaw.atoms.truth import Truth, from_atom
from mettaclaw.errors import LimitError, MettaClawError, MettaSyntaxError, UsageError

Entry = tuple[Atom, Truth | None]

MAX_LINE_BYTES = 4_000_000
_MAX_PENDING = 2 * MAX_CHARS  # an atom never closed is told before it has eaten the file


def read_lines(stream: BinaryIO, name: str) -> Iterator[str]:
    """The lines of a file of UTF-8 text, with their ends, one in memory at a time.

    Args:
        stream: The file, open to be read.
        name: Its name, for errors.

    Raises:
        UsageError: A line of more than ``MAX_LINE_BYTES``, or one that is not UTF-8.
    """
    number = 0
    while octets := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(octets) > MAX_LINE_BYTES:
            raise UsageError(
                f"{name}, line {number}: more than {MAX_LINE_BYTES:,} bytes in one line "
                "(limit text); write one atom a line"
            )
        try:
            line = octets.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise UsageError(f"{name}, line {number}: this is not UTF-8 text") from error
        yield line.replace("\r\n", "\n").replace("\r", "\n") if "\r" in line else line


def entries(lines: Iterable[str], name: str, *, bare: bool = False) -> Iterator[Entry]:
    """The atoms of a file's lines, each with its truth value or None; one atom in memory at a time.

    Args:
        lines: Lines with their ends, as ``read_lines`` gives them.
        name: The file's name, for errors.
        bare: Whether a symbol or a variable may stand alone.

    Raises:
        UsageError: Text that is not MeTTa, a `!` form that is no fact, or a symbol that stands
            alone; with the line.
    """
    pending: list[str] = []
    first, chars = 1, 0
    scan = _Scan()
    for number, line in enumerate(lines, start=1):
        if pending:
            chars += len(line)
        else:
            form = read_line(line)
            if form is not None:
                yield _entry(form, name, number, bare)
                continue
            first = number
        pending.append(line)
        if scan.is_open_after(line) and chars <= _MAX_PENDING:
            continue
        yield from _complete("".join(pending), name, first, bare)
        pending, chars, scan = [], 0, _Scan()
    if pending:
        yield from _complete("".join(pending), name, first, bare)


def entry_text(atom: Atom, truth: Truth | None) -> str:
    """The line that ``entries`` reads back as this atom and truth value."""
    if truth is not None:
        return f"!(believe {atom} {truth})"
    if isinstance(atom, Symbol | Variable) or _looks_like_a_pair(atom):
        return f"!(add-atom &kb {atom})"
    return program_text(atom)


class _Scan:
    """Follows brackets, strings and comments from line to line, at the cost of each line once."""

    def __init__(self) -> None:
        self.depth = 0
        self.in_string = False

    def is_open_after(self, line: str) -> bool:
        """Whether an atom or a string is still open at the end of this next line."""
        if not self.in_string and '"' not in line and ";" not in line:  # most lines
            self.depth += line.count("(") - line.count(")")
        else:
            self._follow(line)
        return self.in_string or self.depth > 0 or line.strip() == "!"

    def _follow(self, line: str) -> None:
        at = 0
        while True:
            found = (_IN_STRING if self.in_string else _OUTSIDE).search(line, at)
            if found is None:
                return
            at = found.end()
            match found.group():
                case '"':
                    self.in_string = not self.in_string
                case "(":
                    self.depth += 1
                case ")":
                    self.depth -= 1
                case ";":
                    return
                case _:  # an escape in a string
                    pass


_OUTSIDE = re.compile(r'["();]')
_IN_STRING = re.compile(r'\\.|"', re.DOTALL)


def _complete(text: str, name: str, line: int, bare: bool) -> Iterator[Entry]:
    try:
        forms = read_program(text)
    except MettaSyntaxError as error:
        where = f"{name}, line {line + error.line - 1}, column {error.column}"
        raise UsageError(f"{where}: {error.message}") from error
    except LimitError as error:
        raise UsageError(f"{name}, line {line}: {error}") from error
    at = 0
    for form in forms:
        line += text.count("\n", at, form.offset)
        at = form.offset
        yield _entry(form, name, line, bare)


def _entry(form: Form, name: str, line: int, bare: bool) -> Entry:
    entry = _said(form, name, line, bare)
    try:
        atom = spans.check(entry[0] if bare else stated(entry[0]))
    except UsageError as error:
        raise UsageError(f"{name}, line {line}: {error}") from error
    return atom, entry[1]


def _said(form: Form, name: str, line: int, bare: bool) -> Entry:
    try:
        if not form.evaluate:
            if isinstance(form.atom, Symbol | Variable) and not bare:
                raise UsageError(
                    f"`{str(form.atom)[:60]}` stands alone, and a fact is an expression such as "
                    f"(--> garfield cat). Sentences are read by `mettaclaw run --script FILE`; to "
                    "store bare symbols all the same, import with --bare (in Python, bare=True)"
                )
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


def _looks_like_a_pair(atom: Atom) -> bool:
    try:
        return _pair(atom) is not None
    except UsageError:  # the truth value is outside [0, 1]
        return True
