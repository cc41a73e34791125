from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import read
from mettaclaw.atoms.truth import Truth
from mettaclaw.evaluator import Evaluation, Evaluator, Limits, process
from mettaclaw.storage import Database

SURE = Truth(1.0, 0.9)


class Bench:
    """A database with an evaluator over it."""

    def __init__(self, path: Path) -> None:
        self.database = Database.open(path, synchronous="NORMAL")
        self.store = AtomStore(self.database)
        self.evaluator = Evaluator(path, providers=("tests.evaluator.provider",))

    def learn(self, *statements: str, truth: Truth | None = SURE) -> None:
        with self.database.transaction():
            for statement in statements:
                self.store.add(read(statement), truth, "user")

    def run(self, program: str, limits: Limits | None = None) -> Evaluation:
        return self.evaluator.evaluate(program, limits=limits)

    def texts(self, program: str) -> list[list[str]]:
        """The results of a program that must end well, as text."""
        evaluation = self.run(program)
        assert evaluation.error is None, evaluation.error
        return [[str(atom) for atom in results] for results in evaluation.results]

    def text(self, form: str) -> str:
        """The only result of one form, as text."""
        ((text,),) = self.texts(form)
        return text

    def error(self, program: str, limits: Limits | None = None) -> Exception:
        """The error of a program that must fail, after which the evaluator still works."""
        evaluation = self.run(program, limits)
        assert evaluation.error is not None, evaluation.results
        assert evaluation.changes == ()
        assert self.text("!(+ 1 2)") == "3"
        return evaluation.error

    def close(self) -> None:
        self.evaluator.close()
        self.database.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    found = Bench(tmp_path / "claw.db")
    yield found
    found.close()


@pytest.fixture(scope="session", autouse=True)
def _no_process_stays() -> Iterator[None]:
    yield
    process.close_all()
