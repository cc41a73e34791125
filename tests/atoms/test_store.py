"""The store against a model of plain Python: evidence, revision, versions, rollback."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from mettaclaw.atoms import pathindex, records
from mettaclaw.atoms.store import AtomStore
from mettaclaw.atoms.syntax import Atom, Expression, Number, Symbol, expr, read
from mettaclaw.atoms.truth import Truth, pool, revise
from mettaclaw.atoms.unify import canonical, rename, unify
from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import LimitError, UsageError
from mettaclaw.storage import Database
from tests.atoms.values import small_atoms


class Said(NamedTuple):
    """One piece of evidence, as the model keeps it."""

    truth: Truth | None
    source: str
    words: str | None
    opinion: bool = False
    edition: int = 0  # of a file: the transaction; less than 0 where it came as an observation


Model = dict[Atom, tuple[Said, ...]]
FILES = ("file:a", "file:b")
sources = st.sampled_from(["user", "ann", "model", "model:other", *FILES])
files = st.sampled_from(FILES)
values = st.sampled_from([None, Truth(1.0, 0.9), Truth(0.0, 0.9), Truth(0.5, 0.0), Truth(1.0, 1.0)])
quotes = st.sampled_from([None, "", "it is so", "é"])


def told(model: Model, atom: Atom, said: Said, now: int) -> None:
    """What ``AtomStore.add`` promises; ``now`` is the transaction."""
    key = canonical(atom)
    old = model.get(key)
    if old is None:
        model[key] = (said,)
        return
    if said.truth is None:
        if any(one.source == said.source for one in old):
            return
        if old[0].truth is None:
            model[key] = old if "model" in said.source else (*old, said)
            return
        said = counted(said, now)
    elif old[0].truth is None:
        old = model[key] = tuple(counted(one, now) for one in old if one.source != said.source)
    if is_new(said, old):
        model[key] = (*(one for one in old if not gives_way(one, said)), said)


def counted(said: Said, now: int) -> Said:
    """What something without a truth value counts as beside what has one."""
    truth = Truth(1.0, 0.35 if "model" in said.source else 0.9)
    return said._replace(truth=truth, edition=-now if said.source in FILES else 0)


def is_new(said: Said, old: tuple[Said, ...]) -> bool:
    if said.words or said.opinion:
        if said in old:
            return False
        quoted = [one.source for one in old if said.words and one.words == said.words and one.truth]
        return not ("model" in said.source and set(quoted) - {said.source})
    return True


def gives_way(one: Said, said: Said) -> bool:
    if said.edition > 0:  # what a file says twice in one transaction is two things
        return (
            one.source == said.source
            and one.words is None
            and not one.opinion
            and abs(one.edition) != said.edition
        )
    if one.truth is None:
        return False
    if said.words:
        mine = one.source == said.source or "model" not in said.source
        return one.words == said.words and "model" in one.source and mine
    return said.opinion and one.opinion and one.source == said.source


def truth_of(said: tuple[Said, ...]) -> Truth | None:
    known = [one.truth for one in said if one.truth is not None]
    return pool(known) if known else None


def near(one: Truth | None, other: Truth | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.f, one.c) == pytest.approx((other.f, other.c), abs=1e-9)


class StoreMachine(RuleBasedStateMachine):
    """Random writes inside and outside nested transactions, compared with the model."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "kb.db"
        self.database = Database.open(path, synchronous="NORMAL")
        self.store = AtomStore(self.database)
        self.model: Model = {}
        self.open_blocks: list[tuple[contextlib.AbstractContextManager[Any], Model]] = []
        self.transactions = 1

    def teardown(self) -> None:
        while self.open_blocks:
            self.roll_back()
        self.database.close()
        self.folder.cleanup()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        if self.open_blocks:
            yield
        else:
            self.transactions += 1
            with self.database.transaction():
                yield

    @rule(atom=small_atoms, truth=values, source=sources, words=quotes, opinion=st.booleans())
    def add(
        self, atom: Atom, truth: Truth | None, source: str, words: str | None, opinion: bool
    ) -> None:
        if opinion and "model" in source:
            words = None  # with words that quote nobody it is one opinion too (tests/test_speakers)
        before = self.store.state(), self.model.get(canonical(atom))
        with self.writing():
            belief = self.store.add(atom, truth, source, words, opinion=opinion)
        stands_alone = opinion and not words and truth is not None
        is_plain = source in FILES and truth is not None and not words and not opinion
        edition = -self.transactions if is_plain else 0
        said = Said(truth, source, words or None, stands_alone, edition)
        told(self.model, atom, said, self.transactions)
        changed = self.model[canonical(atom)] != before[1]
        assert (self.store.state() != before[0]) == changed
        assert canonical(belief.statement) == canonical(atom)
        assert belief == self.store.belief(atom)

    @rule(many=st.lists(st.tuples(small_atoms, values), max_size=5), source=files)
    def add_many(self, many: list[tuple[Atom, Truth | None]], source: str) -> None:
        with self.writing():
            assert self.store.add_many(many, source) == len(many)
        for atom, truth in many:
            old = self.model.get(canonical(atom), ())
            if truth is None or (truth, source) not in [(one.truth, one.source) for one in old]:
                said = Said(truth, source, None, edition=self.transactions)
                told(self.model, atom, said, self.transactions)

    @rule(atom=small_atoms)
    def remove_any(self, atom: Atom) -> None:
        with self.writing():
            assert self.store.remove(atom) == (canonical(atom) in self.model)
        self.model.pop(canonical(atom), None)

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def remove_stored(self, data: st.DataObject) -> None:
        self.remove_any(rename(data.draw(st.sampled_from(list(self.model))), "r"))

    @precondition(lambda self: len(self.open_blocks) < 3)
    @rule()
    def begin(self) -> None:
        self.transactions += not self.open_blocks
        block = self.database.transaction()
        block.__enter__()
        self.open_blocks.append((block, dict(self.model)))

    @precondition(lambda self: self.open_blocks)
    @rule()
    def commit(self) -> None:
        self.open_blocks.pop()[0].__exit__(None, None, None)

    @precondition(lambda self: self.open_blocks)
    @rule()
    def roll_back(self) -> None:
        block, before = self.open_blocks.pop()
        with contextlib.suppress(KeyError):
            error = KeyError("rolled back")
            block.__exit__(KeyError, error, None)
        self.model = before

    @rule(pattern=small_atoms)
    def find(self, pattern: Atom) -> None:
        found = {canonical(belief.statement) for belief in self.store.find(pattern)}
        assert found == {a for a in self.model if unify(rename(a, "m"), pattern) is not None}

    @invariant()
    def the_current_beliefs_are_the_models(self) -> None:
        if not hasattr(self, "store"):
            return
        assert self.store.count() == len(self.model)
        current = {canonical(belief.statement): belief for belief in self.store.beliefs()}
        assert set(current) == set(self.model)
        for atom, said in self.model.items():
            belief = current[atom]
            evidence = self.store.evidence(belief.stamp)
            told_so = [Said(e.truth, e.source, e.words, e.opinion) for e in evidence]
            assert told_so == [one._replace(edition=0) for one in said]
            assert near(belief.truth, truth_of(said))
            assert belief.origin == said[-1].source

    @invariant()
    def leaves_are_posted_exactly_for_current_atoms(self) -> None:
        if not hasattr(self, "store"):
            return
        rows = self.database.rows("SELECT id, text FROM atom WHERE version IS NOT NULL")
        expected = {(t, p, i) for i, text in rows for t, p in pathindex.leaves(read(text))}
        assert set(self.database.rows("SELECT leaf, path, atom FROM leaf")) == expected

    @invariant()
    def one_version_is_current_and_the_others_are_retired(self) -> None:
        if not hasattr(self, "store"):
            return
        rows = self.database.rows(
            "SELECT a.id, a.version, b.version FROM atom a "
            "LEFT JOIN belief b ON b.atom = a.id AND b.retired IS NULL"
        )
        assert len(rows) == len({row[0] for row in rows})
        assert all(version == live for _, version, live in rows)

    @invariant()
    def pending_tells_what_the_open_transaction_has_changed(self) -> None:
        if not hasattr(self, "store"):
            return
        pending = {canonical(atom): belief for atom, belief in self.store.pending()}
        if not self.open_blocks:
            assert pending == {}
            return
        before = self.open_blocks[0][1]
        changed = {a for a in {*before, *self.model} if before.get(a) != self.model.get(a)}
        assert changed <= set(pending)
        for atom, belief in pending.items():
            assert (belief is None) == (atom not in self.model)
            assert belief is None or near(belief.truth, truth_of(self.model[atom]))
        written = {evidence.id for evidence in self.store.uncommitted()}
        live = {number for belief in pending.values() if belief for number in belief.stamp}
        assert written <= live


StoreMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=25)
test_the_store_behaves_like_the_model = StoreMachine.TestCase


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "kb.db", synchronous="NORMAL") as opened:
        yield opened


@pytest.fixture
def store(database: Database) -> AtomStore:
    return AtomStore(database)


CAT = expr("-->", "garfield", "cat")


def test_every_version_of_a_belief_is_kept(store: AtomStore, database: Database) -> None:
    with database.transaction(author="user"):
        store.add(CAT, Truth(1.0, 0.9), "user", "he is a cat")
    with database.transaction(author="model"):
        store.add(CAT, Truth(0.0, 0.5), "model")
    with database.transaction():
        store.remove(CAT)
    with database.transaction():
        store.add(CAT, Truth(1.0, 0.5), "user")
    rows = database.rows("SELECT version, f, txn, retired FROM belief ORDER BY version")
    assert [(version, f) for version, f, _, _ in rows] == [
        (1, 1.0),
        (2, revise(Truth(1.0, 0.9), Truth(0.0, 0.5)).f),
        (3, 1.0),
    ]
    assert [(txn, retired) for _, _, txn, retired in rows] == [(1, 2), (2, 3), (4, None)]


def test_a_statement_that_comes_back_does_not_bring_its_old_evidence(
    store: AtomStore, database: Database
) -> None:
    with database.transaction():
        store.add(CAT, Truth(0.0, 0.9), "user", "he is no cat")
        store.remove(CAT)
        belief = store.add(CAT, Truth(1.0, 0.9), "user", "he is a cat")
    assert belief.truth == Truth(1.0, 0.9)
    assert [e.words for e in store.evidence(belief.stamp)] == ["he is a cat"]
    assert len(database.rows("SELECT id FROM evidence")) == 2  # but it is not forgotten


