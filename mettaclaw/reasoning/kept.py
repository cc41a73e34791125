"""Derivations that were kept: what their rules say of their premises as these are now.

A rule is known by its name, and several have the same one, so the one that was used is found by
the shape of premises and conclusion. Where another logic has one of this name and shape, the logic
is part of the name that is kept: ``pln:deduction``. Where a rule is gone, what was kept counts with
the truth value that it had, until what it rests on changes. Not covered: the rows, and what falls
with what (``atoms.support``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from mettaclaw.atoms import spans
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, Expression, Symbol
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import Substitution, alpha_equal, apart, substitute, unify
from mettaclaw.atoms.view import Derivation, View
from mettaclaw.errors import EvaluationError, UsageError
from mettaclaw.reasoning.priors import Priors
from mettaclaw.reasoning.proof import POOLED, SAID, Proof
from mettaclaw.reasoning.rules.rule import ALWAYS, CONJUNCTION, Rule, always, conjunction, constant
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.statements import parts

_SAME = 1e-9
ENGINE = "2"  # changes when the same premises come to another truth value than before


def revalued(
    name: str,
    premises: Sequence[tuple[Atom, Truth]],
    conclusion: Atom,
    view: View,
    rules: Rules | None = None,
) -> Truth | None:
    """What a rule makes of premises with these truth values; None where no rule of this name does.

    Args:
        name: The rule's name.
        premises: Statements with their truth values, in the rule's order; then priors of its terms.
        conclusion: What it concluded.
        view: Where the priors of its terms are known.
        rules: None for those that ship.
    """
    rules = rules or Rules.load()
    atoms = [atom for atom, _ in premises]
    rule = rule_of(name, atoms, conclusion, rules)
    if rule is None:
        return None
    count = len(rule.premises)
    said = dict(premises[count:])  # a view need not know yet what has become of them

    def prior(term: Atom) -> Truth | None:
        belief = None if term in said else view.belief(term)
        return said.get(term) if belief is None else belief.truth

    known = Priors(prior, rules.prior).taken(rule, atoms[:count])
    return rule.truth([*(truth for _, truth in premises[:count]), *known])


def keep(store: AtomStore, proof: Proof, rules: Rules | None = None) -> None:
    """Store the derivations of a proof, those below first, inside a transaction.

    Raises:
        UsageError: What the proof rests on is not believed (any more), or a rule does not give what
            it says: later changes would be valued otherwise.
    """
    rules = rules or Rules.load()
    for premise in proof.premises:
        keep(store, premise, rules)
    if proof.rule not in (SAID, POOLED):
        given = [(premise.statement, premise.truth) for premise in proof.premises]
        name = name_of(proof, rules)
        again = revalued(name, given, proof.statement, store, rules)
        if again is None and _is_kept(store, proof.statement, name, given):
            return
        if again is None or not _is_near(again, proof.truth):
            raise UsageError(
                f"`{str(proof.statement)[:60]}` does not follow by {name[:60]} with the truth "
                "value of its proof, and cannot be kept; ask for it anew, and keep that answer"
            )
        premises = [premise.statement for premise in proof.premises]
        store.derive(proof.statement, name, premises, proof.truth, ENGINE)


def name_of(proof: Proof, rules: Rules) -> str:
    """The name under which a derivation is kept: that of its rule, with the logic before it where
    the rules side by side have another one of this name and shape, or none.
    """
    if not proof.logic:
        return proof.rule
    atoms = [premise.statement for premise in proof.premises]
    beside = rule_of(proof.rule, atoms, proof.statement, rules)
    is_usual = beside is not None and beside.logic == proof.logic
    return proof.rule if is_usual else f"{proof.logic}:{proof.rule}"


def as_kept(derivation: Derivation) -> Rule:
    """The rule of a kept derivation, where it is gone: it says what it said."""
    return constant(derivation.rule, derivation.premises, derivation.statement, derivation.truth)


def _is_kept(
    store: AtomStore, conclusion: Atom, name: str, premises: Sequence[tuple[Atom, Truth]]
) -> bool:
    """Whether a derivation stands already, as one may whose rule is gone."""
    given = tuple(atom for atom, _ in premises)
    return any((one.rule, one.premises) == (name, given) for one in store.derivations(conclusion))


def _is_near(one: Truth, other: Truth) -> bool:
    return abs(one.f - other.f) < _SAME and abs(one.c - other.c) < _SAME


def concluded(proof: Proof) -> Iterator[Atom]:
    """The statements of which ``keep`` stores a derivation."""
    for node in proof.nodes():
        if node.rule not in (SAID, POOLED):
            yield node.statement


def keep_proposed(
    store: AtomStore,
    conclusion: Atom,
    rule: str,
    premises: Sequence[Atom],
    rules: Rules | None = None,
) -> None:
    """Store a derivation that somebody who is not trusted proposes, inside a transaction.

    Raises:
        EvaluationError: There is no such rule, or a premise is not believed.
    """
    rules = rules or Rules.load()
    given = list(premises)
    found = rule_of(rule, given, conclusion, rules)
    if found is not None:
        own = given[: len(found.premises)]
        priors = Priors.stored(store, rules.prior).told(found, own)
        given = [*own, *(belief.statement for belief in priors)]
    beliefs = [(premise, store.belief(premise)) for premise in given]
    known = [(premise, belief.standing) for premise, belief in beliefs if belief is not None]
    truth = revalued(rule, known, conclusion, store, rules) if len(known) == len(given) else None
    if truth is None and _is_kept(store, conclusion, rule, known):
        return
    if truth is None:
        raise EvaluationError(f"{str(conclusion)[:80]} does not follow by {rule[:40]}")
    store.derive(conclusion, rule, given, truth, ENGINE)


def rule_of(name: str, premises: Sequence[Atom], conclusion: Atom, rules: Rules) -> Rule | None:
    """The rule of this name that takes the premises to the conclusion; see ``name_of``.

    What stands after its premises are the priors of its terms. A rule takes statements that have a
    time, all the same one, to a conclusion that has it too (``backward.windowsearch``).
    """
    logic, colon, own_name = name.partition(":")
    if colon and logic in rules.logics and name not in _named(rules):
        name, rules = own_name, rules.of(logic)
    found = _rule_of(name, premises, conclusion, rules)
    match conclusion:
        case Expression((Symbol("at"), inner, begin, end)) if found is None:
            then = [_inner(premise, begin, end) for premise in premises]
        case _:
            return found
    plain = [premise if one is None else one for premise, one in zip(premises, then, strict=True)]
    rule = None if plain == list(premises) else _rule_of(name, plain, inner, rules)
    if rule is None:
        return None
    timed = (
        pattern if one is None else spans.timed(pattern, begin, end)
        for pattern, one in zip(rule.premises, then, strict=False)
    )
    return replace(rule, premises=tuple(timed), conclusion=spans.timed(rule.conclusion, begin, end))


def _inner(atom: Atom, begin: Atom, end: Atom) -> Atom | None:
    """The statement of one that has just this time; None for any other."""
    match atom:
        case Expression((Symbol("at"), inner, first, last)) if (first, last) == (begin, end):
            return inner
        case _:
            return None


def _rule_of(name: str, premises: Sequence[Atom], conclusion: Atom, rules: Rules) -> Rule | None:
    match conclusion:
        case Expression((Symbol("at"), inner, _, _)) if (name, [inner]) == (ALWAYS, list(premises)):
            return always(inner, conclusion)
        case _:
            pass
    if name == CONJUNCTION and list(parts(conclusion, rules.conjunctions)) == list(premises):
        return conjunction(conclusion, tuple(premises))
    own_names = [apart(atom, str(i)) for i, atom in enumerate(premises)]
    for rule in _named(rules).get(name, ()):
        own = own_names[: len(rule.premises)]
        more = len(own_names) - len(own)
        if len(own) < len(rule.premises) or more > len(rule.terms):
            continue
        if _concludes(rule, own, conclusion):
            return rule
    return None


@lru_cache(maxsize=8)
def _named(rules: Rules) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in rules.rules:
        found.setdefault(rule.name, []).append(rule)
    return found


def _concludes(rule: Rule, premises: Sequence[Atom], conclusion: Atom) -> bool:
    bound: Substitution | None = {}
    for pattern, atom in zip(rule.premises, premises, strict=True):
        bound = unify(pattern, atom, bound)
        if bound is None:
            return False
    found = spans.moved(substitute(rule.conclusion, bound))
    concluded = unify(found, apart(conclusion, "c"), bound)
    if concluded is None:
        return alpha_equal(found, conclusion)
    spanning = [one for one in rule.conditions if one.relation == "within"]
    return all(one.holds(concluded) for one in spanning)
