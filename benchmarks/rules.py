"""What ``|-`` and ``|~`` take in process, on premises of every shape that the rules know.

Each pair of premises is made from the patterns of one rule with two premises (``metta/nal.metta``,
``metta/pln.metta``), with names of its own, and given in both orders.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from benchmarks.figures import Figure, each_ms, median, percentile, show, times_ms
from mettaclaw.atoms.syntax import Atom, Number, Symbol, variables
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import substitute_once
from mettaclaw.reasoning import Rules
from mettaclaw.reasoning.conclusions import follow
from mettaclaw.reasoning.rules import rulefile
from mettaclaw.reasoning.rules.rule import DEFAULT_PRIOR, NAL, PLN, Rule

ROUNDS = 5
TRUTHS = (Truth(0.9, 0.9), Truth(0.8, 0.9))


def measure() -> list[Figure]:
    reading = times_ms(lambda: rulefile.read([], DEFAULT_PRIOR), runs=10)
    figures: list[Figure] = []
    for sign, logic in (("|-", NAL), ("|~", PLN)):
        rules = Rules.load().of(logic)
        binary = [rule for rule in rules.rules if rule.forward and len(rule.premises) == 2]
        list(each_ms(_uses(rules, binary, 0)))
        times = [
            ms for number in range(1, ROUNDS + 1) for ms in each_ms(_uses(rules, binary, number))
        ]
        figures += [
            Figure(f"{sign} on two premises, p50", median(times), "ms", 1.0),
            Figure(f"{sign} on two premises, p95", percentile(times, 95), "ms"),
        ]
    return [*figures, Figure("reading the rules that ship, p50", median(reading), "ms")]


def _uses(rules: Rules, binary: list[Rule], number: int) -> Iterator[Callable[[], object]]:
    for rule, turned in itertools.product(binary, (False, True)):
        premises = list(zip(_premises(rule, number), TRUTHS, strict=True))
        given = premises[::-1] if turned else premises
        yield lambda given=given: follow(rules, given)


def _premises(rule: Rule, number: int) -> list[Atom]:
    """The patterns of a rule, with a name for each variable; times in order of appearance."""
    named: dict[Atom, Atom] = {}
    for variable in (v for premise in rule.premises for v in variables(premise)):
        timed = variable.name.startswith(("from", "to"))
        place = len(named)
        named.setdefault(variable, Number(place) if timed else Symbol(f"term{number}_{place}"))
    return [substitute_once(premise, dict(named)) for premise in rule.premises]  # pyright: ignore


if __name__ == "__main__":
    show(measure)