def test_the_same_words_from_the_same_source_count_once(
    store: AtomStore, database: Database
) -> None:
    with database.transaction():
        first = store.add(CAT, Truth(1.0, 0.9), "user", "he is a cat")
        assert store.add(CAT, Truth(1.0, 0.9), "user", "he is a cat") == first
        assert store.add(CAT, Truth(1.0, 0.9), "other", "he is a cat") != first


def test_evidence_has_time_source_and_words(store: AtomStore, database: Database) -> None:
    with database.transaction() as transaction:
        belief = store.add(CAT, Truth(1.0, 0.9), "user", "he is a cat")
    (evidence,) = store.evidence(belief.stamp)
    assert (evidence.truth, evidence.source, evidence.words) == (
        Truth(1.0, 0.9),
        "user",
        "he is a cat",
    )
    assert evidence.time == belief.time == transaction.time


def test_much_evidence_is_read_in_order(store: AtomStore, database: Database) -> None:
    with database.transaction():
        for i in range(1_200):
            belief = store.add(CAT, Truth(1.0, 0.001), "user", f"time {i}")
    assert [e.words for e in store.evidence(belief.stamp)] == [f"time {i}" for i in range(1_200)]
    assert belief.truth is not None
    assert belief.truth.c == pytest.approx(1.2012 / 2.2012, rel=1e-3)


def test_variables_by_any_name_are_one_statement(store: AtomStore, database: Database) -> None:
    rule_ = read("(==> (--> $x cat) (--> $x animal))")
    with database.transaction():
        store.add(rule_, Truth(1.0, 0.9), "user", "a")
        belief = store.add(rename(rule_, "other"), Truth(1.0, 0.9), "user", "b")
    assert store.count() == 1
    assert len(belief.stamp) == 2
    assert store.belief(read("(==> (--> $y cat) (--> $z animal))")) is None


