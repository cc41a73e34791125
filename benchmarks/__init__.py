"""Figures: each module measures some, alone or with all others by ``make bench``."""
