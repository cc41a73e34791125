"""The five kinds of atom, and their text.

``read`` and ``str`` are exact inverses: for every atom ``a`` within the limits,
``read(str(a)) == a``, and ``Symbol("1")``, ``String("1")`` and ``Number(1)`` stay apart. MeTTa has
no way to write a symbol that holds a space or looks like a number, so such symbols are written
``#"like this"`` (and odd variables ``$#"like this"``), a form that plain MeTTa never uses.

Not covered: what a symbol means. ``True``, ``+`` and ``&kb`` are symbols here; the evaluator gives
them their meaning.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from mettaclaw.errors import LimitError, MettaSyntaxError

MAX_DEPTH = 256
MAX_NODES = 8_192
MAX_CHARS = 262_144
_MAX_INT_BITS = 13_000  # 3,913 digits


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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Expression:
    """Atoms in parentheses, in order; ``()`` is the empty one.

    Comparing, hashing and printing do not recurse, so that the deepest atom within the limits can
    be used however deep the caller's own stack is.
    """

    children: tuple[Atom, ...]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Expression):
            return NotImplemented
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
        parts: list[object] = []
        stack: list[Atom] = [self]
        while stack:
            node = stack.pop()
            if isinstance(node, Expression):
                parts.append(len(node.children))
                stack.extend(node.children)
            else:
                parts.append(node)
        return hash(tuple(parts))

    def __repr__(self) -> str:
        return f"read({_expression_text(self)!r})"

    def __str__(self) -> str:
        return _expression_text(self)


Atom: TypeAlias = Symbol | Variable | Number | String | Expression


@dataclass(frozen=True, slots=True)
class Form:
    """One top-level form of a program: an atom to add, or with ``!`` one to evaluate."""

    atom: Atom
    evaluate: bool
    offset: int


def expr(*children: Atom | str | float) -> Expression:
    """Build an expression; strings are read as MeTTa text, numbers become ``Number``."""
    return Expression(tuple(_lift(c) for c in children))


def _lift(value: Atom | str | float) -> Atom:
    if isinstance(value, str):
        return read(value)
    if isinstance(value, int | float):
        return Number(value)
    return value


def read(text: str) -> Atom:
    """Read exactly one atom.

    Raises:
        MettaSyntaxError: No atom, more than one, or text that is not MeTTa; with the position.
        LimitError: The atom is larger or deeper than the limits.
    """
    quick = _quick(text)
    if quick is not None and len(quick) == 1:
        return quick[0]
    found: Atom | None = None
    for atom, offset in _atoms(text):
        if found is not None:
            raise MettaSyntaxError(
                "one atom was expected, and here a second one starts", text, offset
            )
        found = atom
    if found is None:
        raise MettaSyntaxError("an atom was expected, and there is none", text, len(text))
    return found


def read_all(text: str) -> list[Atom]:
    """Read all atoms of a text; ``!`` has no special meaning. Raises as ``read``."""
    return [atom for atom, _ in _atoms(text)]


def read_program(text: str) -> list[Form]:
    """Read a program: top-level atoms, where a ``!`` before an atom asks for its evaluation.

    Raises as ``read``.
    """
    form = read_line(text)
    if form is not None:
        return [form]
    forms: list[Form] = []
    bang = -1
    for atom, offset in _atoms(text, program=True):
        if atom is _BANG:
            if bang >= 0:
                raise MettaSyntaxError("`!` stands twice before one atom", text, offset)
            bang = offset
        else:
            forms.append(Form(atom, bang >= 0, offset if bang < 0 else bang))
            bang = -1
    if bang >= 0:
        raise MettaSyntaxError("`!` at the end has no atom to evaluate", text, bang)
    return forms


def read_line(text: str) -> Form | None:
    """The form of a text that is one short expression without strings, as most lines are.

    None for any other text, be it right or wrong: ``read_program`` tells.
    """
    evaluate = text.startswith("!(")
    atoms = _quick(text[1:] if evaluate else text)
    if atoms is None or len(atoms) != 1 or not isinstance(atoms[0], Expression):
        return None
    return Form(atoms[0], evaluate, 0 if evaluate else text.index("("))


def program_text(atom: Atom) -> str:
    """An atom's text on a line of its own in a program, where a leading ``!`` has a meaning."""
    if isinstance(atom, Symbol) and atom.name.startswith("!"):
        return f"#{quote(atom.name)}"
    return str(atom)


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


