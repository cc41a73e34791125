"""The database: loading a million statements, opening them, adding one that endures."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import million
from benchmarks.figures import STORE, Figure, each_ms, median, percentile, show
from mettaclaw.atomspace import Atomspace

# The peak is of this program's own memory: getrusage would count what forked it, too.
_OPEN = """
import re, resource, sys, time
from pathlib import Path
from mettaclaw.atomspace import Atomspace
start = time.perf_counter()
with Atomspace.open(sys.argv[1]):
    opened = time.perf_counter() - start
if sys.platform == "darwin":
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
else:
    status = Path("/proc/self/status").read_text()
    peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", status).group(1)) / 2**10
print(opened, peak)
"""


def measure() -> list[Figure]:
    rate = _load_rate()
    full = million.database()
    runs = [_opening(full) for _ in range(9)]
    opens, sizes = [run[0] for run in runs], [run[1] for run in runs]
    adds = _adds(full)
    return [
        Figure("bulk load of 1,000,000 atoms from MeTTa text", rate, "atoms/s", 20_000, least=True),
        Figure("open a database of 1,000,000 atoms, p50", median(opens), "s", 0.2),
        Figure("peak memory of a process that only opens it, p50", median(sizes), "MiB", 200),
        Figure("single durable add at 1,000,000 atoms, p50", median(adds), "ms", 10.0),
        Figure("single durable add at 1,000,000 atoms, p99", percentile(adds, 99), "ms"),
    ]


def _load_rate() -> float:
    source = million.text()
    path = STORE / "load.db"
    _delete(path)
    with Atomspace.open(path) as kb:
        start = time.perf_counter()
        count = kb.import_file(source)
        seconds = time.perf_counter() - start
        assert count == kb.count() == million.ATOMS
    _delete(path)
    return count / seconds


def _opening(path: Path) -> list[float]:
    """Seconds to open, and MiB at the peak, of a process of its own."""
    command = [sys.executable, "-c", _OPEN, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return [float(number) for number in done.stdout.split()]


def _adds(full: Path) -> list[float]:
    """Milliseconds of single additions, with ``synchronous=FULL``."""
    path = STORE / "add.db"
    _delete(path)
    shutil.copy(full, path)
    with Atomspace.open(path, synchronous="FULL") as kb:
        kb.add("(--> first added)", (1.0, 0.9))
        found = each_ms(
            [lambda i=i: kb.add(f"(--> new{i} c{i * 97})", (1.0, 0.9)) for i in range(300)]
        )
    _delete(path)
    return found


def _delete(path: Path) -> None:
    for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        file.unlink(missing_ok=True)


if __name__ == "__main__":
    show(measure)
