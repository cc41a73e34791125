"""Atoms: the values, their text, unification, truth values, and the store that keeps them."""
