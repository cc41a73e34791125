"""Each rule that ships gives what the formulas say, to nine digits, in either order of premises.

The table is ``every_rule.txt``; its numbers were worked out apart from this project. Not covered:
the signs that mean the same (``test_every_rule``), and what a search makes of several rules.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import pytest

from mettaclaw.atoms import spans
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import Substitution, alpha_equal, rename, substitute, unify
from mettaclaw.config import resource
from mettaclaw.reasoning import Conclusion, Rules, conclude, infer
from mettaclaw.reasoning.conclusions import follow
from mettaclaw.reasoning.rules.rule import Rule
from tests.reasoning.conftest import Tell

PRIORS = {"a": (0.2, 0.9), "b": (0.3, 0.8), "c": (0.5, 0.9)}
RULES = Rules.load()

Valued = tuple[str, tuple[float, float]]


@dataclass(frozen=True)
class Row:
    """A line of the table; ``section`` is ``nal``, ``pln`` or ``goals``."""

    section: str
    rule: str
    premises: tuple[Valued, ...]
    statement: str
    truth: tuple[float, float]

    @property
    def logic(self) -> str:
        return "pln" if self.section == "pln" else "nal"

    def __str__(self) -> str:
        return f"{self.logic} {self.rule}: {'; '.join(p for p, _ in self.premises)}"


def valued(text: str) -> Valued:
    statement, f, c = text.rsplit(maxsplit=2)
    return statement, (float(f), float(c))


def table() -> list[Row]:
    rows: list[Row] = []
    section = ""
    text = Path(__file__).with_name("every_rule.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("= "):
            section = line[2:]
        elif line and not line.startswith("#"):
            rule, premises, conclusion = line.split(" | ")
            given = tuple(valued(part) for part in premises.split(" ; "))
            rows.append(Row(section, rule.strip(), given, *valued(conclusion)))
    return rows


ROWS = table()


def found(conclusions: list[Conclusion], row: Row) -> Conclusion:
    statement = read(row.statement)
    matching = [c for c in conclusions if alpha_equal(c.statement, statement)]
    assert len(matching) == 1, f"{statement} is concluded {len(matching)} times"
    return matching[0]


@pytest.mark.parametrize("row", [r for r in ROWS if r.section != "goals"], ids=str)
def test_a_rule_concludes_what_its_formula_says_in_either_order(row: Row) -> None:
    expected = pytest.approx(row.truth, abs=1e-9)
    for order in (row.premises, row.premises[::-1]):
        if row.rule == "choice":
            premises = [(read(text), Truth(*truth)) for text, truth in order]
            conclusions = follow(RULES.of(row.logic), premises, revisable=False)
        else:
            flat = [part for premise in order for part in premise]
            priors = PRIORS if row.logic == "pln" else None
            conclusions = conclude(*flat, logic=row.logic, priors=priors)  # pyright: ignore
        conclusion = found(conclusions, row)
        assert conclusion.rule == row.rule
        assert (conclusion.truth.f, conclusion.truth.c) == expected


@pytest.mark.parametrize("row", [r for r in ROWS if r.section == "goals"], ids=str)
def test_a_rule_for_goals_answers_what_its_formula_says(row: Row, tell: Tell) -> None:
    for order in (row.premises, row.premises[::-1]):
        (answer,) = infer(tell(*order), row.statement)
        assert answer.proof.rule == row.rule
        assert (answer.truth.f, answer.truth.c) == pytest.approx(row.truth, abs=1e-9)


def _takes_any_number(origin: str) -> bool:
    """Whether the rule that begins there is written with `$u...`, which stands for many parts."""
    name, _, line = origin.partition(", line ")
    below = resource(f"metta/{name}").read_text(encoding="utf-8").splitlines()[int(line) :]
    form = itertools.takewhile(lambda row: not row.startswith(("(rule", ";")), below)
    return "..." in " ".join(form)


def test_each_rule_that_ships_stands_in_the_table() -> None:
    """But for those of any number of parts, which ``test_compounds`` has."""
    stated = {rule.origin: rule for logic in ("nal", "pln") for rule in RULES.of(logic).rules}
    told = {
        rule.origin
        for logic in ("nal", "pln")
        for rule in RULES.of(logic).rules
        for row in ROWS
        if _is_of(row, rule)
    }
    assert (
        sorted(
            f"{rule.origin}: {rule.name}"
            for origin, rule in stated.items()
            if origin not in told and not _takes_any_number(origin)
        )
        == []
    )


def _is_of(row: Row, rule: Rule) -> bool:
    is_goal = row.section == "goals"  # which all logics answer together
    if row.rule != rule.name or is_goal is rule.forward or not (is_goal or row.logic == rule.logic):
        return False
    atoms = [read(text) for text, _ in row.premises]
    return any(_fits(row, rule, order) for order in itertools.permutations(atoms))


def _fits(row: Row, rule: Rule, premises: tuple[Atom, ...]) -> bool:
    if len(premises) != len(rule.premises):
        return False
    bound: Substitution | None = {}
    for pattern, atom in zip(rule.premises, premises, strict=True):
        bound = unify(pattern, atom, bound)
        if bound is None:
            return False
    concluded = spans.moved(substitute(rule.conclusion, bound))
    bound = unify(concluded, rename(read(row.statement), "row"), bound)
    return bound is not None and rule.permits(bound)
