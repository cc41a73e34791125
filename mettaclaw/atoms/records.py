"""The rows of evidence: written, retired, read and summed up.

Invariant: a row is never changed but to be retired. What is to be written, and what retired, the
rule of ``atoms.evidence`` says; the beliefs that rest on it are others' (``atoms.beliefs``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from mettaclaw.atoms.evidence import Said, replaced
from mettaclaw.atoms.quality import Quality
from mettaclaw.atoms.syntax import Atom, read
from mettaclaw.atoms.truth import UNTOLD, WEIGHABLE, Truth, pool, weight
from mettaclaw.atoms.truth import pooled as pooled_of
from mettaclaw.atoms.view import Derivation, Evidence
from mettaclaw.storage import Database

Table = Literal["evidence", "derivation"]

_ROWS = """
SELECT e.id, e.f, e.c, e.source, coalesce(e.time, t.time), e.words, e.opinion
FROM evidence e JOIN txn t ON t.id = e.txn WHERE """
_STATED = f"coalesce(e.f, {UNTOLD.f})"  # without a truth value it is said to be so
_TURNED = f"(1.0 - {_STATED})"
_SURE = (  # what a model has stored without one is none of it
    f"coalesce(e.c, CASE WHEN e.source = 'model' OR e.source LIKE 'model:%' THEN 0.0 "
    f"ELSE {UNTOLD.c} END) >= ?"
)
_LATE = 200
FEW = 100  # what is summed up here; more is left to SQLite
_FEW = f"""
SELECT f, c FROM evidence WHERE atom = ? AND retired IS NULL AND f IS NOT NULL
ORDER BY id LIMIT {FEW + 1}"""
_SUMS = f"""
SELECT total(w), total(w * f), avg(f), min(f), max(f), max(c) FROM (
  SELECT f, c, min(c, {WEIGHABLE}) / (1.0 - min(c, {WEIGHABLE})) AS w FROM evidence
  WHERE atom = ? AND retired IS NULL AND f IS NOT NULL
)"""


def evidence(database: Database, where: str, values: Sequence[str | int | float]) -> list[Evidence]:
    """The evidence ``e`` for which a condition holds."""
    return [
        Evidence(number, None if f is None else Truth(f, c), source, time, words, bool(opinion))
        for number, f, c, source, time, words, opinion in database.rows(_ROWS + where, values)
    ]


def bounds(
    database: Database, where: str, values: Sequence[int | float], least: float, *, turned: bool
) -> tuple[float, float] | None:
    """The lowest and the highest frequency of the evidence ``e`` for which a condition holds.

    Args:
        database: The database.
        where: The condition.
        values: Of the condition.
        least: The confidence that counts.
        turned: Whether frequencies are turned round.
    """
    f = _TURNED if turned else _STATED
    joined = "JOIN txn t ON t.id = e.txn " if " t." in where else ""  # it doubles the time
    row = database.row(
        f"SELECT min({f}), max({f}) FROM evidence e {joined}WHERE {where} AND {_SURE}",
        (*values, least),
    )
    return None if row is None or row[0] is None else (row[0], row[1])


def was_denied(database: Database, atom: int) -> bool:
    """Whether evidence of an atom, retired or not, is sure and speaks against it."""
    sql = "SELECT 1 FROM evidence WHERE atom = ? AND f <= 0.5 AND c >= 0.5 LIMIT 1"
    return database.row(sql, (atom,)) is not None


def opposed(
    database: Database,
    where: str,
    values: Sequence[int | float],
    least: float,
    other: float,
    apart: float,
    most: int,
    *,
    turned: bool,
) -> list[Evidence]:
    """The evidence whose frequency is ``apart`` or more from ``other``; as ``bounds``.

    Where there is more than ``most``, those furthest apart, the latest of them.
    """
    distance = f"abs({_TURNED if turned else _STATED} - ?)"
    chosen = f"{where} AND {_SURE} AND {distance} >= ? ORDER BY {distance} DESC, e.id DESC LIMIT ?"
    found = evidence(database, chosen, (*values, least, other, apart, other, most))
    return [one if one.truth is not None else replace(one, truth=UNTOLD) for one in found]


def standing(database: Database, atom: int, said: Said) -> list[Evidence]:
    """The live evidence of an atom that decides whether something said of it is new."""
    live = "e.atom = ? AND e.retired IS NULL AND"
    if said.words is not None:  # what was said of late, and what was said in these very words
        worded = (
            "SELECT id FROM evidence WHERE atom = ? AND retired IS NULL AND words IS NOT NULL "
            f"ORDER BY id DESC LIMIT {_LATE}"
        )
        where = f"{live} (e.id IN ({worded}) OR e.words = ? OR (e.opinion AND e.source = ?))"
        return evidence(database, where, (atom, atom, said.words, said.source))
    if said.kind == "observation" or said.truth is None:
        return []
    if said.is_opinion:
        return evidence(database, f"{live} e.source = ? AND e.opinion", (atom, said.source))
    txn = _transaction(database)  # what a file says twice is two things, and once in each edition
    values = (atom, said.source, txn, said.truth.f, said.truth.c)
    where = f"{live} e.source = ? AND (e.txn <> ? OR (e.f = ? AND e.c = ?))"
    return evidence(database, where, values)


def pooled(database: Database, atom: int) -> tuple[Truth, float | None]:
    """The truth of all live evidence of an atom, which has some, and the weight where it has more
    than one piece.
    """
    few = [Truth(f, c) for f, c in database.rows(_FEW, (atom,))]
    if len(few) <= FEW:
        return pool(few), sum(weight(truth.c) for truth in few) if len(few) > 1 else None
    total, positive, mean, low, high, surest = database.rows(_SUMS, (atom,))[0]
    return pooled_of(total, positive, mean, (low, high), surest), total


def summed(database: Database, atom: int) -> tuple[Truth | None, float | None, str]:
    """The truth of all live evidence of an atom, which has some, its weight, and the last source.

    The truth is None where none of it has one; the weight is as in ``pooled``.
    """
    source = latest(database, atom) or ""
    if not database.rows(_FEW, (atom,)):
        return None, None, source
    return *pooled(database, atom), source


def latest(database: Database, atom: int) -> str | None:
    """The source of the last live evidence of an atom; None where nobody said it."""
    sql = "SELECT source FROM evidence WHERE atom = ? AND retired IS NULL ORDER BY id DESC LIMIT 1"
    row = database.row(sql, (atom,))
    return None if row is None else str(row[0])


def undo(database: Database, transaction: int, told: Sequence[tuple[int, int]]) -> list[int]:
    """Retire the evidence that a transaction told, and write again what it retired.

    Args:
        database: The database.
        transaction: Its number.
        told: The atoms and ids of what it told and stands (``atoms.returned``).

    Returns:
        The atoms concerned.
    """
    now = _transaction(database)
    gone = database.rows(
        "SELECT e.atom, e.f, e.c, e.source, e.words, e.opinion, coalesce(e.time, t.time) "
        "FROM evidence e JOIN txn t ON t.id = e.txn WHERE e.retired = ? AND e.txn <> ? "
        "ORDER BY e.id",
        (transaction, transaction),
    )
    retire(database, [number for _, number in told])
    for row in gone:
        if _is_new(database, *row):
            database.write(
                "INSERT INTO evidence (atom, f, c, source, words, opinion, time, txn, again) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
                (*row, now),
            )
    return [row[0] for row in (*told, *gone)]


def _is_new(
    database: Database,
    atom: int,
    f: float | None,
    c: float | None,
    source: str,
    words: str | None,
    opinion: int,
    time: float,
) -> bool:
    """Whether what was retired may stand again; what takes its place since then stays.

    What it would replace itself is retired.
    """
    if f is None or c is None or not (words or opinion):
        return True  # something observed is new each time
    kind = "opinion" if opinion else "observation"
    said = Said(Truth(f, c), source, words, kind, time)
    known = standing(database, atom, said)
    if said.is_opinion and known:
        return False
    gone = replaced(said, known)
    retire(database, gone or ())
    return gone is not None


def write(database: Database, atom: int, said: Said) -> None:
    """Write a piece of evidence, inside the open transaction."""
    f, c = (said.truth.f, said.truth.c) if said.truth else (None, None)
    database.write(
        "INSERT INTO evidence (atom, f, c, source, words, opinion, time, txn) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (atom, f, c, said.source, said.words, said.is_opinion, said.time, _transaction(database)),
    )


def has_said(database: Database, atom: int, source: str) -> bool:
    """Whether a source has said anything of an atom that stands."""
    sql = "SELECT 1 FROM evidence WHERE atom = ? AND retired IS NULL AND source = ? LIMIT 1"
    return database.row(sql, (atom, source)) is not None


def tell_untold(database: Database, atom: int, source: str, quality: Quality) -> None:
    """Give evidence without a truth value the one that it counts for, but for a source's own.

    That ends, for the source says something of the atom now.
    """
    now = _transaction(database)
    for one in evidence(database, "e.atom = ? AND e.retired IS NULL AND e.f IS NULL", (atom,)):
        retire(database, (one.id,))
        if one.source != source:
            counted = quality.untold(one.source)
            database.write(
                "INSERT INTO evidence (atom, f, c, source, words, opinion, time, txn, again) "
                "VALUES (?, ?, ?, ?, ?, 0, ?, ?, 1)",
                (atom, counted.f, counted.c, one.source, one.words, one.time, now),
            )


def overlapped(
    database: Database, atom: int, truth: Truth | None, sources: Sequence[str], quality: Quality
) -> tuple[int, ...] | None:
    """What sources have told of an atom that something new, which may be the same, takes the place
    of; None where that is no more confident, and tells nothing new.

    Args:
        database: The database.
        atom: The atom.
        truth: The truth value of what is new.
        sources: Those that may have told the same evidence.
        quality: How sure they are of what has no truth value.
    """
    where = "e.atom = ? AND e.retired IS NULL AND e.source IN (SELECT value FROM json_each(?))"
    known = evidence(database, where, (atom, json.dumps(sources)))
    if not known:
        return ()
    if truth is None or pool(e.truth or quality.untold(e.source) for e in known).c >= truth.c:
        return None
    return tuple(e.id for e in known)


def retire(database: Database, ids: Iterable[int]) -> None:
    """End pieces of evidence, inside the open transaction."""
    for one in ids:
        sql = "UPDATE evidence SET retired = ? WHERE id = ?"
        database.write(sql, (_transaction(database), one))


def derivations(
    database: Database, statement: Atom, where: str, values: Sequence[int]
) -> list[Derivation]:
    """The kept derivations ``d`` of a statement for which a condition holds, in order of id."""
    rows = database.rows(
        "SELECT d.id, d.rule, d.f, d.c, d.engine, t.time FROM derivation d "
        f"JOIN txn t ON t.id = d.txn WHERE {where} ORDER BY d.id",
        values,
    )
    sql = "SELECT a.text FROM premise p JOIN atom a ON a.id = p.atom WHERE p.derivation = ? "
    return [
        Derivation(
            number,
            statement,
            rule,
            tuple(read(row[0]) for row in database.rows(sql + "ORDER BY p.place", (number,))),
            Truth(f, c),
            engine,
            time,
        )
        for number, rule, f, c, engine, time in rows
    ]


def under(database: Database, atom: int) -> list[int]:
    """The ids of the evidence that a belief rests on, its own and by way of kept derivations."""
    rows = database.rows(
        """
        WITH RECURSIVE under (atom) AS (
          SELECT ? UNION
          SELECT p.atom FROM under u JOIN derivation d ON d.atom = u.atom AND d.retired IS NULL
          JOIN premise p ON p.derivation = d.id
        )
        SELECT e.id FROM under u JOIN evidence e ON e.atom = u.atom AND e.retired IS NULL
        ORDER BY e.id
        """,
        (atom,),
    )
    return [row[0] for row in rows]


def written(database: Database, table: Table, first: int, last: int) -> range:
    """The ids of the rows that transactions from the first to the last one wrote."""
    return range(_begin(database, table, first), _begin(database, table, last + 1))


def _begin(database: Database, table: Table, txn: int) -> int:
    """The least id of a row that this transaction or a later one wrote; past the end: one more."""
    row = database.row(f"SELECT coalesce(max(id), 0) FROM {table}")
    low, high = 1, (int(row[0]) if row else 0) + 1
    while low < high:
        middle = (low + high) // 2
        found = database.row(
            f"SELECT txn FROM {table} WHERE id >= ? ORDER BY id LIMIT 1", (middle,)
        )
        if found is not None and found[0] < txn:
            low = middle + 1
        else:
            high = middle
    return low


def _transaction(database: Database) -> int:
    return database.current.id if database.current is not None else 0
