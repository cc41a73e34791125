"""MeTTa in a disposable child: limits, results, proposed changes.

Names are imported when they are first used: the zygote, which is forked for every evaluation,
must not hold what only its parent needs. Hyperon is only ever loaded in the zygote.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mettaclaw.evaluator.limits import Limits
    from mettaclaw.evaluator.parent import Evaluation, Evaluator, confinement
    from mettaclaw.evaluator.selfcheck import canary

__all__ = ["Evaluation", "Evaluator", "Limits", "canary", "confinement"]

_HOMES = {
    "Evaluation": "parent",
    "Evaluator": "parent",
    "Limits": "limits",
    "canary": "selfcheck",
    "confinement": "parent",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
