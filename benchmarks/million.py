"""The million statements that the figures are measured on: ``(--> cA cB)``, each with a truth.

100,000 concepts, each the subject of ten statements and the object of ten, so that a pattern with
one argument known has ten answers, and two steps have a hundred. ``apart`` gives each statement a
subject of its own instead, as facts about many individuals have. Built once into ``.bench/``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import STORE
from mettaclaw.atomspace import Atomspace
from mettaclaw.storage.schema import VERSION

ATOMS = 1_000_000
CONCEPTS = 100_000
_STEP = 7_919  # a prime: neighbours in the file are no neighbours in the graph


def pairs(atoms: int = ATOMS, *, apart: bool = False) -> Iterator[tuple[str, str]]:
    """Subject and object of each statement."""
    concepts = atoms // 10
    for i in range(atoms):
        subject = f"x{i}" if apart else f"c{i // 10}"
        yield subject, f"c{(i * _STEP + i // concepts) % concepts}"


def text(atoms: int = ATOMS, *, apart: bool = False) -> Path:
    """The file of these statements as MeTTa text."""
    file = STORE / f"{_name(atoms, apart)}.metta"
    if not file.exists():
        STORE.mkdir(exist_ok=True)
        part = file.with_suffix(".part")
        with part.open("w") as out:
            many = pairs(atoms, apart=apart)
            out.writelines(f"((--> {a} {b}) (stv 1.0 0.9))\n" for a, b in many)
        part.replace(file)
    return file


def database(atoms: int = ATOMS, *, apart: bool = False) -> Path:
    """The database that holds them; it is built where it does not exist yet (a minute or so)."""
    path = STORE / f"{_name(atoms, apart)}-schema{VERSION}.db"
    if not path.exists():
        source = text(atoms, apart=apart)
        part = path.with_suffix(".part.db")
        part.unlink(missing_ok=True)
        with Atomspace.open(part) as kb:
            kb.import_file(source)
        part.replace(path)
    return path


def warm(path: Path) -> None:
    """Read a database once, so that the operating system has it in memory."""
    with path.open("rb") as file:
        while file.read(1 << 20):
            pass


def _name(atoms: int, apart: bool) -> str:
    return f"{atoms}-apart" if apart else f"{atoms}"
