"""How items are found: a plan of the query, candidates from each index, and their ranking."""

from mettaclaw.memory.retrieval.plan import Filter, Plan
from mettaclaw.memory.retrieval.ranking import Ranked, rank
from mettaclaw.memory.retrieval.weights import Weights

__all__ = ["Filter", "Plan", "Ranked", "Weights", "rank"]
