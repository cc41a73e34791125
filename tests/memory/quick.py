"""An embedding model of ours for tests: the same letters have the same vector, at once."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence

import numpy as np

from mettaclaw.memory.embed import Embedder


class Quick(Embedder):
    """A vector for each text, drawn by its letters in lower case."""

    def __init__(self, name: str, size: int = 8, delay_s: float = 0.0) -> None:
        super().__init__()
        self.name, self.size = name, size
        self._delay_s = delay_s

    def available(self) -> str | None:
        return None

    @property
    def loaded(self) -> bool:
        return True

    def ready(self, timeout_s: float | None = None) -> bool:
        return True

    def warm(self) -> None:
        pass

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        time.sleep(self._delay_s)
        rows = np.stack([self._drawn(text) for text in texts])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def _drawn(self, text: str) -> np.ndarray:
        seed = int.from_bytes(hashlib.sha256(text.lower().encode()).digest()[:8], "big")
        return np.random.default_rng(seed).standard_normal(self.size)
