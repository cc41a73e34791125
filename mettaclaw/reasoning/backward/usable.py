"""Which rules are worth trying for a goal, by what there is that they could rest on.

Not covered: which premise of a rule is looked up first (``leads``).
"""

from __future__ import annotations

from mettaclaw.atoms.forms import NEGATIONS
from mettaclaw.atoms.syntax import Atom, Expression, Symbol
from mettaclaw.atoms.unify import canonical
from mettaclaw.reasoning.backward.facts import Facts
from mettaclaw.reasoning.rules.rule import Rule, Signature, signature
from mettaclaw.reasoning.rules.ruleset import Rules


class Usable:
    """The rules that beliefs may lead, by the shape of a goal, each looked for once in a search."""

    def __init__(self, facts: Facts, rules: Rules) -> None:
        self._facts = facts
        self._rules = rules
        self._by_shape: dict[Signature, tuple[list[Rule], list[Rule]]] = {}
        self._negations: list[Symbol] | None = None  # the signs of those that there are

    def rules(self, pattern: Atom) -> tuple[list[Rule], list[Rule]]:
        """The strong and the weak rules for goals of this shape whose premises there may be."""
        shape = signature(pattern)
        if shape not in self._by_shape:
            there = self._rules.answering(shape, self._facts.may_have, self._facts.may_hold)
            usable = [rule for rule in there if self._has_links(rule)]
            strong = [rule for rule in usable if not rule.weak]
            self._by_shape[shape] = strong, [rule for rule in usable if rule.weak]
        return self._by_shape[shape]

    def is_negated(self, premise: Atom) -> bool:
        """Whether a belief that fits a premise may be said by a negation, ``(¬ (--> tom $x))``."""
        if self._negations is None:
            known = (Symbol(sign) for sign in NEGATIONS)
            self._negations = [s for s in known if self._facts.may_have(Expression((s,)))]
        return any(
            self._facts.has(canonical(Expression((sign, premise)))) for sign in self._negations
        )

    def _has_links(self, rule: Rule) -> bool:
        """Whether a belief fits the premise of a rule that alone can lead it, if one alone can."""
        leads = [premise for premise in rule.premises if isinstance(premise, Expression)]
        return len(leads) != 1 or len(rule.premises) == 1 or self._facts.has(canonical(leads[0]))