def test_atoms_with_one_hash_are_kept_apart(
    store: AtomStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mettaclaw.atoms.bulk.key_hash", lambda text: 7)
    many = [Symbol("a"), Number(1), Number(1.0), expr("f", "$x"), expr("f", "$x", "$x")]
    with database.transaction():
        store.add_many([(atom, None) for atom in many[:3]], "file")
        for atom in many[3:]:
            store.add(atom, None, "api")
        store.add_many([(atom, Truth(1.0, 0.5)) for atom in many], "file")
    assert [b.statement for b in store.beliefs()] == many
    with database.transaction():
        assert store.remove(Number(1))
    assert [b.statement for b in store.beliefs()] == [many[0], *many[2:]]


def test_many_batches_keep_their_order(store: AtomStore, database: Database) -> None:
    many = [(expr("n", i), None) for i in range(12_345)]
    with database.transaction():
        assert store.add_many(iter(many), "file") == 12_345
    assert list(store.atoms()) == [atom for atom, _ in many]


def test_evidence_in_one_batch_counts_in_its_order(store: AtomStore, database: Database) -> None:
    with database.transaction():
        store.add(CAT, None, "api")
        store.add_many([(CAT, Truth(f, 0.9)) for f in (1.0, 0.5, 0.0, 1.0)], "file:a")
    belief = store.belief(CAT)
    assert belief is not None
    truths = [e.truth.f for e in store.evidence(belief.stamp) if e.truth]
    assert truths == [1.0, 1.0, 0.5, 0.0]


def test_an_atom_past_the_limits_is_not_stored(store: AtomStore, database: Database) -> None:
    with pytest.raises(LimitError, match="limit nodes"), database.transaction():
        store.add(Expression((Symbol("a"),) * 9_000), None, "api")
    assert store.count() == 0


def test_writing_needs_a_transaction(store: AtomStore) -> None:
    for act in (lambda: store.add(CAT, None, "api"), lambda: store.add_many([(CAT, None)], "a")):
        with pytest.raises(UsageError, match="transaction"):
            act()
    assert store.count() == 0


def test_a_statement_unknown_or_removed_has_no_belief(store: AtomStore, database: Database) -> None:
    assert store.belief(CAT) is None
    with database.transaction():
        assert store.remove(CAT) is False
        store.add(CAT, None, "api")
        assert store.remove(CAT) is True
        assert store.remove(CAT) is False
    assert store.belief(CAT) is None
    assert list(store.find(read("$x"))) == []


def test_counting_reads_an_index_and_not_the_atoms(tmp_path: Path) -> None:
    """Reading the table of a million atoms takes long."""
    path = tmp_path / "kb.db"
    with Atomspace.open(path, synchronous="NORMAL") as kb:
        for i in range(20):
            kb.add(f"(a {i})", (1.0, 0.9))
        for i in range(5):
            kb.remove(f"(a {i})")
        kb.add("(a 0)")
        kb.add("(a 5)", (0.0, 0.5))
        found = kb.stats()
        assert kb.count() == found["atoms"] == 16
        assert (found["beliefs"], found["evidence"], found["transactions"]) == (15, 17, 27)
    connection = sqlite3.connect(path, isolation_level=None)
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    with Database(path, connection, read_only=False) as database:
        assert AtomStore(database).count() == 16
        plan = [str(row[3]) for row in database.rows(f"EXPLAIN QUERY PLAN {asked[0]}")]
    scans = [step for step in plan if step.startswith(("SCAN", "SEARCH"))]
    assert len(scans) > 1
    assert all("INDEX" in step or "CONSTANT" in step for step in scans), scans


def test_much_evidence_past_the_cap_is_pooled_when_some_of_it_ends(
    store: AtomStore, database: Database
) -> None:
    with database.transaction():
        store.add(CAT, Truth(0.0, 0.9), "model", opinion=True)
        for i in range(records.FEW * 2):
            store.add(CAT, Truth(float(i % 2), 0.9), "user")
        belief = store.add(CAT, Truth(0.0, 0.99), "model", opinion=True)
    assert belief.truth is not None
    truths = [e.truth for e in store.evidence(belief.stamp) if e.truth]
    assert len(truths) == records.FEW * 2 + 1
    assert near(belief.truth, pool(truths))
    with database.transaction():
        belief = store.add(CAT, Truth(1.0, 0.99), "user")
    assert near(belief.truth, pool([*truths, Truth(1.0, 0.99)]))
