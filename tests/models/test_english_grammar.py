"""The parser that was built once is read from a file the next time, if that can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mettaclaw.models.english import grammar, phrases
from mettaclaw.models.english.words import words


def _spoil(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5_000])


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda _: None,
        lambda file: file.unlink(),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"of another grammar\n123"),
        _spoil,
    ],
)
def test_what_is_read_is_what_was_built(
    tmp_path: Path, meanwhile: Callable[[Path], object]
) -> None:
    file = tmp_path / "parser"
    built = grammar.built(file)
    meanwhile(file)
    again = grammar.built(file)
    known = words("every cat is an animal")
    assert known is not None
    cut = phrases.cuts(known, ended=True)[0].phrases
    assert again.parse(cut, start="start") == built.parse(cut, start="start")
    assert file.stat().st_size > 10_000, "it is there for the next time"


def test_a_file_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    assert grammar.built(tmp_path / "not there" / "parser")
    assert list(tmp_path.iterdir()) == []


def test_only_a_folder_of_the_persons_own_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: str(tmp_path / "cache"))
    kept = grammar.kept_in()
    assert kept is not None
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    kept.parent.chmod(0o777)
    assert grammar.kept_in() is None, "anybody may write there"
    kept.parent.rmdir()
    kept.parent.write_text("a file in its place")
    assert grammar.kept_in() is None
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: "~/cache")
    assert grammar.kept_in() is None, "it must not be made wherever one happens to be"
