"""The five kinds of atom as values: comparing, walking, checking and writing them.

``str(atom)`` is its MeTTa text, which ``syntax.read`` reads back exactly. ``Symbol("1")``,
``String("1")`` and ``Number(1)`` stay apart. MeTTa has no way to write a symbol that holds a space
or looks like a number, so such symbols are written ``#"like this"`` (and odd variables
``$#"like this"``), a form that plain MeTTa never uses. So are those that hold what would act on a
terminal or hide in it: no text of an atom has a control character.

Not covered: what a symbol means. ``True``, ``+`` and ``&kb`` are symbols here; the evaluator gives
them their meaning.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from mettaclaw.errors import LimitError, MettaSyntaxError

MAX_DEPTH = 256
MAX_NODES = 8_192
MAX_CHARS = 262_144
MAX_INT_BITS = 13_000  # 3,913 digits


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name that stands for itself."""

    name: str

    def __str__(self) -> str:
        name = self.name
        return _symbol_text(name) if len(name) < 80 else _symbol_text.__wrapped__(name)


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable; ``name`` has no leading ``$``."""

    name: str

    def __str__(self) -> str:
        return f"${self.name}" if _BARE_VARIABLE.fullmatch(self.name) else f"$#{quote(self.name)}"


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """An int of any size or a float; never NaN, never a bool. 1 and 1.0 are different atoms."""

    value: int | float

    def __post_init__(self) -> None:
        if isinstance(self.value, bool) or self.value != self.value:
            raise ValueError(f"{self.value!r} is not a number that an atom can hold")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Number) or type(self.value) is not type(other.value):
            return False
        return self.value == other.value and (self.value != 0 or str(self) == str(other))

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))

    def __str__(self) -> str:
        if isinstance(self.value, int):
            return _int_text(self.value)
        if math.isinf(self.value):  # a literal past the range of a double reads back as infinity
            return "1e999" if self.value > 0 else "-1e999"
        return repr(self.value)


@dataclass(frozen=True, slots=True)
class String:
    """A text in double quotes."""

    value: str

    def __str__(self) -> str:
        return quote(self.value)


_FLAT = 16  # levels, up to which comparing may recurse


class _Known:
    """Room for what an expression finds out about itself, which is no part of its value."""

    __slots__ = ("hash", "levels", "shape")

    hash: int
    levels: int
    shape: tuple[tuple[Variable, ...], int, int]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Expression(_Known):
    """Atoms in parentheses, in order; ``()`` is the empty one.

    Comparing, hashing and printing do not recurse, so that the deepest atom within the limits can
    be used however deep the caller's own stack is. What hashing and ``shape`` find is kept.
    """

    children: tuple[Atom, ...]

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Expression):
            return NotImplemented
        if hash(self) != hash(other) or len(self.children) != len(other.children):
            return False
        if self.levels < _FLAT:
            return self.children == other.children
        stack: list[tuple[Atom, Atom]] = [(self, other)]
        while stack:
            a, b = stack.pop()
            if a is b:
                continue
            if not (isinstance(a, Expression) and isinstance(b, Expression)):
                if a != b:
                    return False
            elif len(a.children) != len(b.children):
                return False
            else:
                stack.extend(zip(a.children, b.children, strict=True))
        return True

    def __hash__(self) -> int:
        try:
            return self.hash
        except AttributeError:
            deep = any(type(child) is Expression for child in self.children)
            for node in _inner_first(self) if deep else (self,):
                below = [c.levels for c in node.children if isinstance(c, Expression)]
                object.__setattr__(node, "levels", 1 + max(below, default=0))
                object.__setattr__(node, "hash", hash(("()", *node.children)))
            return self.hash

    def __repr__(self) -> str:
        return f"read({_expression_text(self)!r})"

    def __str__(self) -> str:
        return _expression_text(self)


def _inner_first(root: Expression) -> list[Expression]:
    """The expressions in an expression, each after those in it."""
    found = [root]
    for node in found:  # it grows meanwhile
        found.extend(
            child
            for child in node.children
            if isinstance(child, Expression) and not hasattr(child, "hash")
        )
    found.reverse()
    return found


Atom: TypeAlias = Symbol | Variable | Number | String | Expression


def check(atom: Atom) -> Atom:
    """Return the atom if it is within the limits and can be written as UTF-8 text.

    Raises:
        LimitError: Depth, nodes or characters past the limits; the message names which.
        MettaSyntaxError: A NUL or a lone surrogate in a name or a string.
    """
    nodes = 0
    chars = 0
    stack: list[tuple[Atom, int]] = [(atom, 0)]
    while stack:
        node, depth = stack.pop()
        nodes += 1
        if isinstance(node, Expression):
            if depth >= MAX_DEPTH:
                raise too_deep()
            if nodes + len(node.children) > MAX_NODES:
                raise too_many()
            chars += 2 + max(0, len(node.children) - 1)
            stack.extend((child, depth + 1) for child in node.children)
        else:
            if not isinstance(node, Number):
                _check_text(node.value if isinstance(node, String) else node.name)
            chars += len(str(node))
        if chars > MAX_CHARS:
            raise too_long(chars)
    return atom


def shape(expression: Expression) -> tuple[tuple[Variable, ...], int, int]:
    """Its variables, as ``variables``; its nodes but for itself; its levels, 1 for a flat one."""
    try:
        return expression.shape
    except AttributeError:
        if not any(type(child) is Expression for child in expression.children):
            names = [child for child in expression.children if type(child) is Variable]
            flat = tuple(dict.fromkeys(names)) if names else ()
            object.__setattr__(expression, "shape", (flat, len(expression.children), 1))
            return expression.shape
        found: dict[Variable, None] = {}
        nodes, levels = 0, 1
        stack: list[tuple[Atom, int]] = [(expression, 1)]
        while stack:
            node, level = stack.pop()
            if isinstance(node, Expression):
                nodes += len(node.children)
                levels = max(level, levels)
                stack.extend((child, level + 1) for child in reversed(node.children))
            elif isinstance(node, Variable):
                found[node] = None
        object.__setattr__(expression, "shape", (tuple(found), nodes, levels))
        return expression.shape


def variables(atom: Atom) -> tuple[Variable, ...]:
    """The variables of an atom, each once, in order of first appearance."""
    if isinstance(atom, Expression):
        return shape(atom)[0]
    return (atom,) if isinstance(atom, Variable) else ()


def is_ground(atom: Atom) -> bool:
    """Whether the atom holds no variable."""
    return not variables(atom)


def walk(atom: Atom) -> Iterator[Atom]:
    """All nodes of an atom, parents before children, left to right."""
    stack = [atom]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Expression):
            stack.extend(reversed(node.children))


def replaced(atom: Atom, leaves: Mapping[Atom, Atom]) -> Atom:
    """The atom with other leaves in place of some of its own."""
    if isinstance(atom, Expression):
        return Expression(tuple(replaced(child, leaves) for child in atom.children))
    return leaves.get(atom, atom)


def text_of(atom: Atom) -> str:
    """A string's characters; any other atom's MeTTa text."""
    return atom.value if isinstance(atom, String) else str(atom)


def quote(text: str) -> str:
    """A string literal: double quotes, with escapes for quotes, backslashes and non-printables."""
    return '"' + _ESCAPED.sub(_escape, text) + '"'


# --- writing ---------------------------------------------------------------------------------

NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
# Controls, and marks that reorder text or take no place; joiners, which emoji and words have in
# them, are escaped in strings only.
_HIDDEN = (
    r"\x00-\x1f\x7f-\xa0\xad\u061c\u200b\u200e\u200f\u2028-\u202f\u2060-\u206f\ufeff"
    r"\U000e0000-\U000e007f"
)
_BARE_SYMBOL = re.compile(rf'[^\s()";${_HIDDEN}][^\s()";{_HIDDEN}]*')
_BARE_VARIABLE = re.compile(rf'[^\s()";#{_HIDDEN}][^\s()";{_HIDDEN}]*')
UNWRITABLE = re.compile(r"[\ud800-\udfff\0]")
_ESCAPED = re.compile(rf'["\\{_HIDDEN}\u200c\u200d]')
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def _expression_text(root: Expression) -> str:
    if not any(isinstance(child, Expression) for child in root.children):
        return f"({' '.join(map(str, root.children))})"
    out: list[str] = []
    stack: list[Iterator[Atom]] = [iter(root.children)]
    out.append("(")
    while stack:
        for child in stack[-1]:
            if out[-1] != "(":
                out.append(" ")
            if isinstance(child, Expression):
                out.append("(")
                stack.append(iter(child.children))
                break
            out.append(str(child))
        else:
            stack.pop()
            out.append(")")
    return "".join(out)


@lru_cache(maxsize=65_536)
def _symbol_text(name: str) -> str:
    if name == "$" or (_BARE_SYMBOL.fullmatch(name) and not NUMBER.fullmatch(name)):
        return name
    return f"#{quote(name)}"


def _escape(found: re.Match[str]) -> str:
    char = found.group()
    return _ESCAPES.get(char) or f"\\u{{{ord(char):x}}}"


def _int_text(value: int) -> str:
    if value.bit_length() > MAX_INT_BITS:
        raise too_many_digits()
    return str(value)


def too_many_digits() -> LimitError:
    """The error for an integer of more than ``MAX_INT_BITS`` bits."""
    return LimitError("text", "an integer of more than 3,900 digits; write it as a string")


def _check_text(text: str) -> None:
    bad = UNWRITABLE.search(text)
    if bad:
        shown = text[: bad.start()] + "?"
        raise MettaSyntaxError(bad_character(bad.group()), shown, bad.start())


def bad_character(char: str) -> str:
    """The sentence for a character that ``UNWRITABLE`` has found."""
    name = "a NUL character" if char == "\0" else "half of a surrogate pair"
    return f"{name} cannot be part of MeTTa text; remove it"


def too_deep() -> LimitError:
    """The error for an atom of more than ``MAX_DEPTH`` levels."""
    return LimitError(
        "depth", f"parentheses nested more than {MAX_DEPTH} deep (limit depth); flatten the atom"
    )


def too_many() -> LimitError:
    """The error for an atom of more than ``MAX_NODES`` nodes."""
    return LimitError(
        "nodes", f"an atom of more than {MAX_NODES:,} nodes (limit nodes); split it into several"
    )


def too_long(chars: int) -> LimitError:
    """The error for an atom of more than ``MAX_CHARS`` characters."""
    return LimitError(
        "text",
        f"an atom of {chars:,} characters, and {MAX_CHARS:,} are allowed (limit text);"
        " keep long text in a file or as a memory item",
    )
