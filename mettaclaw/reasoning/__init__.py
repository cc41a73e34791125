"""Reasoning: truth functions, rules read from MeTTa files, and goal-directed inference with proofs.

::

    from mettaclaw.reasoning import conclude, infer, why
    conclude("(--> tom cat)", (1.0, 0.9), "(--> cat animal)", (1.0, 0.9))
    infer(kb.store, "(--> $who animal)")
"""

from mettaclaw.reasoning.backward.goals import Bounds, Cut
from mettaclaw.reasoning.conclusions import Conclusion, conclude
from mettaclaw.reasoning.engine import Answer, Outcome, ask, infer, needs, why
from mettaclaw.reasoning.forward import consequences
from mettaclaw.reasoning.priors import Priors
from mettaclaw.reasoning.proof import Proof, from_atom, render
from mettaclaw.reasoning.rules.rule import Rule
from mettaclaw.reasoning.rules.ruleset import Rules
from mettaclaw.reasoning.whynot.rejected import Rejected, WhyNot, why_not

__all__ = [
    "Answer",
    "Bounds",
    "Conclusion",
    "Cut",
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
