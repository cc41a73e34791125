"""What sources disagree about, and what is believed otherwise than it was before.

Both come from the record (``(contradictions)`` and ``(changed …)``). Not covered: a
contradiction as it arises (``testimony``), and who said one thing (``witnesses``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol
from mettaclaw.atoms.truth import Truth
from mettaclaw.models.english import replies, results, testimony
from mettaclaw.models.english.hearsay import named
from mettaclaw.models.english.meaning import Changes, Disputes
from mettaclaw.models.english.periods import during, since
from mettaclaw.models.english.prose import capital, truth_text
from mettaclaw.models.english.references import is_naming
from mettaclaw.models.english.sayings import period
from mettaclaw.models.english.stage import Need, Play, Say, Stage, form, metta

_MOST = 20


def contradictions(stage: Stage, act: Disputes) -> Play:
    """What sources disagree about; or who disagrees with one of them, and about what."""
    asked = (String(""), String(act.source)) if act.source else ()
    (result,) = yield Need((metta((form("contradictions", *asked),)),))
    if result.failure is not None:
        return Say(text=replies.failed(result.failure))
    found = list(testimony.disputes(result.values))
    if not found and act.source:
        return Say(text=f"I know of nobody who disagrees with {named(act.who)}.")
    if not found:
        return Say(text="There are none: nothing that I was told contradicts anything else.")
    call = metta(form("truth", one.statement) for one in found)
    (held,) = yield Need((call,), last=True)
    lines: list[str] = []
    for one, values in zip(found, results.forms(held, len(found)), strict=True):
        truth = results.truth_of(values)
        now = stage.speech.sentence(one.statement, truth) if truth is not None else ""
        said = capital(testimony.told(stage.speech, one))
        lines.append(f"{said} Now: {now}" if now else said)
    shown = [f"- {line}" for line in lines] if lines[1:] else lines
    return Say(
        text="\n".join([*shown, *(["… and more."] if results.is_cut(result.values) else [])])
    )


@dataclass(frozen=True, slots=True)
class _Change:
    """``(changed STATEMENT BEFORE AFTER)``; None where it was not believed."""

    statement: Atom
    before: Truth | None
    after: Truth | None


def changes(stage: Stage, act: Changes) -> Play:
    """What is believed otherwise than before some days, or than before the first of them."""
    if act.when is None:
        return Say(text='Since when? Ask, for example: "What changed since Monday?"')
    within = period(stage, act.when)
    if within is None:
        return Say(text=testimony.not_yet(stage.now, act.when))
    open_ = act.when.relation == "since"
    bounds = (within.first,) if open_ else (within.first, within.last)
    call = metta((form("changed", *(String(day.isoformat()) for day in bounds)),))
    (result,) = yield Need((call,), last=True)
    if result.failure is not None:
        return Say(text=replies.failed(result.failure))
    found = [one for one in _changes(result.values) if not is_naming(one.statement)]
    time = f"{since(within.first)}, that day included" if open_ else during(within)
    if not found:
        return Say(text=f"{capital(time)}, nothing has changed in what I believe.")
    lines = [f"- {_line(stage, one)}" for one in found[:_MOST]]
    count = "" if results.is_cut(result.values) else f"{len(found) - _MOST} "
    more = [f"… and {count}more."] if len(found) > _MOST else []
    return Say(text="\n".join([f"What has changed {time}:", *lines, *more]))


def _changes(values: Sequence[Atom]) -> Iterator[_Change]:
    for value in values:
        match value:
            case Expression((Symbol("changed"), statement, before, after)):
                yield _Change(statement, results.truth_in(before), results.truth_in(after))
            case _:
                pass


def _line(stage: Stage, one: _Change) -> str:
    if one.after is None:
        was = one.before or Truth(1.0, 0.0)
        clause = stage.speech.clause(one.statement, denied=was.f < 0.5)
        return f"Gone: {clause}; it was {truth_text(was)}."
    said = stage.speech.sentence(one.statement, one.after)
    if one.before is None:
        return f"New: {said}"
    return f"{said} Before, it was {truth_text(one.before)}."
