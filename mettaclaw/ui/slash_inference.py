"""The REPL's slash commands about what follows, which ``slash`` lists: ``/infer``, ``/derive``.

Not covered: what speaks for an answer (``slash_beliefs``), how options are read (``searches``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mettaclaw.errors import UsageError
from mettaclaw.ui import moments, searches, slash_beliefs, statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mettaclaw.reasoning import Answer
    from mettaclaw.ui.desk import Desk

_ROWS = 20
_INFER_EXAMPLES = "/infer (--> $who animal) or /infer Who is an animal?"
_DERIVE_EXAMPLES = "/derive (--> garfield cat) or /derive Garfield is a cat"


def infer(desk: Desk, argument: str) -> None:
    """What is believed or follows about a goal; /why explains the best answer then."""
    argument, asked = searches.asked(argument)
    argument, then = moments.asked(argument)
    if not argument:
        raise UsageError(f"a goal is missing, such as {_INFER_EXAMPLES}")
    known, wanted = slash_beliefs.about(desk, argument, then, _INFER_EXAMPLES, patterns=True)
    for each in wanted:
        outcome = asked.outcome(known, each)
        _show(desk, outcome.answers)
        if not outcome.answers:
            desk.say(
                "\n".join(statements.unknown(each, outcome.needs, is_cut=outcome.cut is not None)),
                "dim",
            )
        if outcome.cut is not None:
            desk.say(statements.cut(outcome.cut), "dim")


def derive(desk: Desk, argument: str) -> None:
    """Keep what follows from statements and is worth knowing, and show it."""
    from mettaclaw.atoms.syntax import read_all
    from mettaclaw.ui import values

    argument, asked = searches.asked(argument)
    if not argument:
        raise UsageError(f"a statement is missing, such as {_DERIVE_EXAMPLES}")
    if asked.logic is not None:
        raise UsageError("/derive reasons by all logics side by side; leave --logic out")
    is_metta = argument.startswith("(")
    wanted = read_all(argument) if is_metta else statements.meant(argument, _DERIVE_EXAMPLES)
    kb = desk.agent.kb
    with kb.transaction("user", "derive") as transaction:
        found = kb.derive(*wanted, steps=asked.steps, time_s=asked.time_s, depth=asked.depth)
    _show(desk, found)
    for one in (one for answer in found for one in answer.contradictions):
        desk.say(values.contradiction_line(one), "yellow")
    nothing = "nothing follows that is worth knowing and not believed already"
    desk.say(f"to take this back: /undo {transaction.id}" if found else nothing, "dim")


def _show(desk: Desk, found: Sequence[Answer]) -> None:
    from mettaclaw.ui import pictures, values

    if not found:
        return
    desk.proof = found[0].proof.to_atom()
    rows = [values.answer_row(answer) for answer in found[:_ROWS]]
    desk.show(pictures.rows_table(values.ANSWERS, rows))
    if len(found) > _ROWS:
        desk.say(f"the first {_ROWS} of {len(found):,}; name more in the goal", "dim")
