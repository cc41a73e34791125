"""Files are written and read exactly, wherever inside the workspace they are."""

from __future__ import annotations

import hashlib
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import String
from tests.tools.conftest import Bench, call, read


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
