"""Many ids or texts in one query: in batches, each with its place holders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

_One = TypeVar("_One", int, str)

_AT_ONCE = 400  # named twice in one query, they are fewer than the 999 values of an old SQLite


def batches(numbers: Iterable[_One]) -> Iterator[list[_One]]:
    """Ids or texts in batches that one query takes."""
    every = list(numbers)
    for start in range(0, len(every), _AT_ONCE):
        yield every[start : start + _AT_ONCE]


def marks(batch: Sequence[int] | Sequence[str]) -> str:
    """The place holders of a query for so many."""
    return ", ".join("?" * len(batch))
