"""What a person wrote where MeTTa is wanted: the atom, or what to write instead.

English is taken where one asks for a proof, since nothing is stored then; elsewhere it is refused
with the MeTTa that says the same, if the built-in model can read it.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, read, read_program, variables
from mettaclaw.errors import MettaSyntaxError, UsageError
from mettaclaw.ui.text import one_line

if TYPE_CHECKING:
    from mettaclaw.atomspace import Atomspace
    from mettaclaw.reasoning import Cut, WhyNot

_QUOTES = ('""', "''", "“”", "‘’")
_COPULAS = (Symbol("-->"), Symbol("<->"))


def atom(text: str, say: str = "") -> Atom:
    """The atom that a text writes.

    Args:
        text: MeTTa.
        say: What to tell the agent instead where the text is English; ``{}`` is the text.

    Raises:
        UsageError: It is English.
        MettaSyntaxError, LimitError: It is no MeTTa, or too large.
    """
    try:
        return read(text)
    except MettaSyntaxError:
        if not _is_english(text):
            raise
    raise _no_metta(text, say)


def program(text: str) -> str:
    """The text of a program, unless it is English: that would be some symbols, and do nothing.

    Raises:
        UsageError: It is English.
        MettaSyntaxError, LimitError: It is no MeTTa, or too large.
    """
    if _is_english(text):
        forms = read_program(text)
        if forms and all(isinstance(form.atom, Symbol) for form in forms):
            raise _no_metta(text, "")
    return text


def fact(text: str) -> Atom:
    """The statement that a text writes, as it may be stored.

    Raises:
        UsageError: It is English, or an inheritance or similarity of a variable.
        MettaSyntaxError, LimitError: It is no MeTTa, or too large.
    """
    found = atom(text)
    match found:
        case Expression((head, *_)) if head in _COPULAS and (names := variables(found)):
            raise UsageError(
                f"{one_line(text, 60)} says nothing of anything named, for {next(iter(names))} is "
                "a variable: name it. A rule may hold variables, such as "
                "(==> (--> $x cat) (--> $x animal)); what fits a pattern is shown by: "
                f"mettaclaw atoms match {shlex.quote(text)}"
            )
        case _:
            return found


def is_program(atom: Atom) -> bool:
    """Whether an atom is no statement, but part of a program: a definition, or the type of one."""
    match atom:
        case Expression((Symbol("=" | ":"), *_)):
            return True
        case _:
            return False


def meant(text: str, examples: str, *, patterns: bool = False) -> tuple[Atom, ...]:
    """The statements that are meant, in MeTTa or in English that the built-in model reads.

    Args:
        text: What the person wrote.
        examples: What to try, for the error.
        patterns: Whether English may ask who or what, which is a statement with a variable.

    Raises:
        UsageError: It is English that cannot be read.
        MettaSyntaxError, LimitError: It is no MeTTa, or too large.
    """
    inner = _unquoted(text)
    if inner.startswith("("):
        return (read(inner),)
    if inner and (quoted := _read_english(inner, patterns=patterns)):
        return quoted
    if not _is_english(text):
        return (read(text),)
    found = _read_english(text, patterns=patterns)
    if not found:
        raise UsageError(f"I cannot read {one_line(text, 80)} as a statement; try {examples}")
    return found


def unproven(statement: Atom, examples: str, *, then: bool = False) -> str:
    """That nothing speaks for a statement; what a statement is like where it is only a word.

    Args:
        statement: What was asked about.
        examples: What to try, where it is only a word.
        then: Whether it was asked of a past moment.
    """
    if isinstance(statement, Symbol):
        return f"{one_line(str(statement), 80)} is only a word; try {examples}"
    stored = "was stored then" if then else "is stored"
    return f"nothing that {stored} speaks for or against {one_line(str(statement), 200)}"


def undone(kb: Atomspace, change: int, history: str) -> list[Atom]:
    """Take a change back; the statements that are concerned.

    Args:
        kb: The atomspace.
        change: Its number.
        history: What to type for the changes that there are.

    Raises:
        UsageError: There is no such change, or nothing of it to take back.
    """
    try:
        return kb.undo(change)
    except UsageError as error:
        raise UsageError(f"{error}; the changes are listed by: {history}") from error


def is_told(found: WhyNot) -> bool:
    """Whether there is anything to say of what was asked by ``why-not``."""
    return bool(found.answer or found.rejected or found.needs)


def unrejected(statement: Atom) -> str:
    """That all that was considered about a statement counts."""
    return f"nothing about {one_line(str(statement), 200)} was rejected"


def cut(found: Cut) -> str:
    """That a bound ended a search, and what to type to look further."""
    match found.bound:
        case "steps" | "seconds":
            further = "--steps 20000 --seconds 10 looks further"
        case "depth":
            further = "--depth 12 looks further"
        case "answers":
            further = "name more in the goal"
    return f"the search ended after {found.said}, so there may be more: {further}"


def unknown(goal: Atom, needs: Sequence[Atom], *, is_cut: bool) -> list[str]:
    """That nothing answers a goal, and what would have to be known, as lines.

    Args:
        goal: What was asked.
        needs: What would have to be known.
        is_cut: Whether a bound ended the search, so that not all was looked at.
    """
    if not needs:
        why = "nothing was found" if is_cut else "nothing that is stored leads there"
        return [f"unknown: {one_line(str(goal), 200)}; {why}"]
    wanted = [f"  {one_line(str(need), 200)}" for need in needs]
    return [f"unknown: {one_line(str(goal), 200)}; one of these would help:", *wanted]


def hint(patterns: tuple[Atom, ...], match: str, search: str) -> str:
    """What to type where patterns found nothing because they are words; "" where they are not.

    Args:
        patterns: They matched nothing.
        match: How a pattern is asked for; ``{}`` stands for the pattern.
        search: How text is searched for; ``{}`` stands for the text.
    """
    words = [pattern.name for pattern in patterns if isinstance(pattern, Symbol)]
    if not words or len(words) < len(patterns):
        return ""
    pattern = match.format(f"(--> $x {words[-1]})")
    return (
        f"a pattern is a statement with variables, such as {pattern}; "
        f"text is searched for by {search.format(' '.join(words))}"
    )


def _no_metta(text: str, say: str) -> UsageError:
    said = one_line(text, 200)
    meant = " ".join(shlex.quote(str(a)) for a in _read_english(text)[:3])
    example = f": {meant}" if meant else ", such as '(--> garfield cat)'"
    told = shlex.quote((say or "{}").format(said.rstrip(".")))
    return UsageError(
        f'"{one_line(text, 60)}" is no MeTTa. Write MeTTa{example}; '
        f"or tell the agent: mettaclaw run {told}"
    )


def _is_english(text: str) -> bool:
    text = text.strip()
    return not text.startswith(("(", '"', "!")) and len(text.split()) > 1


def _unquoted(text: str) -> str:
    """The statement that is put in quotes as a whole, as shells want it; "" where none is."""
    text = text.strip()
    if len(text) < 2 or text[0] + text[-1] not in _QUOTES:
        return ""
    inner = text[1:-1].strip()
    is_meant = inner.startswith("(") or _is_english(inner)
    return inner if is_meant and text[-1] not in inner else ""


def _read_english(text: str, *, patterns: bool = False) -> tuple[Atom, ...]:
    from mettaclaw.models.english.reader import statements

    return statements(text, patterns=patterns)
