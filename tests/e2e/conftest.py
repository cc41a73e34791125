"""Fixtures: an empty home, and the program on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.endpoint import Endpoint
from tests.terminal import Claw


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def claw(home: Path) -> Claw:
    """The program in an empty home, with the built-in model."""
    return Claw(home)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """An endpoint on loopback that plays a script."""
    with Endpoint() as served:
        yield served


@pytest.fixture
def scripted(home: Path, endpoint: Endpoint) -> Claw:
    """The program in an empty home, with a model that plays the endpoint's script."""
    return Claw(home, {**endpoint.environment, "METTACLAW_MODEL": "openai:scripted"})
