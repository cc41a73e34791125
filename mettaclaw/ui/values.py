"""What commands show of beliefs and of their past: as JSON, as cells of a row, as parts of a tree.

Invariant: cells hold what was said as it is; who prints them makes it harmless (``pictures``,
``text.one_line``). Not covered: proofs (``pictures.proof_json``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mettaclaw.atoms.times import moment
from mettaclaw.ui import pictures
from mettaclaw.ui.pictures import Node, Parts, truth_text
from mettaclaw.ui.pictures.parts import LEAVES
from mettaclaw.ui.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mettaclaw.atoms.changes import Difference, Entry, Touched, Version
    from mettaclaw.atoms.syntax import Atom
    from mettaclaw.atoms.truth import Truth
    from mettaclaw.atoms.view import Belief, Contradiction, Derivation, Evidence
    from mettaclaw.reasoning import Answer

DIFFERENCES = ("statement", "before", "after")
CONCERNED = ("statement", "now")
_STATEMENT_CHARS = 200
_SOURCES = 3  # of each side that are named in a line about a contradiction
ANSWERS = ("statement", "truth", "tier", "rule")


def belief_json(belief: Belief) -> dict[str, object]:
    """A belief as an object."""
    return {
        "statement": str(belief.statement),
        "truth": _pair(belief.truth),
        "source": belief.origin,
        "evidence": list(belief.stamp),
    }


def standing(belief: Belief | Version | None, exact: bool = False) -> str:
    """How a statement is believed, or that it is not.

    Args:
        belief: None where it is not.
        exact: Whether the truth value is MeTTa, with all digits.
    """
    if belief is None:
        return "not believed"
    if belief.truth is None:
        return "no truth value"
    return str(belief.truth) if exact else truth_text(belief.truth)


# --- changes ---


def entries_parts(entries: Iterable[Entry]) -> Parts:
    """Transactions as trees: who, when and what for, and under it what became of statements."""
    parts = Parts("Changes of beliefs")
    for entry in entries:
        (number, time, author, note), turns = _head(entry), _turns(entry, exact=False)
        time = time.replace("T", " ").replace("Z", " UTC")
        parts.nodes[number] = Node("entry", (number, time, f"{author}: {note}"))
        parts.below[number] = [f"{number} {place}" for place in range(len(turns))]
        for name, turn in zip(parts.below[number], turns, strict=True):
            parts.nodes[name], parts.below[name] = Node("entry", (turn,)), []
    return parts


def entry_row(entry: Entry) -> tuple[str, ...]:
    """A transaction as cells: id, time, author, note, what became of statements."""
    return (*_head(entry), "; ".join(_turns(entry, exact=True)))


def _head(entry: Entry) -> tuple[str, str, str, str]:
    undone = "" if entry.undone is None else f" (undone by {entry.undone})"
    return str(entry.id), moment(entry.time), entry.author, f"{entry.note}{undone}".strip()


def _turns(entry: Entry, exact: bool) -> list[str]:
    found = [_turn(entry, one, exact) for one in entry.touched]
    if entry.more:
        counts = ((entry.told, "told"), (entry.retired, "taken back"), (entry.kept, "derived"))
        total = ", ".join(f"{number:,} {what}" for number, what in counts if number)
        found.append(f"… {total} in all" if total else "… and more")
    return found


def _turn(entry: Entry, touched: Touched, exact: bool) -> str:
    """What became of a statement: ``(--> a b): not believed → f 1, c 0.9``; and by whom, where
    that is not who wrote.
    """
    before, after = standing(touched.before, exact), standing(touched.after, exact)
    turn = f"still {after}" if before == after else f"{before} → {after}"
    origin = touched.after.origin if touched.after is not None else entry.author
    by = f" by {one_line(origin)}" if entry.told + entry.kept and origin != entry.author else ""
    return f"{one_line(str(touched.statement), 0 if exact else _STATEMENT_CHARS)}: {turn}{by}"


def entry_json(entry: Entry) -> dict[str, object]:
    """A transaction as an object; null is what is not believed."""
    return {
        "id": entry.id,
        "time": entry.time,
        "author": entry.author,
        "note": entry.note,
        "told": entry.told,
        "retired": entry.retired,
        "derived": entry.kept,
        "statements": [
            {
                "statement": str(one.statement),
                "before": _version_json(one.before),
                "after": _version_json(one.after),
            }
            for one in entry.touched
        ],
        "more": entry.more,
        "undone": entry.undone,
    }


def difference_row(difference: Difference, exact: bool = False) -> tuple[str, ...]:
    """A difference as cells, as ``DIFFERENCES`` names them."""
    before, after = standing(difference.before, exact), standing(difference.after, exact)
    return str(difference.statement), before, after


def difference_json(difference: Difference) -> dict[str, object]:
    """A difference as an object; null is what is not believed."""
    sides = (("before", difference.before), ("after", difference.after))
    shown = {name: None if side is None else belief_json(side) for name, side in sides}
    return {"statement": str(difference.statement), **shown}


def concerned_row(statement: Atom, belief: Belief | None, exact: bool = False) -> tuple[str, ...]:
    """A statement that a change concerned, as cells, as ``CONCERNED`` names them."""
    return str(statement), standing(belief, exact)


def concerned_json(statement: Atom, belief: Belief | None) -> dict[str, object]:
    """A statement that a change concerned, with its belief now; null where there is none."""
    now = None if belief is None else belief_json(belief)
    return {"statement": str(statement), "belief": now}


# --- answers ---


def answer_row(answer: Answer, exact: bool = False) -> tuple[str, ...]:
    """An answer as cells, as ``ANSWERS`` names them."""
    truth = str(answer.truth) if exact else truth_text(answer.truth)
    rule = f"{answer.proof.rule}, a guess" if answer.guess else answer.proof.rule
    return str(answer.statement), truth, answer.tier, rule


def answer_json(answer: Answer) -> dict[str, object]:
    """An answer as an object."""
    return {
        "statement": str(answer.statement),
        "truth": _pair(answer.truth),
        "tier": answer.tier,
        "guess": answer.guess,
        "proof": pictures.proof_json(answer.proof),
    }


# --- contradictions ---


def contradiction_parts(found: Contradiction) -> Parts:
    """A contradiction as a tree: what each side comes to, and who said what when under it."""
    from mettaclaw.atoms.truth import pool
    from mettaclaw.atoms.view import Belief
    from mettaclaw.reasoning import Proof

    top = Node("statement", (str(found.statement), truth_text(found.truth)), "main")
    parts = Parts(f"Contradiction about {found.statement}", nodes={"top": top}, below={"top": []})
    for name, side, kept in _sides(found):
        truth = pool([one.truth for one in (*side, *kept) if one.truth is not None])
        names: list[str] = []
        if side:
            stamp = tuple(one.id for one in side)
            belief = Belief(found.statement, truth, stamp, side[-1].source, side[-1].time)
            told = pictures.proof_parts(Proof(belief, "said", (), side))
            for number, node in told.nodes.items():
                if node.kind != "statement":
                    names.append(f"{name} {number}")
                    parts.nodes[names[-1]] = node
        for one in kept[:LEAVES]:
            names.append(f"{name} kept {one.id}")
            apart = len(side) + len(kept) > 1
            lines = (_follows(one), *([truth_text(one.truth)] if apart else []))
            parts.nodes[names[-1]] = Node("note", lines)
        parts.below |= {each: [] for each in names}
        parts.nodes[name] = Node("note", (name, truth_text(truth)))
        parts.below[name] = names
        parts.below["top"].append(name)
    return parts


def contradiction_json(found: Contradiction) -> dict[str, object]:
    """A contradiction as an object, with all evidence of both sides."""
    sides: dict[str, list[dict[str, object]]] = {}
    for name, side, kept in _sides(found):
        sides[name] = [_evidence_json(one) for one in side]
        sides[f"kept_{name}"] = [_derivation_json(one) for one in kept]
    return {"statement": str(found.statement), "truth": _pair(found.truth), **sides}


def contradiction_line(found: Contradiction) -> str:
    """What has come to contradict what, on one line."""
    sides: list[str] = []
    for name, side, kept in _sides(found):
        sources = list(dict.fromkeys(one.source for one in reversed(side)))
        who = [*sources[:_SOURCES], *(["others"] if len(sources) > _SOURCES else [])]
        sides.append(f"{name}: {', '.join([*who, *map(_follows, kept[:1])])}")
    return f"contradiction about {found.statement}  {'; '.join(sides)}"


def _follows(kept: Derivation) -> str:
    """How a kept derivation follows."""
    return f"it follows by {kept.rule} from {', '.join(map(str, kept.premises))}"


def _sides(
    found: Contradiction,
) -> Sequence[tuple[str, tuple[Evidence, ...], tuple[Derivation, ...]]]:
    return (
        ("for", found.speaking_for, found.kept_for),
        ("against", found.speaking_against, found.kept_against),
    )


def _derivation_json(kept: Derivation) -> dict[str, object]:
    return {
        "rule": kept.rule,
        "truth": _pair(kept.truth),
        "premises": list(map(str, kept.premises)),
        "time": kept.time,
    }


def _evidence_json(evidence: Evidence) -> dict[str, object]:
    return {
        "id": evidence.id,
        "truth": _pair(evidence.truth),
        "source": evidence.source,
        "time": evidence.time,
        "words": evidence.words,
    }


def _version_json(version: Version | None) -> dict[str, object] | None:
    return None if version is None else {"truth": _pair(version.truth), "source": version.origin}


def _pair(truth: Truth | None) -> list[float] | None:
    return None if truth is None else [truth.f, truth.c]
