"""Other memories behind one small interface, each run in a process of its own by ``peers``.

What is theirs: the store, the index, the search and its defaults, as a reader of the first page of
their documentation would use them; one collection (chromadb) or one user (mem0) for each
conversation, one call for each turn, the question as it was asked. What had to be replaced, because
nothing may be fetched and no LLM may be asked:

- chromadb's default embedding function runs as it is, on an ONNX file exported from the same
  weights (its own comes by download). ``chromadb-torch`` has its function for sentence-transformers
  instead, which does not pad each text to 256 word pieces as the default does.
- mem0's default embedder is OpenAI's; it gets its own ``huggingface`` embedder on the same model.
  Its default ``add`` lets an LLM rewrite what was said; here ``infer=False`` keeps it as it was
  said, which is its way without an LLM. The store is its default, qdrant in a local folder.
- mem0's search by words needs more than ``pip install mem0ai``: fastembed (``mem0-words`` has it,
  with a list of stop words in place of the one it downloads) and spaCy's en_core_web_sm, which is
  only on GitHub: its lemmas and its boost for entities are off in all rows.

torch computes with one thread. Not covered: their hosted services, their rerankers, batches.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import importlib.metadata
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from benchmarks.figures import machine, median
from benchmarks.locomo_data import DEPTH, Question, Scores, Turn, load, scores, summary
from benchmarks.minilm import export, folder
from mettaclaw.memory.embed import SIZE

FORMS: dict[str, Callable[[Turn], str]] = {
    "speaker: text": lambda turn: turn.said,
    "text": lambda turn: turn.text,
}


_NAMED = (
    "chromadb",
    "mem0ai",
    "qdrant-client",
    "fastembed",
    "onnxruntime",
    "sentence-transformers",
    "torch",
)


class System(Protocol):
    """A memory as it is measured: ``embedding`` is the seconds that went into vectors so far."""

    embedding: float

    def add(self, whose: str, name: str, text: str) -> None: ...
    def find(self, whose: str, query: str) -> list[str]: ...
    def close(self) -> None: ...


class Chroma:
    """chromadb with a folder of its own."""

    def __init__(self, place: Path, *, torch: bool) -> None:
        import chromadb
        from chromadb.utils import embedding_functions as functions

        if torch:
            function: Any = functions.SentenceTransformerEmbeddingFunction(str(folder()))
        else:
            function = functions.ONNXMiniLM_L6_V2()  # what a collection has by default
            onnx = Path(function.DOWNLOAD_PATH) / function.EXTRACTED_FOLDER_NAME
            shutil.copytree(export().parent, onnx, dirs_exist_ok=True)
        self.embedding = 0.0
        _count_time(self, type(function), "__call__")
        self._client = chromadb.PersistentClient(str(place))
        self._function = function
        self._collections: dict[str, Any] = {}

    def add(self, whose: str, name: str, text: str) -> None:
        self._collection(whose).add(ids=[name], documents=[text])

    def find(self, whose: str, query: str) -> list[str]:
        return self._collection(whose).query(query_texts=[query], n_results=DEPTH)["ids"][0]

    def close(self) -> None:
        self._client.close()

    def _collection(self, whose: str) -> Any:
        if whose not in self._collections:
            self._collections[whose] = self._client.create_collection(
                f"talk-{whose}", embedding_function=self._function
            )
        return self._collections[whose]


class Mem0:
    """mem0 with its default store, its history and its embedder for local models."""

    def __init__(self, place: Path, *, words: bool) -> None:
        if words:
            _give_stop_words(place.with_name("stop-words"))
        from mem0 import Memory

        embedder = {"provider": "huggingface", "config": {"model": str(folder())}}
        qdrant = {"path": str(place / "qdrant"), "embedding_model_dims": SIZE}
        place.mkdir()
        self._memory = Memory.from_config(
            {
                "embedder": embedder,
                "vector_store": {"provider": "qdrant", "config": qdrant},
                "llm": {"provider": "openai", "config": {"api_key": "there is none"}},
                "history_db_path": str(place / "history.db"),
            }
        )
        self.embedding = 0.0
        _count_time(self, type(self._memory.embedding_model), "embed")

    def add(self, whose: str, name: str, text: str) -> None:
        self._memory.add(text, user_id=whose, metadata={"turn": name}, infer=False)

    def find(self, whose: str, query: str) -> list[str]:
        found = self._memory.search(query, filters={"user_id": whose})["results"]
        return [hit["metadata"]["turn"] for hit in found]

    def close(self) -> None:
        self._memory.close()
        self._memory.vector_store.client.close()


SYSTEMS: dict[str, Callable[[Path], System]] = {
    "chromadb": lambda place: Chroma(place, torch=False),
    "chromadb-torch": lambda place: Chroma(place, torch=True),
    "mem0": lambda place: Mem0(place, words=False),
    "mem0-words": lambda place: Mem0(place, words=True),
}


def _count_time(system: Any, kind: type, method: str) -> None:
    """Add to ``system.embedding`` what each call of that method takes."""
    plain = getattr(kind, method)

    @functools.wraps(plain)  # chromadb reads the signature
    def timed(*arguments: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return plain(*arguments, **named)
        finally:
            system.embedding += time.perf_counter() - start

    setattr(kind, method, timed)


def _give_stop_words(place: Path) -> None:
    """Let fastembed read its stop words here: the ones it wants are on a server."""
    import fastembed
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    place.mkdir()
    (place / "english.txt").write_text("\n".join(sorted(ENGLISH_STOP_WORDS)))

    class Local(fastembed.SparseTextEmbedding):
        def __init__(self, model_name: str, **named: Any) -> None:
            super().__init__(model_name, specific_model_path=str(place), **named)

    fastembed.SparseTextEmbedding = Local


def _measure(name: str, form: str, data: Path) -> dict[str, Any]:
    calls = _refuse_network()
    with tempfile.TemporaryDirectory() as home:
        # What they keep beside their own folder (models, ids of users) goes where it is deleted.
        os.environ.update(HOME=home, MEM0_DIR=str(Path(home) / "mem0"))
        place = Path(home) / "store"
        system = SYSTEMS[name](place)
        conversations = load(data)
        adding, finding = _Clock(system), _Clock(system)
        for talk in conversations:
            for turn in talk.turns:
                text = FORMS[form](turn)
                adding.time(lambda t=talk, n=turn.id, x=text: system.add(t.name, n, x))
            print(f"{name}, {form}: {talk.name} is in", file=sys.stderr, flush=True)
        scored: list[tuple[Question, Scores]] = []
        for talk in conversations:
            for question in talk.questions:
                ranked = finding.time(lambda t=talk, q=question: system.find(t.name, q.text))
                scored.append((question, scores(ranked, question.evidence)))
        system.close()
        size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
    return {
        "system": name,
        "content": form,
        "scores": {part: asdict(mean) for part, mean in summary(scored).items()},
        "questions": len(scored),
        "turns": len(adding.ms),
        "add": adding.summary(),
        "query": finding.summary(),
        "bytes": size,
        "network_calls_refused": sorted(set(calls)),
        "versions": _versions(),
        "machine": machine(),
    }


class _Clock:
    """Milliseconds by the wall and of the CPU, and how many of the former went into vectors."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.ms: list[float] = []
        self.cpu: list[float] = []
        self.vectors: list[float] = []

    def time(self, act: Callable[[], Any]) -> Any:
        before, cpu, start = self.system.embedding, time.process_time(), time.perf_counter()
        found = act()
        self.ms.append((time.perf_counter() - start) * 1e3)
        self.cpu.append((time.process_time() - cpu) * 1e3)
        self.vectors.append((self.system.embedding - before) * 1e3)
        return found

    def summary(self) -> dict[str, float]:
        return {
            "p50_ms": median(self.ms),
            "p50_cpu_ms": median(self.cpu),
            "p50_embedding_ms": median(self.vectors),
            "p50_rest_ms": median([a - b for a, b in zip(self.ms, self.vectors, strict=True)]),
        }


def _refuse_network() -> list[str]:
    """From here on whoever opens a connection is refused, and where to is written down."""
    calls: list[str] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.getaddrinfo"):
            calls.append(f"{event} {arguments[1 if event == 'socket.connect' else 0]}")
            raise ConnectionRefusedError("this benchmark allows no network")

    sys.addaudithook(hook)
    return calls


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _NAMED:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description="One system with one form, as JSON; see peers.py")
    parser.add_argument("system", choices=SYSTEMS)
    parser.add_argument("form", choices=FORMS)
    parser.add_argument("data", type=Path)
    chosen = parser.parse_args(arguments)
    print(json.dumps(_measure(chosen.system, chosen.form, chosen.data)))


if __name__ == "__main__":
    main(sys.argv[1:])
