"""The text of atoms: reading one, several, or a program; the values are in ``values``.

``read`` and ``str`` are exact inverses: for every atom ``a`` within the limits,
``read(str(a)) == a``. Text that is no atom is refused with its position.

Not covered: what a symbol means, and what ``!`` asks for (the evaluator).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mettaclaw.atoms.values import (
    MAX_CHARS,
    MAX_DEPTH,
    MAX_INT_BITS,
    MAX_NODES,
    NUMBER,
    UNWRITABLE,
    Atom,
    Expression,
    Number,
    String,
    Symbol,
    Variable,
    bad_character,
    check,
    is_ground,
    quote,
    replaced,
    text_of,
    too_deep,
    too_long,
    too_many,
    too_many_digits,
    variables,
    walk,
)
from mettaclaw.errors import MettaSyntaxError

__all__ = [
    "MAX_CHARS",
    "MAX_DEPTH",
    "MAX_NODES",
    "Atom",
    "Expression",
    "Form",
    "Number",
    "String",
    "Symbol",
    "Variable",
    "check",
    "expr",
    "is_ground",
    "is_whole",
    "program_text",
    "quote",
    "read",
    "read_all",
    "read_line",
    "read_program",
    "replaced",
    "text_of",
    "variables",
    "walk",
]


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


def is_whole(text: str) -> bool:
    """Whether it is exactly one atom's text."""
    try:
        read(text)
    except MettaSyntaxError:
        return False
    return True


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
_UNESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]{1,6}\}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'", "0": "\0"}
_BANG = Symbol("!")


def _atoms(text: str, program: bool = False) -> Iterator[tuple[Atom, int]]:
    """Yield each top-level atom with its offset; in a program also the marker ``_BANG``."""
    bad = UNWRITABLE.search(text)
    if bad:
        raise MettaSyntaxError(
            bad_character(bad.group()), text.replace(bad.group(), "?"), bad.start()
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
        number = NUMBER.fullmatch(word)
        if number:
            is_float = number.group(1) is not None or number.group(2) is not None
            return Number(float(word) if is_float else _int(word))
    return Symbol(word)


def _quoted(word: str, text: str, at: int) -> Atom:
    body = word[word.index('"') + 1 : -1]
    if "\\" in body:
        body = _UNESCAPE.sub(lambda m: _unescape(m, text, at), body)
        bad = UNWRITABLE.search(body)
        if bad:
            raise MettaSyntaxError(bad_character(bad.group()), text, at)
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


def _int(word: str) -> int:
    if len(word) > 4_000:  # CPython refuses longer ones by default: quadratic time
        raise too_many_digits()
    value = int(word)
    if value.bit_length() > MAX_INT_BITS:
        raise too_many_digits()
    return value
