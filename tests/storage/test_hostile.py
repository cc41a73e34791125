"""Files that others prepare, take away or share: nothing leaks, nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import StorageError, UsageError
from mettaclaw.storage import files


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kb.db"


def test_parts_of_files_cannot_be_prepared_by_others(tmp_path: Path, path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    for name in ("out.metta", "copy.db"):
        (tmp_path / f"{name}.part{os.getpid()}").symlink_to(victim)
    with Atomspace.open(path) as kb:
        kb.add("(secret)")
        kb.export(tmp_path / "out.metta")
        kb.backup(tmp_path / "copy.db")
    assert victim.read_text() == "mine"
    for name in ("out.metta", "copy.db"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert len(list(tmp_path.glob("*.part*"))) == 2  # those that were prepared


def test_an_export_follows_a_link_and_refuses_what_is_no_file(tmp_path: Path, path: Path) -> None:
    target = tmp_path / "target.metta"
    (tmp_path / "link.metta").symlink_to(target)
    os.mkfifo(tmp_path / "pipe")
    with Atomspace.open(path) as kb:
        kb.add("(a b)")
        kb.export(tmp_path / "link.metta")
        assert "(a b)" in target.read_text()
        assert (tmp_path / "link.metta").is_symlink()
        with pytest.raises(UsageError, match="no regular file"):
            kb.export(tmp_path / "pipe")
    with pytest.raises(FileNotFoundError), files.written(tmp_path / "missing" / "x"):
        pass


@pytest.mark.parametrize("act", ["unlink", "rename", "replace"])
def test_a_file_that_is_gone_acknowledges_nothing(path: Path, act: str) -> None:
    with Atomspace.open(path) as kb:
        kb.add("(kept)")
        moved = path.with_name("moved.db")
        if act == "unlink":
            path.unlink()
        else:
            path.rename(moved)
        if act == "replace":
            path.write_bytes(b"")
        with pytest.raises(StorageError, match="was moved, removed or replaced"):
            kb.add("(lost)")
        if act == "rename":
            moved.rename(path)
            kb.add("(again)")
            assert kb.count() == 2


async def test_a_task_cannot_write_into_the_transaction_of_another(path: Path) -> None:
    with Atomspace.open(path) as kb:
        inside, done = asyncio.Event(), asyncio.Event()

        async def long() -> None:
            with kb.transaction():
                kb.add("(long)")
                inside.set()
                await done.wait()
                raise KeyError

        task = asyncio.create_task(long())
        await inside.wait()
        with pytest.raises(UsageError, match="another task"):
            kb.add("(other)")
        done.set()
        with pytest.raises(KeyError):
            await task
        kb.add("(other)")
        assert [str(atom) for atom in kb.store.atoms()] == ["(other)"]


@pytest.mark.parametrize("name", ["", ".", "/", "..", "a\0b", "\ud800", 3, None, b"x"])
def test_what_names_no_file_is_refused(path: Path, name: Any) -> None:
    with pytest.raises(UsageError, match="no file name"):
        Atomspace.open(name)
    with Atomspace.open(path) as kb:
        for use in (kb.export, kb.backup, kb.import_file):
            with pytest.raises(UsageError, match="no file name"):
                use(name)
        kb.add("(a)")
        assert len(kb.match("$x", limit=10**30)) == 1
