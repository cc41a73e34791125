"""One meaning, several signs: a rule in every notation that people write.

A group of signs means the same (``∧``, ``and``, ``,``); a rule that is written with the first of
them holds for the others too. Invariant: within one rule a sign is the same throughout, and what
only a conclusion has is concluded with the first sign, so that nothing is said twice.

Not covered: which groups there are (``(notation SIGN OTHER ...)`` in a rule file).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, walk
from mettaclaw.errors import UsageError
from mettaclaw.reasoning.rules.rule import Rule

MAX_VARIANTS = 500


def variants(rule: Rule, notations: Sequence[tuple[str, ...]]) -> Iterator[Rule]:
    """The rule in every notation: once for each sign that means the same as one it uses.

    What only the conclusion has is concluded with the first sign, and asked for with any.
    """
    asked = _operators(rule.premises)
    used = asked | _operators((rule.conclusion,))
    groups = [group for group in notations if group[0] in used]
    if math.prod(map(len, groups)) > MAX_VARIANTS:
        raise UsageError(f"{rule.origin}, rule {rule.name}: it has too many signs to choose from")
    for signs in itertools.product(*groups):
        other = {group[0]: sign for group, sign in zip(groups, signs, strict=True)}
        if all(sign == first for first, sign in other.items()):
            yield rule
            continue
        forward = rule.forward and all(
            sign == first or first in asked for first, sign in other.items()
        )
        if forward or rule.backward:
            yield replace(
                rule,
                premises=tuple(_written(premise, other) for premise in rule.premises),
                conclusion=_written(rule.conclusion, other),
                terms=tuple(_written(term, other) for term in rule.terms),
                conditions=tuple(
                    replace(c, left=_written(c.left, other), right=_written(c.right, other))
                    for c in rule.conditions
                ),
                forward=forward,
            )


def _operators(atoms: Iterable[Atom]) -> set[str]:
    return {
        node.children[0].name
        for atom in atoms
        for node in walk(atom)
        if isinstance(node, Expression) and node.children and isinstance(node.children[0], Symbol)
    }


def _written(atom: Atom, other: dict[str, str]) -> Atom:
    if not isinstance(atom, Expression) or not atom.children:
        return atom
    first, *rest = atom.children
    if isinstance(first, Symbol):
        first = Symbol(other.get(first.name, first.name))
    else:
        first = _written(first, other)
    return Expression((first, *(_written(child, other) for child in rest)))
