"""What each feature counts, in a plain file: one table with an embedding model, one without.

Invariant: a file that is read is one that can be ranked by: every name is one of ``features`` and
every value a finite number; else the error names the file and the line to mend.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import tomli

from mettaclaw.errors import ConfigError
from mettaclaw.memory.retrieval.features import NAMES

SHIPPED = Path(__file__).with_name("weights.toml")
_TABLES = ("meaning", "words")
_MOST = 1_000.0


@dataclass(frozen=True, slots=True)
class Weights:
    """What features count where items can be compared by meaning, and where by words alone."""

    meaning: Mapping[str, float]
    words: Mapping[str, float]

    @classmethod
    def read(cls, file: Path | None = None) -> Weights:
        """The weights in a file; None for those that ship.

        Raises:
            ConfigError: It cannot be read, or is not a file of weights.
        """
        path = file or SHIPPED
        try:
            tables = tomli.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            why = (error.strerror if isinstance(error, OSError) else None) or error
            raise ConfigError(
                f"the weights {path} cannot be read ({why}); mend the file, or take "
                "`memory_weights` out of config.toml for those that ship"
            ) from error
        unknown = sorted(tables.keys() - set(_TABLES))
        if unknown or not tables.keys() & set(_TABLES):
            raise ConfigError(f"{path}: weights are in the tables [meaning] and [words]")
        shipped = _shipped() if path != SHIPPED else None
        return cls(*(_table(path, name, tables, shipped) for name in _TABLES))

    def text(self) -> str:
        """The weights as a file."""
        lines: list[str] = []
        for name in _TABLES:
            lines += [f"[{name}]", *(f"{k} = {v:.6g}" for k, v in getattr(self, name).items()), ""]
        return "\n".join(lines)


@lru_cache(maxsize=1)
def _shipped() -> Weights:
    return Weights.read()


def _table(
    path: Path, name: str, tables: Mapping[str, Any], shipped: Weights | None
) -> dict[str, float]:
    if name not in tables:
        return dict(getattr(shipped, name)) if shipped else {}
    found: dict[str, float] = {}
    values = cast("Mapping[str, object]", tables[name] if isinstance(tables[name], dict) else {})
    for key, value in values.items():
        if key not in NAMES:
            guess = difflib.get_close_matches(key, NAMES, n=1)
            hint = f"did you mean `{guess[0]}`?" if guess else f"there are {', '.join(NAMES)}"
            raise ConfigError(f"{path}: [{name}] has an unknown part `{key[:60]}`; {hint}")
        if type(value) not in (int, float) or not abs(float(cast("float", value))) <= _MOST:
            raise ConfigError(
                f"{path}: `{name}.{key}` takes a number from -{_MOST:,g} to {_MOST:,g}"
            )
        found[key] = float(cast("float", value))
    if not found:
        raise ConfigError(f"{path}: the table [{name}] is empty; take it out, or name a part")
    return found
