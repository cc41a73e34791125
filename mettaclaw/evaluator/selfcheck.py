"""The canary: whether the installed hyperon gives right answers.

Versions 0.2.7 to 0.2.10 bind variables to wrong atoms, or abort, once a space holds more than 1024
distinct leaves. ``canary`` asks a space of that size in a process of its own and says what is
wrong; ``mettaclaw doctor`` shows it.
"""

from __future__ import annotations

import importlib.metadata
import os
import signal
import subprocess
import sys

KNOWN_GOOD = "0.2.6"
FACTS = 3_000
TIMEOUT_S = 120.0
_CURE = f'install it with: pip install "hyperon=={KNOWN_GOOD}"'

# Answers by the index, by rules and by listing, around the places where identifiers wrap.
_QUESTIONS = f"""
import hyperonpy as hp
from hyperon.atoms import E, S, V
from hyperon.base import GroundingSpaceRef
space = GroundingSpaceRef()
for i in range({FACTS}):
    space.add_atom(E(S("f"), S(f"k{{i}}"), S(f"v{{i}}")))
wrong = 0
for i in (0, 1, 510, 511, 512, 600, 1022, 1023, 1024, 1025, 1500, 2047, 2048, {FACTS} - 1):
    found = list(space.query(E(S("f"), S(f"k{{i}}"), V("y"))).iterator())
    answers = [str(bindings.resolve(V("y"))) for bindings in found]
    wrong += answers != [f"v{{i}}"]
listed = len({{str(atom) for atom in space.get_atoms()}})
print(f"{{wrong}} {{listed}}", flush=True)
"""


def canary() -> str | None:
    """None if the installed hyperon answers rightly, else what is wrong and what to type."""
    try:
        version = importlib.metadata.version("hyperon")
    except importlib.metadata.PackageNotFoundError:
        return f"hyperon is not installed; {_CURE}"
    return ask(_QUESTIONS, version)


def ask(questions: str, version: str) -> str | None:
    """Run the questions in a process of their own and judge the answers."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", questions],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"hyperon {version} did not answer within {TIMEOUT_S:.0f} s; {_CURE}"
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        return f"hyperon {version} crashed ({name}) on a space of {FACTS:,} atoms; {_CURE}"
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return f"hyperon {version} does not work: {last}; {_CURE}"
    wrong, listed = map(int, done.stdout.split())
    if wrong or listed != FACTS:
        return (
            f"hyperon {version} gives wrong answers in a space of {FACTS:,} atoms ({wrong} of 14"
            f" questions, {listed:,} atoms listed); {_CURE}"
        )
    if version != KNOWN_GOOD:
        return f"hyperon {version} is not the version that was tested ({KNOWN_GOOD}); {_CURE}"
    return None
