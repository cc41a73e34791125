"""A place for a database, and how tests write to one and read from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mettaclaw.storage import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "claw.db"


def put(database: Database, text: str) -> None:
    database.write("INSERT INTO atom (hash, text) VALUES (0, ?)", (text,))


def texts(database: Database) -> list[str]:
    return [row[0] for row in database.rows("SELECT text FROM atom ORDER BY id")]
