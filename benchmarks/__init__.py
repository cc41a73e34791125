"""Figures: each file measures one, alone or with all others by ``make bench``."""
