"""Our atoms to hyperon's and back, exactly.

Atoms are built through hyperon's constructors and never through its text, which cannot write
symbols with spaces, infinities, or the variables that results hold. What a symbol means is decided
here by an allow list: a name in ``Meanings.tokens`` is that grounded atom, any other name is
a plain symbol.

Invariant: nothing that a program can write makes hyperon abort in here (``#`` in the name of
a variable would, so it is escaped). Atoms are not freed: the process is about to end.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeArgument=false
# hyperon has no types.

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import hyperonpy as hp

from mettaclaw.atoms.syntax import (
    MAX_DEPTH,
    MAX_NODES,
    Atom,
    Expression,
    Number,
    String,
    Symbol,
    Variable,
    read,
)
from mettaclaw.errors import EvaluationError, LimitError, MettaClawError

CAtom: TypeAlias = Any  # hyperon's atom, behind a C pointer

INT_MIN, INT_MAX = -(2**63), 2**63 - 1

_EXPRESSION = hp.AtomKind.EXPR
_SYMBOL = hp.AtomKind.SYMBOL
_VARIABLE = hp.AtomKind.VARIABLE
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?(?:e[-+]?[0-9]+)?|inf)", re.IGNORECASE)
_LASTING = (Symbol("&self"), Symbol("&kb"))  # names that mean the same in every evaluation
_MARK = "\ue023"  # stands for `#`, which hyperon keeps for itself


@dataclass
class Meanings:
    """What names mean to hyperon.

    Attributes:
        tokens: The grounded atom of a name.
        calls: The grounded atom of a name at the head of an expression with so many arguments,
            for operations that take several numbers of arguments.
        spaces: Names of spaces, each with a test for being it.
        plain: Names that the program itself defines, and which are symbols therefore.
    """

    tokens: dict[str, CAtom]
    calls: dict[str, Callable[[int], CAtom]] = field(
        default_factory=dict[str, "Callable[[int], CAtom]"]
    )
    spaces: list[tuple[CAtom, str]] = field(default_factory=list[tuple[CAtom, str]])
    plain: frozenset[str] = frozenset()


class Names:
    """Names for the variables of one form's results: as they were written, where that is free."""

    def __init__(self) -> None:
        self._given: dict[str, Variable] = {}
        self._taken: set[str] = set()

    def __call__(self, full: str) -> Variable:
        """The variable to show for hyperon's ``name#id``."""
        known = self._given.get(full)
        if known is None:
            base = name = _decoded(full.split("#")[0])
            number = 1
            while name in self._taken:
                number += 1
                name = f"{base}{number}"
            self._taken.add(name)
            known = self._given[full] = Variable(name)
        return known

    def originals(self) -> dict[Variable, CAtom]:
        """Hyperon's variables, by what was given for them."""
        return {given: variable(full) for full, given in self._given.items()}


def verbatim(full: str) -> Variable:
    """A variable that keeps hyperon's full name, to be turned back by ``variable``."""
    return Variable(full)


def variable(full: str) -> CAtom:
    """Hyperon's variable of that full name."""
    return hp.atom_var_parse_name(full) if "#" in full else hp.atom_var(full)


def fresh(base: str, number: int) -> CAtom:
    """A variable of hyperon's that equals no other."""
    return hp.atom_var_parse_name(f"{_encoded(base)}#{2**62 + number}")


class Builder:
    """Builds hyperon's atoms out of ours."""

    def __init__(self, meanings: Meanings) -> None:
        self.meanings = meanings
        self._symbols: dict[str, CAtom] = {}

    def bind(self, name: str, value: CAtom) -> None:
        """From now on, the name means this."""
        self.meanings.tokens[name] = value
        self._symbols.pop(name, None)

    def shadow(self, names: frozenset[str]) -> None:
        """From now on, these names mean nothing: the program defines them."""
        self.meanings.plain = names
        for name in names:
            self._symbols.pop(name, None)

    def __call__(self, atom: Atom, variables: Mapping[Variable, CAtom] | None = None) -> CAtom:
        """The atom for hyperon.

        Args:
            atom: Of ours, within the limits on depth.
            variables: What to use for some variables.

        Raises:
            LimitError: An integer that does not fit into 64 bits.
        """
        if isinstance(atom, Symbol):
            return self.symbol(atom.name)
        if isinstance(atom, Expression):
            children = [self(child, variables) for child in atom.children]
            if children and isinstance(head := atom.children[0], Symbol):
                call = self.meanings.calls.get(head.name)
                if call is not None and head.name not in self.meanings.plain:
                    children[0] = call(len(children) - 1)
            return hp.atom_expr(children)
        if isinstance(atom, Variable):
            known = variables.get(atom) if variables else None
            return hp.atom_var(_encoded(atom.name)) if known is None else known
        if isinstance(atom, String):
            return string(atom.value)
        return number(atom.value)

    def symbol(self, name: str) -> CAtom:
        """The atom that a name means."""
        known = self._symbols.get(name)
        if known is None:
            meanings = self.meanings
            grounded = None if name in meanings.plain else meanings.tokens.get(name)
            known = self._symbols[name] = hp.atom_sym(name) if grounded is None else grounded
        return known


