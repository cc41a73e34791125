"""LoCoMo: long conversations of two people, and questions with the turns that answer them.

Reads what is published as LoCoMo, wherever someone has put it: every ``*.json`` of a folder, each
with one conversation or with a list of them. Sessions may be a list (``sessions``) or keys of their
own (``session_1`` with ``session_1_date_time``), on top or inside ``conversation``.

Some ids of evidence are written wrongly. What names a turn is repaired ("D8:6; D9:17", "D:11:26",
"D30:05"), what names none is dropped. Questions are those of categories 1 to 4 (multi-hop,
temporal, open-domain, single-hop) that have evidence left; category 5 asks what was never said.

Not covered: answers, images, and the summaries that come with the conversations. Nothing of the
data is part of this project (its licence is CC BY-NC 4.0).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

CATEGORIES = (1, 2, 3, 4)
DEPTH = (
    20  # what stands further down counts for no score, so that all systems are asked for as many
)
_ID = re.compile(r"D:?(\d+):(\d+)")
_TIME = "%I:%M %p on %d %B, %Y"
_SOURCE = "LoCoMo's conversations are at https://github.com/snap-research/locomo (data/)"


class DataError(Exception):
    """The data is not there or not as it should be; the message says where."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person said at once.

    Attributes:
        id: As evidence names it: ``D3:11`` is the 11th turn of session 3.
        session: Number of the session, from 1.
        number: Number of the turn in its session, from 1.
        time: When the session began, in seconds UTC (the data tells no zone).
        speaker: One of the conversation's two.
        text: The words.
        caption: What is seen in the image that came with it, if one did.
    """

    id: str
    session: int
    number: int
    time: float
    speaker: str
    text: str
    caption: str | None = None

    @property
    def said(self) -> str:
        """The words with who said them, as one would write it down."""
        return f"{self.speaker}: {self.text}"


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the ids of all turns that its answer needs; at least one."""

    text: str
    category: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What two people said in many sessions, in order, and what is asked about it."""

    name: str
    speakers: tuple[str, str]
    turns: tuple[Turn, ...]
    questions: tuple[Question, ...]


def load(folder: Path | str) -> list[Conversation]:
    """All conversations of a folder, by the names of their files.

    Raises:
        DataError: There is no such folder, no conversation in it, or one that cannot be read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder. {_SOURCE}.")
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise DataError(f"{folder} holds no .json files. {_SOURCE}.")
    return [conversation for path in paths for conversation in _file(path)]


def _file(path: Path) -> Iterator[Conversation]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read as JSON: {error}") from error
    entries = data if isinstance(data, list) else [data]
    for place, entry in enumerate(entries, start=1):
        name = path.stem if len(entries) == 1 else f"{path.stem}-{place}"
        try:
            name = str(entry.get("sample_id", name))
            yield _conversation(name, entry)
        except KeyError as missing:
            raise DataError(f"{path}: conversation {place} has no {missing}. {_SOURCE}.") from None
        except (AttributeError, TypeError, ValueError) as error:
            raise DataError(f"{path}: conversation {place} is not as LoCoMo's: {error}") from error


def _conversation(name: str, entry: Mapping[str, Any]) -> Conversation:
    told: Mapping[str, Any] = entry.get("conversation", entry)
    turns = tuple(_turns(told))
    if not turns:
        raise KeyError("sessions")
    known = {(turn.session, turn.number): turn.id for turn in turns}
    if len(known) != len(turns):
        raise ValueError("two turns have the same dia_id")
    questions = tuple(_questions(entry["qa"], known))
    return Conversation(name, (told["speaker_a"], told["speaker_b"]), turns, questions)


def _turns(told: Mapping[str, Any]) -> Iterator[Turn]:
    for session, date, turns in _sessions(told):
        time = datetime.strptime(date, _TIME).replace(tzinfo=timezone.utc).timestamp()
        for turn in turns:
            found = _ID.fullmatch(turn["dia_id"])
            if found is None or int(found[1]) != session:
                raise ValueError(f"session {session} has a turn with the dia_id {turn['dia_id']!r}")
            yield Turn(
                id=turn["dia_id"],
                session=session,
                number=int(found[2]),
                time=time,
                speaker=turn["speaker"],
                text=turn["text"],
                caption=turn.get("blip_caption") or None,
            )


def _sessions(told: Mapping[str, Any]) -> Iterator[tuple[int, str, list[Any]]]:
    """Number, date and turns of each session; a date alone is not a session."""
    if "sessions" in told:
        for session in told["sessions"]:
            yield session["session"], session["date_time"], session["turns"]
        return
    numbers = (re.fullmatch(r"session_(\d+)", key) for key in told)
    for number in sorted(int(found[1]) for found in numbers if found):
        yield number, told[f"session_{number}_date_time"], told[f"session_{number}"]


def _questions(
    entries: Iterable[Mapping[str, Any]], known: Mapping[tuple[int, int], str]
) -> Iterator[Question]:
    for entry in entries:
        if entry["category"] not in CATEGORIES:
            continue
        pairs = [_ID.findall(text) for text in entry.get("evidence", ())]
        places = [(int(session), int(number)) for found in pairs for session, number in found]
        evidence = tuple(dict.fromkeys(known[place] for place in places if place in known))
        if evidence:
            yield Question(entry["question"], entry["category"], evidence)


@dataclass(frozen=True, slots=True)
class Scores:
    """How well a ranking finds the evidence; each between 0 and 1, or the mean of such.

    Attributes:
        r5: The share of the evidence among the first 5.
        r10: Among the first 10.
        r20: Among the first 20.
        all10: 1 where all of it is among the first 10.
        mrr: 1 over the place of the first evidence, 0 where none is among the first 20.
    """

    r5: float
    r10: float
    r20: float
    all10: float
    mrr: float


COLUMNS = tuple(field.name for field in fields(Scores))


def scores(ranked: Sequence[str], evidence: Sequence[str]) -> Scores:
    """The scores of one question: ids of turns from the best on, against those of the evidence."""
    wanted = set(evidence)
    if not wanted:
        raise ValueError("a question with no evidence cannot be scored")
    found = [place for place, name in enumerate(dict.fromkeys(ranked), start=1) if name in wanted]
    shares = {depth: sum(place <= depth for place in found) / len(wanted) for depth in (5, 10, 20)}
    return Scores(
        r5=shares[5],
        r10=shares[10],
        r20=shares[20],
        all10=float(shares[10] == 1),
        mrr=1 / found[0] if found and found[0] <= DEPTH else 0.0,
    )


def mean(many: Sequence[Scores]) -> Scores:
    """The mean of each column."""
    if not many:
        raise ValueError("there is no mean of no scores")
    return Scores(*(sum(column) / len(many) for column in zip(*map(astuple, many), strict=True)))


def summary(scored: Iterable[tuple[Question, Scores]]) -> dict[str, Scores]:
    """The means over all questions (``all``) and over those of each category (``1`` to ``4``)."""
    by_name: dict[str, list[Scores]] = {"all": []}
    by_name.update({str(category): [] for category in CATEGORIES})
    for question, score in scored:
        by_name["all"].append(score)
        by_name[str(question.category)].append(score)
    return {name: mean(many) for name, many in by_name.items() if many}
