"""What is told of other memories and engines, and that nobody calls home while being measured."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as everything
from benchmarks import engines, peers
from benchmarks.figures import ROOT

SCORES = {"r5": 0.25, "r10": 0.5, "r20": 0.75, "all10": 0.4, "mrr": 0.3}
TIMES = {"p50_ms": 30.0, "p50_cpu_ms": 20.0, "p50_embedding_ms": 25.0, "p50_rest_ms": 5.0}


def run_of(system: str, **versions: str) -> dict[str, Any]:
    return {
        "system": system,
        "content": "text",
        "scores": {"all": SCORES, "4": {**SCORES, "r10": 0.625}},
        "turns": 6,
        "add": TIMES,
        "query": {**TIMES, "p50_ms": 12.0},
        "bytes": 3 * 2**20,
        "versions": versions,
    }


def test_each_system_has_a_row_for_each_column_with_its_own_version() -> None:
    told = peers.collected([run_of("mem0", chromadb="1.5", mem0ai="2.2")])
    rows = {figure["name"]: (figure["value"], figure["unit"]) for figure in told["figures"]}
    name = 'mem0 2.2, "text"'
    assert rows[f"{name}: R@5"] == (25, "%")
    assert rows[f"{name}: all10"] == (40, "%")
    assert rows[f"{name}: MRR"] == (0.3, "")
    assert rows[f"{name}: R@10, category 4"] == (62.5, "%")
    assert f"{name}: R@10, category 1" not in rows
    assert rows[f"{name}: one query, p50"] == (12, "ms")
    assert rows[f"{name}: one add, of CPU, p50"] == (20, "ms")
    assert rows[f"{name}: on disk, 6 turns"] == (3, "MiB")


@pytest.mark.parametrize("benchmark", [engines, peers])
def test_data_that_is_not_there_is_said_before_anything_is_installed(
    benchmark: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        benchmark.main(["--data", str(tmp_path / "none")])
    assert ended.value.code == 2
    assert f"{tmp_path / 'none'} is not a folder" in capsys.readouterr().err


def test_all_figures_together_name_what_lacks_its_conversations(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert everything.main(["start", "peers"]) == 2
    assert "python -m benchmarks peers --data" in capsys.readouterr().out


def test_a_system_that_opens_a_connection_is_refused_and_named() -> None:
    program = (
        "import urllib.request\n"
        "from benchmarks.peer_systems import _refuse_network\n"
        "calls = _refuse_network()\n"
        "try:\n"
        "    urllib.request.urlopen('http://127.0.0.1:9/', timeout=5)\n"
        "except OSError as refused:\n"
        "    print(refused, sorted(set(calls)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "this benchmark allows no network" in done.stdout
    assert "socket.getaddrinfo 127.0.0.1" in done.stdout


def test_names_are_taken_out_of_a_question_and_no_part_of_a_word() -> None:
    assert engines.without(("Nora", "Piet"), "What did Nora's Noras tell piet?") == (
        "What did Noras tell ?"
    )


@pytest.mark.neural
def test_vectors_come_back_in_the_order_of_their_texts() -> None:
    import numpy as np

    texts = ["a" * length for length in (3, 9, 1, 7, 5)]
    vectors = engines._in_batches(lambda some: np.array([[len(t)] for t in some]), texts, 2)
    assert vectors.tolist() == [[3], [9], [1], [7], [5]]
