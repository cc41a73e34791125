"""Truth functions of NAL: how sure a conclusion is, given how sure its premises are.

Source of every formula: Pei Wang, Non-Axiomatic Logic: A Model of Intelligent Reasoning (World
Scientific, 2013), with evidential horizon 1; each docstring names the layer (NAL-1 ...) that
introduces it. The names of the decompositions and the constant (1, 0.9) of the structural rules
are those of the public MeTTa library ``lib_nal``. Rule files use the names in ``FUNCTIONS``.

Invariant: pure functions from truth values to one truth value, f and c in [0, 1]. A confidence of
1 is weighed as 0.9999, so nothing divides by zero. Functions that go against the direction of
their premises (``weak``) never reach a confidence above 0.5. Not covered: whether premises may be
combined at all, which their evidence decides (``mettaclaw.reasoning.backward.weighing``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mettaclaw.atoms.truth import Truth, choose, confidence, revise

_IMPLICIT = Truth(1.0, 0.9)  # the implicit premise of structural rules (``lib_nal``)


@dataclass(frozen=True, slots=True)
class TruthFunction:
    """A truth function as rule files know it.

    Attributes:
        name: What rules call it.
        arity: How many truth values it takes.
        apply: The function; None where nothing follows.
        weak: Its conclusions go beyond the premises; in NAL c is at most 0.5.
        pools: It pools two truth values of one statement that rest on disjoint evidence.
        chooses: It takes one of two truth values of one statement that share evidence.
        divides: It tells a part by what is known of the whole and of the rest. What the whole was
            composed from says nothing of its other part.
    """

    name: str
    arity: int
    apply: Callable[..., Truth | None]
    weak: bool = False
    pools: bool = False
    chooses: bool = False
    divides: bool = False


def either(x: float, y: float) -> float:
    """The probabilistic or, x + y - xy (extended Boolean operators)."""
    return x + y - x * y


def deduction(a: Truth, b: Truth) -> Truth:
    """S->M, M->P |- S->P: f = f1 f2, c = f1 f2 c1 c2 (NAL-1)."""
    f = a.f * b.f
    return _truth(f, f * a.c * b.c)


def exclusion(a: Truth, b: Truth) -> Truth:
    """S->M, M->P |- S->P: f = f1 f2, c = f1 (1 - f2) c1 c2.

    Ours: deduction by what speaks against M->P, as NAL's is by what speaks for it.
    """
    return _truth(a.f * b.f, a.f * (1.0 - b.f) * a.c * b.c)


def abduction(a: Truth, b: Truth) -> Truth:
    """P->M, S->M |- S->P: f = f2, c = k(f1 c1 c2) (NAL-1)."""
    return _truth(b.f, confidence(a.f * a.c * b.c))


def refutation(a: Truth, b: Truth) -> Truth:
    """S=>P, P |- S: f = f1 f2, c = k(f1 (1 - f2) c1 c2).

    Ours: abduction by what speaks against P, as NAL's is by what speaks for it; as weak as it.
    """
    return _truth(a.f * b.f, confidence(a.f * (1.0 - b.f) * a.c * b.c))


def induction(a: Truth, b: Truth) -> Truth:
    """M->P, M->S |- S->P: f = f1, c = k(f2 c1 c2); abduction of (b, a) (NAL-1)."""
    return abduction(b, a)


def exemplification(a: Truth, b: Truth) -> Truth:
    """P->M, M->S |- S->P: f = 1, c = k(f1 f2 c1 c2) (NAL-1)."""
    return _truth(1.0, confidence(a.f * b.f * a.c * b.c))


def comparison(a: Truth, b: Truth) -> Truth:
    """M->P, M->S |- S<->P: f = f1 f2 / or(f1, f2), c = k(or(f1, f2) c1 c2) (NAL-2)."""
    share = either(a.f, b.f)
    return _truth(a.f * b.f / share if share else 0.0, confidence(share * a.c * b.c))


def analogy(a: Truth, b: Truth) -> Truth:
    """M->P, S<->M |- S->P: f = f1 f2, c = f2 c1 c2 (NAL-2)."""
    return _truth(a.f * b.f, b.f * a.c * b.c)


def resemblance(a: Truth, b: Truth) -> Truth:
    """M<->P, S<->M |- S<->P: f = f1 f2, c = or(f1, f2) c1 c2 (NAL-2)."""
    return _truth(a.f * b.f, either(a.f, b.f) * a.c * b.c)


def conversion(a: Truth) -> Truth:
    """P->S |- S->P: f = 1, c = k(f c): only what speaks for it can be turned around (NAL-1)."""
    return _truth(1.0, confidence(a.f * a.c))


def contraposition(a: Truth) -> Truth:
    """S=>P |- not P => not S: f = 0, c = k((1 - f) c): only counterexamples carry over (NAL-5)."""
    return _truth(0.0, confidence((1.0 - a.f) * a.c))


def intersection(a: Truth, b: Truth) -> Truth:
    """Both: f = f1 f2, c = c1 c2 (NAL-3)."""
    return _truth(a.f * b.f, a.c * b.c)


def union(a: Truth, b: Truth) -> Truth:
    """At least one: f = or(f1, f2), c = c1 c2 (NAL-3)."""
    return _truth(either(a.f, b.f), a.c * b.c)


def difference(a: Truth, b: Truth) -> Truth:
    """The first without the second: f = f1 (1 - f2), c = c1 c2 (NAL-3)."""
    return _truth(a.f * (1.0 - b.f), a.c * b.c)


def negation(a: Truth) -> Truth:
    """Not: f = 1 - f, c as it was (NAL-5)."""
    return _truth(1.0 - a.f, a.c)


def structural_deduction(a: Truth) -> Truth:
    """Deduction with the implicit premise (1, 0.9): f, c = 0.9 f c (``lib_nal``)."""
    return deduction(a, _IMPLICIT)


def structural_deduction_negated(a: Truth) -> Truth:
    """Negation of the structural deduction: 1 - f, c = 0.9 f c (``lib_nal``)."""
    return negation(structural_deduction(a))


def structural_intersection(a: Truth) -> Truth:
    """Intersection with the implicit premise (1, 0.9): f, c = 0.9 c (``lib_nal``)."""
    return intersection(a, _IMPLICIT)


def decompose_pnn(a: Truth, b: Truth) -> Truth:
    """First true, compound false, so the other is false: n = f1 (1 - f2); 1 - n, n c1 c2."""
    n = a.f * (1.0 - b.f)
    return _truth(1.0 - n, n * a.c * b.c)


def decompose_npp(a: Truth, b: Truth) -> Truth:
    """First false, compound true, so the other is true: p = (1 - f1) f2; p, p c1 c2."""
    p = (1.0 - a.f) * b.f
    return _truth(p, p * a.c * b.c)


def decompose_pnp(a: Truth, b: Truth) -> Truth:
    """First true, compound false, so the other is true: p = f1 (1 - f2); p, p c1 c2."""
    p = a.f * (1.0 - b.f)
    return _truth(p, p * a.c * b.c)


def decompose_ppp(a: Truth, b: Truth) -> Truth:
    """First true, compound true, so the other is true: NPP of (negation of a, b)."""
    return decompose_npp(negation(a), b)


def decompose_nnn(a: Truth, b: Truth) -> Truth:
    """Both false, so the other is false: n = (1 - f1) (1 - f2); 1 - n, n c1 c2."""
    n = (1.0 - a.f) * (1.0 - b.f)
    return _truth(1.0 - n, n * a.c * b.c)


def eternalize(a: Truth) -> Truth:
    """From one moment to always: f, k(c) (NAL-7)."""
    return _truth(a.f, confidence(a.c))


def _truth(f: float, c: float) -> Truth:
    """A truth value, with what floating point puts a hair outside [0, 1] put back."""
    return Truth(min(max(f, 0.0), 1.0), min(max(c, 0.0), 1.0))


FUNCTIONS: dict[str, TruthFunction] = {
    function.name: function
    for function in (
        TruthFunction("revision", 2, revise, pools=True),
        TruthFunction("choice", 2, choose, chooses=True),
        TruthFunction("deduction", 2, deduction),
        TruthFunction("abduction", 2, abduction, weak=True),
        TruthFunction("refutation", 2, refutation, weak=True),
        TruthFunction("induction", 2, induction, weak=True),
        TruthFunction("exemplification", 2, exemplification, weak=True),
        TruthFunction("comparison", 2, comparison, weak=True),
        TruthFunction("analogy", 2, analogy),
        TruthFunction("resemblance", 2, resemblance),
        TruthFunction("conversion", 1, conversion, weak=True),
        TruthFunction("contraposition", 1, contraposition, weak=True),
        TruthFunction("intersection", 2, intersection),
        TruthFunction("union", 2, union),
        TruthFunction("difference", 2, difference),
        TruthFunction("negation", 1, negation),
        TruthFunction("exclusion", 2, exclusion),
        TruthFunction("structural-deduction", 1, structural_deduction),
        TruthFunction("structural-deduction-negated", 1, structural_deduction_negated),
        TruthFunction("structural-intersection", 1, structural_intersection),
        TruthFunction("decompose-pnn", 2, decompose_pnn, divides=True),
        TruthFunction("decompose-npp", 2, decompose_npp, divides=True),
        TruthFunction("decompose-pnp", 2, decompose_pnp, divides=True),
        TruthFunction("decompose-ppp", 2, decompose_ppp, divides=True),
        TruthFunction("decompose-nnn", 2, decompose_nnn, divides=True),
        TruthFunction("eternalize", 1, eternalize, weak=True),
    )
}
