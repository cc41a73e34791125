"""``mettaclaw atoms infer`` and ``derive``: what follows about a goal, and from statements.

``infer`` changes nothing; ``derive`` keeps what it finds, in one transaction of the author
``user``, which ``undo`` takes back. Not covered: how an answer is proven (``proof_commands``).
"""

from __future__ import annotations

import click

from mettaclaw.ui import searches, statements
from mettaclaw.ui.listing import cut, limit_option, note_cut, show_rows
from mettaclaw.ui.moments import as_of_option, knowledge
from mettaclaw.ui.program import Command, json_option, note, open_atomspace, say_json
from mettaclaw.ui.text import clean

_INFER_EXAMPLES = "mettaclaw atoms infer '(--> $who animal)' or 'Who is an animal?'"
_DERIVE_EXAMPLES = "mettaclaw atoms derive '(--> garfield cat)' or 'Garfield is a cat'"


@click.command(cls=Command)
@click.argument("goal")
@searches.logic_option
@searches.bounds_options
@as_of_option
@limit_option
@json_option
def infer(
    goal: str,
    logic: str | None,
    steps: int | None,
    time_s: float | None,
    depth: int | None,
    as_of: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show what is believed or follows about GOAL, the best answer first.

    Such as '(--> $who animal)', or in English: 'Garfield is an animal', 'Who is an animal?'. Where
    nothing answers, it says what would have to be known. How far it looks is set by infer_steps,
    infer_s and infer_depth of config.toml.
    """
    from mettaclaw.ui import values

    wanted = statements.meant(goal, _INFER_EXAMPLES, patterns=True)
    asked = searches.Asked(logic, steps, time_s, depth)
    with knowledge(as_of) as known:
        outcomes = [(each, asked.outcome(known, each)) for each in wanted]
    for each, outcome in outcomes:
        if outcome.answers:
            answers, more = cut(outcome.answers, limit)
            show_rows(answers, values.ANSWERS, values.answer_row, values.answer_json, as_json)
            note_cut(limit, more)
        elif as_json:
            cut_at = None if outcome.cut is None else outcome.cut.said
            needs = [str(need) for need in outcome.needs]
            say_json({"unknown": str(each), "needs": needs, "cut": cut_at})
        else:
            for line in statements.unknown(each, outcome.needs, is_cut=outcome.cut is not None):
                note(line)
        if outcome.cut is not None:
            note(statements.cut(outcome.cut))


@click.command(cls=Command)
@click.argument("believed", metavar="STATEMENT...", nargs=-1, required=True)
@searches.bounds_options
@limit_option
@json_option
def derive(
    believed: tuple[str, ...],
    steps: int | None,
    time_s: float | None,
    depth: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """Keep what follows from STATEMENT and is worth knowing, and show it.

    In MeTTa, or in English: 'Garfield is a cat'; each is believed already. What is kept goes when
    what it rests on goes. How far it looks is set as for infer.
    """
    from mettaclaw.ui import values

    wanted = [one for text in believed for one in statements.meant(text, _DERIVE_EXAMPLES)]
    with open_atomspace() as kb, kb.transaction("user", "derive") as transaction:
        found = kb.derive(*wanted, limit=limit, steps=steps, time_s=time_s, depth=depth)
    show_rows(found, values.ANSWERS, values.answer_row, values.answer_json, as_json)
    for one in (one for answer in found for one in answer.contradictions):
        note(clean(values.contradiction_line(one)))
    if found:
        note(f"to take this back: mettaclaw atoms undo {transaction.id}")
    else:
        note("nothing follows that is worth knowing and not believed already")
    if len(found) >= limit:
        note(f"these are the first {limit}; there may be more, which --limit shows")
