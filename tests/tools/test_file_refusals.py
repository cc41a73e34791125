"""What is refused of files: every way out of the workspace, what is no text, what is too large."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import String
from mettaclaw.errors import CallError, LimitError, MettaClawError
from mettaclaw.tools.workspace import Workspace
from tests.tools.conftest import SECRET, Bench, call, read, untouched


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
