"""The benchmark on LoCoMo: what it refuses, and that its recipes are what they say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.locomo import main, questions
from benchmarks.locomo_data import load
from mettaclaw.memory.retrieval import Weights

OURS = Path(__file__).with_name("conversation.json")


@pytest.mark.parametrize("name", ["talk.json", "other.json"])
def test_conversations_that_are_asked_about_are_not_learned_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    for folder, file in (("data", "talk.json"), ("train", name)):
        (tmp_path / folder).mkdir()
        shutil.copy(OURS, tmp_path / folder / file)
    code = main(["--data", str(tmp_path / "data"), "--train", str(tmp_path / "train")])
    assert code == 2
    said = capsys.readouterr().err
    assert f"--train has conversations of --data ({name.removesuffix('.json')})" in said


def test_without_the_graph_no_candidate_comes_by_names_alone(tmp_path: Path) -> None:
    shutil.copy(OURS, tmp_path / "talk.json")
    shipped = Weights.read()
    off = Weights(shipped.meaning, {**shipped.words, "shared": 0.0})
    found = [
        questions(load(tmp_path), by_words=True, with_names=True, weights=weights)
        for weights in (shipped, off)
    ]
    with_, without = (
        [(number, row["shared"]) for asked in many[0] for number, row in asked.rows.items()]
        for many in found
    )
    assert any(shared for _, shared in with_)
    assert not any(shared for _, shared in without)
    assert len(without) < len(with_)
