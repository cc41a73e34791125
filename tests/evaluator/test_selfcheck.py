"""The canary sings when hyperon lies, and only then."""

from __future__ import annotations

import pytest

from mettaclaw.evaluator import canary, selfcheck


def test_the_installed_hyperon_answers_rightly() -> None:
    assert canary() is None


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("print('3 3000')", "wrong answers"),
        ("print('0 2999')", "wrong answers"),
        ("import os; os.abort()", "crashed (SIGABRT)"),
        ("import nothing_of_this_name", "No module named"),
    ],
)
def test_a_hyperon_that_lies_or_dies_is_told(script: str, says: str) -> None:
    told = selfcheck.ask(script, "0.2.9")
    assert told is not None
    assert says in told
    assert 'pip install "hyperon==0.2.6"' in told


def test_another_version_is_told_even_if_it_answers_rightly() -> None:
    assert "0.3.0" in (selfcheck.ask("print('0 3000')", "0.3.0") or "")
