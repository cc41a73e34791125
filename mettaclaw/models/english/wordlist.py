"""Reads the word lists beside this module: sections of words, ``# comments``, ``[names]``."""

from __future__ import annotations

from pathlib import Path


def sections(file: str) -> dict[str, list[str]]:
    """The words of each section of a list, in order."""
    found: dict[str, list[str]] = {}
    words: list[str] = []
    for line in (Path(__file__).parent / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            words = found.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            words.extend(line.split())
    return found
