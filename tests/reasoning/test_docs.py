from __future__ import annotations

import re
from pathlib import Path

from mettaclaw.atoms.syntax import read
from mettaclaw.reasoning import Bounds, Rules, conclude
from mettaclaw.reasoning.functions import FUNCTIONS
from mettaclaw.reasoning.operations import OPERATIONS
from mettaclaw.reasoning.pln_functions import PLN_FUNCTIONS

PAGE = (Path(__file__).parents[2] / "docs" / "reasoning.md").read_text(encoding="utf-8")


def test_the_page_names_every_truth_function() -> None:
    written = PAGE.split("of these:")[1].split("\n- ")[0]
    assert set(re.findall(r"`([a-z-]+)`", written)) == set(FUNCTIONS | PLN_FUNCTIONS)


def test_the_page_says_of_each_rule_that_no_search_uses_why_it_does_not() -> None:
    section = PAGE.split("### What a search does not use")[1].split("\n#")[0]
    named = {name for row in re.findall(r"^\| (`.*?) \|", section, re.M) for name in _quoted(row)}
    rules = Rules.load()
    unused = {rule.name for rule in rules.rules if not rule.backward}
    assert named == unused | {rule.name for rule in rules.rules if rule.revises or rule.chooses}


def _quoted(text: str) -> list[str]:
    return re.findall(r"`([a-z-]+)`", text)


def test_the_page_names_the_bounds_of_a_search() -> None:
    bounds = Bounds()
    said = PAGE.split("(`reasoning.Bounds`)")[0].rpartition("A search looks at ")[2]
    assert said == f"{bounds.steps:,} premises at most, for {bounds.seconds:g} second, " + (
        f"{bounds.depth} rules deep "
    )


def test_the_page_names_every_operation() -> None:
    for operation in OPERATIONS:
        assert f"({operation.name} " in PAGE.replace("\\|", "|")


def test_the_example_of_a_rule_can_be_loaded(tmp_path: Path) -> None:
    example = next(
        block for block in re.findall(r"```metta\n(.*?)```", PAGE, re.S) if "(rule" in block
    )
    path = tmp_path / "my_rules.metta"
    path.write_text(example, encoding="utf-8")
    assert "cause" in {rule.name for rule in Rules.load([path]).rules}


def test_the_example_of_conclusions_is_what_comes_out() -> None:
    shown = re.findall(r"^; (.*)$", PAGE, re.M)
    found = conclude("(--> tom cat)", (1.0, 0.9), "(--> cat animal)", (1.0, 0.9))
    assert shown == [f"({c.statement} {c.truth} {c.rule})" for c in found]
    assert all(read(line) for line in shown)
