"""MeTTaClaw: an agent framework whose language model thinks with a logic.

``Atomspace`` is the memory that is never lost, ``Agent`` the loop over it. Names are imported
when they are first used, so that ``import mettaclaw`` costs next to nothing.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

if sys.platform == "win32":
    raise ImportError(
        "MeTTaClaw runs on Linux and macOS, and on Windows inside WSL: type `wsl --install` in a "
        "terminal, then install mettaclaw there"
    )

if TYPE_CHECKING:
    from mettaclaw.agent import Agent
    from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol, Variable, read
    from mettaclaw.atoms.truth import Truth
    from mettaclaw.atoms.view import Belief, Evidence
    from mettaclaw.atomspace import Atomspace
    from mettaclaw.errors import MettaClawError
    from mettaclaw.evaluator import Evaluation
    from mettaclaw.memory import Memory
    from mettaclaw.protocol.packet import Reply
    from mettaclaw.reasoning import Answer, Proof

__version__ = "0.1.0"

_HOMES = {
    "Agent": "mettaclaw.agent",
    "Answer": "mettaclaw.reasoning",
    "Atom": "mettaclaw.atoms.syntax",
    "Atomspace": "mettaclaw.atomspace",
    "Belief": "mettaclaw.atoms.view",
    "Evaluation": "mettaclaw.evaluator",
    "Evidence": "mettaclaw.atoms.view",
    "Expression": "mettaclaw.atoms.syntax",
    "Memory": "mettaclaw.memory",
    "MettaClawError": "mettaclaw.errors",
    "Number": "mettaclaw.atoms.syntax",
    "Proof": "mettaclaw.reasoning",
    "Reply": "mettaclaw.protocol.packet",
    "String": "mettaclaw.atoms.syntax",
    "Symbol": "mettaclaw.atoms.syntax",
    "Truth": "mettaclaw.atoms.truth",
    "Variable": "mettaclaw.atoms.syntax",
    "read": "mettaclaw.atoms.syntax",
}

__all__ = [
    "Agent",
    "Answer",
    "Atom",
    "Atomspace",
    "Belief",
    "Evaluation",
    "Evidence",
    "Expression",
    "Memory",
    "MettaClawError",
    "Number",
    "Proof",
    "Reply",
    "String",
    "Symbol",
    "Truth",
    "Variable",
    "__version__",
    "read",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'mettaclaw' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
