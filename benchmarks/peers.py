"""Other memories on the same conversations: chromadb and mem0, with the same embedding model.

Each stores the turns of LoCoMo one by one and is asked its questions as they stand; what it returns
is scored by the turns that hold the answer, with the columns that this project's own recall is
scored with. Times are of single calls (p50): by the wall, of the CPU, and by the wall without what
went into the embedding model. Bytes are those of the store's folder after it was closed.
``peer_systems`` says what is theirs and what had to be replaced.

``python -m benchmarks.peers --data FOLDER [--json OUT] [--systems NAME ...]``; each is installed
into an environment of its own (``environments``) and may open no connection. Not covered: answers
that an LLM gives from what was found, and what one makes of turns before they are stored.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import environments
from benchmarks.figures import Figure, machine, tell
from benchmarks.locomo_data import CATEGORIES, DataError, load
from benchmarks.minilm import ONNX

ENVIRONMENTS = {
    "chromadb": ("peers", ("chromadb", "mem0ai")),
    "chromadb-torch": ("peers", ("chromadb", "mem0ai")),
    "mem0": ("peers", ("chromadb", "mem0ai")),
    "mem0-words": ("peers-words", ("mem0ai", "fastembed")),
}
# The default of chromadb takes ten minutes of CPU, and finds what chromadb-torch finds.
RUNS = (
    ("chromadb", "speaker: text"),
    ("chromadb-torch", "speaker: text"),
    ("chromadb-torch", "text"),
    ("mem0", "speaker: text"),
    ("mem0", "text"),
    ("mem0-words", "speaker: text"),
)


def _results(data: Path, systems: Sequence[str], into: Path | None) -> dict[str, Any]:
    """What all runs gave; written down after each, for they take an hour together."""
    load(data)  # what is wrong with the data is said before anything is installed
    runs: list[dict[str, Any]] = []
    results: dict[str, Any] = {}
    for system, form in RUNS:
        if system not in systems:
            continue
        if system == "chromadb":
            _exported()
        interpreter = environments.python(*ENVIRONMENTS[system])
        arguments = (system, form, str(data.resolve()))
        told = environments.run(interpreter, "benchmarks.peer_systems", *arguments)
        runs.append(json.loads(told.splitlines()[-1]))
        results = collected(runs)
        if into is not None and into != Path("-"):
            into.write_text(json.dumps(results, indent=1) + "\n")
    return results


def _exported() -> None:
    """The ONNX file, by the process that may have it written: chromadb's has no exporter."""
    if not (ONNX / "model.onnx").exists():
        interpreter = environments.python("engines", ("onnx", "onnxruntime"))
        environments.run(interpreter, "benchmarks.minilm")


def collected(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All runs with the figures that stand in the table."""
    figures = [asdict(figure) for run in runs for figure in _figures(run)]
    return {"machine": machine(), "runs": list(runs), "figures": figures}


def _figures(run: dict[str, Any]) -> list[Figure]:
    versions = run["versions"]
    version = versions["mem0ai" if run["system"].startswith("mem0") else "chromadb"]
    name = f'{run["system"]} {version}, "{run["content"]}"'
    overall = run["scores"]["all"]
    found = [
        Figure(f"{name}: {title}", 100 * overall[column], "%")
        for title, column in (("R@5", "r5"), ("R@10", "r10"), ("R@20", "r20"), ("all10", "all10"))
    ]
    found.append(Figure(f"{name}: MRR", overall["mrr"], ""))
    for category in map(str, CATEGORIES):
        if category in run["scores"]:
            value = 100 * run["scores"][category]["r10"]
            found.append(Figure(f"{name}: R@10, category {category}", value, "%"))
    for call in ("add", "query"):
        times = run[call]
        found.append(Figure(f"{name}: one {call}, p50", times["p50_ms"], "ms"))
        found.append(Figure(f"{name}: one {call}, of CPU, p50", times["p50_cpu_ms"], "ms"))
        found.append(
            Figure(f"{name}: one {call}, without embedding, p50", times["p50_rest_ms"], "ms")
        )
    found.append(Figure(f"{name}: on disk, {run['turns']} turns", run["bytes"] / 2**20, "MiB"))
    return found


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--data", type=Path, required=True, help="a folder with LoCoMo's files")
    parser.add_argument("--json", type=Path, nargs="?", const=Path("-"), help="file for all of it")
    parser.add_argument("--systems", nargs="+", choices=ENVIRONMENTS, default=tuple(ENVIRONMENTS))
    chosen = parser.parse_args(arguments)
    try:
        results = _results(chosen.data, chosen.systems, chosen.json)
    except DataError as failure:
        parser.error(str(failure))
    return tell(results, chosen.json)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
