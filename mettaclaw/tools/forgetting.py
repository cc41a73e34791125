"""The tool forget: what is erased, and what is only taken back.

Items, statements, all about a name and all of a time are erased: nothing of them is kept, and
nobody can undo it. What a source said, and single pieces of evidence, are taken back, which the
person may undo. Invariant: a name and a time are taken only from the person's own message. Not
covered: how things are erased (``memory.erasure``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mettaclaw.atoms.moments import instant
from mettaclaw.atoms.quoting import asks_to_forget, names, tells_time
from mettaclaw.atoms.sources import is_kept
from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol
from mettaclaw.errors import CallError
from mettaclaw.memory import erasure
from mettaclaw.memory.erasure import Erased
from mettaclaw.memory.selection import What
from mettaclaw.tools import values
from mettaclaw.tools.context import Context

_CONCERNED = 50  # statements that are named where a source is taken back
_SHOWN = 50  # of each kind that was erased


def forget(context: Context, what: Atom) -> list[Atom]:
    """Forget what a call names; what it returns. Empty where there is nothing like it.

    Raises:
        CallError: Only the person may name it, and has not.
        UsageError: A name that cannot be looked for, or a time that is none.
    """
    match what:
        case Number(id):
            whole = int(id) if abs(id) < 2**63 and id == int(id) else 0
            return _erased(context, What(items=[whole]))
        case String(text):
            return _erased(context, What(texts=[text]))
        case Expression((Symbol("source"), String(name) | Symbol(name))):
            return _retired(context, name)
        case Expression((Symbol("evidence"), Number(), *_) as parts) if all(
            isinstance(part, Number) for part in parts[1:]
        ):
            return _withdrawn(context, [part.value for part in parts if isinstance(part, Number)])
        case Expression((Symbol("entity"), String(name) | Symbol(name))):
            _require_named(context, name)
            nothing = values.note(f"nothing has the name {name} but this turn, which loses it too")
            return _erased(context, What(entity=name)) or [nothing]
        case Expression((Symbol("between"), String(since) | Symbol(since), until)) if isinstance(
            until, String | Symbol
        ):
            if not tells_time(context.message()):
                raise CallError(
                    "forget: the person's message names no time, and only the person decides that "
                    "all of a time is forgotten"
                )
            last = until.value if isinstance(until, String) else until.name
            first, end = instant(since), instant(last, end=True)
            return _erased(context, What(since=first, until=end))
        case _:
            return _erased(context, What(statements=[what]))


def _erased(context: Context, what: What) -> list[Atom]:
    """Erase; each thing that was erased, how many more there were, and the lines of the log.

    What is erased cannot be told again, and a model may have read in a note that it shall forget:
    so the person has to have asked for it.
    """
    if not asks_to_forget(context.message()):
        raise CallError(
            "forget: the person's message does not ask to forget anything, and only the person "
            "decides that; ask, and say that they may write: Forget …"
        )
    found = erasure.erase(context.kb.database, what, store=context.kb.store)
    return [*_things(found), *_rest(found)] if found else []


def _things(found: Erased) -> Iterator[Atom]:
    share = values.TEXT_CHARS // max(min(len(found.items), _SHOWN), 1)
    for statement in found.statements[:_SHOWN]:
        yield values.form("forgot", "statement", statement)
    for statement in found.derived[:_SHOWN]:
        yield values.form("forgot", "derived", statement)
    for item in found.items[:_SHOWN]:
        yield values.form("forgot", "item", values.shortened(item.text, share))
    for source in found.sources[:_SHOWN]:
        yield values.form("forgot", "name", source)


def _rest(found: Erased) -> Iterator[Atom]:
    more = sum(
        max(0, len(kind) - _SHOWN)
        for kind in (found.statements, found.derived, found.items, found.sources)
    )
    if more:
        yield values.note(f"and {more:,} more were forgotten")
    if found.pieces:
        yield values.form("forgot", "pieces", found.pieces)
    if found.lines:
        yield values.form("forgot", "lines", found.lines)
    if found.staying:
        ids = ", ".join(map(str, found.staying[:_SHOWN]))
        yield values.note(f"the same is told by what stays: item {ids}")
    for statement in found.believed[:_SHOWN]:
        yield values.note(f"others say so too, and it stays: {statement}")
    if found.retold:
        ids = ", ".join(map(str, found.retold[:_SHOWN]))
        yield values.note(f"told at another time too, and stays: item {ids}")


def _require_named(context: Context, name: str) -> None:
    if not names(context.message(), name):
        raise CallError(
            f"forget: the person's message does not name `{name[:60]}`, and only the person "
            "decides that all about it is forgotten"
        )


def _retired(context: Context, source: str) -> list[Atom]:
    if is_kept(source):
        raise CallError(
            f"forget: the source `{source[:60]}` is the person, a model or a file, which not all "
            "of is taken back at once; name the statements (all: `mettaclaw atoms retire NAME`)"
        )
    if not names(context.message(), source):
        raise CallError(
            f"forget: the person's message does not name the source `{source[:60]}`, and only the "
            "person decides that all of it is taken back"
        )
    with context.kb.transaction("tool:forget", f"retire {source}") as transaction:
        concerned = context.kb.retire(source)
    if not concerned:
        return []
    change = values.form("change", transaction.id)
    return [values.form("forgot", "source", source, *concerned[:_CONCERNED]), change]


def _withdrawn(context: Context, numbers: Sequence[int | float]) -> list[Atom]:
    ids = [int(number) for number in numbers if 0 <= number < 2**63 and number == int(number)]
    with context.kb.transaction("tool:forget", "forget") as transaction:
        gone = context.kb.withdraw(*ids)
        spoken = {one.evidence.source for one in gone if not is_kept(one.evidence.source)}
        unnamed = [source for source in spoken if not names(context.message(), source)]
        if unnamed:
            raise CallError(
                f"forget: the person's message does not name the source `{unnamed[0][:60]}`, and "
                "only the person decides that what it has said is taken back"
            )
    forgot = [values.form("forgot", "evidence", one.evidence.id, one.statement) for one in gone]
    return [*forgot, values.form("change", transaction.id)] if forgot else []


def named(what: Atom) -> str:
    """What a call was to forget, as it is named where there is no such thing."""
    match what:
        case Number():
            return f"item {what}"
        case String(text):
            return f'item with the text "{text[:60]}"'
        case Expression((Symbol("evidence"), *_)):
            return f"evidence `{str(what)[:60]}` that stands"
        case Expression((Symbol("source"), String(name) | Symbol(name))):
            return f"source `{name[:60]}` with anything that stands"
        case Expression((Symbol("entity"), String(name) | Symbol(name))):
            return f"item, statement or line of the log with the name `{name[:60]}`"
        case Expression((Symbol("between"), _, _)):
            return "item, statement or line of the log of that time"
        case _:
            return f"statement or item `{str(what)[:80]}`"
