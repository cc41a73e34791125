"""The path index: which stored atoms can unify with a pattern, without looking at the others.

Each ground leaf of each atom is posted under its text and its path (child positions from the
root, ``"2.1"``); each variable of a stored atom is posted under ``VARIABLE`` and its path. A
pattern's leaf can only meet an atom that has the same leaf at the same path, or a variable there
or above it. So the postings of any one leaf hold all candidates; the rarest leaf is asked, and the
others thin its candidates out inside SQLite. Whoever uses this unifies the candidates: they are a
superset. So any position of a pattern can be the known one, at the same cost.

Not covered: what the atoms are (``atoms.store``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable
from mettaclaw.storage import Database

VARIABLE = ""  # no ground leaf has an empty text
_EMPTY = "()"
_FEW = 32
_TRIES = 4
_PROBES = (_FEW, 1_024, 32_768)
_MAX_LEAVES = 24  # a pattern's further leaves would hardly thin the candidates out
_THINNING = 3
_PAGE = 512
_STEPS = tuple(map(str, range(16)))


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf of an atom: its text (``VARIABLE`` for a variable) and its path."""

    text: str
    path: str

    @property
    def covers(self) -> list[str]:
        """The path and all paths above it, where a stored variable would meet this leaf."""
        steps = self.path.split(".") if self.path else []
        return [".".join(steps[:n]) for n in range(len(steps) + 1)]


def leaves(atom: Atom) -> list[tuple[str, str]]:
    """The (text, path) of every leaf of an atom."""
    found: list[tuple[str, str]] = []
    stack: list[tuple[Atom, str]] = [(atom, "")]
    while stack:
        node, path = stack.pop()
        if not isinstance(node, Expression):
            found.append((VARIABLE if isinstance(node, Variable) else str(node), path))
        elif node.children:
            steps = _STEPS if len(node.children) <= len(_STEPS) else map(str, count())
            base = f"{path}." if path else ""
            for step, child in zip(steps, node.children, strict=False):
                here = base + step if base else step
                if isinstance(child, Symbol):
                    found.append((str(child), here))
                else:
                    stack.append((child, here))
        else:
            found.append((_EMPTY, path))
    return found


