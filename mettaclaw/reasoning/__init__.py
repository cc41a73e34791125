"""Reasoning: truth functions, rules read from MeTTa files, and goal-directed inference with proofs.

::

    from mettaclaw.reasoning import conclude, infer, why
    conclude("(--> tom cat)", (1.0, 0.9), "(--> cat animal)", (1.0, 0.9))
    infer(kb.store, "(--> $who animal)")
"""

from mettaclaw.reasoning.conclusions import Conclusion, conclude
from mettaclaw.reasoning.engine import Answer, Outcome, ask, infer, needs, why
from mettaclaw.reasoning.forward import consequences
from mettaclaw.reasoning.goals import Bounds
from mettaclaw.reasoning.priors import Priors
from mettaclaw.reasoning.proof import Proof, from_atom, render
from mettaclaw.reasoning.rejected import Rejected, WhyNot, why_not
from mettaclaw.reasoning.rules import Rule
from mettaclaw.reasoning.ruleset import Rules

__all__ = [
    "Answer",
    "Bounds",
    "Conclusion",
    "Outcome",
    "Priors",
    "Proof",
    "Rejected",
    "Rule",
    "Rules",
    "WhyNot",
    "ask",
    "conclude",
    "consequences",
    "from_atom",
    "infer",
    "needs",
    "render",
    "why",
    "why_not",
]
