"""All figures, each module in a process of its own, written to ``benchmarks/RESULTS.md``.

``python -m benchmarks`` measures everything; ``python -m benchmarks match start`` only these, and
keeps the other sections of the file as they are. What needs LoCoMo's conversations, which are not
part of the project, is measured where ``--data FOLDER`` says where they are.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import ROOT, Figure, machine

MODULES = (
    "start",
    "cycle",
    "storage",
    "match",
    "evaluate",
    "native",
    "rules",
    "reasoning",
    "chains",
    "memory",
    "redaction",
    "kills",
)
WITH_DATA = ("locomo", "engines", "peers")
RESULTS = Path(__file__).with_name("RESULTS.md")
_HEAD = """# Figures

Written by `make bench` (`python -m benchmarks`); each section by its own command too. Times are by
the wall clock, on a machine that did other things beside; a verdict holds the value against what
the project promises.
"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--data", type=Path, help="a folder with LoCoMo's files")
    chosen = parser.parse_args(arguments)
    every = (*MODULES, *WITH_DATA)
    names = chosen.names or (MODULES if chosen.data is None else every)
    unknown = [name for name in names if name not in every]
    if unknown:
        print(f"no benchmark is called {unknown[0]}; there are: {', '.join(every)}")
        return 2
    lacking = [name for name in names if name in WITH_DATA and chosen.data is None]
    if lacking:
        print(f"{lacking[0]} needs conversations; type: python -m benchmarks {lacking[0]} --data …")
        return 2
    missed = 0
    for name in names:
        print(f"measuring {name} …", flush=True)
        figures = _measured(name, chosen.data)
        sections = _sections()  # read anew: another run may have written its own meanwhile
        sections[name] = _section(name, figures)
        print(sections[name].partition("\n\n| ")[2])
        missed += sum(figure.met is False for figure in figures)
        body = [sections[module] for module in every if module in sections]
        RESULTS.write_text("\n".join([_HEAD, *body]))
    print(f"{RESULTS.relative_to(ROOT)} is written; {missed} figures miss their target.")
    return min(missed, 1)


def _measured(name: str, data: Path | None) -> list[Figure]:
    given = [] if data is None or name not in WITH_DATA else ["--data", str(data.resolve())]
    command = [sys.executable, "-m", f"benchmarks.{name}", *given, "--json"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return [Figure(**fields) for fields in json.loads(done.stdout.splitlines()[-1])]


def _section(name: str, figures: list[Figure]) -> str:
    said = (importlib.import_module(f"benchmarks.{name}").__doc__ or "").strip()
    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    given = " --data FOLDER" if name in WITH_DATA else ""
    rows = [" | ".join(figure.row) for figure in figures]
    return "\n".join(
        [
            f"## {name}",
            "",
            said,
            "",
            f"`.venv/bin/python -m benchmarks.{name}{given}`, {today}, {machine()}",
            "",
            "| figure | measured | target | verdict |",
            "| --- | --- | --- | --- |",
            *(f"| {row} |" for row in rows),
            "",
        ]
    )


def _sections() -> dict[str, str]:
    """The sections of the file as it is, by module."""
    if not RESULTS.exists():
        return {}
    parts = re.split(r"^(?=## )", RESULTS.read_text(), flags=re.MULTILINE)[1:]
    return {part[3:].split("\n", 1)[0]: f"{part.rstrip()}\n" for part in parts}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
