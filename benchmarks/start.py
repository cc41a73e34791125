"""What a person waits for at the start: the import, ``--help``, the first answer.

The first answer ever builds the parser of the English grammar; another home finds it in the cache.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.figures import Figure, median, show, times_ms

PROGRAM = Path(sys.executable).with_name("mettaclaw")
_IMPORT = (
    "import time; start = time.perf_counter(); import mettaclaw; print(time.perf_counter() - start)"
)


def measure() -> list[Figure]:
    imports = [float(_output(sys.executable, "-c", _IMPORT)) for _ in range(11)]
    helps = times_ms(lambda: _output(PROGRAM, "--help"), runs=11, warm_up=1)

    def first_answer(cache: str | None = None) -> None:
        with tempfile.TemporaryDirectory() as home:
            own = os.environ | {"HOME": cache or home, "XDG_CACHE_HOME": cache or home}
            command = (PROGRAM, "--home", f"{home}/claw", "--model", "english", "run")
            said = _output(*command, "Tom is a cat.", environment=own)
            assert "Tom is a cat" in said, said

    firsts = times_ms(first_answer, runs=9, warm_up=1)
    with tempfile.TemporaryDirectory() as cache:
        laters = times_ms(lambda: first_answer(cache), runs=9, warm_up=1)
    return [
        Figure("import mettaclaw, p50", median(imports[1:]), "s", 0.2),
        Figure("mettaclaw --help, whole process, p50", median(helps) / 1e3, "s", 0.5),
        Figure("first answer ever, whole process, p50", median(firsts) / 1e3, "s", 3.0),
        Figure("first answer in another new home, p50", median(laters) / 1e3, "s", 3.0),
    ]


def _output(*command: str | Path, environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=60, env=environment
    )
    return done.stdout


if __name__ == "__main__":
    show(measure)