def variables(atom: Atom) -> tuple[Variable, ...]:
    """The variables of an atom, each once, in order of first appearance."""
    return tuple(dict.fromkeys(node for node in walk(atom) if isinstance(node, Variable)))


def is_ground(atom: Atom) -> bool:
    """Whether the atom holds no variable."""
    return not any(isinstance(node, Variable) for node in walk(atom))


def walk(atom: Atom) -> Iterator[Atom]:
    """All nodes of an atom, parents before children, left to right."""
    stack = [atom]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Expression):
            stack.extend(reversed(node.children))


def quote(text: str) -> str:
    """A string literal: double quotes, with escapes for quotes, backslashes and non-printables."""
    return '"' + _ESCAPED.sub(_escape, text) + '"'


# --- reading ---------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""((?!\$?\#")[^\s()";]+)              # 1 word
      | (\() | (\))                        # 2 open, 3 close
      | (\$?\#"(?:[^"\\]|\\.)*")          # 4 quoted symbol or variable
      | ("(?:[^"\\]|\\.)*")               # 5 string
      | \s+ | ;[^\n]*                      # white space and comments: no group
      | (.)                                # 6 a quote that is never closed""",
    re.VERBOSE | re.DOTALL,
)
_WORD, _OPEN, _CLOSE, _QUOTED, _STRING, _UNCLOSED = range(1, 7)
_CAREFUL = re.compile(r'[";\0\ud800-\udfff]')
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_BARE_SYMBOL = re.compile(r'[^\s()";$][^\s()";]*')
_BARE_VARIABLE = re.compile(r'[^\s()";#][^\s()";]*')
_SURROGATE = re.compile(r"[\ud800-\udfff\0]")
_UNESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]{1,6}\}|.)", re.DOTALL)
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]')
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'", "0": "\0"}
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_BANG = Symbol("!")


def _atoms(text: str, program: bool = False) -> Iterator[tuple[Atom, int]]:
    """Yield each top-level atom with its offset; in a program also the marker ``_BANG``."""
    bad = _SURROGATE.search(text)
    if bad:
        raise MettaSyntaxError(
            _bad_character(bad.group()), text.replace(bad.group(), "?"), bad.start()
        )
    stack: list[list[Atom]] = []
    opened: list[int] = []
    nodes = 0
    resume = 0  # a `!` splits its token: what follows it is read from here
    while resume >= 0:
        start, resume = resume, -1
        for token in _TOKEN.finditer(text, start):
            kind = token.lastindex
            if kind is None:
                continue
            at = token.start()
            if kind == _OPEN:
                if len(stack) >= MAX_DEPTH:
                    raise too_deep()
                stack.append([])
                opened.append(at)
                continue
            if kind == _CLOSE:
                if not stack:
                    raise MettaSyntaxError("a `)` has no `(` before it", text, at)
                atom: Atom = Expression(tuple(stack.pop()))
                at = opened.pop()
            elif kind == _WORD:
                word = token.group()
                if not stack and program and word[0] == "!":
                    yield _BANG, at
                    resume = at + 1
                    break
                if text[token.end() : token.end() + 1] == '"':
                    raise MettaSyntaxError(
                        f"a quote directly after `{word[:40]}`", text, token.end()
                    )
                atom = _leaf(word) if len(word) < 80 else _leaf.__wrapped__(word)
            elif kind == _UNCLOSED:
                raise MettaSyntaxError(
                    'a string starts here and its closing `"` is missing', text, at
                )
            else:
                after = text[token.end() : token.end() + 1]
                if after and after not in "();" and not after.isspace():
                    raise MettaSyntaxError("text directly after a closing quote", text, token.end())
                atom = _quoted(token.group(), text, at)
            nodes += 1
            if nodes > MAX_NODES:
                raise too_many()
            if stack:
                stack[-1].append(atom)
                continue
            if token.end() - at > MAX_CHARS:
                raise too_long(token.end() - at)
            yield atom, at
            nodes = 0
    if stack:
        raise MettaSyntaxError(
            f"{len(opened)} `(` not closed; the last one opens here", text, opened[-1]
        )


