"""An environment of its own for a benchmark that needs what the project does not.

It stands on the environment that runs this (torch, sentence-transformers and MiniLM are not fetched
again, and every system gets the same versions of them), and what is installed into it stays in
``.bench/``, so the project's own environment is never touched. Not covered: a network that is not
there; pip says so.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from benchmarks.figures import ROOT, STORE

# No system that is measured may call home or look for models, and none may find a key.
OFFLINE = {
    "ANONYMIZED_TELEMETRY": "False",
    "MEM0_TELEMETRY": "False",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
    # Threads that wait for each other on a machine that does other things cost ten times the work.
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONPATH": str(ROOT),
}


def python(name: str, requirements: tuple[str, ...]) -> Path:
    """The interpreter of the environment of that name, with these requirements in it."""
    folder = STORE / name
    interpreter = folder / "bin" / "python"
    stamp = folder / ".installed"
    wanted = "\n".join((sys.version, sysconfig.get_path("purelib"), *requirements))
    if stamp.exists() and stamp.read_text() == wanted:
        return interpreter
    print(f"setting up {folder.relative_to(ROOT)}, this once …", file=sys.stderr, flush=True)
    venv.create(folder, with_pip=True, clear=True)
    own = next(folder.glob("lib/python*/site-packages"))
    (own / "beneath.pth").write_text(sysconfig.get_path("purelib") + "\n")
    install = [str(interpreter), "-m", "pip", "install", "-q", *requirements]
    subprocess.run(install, check=True, stdout=sys.stderr)
    stamp.write_text(wanted)
    return interpreter


def run(interpreter: Path, module: str, *arguments: str) -> str:
    """What a module of ours prints when that interpreter runs it, with no key and no telemetry."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    command = [str(interpreter), "-m", module, *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**kept, **OFFLINE},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
