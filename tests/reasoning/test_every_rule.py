"""Each rule that ships can be reached, with premises that are made from its patterns."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.atoms import spans
from mettaclaw.atoms.syntax import Atom, Number, Symbol, Variable, variables
from mettaclaw.atoms.truth import MAX_CONFIDENCE, WEIGHABLE, Truth
from mettaclaw.atoms.unify import canonical, substitute, substitute_once
from mettaclaw.reasoning import Rules, infer
from mettaclaw.reasoning.conclusions import follow
from mettaclaw.reasoning.rules.rule import Rule
from mettaclaw.reasoning.statements import says_something
from tests.reasoning.conftest import Tell

RULES = Rules.load()
ALL = [rule for logic in ("nal", "pln") for rule in RULES.of(logic).rules]
FORWARD = [rule for rule in ALL if rule.forward]
TRUTHS = [Truth(0.9, 0.9), Truth(0.4, 0.8), Truth(0.0, 0.9), Truth(1.0, 0.9)]


def label(rule: Rule) -> str:
    return f"{rule.logic} {rule.name} {' '.join(str(canonical(p)) for p in rule.premises)}"


def worlds(rule: Rule) -> Iterator[dict[Variable, Atom]]:
    """Ways to fill in a rule's variables that its conditions permit."""
    parts = rule.premises if rule.forward else (*rule.premises, rule.conclusion)
    names = list(dict.fromkeys(v for part in parts for v in variables(part)))
    same = {c.left: c.right for c in rule.conditions if c.relation == "same"}
    for order in itertools.islice(itertools.permutations(range(len(names))), 200):
        world: dict[Variable, Atom] = {}
        for variable, number in zip(names, order, strict=True):
            name = variable.name.removesuffix("#r")
            timed = name.startswith(("from", "to")) or name in ("first", "last", "n")
            world[variable] = Number(number) if timed else Symbol(f"t{number}")
            if name == "unit":
                world[variable] = Symbol("s")
        for left, right in same.items():
            assert isinstance(left, Variable)
            world[left] = substitute(right, world)
        if rule.permits(world):
            yield world


@pytest.mark.parametrize("rule", FORWARD, ids=label)
def test_a_rule_is_reached(rule: Rule) -> None:
    rules = RULES.of(rule.logic)
    world = next(worlds(rule))
    atoms = [substitute_once(premise, world) for premise in rule.premises]
    expected = canonical(spans.moved(substitute(rule.conclusion, dict(world))))
    for truths in itertools.product(TRUTHS, repeat=len(atoms)):
        premises = list(zip(atoms, truths, strict=True))
        conclusions = follow(rules, premises, revisable=not rule.chooses)
        assert conclusions == follow(rules, premises[::-1], revisable=not rule.chooses)
        for conclusion in conclusions:
            if canonical(conclusion.statement) == expected and conclusion.rule == rule.name:
                return
    raise AssertionError(f"{rule.name} never concluded {expected} from {atoms}")


@pytest.mark.parametrize("rule", [r for r in RULES.rules if not r.forward], ids=label)
def test_a_rule_for_goals_alone_is_reached(rule: Rule, tell: Tell) -> None:
    world = next(worlds(rule))
    atoms = [substitute_once(premise, world) for premise in rule.premises]
    goal = substitute(rule.conclusion, dict(world))
    used = (
        answer.proof.rule
        for values in itertools.product(((1.0, 0.9), (0.0, 0.9)), repeat=len(atoms))
        for answer in infer(tell(*zip(map(str, atoms), values, strict=True)), goal)
    )
    assert rule.name in used, f"{goal} was never inferred by {rule.name} from {atoms}"


def test_all_rules_of_one_premise_can_be_given_one() -> None:
    unary = {rule.name for rule in FORWARD if len(rule.premises) == 1}
    assert {"conversion", "contraposition", "negation", "conjunct", "element"} <= unary
    assert {"inversion", "not-elimination", "equivalence-to-implication"} <= unary


@given(
    st.sampled_from(FORWARD),
    *[st.builds(Truth, st.floats(0.0, 1.0), st.floats(0.0, 1.0))] * 2,
)
def test_whatever_the_truth_of_the_premises_conclusions_are_sound(
    rule: Rule, one: Truth, other: Truth
) -> None:
    world = next(worlds(rule))
    atoms = [substitute_once(premise, world) for premise in rule.premises]
    premises = list(zip(atoms, (one, other), strict=False))
    rules = RULES.of(rule.logic)
    conclusions = follow(rules, premises)
    statements = [canonical(c.statement) for c in conclusions]
    assert len(set(statements)) == len(statements)
    expectations = [c.truth.expectation for c in conclusions]
    assert expectations == sorted(expectations, reverse=True)
    for conclusion in conclusions:
        assert 0.0 <= conclusion.truth.f <= 1.0
        assert conclusion.truth.c <= (MAX_CONFIDENCE if rule.logic == "nal" else WEIGHABLE)
        assert rule.revises or says_something(conclusion.statement, RULES.conjunctions)
