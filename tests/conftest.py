"""What holds for every test: no network, no secrets, a home of its own, nothing fetched.

Works in both tiers: without the neural one, tests marked ``neural`` are skipped.
Not covered: processes that a test starts; they get the environment set here, but no guard.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from mettaclaw.atomspace import Atomspace

# Before any library reads them.
os.environ.update(
    HF_HUB_OFFLINE="1",
    TRANSFORMERS_OFFLINE="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    TOKENIZERS_PARALLELISM="false",
)

_SECRET = re.compile(
    r"(_KEY|_TOKEN|_SECRET|_PASSWORD)$|^OPENAI_|^METTACLAW_|_PROXY$", re.IGNORECASE
)

# A shell's background jobs ignore Ctrl-C, and so would the programs that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is no failure, and a fixture that many examples share holds no state they change.
settings.register_profile(
    "mettaclaw",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("mettaclaw")


class NetworkBlockedError(RuntimeError):
    """A test reached for the network."""


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Blocks every connection but loopback and Unix sockets, and fails the test that tried one,

    even where the code under test swallowed the error. Yields the attempts so far.
    """
    attempts: list[str] = []

    def guard(name: str) -> None:
        real = getattr(socket.socket, name)

        def guarded(self: socket.socket, *args: Any) -> Any:
            address = args[-1]
            if self.family != getattr(socket, "AF_UNIX", None) and not _is_loopback(address[0]):
                attempts.append(f"{name} {address}")
                raise NetworkBlockedError(f"{name} to {address}: tests may use loopback only")
            return real(self, *args)

        monkeypatch.setattr(socket.socket, name, guarded)

    for name in ("connect", "connect_ex", "sendto"):
        guard(name)
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **options: Any) -> Any:
        host = host.decode() if isinstance(host, bytes) else host
        if not _is_loopback(host):
            if str(host).endswith(".invalid"):  # the name that never resolves (RFC 2606)
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            attempts.append(f"getaddrinfo {host}")
            raise NetworkBlockedError(f"getaddrinfo of {host}: tests may use loopback only")
        return resolve(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield attempts
    assert not attempts, f"the test reached for the network: {attempts}"


@pytest.fixture(autouse=True)
def _clean_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No secrets and no proxies in the environment, and all state below ``tmp_path``."""
    for name in list(os.environ):
        if _SECRET.search(name):
            monkeypatch.delenv(name)
    monkeypatch.setenv("METTACLAW_HOME", str(tmp_path / "default-home"))
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[Atomspace]:
    """An atomspace in a file of its own."""
    with Atomspace.open(tmp_path / "kb.db", synchronous="NORMAL") as opened:
        yield opened


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if importlib.util.find_spec("sentence_transformers") is not None:
        return
    missing = pytest.mark.skip(reason="needs the neural tier")
    for item in items:
        if item.get_closest_marker("neural"):
            item.add_marker(missing)


def _is_loopback(host: object) -> bool:
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False
