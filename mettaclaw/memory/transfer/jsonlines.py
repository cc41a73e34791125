"""Items as JSON Lines: one object an item, after a first line that names the format.

A line has ``text``, ``atoms`` (MeTTa), or both; all else may be left out. Times are ISO 8601 (UTC)
or seconds. ``times`` are all tellings of an item, with their sources, and ``id`` is what the base
that wrote the file calls it, which is read by people alone.

Invariant: what ``line`` writes, ``entry`` reads as the same item, to the microsecond, whatever its
words are. Not covered: which items are written (``export``).
"""

from __future__ import annotations

import base64
import json
import time as clock
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any, cast

from mettaclaw.atoms import times
from mettaclaw.errors import MettaClawError, UsageError
from mettaclaw.memory import drafts
from mettaclaw.memory.drafts import MAX_SCOPE_CHARS
from mettaclaw.memory.items import Item
from mettaclaw.memory.standing import MOST_USE
from mettaclaw.memory.transfer.entries import Entry, Left, Telling, Unit, clean, micros
from mettaclaw.memory.votes import Vote

FORMAT = "mettaclaw-memory"
VERSION = 1
MAX_LINE_BYTES = 4_000_000

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MOST_TIMES = 100_000
_MOST = 1e300  # of a number; more is none that can be reckoned with
_FIELDS = frozenset(
    """
    id text atoms source time scope kind speaker thread context count times value used expires
    quarantined votes vector model
    """.split()  # noqa: SIM905 - a list would be a page
)


def header(base: str, model: str | None) -> str:
    """The first line of a file: the format, the base that wrote it, the model of its vectors."""
    fields = {"format": FORMAT, "version": VERSION, "base": base}
    return json.dumps(fields if model is None else {**fields, "model": model})


def line(
    item: Item,
    tellings: Sequence[Telling],
    cast: Sequence[Vote] = (),
    *,
    atoms: bool = True,
    vector: bytes | None = None,
) -> str:
    """The line of an item. ``tellings`` are its times with their sources, its own first, ``cast``
    the votes on it, each with the name of its base.
    """
    fields: dict[str, object] = {"id": item.id}
    if item.text is not None:
        fields["text"] = item.text
    if item.atoms and (atoms or item.text is None):
        fields["atoms"] = [str(atom) for atom in item.atoms]
    fields |= {"source": item.source, "time": _written(item.time), "kind": item.kind}
    if item.scope:
        fields["scope"] = item.scope
    if item.speaker is not None:
        fields["speaker"] = item.speaker
    if item.thread is not None:
        fields["thread"] = item.thread
    if item.context or item.thread is not None:  # of a thread, so that it is not made anew
        fields["context"] = item.context
    if len(tellings) > 1:
        fields["times"] = [{"time": _written(time), "source": who} for time, who in tellings]
    if item.used is not None:
        fields |= {"value": item.value, "used": _written(item.used)}
    if item.expires is not None:
        fields["expires"] = _written(item.expires)
    if item.is_quarantined:
        fields["quarantined"] = True
    if cast:
        fields["votes"] = [_vote(vote) for vote in cast]
    if vector is not None:
        fields["vector"] = base64.b64encode(vector).decode("ascii")
    return json.dumps(fields, ensure_ascii=False)


def units(path: Path, scope: str | None, left: Left) -> list[Unit]:
    """The file, as one unit; ``scope`` None lets each item keep its own."""
    read = partial(_read, path, scope, left)
    return [Unit(path, path.name, path.stat().st_size, read)]


def _read(path: Path, scope: str | None, left: Left) -> Iterator[Entry]:
    written, at, model = path.stat().st_mtime, 0, ""
    with path.open("rb") as stream:
        number = 0
        while octets := stream.readline(MAX_LINE_BYTES + 1):
            number, at = number + 1, at + len(octets)
            where = f"{path.name}, line {number}"
            if len(octets) > MAX_LINE_BYTES:
                raise UsageError(
                    f"{where}: more than {MAX_LINE_BYTES:,} bytes in one line (limit text); split "
                    "the text into several items"
                )
            fields = _fields(octets, where, first=number == 1)
            if fields is None:
                continue
            if "format" in fields:
                model = _model(fields, where)
                continue
            left.parts.update(f"field `{key[:40]}`" for key in fields.keys() - _FIELDS)
            try:
                yield entry(fields, path.name, written, at, scope, model)
            except MettaClawError as error:
                raise UsageError(f"{where}: {error}") from error


def entry(
    fields: Mapping[str, Any],
    file: str,
    written: float,
    at: int = 0,
    scope: str | None = None,
    model: str = "",
) -> Entry:
    """The entry of a line's fields.

    Args:
        fields: The fields.
        file: The file's name, which is the source of what names none.
        written: The time of what has none, in seconds.
        at: How many bytes of the file are behind.
        scope: Where it is to be kept; None for where the line says.
        model: The embedding model that the file names.

    Raises:
        MettaClawError: It cannot be kept; the message says why.
    """
    texts = {key: _text(fields, key) for key in _TEXTS}
    source = texts["source"] or f"file:{file}"
    time = fields.get("time")
    tellings = _tellings(fields, source)
    if time is not None or not tellings:
        first = (written if time is None else _moment(time, "time"), source)
        if first in tellings:
            tellings.remove(first)
        if time is not None or fields.get("count"):
            more = _count(fields) - 1 if not tellings else 0
            tellings = [first, *tellings, *[first] * more]
    else:
        first = tellings[0]
    draft = drafts.draft(
        text=texts["text"],
        atom=_atoms(fields.get("atoms")),
        scope=(texts["scope"] or "") if scope is None else scope,
        speaker=texts["speaker"],
        time=first[0],
        context=texts["context"],
        source=first[1],
        thread=texts["thread"],
        kind=texts["kind"] or "note",
    )
    expires, used = fields.get("expires"), fields.get("used")
    worth = _number(fields.get("value", 0.0), "value")
    return Entry(
        replace(
            draft,
            expires=draft.expires
            if expires is None
            else drafts.dated("expires", _moment(expires, "expires")),
            is_quarantined=draft.is_quarantined or fields.get("quarantined") is True,
        ),
        tuple(tellings),
        at=at,
        vector=_vector(texts["vector"]),
        model=texts["model"] or model,
        value=max(-MOST_USE, min(MOST_USE, worth)),  # as votes would bound it
        used=None if used is None else min(_moment(used, "used"), clock.time()),
        votes=tuple(_votes(fields)),
    )


