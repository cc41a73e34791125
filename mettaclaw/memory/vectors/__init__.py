"""Vectors of items, and how the nearest are found: exactly, or past 100,000 by a graph."""

from mettaclaw.memory.vectors.index import VectorIndex

__all__ = ["VectorIndex"]
