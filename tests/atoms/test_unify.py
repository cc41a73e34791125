"""Unification and alpha equivalence: sound, symmetric, complete on small cases, never endless."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.atoms.syntax import (
    MAX_DEPTH,
    Atom,
    Expression,
    Symbol,
    Variable,
    expr,
    is_ground,
    read,
    variables,
)
from mettaclaw.atoms.unify import (
    Substitution,
    alpha_equal,
    canonical,
    head,
    rename,
    substitute,
    substitute_once,
    unify,
    unused_mark,
)
from mettaclaw.errors import LimitError
from tests.atoms.values import atoms, nested, small_atoms


@given(small_atoms, small_atoms)
def test_a_unifier_makes_both_atoms_equal(a: Atom, b: Atom) -> None:
    bound = unify(a, b)
    if bound is not None:
        assert substitute(a, bound) == substitute(b, bound)


@given(small_atoms, small_atoms)
def test_unification_is_symmetric(a: Atom, b: Atom) -> None:
    one, other = unify(a, b), unify(b, a)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert alpha_equal(substitute(a, one), substitute(a, other))


@given(small_atoms, st.dictionaries(st.sampled_from(["x", "y"]), small_atoms, min_size=1))
def test_an_atom_unifies_with_each_of_its_instances(atom: Atom, values: dict[str, Atom]) -> None:
    ground = {name: substitute_once(v, dict.fromkeys(variables(v), Symbol("a")))
              for name, v in values.items()}  # fmt: skip
    mapping: Substitution = {v: ground.get(v.name, Symbol("b")) for v in variables(atom)}
    instance = substitute_once(atom, mapping)
    assert is_ground(instance)
    bound = unify(atom, instance)
    assert bound is not None
    assert {v: substitute(v, bound) for v in mapping} == mapping


@given(small_atoms, small_atoms, small_atoms)
def test_a_unifier_extends_what_was_given_and_leaves_it_alone(a: Atom, b: Atom, c: Atom) -> None:
    given_ = unify(a, b)
    if given_ is None:
        return
    before = dict(given_)
    bound = unify(b, c, given_)
    assert given_ == before
    if bound is not None:
        assert substitute(a, bound) == substitute(b, bound) == substitute(c, bound)


@given(small_atoms, small_atoms)
def test_a_substitution_leaves_nothing_to_substitute(a: Atom, b: Atom) -> None:
    bound = unify(a, b)
    if bound is not None:
        done = substitute(a, bound)
        assert substitute(done, bound) == done
        assert not set(variables(done)) & set(bound)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("$x", "(f $x)"),
        ("(f $x $x)", "(f $y (g $y))"),
        ("($x $y)", "((f $y) (f $x))"),
        ("(f a)", "(f b)"),
        ("(f a)", "(f a a)"),
        ("1", "1.0"),
        ('"a"', "a"),
        ("()", "(a)"),
        ("0.0", "-0.0"),
    ],
)
def test_these_do_not_unify(a: str, b: str) -> None:
    assert unify(read(a), read(b)) is None
    assert unify(read(b), read(a)) is None


def test_a_variable_unifies_with_itself_and_binds_nothing() -> None:
    assert unify(read("$x"), read("$x")) == {}
    assert unify(read("(f $x (g $x))"), read("(f $x (g $x))")) == {}


def test_chains_are_followed() -> None:
    bound = unify(read("($a $b $c)"), read("($b $c 1)"))
    assert bound is not None
    assert substitute(read("($a $b $c)"), bound) == read("(1 1 1)")


# --- alpha equivalence ---


@given(atoms)
def test_renaming_gives_an_equivalent_atom(atom: Atom) -> None:
    renamed = rename(atom, "m")
    assert alpha_equal(atom, renamed)
    assert canonical(atom) == canonical(renamed)
    assert is_ground(atom) or renamed != atom


@given(small_atoms, small_atoms)
def test_equivalent_atoms_are_instances_of_each_other(a: Atom, b: Atom) -> None:
    """Alpha equivalence by its definition: one renaming of variables turns one into the other."""
    names_a, names_b = variables(a), variables(b)
    by_definition = len(names_a) == len(names_b) and (
        substitute_once(a, dict(zip(names_a, names_b, strict=True))) == b
    )
    assert alpha_equal(a, b) == by_definition


@given(atoms)
def test_the_canonical_form_is_its_own(atom: Atom) -> None:
    assert canonical(canonical(atom)) == canonical(atom)
    names = [v.name for v in variables(canonical(atom))]
    assert names == [str(i) for i in range(len(names))]


def test_swapped_names_are_kept_apart() -> None:
    assert not alpha_equal(read("(f $x $y)"), read("(f $x $x)"))
    assert alpha_equal(read("(f $x $y $x)"), read("(f $y $x $y)"))
    assert canonical(read("(f $1 $0)")) == read("(f $0 $1)")


@given(small_atoms)
def test_an_unused_mark_keeps_variables_apart(atom: Atom) -> None:
    mark = unused_mark("s", atom)
    for number in ("", "0", "1", "17"):
        renamed = rename(atom, mark + number)
        assert not set(variables(renamed)) & set(variables(atom))


def test_the_head_of_an_expression_is_its_first_symbol() -> None:
    assert head(read("(f a)")) == "f"
    assert [head(read(t)) for t in ("f", "()", "($x)", "((f))", "(1 f)")] == [None] * 5


# --- nothing small is endless ---


def chain(n: int) -> tuple[Atom, Atom]:
    """Two atoms whose unifier stands for an atom of 2^n leaves, and is itself small."""
    x = [f"$x{i}" for i in range(n + 1)]
    y = [f"$y{i}" for i in range(n + 1)]
    fx = [f"(f {v} {v})" for v in x]
    fy = [f"(f {v} {v})" for v in y]
    left = f"(h {' '.join(x[1:])} {' '.join(fy[:-1])} {y[-1]})"
    right = f"(h {' '.join(fx[:-1])} {' '.join(y[1:])} {x[-1]})"
    return read(left), read(right)


def test_unification_with_shared_parts_is_quick_and_its_result_limited() -> None:
    left, right = chain(100)
    start = time.perf_counter()
    bound = unify(left, right)
    assert bound is not None
    with pytest.raises(LimitError, match=r"limit (nodes|depth)"):
        substitute(left, bound)
    assert time.perf_counter() - start < 20


def test_the_occurs_check_with_shared_parts_is_quick() -> None:
    left, right = chain(100)
    bound = unify(left, right)
    start = time.perf_counter()
    assert unify(Variable("x0"), expr("g", "$x100"), bound) is None
    assert time.perf_counter() - start < 20


def test_the_deepest_atoms_unify_on_a_deep_stack() -> None:
    a, b = nested(MAX_DEPTH, Variable("x")), nested(MAX_DEPTH, Symbol("a"))
    other = nested(MAX_DEPTH, Symbol("b"))

    def deep(frames: int) -> None:
        if frames:
            return deep(frames - 1)
        bound = unify(a, b)
        assert bound == {Variable("x"): Symbol("a")}
        assert unify(b, other) is None
        assert substitute(a, bound) == b
        assert canonical(a) == nested(MAX_DEPTH, Variable("0"))
        assert rename(a, "m") != a
        return None

    deep(700)


def test_a_substitution_does_not_rebuild_what_stays() -> None:
    atom = expr("f", "(g a)", "$x")
    done = substitute(atom, {Variable("x"): Symbol("b")})
    assert isinstance(atom, Expression)
    assert isinstance(done, Expression)
    assert done.children[1] is atom.children[1]
