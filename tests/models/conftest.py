"""Fixtures of the model tests: the loopback endpoint, and a clean environment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from tests.endpoint import Endpoint
from tests.models.english import Talk

_VARIABLES = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "METTACLAW_MODEL")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*_VARIABLES, *_PROXIES):
        monkeypatch.delenv(name, raising=False)
    # Loopback needs no certificates, and reading them takes most of the time of a test.
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))


@pytest.fixture
def endpoint(_clean_environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A running endpoint that the environment points at."""
    with Endpoint() as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        yield served


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    """A conversation in a home where the vet is a primary source."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text('[sources]\nvet = "primary"\n')
    with Agent.open(home, "english") as agent:
        yield Talk(agent)
