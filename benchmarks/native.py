"""Our path index beside hyperon's native space: who is in a relation, the first argument unknown.

Both hold the same million statements, in one run on one machine. The native space is asked by the
fastest way there is from Python (``query``), with no interpreter in between; ours by ``kb.match``.
It finds an unknown first argument by a walk over all that there are, so it depends on how many:
once each statement has a subject of its own, once ten statements share one.
"""

from __future__ import annotations

from hyperon import E, GroundingSpaceRef, S, V

from benchmarks import million
from benchmarks.figures import Figure, each_ms, median, show
from mettaclaw.atomspace import Atomspace

RUNS = 5


def measure() -> list[Figure]:
    theirs, ours = _both(apart=True)
    shared, ours_shared = _both(apart=False)
    return [
        Figure("hyperon 0.2.6's native space, 1,000,000 subjects, p50", theirs, "ms"),
        Figure("kb.match, 1,000,000 subjects, p50", ours, "ms", 1.0),
        Figure("the native space is slower by a factor of", theirs / ours, "x", 1_000, least=True),
        Figure("hyperon 0.2.6's native space, 100,000 subjects, p50", shared, "ms"),
        Figure("kb.match, 100,000 subjects, p50", ours_shared, "ms", 1.0),
        Figure("the native space is slower by a factor of", shared / ours_shared, "x"),
    ]


def _both(*, apart: bool) -> tuple[float, float]:
    """Median milliseconds of the native space and of ours, for ten answers."""
    native = GroundingSpaceRef()
    inheritance = S("-->")
    for subject, category in million.pairs(apart=apart):
        native.add_atom(E(inheritance, S(subject), S(category)))
    chosen = [million.CONCEPTS // RUNS * i + 5 for i in range(RUNS)]

    def ask(concept: int) -> None:
        found = native.query(E(inheritance, V("x"), S(f"c{concept}")))
        assert len(list(found.iterator())) == 10

    path = million.database(apart=apart)
    million.warm(path)
    with Atomspace.open(path) as kb:

        def ask_ours(concept: int) -> None:
            assert len(kb.match(f"(--> $x c{concept})")) == 10

        ask_ours(7)
        theirs = each_ms([lambda c=c: ask(c) for c in chosen])
        ours = each_ms([lambda i=i: ask_ours(i * 997 + 11) for i in range(100)])
    return median(theirs), median(ours)


if __name__ == "__main__":
    show(measure)
