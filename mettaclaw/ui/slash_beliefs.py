"""The REPL's slash commands about beliefs and their past, which ``slash`` lists.

Not covered: what a desk is (``desk``), how times are read (``moments``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from mettaclaw.errors import UsageError
from mettaclaw.ui import moments, searches, statements

if TYPE_CHECKING:
    from mettaclaw.atoms.syntax import Atom
    from mettaclaw.knowledge import Knowledge
    from mettaclaw.reasoning import Proof, WhyNot
    from mettaclaw.ui.desk import Desk
    from mettaclaw.ui.pictures import Parts
    from mettaclaw.ui.pictures.files import Target

_ROWS = 20
_MOST_ROWS = 10_000
_DIGITS = 18  # of what the database can number
_WHY_EXAMPLES = "/why (--> garfield animal) or /why Garfield is an animal"
_WHY_NOT_EXAMPLES = "/why-not (--> garfield dog) or /why-not Garfield is a dog"
_BOTH_EXAMPLES = "/contradictions (--> garfield cat) or /contradictions Garfield is a cat"


def atoms(desk: Desk, argument: str) -> None:
    """Statements, or those that fit patterns."""
    from mettaclaw.atoms.syntax import Variable, read_all
    from mettaclaw.ui import pictures

    kb = desk.agent.kb
    patterns = read_all(argument) if argument else [Variable("statement")]
    if not patterns:
        raise UsageError("a pattern is MeTTa, such as /atoms (--> $x cat)")
    if len(patterns) > 1:
        bindings = kb.match(*patterns, limit=_ROWS)
        if bindings and bindings[0]:
            desk.show(pictures.bindings_table(bindings))
        else:
            desk.say("all of them hold" if bindings else _nothing(patterns), "dim")
        return
    found = list(islice(kb.store.find(patterns[0]), _ROWS + 1))
    if not found:
        nothing = _nothing(patterns) if argument else "nothing is stored yet; tell me something"
        desk.say(nothing, "dim")
        return
    desk.show(pictures.beliefs_table(found[:_ROWS]))
    if len(found) > _ROWS:
        total = "" if argument else f" of {kb.count():,}"
        desk.say(f"the first {_ROWS}{total}; narrow it with a pattern: /atoms (--> $x cat)", "dim")


def _nothing(patterns: Sequence[Atom]) -> str:
    more = statements.hint(tuple(patterns), "/atoms {}", "/memory {}")
    return f"nothing matches; {more}" if more else "nothing matches"


def why(desk: Desk, argument: str) -> None:
    """Proofs, shown or drawn into files."""
    from mettaclaw.ui import pictures
    from mettaclaw.ui.pictures import files

    argument, search = searches.asked(argument, "logic")
    argument, then = moments.asked(argument)
    argument, wanted = files.asked(argument)
    if not argument and then is None and search.logic is None:
        found = _last(desk, _WHY_EXAMPLES)
        if found and desk.then is not None:
            desk.say(f"as of {moments.shown(moments.back(desk.then))}", "dim")
    else:
        known, meant = about(desk, argument, then, _WHY_EXAMPLES)
        found: list[Proof] = []
        for statement in meant:
            proof = known.why(statement, search.logic)
            if proof is None:
                _say_unproven(desk, statement, _WHY_EXAMPLES, then)
            else:
                found.append(proof)
    if wanted and found:
        _draw(desk, pictures.proof_parts(*found), wanted)
    else:
        for proof in found:
            desk.show(pictures.tree(pictures.proof_parts(proof)))


def why_not(desk: Desk, argument: str) -> None:
    """What was considered and did not count, shown or drawn into files."""
    from mettaclaw.ui import pictures
    from mettaclaw.ui.pictures import files

    argument, search = searches.asked(argument, "logic")
    argument, then = moments.asked(argument)
    argument, wanted = files.asked(argument)
    known, meant = about(desk, argument, then, _WHY_NOT_EXAMPLES)
    found: list[WhyNot] = []
    for statement in meant:
        one = known.why_not(statement, search.logic)
        if statements.is_told(one):
            found.append(one)
        else:
            _say_unproven(desk, statement, _WHY_NOT_EXAMPLES, then)
    if wanted and found:
        _draw(desk, pictures.why_not_parts(*found), wanted)
    for one in found:
        if not wanted:
            desk.show(pictures.tree(pictures.why_not_parts(one)))
        if not one.rejected:
            desk.say(statements.unrejected(one.statement), "dim")


def _draw(desk: Desk, parts: Parts, wanted: Sequence[Target]) -> None:
    from rich.text import Text

    from mettaclaw.ui.pictures import files

    out: Callable[[str], None] = lambda text: desk.console.print(Text(text), soft_wrap=True)  # noqa: E731
    for line in files.draw(parts, wanted, out):
        desk.say(line, "dim")


def _last(desk: Desk, examples: str) -> list[Proof]:
    """The proof that was seen last."""
    from mettaclaw.reasoning import from_atom

    if desk.proof is None:
        desk.say(f"no proof was seen yet; name a statement: {examples}", "dim")
        return []
    return [from_atom(desk.proof)]


def about(
    desk: Desk, argument: str, then: str | None, examples: str, *, patterns: bool = False
) -> tuple[Knowledge, Sequence[Atom]]:
    """The beliefs of now or of a past moment, and the statements that are meant: those that were
    written, or that of the last proof, as of the time that it was asked of.
    """
    known = desk.agent.kb
    then = then if argument or then is not None else desk.then
    moment = None if then is None else moments.back(then)
    if argument:
        wanted = statements.meant(argument, examples, patterns=patterns)
    else:
        wanted = tuple(proof.statement for proof in _last(desk, examples))
    if moment is None or not wanted:
        return known, wanted
    desk.say(f"as of {moments.shown(moment)}", "dim")
    return known.as_of(moment), wanted


def _say_unproven(desk: Desk, statement: Atom, examples: str, then: str | None) -> None:
    desk.say(statements.unproven(statement, examples, then=then is not None), "dim")


def contradictions(desk: Desk, argument: str) -> None:
    """What sources disagree about: all, or about one statement."""
    from mettaclaw.ui import pictures, values

    kb = desk.agent.kb
    wanted = statements.meant(argument, _BOTH_EXAMPLES) if argument else ()
    if wanted:
        found = [one for each in wanted for one in kb.contradictions(each)]
    else:
        found = kb.contradictions(limit=_ROWS + 1)
    for one in found[:_ROWS]:
        desk.show(pictures.tree(values.contradiction_parts(one)))
    if not found:
        about = f" about {', '.join(map(str, wanted))}" if wanted else ""
        desk.say(f"sources contradict each other nowhere{about}", "dim")
    elif len(found) > _ROWS:
        desk.say(f"the first {_ROWS}; the others: mettaclaw atoms contradictions", "dim")


def history(desk: Desk, argument: str) -> None:
    """The latest changes of beliefs."""
    from mettaclaw.ui import pictures, values

    if argument and not _is_number(argument):
        raise UsageError("/history takes a number of changes, such as /history 5")
    found = desk.agent.kb.history(max(1, min(int(argument or _ROWS), _MOST_ROWS)))
    if found:
        desk.show(pictures.tree(values.entries_parts(found)))
        desk.say("to take one back: /undo ID", "dim")
    else:
        desk.say("no belief has changed yet", "dim")


def undo(desk: Desk, argument: str) -> None:
    """Take back a change."""
    from mettaclaw.ui import pictures, values

    if not _is_number(argument):
        raise UsageError("/undo takes the number of a change, which /history shows: /undo 12")
    kb, number = desk.agent.kb, int(argument)
    with kb.transaction("user", f"undo {number}") as transaction:
        taken_back = statements.undone(kb, number, "/history")
        concerned = [(each, kb.belief(each)) for each in taken_back]
    rows = [values.concerned_row(*pair) for pair in concerned[:_ROWS]]
    desk.show(pictures.rows_table(values.CONCERNED, rows))
    more = f"and {len(concerned) - _ROWS:,} more; " if len(concerned) > _ROWS else ""
    desk.say(f"{more}to take this back: /undo {transaction.id}", "dim")


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= _DIGITS
