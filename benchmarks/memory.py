"""Long-term memory in size: adding and asking at 10,000 items, asking at 1,000,000 by a graph.

Items are sentences of made-up but spread-out words (the commonest word in one of nine, most in one
of thousands). Their vectors are embedding-like: each is that of one of some thousand real
sentences, from this project's own documents, moved by noise, since random directions have no
structure for a graph to follow. What is asked and added while it is timed is embedded for real.

``recall@10`` is how much of the exact nearest ten the graph finds, for vectors of the same kind
that it does not hold. The million and its graph are built once into ``.bench/`` (half an hour).
"""

from __future__ import annotations

import random
import re
import statistics
import tempfile
import time as clock
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.figures import ROOT, STORE, Figure, each_ms, median, percentile, show
from mettaclaw.memory import Draft, Memory, embed
from mettaclaw.memory.retrieval.plan import Filter

SMALL, LARGE = 10_000, 1_000_000
ASKED = 60
ADDED = 20  # to the million that is kept between runs
_NOISE = 0.6  # beside a length of 1; cosines of neighbours are then some 0.7, as of paraphrases
_BLOCK = 10_000


def measure() -> list[Figure]:
    assert embed.SHARED.ready(), embed.SHARED.available()
    centres = _centres()
    figures = _small(centres)
    return figures + _large(centres)


def _small(centres: np.ndarray) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claw.db"
        _fill(path, SMALL, centres)
        with Memory.open(path) as memory:
            memory.query("the lamp of somebody")
            asked = list(_sentences(ASKED, seed=2))
            queries = each_ms([lambda t=t: memory.query(t) for t in asked])
            adds = each_ms([lambda t=t: memory.remember(t) for t in _sentences(ASKED, seed=3)])
            embedding = each_ms([lambda t=t: embed.SHARED.encode([t]) for t in asked])
            octets = memory.database.size()
    return [
        Figure("10,000 items: query, p50", median(queries), "ms", 40),
        Figure("10,000 items: query, p95", percentile(queries, 95), "ms"),
        Figure("10,000 items: of that, embedding the question, p50", median(embedding), "ms"),
        Figure("10,000 items: add with embedding, p50", median(adds), "ms", 40),
        Figure("10,000 items: on disk", octets / 2**20, "MiB"),
    ]


def _large(centres: np.ndarray) -> list[Figure]:
    path = STORE / "items-1m.db"
    if not path.exists():
        STORE.mkdir(exist_ok=True)
        part = path.with_suffix(".part.db")
        part.unlink(missing_ok=True)
        _fill(part, LARGE, centres)
        part.replace(path)
    with Memory.open(path) as memory:
        index = memory.embeddings.index(embed.SHARED)
        index.prepare(None)  # from its file, or built
        asked = _vectors(200, centres, seed=5)
        held = [index.ask(vector, Filter()) for vector in asked]
        graph = each_ms([lambda h=h: h.nearest(10) for h in held])
        found = [set(h.nearest(10)) for h in held]
        exact = _exact(memory, asked)
        recall = statistics.mean(len(a & b) / 10 for a, b in zip(found, exact, strict=True))
        questions = list(_sentences(ASKED, seed=6))
        queries = each_ms([lambda t=t: memory.query(t) for t in questions])
        told = [f"{text}, {clock.time_ns()}" for text in _sentences(ADDED, seed=7)]
        adds = each_ms([lambda t=t: memory.remember(t) for t in told])
        octets = memory.database.size()
    return [
        Figure("1,000,000 items: add with embedding, p50", median(adds), "ms"),
        Figure("1,000,000 items: query, p50", median(queries), "ms", 60),
        Figure("1,000,000 items: query, p95", percentile(queries, 95), "ms"),
        Figure("1,000,000 items: of that, the graph, p50", median(graph), "ms"),
        Figure("1,000,000 items: recall@10 of the graph", recall, "", 0.99, least=True),
        Figure("1,000,000 items: on disk, without the graph", octets / 2**20, "MiB"),
    ]


