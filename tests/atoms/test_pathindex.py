"""The path index against brute force: it finds exactly what unifies, whatever path is known."""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mettaclaw.atoms import pathindex
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, Expression, Symbol, expr, read, variables
from mettaclaw.atoms.unify import Substitution, canonical, rename, substitute, unify
from mettaclaw.errors import LimitError
from mettaclaw.storage import Database
from tests.atoms.values import atoms, small_atoms

_fresh = itertools.count()


@pytest.fixture(params=["few", "many"])
def thresholds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With ``many``, a handful of atoms is enough to reach the ways meant for large answers."""
    if request.param == "many":
        monkeypatch.setattr(pathindex, "_FEW", 2)
        monkeypatch.setattr(pathindex, "_PAGE", 3)
        monkeypatch.setattr(pathindex, "_PROBES", (2, 4, 8))
    return str(request.param)


def stored(folder: Path, many: list[Atom]) -> AtomStore:
    """A store in memory's stead: hypothesis makes many, so none is synchronised."""
    database = Database.open(folder / f"{next(_fresh)}.db", synchronous="NORMAL")
    store = AtomStore(database)
    with database.transaction():
        for atom in many:
            store.add(atom, None, "test")
    return store


def brute_force(many: list[Atom], patterns: tuple[Atom, ...]) -> set[Atom]:
    """The values of the patterns' variables by unifying everything with everything."""
    wanted = tuple(dict.fromkeys(v for p in patterns for v in variables(p)))

    def join(rest: tuple[Atom, ...], bound: Substitution) -> Iterator[Substitution]:
        if not rest:
            yield bound
            return
        for atom in many:
            extended = unify(rest[0], rename(atom, f"stored{len(rest)}"), bound)
            if extended is not None:
                yield from join(rest[1:], extended)

    return {
        canonical(Expression(tuple(substitute(v, bound) for v in wanted)))
        for bound in join(patterns, {})
    }


@settings(max_examples=150)
@given(many=st.lists(small_atoms, max_size=12), pattern=small_atoms)
@pytest.mark.usefixtures("thresholds")
def test_find_is_what_unifies(tmp_path: Path, many: list[Atom], pattern: Atom) -> None:
    store = stored(tmp_path, many)
    distinct = {canonical(atom) for atom in many}
    expected = {a for a in distinct if unify(rename(a, "stored"), pattern) is not None}
    found = [canonical(belief.statement) for belief in store.find(pattern)]
    assert len(found) == len(set(found))
    assert set(found) == expected
    store.database.close()


@settings(max_examples=150)
@given(
    many=st.lists(small_atoms, max_size=8),
    patterns=st.lists(small_atoms, min_size=1, max_size=3).map(tuple),
)
@pytest.mark.usefixtures("thresholds")
def test_a_join_is_what_unifies_together(
    tmp_path: Path, many: list[Atom], patterns: tuple[Atom, ...]
) -> None:
    store = stored(tmp_path, many)
    found = [canonical(Expression(tuple(bound.values()))) for bound in store.match(*patterns)]
    wanted = tuple(dict.fromkeys(v for p in patterns for v in variables(p)))
    for bound in store.match(*patterns):
        assert tuple(bound) == wanted
    assert set(found) == brute_force(many, patterns)
    store.database.close()


@settings(max_examples=60)
@given(many=st.lists(atoms, max_size=6, unique_by=lambda a: canonical(a)))
def test_every_atom_is_found_by_itself_and_by_a_variable(tmp_path: Path, many: list[Atom]) -> None:
    store = stored(tmp_path, many)
    for atom in many:
        belief = store.belief(atom)
        assert belief is not None
        assert canonical(belief.statement) == canonical(atom)
        assert any(canonical(b.statement) == canonical(atom) for b in store.find(atom))
    assert [b.statement for b in store.find(read("$anything"))] == many
    store.database.close()


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtomStore]:
    """2,700 statements ``(r I J "K")``, 900 ``(s I J)``, and three rules with variables."""
    path = tmp_path_factory.mktemp("grid") / "kb.db"
    with Database.open(path, synchronous="NORMAL") as database:
        store = AtomStore(database)
        side = range(30)
        rules = [read(t) for t in ("(r $any 7 $thing)", "(r $same $same $k)", "(s . $rest)")]
        with database.transaction():
            store.add_many(
                ((expr("r", i, j, f'"{k}"'), None) for i in side for j in side for k in range(3)),
                "test",
            )
            store.add_many(((expr("s", i, j), None) for i in side for j in side), "test")
            store.add_many(((rule, None) for rule in rules), "test")
        yield store


@pytest.mark.parametrize(
    "pattern",
    [
        "$x",
        "($r $x $y)",
        "($r $x $y $z)",
        "(r $x $y $z)",
        '(r $x $y "1")',
        "(r 4 $y $z)",
        "(r $x 7 $z)",
        '(r $x 7 "2")',
        '(r 4 7 "2")',
        '(r 4 4 "2")',
        '(r 4 7 "none")',
        "(r $x $x $z)",
        "(r $x $y 1)",
        "(s $x 29)",
        "(s 31 $x)",
        "(nothing $x)",
        "((r) $x)",
    ],
)
def test_large_answers_are_complete_whatever_is_known(grid: AtomStore, pattern: str) -> None:
    wanted = read(pattern)
    expected = [
        belief.statement
        for belief in grid.beliefs()
        if unify(wanted, rename(belief.statement, "stored")) is not None
    ]
    assert [belief.statement for belief in grid.find(wanted)] == expected


