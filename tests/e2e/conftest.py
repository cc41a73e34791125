"""Fixtures: an empty home, and the program on it, as the tests of the terminal have them."""

from __future__ import annotations

from tests.ui.conftest import claw, endpoint, home, scripted

__all__ = ["claw", "endpoint", "home", "scripted"]
