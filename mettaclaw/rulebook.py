"""The rules in force, those that ship and a person's own, and how far one searches by them.

A file that was added, changed or taken away counts from the next question on. A folder with a file
that cannot be read is an error of each question, with file, line and rule; what is stored is valued
by the rules that were last read, so that a typing error never stands in the way of being told
something, or of a retraction.

Invariant: nothing is imported or read before it is needed. Not covered: what a rule file says
(``mettaclaw.reasoning.rules.rulefile``).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mettaclaw.atoms.policy import Candidate
from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import View
from mettaclaw.config import Settings
from mettaclaw.errors import UsageError

if TYPE_CHECKING:  # heavy parts are imported where they are used
    from mettaclaw.reasoning import Bounds, Rules

_OPERATIONS = "mettaclaw.reasoning.operations"
_Print = tuple[tuple[Path, int, int, int], ...]


class Rulebook:
    """The rules in force. Implements ``atoms.policy.Policy``.

    Args:
        folder: A person's own rule files, ``*.metta``; it may be missing. None for those that ship.
        settings: How far a search goes, and how probable a term counts as in PLN whose prior is
            not known; None for the defaults.
    """

    def __init__(self, folder: str | Path | None = None, settings: Settings | None = None) -> None:
        self._folder = None if folder is None else Path(folder)
        settings = settings or Settings()
        self._prior = settings.pln_prior
        self._reach = settings.infer_steps, settings.infer_s, settings.infer_depth
        self._lock = threading.Lock()
        self._print: _Print | None = None  # of the files that the rules were read from
        self._rules: Rules | None = None

    def rules(self) -> Rules:
        """The rules as their files are now.

        Raises:
            UsageError: A file is no rule file, with file, line and rule.
        """
        with self._lock:
            return self._current()

    def bounds(
        self, steps: int | None = None, time_s: float | None = None, depth: int | None = None
    ) -> Bounds:
        """How far a search goes: as the settings say where nothing else is asked for.

        Raises:
            UsageError: A number that is out of its range.
        """
        from mettaclaw.reasoning import Bounds

        own = Bounds().but(steps=self._reach[0], seconds=self._reach[1], depth=self._reach[2])
        return own.but(steps=steps, seconds=time_s, depth=depth)

    def provider(self) -> str:
        """What the evaluator needs to have the same rules; another text for other rules.

        With files that are no rule files, its operations refuse with what is wrong: who reasons is
        told, and who does not, is not kept from telling.
        """
        try:
            files = self._files()
            if not files and self._is_default():
                return _OPERATIONS
            self.rules()
            from mettaclaw.reasoning.operations import request

            return f"{_OPERATIONS}?{request(files, self._prior, self.bounds())}"
        except UsageError as error:
            from mettaclaw.reasoning.operations import refusal

            return f"{_OPERATIONS}?{refusal(str(error))}"

    def revalued(
        self, view: View, rule: str, premises: Sequence[tuple[Atom, Truth]], conclusion: Atom
    ) -> Truth | None:
        """See ``atoms.policy``; without confidence where the rule is gone.

        While a rule file cannot be read, nobody knows whether it is, and nothing is said.
        """
        from mettaclaw.reasoning import kept

        found = kept.revalued(rule, premises, conclusion, view, self._in_force())
        return found if found is not None or not self._is_readable() else Truth(1.0, 0.0)

    def counted(
        self, reader: Reader, conclusion: Atom, candidates: Sequence[Candidate]
    ) -> list[int]:
        """See ``atoms.policy``."""
        from mettaclaw.reasoning import exceptions

        return exceptions.counted(reader, conclusion, candidates, self._in_force())

    def judge(self, store: AtomStore, changed: Sequence[Atom]) -> None:
        """See ``atoms.policy``."""
        from mettaclaw.reasoning import exceptions

        exceptions.judge(store, changed, self._in_force())

    # --- inside ---

    def _is_default(self) -> bool:
        usual = Settings()
        reach = usual.infer_steps, usual.infer_s, usual.infer_depth
        return (self._prior, self._reach) == (usual.pln_prior, reach)

    def _in_force(self) -> Rules:
        """The rules; those that were last read where a file cannot be."""
        with self._lock:
            try:
                return self._current()
            except UsageError:
                if self._rules is None:
                    from mettaclaw.reasoning import Rules

                    return Rules.load()
                return self._rules

    def _is_readable(self) -> bool:
        with self._lock:
            try:
                self._current()
            except UsageError:
                return False
            return True

    def _files(self) -> list[Path]:
        if self._folder is None:
            return []
        try:
            return sorted(path for path in self._folder.iterdir() if path.suffix == ".metta")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise UsageError(
                f"the rule files in {self._folder} cannot be read: {error.strerror}; it is a "
                "folder of *.metta files, or missing"
            ) from error

    def _current(self) -> Rules:
        files = self._files()
        seen = _fingerprint(files)
        if self._rules is None or seen != self._print:
            from mettaclaw.reasoning import Rules
            from mettaclaw.reasoning.rules.rule import DEFAULT_PRIOR

            self._rules = Rules.load(files, Truth(self._prior, DEFAULT_PRIOR.c))
            self._print = seen
        return self._rules


def _fingerprint(files: list[Path]) -> _Print:
    """What tells files from what they were before; one that cannot be asked is told by its name."""
    found: list[tuple[Path, int, int, int]] = []
    for file in files:
        try:
            status = file.stat()
        except OSError:  # gone meanwhile, or a link to nothing: reading it says what is wrong
            found.append((file, 0, 0, 0))
        else:
            found.append((file, status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(found)
