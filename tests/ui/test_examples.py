"""Every example runs, is short, and shows what it promises."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import ROOT, environment

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def output(example: Path, tmp_path: Path) -> str:
    done = subprocess.run(
        [sys.executable, str(example)],
        env=environment(tmp_path / "home"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert not (tmp_path / "home").exists()  # trying an example leaves nothing behind
    return done.stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_short_and_runs(example: Path, tmp_path: Path) -> None:
    assert len(example.read_text().splitlines()) < 40
    assert output(example, tmp_path)


def test_quickstart_infers_and_explains(tmp_path: Path) -> None:
    shown = output(ROOT / "examples" / "quickstart.py", tmp_path)
    assert "(--> garfield animal)  f 1, c 0.81  ACT" in shown
    assert 'user said "Garfield is a cat."' in shown
    assert "(garfield is a cat)" in shown


def test_embed_agent_shows_calls_and_replies(tmp_path: Path) -> None:
    shown = output(ROOT / "examples" / "embed_agent.py", tmp_path)
    assert "call:  (metta (infer (--> garfield animal))) ok" in shown
    assert "reply: Yes." in shown
    assert "stored: 2 statements" in shown
