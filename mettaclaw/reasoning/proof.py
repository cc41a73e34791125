"""Proofs: why a statement is believed, down to who said what, when.

A proof is a tree. A node is a statement with its truth value and the rule that gave it, or ``said``
where it rests on evidence directly; its leaves are pieces of evidence. As an atom::

    (proof STATEMENT (stv f c) RULE PART ...)        each PART a proof, or a leaf:
    (evidence ID SOURCE TIME WORDS)                  TIME in ISO 8601, UTC; WORDS "" where none
    (evidence ID SOURCE TIME WORDS (stv f c))        where several pieces were pooled

Invariant: ``from_atom(proof.to_atom())`` has the same atom. An atom is bounded where a proof need
not be, so that it can be read again: of a belief's evidence it has the latest ``LEAVES`` pieces, of
a tree that would be an atom of more than ``NODES`` nodes the upper part, where derivations then
stand without their parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from mettaclaw.atoms import truth as truths
from mettaclaw.atoms.sources import is_report
from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol, quote
from mettaclaw.atoms.times import minute, moment, seconds_of
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.view import Belief, Evidence
from mettaclaw.errors import UsageError
from mettaclaw.reasoning.statements import size

SAID = "said"
POOLED = "revision"
LEAVES = 20
NODES = 6_000
_SHOWN_LEAVES = 5
_SHOWN_LINES = 200


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a statement is believed.

    Attributes:
        belief: The statement with its truth value and the ids of all evidence under it.
        rule: ``said``, or the name of the rule that concluded it.
        premises: The proofs of what the rule took, in its order; then those of the priors of its
            terms, as far as somebody has said them.
        evidence: What was said or observed, where the rule is ``said``; else empty.
        logic: That of the rule, where it is known; its atom does not tell it.
    """

    belief: Belief
    rule: str
    premises: tuple[Proof, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    logic: str = field(default="", compare=False)

    @property
    def statement(self) -> Atom:
        """What is proven."""
        return self.belief.statement

    @property
    def truth(self) -> Truth:
        """Its truth value; (1, 0.9) for an atom that is stored without one."""
        return self.belief.standing

    def leaves(self) -> Iterator[Evidence]:
        """All evidence of the whole tree, each piece once, in order of appearance."""
        seen: set[int] = set()
        for node in self.nodes():
            for evidence in node.evidence:
                if evidence.id not in seen:
                    seen.add(evidence.id)
                    yield evidence

    def nodes(self) -> Iterator[Proof]:
        """All nodes of the tree, each once, from the top."""
        met: set[int] = set()  # a premise that several nodes share is one object
        stack: list[Proof] = [self]
        while stack:
            node = stack.pop()
            if id(node) in met:
                continue
            met.add(id(node))
            yield node
            stack.extend(reversed(node.premises))

    def to_atom(self) -> Expression:
        """The proof as a MeTTa expression; see the module's docstring."""
        height = 1
        while NODES >= _nodes(self, height + 1) > _nodes(self, height):
            height += 1
        return _atom(self, height)

    def __str__(self) -> str:
        return render(self)


def from_atom(atom: Atom) -> Proof:
    """Read a proof from its MeTTa expression.

    What the expression does not say is made up from its parts: a node's stamp is that of its
    leaves, its time that of the latest of them.

    Raises:
        UsageError: The atom is no proof.
    """
    match atom:
        case Expression((Symbol("proof"), statement, value, Symbol(rule), *rest)):
            truth = truths.from_atom(value)
        case _:
            truth, statement, rule, rest = None, atom, "", list[Atom]()
    if truth is None:
        raise UsageError(
            f"`{str(atom)[:60]}` is no proof; one is (proof STATEMENT (stv f c) RULE PART ...)"
        )
    premises: list[Proof] = []
    evidence: list[Evidence] = []
    for part in rest:
        match part:
            case Expression((Symbol("evidence"), Number(), String(), String(), String(), *_)):
                evidence.append(_leaf(part))
            case _:
                premises.append(from_atom(part))
    stamp = {e.id for e in evidence}.union(*(premise.belief.stamp for premise in premises))
    time = max((*(e.time for e in evidence), *(p.belief.time for p in premises)), default=0.0)
    origin = evidence[-1].source if evidence else rule
    belief = Belief(statement, truth, tuple(sorted(stamp)), origin, time)
    return Proof(belief, rule, tuple(premises), tuple(evidence))


def render(proof: Proof) -> str:
    """The proof as an indented tree of plain text: a line per statement, and one per evidence::

    (--> garfield animal)  f 1, c 0.81  by deduction
      (--> garfield cat)  f 1, c 0.9
        user said "Garfield is a cat." on 2025-03-01 12:00 UTC
      (--> cat animal)  f 1, c 0.9
        user said it on 2025-03-01 12:01 UTC
    """
    lines = list(islice(_lines(proof, ""), _SHOWN_LINES + 1))
    if len(lines) > _SHOWN_LINES:
        lines[_SHOWN_LINES:] = ["..."]
    return "\n".join(lines)


def _nodes(proof: Proof, height: int) -> int:
    """The size of a proof's atom down to a height, where shared premises count each time."""
    if not height:
        return 0
    own = 7 + size(proof.statement) + 10 * min(LEAVES, len(proof.evidence))
    return own + sum(_nodes(premise, height - 1) for premise in proof.premises)


def _atom(proof: Proof, height: int) -> Expression:
    inner = [_atom(premise, height - 1) for premise in proof.premises] if height > 1 else []
    pooled = len(proof.evidence) > 1
    leaves = [evidence_atom(evidence, pooled) for evidence in proof.evidence[-LEAVES:]]
    statement, value = proof.statement, proof.truth.to_atom()
    return Expression((Symbol("proof"), statement, value, Symbol(proof.rule), *inner, *leaves))


def _lines(proof: Proof, indent: str) -> Iterator[str]:
    value = figures(proof.truth)
    how = "" if proof.rule == SAID else f"  by {proof.rule}"
    yield f"{indent}{proof.statement}  {value}{how}"
    indent += "  "
    for premise in proof.premises:
        yield from _lines(premise, indent)
    hidden = len(proof.evidence) - _SHOWN_LEAVES
    if hidden > 0:
        yield f"{indent}{hidden} earlier pieces of evidence, and"
    for evidence in proof.evidence[-_SHOWN_LEAVES:]:
        truth = evidence.truth if len(proof.evidence) > 1 else None
        own = f" with {figures(truth)}" if truth is not None else ""
        yield f"{indent}{told(evidence)}{own}"


def figures(truth: Truth) -> str:
    """``f 0.9, c 0.81``."""
    return f"f {truth.f:.3g}, c {truth.c:.3g}"


def told(evidence: Evidence) -> str:
    """``ann said "Tom is a cat." on 2025-03-01 12:00 UTC``, on one line; where the words are of
    who reported it, ``ann said it on 2025-03-01 12:00 UTC, reported as "Ann said …"``.
    """
    words, source = quote(evidence.words) if evidence.words else "", _one_line(evidence.source)
    when = f"on {minute(evidence.time)} UTC"
    if is_report(evidence.source, evidence.words or ""):
        return f"{source} said it {when}, reported as {words}"
    return f"{source} said {words or 'it'} {when}"


def _one_line(source: str) -> str:
    """A source as it is named in a line: a line break in it must not look like another witness."""
    return "".join(char if char.isprintable() else " " for char in source)


def evidence_atom(evidence: Evidence, pooled: bool = False) -> Expression:
    """``(evidence ID SOURCE TIME WORDS)``, the leaf of a proof; with its truth where it is one of
    several that were pooled.
    """
    own = [evidence.truth.to_atom()] if pooled and evidence.truth is not None else []
    return Expression(
        (
            Symbol("evidence"),
            Number(evidence.id),
            String(evidence.source),
            String(moment(evidence.time)),
            String(evidence.words or ""),
            *own,
        )
    )


def _leaf(atom: Expression) -> Evidence:
    _, number, source, time, words, *rest = atom.children
    truth = truths.from_atom(rest[0]) if rest else None
    assert isinstance(number, Number)
    assert isinstance(source, String)
    assert isinstance(time, String)
    assert isinstance(words, String)
    try:
        seconds = seconds_of(time.value)
    except ValueError as error:
        raise UsageError(
            f"`{time.value}` is no time; evidence has one such as 2025-03-01T12:00:00Z"
        ) from error
    return Evidence(int(number.value), truth, source.value, seconds, words.value or None)
