"""The quality of a source sets the confidence of what it says without one of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from mettaclaw import Agent
from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.truth import Truth
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import ConfigError, UsageError

CAT = "(--> tom cat)"


@pytest.mark.parametrize(
    ("source", "c"),
    [("user", 0.9), ("model", 0.35), ("model:x", 0.35), ("modeller", 0.55), ("sam", 0.55)],
)
def test_every_source_has_a_quality(source: str, c: float) -> None:
    with Atomspace.open(":memory:") as kb:
        kb.add(CAT, 0.8, source=source)
        assert kb.truth(CAT) == Truth(0.8, c)
        kb.add("(--> tim cat)", (0.8, 0.1), source=source)
        assert kb.truth("(--> tim cat)") == Truth(0.8, 0.1)


def test_the_longest_name_that_fits_counts() -> None:
    quality = Quality({"a": 0.1, "b": 0.2, "c": 0.3}, {"*": "a", "file:*": "b", "file:x": "c"})
    assert [quality.of(s) for s in ("sam", "file:y", "file:x", "")] == [0.1, 0.2, 0.3, 0.1]


def test_kinds_and_sources_are_settings(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        "[quality]\nsecondary = 0.75\ngossip = 0.2\n"
        '[sources]\nsam = "secondary"\n"paper:*" = "gossip"\n'
    )
    with Agent.open(tmp_path) as agent:
        for source, c in (("sam", 0.75), ("paper:daily", 0.2), ("user", 0.9)):
            assert agent.kb.add(f"(said {source})", 1, source=source).truth == Truth(1.0, c)


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[quality]\nprimary = 1.0", "between 0 and 1"),
        ("[quality]\nprimary = nan", "between 0 and 1"),
        ('[quality]\nprimary = "high"', "between 0 and 1"),
        ("quality = 3", "takes a table"),
        ('[sources]\nsam = "gossip"', "one of primary, secondary"),
        ("[sources]\nsam = 1", "one of primary, secondary"),
        ("[sources]\nsam = []", "one of primary, secondary"),
    ],
)
def test_a_wrong_quality_names_its_place(tmp_path: Path, toml: str, words: str) -> None:
    (tmp_path / "config.toml").write_text(toml)
    with pytest.raises(ConfigError, match=words):
        Agent.open(tmp_path)


def test_a_frequency_is_checked_too() -> None:
    with Atomspace.open(":memory:") as kb:
        for wrong in (1.5, float("nan"), True):
            with pytest.raises(UsageError):
                kb.add(CAT, wrong)