def test_joins_over_large_answers_are_complete(grid: AtomStore) -> None:
    found = list(grid.match(read('(r $a $b "0")'), read("(s $b $c)"), read('(r $c 3 "2")')))
    expected = {
        (a, b, c)
        for b in range(30)
        for c in range(30)  # (r c 3 "2") is stored for every c
        for a in range(30)
    }
    numbers = {tuple(getattr(v, "value", None) for v in bound.values()) for bound in found}
    assert {n for n in numbers if None not in n} == expected


def test_a_limit_stops_early(grid: AtomStore) -> None:
    assert len(list(grid.match(read("(r $x $y $z)"), limit=7))) == 7
    assert list(grid.match(read("(r $x $y $z)"), limit=0)) == []


@pytest.fixture
def asked() -> list[str]:
    """What the store has asked of SQLite, in SQL with its values."""
    return []


@pytest.fixture
def traced(grid: AtomStore, asked: list[str]) -> Iterator[AtomStore]:
    """The grid, read through a connection that is watched."""
    connection = sqlite3.connect(
        f"file:{grid.database.path}?mode=ro", uri=True, isolation_level=None
    )
    connection.set_trace_callback(asked.append)
    with Database(grid.database.path, connection, read_only=True) as database:
        yield AtomStore(database)


def test_nothing_is_counted_where_there_is_nothing_to_choose(
    traced: AtomStore, asked: list[str]
) -> None:
    for pattern in ("(r $x $y $z)", "$x"):
        assert len(list(traced.match(read(pattern), limit=5))) == 5
    assert asked
    assert not [sql for sql in asked if "count(" in sql]


def test_a_few_answers_take_a_few_rows(traced: AtomStore, asked: list[str]) -> None:
    assert len(list(traced.match(read("(r $x $y $z)"), limit=5))) == 5
    assert len(asked) == 1
    assert "LIMIT 32)" in asked[0]


def test_a_join_counts_no_further_than_it_takes_to_tell_the_cheapest(
    traced: AtomStore, asked: list[str]
) -> None:
    assert len(list(traced.match(read("(r $x 29 $z)"), read("(s 29 $x)"), limit=1))) == 1
    limits = [int(n) for sql in asked if "count(" in sql for n in re.findall(r"LIMIT (\d+)\)", sql)]
    assert limits
    assert max(limits) <= 1_024


@given(small_atoms)
def test_every_leaf_is_posted_once_with_its_path(atom: Atom) -> None:
    posted = pathindex.leaves(atom)
    assert len(posted) == len(set(posted))
    for text, path in posted:
        node = atom
        for step in path.split(".") if path else ():
            assert isinstance(node, Expression)
            node = node.children[int(step)]
        assert text == (pathindex.VARIABLE if str(node).startswith("$") else str(node))
    flat = str(atom).replace("(", " ( ").replace(")", " ) ").split()
    words = [w for w in flat if w not in "()"]
    assert len(posted) == len(words) + str(atom).replace(" ", "").count("()")


def test_names_that_look_like_the_index_s_own_marks_are_ordinary(tmp_path: Path) -> None:
    many: list[Atom] = [Symbol(""), Symbol("()"), Expression(()), Symbol("$x"), expr("f", "()")]
    store = stored(tmp_path, many)
    for atom in many:
        assert [b.statement for b in store.find(atom)] == [atom]
    store.database.close()


def test_a_pattern_whose_variables_are_named_like_ours_matches(tmp_path: Path) -> None:
    store = stored(tmp_path, [expr("p", "$x", 1)])
    for name in ("x", "x#s", "x#s0", "x#s1", "x#s_0"):
        found = list(store.match(read(f"(p (f ${name}) $y)")))
        assert [list(map(str, bound.values())) for bound in found] == [[f"${name}", "1"]]
        assert len(list(store.find(read(f"(p (f ${name}) $y)")))) == 1
    store.database.close()


def test_an_answer_too_large_for_any_memory_is_an_error(tmp_path: Path) -> None:
    twice = " ".join(f"(f $a{i} $a{i}) $a{i}" for i in range(60))
    store = stored(tmp_path, [read(f"(p {twice})")])
    with pytest.raises(LimitError, match="limit nodes"):
        list(store.match(read(f"(p {' '.join(f'$x{i} $x{i + 1}' for i in range(60))})")))
    store.database.close()


def test_a_pattern_of_many_leaves_is_answered(tmp_path: Path) -> None:
    """More leaves than the index asks for, deeper than a usual path."""
    wide = Expression(tuple(Symbol(f"leaf{i}") for i in range(3_000)))
    store = stored(tmp_path, [wide])
    pattern = Expression((read("$x"), *wide.children[1:]))
    assert [list(bound.values()) for bound in store.match(pattern)] == [[Symbol("leaf0")]]
    store.database.close()
