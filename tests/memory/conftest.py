"""A real database, and memories over it with and without the embedding model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.memory import Embedder, Memory
from mettaclaw.memory.embed import SHARED
from mettaclaw.storage import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "claw.db", synchronous="NORMAL") as opened:
        yield opened


@pytest.fixture
def by_words(database: Database, tmp_path: Path) -> Memory:
    """A memory whose embedding model is not to be had: its files are not there."""
    return Memory(database, Embedder(tmp_path / "no-model"))


@pytest.fixture
def memory(database: Database) -> Memory:
    """A memory with the real embedding model, which is loaded."""
    assert SHARED.ready(), SHARED.available()
    return Memory(database)