def _exact(memory: Memory, asked: np.ndarray) -> list[set[int]]:
    """The nearest ten of each vector, by all cosines."""
    best: list[list[tuple[float, int]]] = [[] for _ in asked]
    last = 0
    while rows := memory.database.rows(
        "SELECT seq, item, data FROM embedding WHERE seq > ? ORDER BY seq LIMIT ?", (last, _BLOCK)
    ):
        last = rows[-1][0]
        block = np.frombuffer(b"".join(row[2] for row in rows), dtype="<f4")
        cosines = block.reshape(len(rows), embed.SIZE) @ asked.T
        for column in range(len(asked)):
            top = (
                np.argsort(-cosines[:, column])[:10]
                if len(rows) <= 10
                else (np.argpartition(-cosines[:, column], 10)[:10])
            )
            best[column] += [(float(cosines[i, column]), rows[i][1]) for i in top]
    return [{number for _, number in sorted(many, reverse=True)[:10]} for many in best]


def _fill(path: Path, count: int, centres: np.ndarray) -> None:
    with Memory.open(path) as memory:
        database = memory.database
        for start in range(0, count, _BLOCK):
            some = list(_sentences(min(_BLOCK, count - start), seed=1_000 + start))
            kept = memory.remember_many(
                Draft(f"{text}, {start + i}", (), "benchmark", 1.7e9 + start + i)
                for i, text in enumerate(some)
            )
            vectors = _vectors(len(kept), centres, seed=start)
            with database.transaction("benchmark", "vectors"):
                database.write_many(
                    "INSERT INTO embedding (item, model, data) VALUES (?, ?, ?)",
                    [
                        (each.item.id, embed.NAME, vector.astype("<f4").tobytes())
                        for each, vector in zip(kept, vectors, strict=True)
                    ],
                )
        with database.transaction("benchmark", "vectors"):
            database.write(
                "INSERT INTO embedder (name, folder, size, complete) VALUES (?, '', ?, 1)",
                (embed.NAME, embed.SIZE),
            )


def _centres() -> np.ndarray:
    """The vectors of this project's own sentences."""
    text = " ".join(file.read_text() for file in sorted((ROOT / "docs").glob("*.md")))
    parts = (part.strip() for part in re.split(r"(?<=[.;:!?])\s+|\n\n|\|", text))
    sentences = sorted({part for part in parts if 5 <= len(part.split()) <= 40})
    return embed.SHARED.encode(sentences[:4_000])


def _vectors(count: int, centres: np.ndarray, seed: int) -> np.ndarray:
    """Vectors beside real ones, of length 1."""
    drawn = np.random.default_rng(seed)
    noise = drawn.standard_normal((count, embed.SIZE)).astype(np.float32)
    noise *= _NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    # Between two real ones, so that there are as many places as pairs.
    first, second = (centres[drawn.integers(len(centres), size=count)] for _ in range(2))
    share = drawn.random((count, 1)).astype(np.float32)
    mixed = share * first + (1 - share) * second + noise
    return mixed / np.linalg.norm(mixed, axis=1, keepdims=True)


def _sentences(count: int, seed: int) -> Iterator[str]:
    """Made-up sentences; the n-th commonest word is in about one of 9 n."""
    drawn = random.Random(seed)
    for _ in range(count):
        words = [_word(min(int(drawn.paretovariate(0.6)), 40_000)) for _ in range(9)]
        yield f"{' '.join(words)}".capitalize()


def _word(number: int) -> str:
    consonants, vowels = "bdfgklmnprstvz", "aeiou"
    letters = ""
    number += 37
    while number:
        number, c = divmod(number, len(consonants))
        number, v = divmod(number, len(vowels))
        letters += consonants[c] + vowels[v]
    return letters


if __name__ == "__main__":
    show(measure)
