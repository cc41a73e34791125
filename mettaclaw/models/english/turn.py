"""One cycle of a turn: which calls come next, or what to say now that all have results.

The whole message is played again in each cycle. A call that the turn has made already is answered
from its result, found by the call's text; the first that has none goes out. So a cycle depends on
its packet and on nothing else, and the calls of a turn are the same however often it is taken up.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

from mettaclaw.atoms.syntax import Atom, Expression, String, is_ground, read_all
from mettaclaw.atoms.times import utc
from mettaclaw.errors import MettaClawError
from mettaclaw.memory.telling import MARK
from mettaclaw.models.answers import repair
from mettaclaw.models.english import claims, forgetting, results, speakers, topics, unsaying
from mettaclaw.models.english.composition import MAX_SENTENCES, composed
from mettaclaw.models.english.frames import RETRACTION
from mettaclaw.models.english.hearsay import echo
from mettaclaw.models.english.lexicon import Lexicon
from mettaclaw.models.english.meaning import (
    Act,
    Antecedent,
    Ask,
    Chat,
    Explain,
    Forget,
    Reading,
    Surface,
    Tell,
)
from mettaclaw.models.english.plays import play, tell
from mettaclaw.models.english.reader import read, two
from mettaclaw.models.english.reminders import remembered
from mettaclaw.models.english.replies import METTA
from mettaclaw.models.english.sentences import Sentence, join, split
from mettaclaw.models.english.speakers import Speakers
from mettaclaw.models.english.speech import Speech
from mettaclaw.models.english.stage import Claim, Play, Say, Stage
from mettaclaw.protocol.calls import Call, Result
from mettaclaw.protocol.packet import Cycle, Exchange, Packet

_FEW_CYCLES = 4  # facts that more cycles would take are told several in a call
_TOGETHER = 10
_PRONOUN_TURNS = 4  # a pronoun reaches back so far


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the message and what it was read as; None where it was not."""

    sentence: Sentence
    reading: Reading | None


@dataclass(slots=True)
class Record:
    """The results of a turn, to be taken by the text of their calls, in order."""

    by_call: dict[str, deque[Result]] = field(default_factory=lambda: defaultdict(deque))
    taken: list[tuple[Call, Result | None]] = field(default_factory=list)

    @classmethod
    def of(cls, cycles: Iterable[Cycle]) -> Record:
        """The record of a turn's cycles."""
        record = cls()
        for cycle in cycles:
            for result in cycle.results:
                record.by_call[str(result.call)].append(result)
        return record

    def take(self, call: Call) -> Result | None:
        """The result of a call, if the turn has made it; a result is taken once."""
        left = self.by_call.get(str(call))
        result = left.popleft() if left else None
        self.taken.append((call, result))
        return result


def answer(packet: Packet) -> list[Call]:
    """The calls of the next cycle; the last one is ``send`` where all is done."""
    message = repair(packet.message.text)
    if is_metta(message):
        return [Call("send", (String(METTA),))]
    lines, rest = readings(message, *_before(packet.history))
    record = Record.of(packet.results)
    replies = tuple(reply for exchange in packet.history for reply in exchange.replies)
    speech = _speech(packet, lines)
    played: list[Reading] = []
    about = partial(_topics, speech, record, played, packet)
    claimed = partial(_claims, record, played, packet)
    forgotten = partial(_forgotten, played, packet.history)
    stage = Stage(speech, about, claimed, replies, packet.message.time, forgotten)
    said: list[tuple[Reading, Say]] = []
    wanted: list[Call] = []
    unfinished: list[str] = []
    blocked = False
    for scene in _scenes(lines, packet.calls_limit):
        done = None
        played += [reading for _, reading in scene]
        if not blocked and len(wanted) < packet.calls_limit:
            done, blocked = _run(_play(stage, scene), record, wanted)
        if done is None:
            unfinished += [sentence.text for sentence, _ in scene]
        else:
            said.append((scene[0][1], _reminded(packet, scene, done)))
    if wanted and packet.cycles_left > 1:
        return wanted[: packet.calls_limit]
    unread = [line.sentence for line in lines if line.reading is None]
    told = [remembered(packet.recall, one.text) for one in unread if one.is_question]
    texts = [one.text for one in unread]
    reply = composed(said, texts, unfinished, rest, replies, tuple(filter(None, told)))
    return [Call("send", (String(reply),))]


def is_metta(message: str) -> bool:
    """Whether a message is an expression, such as ``!(+ 1 2)``."""
    text = message.strip()
    if not text.startswith(("!(", "(")) or not text.endswith(")"):
        return False
    try:
        atoms = read_all(text.removeprefix("!"))
    except MettaClawError:
        return False
    return all(isinstance(a, Expression) and a.children for a in atoms)


Scene: TypeAlias = "list[tuple[Sentence, Reading]]"


