"""What words say when they stand alone: the statements that the grammar reads in them.

It tells whether an atom that another model puts down to a person's words is what these words say.
Invariant: what is asked, or reported of others, is no such statement.
Not covered: words that mean something only after what was said before them.
"""

from __future__ import annotations

from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.unify import alpha_equal
from mettaclaw.models.answers import repair
from mettaclaw.models.english.meaning import Remember, Tell
from mettaclaw.models.english.turn import readings

_HALF = 0.5


def says(words: str, atom: Atom, so: bool = True) -> bool:
    """Whether words say that an atom is so, or is not, up to the names of its variables."""
    for line in readings(repair(words))[0]:
        act = None if line.reading is None else line.reading.act
        told = act.tell if isinstance(act, Remember) else act
        if not isinstance(told, Tell) or told.source or told.when is not None:
            continue
        same = (s for s in told.statements if alpha_equal(s.atom, atom))
        if any((s.truth.f > _HALF) == so for s in same):
            return True
    return False
