"""What a person waits for at the start: the import, ``--help``, the first answer in a new home."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, median, show, times_ms

PROGRAM = Path(sys.executable).with_name("mettaclaw")
_IMPORT = (
    "import time; start = time.perf_counter(); import mettaclaw; print(time.perf_counter() - start)"
)


def measure() -> list[Figure]:
    imports = [float(_output(sys.executable, "-c", _IMPORT)) for _ in range(11)]
    helps = times_ms(lambda: _output(PROGRAM, "--help"), runs=11, warm_up=1)

    def first_answer() -> None:
        with tempfile.TemporaryDirectory() as home:
            said = _output(PROGRAM, "--home", home, "--model", "english", "run", "Tom is a cat.")
            assert "Tom is a cat" in said, said

    firsts = times_ms(first_answer, runs=9, warm_up=1)
    return [
        Figure("import mettaclaw, p50", median(imports[1:]), "s", 0.2),
        Figure("mettaclaw --help, whole process, p50", median(helps) / 1e3, "s", 0.5),
        Figure("first answer in a new home, whole process, p50", median(firsts) / 1e3, "s", 3.0),
    ]


def _output(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


if __name__ == "__main__":
    show(measure)
