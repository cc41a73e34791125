from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import Truth
from mettaclaw.reasoning import Answer, infer
from mettaclaw.storage import Database

Fact = str | tuple[str, tuple[float, float] | None]
Tell = Callable[..., AtomStore]

NO = (0.0, 0.9)


@pytest.fixture
def tell(tmp_path: Path) -> Iterator[Tell]:
    """Make a store of facts: a text counts (1, 0.9), a pair has its own truth value or None."""
    opened: list[Database] = []

    def told(*facts: Fact) -> AtomStore:
        database = Database.open(tmp_path / f"{len(opened)}.db", synchronous="NORMAL")
        opened.append(database)
        store = AtomStore(database)
        with database.transaction(author="user"):
            for fact in facts:
                text, value = fact if isinstance(fact, tuple) else (fact, (1.0, 0.9))
                truth = None if value is None else Truth(*value)
                store.add(read(text), truth, "user", f"they said {text}")
        return store

    yield told
    for database in opened:
        database.close()


def only(store: AtomStore, goal: str) -> Answer:
    answers = infer(store, goal)
    assert len(answers) == 1, [str(a.statement) for a in answers]
    assert answers[0].statement == read(goal)
    return answers[0]


def truth(store: AtomStore, goal: str) -> tuple[float, float]:
    answer = only(store, goal)
    return pytest.approx((answer.truth.f, answer.truth.c), abs=1e-9)  # pyright: ignore


def statements(answers: list[Answer]) -> list[str]:
    return [str(answer.statement) for answer in answers]