# --- inside --------------------------------------------------------------------------------------

_TEXTS = ("text", "source", "scope", "kind", "speaker", "thread", "context", "vector", "model")


def _fields(octets: bytes, where: str, *, first: bool) -> Mapping[str, Any] | None:
    """The object of a line; None of an empty one."""
    try:
        text = octets.decode("utf-8-sig" if first else "utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{where}: this is not UTF-8 text") from error
    if not text.strip():
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{where}: this is not JSON ({error}); a line is one object such as "
            '{"text": "Garfield is a cat."}'
        ) from error
    if not isinstance(value, dict):
        raise UsageError(f'{where}: a line is one object, such as {{"text": "Garfield is a cat."}}')
    return cast("Mapping[str, Any]", value)


def _model(fields: Mapping[str, Any], where: str) -> str:
    """The model that a header names."""
    if fields["format"] != FORMAT:
        raise UsageError(f"{where}: its format is {str(fields['format'])[:60]!r}, not {FORMAT!r}")
    if fields.get("version") != VERSION:
        raise UsageError(
            f"{where}: its version is {str(fields.get('version'))[:20]}, and this MeTTaClaw reads "
            f"{VERSION}; update it (`pip install --upgrade mettaclaw`)"
        )
    return str(fields.get("model") or "")


def _text(fields: Mapping[str, Any], key: str) -> str | None:
    value = fields.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise UsageError(f"`{key}` is a text, and not {str(value)[:40]}")
    return clean(value)


def _atoms(value: object) -> list[str] | None:
    if value is None:
        return None
    found = cast("list[object]", value if isinstance(value, list) else [value])
    if not all(isinstance(atom, str) for atom in found):
        raise UsageError('`atoms` is a list of MeTTa texts, such as ["(--> garfield cat)"]')
    return cast("list[str]", found)


def _tellings(fields: Mapping[str, Any], source: str) -> list[Telling]:
    value = fields.get("times", [])
    if not isinstance(value, list) or len(cast("list[object]", value)) > _MOST_TIMES:
        raise UsageError(f"`times` is a list of at most {_MOST_TIMES:,} times")
    found: list[Telling] = []
    for one in cast("list[object]", value):
        told = cast("Mapping[str, Any]", one) if isinstance(one, dict) else {"time": one}
        who = _text(told, "source") or source
        found.append((_moment(told.get("time"), "times"), who))
    return found


def _vote(vote: Vote) -> dict[str, object]:
    said = "for" if vote.sign > 0 else "against"
    fields: dict[str, object] = {"base": vote.base, "episode": vote.episode, "says": said}
    return {**fields, "by_model": True} if vote.by_model else fields


def _votes(fields: Mapping[str, Any]) -> Iterator[Vote]:
    value = fields.get("votes", [])
    if not isinstance(value, list) or len(cast("list[object]", value)) > _MOST_TIMES:
        raise UsageError(f"`votes` is a list of at most {_MOST_TIMES:,} votes")
    for one in cast("list[Any]", value):
        vote = cast("Mapping[str, Any]", one) if isinstance(one, dict) else dict[str, Any]()
        base, episode, said = vote.get("base"), vote.get("episode"), vote.get("says")
        is_base = isinstance(base, str) and 0 < len(base) <= MAX_SCOPE_CHARS
        is_episode = type(episode) is int and 0 <= episode < 2**63
        if not (is_base and is_episode and said in ("for", "against")):
            raise UsageError(
                f"`votes` holds {str(vote or None)[:60]}; a vote is such as "
                '{"base": "9f…", "episode": 12, "says": "for"}, or "against"'
            )
        sign = 1 if said == "for" else -1
        yield Vote(cast("int", episode), sign, vote.get("by_model") is True, clean(str(base)))


def _count(fields: Mapping[str, Any]) -> int:
    value = fields.get("count", 1)
    if type(value) is not int or not 1 <= value <= _MOST_TIMES:
        raise UsageError(f"`count` is a whole number from 1 to {_MOST_TIMES:,}")
    return value


def _moment(value: object, key: str) -> float:
    """A time in seconds, UTC."""
    if isinstance(value, str):
        return times.seconds(value)
    return _number(value, key)


def _number(value: object, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _MOST:
        raise UsageError(f"`{key}` is {str(value)[:40]}, and takes a number")
    return float(value)


def _vector(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise UsageError(f"`vector` is no base64 ({error})") from error


def _written(time: float) -> str | float:
    """A time for people, to the microsecond; as a number where no calendar has it."""
    try:
        when = _EPOCH + timedelta(microseconds=micros(time))
    except (OverflowError, ValueError):
        return time
    return f"{when.replace(tzinfo=None).isoformat()}Z"
