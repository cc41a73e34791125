"""MeTTa in a disposable child: limits, results, proposed changes.

Importing this costs nothing: hyperon is only ever loaded in the zygote.
"""

from mettaclaw.evaluator.limits import Limits
from mettaclaw.evaluator.parent import Evaluation, Evaluator, confinement
from mettaclaw.evaluator.selfcheck import canary

__all__ = ["Evaluation", "Evaluator", "Limits", "canary", "confinement"]
