"""Truth functions of PLN: how strong a link is, given other links and how probable its terms are.

Source: Ben Goertzel et al., Probabilistic Logic Networks (Springer, 2009): deduction 1.4,
consistency 5.2.2.2, modus ponens 5.7.1, revision 5.10.2, induction and abduction appendix A; the
heuristic confidences, and what the book does not have, are those of the public MeTTa library
``lib_pln``. A truth value is read as (strength, confidence).

A *prior* is the truth value of a bare term: how probable it is that a thing is one. Functions take
the priors of their terms by role (first, hub, last), after the links, in the order in which the
conclusion's source, the hub and the conclusion's target are named here.

Invariant: the result is a truth value in [0, 1], or None where nothing follows. From links that no
probabilities could have, given the priors, nothing follows by deduction, which then gives (1, 0),
and by evaluation-implication; induction and abduction do not look, as in ``lib_pln``. Not covered:
where priors come from (``priors``).
"""

from __future__ import annotations

from mettaclaw.atoms.truth import WEIGHABLE, Truth, confidence, revise
from mettaclaw.reasoning.functions import TruthFunction, either

_CERTAIN = 0.9999  # a term that nearly everything is: what is not one cannot be told apart
_SLACK = 1e-9
_NOTHING = Truth(1.0, 0.0)


def consistent(source: float, target: float, link: float) -> bool:
    """Whether P(target | source) can have this value, given both probabilities (5.2.2.2)."""
    if source <= 0.0:
        return False
    least = max(0.0, (source + target - 1.0) / source)
    return least - _SLACK <= link <= min(1.0, target / source) + _SLACK


def deduction(ab: Truth, bc: Truth, a: Truth, b: Truth, c: Truth) -> Truth:
    """A->B, B->C |- A->C: s = ab bc + (1 - ab)(C - B bc) / (1 - B), c = ab bc c1 c2."""
    return _deduced(ab, bc, a, b, c) or _NOTHING


def evaluation_implication(px: Truth, pq: Truth, x: Truth, p: Truth, q: Truth) -> Truth | None:
    """P(x), P->Q |- Q(x): as deduction from x by P to Q; nothing where that is inconsistent."""
    return _deduced(px, pq, x, p, q)


def induction(hx: Truth, hy: Truth, x: Truth, h: Truth, y: Truth) -> Truth | None:
    """H->X, H->Y |- X->Y: s = hx hy H/X + (1 - hx H/X)(Y - H hy) / (1 - H), c = k(hy c1 c2)."""
    if x.f <= 0.0:
        return None
    back = hx.f * h.f / x.f  # P(H | X)
    return _truth(_via(back, hy.f, h.f, y.f), confidence(hy.f * hy.c * hx.c))


def abduction(xh: Truth, yh: Truth, x: Truth, h: Truth, y: Truth) -> Truth | None:
    """X->H, Y->H |- X->Y: s = xh yh Y/H + Y (1 - xh)(1 - yh) / (1 - H), c = k(xh c1 c2).

    The prior of X has no part in it; it is taken so that all syllogisms are written alike.
    """
    del x
    if h.f <= 0.0:
        return None
    s = y.f
    if h.f <= _CERTAIN:
        s = xh.f * yh.f * y.f / h.f + y.f * (1.0 - xh.f) * (1.0 - yh.f) / (1.0 - h.f)
    return _truth(s, confidence(xh.f * xh.c * yh.c))


def modus_ponens(a: Truth, ab: Truth) -> Truth | None:
    """A, A->B |- B: s = A ab + 0.02 (1 - A), c = A ab c1 c2."""
    return _truth(a.f * ab.f + 0.02 * (1.0 - a.f), a.f * ab.f * a.c * ab.c)


def symmetric_modus_ponens(a: Truth, ab: Truth) -> Truth | None:
    """A, A<->B |- B: s = A ab + 0.2 (1 - A)(1 + ab), c = or(A, ab) c1 c2."""
    s = a.f * ab.f + 0.2 * (1.0 - a.f) * (1.0 + ab.f)
    return _truth(s, a.c * ab.c * either(a.f, ab.f))