def number(value: int | float) -> CAtom:
    """A number for hyperon, whose integers have 64 bits.

    Raises:
        LimitError: It does not fit.
    """
    if isinstance(value, float):
        return hp.atom_float(value)
    if not INT_MIN <= value <= INT_MAX:
        raise LimitError(
            "text",
            f"the integer {str(value)[:40]} does not fit into the 64 bits that MeTTa computes with"
            " (limit text); write it as a float or as a string",
        )
    return hp.atom_int(value)


_ctokenizer: list[Any] = []


def use_tokenizer(ctokenizer: Any) -> None:
    """Tell where strings are made: only a runner's tokenizer can."""
    _ctokenizer[:] = [ctokenizer]


def string(text: str) -> CAtom:
    """A string for hyperon."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return hp.CSExprParser(f'"{quoted}"').parse(_ctokenizer[0])


class Reader:
    """Turns hyperon's atoms into ours."""

    def __init__(self, meanings: Meanings) -> None:
        self.meanings = meanings
        self._unnamed = 0
        self._nodes = 0

    def __call__(self, catom: CAtom, names: Callable[[str], Variable]) -> Atom:
        """The atom as ours.

        Args:
            catom: Of hyperon's.
            names: From the full name of a variable, ``name#id``, to the variable to show.

        Raises:
            LimitError: It is larger or deeper than an atom may be.
        """
        self._nodes = 0
        return self._read(catom, names, 0)

    def _read(self, catom: CAtom, names: Callable[[str], Variable], depth: int) -> Atom:
        kind = hp.atom_get_metatype(catom)
        self._nodes += 1
        if kind == _SYMBOL:
            return Symbol(hp.atom_get_name(catom))
        if kind == _EXPRESSION:
            if depth >= MAX_DEPTH:
                raise LimitError(
                    "depth",
                    f"an expression came out nested more than {MAX_DEPTH} deep (limit depth);"
                    " flatten it",
                )
            if self._nodes > MAX_NODES:
                raise LimitError(
                    "nodes",
                    f"an expression came out with more than {MAX_NODES:,} nodes (limit nodes);"
                    " return it in parts, with superpose for instance",
                )
            children = hp.atom_get_children(catom)
            return Expression(tuple([self._read(child, names, depth + 1) for child in children]))
        if kind == _VARIABLE:
            return names(hp.atom_get_name(catom))
        return self._grounded(catom)

    def _grounded(self, catom: CAtom) -> Atom:
        text = hp.atom_to_str(catom)
        if text[:1] == '"':
            return read(text)
        if _INT.fullmatch(text):
            return Number(int(text))
        if text != "-" and _FLOAT.fullmatch(text):
            return Number(float(text))
        kind = hp.atom_to_str(hp.atom_get_grounded_type(catom))
        if kind == "SpaceType":
            return self._space(catom)
        if text.startswith("(State"):
            try:
                return read(re.sub(r"(\$[^\s()#]+)#[0-9]+", r"\1", text))
            except MettaClawError:
                return Symbol(text)
        return Symbol(text)

    def _space(self, catom: CAtom) -> Symbol:
        for known, name in self.meanings.spaces:
            if hp.atom_eq(known, catom):
                return Symbol(name)
        self._unnamed += 1
        name = f"&space-{self._unnamed}"
        (copy,) = hp.atom_get_children(hp.atom_expr([catom]))
        self.meanings.spaces.append((copy, name))
        return Symbol(name)


def stored(catom: CAtom, reader: Reader, names: Callable[[str], Variable]) -> Atom:
    """An atom of hyperon's that is to be kept in the atomspace, as ours.

    Raises:
        EvaluationError: It holds a space or a state, which live only as long as the evaluation.
    """
    if hp.atom_get_metatype(catom) == hp.AtomKind.GROUNDED:
        kind = hp.atom_to_str(hp.atom_get_grounded_type(catom))
        lasting = kind == "SpaceType" and reader(catom, names) in _LASTING
        if not lasting and (kind == "SpaceType" or kind.startswith("(StateMonad")):
            raise EvaluationError(
                f"{hp.atom_to_str(catom)} cannot be stored in &kb: spaces and states end with"
                " the evaluation; store what they hold"
            )
    elif hp.atom_get_metatype(catom) == _EXPRESSION:
        for child in hp.atom_get_children(catom):
            stored(child, reader, names)
    return reader(catom, names)


def _encoded(name: str) -> str:
    if _MARK not in name and "#" not in name:
        return name
    return name.replace(_MARK, f"{_MARK}e").replace("#", f"{_MARK}h")


def _decoded(name: str) -> str:
    if _MARK not in name:
        return name
    return name.replace(f"{_MARK}h", "#").replace(f"{_MARK}e", _MARK)
