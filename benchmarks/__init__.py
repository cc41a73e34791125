"""Figures: each file measures one, alone (``python benchmarks/match.py``) or all by ``make bench``."""
