"""Files: exact, whole or not at all, and never outside of the workspace."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import String
from mettaclaw.errors import CallError, LimitError, MettaClawError, StorageError
from mettaclaw.protocol.calls import Call
from mettaclaw.tools.workspace import Workspace
from tests.tools.conftest import Bench

SECRET = "the secret outside"


@pytest.fixture
def folder(bench: Bench) -> Path:
    (bench.context.workspace.parent / "secret.txt").write_text(SECRET)
    return bench.context.workspace


def call(name: str, *texts: str) -> str:
    return str(Call(name, tuple(map(String, texts))))


def read(bench: Bench, path: str) -> str:
    (value,) = bench.call(call("read-file", path)).values
    assert isinstance(value, String)
    return value.value


def untouched(folder: Path) -> bool:
    outside = [p.name for p in folder.parent.iterdir()]
    return sorted(outside) == ["secret.txt", "workspace"] and (
        (folder.parent / "secret.txt").read_text() == SECRET
    )


# --- what works ---


def test_a_written_file_is_read_back_and_reported(bench: Bench, folder: Path) -> None:
    data = "tea\n🙂 ünï\r\n".encode()
    sha = hashlib.sha256(data).hexdigest()
    (value,) = bench.values(call("write-file", "a.txt", data.decode()))
    assert value == f'(wrote "a.txt" {len(data)} "{sha}")'
    assert (folder / "a.txt").read_bytes() == data
    assert read(bench, "a.txt") == data.decode()


def test_append_adds_and_reports_the_whole_file(bench: Bench, folder: Path) -> None:
    bench.call(call("append-file", "log.txt", "one\n"))
    (value,) = bench.values(call("append-file", "log.txt", "two\n"))
    sha = hashlib.sha256(b"one\ntwo\n").hexdigest()
    assert value == f'(wrote "log.txt" 8 "{sha}")'


def test_folders_are_made_and_modes_are_kept(bench: Bench, folder: Path) -> None:
    bench.call(call("write-file", "notes/2025/plan.txt", "a"))
    file = folder / "notes" / "2025" / "plan.txt"
    file.chmod(0o640)
    bench.call(call("write-file", "./notes//2025/plan.txt", "b"))
    assert file.read_text() == "b"
    assert file.stat().st_mode & 0o777 == 0o640


def test_an_absolute_path_inside_is_inside(bench: Bench, folder: Path) -> None:
    bench.call(call("write-file", f"{folder}/a.txt", "x"))
    assert (folder / "a.txt").read_text() == "x"


def test_links_that_stay_inside_are_followed(bench: Bench, folder: Path) -> None:
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "real.txt").write_text("real")
    (folder / "deep" / "er" / "up.txt").symlink_to("../../real.txt")
    (folder / "short").symlink_to(folder / "deep" / "er")
    assert read(bench, "short/up.txt") == "real"
    bench.call(call("write-file", "short/up.txt", "new"))
    assert (folder / "real.txt").read_text() == "new"
    assert (folder / "deep" / "er" / "up.txt").is_symlink()


def test_a_long_file_comes_in_pieces_that_join(bench: Bench, folder: Path) -> None:
    text = "".join(f"line {i} 🙂\n" for i in range(20_000))
    (folder / "long.txt").write_text(text)
    pieces, start = [], 0
    while True:
        piece, *more = bench.call(f'(read-file "long.txt" {start})').values
        assert isinstance(piece, String)
        pieces.append(piece.value)
        if not more:
            break
        assert str(more[0]) == f"(more {start + 60_000} {len(text)})"
        start += 60_000
    assert "".join(pieces) == text


def test_an_empty_file_is_an_empty_text(bench: Bench) -> None:
    bench.call(call("write-file", "empty.txt", ""))
    assert read(bench, "empty.txt") == ""


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=500).filter(lambda t: "\0" not in t))
def test_any_text_comes_back_as_it_was(bench: Bench, text: str) -> None:
    bench.call(call("write-file", "any.txt", text))
    assert read(bench, "any.txt") == text


# --- what is refused ---


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "a/../../secret.txt",
        "..",
        "a/..",
        "/etc/passwd",
        "/",
        "//etc/passwd",
        "/proc/self/environ",
        "/proc/self/root/etc/passwd",
        "/dev/null",
        "~/secret.txt",
        "~root/x",
        "",
        "  ",
        ".",
        "./",
        "a/",
        "a\0b",
        "a\nb",
        "a\x1b[31mb",
        "evil\u202etxt.exe",
        "a\u2066b",
        "x" * 300,
        "d/" * 200 + "x",
        ".mettaclaw-1-x",
    ],
    ids=lambda path: repr(path[:30]),
)
def test_a_path_that_leads_out_or_is_none_is_refused(bench: Bench, folder: Path, path: str) -> None:
    for tool in ("read-file", "write-file", "append-file"):
        run = bench.tools[tool].run
        with pytest.raises(CallError) as caught:
            run(path) if tool == "read-file" else run(path, "x")
        assert caught.value.kind == "call"
    assert untouched(folder)


def test_a_sibling_whose_name_begins_alike_is_outside(bench: Bench, folder: Path) -> None:
    sibling = folder.with_name("workspace2")
    sibling.mkdir()
    (sibling / "a.txt").write_text(SECRET)
    with pytest.raises(CallError, match="outside"):
        read(bench, f"{sibling}/a.txt")


@pytest.mark.parametrize(
    "path", ["․․/secret.txt", "．．/secret.txt", "..\u2215secret.txt", "..\\secret.txt"]
)
def test_signs_that_look_like_dots_and_slashes_are_only_signs(
    bench: Bench, folder: Path, path: str
) -> None:
    with pytest.raises(CallError, match="no file"):
        read(bench, path)
    bench.call(call("write-file", path, "x"))
    assert read(bench, path) == "x"
    assert untouched(folder)


@pytest.mark.parametrize(
    "target", ["../secret.txt", "/etc/passwd", "/proc/self/environ", "..", "/", "loop", "a/../../x"]
)
def test_a_link_that_leads_out_is_refused(bench: Bench, folder: Path, target: str) -> None:
    (folder / "loop").symlink_to(target)
    for path in ("loop", "loop/secret.txt"):
        for text in (call("read-file", path), call("write-file", path, "x")):
            with pytest.raises(CallError):
                bench.call(text)
        with pytest.raises(CallError):
            bench.call(call("append-file", path, "x"))
    assert untouched(folder)


def test_pipes_devices_sockets_and_folders_are_refused_at_once(
    bench: Bench, tmp_path: Path, folder: Path
) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "sub").mkdir()
    (folder / "sub" / "in.txt").write_text("x")
    with contextlib.chdir(folder) if hasattr(contextlib, "chdir") else contextlib.nullcontext():
        listener = socket.socket(socket.AF_UNIX)
        listener.bind("socket" if Path.cwd() == folder else str(folder / "socket"))
    names = {"pipe": "plain file", "socket": "plain file", "sub": "`in.txt`"}
    if os.geteuid() == 0:
        with contextlib.suppress(OSError):
            os.mknod(folder / "null", 0o20666, os.makedev(1, 3))
            names["null"] = "plain file"
    started = time.monotonic()
    for name, why in names.items():
        for text in (call("read-file", name), call("write-file", name, "x")):
            with pytest.raises(CallError, match=why):
                bench.call(text)
        with pytest.raises(CallError, match=why):
            bench.call(call("append-file", name, "x"))
    assert time.monotonic() - started < 5
    listener.close()


def test_a_missing_file_tells_what_there_is(bench: Bench, folder: Path) -> None:
    (folder / "notes.txt").write_text("x")
    with pytest.raises(CallError, match=r"no file `note.txt`.*`notes.txt`"):
        read(bench, "note.txt")
    with pytest.raises(CallError, match="no file"):
        read(bench, "sub/note.txt")
    assert not (folder / "sub").exists()


def test_a_file_on_the_way_is_no_folder(bench: Bench, folder: Path) -> None:
    (folder / "a").write_text("x")
    with pytest.raises(CallError, match="no folder"):
        bench.call(call("write-file", "a/b", "x"))


@pytest.mark.parametrize("data", [b"\xff\xfe", b"text \xe2\x82", b"a\0b", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_text_is_an_error_with_the_place(
    bench: Bench, folder: Path, data: bytes
) -> None:
    (folder / "b.bin").write_bytes(data)
    with pytest.raises(CallError, match=r"no .*text"):
        read(bench, "b.bin")


def test_limits_are_named(bench: Bench, folder: Path) -> None:
    workspace = Workspace(folder)
    with pytest.raises(LimitError, match="1,048,576"):
        workspace.write("big.txt", b"x" * (2**20 + 1))
    with (folder / "huge.txt").open("wb") as file:
        file.truncate(2**24)
    with pytest.raises(LimitError, match="16,777,216"):
        workspace.append("huge.txt", b"x")
    with (folder / "huge.txt").open("ab") as file:
        file.write(b"x")
    with pytest.raises(LimitError, match="16,777,216"):
        workspace.read("huge.txt")
    with pytest.raises(CallError, match="START"):
        bench.call('(read-file "big" 1.5)') if (folder / "big").write_text("abc") else None


def test_a_read_only_file_stays_as_it_is(bench: Bench, folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everything")
    (folder / "ro.txt").write_text("old")
    (folder / "ro.txt").chmod(0o444)
    for tool in ("write-file", "append-file"):
        with pytest.raises(CallError, match="read-only"):
            bench.call(call(tool, "ro.txt", "new"))
    assert (folder / "ro.txt").read_text() == "old"


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.sampled_from(["..", ".", "", "a", "up", "out", "abs", "~", "file", "/", "\0", "․․"])
        | st.text(max_size=5),
        max_size=6,
    ).map("/".join)
)
def test_no_path_reaches_outside(bench: Bench, folder: Path, path: str) -> None:
    if not (folder / "a").exists():
        (folder / "a").mkdir()
        (folder / "a" / "up").symlink_to("..")
        (folder / "out").symlink_to("../..")
        (folder / "abs").symlink_to("/tmp")
        (folder / "file").write_text("inside")
    for run in (
        lambda: bench.tools["write-file"].run(path, "inside"),
        lambda: bench.tools["append-file"].run(path, "inside"),
    ):
        with contextlib.suppress(CallError):
            run()
    with contextlib.suppress(CallError):
        value = bench.tools["read-file"].run(path).values[0]
        assert isinstance(value, String)
        assert set(value.value.replace("inside", "")) == set()
    assert untouched(folder)


def test_exchanging_a_folder_for_a_link_gains_nothing(bench: Bench, folder: Path) -> None:
    """A race: while we write and read ``sub/a.txt``, ``sub`` turns into a link out and back."""
    exchange = getattr(ctypes.CDLL(None), "renameat2", None)
    if exchange is None:
        pytest.skip("this system cannot exchange two names at once")
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text(SECRET)
    (folder / "sub").mkdir()
    (folder / "link").symlink_to(outside)
    names = [os.fsencode(folder / name) for name in ("sub", "link")]
    over = threading.Event()
    exchanged = 0

    def swap() -> None:
        nonlocal exchanged
        while not over.is_set():
            exchanged += exchange(-100, names[0], -100, names[1], 2) == 0

    thread = threading.Thread(target=swap)
    thread.start()
    done = 0
    try:
        deadline = time.monotonic() + 1.5
        while time.monotonic() < deadline:
            with contextlib.suppress(MettaClawError):
                bench.tools["write-file"].run("sub/a.txt", "inside")
                done += 1
            with contextlib.suppress(MettaClawError):
                bench.tools["append-file"].run("sub/a.txt", "")
            with contextlib.suppress(MettaClawError):
                assert read(bench, "sub/a.txt") != SECRET
    finally:
        over.set()
        thread.join()
    assert exchanged > 100
    assert done > 0
    assert [p.name for p in outside.iterdir()] == ["a.txt"]
    assert (outside / "a.txt").read_text() == SECRET


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
