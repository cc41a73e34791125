"""Atoms become hyperon's and come back the same, whatever they hold."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol, Variable
from mettaclaw.errors import LimitError
from mettaclaw.evaluator.convert import INT_MAX, INT_MIN, Builder, Names, Reader
from mettaclaw.evaluator.sandbox import Runner

TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8
)
CONSTANTS = {"PI", "EXP", "&persistent"}  # they mean a number, and &kb
LEAVES = st.one_of(
    st.builds(Symbol, TEXT.filter(lambda name: name not in CONSTANTS)),
    st.sampled_from(
        ["+", "match", "&self", "&kb", "True", "infer", "1", "-5.5", "$x", "!", "#"]
    ).map(Symbol),
    st.builds(Variable, TEXT),
    st.builds(Number, st.integers(INT_MIN, INT_MAX)),
    st.builds(Number, st.floats(allow_nan=False)),
    st.builds(String, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))),
)
ATOMS = st.recursive(
    LEAVES,
    lambda inner: st.builds(Expression, st.lists(inner, max_size=5).map(tuple)),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def runner() -> Runner:
    return Runner()


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(atom=ATOMS)
def test_every_atom_comes_back_as_it_was(runner: Runner, atom: Atom) -> None:
    assert runner.reader(runner.builder(atom), Names()) == atom


@pytest.mark.parametrize("value", [INT_MAX + 1, INT_MIN - 1, 10**30])
def test_an_integer_past_64_bits_is_refused(runner: Runner, value: int) -> None:
    with pytest.raises(LimitError, match="64 bits"):
        runner.builder(Number(value))


def test_variables_of_one_name_and_two_identities_get_two_names() -> None:
    names = Names()
    assert [names(full).name for full in ("x#1", "x#2", "x#1", "y")] == ["x", "x2", "x", "y"]


def test_a_name_that_is_not_listed_is_a_symbol(runner: Runner) -> None:
    """Whatever hyperon's own tokenizer would make of it."""
    builder, reader = Builder(runner.meanings), Reader(runner.meanings)
    for name in ("py-atom-like", "1.", "regex:x", "'a'", "git-module"):
        assert reader(builder.symbol(name), Names()) == Symbol(name)
