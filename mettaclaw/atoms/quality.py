"""How sure a source is: the confidence of what it says, where it gives none itself.

A source is of a kind, a kind has a confidence; both are settings (``config.Settings``). A name of
a source may end with ``*``: the longest that fits counts.

Not covered: what several sources come to together (``atoms.truth``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mettaclaw.atoms.sources import is_model
from mettaclaw.atoms.truth import UNTOLD, Truth
from mettaclaw.config import Settings


@dataclass(frozen=True, slots=True)
class Quality:
    """The confidences of kinds (above 0, below 1), and the kinds of sources."""

    kinds: Mapping[str, float] = field(default_factory=lambda: Settings().quality)
    sources: Mapping[str, str] = field(default_factory=lambda: Settings().sources)

    def of(self, source: str) -> float:
        """The confidence of what a source says."""
        return self.kinds[self.kind(source)]

    def untold(self, source: str) -> Truth:
        """What a statement counts as that a source has stored without a truth value: of a model it
        is no surer than its opinions.
        """
        return Truth(UNTOLD.f, self.of(source)) if is_model(source) else UNTOLD

    def kind(self, source: str) -> str:
        """Of which kind a source is; ``general`` where none fits."""
        if source in self.sources:
            return self.sources[source]
        starts = (name[:-1] for name in self.sources if name.endswith("*"))
        fitting = [start for start in starts if source.startswith(start)]
        return self.sources[f"{max(fitting, key=len)}*"] if fitting else "general"
