"""Fixtures of the model tests: the loopback endpoint, and a clean environment."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from endpoint import Endpoint  # noqa: E402

_VARIABLES = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "METTACLAW_MODEL")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*_VARIABLES, *_PROXIES):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def endpoint(_clean_environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A running endpoint that the environment points at."""
    with Endpoint() as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        yield served
