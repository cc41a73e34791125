"""LoCoMo: long conversations of two people in many sessions, as their data set has them.

A file has one conversation or a list of them. Sessions are a list (``sessions``) or keys of their
own (``session_1`` with ``session_1_date_time``), on top or inside ``conversation``. Each session is
a thread, with its date as the time of its turns. The caption of an image stands behind the words
(``[image: a dog]``); an image without one is left out and counted. Questions and summaries are not
read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any

from mettaclaw.errors import UsageError
from mettaclaw.memory.transfer.chats import KIND, Object, fields, parsed
from mettaclaw.memory.transfer.entries import Cleaning, Entry, Left, Thread, Unit, text_of
from mettaclaw.memory.transfer.notes import files, source

_TIME = "%I:%M %p on %d %B, %Y"
_KEY = re.compile(r"session_(\d+)")


def units(path: Path, scope: str, left: Left, cleaned: Cleaning) -> list[Unit]:
    """The files to read, by name.

    Raises:
        UsageError: There are none.
    """
    found = [
        Unit(file, shown, file.stat().st_size, partial(_read, file, shown, scope, left, cleaned))
        for file, shown in files(path, left, (".json",))
    ]
    if not found:
        raise UsageError(f"{path} holds no conversations (.json); name another folder")
    return found


def is_conversation(value: object) -> bool:
    """Whether a value is one of LoCoMo's conversations."""
    found = fields(value)
    told = fields(found.get("conversation", found))
    return "sessions" in told or any(_KEY.fullmatch(str(key)) for key in told)


def _read(file: Path, shown: str, scope: str, left: Left, cleaned: Cleaning) -> Iterator[Entry]:
    found = file.stat()
    values = parsed(text_of(file, shown), shown)
    for number, value in enumerate(values, start=1):
        where = f"{shown}, conversation {number}"
        if not is_conversation(value):
            raise UsageError(f"{where} is none of LoCoMo's: it has no sessions")
        name = Path(shown).stem if len(values) == 1 else f"{Path(shown).stem}-{number}"
        name = str(value.get("sample_id", name))
        at = found.st_size * number // len(values)
        try:
            for session, date, turns in _sessions(value.get("conversation", value)):
                time = datetime.strptime(date, _TIME).replace(tzinfo=timezone.utc).timestamp()
                where_said = f"{name} session {session}"
                thread = Thread(scope, KIND, source(shown), where_said, cleaned)
                for turn in turns:
                    said, who = str(turn["text"]), str(turn["speaker"])
                    if caption := turn.get("blip_caption"):
                        said = f"{said} [image: {caption}]"
                    elif turn.get("img_url"):
                        left.parts["image in a message"] += 1
                    yield from thread.entries(said, time, at, speaker=who)
        except (KeyError, AttributeError, TypeError, ValueError) as error:
            what = f"no {error}" if isinstance(error, KeyError) else error
            raise UsageError(f"{where} is not as LoCoMo's are: {what}") from error


def _sessions(told: Object) -> Iterator[tuple[int, str, list[Any]]]:
    """Number, date and turns of each session; a date alone is no session."""
    if "sessions" in told:
        for session in told["sessions"]:
            yield session["session"], session["date_time"], session["turns"]
        return
    numbers = (_KEY.fullmatch(key) for key in told)
    for number in sorted(int(found[1]) for found in numbers if found):
        yield number, told[f"session_{number}_date_time"], told[f"session_{number}"]
