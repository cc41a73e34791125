"""What a figure is, how it is timed, and how it is told.

Times are medians of many runs, after a warm-up, by the wall clock; a target is what the project
promises. Not covered: which figures there are (each module beside this one has some).
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
STORE = ROOT / ".bench"  # ignored by git; what takes minutes to build is kept here


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    ``least`` turns the target around: the value shall be at least that. ``target`` is None for a
    number that only explains another one.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.least else self.value <= self.target

    @property
    def row(self) -> tuple[str, str, str, str]:
        """Name, value, target and verdict, for a table."""
        sign = "≥" if self.least else "≤"
        target = "" if self.target is None else f"{sign} {_number(self.target)} {self.unit}"
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        return self.name, f"{_number(self.value)} {self.unit}", target, verdict


def times_ms(act: Callable[[], object], runs: int, warm_up: int = 3) -> list[float]:
    """The milliseconds of each run."""
    for _ in range(warm_up):
        act()
    found: list[float] = []
    for _ in range(runs):
        start = time.perf_counter()
        act()
        found.append((time.perf_counter() - start) * 1e3)
    return found


def each_ms(acts: Iterable[Callable[[], object]]) -> list[float]:
    """The milliseconds of each of these actions, which differ so that no cache answers them."""
    return [ms for act in acts for ms in times_ms(act, runs=1, warm_up=0)]


def median(values: Sequence[float]) -> float:
    """The 50th percentile."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def machine() -> str:
    """The machine in one line."""
    model = platform.processor() or platform.machine()
    memory = ""
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        memory = f", {pages / 2**30:.0f} GiB"
    load = os.getloadavg()[0]
    return (
        f"{platform.system()} {platform.machine()}, {model}, {os.cpu_count()} cores{memory}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; load {load:.1f}"
    )


def show(measure: Callable[[], list[Figure]]) -> None:
    """Measure and print, as a table, or with ``--json`` for the program that runs them all."""
    figures = measure()
    if "--json" in sys.argv:
        print(json.dumps([asdict(figure) for figure in figures]))
        return
    print(machine())
    _table(figures)
    sys.exit(any(figure.met is False for figure in figures))


def tell(results: dict[str, Any], into: Path | None) -> int:
    """Print results as a table and write all of them; to ``-`` only their figures, as ``show``."""
    figures = [Figure(**fields) for fields in results["figures"]]
    if into == Path("-"):
        print(json.dumps(results["figures"]))
        return 0
    if into is not None:
        into.write_text(json.dumps(results, indent=1) + "\n")
    print(results["machine"])
    _table(figures)
    return int(any(figure.met is False for figure in figures))


def _table(figures: Iterable[Figure]) -> None:
    for name, value, target, verdict in (figure.row for figure in figures):
        print(f"{name:<62} {value:>16}  {target:<18} {verdict}")


def _number(value: float) -> str:
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
