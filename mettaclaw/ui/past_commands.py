"""``mettaclaw atoms history`` and what goes with it: what changed, what contradicts itself, and
taking things back.

Whoever types here is the author ``user`` of the change; each command is one transaction, which
``undo`` takes back. Not covered: answers of a past moment (``moments.as_of_option``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from mettaclaw.ui import moments, statements
from mettaclaw.ui.arguments import Whole
from mettaclaw.ui.listing import cut, limit_option, note_cut, show_rows
from mettaclaw.ui.program import (
    Command,
    console,
    fail,
    in_terminal,
    json_option,
    note,
    open_atomspace,
    say,
    say_json,
)
from mettaclaw.ui.text import clean

if TYPE_CHECKING:
    from mettaclaw.atoms.syntax import Atom
    from mettaclaw.atoms.view import Belief
    from mettaclaw.atomspace import Atomspace

_RETRACT_EXAMPLES = "mettaclaw atoms retract '(--> garfield cat)' or 'Garfield is a cat'"
_BOTH_EXAMPLES = "mettaclaw atoms contradictions '(--> garfield cat)' or 'Garfield is a cat'"


@click.command(cls=Command)
@click.option(
    "--limit", type=Whole(1), metavar="N", default=20, show_default=True, help="At most so many."
)
@json_option
def history(limit: int, as_json: bool) -> None:
    """Show the latest changes of beliefs, newest first.

    Each has its ID, for undo, who made it and when, and what became of the statements that it is
    about.
    """
    from mettaclaw.ui import pictures, values

    with open_atomspace() as kb:
        found = kb.history(limit)
    if in_terminal() and found and not as_json:
        console().print(pictures.tree(values.entries_parts(found)))
    else:
        show_rows(found, (), lambda entry, _: values.entry_row(entry), values.entry_json, as_json)
    if not found:
        note("no belief has changed yet")
    elif not as_json:
        note("to take one back: mettaclaw atoms undo ID")


@click.command(cls=Command)
@click.argument("start", metavar="FROM")
@click.argument("end", metavar="[TO]", required=False)
@limit_option
@json_option
def diff(start: str, end: str | None, limit: int, as_json: bool) -> None:
    """Show what is believed otherwise at TO, or now, than at FROM.

    A time is yesterday, 2h (ago), or ISO (UTC), such as 2026-11-16T10:30; a day is its end.
    """
    from mettaclaw.ui import values

    first = moments.back(start)
    second = None if end is None else moments.back(end)
    with open_atomspace() as kb:
        found, more = cut(kb.diff(first, second), limit)
    last = "now" if second is None else moments.shown(second)
    note(f"{'' if found else 'nothing changed '}between {moments.shown(first)} and {last}")
    show_rows(found, values.DIFFERENCES, values.difference_row, values.difference_json, as_json)
    note_cut(limit, more)


@click.command(cls=Command)
@click.argument("change", metavar="ID", type=Whole(1))
@json_option
def undo(change: int, as_json: bool) -> None:
    """Take back the change with this ID of history; what came since stays.

    What it told is retired, what it retired is told again. To undo an undo is to do it again.
    """
    with open_atomspace() as kb, kb.transaction("user", f"undo {change}") as transaction:
        concerned = _now(kb, statements.undone(kb, change, "mettaclaw atoms history"))
    _show_concerned(concerned, as_json, transaction.id)


@click.command(cls=Command)
@click.argument("statement")
@json_option
def retract(statement: str, as_json: bool) -> None:
    """Take back what was said of STATEMENT, and what rests on it.

    In MeTTa, or in English: 'Garfield is a cat'. What follows from other beliefs too stays.
    """
    wanted = statements.meant(statement, _RETRACT_EXAMPLES)
    with open_atomspace() as kb, kb.transaction("user", "retract") as transaction:
        for each in wanted:
            belief = kb.belief(each)
            if belief is None:
                fail(f"{each} is not stored; look with: mettaclaw atoms match '$x'")
            if belief.derived:
                fail(
                    f"nobody said {each}: it follows from what was said; retract that. It is "
                    f"shown by: mettaclaw atoms why '{each}'"
                )
            kb.retract(each)
        concerned = _now(kb, wanted)
    _show_concerned(concerned, as_json, transaction.id)


@click.command(cls=Command)
@click.argument("source")
@json_option
def retire(source: str, as_json: bool) -> None:
    """Take back all that SOURCE has said, and what rests on it.

    What follows from other beliefs too stays.
    """
    with open_atomspace() as kb, kb.transaction("user", f"retire {source}") as transaction:
        concerned = _now(kb, kb.retire(source))
        if not concerned:
            fail(
                f"{source} has said nothing that stands; who said what is shown by: "
                "mettaclaw atoms match '$x' --json"
            )
    _show_concerned(concerned, as_json, transaction.id)


@click.command(cls=Command)
@click.argument("statement", metavar="[STATEMENT]", required=False)
@limit_option
@json_option
def contradictions(statement: str | None, limit: int, as_json: bool) -> None:
    """Show what sources disagree about: both sides, with who said what when.

    All that there is, or of STATEMENT alone, in MeTTa or in English; of a symbol, such as tom, all
    that is about it.
    """
    from mettaclaw.ui import pictures, values

    wanted = () if statement is None else statements.meant(statement, _BOTH_EXAMPLES)
    with open_atomspace() as kb:
        if statement is None:
            every = kb.contradictions(limit=limit + 1)
        else:
            every = [one for each in wanted for one in kb.contradictions(each)]
    found, more = cut(every, limit)
    for one in found:
        if as_json:
            say_json(values.contradiction_json(one))
        elif in_terminal():
            console().print(pictures.tree(values.contradiction_parts(one)))
        else:
            for line in pictures.lines(values.contradiction_parts(one)):
                say(line)
    if not found:
        about = f" about {', '.join(map(str, wanted))}" if wanted else ""
        note(f"sources contradict each other nowhere{clean(about)}")
    note_cut(limit, more)


# --- inside ---


_SHOWN = 20  # statements of one change that was made
_Concerned = list[tuple["Atom", "Belief | None"]]


def _now(kb: Atomspace, statements: Iterable[Atom]) -> _Concerned:
    """Statements with what is believed of them now."""
    return [(statement, kb.belief(statement)) for statement in statements]


def _show_concerned(concerned: _Concerned, as_json: bool, transaction: int) -> None:
    """What a change, which is committed, has made of statements, and how to take it back.

    Of many, the first are shown; a script gets them all.
    """
    from mettaclaw.ui import values

    more = 0 if as_json else max(0, len(concerned) - _SHOWN)
    show_rows(
        concerned[: len(concerned) - more],
        values.CONCERNED,
        lambda pair, exact: values.concerned_row(*pair, exact),
        lambda pair: values.concerned_json(*pair),
        as_json,
    )
    if more:
        note(f"and {more:,} more of {len(concerned):,} statements; all of them: --json")
    note(f"to take this back: mettaclaw atoms undo {transaction}")
