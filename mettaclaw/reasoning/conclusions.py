"""What follows from one or two given premises: the operation ``|-``.

Every rule is applied, to two premises in both orders. Each conclusion comes once: where several
rules reach it from the same premises, they rest on the same evidence, so the most confident one
stands. No tautology, no conclusion that is a premise again, none with variables that nothing
binds. Two premises that are one statement (up to names of variables) are revised, and nothing else
is done with them.

Whether the premises rest on the same evidence is the caller's to know: pass ``revisable=False``
where they do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mettaclaw.atoms.syntax import Atom, check, is_ground, read
from mettaclaw.atoms.truth import UNTOLD, Truth
from mettaclaw.atoms.unify import Substitution, alpha_equal, canonical, rename, substitute, unify
from mettaclaw.errors import UsageError
from mettaclaw.reasoning.rules import Rule, Rules
from mettaclaw.reasoning.statements import says_something, tidy

LOGICS = ("nal",)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A statement that follows, how true it is by that, and the name of the rule."""

    statement: Atom
    truth: Truth
    rule: str


def conclude(
    p1: Atom | str,
    t1: Truth | tuple[float, float] | None,
    p2: Atom | str | None = None,
    t2: Truth | tuple[float, float] | None = None,
    logic: str = "nal",
) -> list[Conclusion]:
    """All that follows from one premise, or from two in either order; best expectation first.

    Args:
        p1: A statement, as an atom or as MeTTa text.
        t1: Its truth value (f, c); None for a statement without one, which counts as (1, 0.9).
        p2: The second statement; None to apply the rules that take one premise.
        t2: Its truth value.
        logic: ``nal``.

    Raises:
        UsageError: A truth value outside [0, 1], or an unknown logic.
        MettaSyntaxError, LimitError: A premise is no MeTTa, or too large.
    """
    if logic not in LOGICS:
        raise UsageError(f"there is no logic {logic!r}; use logic='nal'")
    premises = [(_atom(p1), _truth(t1))]
    if p2 is not None:
        premises.append((_atom(p2), _truth(t2)))
    return follow(Rules.load(), premises)


def follow(
    rules: Rules, premises: list[tuple[Atom, Truth]], *, revisable: bool = True
) -> list[Conclusion]:
    """What the rules conclude from one or two premises; see the module's docstring.

    Args:
        rules: The rules.
        premises: Statements with their truth values.
        revisable: Whether the premises rest on different evidence, so that they may be pooled.
    """
    same = len(premises) == 2 and alpha_equal(premises[0][0], premises[1][0])
    best: dict[Atom, tuple[tuple[bool, bool, float], Conclusion]] = {}
    for rule, truths, bound in _applications(rules, premises):
        if rule.revises != same or (same and not revisable):
            continue
        statement = tidy(substitute(rule.conclusion, bound))
        key = canonical(statement)
        if not same and not says_something(statement, rules.conjunctions):
            continue
        if not same and any(key == canonical(premise) for premise, _ in premises):
            continue
        truth = rule.truth(truths)
        rank = (truth.c > 0.0, not rule.otherwise, truth.c)
        if key not in best or rank > best[key][0]:
            best[key] = (rank, Conclusion(statement, truth, rule.name))
    found = [conclusion for _, conclusion in best.values()]
    return sorted(found, key=lambda c: (-c.truth.expectation, -c.truth.c, str(c.statement)))


def _applications(
    rules: Rules, premises: list[tuple[Atom, Truth]]
) -> Iterator[tuple[Rule, list[Truth], Substitution]]:
    """Each rule that fits the premises, with the truth values in the rule's order."""
    apart = [
        (atom if is_ground(atom) else rename(atom, str(i)), truth)
        for i, (atom, truth) in enumerate(premises, start=1)
    ]
    for order in (apart, apart[::-1]) if len(apart) == 2 else (apart,):
        atoms = [atom for atom, _ in order]
        truths = [truth for _, truth in order]
        for rule in rules.joining(*atoms):
            bound: Substitution | None = {}
            for pattern, atom in zip(rule.premises, atoms, strict=True):
                bound = unify(pattern, atom, bound)
                if bound is None:
                    break
            if bound is not None and rule.permits(bound):
                yield rule, truths, bound


def _atom(value: Atom | str) -> Atom:
    return check(read(value) if isinstance(value, str) else value)


def _truth(value: Truth | tuple[float, float] | None) -> Truth:
    if value is None:
        return UNTOLD
    return value if isinstance(value, Truth) else Truth(*value)
