"""What can be asked of beliefs, of now or of a past moment: look up, match, infer, why, why not.

``Atomspace`` is the present; ``Atomspace.as_of`` gives the past, which answers the same questions.
Wherever an atom is taken, its MeTTa text is too. Invariant: nothing here writes.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from mettaclaw.atoms import arguments, disputes
from mettaclaw.atoms.forms import undoubled
from mettaclaw.atoms.reader import Reader
from mettaclaw.atoms.syntax import Atom, check
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Belief, Contradiction, Evidence
from mettaclaw.errors import UsageError
from mettaclaw.rulebook import Rulebook

if TYPE_CHECKING:  # heavy parts are imported where they are used
    from mettaclaw.reasoning import Answer, Proof, WhyNot


class Knowledge:
    """Beliefs to be asked.

    Attributes:
        view: The beliefs.
        rulebook: The rules that ``infer`` and ``why`` reason by.
    """

    def __init__(self, view: Reader, rulebook: Rulebook | None = None) -> None:
        self.view = view
        self.rulebook = rulebook or Rulebook()

    def match(self, *patterns: Atom | str, limit: int | None = None) -> list[dict[str, Atom]]:
        """The bindings that make all patterns stored statements; several patterns are joined.

        Returns a list of dicts from variable text (``"$x"``) to atom.

        Raises:
            MettaSyntaxError, LimitError: A pattern is no MeTTa, or too large.
            UsageError: There is no pattern, or one is no atom; a limit that is no number.
        """
        atoms = [arguments.atom(pattern) for pattern in patterns]
        most = arguments.limit(limit)
        if not atoms:
            raise UsageError("match needs a pattern, such as kb.match('(--> $x cat)')")
        return [
            {str(variable): value for variable, value in bound.items()}
            for bound in self.view.match(*atoms, limit=most)
        ]

    def belief(self, statement: Atom | str) -> Belief | None:
        """The current belief of exactly this statement, or None."""
        return self.view.belief(undoubled(arguments.atom(statement)))

    def truth(self, statement: Atom | str) -> Truth | None:
        """The truth value of exactly this statement; None if it is not stored or has none."""
        belief = self.belief(statement)
        return belief.truth if belief else None

    def evidence(self, statement: Atom | str) -> list[Evidence]:
        """What was said or observed for this statement itself, oldest first."""
        belief = self.belief(statement)
        return self.view.evidence(belief.stamp) if belief else []

    def count(self) -> int:
        """How many statements are stored now."""
        return self.view.count()

    def contradictions(
        self, statement: Atom | str | None = None, limit: int = 100
    ) -> list[Contradiction]:
        """Statements that sure evidence speaks for and sure evidence against.

        Args:
            statement: The only one to look at, a pattern, or a symbol that it holds; None for all.
            limit: How many at most.
        """
        about = None if statement is None else check(arguments.atom(statement))
        return list(islice(disputes.found(self.view, about), arguments.whole(limit, "limit")))

    def infer(
        self,
        goal: Atom | str,
        logic: str | None = None,
        *,
        steps: int | None = None,
        time_s: float | None = None,
        depth: int | None = None,
    ) -> list[Answer]:
        """What follows about a goal, which may hold variables; best first, each with its proof.

        Args:
            goal: A statement, or a pattern such as ``(--> $who cat)``.
            logic: ``nal``, ``pln`` or that of a person's own rule file; None for all side by side.
            steps: How many premises to look at; None for the setting ``infer_steps``.
            time_s: For how long, in seconds; None for ``infer_s``.
            depth: How many rules may stand one above the other; None for ``infer_depth``.

        Raises:
            UsageError: The goal names nothing, there is no such logic, a bound is out of its range,
                or a rule file is malformed.
        """
        from mettaclaw import reasoning

        rules, bounds = self.rulebook.rules().of(logic), self.rulebook.bounds(steps, time_s, depth)
        return reasoning.infer(self.view, check(arguments.atom(goal)), bounds, rules)

    def why(self, statement: Atom | str, logic: str | None = None) -> Proof | None:
        """The proof of a statement, down to its evidence; None if nothing speaks for it.

        It proves what ``infer`` answers by the same logic. Raises as that.
        """
        from mettaclaw import reasoning

        rules, bounds = self.rulebook.rules().of(logic), self.rulebook.bounds()
        return reasoning.why(self.view, check(arguments.atom(statement)), rules, bounds)

    def why_not(self, statement: Atom | str, logic: str | None = None) -> WhyNot:
        """What was considered for or against a statement and did not count, each with the reason.

        Raises:
            UsageError: It names nothing, there is no such logic, or a rule file is malformed.
        """
        from mettaclaw import reasoning

        rules, bounds = self.rulebook.rules().of(logic), self.rulebook.bounds()
        return reasoning.why_not(self.view, check(arguments.atom(statement)), rules, bounds)
