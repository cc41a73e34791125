"""A home that cannot be written is read by every command that only reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.storage.places import fill, read_only, small_disk
from tests.terminal import Claw, by_words

READS = [
    (["atoms", "match", "(--> $x cat)"], "(--> garfield cat)"),
    (["atoms", "why", "(--> garfield cat)"], "(--> garfield cat)"),
    (["atoms", "match", "(--> $x cat)", "--as-of", "now"], "(--> garfield cat)"),
    (["atoms", "infer", "(--> $x cat)"], "(--> garfield cat)"),
    (["atoms", "history"], "(--> garfield cat)"),
    (["atoms", "diff", "2020-01-01"], "(--> garfield cat)"),
    (["atoms", "stats"], "atoms"),
    (["atoms", "export", "-"], "(--> garfield cat)"),
    (["metta", "!(match &kb (--> $x cat) $x)"], "garfield"),
    (["memory", "query", "lasagna"], "likes lasagna"),
    (["memory", "list"], "likes lasagna"),
    (["episodes"], "is a cat"),
]
WRITES = [
    ["atoms", "add", "(a)"],
    ["atoms", "remove", "(--> garfield cat)"],
    ["atoms", "retract", "(--> garfield cat)"],
    ["atoms", "retire", "user"],
    ["atoms", "undo", "1"],
    ["metta", "!(add-atom &kb (a))"],
    ["memory", "remember", "more"],
    ["run", "Odie is a dog."],
]


def furnish(claw: Claw) -> None:
    by_words(claw.home)
    assert claw("run", "Garfield is a cat.").code == 0
    assert claw("memory", "remember", "likes lasagna").code == 0


def check_reads(claw: Claw, only: slice = slice(None)) -> None:
    for args, words in READS[only]:
        done = claw(*args)
        assert done.code == 0, (args, done.err)
        assert words in done.out, args


def check_writes(claw: Claw, words: str) -> None:
    for args in WRITES:
        done = claw(*args)
        assert done.code == 1, args
        assert done.err.startswith("error: "), args
        assert words in done.err, args
        assert "Traceback" not in done.err


def test_a_read_only_home_is_read_and_says_why_it_is_not_written(claw: Claw) -> None:
    furnish(claw)
    before = claw("atoms", "export", "-").out
    with read_only(claw.home):
        check_reads(claw)
        check_writes(claw, "ead-only")
    assert claw("atoms", "export", "-").out == before


def test_a_home_on_a_full_disk_is_read_and_says_why_it_is_not_written(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk):
        claw = Claw(disk / "home")
        furnish(claw)
        before = claw("atoms", "export", "-").out
        fill(disk / "filler")
        check_reads(claw, slice(0, None, 4))
        check_writes(claw, "full")
        (disk / "filler").unlink()
        assert claw("atoms", "export", "-").out == before


def test_a_backup_can_be_made_of_a_read_only_home(claw: Claw, tmp_path: Path) -> None:
    furnish(claw)
    with read_only(claw.home):
        done = claw("backup", str(tmp_path / "copy.db"))
        assert done.code == 0, done.err
    restored = Claw(tmp_path / "restored")
    restored.home.mkdir()
    (tmp_path / "copy.db").rename(restored.home / "claw.db")
    check_reads(restored, slice(0, None, 6))


@pytest.mark.parametrize("args", [args for args, _ in READS])
def test_a_read_only_place_without_a_home_is_told(args: list[str], tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with read_only(home):
        done = Claw(home)(*args)
    assert done.code == 1
    assert "is read-only" in done.err
    assert len(done.err.splitlines()) == 1
