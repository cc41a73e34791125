"""How what somebody has said is taken back: all of it, or what he said of a thing or at a time.

Invariant: what others said of the same stays, and what is so now is told of each statement that
was concerned. Not covered: forgetting statements, words and things (``forgetting``).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol
from mettaclaw.models.english import replies, results, testimony
from mettaclaw.models.english.degrees import PLAIN
from mettaclaw.models.english.hearsay import asked_of
from mettaclaw.models.english.meaning import Forget, Statement
from mettaclaw.models.english.prose import capital
from mettaclaw.models.english.references import is_naming
from mettaclaw.models.english.sayings import in_role, period, record, sayings
from mettaclaw.models.english.stage import Need, Play, Say, Stage, form, metta
from mettaclaw.protocol.calls import Call, Result

DONE = "I have taken back"
GONE = (DONE, "I have forgotten that", "I have forgotten all", "I have forgotten the", "Of what")
NAMELESS = re.compile(
    r"(?:everything|all|what)\s+(?:that\s+)?(?:he|she|they|people|(?:every|any)(?:one|body)"
    r"|[^,]+,?\s+and\s+.+?)\s+(?:ha(?:s|ve)\s+)?(?:said|told)\b.*",
    re.IGNORECASE,
)
NAME = (
    "I have forgotten nothing: say whom you mean by name, and one at a time, such as"
    ' "Forget what Sam said."'
)
_NOTHING = "There is nothing to forget:"
_MOST = 20
_ROUNDS = 10  # of a hundred pieces at most, a cycle each; a turn has not many more


def all_of(who: str) -> Forget:
    """To forget all that somebody has said, who is named as written."""
    return Forget(f"what {who} said", source=asked_of(who)[1])


def as_yours(text: str) -> str:
    """What the person wants to be forgotten, as it is named to him: what your sister told you."""
    return re.sub(r"\bmy\b", "your", re.sub(r"\b(?:me|I)\b", "you", text))


def unsay(stage: Stage, act: Forget) -> Play:
    """Take back what somebody has said, and tell what is so of it now."""
    done = yield from _unsaid(stage, act)
    if done.text.startswith(_NOTHING):
        name = yield from in_role(stage, act.source, act.text)
        if name:  # all of a source goes only where the person's own words have its name
            asks = re.sub(rf"\bmy\s+{re.escape(act.source)}\b", name, act.text, flags=re.IGNORECASE)
            return Say(text=f'Your {act.source} is {name}: to take that back, say "Forget {asks}."')
    return done


def _unsaid(stage: Stage, act: Forget) -> Play:
    what = as_yours(act.text)
    if act.thing is None and act.when is None:
        (done,) = yield Need((Call("forget", (form("source", String(act.source)),)),))
        if done.failure is not None:
            return Say(text=f"{_NOTHING} I do not know {what}.")
        gone = [atom for parts in _forgot(done) for atom in parts[2:]]
        return (yield from _settled(stage, what, gone, _changes(done)))
    within = period(stage, act.when)
    if act.when is not None and within is None:
        return Say(text=testimony.not_yet(stage.now, act.when))
    look = record(act.source, act.thing, within)
    (found,) = yield Need((look,))
    if found.failure is not None:
        return Say(text=replies.failed(found.failure))
    gone: list[Atom] = []
    changes: list[int] = []
    for _ in range(_ROUNDS):
        ids = [one.source.id for one in sayings(found)]
        if not ids:
            break
        pieces = form("evidence", *(Number(int(id_)) for id_ in ids))
        done, found = yield Need((Call("forget", (pieces,)), look))
        if done.failure is not None:
            return Say(text="\n".join([*_part(what, gone), replies.failed(done.failure)]))
        gone += [atom for parts in _forgot(done) for atom in parts[2:]]
        changes += _changes(done)
        if found.failure is not None:
            return Say(text="\n".join([*_part(what, gone), replies.failed(found.failure)]))
    if not gone:
        return Say(text=f"{_NOTHING} I do not know {what}.")
    return (yield from _settled(stage, what, gone, changes, _left(found)))


def _part(what: str, gone: Sequence[Atom]) -> list[str]:
    """That a part was taken back, where some was, before something failed."""
    return [f"Of {what} I have taken back {len(gone)} pieces, and not the rest."] if gone else []


def _left(found: Result) -> str:
    """How much of what somebody has said is left, such as ``3 are``; "" where nothing is."""
    count = sum(1 for _ in sayings(found))
    least = "at least " if results.is_cut(found.values) else ""
    return f"{least}{count} {'is' if count == 1 else 'are'} left" if count else ""


def _forgot(done: Result) -> list[tuple[Atom, ...]]:
    """The parts after ``forgot`` of each result: the kind, the name or number, the statements."""
    return [
        value.children[1:]
        for value in done.values
        if isinstance(value, Expression) and value.children[:1] == (Symbol("forgot"),)
    ]


def _changes(done: Result) -> list[int]:
    """The numbers of the changes by which something was forgotten, for ``/undo``."""
    return [
        int(value.children[1].value)
        for value in done.values
        if isinstance(value, Expression)
        and value.children[:1] == (Symbol("change"),)
        and isinstance(value.children[1], Number)
    ]


def _settled(
    stage: Stage, what: str, concerned: Sequence[Atom], changes: Sequence[int], left: str = ""
) -> Generator[Need, list[Result], Say]:
    """That it was taken back, or what is left of it, and what is so now of what it was about."""
    every = [atom for atom in dict.fromkeys(concerned) if not is_naming(atom)]
    gone = every[:_MOST]
    said = f"{DONE} {what}, and what rested on it alone."
    undo = " and ".join(f"`/undo {change}`" for change in dict.fromkeys(reversed(changes)))
    back = f"To have it back: {undo or '`/history`, and `/undo` with the number of this change'}."
    if left:
        said = (
            f"Of {what} I have taken back {len(concerned)} pieces, and what rested on them alone; "
            f"{left}: to forget that too, tell me the same again."
        )
    if not gone:
        return Say(text=f"{said} {back}")
    call = metta(form("infer", atom) for atom in gone)
    (result,) = yield Need((call,), last=True)
    lines: list[str] = []
    for atom, values in zip(gone, results.forms(result, len(gone)), strict=True):
        found = results.found(values)
        if found:
            lines.append(replies.answer(stage.speech, Statement(atom, PLAIN), found, None))
        else:
            lines.append(f"{capital(stage.speech.clause(atom))}: of that I know nothing any more.")
    more = [f"… and {len(every) - _MOST} more."] if len(every) > _MOST else []
    return Say(text="\n".join([f"{said} Now:", *(f"- {line}" for line in lines), *more, back]))
