"""A past moment tells a model what was believed then, and no words that were taken back since."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mettaclaw.atomspace import Atomspace


@pytest.mark.parametrize("asked", ['(said "")', "(why (--> tom tame))"])
def test_a_model_that_looks_back_is_not_told_the_words_that_were_taken_back(
    tmp_path: Path, asked: str
) -> None:
    with Atomspace.open(tmp_path / "kb.db") as kb:
        kb.add("(--> tom tame)", (1.0, 0.9), source="user", words="Tom is tame, secretly.")
        time.sleep(0.01)
        then = time.time()
        time.sleep(0.01)
        kb.retract("(--> tom tame)")
        program = f"!(as-of {then} {asked})"
        assert "secretly" in str(kb.evaluate(program, source="user").results)
        shown = kb.evaluate(program, source="model:x")
        assert shown.error is None
        assert "(--> tom tame)" in str(shown.results)
        assert "secretly" not in str(shown.results)
