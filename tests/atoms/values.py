"""Strategies: atoms of every kind, and small ones that often meet each other."""

from __future__ import annotations

import math

from hypothesis import strategies as st

from mettaclaw.atoms.forms import stated
from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol, Variable
from mettaclaw.atoms.truth import Truth
from mettaclaw.errors import UsageError

# Names and texts that have broken a reader somewhere.
ODD = [
    *("", " ", "a b", "(", ")", '"', ";", "a;b", "$", "$x", "$ x", "#", '#"a"', "!", "!a", "&kb"),
    *("1", "-1", "+1", "1.5", "1e5", "-0.0", "1e999", "01", "1.", ".5", "0x10", "inf", "nan", "-"),
    *(
        "True",
        "False",
        "()",
        "-->",
        "<->",
        "==>",
        "×",
        "∧",
        "x#1",
        "#s0",
        "\\",
        "\\n",
        "\\x41",
        "'",
    ),
    *("\n", "\t", "\r", "\r\n", "\x01", "\x0b", "\x0c", "\x1c", "\x7f", "\x85", "\xa0", "\xad"),
    *("a\xa0b", "\u200b", "\u2028", "\u3000", "\ufeff", "\u202e", "\ufffd", "\U0010ffff"),
    *("👩‍🚀", "é", "e\u0301", "日本", "مرحبا", "A" * 300, '"' * 20, "\\" * 21),
]
texts = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
)
numbers = st.one_of(
    st.integers(),
    st.integers(-3, 3),
    st.sampled_from([2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**40, -(10**300)]),
    st.floats(allow_nan=False),
    st.sampled_from(
        [0.0, -0.0, math.inf, -math.inf, 5e-324, 1e22, 0.1 + 0.2, 1.7976931348623157e308]
    ),
)
leaves = st.one_of(texts.map(Symbol), texts.map(Variable), numbers.map(Number), texts.map(String))
atoms: st.SearchStrategy[Atom] = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4).map(tuple).map(Expression), max_leaves=12
)
"""Any atom within the limits."""


def _can_be_stated(atom: Atom) -> bool:
    try:
        return stated(atom) == atom
    except UsageError:
        return False


statable = atoms.filter(_can_be_stated)
"""Any atom but those that name nothing."""

_small = st.sampled_from(
    [
        *(Symbol(name) for name in ("a", "b", "f")),
        *(Variable(name) for name in ("x", "y", "x#s0", "x#s1")),
        *(Number(1), Number(1.0), String("a"), Expression(())),
    ]
)
small_atoms: st.SearchStrategy[Atom] = st.recursive(
    _small,
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(tuple).map(Expression),
    max_leaves=6,
)
"""Atoms from so few leaves that two of them often unify; variables on both sides."""

truths = st.builds(Truth, st.floats(0.0, 1.0), st.floats(0.0, 1.0))


def nested(depth: int, leaf: Atom) -> Atom:
    """A leaf inside that many expressions."""
    for _ in range(depth):
        leaf = Expression((leaf,))
    return leaf