def revision(a: Truth, b: Truth) -> Truth:
    """Pool two truth values of one statement; c = max(k(w1 + w2), c1, c2), with no cap of 0.99."""
    return revise(a, b, cap=WEIGHABLE)


def inversion(ab: Truth, b: Truth) -> Truth:
    """A->B |- B->A: s = ab, c = 0.6 times the confidences of B and of the link."""
    return Truth(ab.f, 0.6 * b.c * ab.c)


def equivalence_implication(ab: Truth, a: Truth, b: Truth) -> Truth | None:
    """A<=>B |- A->B: s = (1 + B/A) ab / (1 + ab), or ab where ab c > 0.99; c as it was."""
    if ab.f * ab.c > 0.99:
        return ab
    s = _directed(a.f, b.f, ab.f)
    return None if s is None else _truth(s, ab.c)


def transitive_similarity(ab: Truth, bc: Truth, a: Truth, b: Truth, c: Truth) -> Truth | None:
    """A~B, B~C |- A~C, by deduction both ways: s = 1 / (1/P(C|A) + 1/P(A|C) - 1).

    The way back from C by B to A takes the prior of A, where ``lib_pln`` takes that of C again:
    else similarity would depend on which of the two is named first. c = or(ab, bc) c1 c2.
    """
    there = _both(_directed(a.f, b.f, ab.f), _directed(b.f, c.f, bc.f), b.f, c.f)
    back = _both(_directed(c.f, b.f, bc.f), _directed(b.f, a.f, ab.f), b.f, a.f)
    if there is None or back is None:
        return None
    s = 1.0 / (1.0 / there + 1.0 / back - 1.0)
    return _truth(s, ab.c * bc.c * either(ab.f, bc.f))


def _deduced(ab: Truth, bc: Truth, a: Truth, b: Truth, c: Truth) -> Truth | None:
    if not (consistent(a.f, b.f, ab.f) and consistent(b.f, c.f, bc.f)):
        return None
    return _truth(_via(ab.f, bc.f, b.f, c.f), ab.f * bc.f * ab.c * bc.c)


def _via(ab: float, bc: float, b: float, c: float) -> float:
    """P(C | A) by way of B and of what is not B, as if A and C were independent given B."""
    return c if b > _CERTAIN else ab * bc + (1.0 - ab) * (c - b * bc) / (1.0 - b)


def _directed(source: float, target: float, similarity: float) -> float | None:
    """P(target | source) of a similarity: (1 + target / source) s / (1 + s)."""
    return (1.0 + target / source) * similarity / (1.0 + similarity) if source > 0.0 else None


def _both(ab: float | None, bc: float | None, b: float, c: float) -> float | None:
    """``_via`` of two directed similarities, where all are probabilities above 0."""
    if ab is None or bc is None or max(ab, bc) > 1.0 + _SLACK:
        return None
    s = _via(ab, bc, b, c)
    return s if 0.0 < s <= 1.0 + _SLACK else None


def _truth(s: float, c: float) -> Truth | None:
    """A truth value; None for a strength that is no probability."""
    if not -_SLACK <= s <= 1.0 + _SLACK:
        return None
    return Truth(min(max(s, 0.0), 1.0), min(max(c, 0.0), 1.0))


PLN_FUNCTIONS: dict[str, TruthFunction] = {
    function.name: function
    for function in (
        TruthFunction("pln-revision", 2, revision, pools=True),
        TruthFunction("pln-modus-ponens", 2, modus_ponens),
        TruthFunction("pln-symmetric-modus-ponens", 2, symmetric_modus_ponens),
        TruthFunction("pln-deduction", 5, deduction),
        TruthFunction("pln-induction", 5, induction, weak=True),
        TruthFunction("pln-abduction", 5, abduction, weak=True),
        TruthFunction("pln-inversion", 2, inversion, weak=True),
        TruthFunction("pln-equivalence-implication", 3, equivalence_implication),
        TruthFunction("pln-transitive-similarity", 5, transitive_similarity),
        TruthFunction("pln-evaluation-implication", 5, evaluation_implication),
    )
}
