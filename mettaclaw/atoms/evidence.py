"""What counts as new evidence: the one rule that adding, evaluating and importing share.

- Something observed, without words, is new each time.
- The same words for the same statement, with the same truth value, from the same source count once,
  whatever their case, spaces and marks at the end.
- What a model quotes from one message for one statement is one piece of evidence, however it cuts
  the quotation; if it reads the message otherwise than before, that is its reading from now on.
- A model that quotes what anybody has said of a statement is no second witness of it; who says
  himself what a model had quoted takes its place. A model that reads the same words otherwise than
  before changes its reading.
- A model that quotes a person may name who said it to them, and when (``reported``). Then that one
  is the source; of one saying, the latest reading counts, whomever it was put down to before, but
  for those who are named as having said the same: Sam and Bob said that Tom is a cat.
- An opinion, which is what ``(believe A (stv f c))`` without words gives, is one piece of evidence
  for each statement and source: the latest stands. So is what a model believes with words that
  quote nobody, for it could invent as many as it likes. A model is as sure as its quality allows.
- What was stored without a truth value counts as ``Quality.untold``, beside what others say of it.
- A file that says a statement with the same truth value again says nothing new; a later edition of
  it takes the place of an earlier one.

Invariant: pure functions; ``atoms.intake`` and the evaluator's overlay ask them, so what an
evaluation shows is what is stored. Not covered: who wrote a file (``atoms.imports``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from mettaclaw.atoms import arguments
from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.quoting import are_joined, bare, is_quote, is_reported, reports, tells_time
from mettaclaw.atoms.sources import is_kept, is_model
from mettaclaw.atoms.truth import APART, MAX_CONFIDENCE, Truth, held
from mettaclaw.atoms.view import Evidence
from mettaclaw.errors import UsageError

Kind = Literal["observation", "opinion", "file"]


@dataclass(frozen=True, slots=True)
class Said:
    """What comes in for a statement, before it is known to be new.

    Attributes:
        truth: None for an atom without a truth value.
        source: Who says so.
        words: The words it was said in, or None.
        kind: How it comes without words; with words it makes no difference.
        time: When it was said or seen, in seconds; None for now.
        message: The message that the words are quoted from, where a model has quoted them.
    """

    truth: Truth | None
    source: str
    words: str | None = None
    kind: Kind = "observation"
    time: float | None = None
    message: str = ""

    @property
    def is_opinion(self) -> bool:
        """Whether it is one that the next of the same source replaces."""
        own = self.words is None or is_model(self.source)
        return self.kind == "opinion" and own and self.truth is not None


def replaced(said: Said, standing: Iterable[Evidence]) -> tuple[int, ...] | None:
    """The ids of the evidence that something new takes the place of; None if it is nothing new.

    Args:
        said: What comes in, with a truth value.
        standing: The live evidence of the statement; for something without words, that of another
            source is not needed.
    """
    known = list(standing)
    if said.words is not None:
        same = [e for e in known if e.truth and _is_same(e, said)]
        if not said.is_opinion:
            return _quoted(said, same)
        if any(e.source != said.source for e in same):
            return None
    own = [e for e in known if e.source == said.source]
    match said.kind:
        case "observation":
            return ()
        case "opinion":
            opinions = [e for e in own if e.opinion]
            said_so = any(e.truth == said.truth for e in opinions)
            return None if said_so else tuple(e.id for e in opinions)
        case "file":
            said_so = any(e.truth == said.truth for e in own)
            mute = [e.id for e in own if e.words is None and not e.opinion]
            return None if said_so else tuple(mute)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks in an evaluation.

    Attributes:
        source: Who evaluates.
        quotable: Words of the person; what quotes them is the person's.
        quality: How sure the sources are that a model may name.
    """

    source: str = "evaluation"
    quotable: str = ""
    quality: Quality = field(default_factory=Quality)

    def of(self, words: str | None) -> str:
        """The source of a belief with these words."""
        if not words or not is_quote(words, self.quotable):
            return self.source
        # What the person reports is not what the person says, and is quoted with who said it.
        reported = is_model(self.source) and is_reported(words, self.quotable)
        return self.source if reported else "user"

    def said(self, truth: Truth | None, words: str | None) -> Said:
        """What a belief that this speaker states comes in as."""
        words = words or None
        source = self.of(words)
        if truth is not None:
            most = self.quality.of(source) if is_model(source) else MAX_CONFIDENCE
            truth = held(Truth(truth.f, min(truth.c, most)) if is_model(self.source) else truth)
        message = self.quotable if source == "user" else ""
        return Said(truth, source, words, "opinion", message=message)

    def reported(
        self, truth: Truth, words: str, source: str, time: float | str | None = None
    ) -> Said:
        """What a belief comes in as that this speaker puts down to somebody else, or to a time.

        What a model reports is at most as sure as the quality of its source.

        Raises:
            UsageError: A model names a source that the person's words do not, or one that is kept
                for others; a time that is none, has not come, or that the words do not tell of.
        """
        when = None if time is None else arguments.past(time)
        if when is not None and is_model(self.source) and not tells_time(words):
            raise UsageError(
                f"{time} is named as the time, and the quoted words tell of none; leave it out, or "
                "quote the whole sentence in which the person does"
            )
        own = self.said(truth, words)
        if source == own.source and not is_model(source):
            return replace(own, time=when)
        source = " ".join(source.split())
        if not source or is_kept(source):
            raise UsageError(
                f"`{source}` cannot be named as the source of what is believed; name who said it, "
                'such as (believe STATEMENT (stv 1.0 0.9) "Sam says that …" sam)'
            )
        if is_model(self.source):
            if not is_quote(words, self.quotable) or not reports(words, source):
                raise UsageError(
                    f"`{source}` is named as the source, and the quoted words do not say that it "
                    "said so; quote the whole sentence in which the person does"
                )
            truth = Truth(truth.f, min(truth.c, self.quality.of(source)))
        truth = held(truth)
        message = self.quotable if is_model(self.source) else own.message
        return Said(truth, source, words, time=when, message=message)


def _is_same(known: Evidence, said: Said) -> bool:
    """Whether two pieces of evidence with words are one saying."""
    if known.words is None or said.words is None:
        return False
    if _plain(known.words) == _plain(said.words):
        return True
    ours = known.source == said.source and said.message != ""
    return ours and not _is_opposite(known, said) and is_quote(known.words, said.message)


def _is_opposite(known: Evidence, said: Said) -> bool:
    """Whether one speaks for a statement and one against it.

    "It is not true that Tom is a cat" quotes "Tom is a cat", and is not that saying again.
    """
    return (
        known.truth is not None
        and said.truth is not None
        and abs(known.truth.f - said.truth.f) >= APART
    )


def _plain(words: str) -> str:
    return " ".join(bare(words).casefold().split())


def _quoted(said: Said, same: list[Evidence]) -> tuple[int, ...] | None:
    """As ``replaced``, where all of the evidence is the saying that comes in now."""
    own = [e for e in same if e.source == said.source]
    if any(e.truth == said.truth for e in own):
        return None
    models = tuple(e.id for e in same if is_model(e.source))
    if said.message:
        if said.source != "user":  # it was put down to another: the same words, read once more
            heard = [e for e in same if e.source == "user" or reports(e.words or "", e.source)]
            together = said.words or ""
            others = [e for e in heard if not are_joined(together, e.source, said.source)]
            return tuple(e.id for e in others) + models
        return tuple(e.id for e in own) + models
    if not is_model(said.source):
        return models
    if len(own) < len(same):
        return None
    return tuple(e.id for e in same)
