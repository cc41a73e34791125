"""No part of a secret in a file that is read in gets into the database, wherever it stands."""

from __future__ import annotations

import json
import random
import sqlite3
import string
from collections.abc import Callable
from pathlib import Path

import pytest

from mettaclaw.memory import Embedder, Memory
from mettaclaw.memory.transfer import load

_DRAW = random.Random(3)


def drawn(count: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(_DRAW.choice(letters) for _ in range(count - 2)) + "Z9"


TOKEN = "ghp_" + drawn(36)
LINES = [drawn(64) for _ in range(80)]
RSA = "-----{} RSA " + "PRIVATE KEY-----"
PGP = "-----{} PGP " + "PRIVATE KEY BLOCK-----"


def block(form: str, *head: str) -> str:
    return "\n".join([form.format("BEGIN"), *head, *LINES, form.format("END")])


ENCRYPTED = block(RSA, "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,3F17F5316E2BAC89", "")
KEYS = {
    "plain.md": block(RSA),
    "fenced.md": f"# Keys\n\n```\n{block(RSA)}\n```",
    "plain.txt": block(RSA),
    "encrypted.md": ENCRYPTED,
    "pgp.md": block(PGP, "Version: GnuPG v2", ""),
    "quoted.md": "\n".join(f"> {line}" for line in block(RSA).split("\n")),
    "nested.md": "\n".join(f"> > {line}" for line in ENCRYPTED.split("\n")),
    "listed.md": "\n".join(f"    {line}" for line in ENCRYPTED.split("\n")),
    "cut off.md": ENCRYPTED.rsplit("\n", 1)[0],
}


def base(tmp_path: Path) -> Memory:
    return Memory.open(tmp_path / "claw.db", Embedder(wanted=False))


def everything(memory: Memory) -> str:
    """All that a table of the database says."""
    with sqlite3.connect(memory.database.path) as connection:
        return "\n".join(connection.iterdump())


@pytest.mark.parametrize("name", KEYS)
def test_no_line_of_a_private_key_in_a_note_is_kept(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(f"{'Before it. ' * 300}\n\n{KEYS[name]}\n\nAnd after that, the end.\n")
    with base(tmp_path) as memory:
        load(memory, file)
        kept = everything(memory)
        assert [line for line in LINES if line in kept] == []
        assert "Before it." in kept
        assert "after that, the end." in kept
        assert memory.database.redacted() == {"private key": 1}


def test_a_key_in_a_very_long_turn_is_left_out_where_the_turn_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "chat.json"
    said = f"{'word ' * 9_600}\n{block(RSA)}\n{'word ' * 9_600}"
    file.write_text(json.dumps([{"role": "user", "content": said}]))
    with base(tmp_path) as memory:
        assert load(memory, file).new > 1
        assert [line for line in LINES if line in everything(memory)] == []
        assert memory.database.redacted() == {"private key": 1}


def test_secrets_are_counted_once_where_an_import_is_repeated(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.md").write_text(f"one {TOKEN}\n\n# Two\n\ntwo {'ghp_' + drawn(36)}\n")
    with base(tmp_path) as memory:
        for _ in range(2):
            load(memory, folder)
        assert memory.database.redacted() == {"token": 2}


def in_a_folder(root: Path) -> tuple[Path, str | None]:
    folder = root / ("AKIA" + "ABCDEFGHIJKLMNOP")
    folder.mkdir()
    (folder / f"{TOKEN}.md").write_text("a note")
    return folder, None


def in_a_scope(root: Path) -> tuple[Path, str | None]:
    (root / "a.md").write_text("a note")
    return root / "a.md", TOKEN


@pytest.mark.parametrize("put", [in_a_folder, in_a_scope])
def test_a_secret_in_a_name_or_a_scope_is_kept_nowhere_and_nothing_is_read_twice(
    put: Callable[[Path], tuple[Path, str | None]], tmp_path: Path
) -> None:
    path, scope = put(tmp_path)
    with base(tmp_path) as memory:
        assert load(memory, path, scope=scope).new == 1
        kept = everything(memory)
        assert TOKEN not in kept
        assert "AKIAABCD" not in kept
        assert load(memory, path, scope=scope).unchanged == 1
        note = path if path.is_file() else next(path.iterdir())
        note.write_text(f"another note, {TOKEN}")
        for _ in range(2):
            load(memory, path, scope=scope, replace=True)
            assert [item.text for item in memory.latest()] == ["another note, [redacted token]"]
        if path.is_dir():
            (path / "b.md").write_text("b")
            note.unlink()
            assert load(memory, path, scope=scope, replace=True).removed == 1
            assert [item.text for item in memory.latest()] == ["b"]


def test_a_file_whose_name_is_no_text_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a\udcff.md").write_text("a note")
    with base(tmp_path) as memory:
        assert load(memory, folder).new == 1
        assert load(memory, folder).unchanged == 1


def test_a_link_to_itself_is_left_out_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.md").write_text("a note")
    (folder / "self.md").symlink_to("self.md")
    with base(tmp_path) as memory:
        report = load(memory, folder)
        assert report.new == 1
        assert list(report.left.files) == ["self.md"]
