"""Every example runs, is short, and shows what it promises."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import ROOT, Claw, environment

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


THEN = "(--> tom ([] tame))  f 1, c 0.64  by deduction\n  (--> tom cat)  f 1, c 0.8\n"


def test_three_sources_contradict_each_other_and_one_is_taken_back(tmp_path: Path) -> None:
    shown = output(ROOT / "examples" / "three_sources.py", tmp_path)
    now, _, rest = shown.partition("as of Tuesday:")
    assert now.startswith("now: (--> tom ([] tame)) (stv 0.119")
    assert 'vet said "Tom is wild!" on 2025-03-05 00:00 UTC with f 0, c 0.9\n' in now
    assert 'blog said "Tom is the tamest." on 2025-03-07 00:00 UTC with f 1, c 0.55\n' in now
    assert "not (--> tom ([] tame))  f 1, c 0.64  (general: it is inherited by way of" in now
    tuesday, _, after = rest.partition("contradiction: ")
    assert tuesday.startswith(" (--> tom ([] tame)) (stv 1.0 0.64")
    assert THEN in tuesday
    assert "vet" not in tuesday
    assert "for blog (stv 1.0 0.55), against vet (stv 0.0 0.9)\n" in after
    assert "without the vet: (--> tom ([] tame)) (stv 1.0 0.75)\n" in after
    assert "by revision\n" in after
    assert after.count("(retired: vet said ") == 1


QUALITY = '[quality]\nfriend = 0.8\n[sources]\nvet = "primary"\nsam = "friend"\n'


def test_the_script_of_three_sources_shows_the_same_in_english(claw: Claw) -> None:
    claw.home.mkdir(exist_ok=True)
    (claw.home / "config.toml").write_text(QUALITY)
    done = claw("run", "--script", str(ROOT / "examples" / "three_sources.txt"))
    assert (done.code, done.err) == (0, "")
    assert "could not read" not in done.out
    replies = done.out.split("you: ")
    told = next(reply for reply in replies if "the blog said that Tom is tame" in reply)
    assert "the vet said that Tom is not tame, on Wednesday, 2025-03-05; on Friday," in told
    said = {reply.partition("\nclaw: ")[0]: reply for reply in replies[:11]}
    assert "No, probably not. Tom is not tame (f 0.12, c 0.91)." in said["Is Tom tame?"]
    assert "- the vet said so on 2025-03-05 (f 0.00, c 0.90), as you told me:" in replies[6]
    assert "- the blog said the opposite on 2025-03-07 (f 1.00, c 0.55), as you" in replies[6]
    assert (
        '- That Tom is tame (f 1.00, c 0.64): it is inherited by way of "Tom is a cat"'
        in (said["Why not?"])
    )
    then = said["Was Tom tame on Tuesday, 2025-03-04?"]
    assert "On Tuesday, 2025-03-04, as far as I knew: Yes, probably. Tom is tame (f 1.00" in then
    assert "- Tom is a cat (f 1.00, c 0.80): Sam said so on 2025-03-03, as you told" in replies[9]
    assert "vet" not in replies[9] + replies[10]
    after = replies[11:]
    assert "Now:\n      - Yes. Tom is tame (f 1.00, c 0.75).\n" in after[0]
    assert "vet" not in "".join(after[1:])
    assert "Cats (f 1.00, c 0.80) and Tom (f 1.00, c 0.75)." in after[-1]


def test_embed_agent_shows_calls_and_replies(tmp_path: Path) -> None:
    shown = output(ROOT / "examples" / "embed_agent.py", tmp_path)
    assert "call:  (metta (infer (--> garfield animal))) ok" in shown
    assert "reply: Yes." in shown
    assert "stored: 2 statements" in shown