def _scenes(lines: Sequence[Line], calls_limit: int) -> list[Scene]:
    """What is played one after the other: a sentence each, or of very many facts some together."""
    read_ = [(line.sentence, line.reading) for line in lines if line.reading is not None]
    facts = [reading for _, reading in read_ if _is_fact(reading)]
    together = 1 if len(facts) <= _FEW_CYCLES * calls_limit else _TOGETHER
    scenes: list[Scene] = []
    for sentence, reading in read_:
        last = scenes[-1] if scenes else []
        if _is_fact(reading) and 0 < len(last) < together and _is_fact(last[0][1]):
            last.append((sentence, reading))
        else:
            scenes.append([(sentence, reading)])
    return scenes


def _is_fact(reading: Reading) -> bool:
    act = reading.act
    return isinstance(act, Tell) and not (reading.references or act.source or act.when)


def _play(stage: Stage, scene: Scene) -> Play:
    if len(scene) == 1:
        return play(stage, scene[0][1], scene[0][0].text)
    return tell(stage, [(r.act, s.text) for s, r in scene if isinstance(r.act, Tell)])


def readings(
    message: str, antecedent: Antecedent | None = None, speaking: Speakers = ()
) -> tuple[list[Line], int]:
    """The sentences of a message as they are read, and how many were left out at its end.

    ``speaking`` are the speakers who were named last before it. Two lines of which the first cannot
    be read alone, and both together can, are one sentence.
    """
    pieces = split(message)
    left_out = max(0, len(pieces) - MAX_SENTENCES)
    pieces = pieces[:MAX_SENTENCES]
    lines: list[Line] = []
    i = 0
    while i < len(pieces):
        sentence, i = pieces[i], i + 1
        reading = _read(sentence, antecedent, speaking)
        if reading is None and i < len(pieces) and _goes_on(message, sentence, pieces[i]):
            joined = join(message, sentence, pieces[i])
            reading = _read(joined, antecedent, speaking)
            if reading is not None:
                sentence, i = joined, i + 1
        parts = _with_echo(sentence) if reading is None else None
        if parts is not None:
            pieces[i:i] = parts
            continue
        if reading is None and lines and RETRACTION.fullmatch(sentence.body):
            lines[-1] = Line(lines[-1].sentence, None)  # Tom is a cat. Just kidding.
        lines.append(Line(sentence, reading))
        if reading is None:
            antecedent = None  # what it spoke of, a pronoun may stand for
        else:
            antecedent = reading.antecedent
            speaking = speakers.named(reading, sentence.body) or speaking
    return lines, left_out


def _read(sentence: Sentence, antecedent: Antecedent | None, speaking: Speakers) -> Reading | None:
    def plain(text: str) -> Reading | None:
        return read(
            text, question=sentence.is_question, ended=sentence.is_ended, antecedent=antecedent
        )

    if len(speaking) > 1 and speakers.pronoun(sentence.body):
        return None  # which of them is meant is to be said
    return speakers.read_with(sentence.body, speaking, plain) or plain(sentence.body)


def _with_echo(sentence: Sentence) -> tuple[Sentence, Sentence] | None:
    """A sentence that ends in what somebody says to the rest of it, as two: Sam said that Tom is
    ill, but the vet disagrees. The second has its link, for two words alone are no quote.
    """
    text, body = sentence.text, sentence.body
    parts = None if sentence.is_question else two(body)
    if parts is None or echo(parts[1]) is None:
        return None
    between = text[len(parts[0]) : len(body) - len(parts[1])]
    if not between.strip(" ,").startswith(("and", "but")):
        return None
    link = len(parts[0]) + len(between) - len(between.lstrip(" ,"))
    first, second = text[: len(parts[0])], text[link:]
    at = sentence.start
    return Sentence(first, at, at + len(first)), Sentence(second, at + link, sentence.end)


def _goes_on(message: str, first: Sentence, second: Sentence) -> bool:
    """Whether a line may go on in the next: no mark at its end, and no empty line between."""
    between = message[first.end : second.start]
    return not first.is_ended and between.count("\n") == 1 and not between.strip()


def _reminded(packet: Packet, scene: Scene, done: Say) -> Say:
    """What is said to a question; where nothing is known, with what was told in other words."""
    if not done.unanswered:
        return done
    sentence, reading = scene[0]
    ever = reading.when is not None and reading.when.relation == "ever"  # when is it so?
    closed = isinstance(reading.act, Ask) and not ever
    told = remembered(packet.recall, sentence.text, closed=closed)
    return replace(done, text=f"{done.text} {told}") if told else done


def _run(acted: Play, record: Record, wanted: list[Call]) -> tuple[Say | None, bool]:
    """Play until something is missing: what it says, or None; and whether all else must wait."""
    try:
        need = next(acted)
        while True:
            if not need.calls and wanted:
                return None, True
            had = [record.take(call) for call in need.calls]
            missing = [c for c, r in zip(need.calls, had, strict=True) if r is None]
            if missing:
                wanted.extend(missing)
                return None, not need.last
            need = acted.send([r for r in had if r is not None])
    except StopIteration as end:
        return end.value, False


