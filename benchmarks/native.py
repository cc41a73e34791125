"""Our path index beside hyperon's native space: who is in a relation, the first argument unknown.

Both hold the same million statements, in one run on one machine. The native space is asked by the
fastest way there is from Python (``query``), with no interpreter in between; ours by ``kb.match``.
"""

from __future__ import annotations

from hyperon import E, GroundingSpaceRef, S, V

from benchmarks import million
from benchmarks.figures import Figure, each_ms, median, show
from mettaclaw.atomspace import Atomspace

RUNS = 5


def measure() -> list[Figure]:
    native = GroundingSpaceRef()
    inheritance = S("-->")
    for subject, category in million.pairs():
        native.add_atom(E(inheritance, S(f"c{subject}"), S(f"c{category}")))
    chosen = [million.CONCEPTS // RUNS * i + 5 for i in range(RUNS)]

    def ask(concept: int) -> None:
        found = native.query(E(inheritance, V("x"), S(f"c{concept}")))
        assert len(list(found.iterator())) == 10

    with Atomspace.open(million.database()) as kb:

        def ask_ours(concept: int) -> None:
            assert len(kb.match(f"(--> $x c{concept})")) == 10

        ask_ours(7)
        theirs = median(each_ms([lambda c=c: ask(c) for c in chosen]))
        ours = median(each_ms([lambda c=c: ask_ours(c) for c in chosen * 20]))
    return [
        Figure("hyperon 0.2.6's native space, 1st argument unknown, p50", theirs, "ms"),
        Figure("kb.match, the same pattern and atoms, p50", ours, "ms", 1.0),
        Figure("the native space is slower by a factor of", theirs / ours, "x", 1_000, least=True),
    ]


if __name__ == "__main__":
    show(measure)
