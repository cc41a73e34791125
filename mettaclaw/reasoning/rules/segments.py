"""Rules for any number of parts: ``$rest...`` in a rule stands for several parts of a compound.

A rule with segments is written out once for each number of parts that a compound may have, so that
what applies rules knows of none. ``(∧ $u... $a $v...)`` is a conjunction with ``$a`` anywhere in
it; ``(premise (--> $m $p...) $t...)`` is one premise for each part, and ``(intersection $t...)``
takes all their truth values, two at a time. Invariant: each compound that is written with a segment
has from 2 to ``PARTS`` parts; an instance in which one has fewer is left out.

Not covered: the parts of a rule (``ruleform``), and signs that mean the same (``variants``).
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import product

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, variables, walk
from mettaclaw.errors import UsageError

PARTS = 5  # of one compound at most
_MARK = "..."
_SEGMENTS = 3  # in one rule, but for those of truth values

_Lengths = dict[Variable, int]


def instances(form: Expression, where: str) -> Iterator[Expression]:
    """The rule with its segments written out, for each number of parts; itself if it has none.

    Raises:
        UsageError: A segment that no number of parts can be given for.
    """
    found = [variable for variable in variables(form) if _is_segment(variable)]
    if not found:
        yield form
        return
    each = dict(_repeated(form, where))
    free = [variable for variable in found if variable not in each]
    if len(free) > _SEGMENTS:
        raise UsageError(f"{where}: a rule has at most {_SEGMENTS} segments such as {free[0]}")
    given = {v for part in form.children for v in _segments_of(part, "premise")}
    introduced = {v for part in form.children for v in _segments_of(part, "introduce")}
    for segment in free:
        if segment not in given | introduced:
            raise UsageError(f"{where}: the segment {segment} is in no premise")
    compounds = list(_compounds(form))
    for numbers in product(range(PARTS + 1), repeat=len(free)):
        lengths = dict(zip(free, numbers, strict=True))
        lengths.update({truth: lengths[segment] for truth, segment in each.items()})
        counts = (single + sum(lengths[s] for s in several) for single, several in compounds)
        if all(2 <= count <= PARTS for count in counts):
            yield _written_out(form, lengths, each)


def _is_segment(atom: Atom) -> bool:
    return isinstance(atom, Variable) and atom.name.endswith(_MARK)


def _segments_of(part: Atom, kind: str) -> list[Variable]:
    match part:
        case Expression((Symbol(name), *_)) if name == kind:
            return [variable for variable in variables(part) if _is_segment(variable)]
        case _:
            return []


def _is_each(part: Atom) -> bool:
    """Whether a part of a rule is a premise that stands for one of each part of a compound."""
    match part:
        case Expression((Symbol("premise"), _, truth)):
            return _is_segment(truth)
        case _:
            return False


def _repeated(form: Expression, where: str) -> Iterator[tuple[Variable, Variable]]:
    """The segments of truth values, each with the segment of the parts that they belong to."""
    for part in form.children:
        if isinstance(part, Expression) and _is_each(part):
            _, pattern, truth = part.children
            segments = [variable for variable in variables(pattern) if _is_segment(variable)]
            if len(segments) != 1 or not isinstance(truth, Variable):
                raise UsageError(
                    f"{where}: a premise with {truth} has one segment, as in "
                    f"(premise (--> $m $p...) {truth})"
                )
            yield truth, segments[0]


def _compounds(form: Expression) -> Iterator[tuple[int, list[Variable]]]:
    """Each compound that is written with a segment: its single parts, counted, and its segments."""
    for part in form.children:
        if not isinstance(part, Expression) or _is_each(part) or _segments_of(part, "introduce"):
            continue
        for node in walk(part):
            if isinstance(node, Expression):
                several = [v for v in node.children if isinstance(v, Variable) and _is_segment(v)]
                if several:
                    yield len(node.children) - 1 - len(several), several


def _written_out(form: Expression, lengths: _Lengths, truths: Container[Variable]) -> Expression:
    parts: list[Atom] = []
    for part in form.children:
        segments = [variable for variable in variables(part) if _is_segment(variable)]
        if not segments or not isinstance(part, Expression):
            parts.append(part)
        elif _is_each(part) or _segments_of(part, "introduce"):
            parts += [_one(part, i) for i in range(lengths[segments[0]])]
        else:
            parts.append(_several(part, lengths, truths))
    return Expression(tuple(parts))


def _nth(segment: Variable, number: int) -> Variable:
    return Variable(f"{segment.name.removesuffix(_MARK)}.{number}")


def _one(atom: Atom, number: int) -> Atom:
    """An atom with each segment replaced by its part of this number."""
    if isinstance(atom, Expression):
        return Expression(tuple(_one(child, number) for child in atom.children))
    return _nth(atom, number) if isinstance(atom, Variable) and _is_segment(atom) else atom


def _several(atom: Expression, lengths: _Lengths, truths: Container[Variable]) -> Expression:
    """An expression with each segment replaced by all of its parts, truth values two at a time."""
    parts: list[Atom] = []
    for child in atom.children:
        if isinstance(child, Variable) and child in lengths:
            parts += [_nth(child, i) for i in range(lengths[child])]
        elif isinstance(child, Expression):
            parts.append(_several(child, lengths, truths))
        else:
            parts.append(child)
    if any(child in truths for child in atom.children if isinstance(child, Variable)):
        while len(parts) > 3:
            parts[-2:] = [Expression((parts[0], *parts[-2:]))]
    return Expression(tuple(parts))