# --- what went before ------------------------------------------------------------------------


def _before(history: Sequence[Exchange]) -> tuple[Antecedent | None, Speakers]:
    """What a pronoun stands for at the beginning of a message: what was spoken of lately, and who
    was named last of those who said something.
    """
    antecedent: Antecedent | None = None
    speaking: Speakers = ()
    for exchange in history[-_PRONOUN_TURNS:]:
        lines = readings(exchange.message.text, antecedent, speaking)[0]
        done = [(line.reading, line.sentence.body) for line in lines if line.reading is not None]
        for reading, _ in done:
            antecedent = reading.antecedent
        speaking = speakers.last(exchange, done) or speaking
    return antecedent, speaking


def _topics(
    speech: Speech, record: Record, played: Sequence[Reading], packet: Packet
) -> list[Atom]:
    """The statements that were asked or said last, in this turn or an earlier one.

    A turn that answered nothing leaves the one before it in place: politeness, what could not be
    read, and what was forgotten.
    """
    about = topics.last(speech, played, packet.message.time, record.taken)
    if about is not None:
        return about
    for exchange in reversed(packet.history):
        asked = _readings(exchange)
        acts = [reading.act for reading in asked]
        made = [(r.call, r) for cycle in exchange.cycles for r in cycle.results]
        if all(isinstance(act, Chat | Forget) for act in acts):
            if about := topics.left(made):
                return about
            continue
        return _asked_after(acts) or topics.last(speech, asked, exchange.message.time, made) or []
    return []


def _asked_after(acts: Sequence[Act]) -> list[Atom]:
    """What was asked in the message that forgot something before: its calls are hidden with it."""
    match acts[-1]:
        case Ask(goals) if any(isinstance(act, Forget) for act in acts):
            return [goal.atom for goal in goals if is_ground(goal.atom)]
        case _:
            return []


def _forgotten(played: Sequence[Reading], history: Sequence[Exchange]) -> str | None:
    """What was forgotten last of all, as it was named; see ``Stage``."""
    for reading in reversed(played[:-1]):
        if not isinstance(reading.act, Chat):
            return forgetting.named(reading.act) if isinstance(reading.act, Forget) else None
    for exchange in reversed(history):
        asked = _readings(exchange)
        what = _taken_back(exchange, asked)
        passing = all(isinstance(one.act, Chat | Forget | Explain) for one in asked)
        if what is not None or not passing:
            return what
    return None


def _taken_back(exchange: Exchange, asked: Sequence[Reading]) -> str | None:
    """What an earlier turn forgot, "" where its words are gone too; None where it was nothing."""
    if not asked and MARK in exchange.message.text:
        return ""
    forgot = [reading.act for reading in asked if isinstance(reading.act, Forget)]
    made = [(r.call, r) for cycle in exchange.cycles for r in cycle.results]
    done = any(reply.startswith(unsaying.GONE) for reply in exchange.replies)
    if topics.left(made) or (asked and _asked_after([reading.act for reading in asked])):
        return None  # of that it is still to be explained what is so
    return forgetting.named(forgot[-1]) if forgot and done else None


def _claims(record: Record, played: Sequence[Reading], packet: Packet) -> list[Claim]:
    """What was claimed last, in this turn or an earlier one, as for ``_topics``."""
    found = claims.last(played, packet.message.time, record.taken)
    if found is not None:
        return found
    for exchange in reversed(packet.history):
        asked = _readings(exchange)
        acts = [reading.act for reading in asked]
        named = claims.asked(acts)
        if named is not None and not all(isinstance(act, Chat | Forget) for act in acts):
            made = [(r.call, r) for cycle in exchange.cycles for r in cycle.results]
            return named or claims.last(asked, exchange.message.time, made) or []
    return []


def _readings(exchange: Exchange) -> list[Reading]:
    lines = readings(exchange.message.text)[0]
    return [line.reading for line in lines if line.reading is not None]


def _speech(packet: Packet, lines: Sequence[Line]) -> Speech:
    """How to say things: with the words of the message, the history, and the evidence."""
    lexicon = Lexicon(_surfaces(lines))
    texts: dict[str, None] = {}
    for cycle in packet.results:
        for result in cycle.results:
            texts.update(dict.fromkeys(results.words(result.values)))
    texts.update(dict.fromkeys(e.message.text for e in reversed(packet.history)))
    for text in texts:
        if len(text) < 5_000:
            lexicon.learn(_surfaces(readings(text)[0]))
    now = utc(packet.message.time)
    return Speech(lexicon, now.date() if now is not None else None)


def _surfaces(lines: Sequence[Line]) -> list[Surface]:
    return [s for line in lines if line.reading is not None for s in line.reading.surfaces]
