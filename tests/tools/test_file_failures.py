"""A write that fails, is killed or crashes is whole or not at all, and takes place once."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mettaclaw.errors import CallError, StorageError
from mettaclaw.tools.workspace import Workspace
from tests.tools.conftest import Bench, call

# --- failures in the middle ---


FULL = """
import resource, sys
from pathlib import Path
from mettaclaw.errors import StorageError
from mettaclaw.tools.workspace import Workspace
workspace = Workspace(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
for work in (workspace.write, workspace.append):
    for name in ("old.txt", "new.txt"):
        try:
            work(name, b"x" * 500)
        except StorageError as error:
            assert "as it was" in str(error), error
        else:
            raise SystemExit("it was written")
"""


def test_a_write_that_fails_in_the_middle_leaves_the_old_content(folder: Path) -> None:
    (folder / "old.txt").write_text("old")
    subprocess.run([sys.executable, "-c", FULL, str(folder)], check=True, timeout=30)
    assert [(p.name, p.read_text()) for p in folder.iterdir()] == [("old.txt", "old")]


def test_a_full_disk_is_said_and_the_old_content_is_there(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("no right to mount a small disk")
    try:
        workspace = Workspace(disk)
        workspace.write("a.txt", b"old")
        for work in (workspace.write, workspace.append):
            with pytest.raises(StorageError, match=r"disk is full.*as it was"):
                work("a.txt", b"x" * 200_000)
        assert [(p.name, p.read_text()) for p in disk.iterdir()] == [("a.txt", "old")]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


KILLED = """
import sys
from pathlib import Path
from mettaclaw.tools.workspace import Workspace
workspace = Workspace(Path(sys.argv[1]))
print("ready", flush=True)
number = 0
while True:
    number = 1 - number
    workspace.write("a.txt", b"01"[number : number + 1] * 300_000)
"""


def test_a_kill_leaves_the_old_or_the_new_content(folder: Path) -> None:
    for wait in (0.0, 0.003, 0.007, 0.02):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        while not (folder / "a.txt").exists():
            time.sleep(0.001)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert (folder / "a.txt").read_bytes() in (b"0" * 300_000, b"1" * 300_000)
        Workspace(folder).sweep("a.txt", process.pid)
        assert [p.name for p in folder.iterdir()] == ["a.txt"]


# --- after a crash ---


def crashed(bench: Bench, name: str, path: str, text: str) -> str:
    """The intent that a call had committed when its process died."""
    prepare = bench.tools[name].prepare
    assert prepare is not None
    return prepare(path, text)


def recovered(bench: Bench, name: str, intent: str, *args: str) -> list[str] | None:
    recover = bench.tools[name].recover
    assert recover is not None
    outcome = recover(intent, args)
    return None if outcome is None else [str(value) for value in outcome.values]


@pytest.mark.parametrize("name", ["write-file", "append-file"])
@pytest.mark.parametrize("before", [None, "old "])
@pytest.mark.parametrize("done", [False, True])
def test_a_write_takes_place_once_whether_or_not_the_crash_came_after_it(
    bench: Bench, folder: Path, name: str, before: str | None, done: bool
) -> None:
    if before is not None:
        (folder / "a.txt").write_text(before)
    intent = crashed(bench, name, "a.txt", "new")
    if done:
        bench.call(call(name, "a.txt", "new"))
    expected = "new" if name == "write-file" else f"{before or ''}new"
    first = recovered(bench, name, intent, "a.txt", "new")
    assert (folder / "a.txt").read_text() == expected
    assert recovered(bench, name, intent, "a.txt", "new") == first  # it may crash again
    assert (folder / "a.txt").read_text() == expected
    sha = hashlib.sha256(expected.encode()).hexdigest()
    assert first == [f'(wrote "a.txt" {len(expected)} "{sha}")']


@pytest.mark.parametrize("part", ["", "n", "ne", "new"])
def test_a_torn_append_is_completed(bench: Bench, folder: Path, part: str) -> None:
    (folder / "a.txt").write_text("old ")
    intent = crashed(bench, "append-file", "a.txt", "new")
    (folder / "a.txt").write_text(f"old {part}")
    assert recovered(bench, "append-file", intent, "a.txt", "new") is not None
    assert (folder / "a.txt").read_text() == "old new"


@pytest.mark.parametrize("name", ["write-file", "append-file"])
@pytest.mark.parametrize("now", ["something else", "old nothing", None])
def test_where_nobody_can_know_nothing_is_touched(
    bench: Bench, folder: Path, name: str, now: str | None
) -> None:
    (folder / "a.txt").write_text("old ")
    intent = crashed(bench, name, "a.txt", "new")
    if now is None:
        (folder / "a.txt").unlink()
    else:
        (folder / "a.txt").write_text(now)
    assert recovered(bench, name, intent, "a.txt", "new") is None
    assert [p.read_text() for p in folder.iterdir()] == ([] if now is None else [now])


def test_unfinished_copies_of_a_dead_process_are_swept(bench: Bench, folder: Path) -> None:
    intent = crashed(bench, "write-file", "a.txt", "new")
    (folder / f".mettaclaw-{os.getpid()}-0badcafe").write_text("ne")
    (folder / ".mettaclaw-1-0badcafe").write_text("somebody else's")
    recovered(bench, "write-file", intent, "a.txt", "new")
    assert sorted(p.name for p in folder.iterdir()) == [".mettaclaw-1-0badcafe", "a.txt"]


def test_a_read_is_simply_done_again(bench: Bench, folder: Path) -> None:
    (folder / "a.txt").write_text("x")
    prepare = bench.tools["read-file"].prepare
    assert prepare is not None
    intent = prepare("a.txt")
    assert intent
    assert recovered(bench, "read-file", intent, "a.txt") == ['"x"']


def test_a_refused_write_is_refused_before_the_intent(bench: Bench) -> None:
    with pytest.raises(CallError, match="outside"):
        crashed(bench, "write-file", "../x", "new")
