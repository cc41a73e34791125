"""The tools over real parts; memory goes by words, so that no test waits for an embedding model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from mettaclaw.atoms.syntax import String
from mettaclaw.atomspace import Atomspace
from mettaclaw.config import Settings
from mettaclaw.evaluator import Limits
from mettaclaw.memory import Embedder, Episodes, Memory, Pin
from mettaclaw.protocol.calls import Call, parse
from mettaclaw.protocol.tool import Outcome, Tool, find
from mettaclaw.tools import Context, toolset

SECRET = "the secret outside"


@dataclass
class Bench:
    """An agent's parts, its tools, the message it answers and what it has sent."""

    context: Context
    said: list[str] = field(default_factory=lambda: [""])
    sent: list[str] = field(default_factory=list)
    tools: dict[str, Tool] = field(default_factory=dict)

    def call(self, text: str) -> Outcome:
        """Run one call as the loop does: checked, and in one transaction."""
        (call,) = parse(text)
        tool = find(self.tools, call.name)
        with self.context.kb.database.deferred("test", "call"):
            return tool.run(*tool.arguments(call))

    def values(self, text: str) -> list[str]:
        return [str(value) for value in self.call(text).values]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    workspace = tmp_path / "home" / "workspace"
    workspace.mkdir(parents=True)
    with Atomspace.open(
        tmp_path / "claw.db", synchronous="NORMAL", limits=Limits(seconds=2.0)
    ) as kb:

        def build(**settings: object) -> Bench:
            database = kb.database
            with database.transaction():
                session = database.write("INSERT INTO session (started, pid) VALUES (0.0, 1)")
            bench = Bench(
                Context(
                    kb=kb,
                    memory=Memory(database, Embedder(tmp_path / "no-model"), kb=kb),
                    episodes=Episodes(database),
                    pin=Pin(database, session),
                    workspace=workspace.resolve(),
                    settings=replace(Settings(), **settings),  # type: ignore[arg-type]
                    model="scripted",
                    message=lambda: bench.said[-1],
                    deliver=lambda text: bench.sent.append(text),
                )
            )
            bench.tools = toolset(bench.context)
            return bench

        yield build


@pytest.fixture
def bench(make: Callable[..., Bench]) -> Bench:
    return make()


@pytest.fixture
def folder(bench: Bench) -> Path:
    (bench.context.workspace.parent / "secret.txt").write_text(SECRET)
    return bench.context.workspace


def call(name: str, *texts: str) -> str:
    return str(Call(name, tuple(map(String, texts))))


def read(bench: Bench, path: str) -> str:
    (value,) = bench.call(call("read-file", path)).values
    assert isinstance(value, String)
    return value.value


def untouched(folder: Path) -> bool:
    outside = [p.name for p in folder.parent.iterdir()]
    return sorted(outside) == ["secret.txt", "workspace"] and (
        (folder.parent / "secret.txt").read_text() == SECRET
    )