def _quick(text: str) -> list[Atom] | None:
    """The atoms of a short text without strings and comments, several times faster than ``_atoms``.

    None where that one has to look: it knows positions, and so tells what is wrong.
    """
    if len(text) > 1_000 or _CAREFUL.search(text):
        return None
    outer: list[list[Atom]] = []
    children: list[Atom] = []
    for word in text.replace("(", " ( ").replace(")", " ) ").split():
        if word == "(":
            if len(outer) >= MAX_DEPTH:
                return None
            outer.append(children)
            children = []
        elif word == ")":
            if not outer:
                return None
            whole = Expression(tuple(children))
            children = outer.pop()
            children.append(whole)
        elif len(word) < 80:
            children.append(_leaf(word))
        else:
            return None
    return None if outer else children


@lru_cache(maxsize=65_536)
def _leaf(word: str) -> Atom:
    if word[0] == "$":
        return Variable(word[1:]) if len(word) > 1 else Symbol("$")
    if word[0] in "+-0123456789":
        number = _NUMBER.fullmatch(word)
        if number:
            is_float = number.group(1) is not None or number.group(2) is not None
            return Number(float(word) if is_float else _int(word))
    return Symbol(word)


def _quoted(word: str, text: str, at: int) -> Atom:
    body = word[word.index('"') + 1 : -1]
    if "\\" in body:
        body = _UNESCAPE.sub(lambda m: _unescape(m, text, at), body)
        bad = _SURROGATE.search(body)
        if bad:
            raise MettaSyntaxError(_bad_character(bad.group()), text, at)
    if word[0] == '"':
        return String(body)
    return Variable(body) if word[0] == "$" else Symbol(body)


def _unescape(found: re.Match[str], text: str, at: int) -> str:
    code = found.group(1)
    if code in _SIMPLE:
        return _SIMPLE[code]
    if len(code) > 1:
        number = int(code.strip("xu{}"), 16)
        if number <= 0x10FFFF:
            return chr(number)
    raise MettaSyntaxError(
        f'`\\{code}` is not an escape; use \\n \\t \\r \\" \\\\ \\xNN or \\u{{...}}', text, at
    )


# --- writing ---------------------------------------------------------------------------------


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
    if name == "$" or (_BARE_SYMBOL.fullmatch(name) and not _NUMBER.fullmatch(name)):
        return name
    return f"#{quote(name)}"


def _escape(found: re.Match[str]) -> str:
    char = found.group()
    return _ESCAPES.get(char) or f"\\u{{{ord(char):x}}}"


def _int(word: str) -> int:
    if len(word) > 4_000:  # CPython refuses longer ones by default: quadratic time
        raise _too_many_digits()
    value = int(word)
    if value.bit_length() > _MAX_INT_BITS:
        raise _too_many_digits()
    return value


def _int_text(value: int) -> str:
    if value.bit_length() > _MAX_INT_BITS:
        raise _too_many_digits()
    return str(value)


def _too_many_digits() -> LimitError:
    return LimitError("text", "an integer of more than 3,900 digits; write it as a string")


def _check_text(text: str) -> None:
    bad = _SURROGATE.search(text)
    if bad:
        shown = text[: bad.start()] + "?"
        raise MettaSyntaxError(_bad_character(bad.group()), shown, bad.start())


def _bad_character(char: str) -> str:
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
