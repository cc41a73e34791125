"""The guard of ``conftest`` itself: what it lets through, and what it stops."""

from __future__ import annotations

import asyncio
import os
import socket
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import NetworkBlockedError

AWAY = ("192.0.2.1", 80)  # a documentation address, RFC 5737


@pytest.mark.parametrize("name", ["connect", "connect_ex"])
def test_a_connection_away_is_blocked_and_noted(name: str, network: list[str]) -> None:
    with socket.socket() as sock, pytest.raises(NetworkBlockedError):
        getattr(sock, name)(AWAY)
    assert network == [f"{name} {AWAY}"]
    network.clear()


def test_a_datagram_away_is_blocked(network: list[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        with pytest.raises(NetworkBlockedError):
            sock.sendto(b"x", AWAY)
        with pytest.raises(NetworkBlockedError):
            sock.sendto(b"x", 0, AWAY)
    network.clear()


def test_a_name_is_not_looked_up(network: list[str]) -> None:
    with pytest.raises(NetworkBlockedError):
        urllib.request.urlopen("http://example.com/", timeout=1)
    assert network == ["getaddrinfo example.com"]
    network.clear()


async def test_an_asynchronous_connection_away_is_blocked(network: list[str]) -> None:
    with pytest.raises(NetworkBlockedError):
        await asyncio.open_connection(*AWAY)
    with pytest.raises(NetworkBlockedError):
        await asyncio.open_connection("example.com", 80)
    assert network
    network.clear()


async def test_loopback_and_unix_sockets_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hello(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()

    monkeypatch.chdir(tmp_path)  # a Unix socket's path is short
    async with await asyncio.start_server(hello, "localhost", 0) as server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b"hello"
        writer.close()
    async with await asyncio.start_unix_server(hello, "s"):
        reader, writer = await asyncio.open_unix_connection("s")
        assert await reader.read() == b"hello"
        writer.close()


def test_no_secret_is_in_the_environment() -> None:
    assert not [name for name in os.environ if name.endswith(("_KEY", "_TOKEN", "_SECRET"))]


def test_the_home_is_below_the_tests_folder(tmp_path: Path) -> None:
    from mettaclaw.config import Home, default_home

    assert Home.open().path.is_relative_to(tmp_path.resolve())
    assert default_home().is_relative_to(tmp_path)
