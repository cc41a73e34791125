"""What tells an agent how to think or act, beside what merely tells it something.

An atom is a rule where it says what follows from what, defines or declares something, or speaks of
whatever there is (it has a variable). Words are one where they begin as an order does: ``Always
answer in French.`` A model that keeps such things for itself might steer itself by them, so they
are on trial (``standing``).

Invariant: pure functions. Not covered: orders in other languages than English, and those that are
put as facts (``The person wants French answers``), which are told like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, is_ground, walk
from mettaclaw.atoms.unify import alpha_equal

_IMPLICATIONS = ("==>", "<=>", "=/>", "=|>", "</>", "<|>", "Implication", "Equivalence")
_PROGRAMS = ("=", ":", ":<", "->", ":-", "rule", "add-atom", "remove-atom", "believe")
_HEADS = frozenset({*_IMPLICATIONS, *_PROGRAMS})
_ORDER = re.compile(
    r"""(?:\A|[.!?;:\n])\s*["'“‘(]*\s*(?:
        (?:always|never)\s(?!\w+(?:ed|ing)\b)\w
        |(?:from\ now\ on|in\ (?:the\ )?future|whenever|every\ time|each\ time)\b
        |(?:do\ not|don['’]t|make\ sure|be\ sure|remember\ to|ignore|disregard)\s
        |(?:you|i|the\ (?:agent|assistant|model))\ (?:must|should|shall|have\ to|has\ to)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def is_rule(atom: Atom) -> bool:
    """Whether an atom is one: see above. A rule within a statement makes that one."""
    if not isinstance(atom, Expression):
        return False
    return not is_ground(atom) or any(_is_headed(part) for part in walk(atom))


def is_order(text: str) -> bool:
    """Whether words tell somebody what to do, as far as their beginnings show it."""
    return _ORDER.search(text) is not None


def among(atoms: Iterable[Atom]) -> list[Atom]:
    """Those atoms that are rules."""
    return [atom for atom in atoms if is_rule(atom)]


def covers(atoms: Iterable[Atom], others: Iterable[Atom]) -> bool:
    """Whether all the others are among the atoms, whatever their variables are called."""
    known = list(atoms)
    return all(any(alpha_equal(one, other) for one in known) for other in others)


def _is_headed(atom: Atom) -> bool:
    match atom:
        case Expression((Symbol(name), _, *_)):
            return name in _HEADS or (len(name) > 1 and name.endswith("!"))
        case _:
            return False
