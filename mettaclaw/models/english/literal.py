"""What words say when they stand alone: the statements that the grammar reads in them.

It tells whether an atom that another model puts down to a person's words is what these words say.
Invariant: what is asked, supposed, reported of others, or said not to be so is no such statement.
Not covered: words that mean something only after what was said before them.
"""

from __future__ import annotations

from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.unify import alpha_equal
from mettaclaw.models.answers import repair
from mettaclaw.models.english.meaning import Remember, Tell
from mettaclaw.models.english.turn import readings

_HALF = 0.5


def says(words: str, atom: Atom) -> bool:
    """Whether words say an atom, up to the names of its variables."""
    for line in readings(repair(words))[0]:
        act = None if line.reading is None else line.reading.act
        told = act.tell if isinstance(act, Remember) else act
        if not isinstance(told, Tell) or told.source or told.when is not None:
            continue
        if any(s.truth.f > _HALF and alpha_equal(s.atom, atom) for s in told.statements):
            return True
    return False
