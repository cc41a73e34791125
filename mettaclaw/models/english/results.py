"""What calls returned, as values: answers with their truth and proof, what is unknown, failures.

Invariant: results that have another form than the tools promise are left out, never an exception:
a model must be able to go on with whatever stands in its packet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol
from mettaclaw.atoms.truth import Truth, from_atom
from mettaclaw.atoms.unify import head as sign_of
from mettaclaw.errors import MettaClawError
from mettaclaw.models.english.morphology import plural
from mettaclaw.protocol.calls import Result

_GUESSES = (
    "abduction",
    "refutation",
    "induction",
    "exemplification",
    "comparison",
    "eternalization",
)
_MORE = ("there are more", "there may be more")  # in notes of what was left out, or not looked at
_SOME = "an?|some|many|several|one|two|three|four|five|six|seven|eight|nine|ten|\\d+"
_PARTLY = re.compile(
    r"\b(?:some|sometimes|occasionally|often|frequently|many|few|not a\w*)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Source:
    """One piece of evidence under a proof: ``(evidence ID SOURCE TIME WORDS)``.

    ``truth`` is its own, where it was pooled with others.
    """

    id: float
    source: str
    time: str
    words: str
    truth: Truth | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A proof: ``(proof STATEMENT (stv f c) RULE PART...)``."""

    statement: Atom
    truth: Truth
    rule: str
    premises: tuple[Step, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def degree(self) -> float | None:
        """The f of what was said once, in so many words; None for what was put together."""
        return self.truth.f if self.rule == "said" and len(self.sources) == 1 else None

    @property
    def is_guess(self) -> bool:
        """Whether it rests on a rule that only guesses, or on mere likeness."""
        if self.rule in ("revision", "choice"):
            return all(premise.is_guess for premise in self.premises)
        if self.rule.endswith(_GUESSES) or self._is_likeness:
            return True
        return any(premise.is_guess for premise in self.premises)

    @property
    def _is_likeness(self) -> bool:
        """Whether it was told that things are similar, and not that they are the same."""
        similar = any("similar" in leaf.words for leaf in self.sources)
        return similar and sign_of(self.statement) == "<->" and self.rule == "said"

    @property
    def is_disputed(self) -> bool:
        """Whether it rests on evidence of which some says the opposite of other."""
        if not 0.2 < self.truth.f < 0.8:
            return False
        if self.rule == "said":
            return len(self.sources) > 1 and not all(map(_is_partly, self.sources))
        degrees = [premise.truth.f for premise in self.premises]
        apart = self.rule == "revision" and max(degrees, default=0) - min(degrees, default=0) > 0.5
        return apart or any(premise.is_disputed for premise in self.premises)

    @property
    def guess(self) -> str:
        """The rule that makes it a guess; "" where it is none."""
        if not self.is_guess:
            return ""
        if self.rule.endswith(_GUESSES):
            return self.rule
        below = next((premise.guess for premise in self.premises if premise.is_guess), "")
        return below or "likeness"

    def leaves(self) -> Iterator[Source]:
        """All evidence under it."""
        yield from self.sources
        for premise in self.premises:
            yield from premise.leaves()

    def steps(self) -> Iterator[Step]:
        """It, and all under it."""
        yield self
        for premise in self.premises:
            yield from premise.steps()


@dataclass(frozen=True, slots=True)
class Found:
    """An answer of ``infer``: ``(STATEMENT (stv f c) TIER PROOF)``."""

    statement: Atom
    truth: Truth
    proof: Step | None

    @property
    def degree(self) -> float | None:
        """The f of what was said once, in so many words."""
        return None if self.proof is None else self.proof.degree

    @property
    def is_disputed(self) -> bool:
        """Whether some evidence says the opposite of other."""
        return self.proof is not None and self.proof.is_disputed


@dataclass(frozen=True, slots=True)
class Unknown:
    """``(unknown GOAL (need STATEMENT) ...)``."""

    goal: Atom
    needs: tuple[Atom, ...]
    is_cut: bool = False  # whether a bound ended the search


@dataclass(frozen=True, slots=True)
class Item:
    """Something kept in words, as ``query`` found it: ``(item ID TEXT SOURCE TIME SCORE)``.

    ``statements`` are what it says, where that is believed.
    """

    id: int
    text: str
    source: str
    time: str
    score: float
    statements: tuple[Atom, ...] = ()


def _is_partly(source: Source) -> bool:
    """Whether something was said to be so in part: sometimes, of some."""
    return bool(_PARTLY.search(source.words))


def items(result: Result, *, believed: bool = False) -> list[Item]:
    """The items that ``query`` found, but for those whose statement is believed: it is told.

    With ``believed``, those too.
    """
    kept: list[Item] = []
    for value in result.values:
        match value:
            case Expression(
                (
                    Symbol("item"),
                    Number(id_),
                    String(text),
                    String(source),
                    String(time),
                    Number(score),
                    *more,
                )
            ):
                statements = tuple(s for part in more for s in _believed(part))
                if believed or not statements:
                    kept.append(Item(int(id_), text, source, time, float(score), statements))
            case _:
                pass
    return kept


def _believed(part: Atom) -> Iterator[Atom]:
    """The statements of ``(premises (STATEMENT (stv f c)) …)``."""
    match part:
        case Expression((Symbol("premises"), *premises)):
            yield from (one.children[0] for one in premises if isinstance(one, Expression))
        case _:
            pass


def is_cut(values: Sequence[Atom]) -> bool:
    """Whether a note says that there is, or may be, more than what was returned."""
    return any(
        isinstance(value, Expression)
        and value.children[:1] == (Symbol("note"),)
        and any(
            isinstance(part, String) and any(more in part.value for more in _MORE)
            for part in value.children[1:]
        )
        for value in values
    )


def forms(result: Result, count: int) -> list[tuple[Atom, ...]]:
    """The results of each form of a ``metta`` call; one form has its results as they are."""
    if count == 1:
        return [result.values]
    parts = [v.children if isinstance(v, Expression) else (v,) for v in result.values]
    return [*parts, *[()] * (count - len(parts))][:count]


def found(values: Sequence[Atom]) -> list[Found]:
    """The answers among the results of ``infer``, but for those about one of a kind (below)."""
    answers: list[Found] = []
    for value in values:
        match value:
            case Expression((statement, truth_atom, Symbol(), *rest)):
                truth = truth_in(truth_atom)
                if truth is not None:
                    proof = step(rest[0]) if rest else None
                    if proof is not None and is_of_another(proof):
                        continue
                    answers.append(Found(statement, truth, proof))
            case _:
                pass
    return answers


def is_of_another(proof: Step) -> bool:
    """Whether a proof takes what was said of one of a kind for each: ate a fish, so ate Wanda.

    The statement that somebody eats a fish has the kind for its object, as that of eating fish has;
    only the words tell them apart.
    """
    if proof.rule in ("revision", "choice") and proof.premises:
        return all(is_of_another(premise) for premise in proof.premises)
    match proof.statement:
        case Expression((Symbol("-->"), Expression((Symbol("x"), _, thing)), relation)):
            return any(_is_of_one(step, thing, relation) for step in proof.steps())
        case _:
            return any(is_of_another(premise) for premise in proof.premises)


def _is_of_one(said: Step, thing: Atom, relation: Atom) -> bool:
    match said.statement:
        case Expression((Symbol("-->"), Expression((_, _, Symbol(kind) as other)), verb)) if (
            verb == relation and other != thing
        ):
            noun = kind.replace("_", " ")
            forms = "|".join(map(re.escape, dict.fromkeys((noun, plural(noun)))))
            one = re.compile(rf"\b(?:{_SOME})\s+(?:{forms})\b", re.IGNORECASE)
            return bool(said.sources) and all(one.search(leaf.words) for leaf in said.sources)
        case _:
            return False


def unknown(values: Sequence[Atom]) -> Unknown | None:
    """What ``infer`` or ``why`` says it does not know."""
    for value in values:
        match value:
            case Expression((Symbol("unknown"), goal, *rest)):
                needs = [
                    part.children[1]
                    for part in rest
                    if isinstance(part, Expression)
                    and len(part.children) == 2
                    and part.children[0] == Symbol("need")
                ]
                return Unknown(goal, tuple(needs), is_cut(values))
            case _:
                pass
    return None


def step(atom: Atom) -> Step | None:
    """A proof, or None for an atom that is none."""
    match atom:
        case Expression((Symbol("proof"), statement, truth_atom, Symbol(rule), *parts)):
            truth = truth_in(truth_atom)
        case _:
            return None
    if truth is None:
        return None
    premises = [p for part in parts if (p := step(part)) is not None]
    sources = [s for part in parts if (s := source(part)) is not None]
    return Step(statement, truth, rule, tuple(premises), tuple(sources))


def truth_of(values: Sequence[Atom]) -> Truth | None:
    """The truth value that ``believe`` or ``truth`` returned."""
    return next((t for value in values if (t := truth_in(value)) is not None), None)


def words(atoms: Sequence[Atom]) -> Iterator[str]:
    """All words of evidence in some atoms, and the texts of items."""
    stack = list(reversed(atoms))
    while stack:
        atom = stack.pop()
        match atom:
            case Expression((Symbol("evidence"), _, _, _, String(said), *_)):
                yield said
            case Expression((Symbol("item"), _, String(text), *_)):
                yield text
            case Expression(children):
                stack.extend(reversed(children))
            case _:
                pass


def truth_in(atom: Atom) -> Truth | None:
    """The truth value that an atom is, or None for one that is none, or an impossible one."""
    try:
        return from_atom(atom)
    except MettaClawError:
        return None


def source(atom: Atom) -> Source | None:
    """A piece of evidence, or None for an atom that is none."""
    match atom:
        case Expression(
            (Symbol("evidence"), Number(id_), String(who), String(time), String(said), *rest)
        ):
            return Source(float(id_), who, time, said, truth_in(rest[0]) if rest else None)
        case _:
            return None
