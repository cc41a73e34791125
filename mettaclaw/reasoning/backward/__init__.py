"""Backward from a goal: what is searched for it, and what the derivations found come to."""
