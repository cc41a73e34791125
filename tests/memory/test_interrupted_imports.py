"""An import that is killed, interrupted, or runs twice at once ends as one that was left alone."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mettaclaw.errors import StorageError
from mettaclaw.memory import Embedder, Memory
from mettaclaw.memory.transfer import Report, lines, load
from tests.terminal import Claw, by_words

_SCRIPT = """
import sys
from mettaclaw.memory import Embedder, Memory
from mettaclaw.memory.transfer import load
with Memory.open(sys.argv[1], Embedder(wanted=False)) as memory:
    print("open", flush=True)
    load(memory, sys.argv[2], told=lambda *_: print("safe", flush=True))
"""


def start(base: Path, path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _SCRIPT, str(base), str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def exported(base: Path) -> list[str]:
    with Memory.open(base, Embedder(wanted=False)) as memory:
        return list(lines(memory))[1:]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Chats of several thousand turns, where words come again."""
    made = tmp_path / "chats"
    made.mkdir()
    words = random.Random(4)
    for name in "ab":
        messages = [
            {"role": words.choice(["user", "assistant"]), "content": f"said {words.randrange(900)}"}
            for _ in range(3_000)
        ]
        (made / f"{name}.json").write_text(json.dumps(messages))
    return made


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_an_import_that_was_killed_again_and_again_gives_what_an_undisturbed_one_does(
    folder: Path, tmp_path: Path
) -> None:
    load_all = start(tmp_path / "whole.db", folder)
    load_all.communicate(timeout=120)
    instants, kills = random.Random(11), 0
    base = tmp_path / "killed.db"
    for _ in range(20):
        with start(base, folder) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "open\n"
            if instants.random() < 0.5:
                process.stdout.readline()
            time.sleep(instants.uniform(0.0, 0.3))
            kills += process.poll() is None
            process.kill()
    assert kills > 5, "the imports were over before they were killed"
    start(base, folder).communicate(timeout=120)
    assert exported(base) == exported(tmp_path / "whole.db")


@pytest.mark.slow
def test_two_imports_at_once_give_what_one_does(folder: Path, tmp_path: Path) -> None:
    base = tmp_path / "twice.db"
    both = [start(base, folder) for _ in range(2)]
    for process in both:
        process.communicate(timeout=120)
    assert [process.returncode for process in both] == [0, 0]
    with Memory.open(tmp_path / "whole.db", Embedder(wanted=False)) as memory:
        load(memory, folder)
        assert exported(base) == list(lines(memory))[1:]


def test_what_was_read_before_an_interrupt_is_safe_and_is_not_read_again(
    folder: Path, tmp_path: Path
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with Memory.open(tmp_path / "x.db", Embedder(wanted=False)) as memory:
        report = Report("chat")
        with pytest.raises(KeyboardInterrupt):
            load(memory, folder, told=stop, report=report)
        assert report.kept == 500
        assert load(memory, folder).kept == 5_500


def test_on_a_full_disk_it_says_what_is_safe_and_goes_on_later(
    folder: Path, tmp_path: Path
) -> None:
    with Memory.open(tmp_path / "x.db", Embedder(wanted=False)) as memory:
        (pages,) = memory.database.row("PRAGMA page_count") or (0,)
        memory.database.rows(f"PRAGMA max_page_count = {pages + 150}")
        report = Report("chat")
        with pytest.raises(StorageError, match="full"):
            load(memory, folder, report=report)
        assert 0 < report.kept < 6_000
        memory.database.rows("PRAGMA max_page_count = 1000000")
        assert load(memory, folder).kept == 6_000 - report.kept


def test_the_command_says_what_is_kept_and_reads_the_rest_later(tmp_path: Path) -> None:
    by_words(tmp_path / "home")
    claw = Claw(tmp_path / "home")
    file = tmp_path / "x.jsonl"
    file.write_text('{"text": "one"}\n{"text": "two"}\nthree\n')
    done = claw("memory", "import", str(file))
    assert done.code == 1
    assert "2 items are safe; the same command goes on after them" in done.err
    assert "x.jsonl, line 3: this is not JSON" in done.err
    file.write_text('{"text": "one"}\n{"text": "two"}\n{"text": "three"}\n')
    assert claw("memory", "import", str(file)).out == (
        "imported 1 new item, 2 known from 1 file (jsonl)\n"
    )
    assert claw("memory", "export", "-").out.count("\n") == 4
    there = claw("memory", "export", str(file))
    assert there.code == 1
    assert "--force" in there.err