def search(
    database: Database, pattern: Atom, query: str, *, gone: bool = False
) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of ``query`` for every atom that may unify with the pattern, in pages, by id.

    Args:
        database: The database.
        pattern: The pattern.
        query: Selects from the table ``{found}``, whose one column ``atom`` has the candidates'
            ids, and has the id as its first column.
        gone: Whether the atoms are those that had a belief once, and not those that have one.
    """
    if gone:
        yield from _gone(database, pattern, query)
        return
    known = _known(pattern)
    rows: list[tuple[Any, ...]] = []
    for leaf in known[:_TRIES]:  # most questions have few answers: ask before counting
        rows = _page(database, query, leaf, (), 0, _FEW)
        if len(rows) < _FEW:
            if rows:
                yield rows
            return
    if len(known) < 2:  # nothing to choose from, and little may be wanted: begin with a few
        rarest, others = known[0] if known else None, ()
        rows = rows or _page(database, query, rarest, others, 0, _FEW)
        if rows:
            yield rows
        if len(rows) < _FEW:
            return
        last = int(rows[-1][0])
    else:
        rarest, others = _rarest(database, known)
        last = 0
    while rows := _page(database, query, rarest, others, last, _PAGE):
        yield rows
        if len(rows) < _PAGE:
            return
        last = rows[-1][0]


def _gone(database: Database, pattern: Atom, query: str) -> Iterator[list[tuple[Any, ...]]]:
    """``search`` among the postings of the past, which are few: by the first leaf that is known."""
    known = _known(pattern)
    values: list[str | int] = []
    if known:
        marks = ", ".join("?" * len(known[0].covers))
        found = (
            "SELECT atom FROM leaf_gone WHERE leaf = ? AND path = ? UNION "
            f"SELECT atom FROM leaf_gone WHERE leaf = '' AND path IN ({marks})"
        )
        values += [known[0].text, known[0].path, *known[0].covers]
    else:
        found = "SELECT DISTINCT atom FROM leaf_gone"
    last = 0
    while True:
        sql = f"(SELECT atom FROM ({found} UNION SELECT atom FROM unposted) WHERE atom > ? "
        sql += f"ORDER BY atom LIMIT {_PAGE})"
        rows = database.rows(query.format(found=sql), [*values, last])
        ids = database.rows(f"SELECT max(atom), count(*) FROM {sql}", [*values, last])
        if rows:
            yield rows
        if ids[0][1] < _PAGE:
            return
        last = ids[0][0]


def costs(database: Database, patterns: Sequence[Atom]) -> list[int]:
    """For each pattern an upper bound on the number of its candidates, to find the cheapest.

    Counted no further than it takes to tell that one, and to the largest probe at most.
    """
    known = [_known(pattern) for pattern in patterns]
    found: list[int] = []
    for probe in _PROBES:
        found = [_fewest(database, some, probe)[0] if some else probe + 1 for some in known]
        if min(found) < probe:
            break
    return found


def cost(database: Database, pattern: Atom) -> int:
    """``costs`` of one pattern."""
    return costs(database, [pattern])[0]


def _known(pattern: Atom) -> list[Leaf]:
    """The ground leaves of a pattern, operators last: they are seldom the rarest."""
    found = dict.fromkeys(Leaf(text, path) for text, path in leaves(pattern) if text != VARIABLE)
    return sorted(found, key=_operator)[:_MAX_LEAVES]


def _operator(leaf: Leaf) -> int:
    """0 for an argument; for an operator more, the nearer it is to the root."""
    if leaf.path != "0" and not leaf.path.endswith(".0"):
        return 0
    return max(1, 99 - leaf.path.count("."))


def _rarest(database: Database, known: list[Leaf]) -> tuple[Leaf, tuple[Leaf, ...]]:
    """Of two leaves or more the one with the fewest postings, and others to thin them out."""
    best = known[0]
    for probe in _PROBES[1:]:
        low, candidate = _fewest(database, known, probe)
        if low < probe:
            best = candidate
            break
    return best, tuple(leaf for leaf in known if leaf is not best)[:_THINNING]


def _fewest(database: Database, known: list[Leaf], limit: int) -> tuple[int, Leaf]:
    """The leaf with the fewest postings, if they are fewer than a limit, and their number.

    What has more than the fewest so far is counted no further.
    """
    best = known[0]
    for leaf in known:
        found = _count(database, leaf, limit)
        if found < limit:
            limit, best = found, leaf
    return limit, best


def _page(
    database: Database,
    query: str,
    leaf: Leaf | None,
    others: tuple[Leaf, ...],
    last: int,
    size: int,
) -> list[tuple[Any, ...]]:
    values: list[str | int] = []
    if leaf is None:
        found = "SELECT id AS atom FROM atom WHERE version IS NOT NULL AND id > ? ORDER BY id"
        values.append(last)
    else:
        thin = ""
        thinning: list[str] = []
        for other in others:
            within, more = _posted(other, "1", "AND o.atom = l.atom", "o")
            thin += f"AND EXISTS ({within}) "
            thinning += more
        # Thinned out and ordered in each arm: SQLite merges them, and sorts no long postings.
        exact, above = _arms(leaf, "l.atom", f"AND l.atom > ? {thin}", "l")
        found = f"{exact} UNION {above} ORDER BY atom"
        values += [leaf.text, leaf.path, last, *thinning, *leaf.covers, last, *thinning]
    sql = query.format(found=f"({found} LIMIT {size})")
    return database.rows(sql, values)


def _arms(leaf: Leaf, column: str, extra: str, table: str) -> tuple[str, str]:
    marks = ", ".join("?" * len(leaf.covers))
    select = f"SELECT {column} FROM leaf AS {table} WHERE {table}.leaf"
    return (
        f"{select} = ? AND {table}.path = ? {extra}",
        f"{select} = '' AND {table}.path IN ({marks}) {extra}",
    )


def _posted(leaf: Leaf, column: str, extra: str = "", table: str = "l") -> tuple[str, list[str]]:
    exact, above = _arms(leaf, column, extra, table)
    return f"{exact} UNION ALL {above}", [leaf.text, leaf.path, *leaf.covers]


def _count(database: Database, leaf: Leaf, limit: int) -> int:
    sql, values = _posted(leaf, "1")
    row = database.row(f"SELECT count(*) FROM ({sql} LIMIT {limit})", values)
    return int(row[0]) if row else 0
