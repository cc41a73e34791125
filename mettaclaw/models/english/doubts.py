"""What the lint doubts about a statement that was just taken in, as one short question.

A note of the ``metta`` tool reads ``check STATEMENT: WHY. Did you mean STATEMENT?``
(``reasoning.lint``). Invariant: a note that cannot be read is left out. Not covered: what is done
about it, which is the person's to say.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence

from mettaclaw.atoms.syntax import Atom, Expression, String, Symbol, read_all
from mettaclaw.errors import MettaClawError
from mettaclaw.models.english.prose import capital
from mettaclaw.models.english.rejections import told
from mettaclaw.models.english.speech import Speech
from mettaclaw.models.english.stage import Need, Stage
from mettaclaw.protocol.calls import Result

_SPELLED = re.compile(r'You wrote "[^"]*"; did you mean (?P<known>.*)\?\Z')
_OTHER = re.compile(r"Did you mean that .*\?\Z")
_NOTE = re.compile(r"check (?P<odd>\(.*?\)): (?P<why>.*?)\.(?: Did you mean (?P<meant>.*)\?)?")


def asked(speech: Speech, values: Sequence[Atom]) -> list[str]:
    """A question for each doubt among the results of a call, each once."""
    questions = (_question(speech, text) for text in _notes(values))
    return list(dict.fromkeys(filter(None, questions)))


def confirmed(stage: Stage) -> Generator[Need, list[Result], str]:
    """What to say where the person meant what was asked last; "" where no such thing was asked.

    Nothing is changed by it: what was told first would have to be taken back, too.
    """
    reply = stage.replies[-1].rstrip() if stage.replies else ""
    spelled, other = _SPELLED.search(reply), _OTHER.search(reply)
    if spelled is None and other is None:
        return ""
    yield Need(())
    topics = stage.topics()
    wrong = f"that {stage.speech.yours(topics[0])}" if len(topics) == 1 else "that …"
    again = "say it as you mean it"
    if spelled is not None:
        again = f'say it again with "{spelled["known"]}"'
    return f'I have changed nothing yet: say "Forget {wrong}.", and then {again}.'


def _notes(values: Sequence[Atom]) -> Iterator[str]:
    for value in values:
        match value:
            case Expression((Symbol("note"), String(text))):
                yield text
            case _:
                pass


def _question(speech: Speech, note: str) -> str:
    found = _NOTE.fullmatch(note)
    odd = _atom(found["odd"]) if found else None
    if found is None or odd is None:
        return ""
    meant = _atom(found["meant"]) if found["meant"] else None
    if meant is None:
        return f'"{capital(speech.clause(odd))}" looks odd: {told(speech, found["why"])}.'
    spelled = _spelled(odd, meant)
    if not spelled:
        return f"Did you mean that {speech.clause(meant)}?"
    pairs = [_words(speech, written, known) for written, known in spelled.items()]
    if any(written == known for written, known in pairs):  # Cats, the name; and cats
        return f"Did you mean that {speech.clause(meant)}?"
    wrote = " and ".join(f'"{written}"' for written, _ in pairs)
    return f"You wrote {wrote}; did you mean {' and '.join(known for _, known in pairs)}?"


def _words(speech: Speech, written: Symbol, known: Symbol) -> tuple[str, str]:
    """What was written, and what is known, which may have been named long ago."""
    text, other = (speech.noun_of(one) for one in (written, known))
    for one in (written, known):
        if speech.lexicon.find("thing", one.name) is not None:
            text, other = speech.thing(written)[0], speech.thing(known)[0]
    if speech.is_name(written) and text[:1].isupper():
        other = capital(other)
    return text, other


def _spelled(odd: Atom, meant: Atom) -> dict[Symbol, Symbol]:
    """The names that are written otherwise; none where more than names is other, or they only
    stand in other places.
    """
    pairs = list(_pairs(odd, meant))
    new: dict[Symbol, Symbol] = {}
    for one, other in pairs:
        if not isinstance(one, Symbol) or not isinstance(other, Symbol):
            return {}
        if one != other:
            new[one] = other
    same = {one for one, _ in pairs}
    return {} if any(other in same for other in new.values()) else new


def _pairs(odd: Atom, meant: Atom) -> Iterator[tuple[Atom, Atom]]:
    match odd, meant:
        case Expression(here), Expression(there) if len(here) == len(there):
            for one, other in zip(here, there, strict=True):
                yield from _pairs(one, other)
        case _:
            yield odd, meant


def _atom(text: str) -> Atom | None:
    try:
        atoms = read_all(text)
    except MettaClawError:
        return None
    return atoms[0] if len(atoms) == 1 else None
