"""Why something did not count, in words: one sentence for each reason that there is.

Words are for people and models; code goes by the name of the reason. Not covered: what is dropped
(``weighing``), and how it is found (``rejected``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

from mettaclaw.atoms.archive import Retired
from mettaclaw.atoms.syntax import Atom, is_ground
from mettaclaw.reasoning.backward.classes import by_way_of
from mettaclaw.reasoning.backward.derived import AUDIBLE, Derived, Fault
from mettaclaw.reasoning.proof import POOLED, SAID, Proof, figures, told
from mettaclaw.reasoning.rules.rule import CONJUNCTION
from mettaclaw.reasoning.statements import Statement, legible
from mettaclaw.reasoning.whynot.retired import told_back

Reason: TypeAlias = Fault | Literal["late", "false", "missing", "retired"]
"""As ``derived.Fault``; or the question was answered before the search came to it, a premise is
false, a premise is not known, or evidence was taken back."""

_NAMED = 3  # pieces of evidence or statements that are told in one sentence
_CHARS = 200  # of a statement in a sentence


def guess(candidate: Derived, stronger: Derived) -> str:
    """A weak rule speaks only where strong ones are silent."""
    weak = _weak_rule(candidate)
    what = f"{weak} only guesses" if weak == candidate.rule else f"it rests on a guess by {weak}"
    return f"{what} (c {candidate.truth.c:.3g}), and {_source(stronger)} (c {stronger.truth.c:.3g})"


def general(candidate: Derived, specific: Derived) -> str:
    """The specific comes before the general."""
    value = figures(specific.truth)
    near, far = by_way_of(specific), by_way_of(candidate)
    general_way = _way(candidate, far)
    if specific.rule == SAID:
        return (
            f"it is inherited {general_way}, and what was said of the thing itself contradicts it: "
            f"{_shown(specific.statement.atom)}, {value}"
        )
    return (
        f"it is inherited {general_way}, and what follows {_way(specific, near)}, "
        f"which is more specific, contradicts it ({value})"
    )


def shared(candidate: Derived, better: Derived, proof: Proof) -> str:
    """Nothing counts twice."""
    common = candidate.stamp & better.stamp
    pieces = list(_pieces(proof, common))
    return (
        f"it shares evidence with a better line of reasoning ({_how(better)}, "
        f"c {better.truth.c:.3g}), and nothing counts twice: {_listed(pieces)}"
    )


def overlap(candidate: Derived, proof: Proof) -> str:
    """A rule that weighs its premises takes those that rest on disjoint evidence."""
    stamps = [premise.stamp for premise in candidate.premises]
    common = {i for stamp in stamps for i in stamp if sum(i in other for other in stamps) > 1}
    pieces = list(_pieces(proof, common))
    return (
        f"{_how(candidate)} weighs its premises, and they rest on the same evidence: "
        f"{_listed(pieces)}"
    )


def guesses(candidate: Derived) -> str:
    """At most one weak rule stands in a chain."""
    names = [_weak_rule(candidate), *map(_weak_rule, candidate.premises)]
    weak = ", ".join(dict.fromkeys(name for name in names if name))
    return f"it is a guess that rests on a guess ({weak}), and only one may stand in a chain"


def faint(candidate: Derived) -> str:
    """What has too little confidence is no answer."""
    c = candidate.truth.c
    if candidate.weak:
        return f"its confidence, c {c:.3g}, is too small: a guess below c {AUDIBLE} is no answer"
    return f"its confidence, c {c:.3g}, is too small to say anything"


def late(answer: Derived) -> str:
    """A search ends where it has an answer."""
    return f"the question was answered (c {answer.truth.c:.3g}) before the search came to it"


def false(candidate: Derived) -> str:
    """A rule would have applied, and a premise of it is false."""
    found = [
        f"{_shown(premise.statement.atom)}, which is false ({figures(premise.truth)})"
        for premise in culprits(candidate)
    ]
    return f"{_how(candidate)} needs {_listed(found)}"


def missing(rule: str, need: Atom) -> str:
    """A rule would have applied, and a premise of it is not known."""
    return f"{rule} needs {_shown(need)}, which is not known"


def retired(pieces: Sequence[tuple[Atom, Retired]], statement: Atom) -> str:
    """It rests on evidence that was taken back; whose statement is named where it is another."""
    return _listed(
        [
            told_back(piece) if about == statement else f"{_shown(about)}: {told_back(piece)}"
            for about, piece in pieces
        ]
    )


def culprits(candidate: Derived) -> list[Derived]:
    """The premises that are rather false; of a conjunction, its parts that are."""
    found: list[Derived] = []
    for premise in candidate.premises:
        if premise.truth.f < 0.5:
            inner = culprits(premise) if premise.rule == CONJUNCTION else []
            found += inner or [premise]
    return found


# --- pieces of sentences ---------------------------------------------------------------------


def _how(derived: Derived) -> str:
    match derived.rule:
        case "said":
            return "what was said"
        case rule if rule == POOLED and derived.step is None:
            return "several lines of reasoning"
        case rule:
            return rule


def _source(derived: Derived) -> str:
    if derived.rule == SAID:
        return "something stronger was said"
    return f"{_how(derived)} knows something stronger"


def _weak_rule(derived: Derived) -> str:
    """The name of the uppermost weak rule in a chain that has one."""
    while derived.weak and not (derived.step is not None and derived.step.rule.weak):
        derived = max(derived.premises, key=lambda premise: premise.weak)
    return derived.rule if derived.weak else ""


def _way(derived: Derived, way: Statement | None) -> str:
    if way is not None:
        return f"by way of {_shown(way.atom)}"
    premises = [_shown(premise.statement.atom) for premise in derived.premises]
    return f"by {_listed(premises)}" if premises else f"by {_how(derived)}"


def _pieces(proof: Proof, ids: Iterable[int]) -> Iterator[str]:
    """What was said for each statement below a proof whose evidence is among these."""
    wanted = set(ids)
    met: set[int] = set()
    stack = [proof]
    while stack:
        node = stack.pop()
        if id(node) in met or wanted.isdisjoint(node.belief.stamp):
            continue
        met.add(id(node))
        stack.extend(reversed(node.premises))
        for evidence in node.evidence:
            if evidence.id in wanted:
                wanted.discard(evidence.id)
                yield f"{_shown(node.statement)}, {told(evidence)}"


def _listed(texts: Sequence[str]) -> str:
    more = len(texts) - _NAMED
    return "; ".join(texts[:_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _shown(atom: Atom) -> str:
    text = str(atom if is_ground(atom) else legible(atom))
    return text if len(text) <= _CHARS else f"{text[:_CHARS]}…"
