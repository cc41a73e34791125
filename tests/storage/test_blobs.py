"""Texts that are stored once, by their content."""

from __future__ import annotations

from pathlib import Path

import pytest

from mettaclaw.errors import UsageError
from mettaclaw.storage import Database, blobs


def test_equal_texts_are_one_row_and_others_are_not(path: Path) -> None:
    with Database.open(path) as database:
        with database.transaction():
            ids = [blobs.keep(database, text) for text in ("a", "b", "a", "", "")]
        assert ids == [ids[0], ids[1], ids[0], ids[3], ids[3]]
        assert blobs.texts(database, set(ids)) == {ids[0]: "a", ids[1]: "b", ids[3]: ""}


def test_a_rewritten_text_is_not_taken_for_what_it_was(path: Path) -> None:
    with Database.open(path) as database:
        with database.transaction():
            old = blobs.keep(database, "secret")
        before = blobs.rewritten(database)
        with database.transaction():
            database.write("UPDATE blob SET text = 'gone' WHERE id = ?", (old,))
            new = blobs.keep(database, "secret")
            assert blobs.keep(database, "gone") not in (old, new)
        assert blobs.rewritten(database) != before
        assert blobs.texts(database, {old, new}) == {old: "gone", new: "secret"}


def test_a_text_outside_a_transaction_is_refused(path: Path) -> None:
    with Database.open(path) as database, pytest.raises(UsageError, match="transaction"):
        blobs.keep(database, "x")


@pytest.mark.parametrize("level", [("FULL", 2), ("NORMAL", 1)])
def test_the_disk_is_waited_for_again_after_a_commit_that_did_not(
    path: Path, level: tuple[str, int]
) -> None:
    name, number = level
    with Database.open(path, synchronous=name) as database:
        with database.transaction(synced=False):
            assert database.row("PRAGMA synchronous") == (1,)
            blobs.keep(database, "x")
        assert database.row("PRAGMA synchronous") == (number,)
        with pytest.raises(ValueError, match="stop"), database.transaction(synced=False):
            blobs.keep(database, "y")
            raise ValueError("stop")
        assert database.row("PRAGMA synchronous") == (number,)
        assert database.row("SELECT count(*) FROM blob") == (1,)
