"""What is forgotten by its number, or with a name: items of memory, and all that has the name.

Invariant: what is said to be gone is what the call ``forget`` says is gone. Not covered: what is
forgotten as a statement or as a thing (``forgetting``), and what is only taken back (``unsaying``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol
from mettaclaw.memory.telling import parsed
from mettaclaw.models.english.meaning import Forget
from mettaclaw.models.english.prose import capital, listed
from mettaclaw.models.english.references import is_naming
from mettaclaw.models.english.stage import Need, Play, Say, Stage, form
from mettaclaw.protocol.calls import Call, Result

ERASED = "Nothing of what I have forgotten is kept, not even in the log; it cannot be undone."
_LIST = "`mettaclaw memory list` lists all items with their numbers."
_MOST = 20


def numbered(stage: Stage, act: Forget) -> Play:
    """Forget items by their numbers, with what only they told."""
    done = yield Need(tuple(Call("forget", (Number(id_),)) for id_ in act.items), last=True)
    gone: list[str] = []
    missing: list[str] = []
    for id_, result in zip(act.items, done, strict=True):
        if result.failure is not None:
            missing.append(str(id_))
            continue
        things = list(_things(stage, result))
        gone.append(f"item {id_}, {things[0]}" if things else f"item {id_}")
        gone += things[1:]
    said: list[str] = []
    if gone:
        said.append(_told("I have forgotten", gone))
        said += [] if any(ERASED in reply for reply in stage.replies) else [ERASED]
    if missing:
        said.append(f"I have no item {listed(missing, 'or')}. {_LIST}")
    return Say(text="\n".join(said))


def named(stage: Stage, name: str, told: Collection[str]) -> Play:
    """Erase all else that has a name in it; ``told`` is what was said to be forgotten before."""
    (done,) = yield Need((Call("forget", (form("entity", String(name)),)),))
    if done.failure is not None:
        return Say()
    gone = [thing for thing in _things(stage, done) if thing not in told]
    lines = sum(int(n.value) for k, n in _forgot(done) if k == "lines" and isinstance(n, Number))
    if lines and not told:
        gone.append("one line of the log" if lines == 1 else f"{lines} lines of the log")
    before = "With the name went" if told else "I have forgotten"
    return Say(text=_told(before, gone)) if gone else Say()


def _things(stage: Stage, result: Result) -> Iterator[str]:
    """What a call has erased: the words of items first, as it says itself."""
    forgot = list(_forgot(result))
    for kind, what in forgot:
        if kind == "item":
            yield f'the words "{_text(what)}"'
    for kind, what in forgot:
        statement = parsed(_text(what)) if kind in ("statement", "derived") else None
        if statement is not None and not is_naming(statement):
            yield f"that {stage.speech.clause(statement)}"
    for kind, what in forgot:
        if kind == "name":
            yield f"what {_text(what)} said"


def _forgot(result: Result) -> Iterator[tuple[str, Atom]]:
    """The kinds of what was forgotten, each with what it was, or how many there were."""
    for value in result.values:
        match value:
            case Expression((Symbol("forgot"), kind, what)):
                yield _text(kind), what
            case _:
                pass


def _told(title: str, gone: Sequence[str]) -> str:
    if len(gone) == 1:
        return capital(f"{title} {gone[0]}.")
    more = [f"- … and {len(gone) - _MOST} more"] if len(gone) > _MOST else []
    return "\n".join([f"{title}:", *(f"- {line}" for line in gone[:_MOST]), *more])


def _text(atom: Atom) -> str:
    return atom.value if isinstance(atom, String) else str(atom)
