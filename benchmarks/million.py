"""The million statements that the figures are measured on: ``(--> cA cB)``, each with a truth.

100,000 concepts, each the subject of ten statements and the object of ten, so that a pattern with
one argument known has ten answers, and two steps have a hundred. Built once into ``.bench/``.
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


def pairs(atoms: int = ATOMS) -> Iterator[tuple[int, int]]:
    """Subject and object of each statement."""
    concepts = atoms // 10
    for i in range(atoms):
        yield i // 10, (i * _STEP + i // concepts) % concepts


def text(atoms: int = ATOMS) -> Path:
    """The file of these statements as MeTTa text."""
    file = STORE / f"{atoms}.metta"
    if not file.exists():
        STORE.mkdir(exist_ok=True)
        part = file.with_suffix(".part")
        with part.open("w") as out:
            out.writelines(f"((--> c{a} c{b}) (stv 1.0 0.9))\n" for a, b in pairs(atoms))
        part.replace(file)
    return file


def database(atoms: int = ATOMS) -> Path:
    """The database that holds them; it is built where it does not exist yet (a minute or so)."""
    path = STORE / f"{atoms}-schema{VERSION}.db"
    if not path.exists():
        source = text(atoms)
        part = path.with_suffix(".part.db")
        part.unlink(missing_ok=True)
        with Atomspace.open(part) as kb:
            kb.import_file(source)
        part.replace(path)
    return path
