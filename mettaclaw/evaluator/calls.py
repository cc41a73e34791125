"""Which function calls of a program came back unevaluated, because nothing defines them.

Hyperon returns a call of an unknown function as it stands, so that a misspelt name looks like
data. A program's text tells calls from data: what is written where an evaluated argument goes is
a call; what is quoted, matched, or in a list is data. A result that holds an expression with the
head and the number of arguments of an unknown *call* is reported.

Not a call, because its head is data: copulas and other signs, names with a capital first letter,
names that are declared with ``:``, that ``&kb`` holds or that stand in the program as facts. Where
a call is hard to tell from data (the template of ``match``, items of a list), a name counts as an
unknown function only if it is nearly that of a known one.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from mettaclaw.atoms.syntax import Atom, Expression, Form, Symbol, walk
from mettaclaw.errors import UnknownFunctionError

Role = Literal["call", "maybe", "data"]

# How the arguments of forms are treated whose types do not tell; the last role goes for the rest.
_FORMS: Mapping[str, tuple[Role, ...]] = {
    "match": ("data", "data", "maybe"),
    "unify": ("maybe", "data", "call"),
    "if": ("call",),
    "let": ("data", "call"),
    "chain": ("call", "data", "call"),
    "eval": ("call",),
    "evalc": ("call", "data"),
    "function": ("call",),
    "return": ("call",),
    "metta": ("call", "data"),
    "collapse": ("call",),
    "collapse-bind": ("call",),
    "superpose": ("maybe",),
    "map-atom": ("maybe", "data", "call"),
    "filter-atom": ("maybe", "data", "call"),
    "foldl-atom": ("maybe", "maybe", "data", "data", "call"),
    "unique": ("call",),
    "union": ("call",),
    "intersection": ("call",),
    "subtraction": ("call",),
    "assertEqual": ("call",),
    "assertAlphaEqual": ("call",),
    "assertEqualToResult": ("call", "data"),
    "assertAlphaEqualToResult": ("call", "data"),
    "assertIncludes": ("call", "data"),
    "capture": ("call",),
    "sealed": ("data", "maybe"),
    "trace!": ("maybe", "call"),
    "if-error": ("call",),
    "if-equal": ("data", "data", "call"),
    "return-on-error": ("call",),
    "quote": ("data",),
    "add-reduct": ("data", "maybe"),
    "println!": ("maybe",),
    "as-of": ("data", "call"),
}
_TAKES_LISTS = {"superpose", "let*", "case", "switch", "sealed", "format-args"}
_PAIRED = {"case", "switch"}  # a scrutinee, then (pattern template) pairs
_UNEVALUATED = {"Atom", "Expression", "Variable", "Symbol", "Type"}
_WORDS_OF_DATA = {"x", "×", "stv", "Error", "return"}
_NEAR = 0.6  # of difflib's ratio
_LONG = 6  # letters, from which on a missing or wrong one is a slip and not another word


@dataclass
class Functions:
    """The functions that are known, each with the roles of its arguments.

    Attributes:
        roles: By name; the last role goes for all further arguments.
        lists: The positions of arguments that are taken as lists, without being evaluated.
        defined: Those that compute something; the others only have a type, as constructors do.
        answering: Those of them that take any arguments or fail, and may head their own results.
    """

    roles: dict[str, tuple[Role, ...]] = field(default_factory=dict[str, "tuple[Role, ...]"])
    lists: dict[str, set[int]] = field(default_factory=dict[str, "set[int]"])
    defined: set[str] = field(default_factory=set[str])
    answering: set[str] = field(default_factory=set[str])

    def declare(self, name: str, types: Sequence[str]) -> None:
        """Take a function with these types of parameters."""
        roles: tuple[Role, ...] = tuple(
            "data" if kind in _UNEVALUATED else "call" for kind in types
        )
        self.roles[name] = _FORMS.get(name, roles)
        self.lists[name] = {i for i, kind in enumerate(types) if kind == "Expression"}

    def learn(self, atom: Atom) -> None:
        """Take what a top-level atom declares or defines, if it does."""
        match atom:
            case Expression((Symbol(":"), Symbol(name), Expression((Symbol("->"), *types)))):
                self.declare(name, [str(kind) for kind in types[:-1]])
            case Expression((Symbol("="), Expression((Symbol(name), *_)), _)):
                self.roles.setdefault(name, _FORMS.get(name, ("call",)))
                self.defined.add(name)
            case _:
                pass

    def misspelt(self, name: str) -> bool:
        """Whether a name is that of a function with one slip of the fingers in it."""
        return any(_slip(name, known) for known in self.near(name))

    def near(self, name: str) -> list[str]:
        """Up to three names of functions that are like this one, the nearest first."""
        if len(name) < 3:  # everything is near
            return []
        return difflib.get_close_matches(name, self.roles, n=3, cutoff=_NEAR)


Key = tuple[str, int]


class Calls:
    """The calls of unknown functions in a program.

    Args:
        functions: What hyperon and the host define; what the program defines comes to it.
        forms: The program.
        stored: Whether a symbol occurs in ``&kb``.
    """

    def __init__(
        self, functions: Functions, forms: Iterable[Form], stored: Callable[[Symbol], bool]
    ) -> None:
        self._functions = functions
        self._stored = stored
        self._data: set[str] = set(_WORDS_OF_DATA)
        self._unsure: set[Key] = set()
        self._sure: set[Key] = set()
        self._lists: list[tuple[str, Atom]] = []
        forms = list(forms)
        for form in forms:
            if not form.evaluate:
                self._learn(form.atom)
        for form in forms:
            self._look(form)

    def unknown(self, results: Iterable[Atom]) -> UnknownFunctionError | None:
        """The error for the first call of an unknown function that is in the results."""
        if not self._sure and not self._unsure:
            return None
        for result in results:
            for node in walk(result):
                name = self._unknown_in(node)
                if name is not None:
                    return self._error(name, node)
        return None

    def unreduced(self, results: Iterable[Atom]) -> str | None:
        """A note about the first result that is the call of a known function, not its value."""
        reducing = self._functions.defined - self._functions.answering
        for result in results:
            match result:
                case Expression((Symbol(name), *_)) if name in reducing:
                    if name not in _FORMS or name == "if":
                        return (
                            f"`{_shown(result)}` was left as it is: no rule of `{name}` applies"
                            " to these arguments"
                        )
                case _:
                    pass
        return None

    def notes(self) -> list[str]:
        """Hints about what hyperon does differently from what was probably meant."""
        return [
            f"`{name}` does not evaluate its argument: `{_shown(call)}` was taken as a list as it"
            f" is written; write (let $x {_shown(call)} ({name} $x))"
            for name, call in self._lists
        ]

    # --- inside ---

    def _learn(self, atom: Atom) -> None:
        self._functions.learn(atom)
        match atom:
            case Expression((Symbol("="), *_)):
                pass
            case Expression((Symbol(":"), Symbol(name), *_)):
                self._data.add(name)
            case _:
                self._data.update(node.name for node in walk(atom) if isinstance(node, Symbol))

    def _look(self, form: Form) -> None:
        match form.atom:
            case _ if form.evaluate:
                self._walk(form.atom, "call")
            case Expression((Symbol("="), _, body)):
                self._walk(body, "call")
            case _:
                pass

    def _walk(self, atom: Atom, role: Role) -> None:
        """Note the calls in an atom that stands where this role goes."""
        if not isinstance(atom, Expression) or not atom.children or role == "data":
            return
        head, *arguments = atom.children
        if not isinstance(head, Symbol):
            for child in atom.children:
                self._walk(child, "maybe")
            return
        if head.name in _PAIRED and len(arguments) == 2:
            self._walk(arguments[0], "call")
            self._pairs(arguments[1])
        elif head.name == "let*" and len(arguments) == 2:
            self._pairs(arguments[0])
            self._walk(arguments[1], "call")
        else:
            self._arguments(head.name, arguments, role)

    def _arguments(self, name: str, arguments: Sequence[Atom], role: Role) -> None:
        roles = self._functions.roles.get(name)
        if roles is None and self._callable(name):
            (self._sure if role == "call" else self._unsure).add((name, len(arguments)))
        inner: tuple[Role, ...] = roles or (("call",) if self._callable(name) else ("maybe",))
        lists = self._functions.lists.get(name, set[int]())
        if name in _TAKES_LISTS:
            lists = set[int]()
        for index, argument in enumerate(arguments):
            if index in lists and self._is_call(argument):
                self._lists.append((name, argument))
            self._walk(argument, inner[min(index, len(inner) - 1)])

    def _pairs(self, atom: Atom) -> None:
        """Walk the second of each pair."""
        for pair in atom.children if isinstance(atom, Expression) else ():
            if isinstance(pair, Expression) and len(pair.children) == 2:
                self._walk(pair.children[1], "call")

    def _is_call(self, atom: Atom) -> bool:
        match atom:
            case Expression((Symbol(name), *_)):
                return name in self._functions.defined and name != "quote"
            case _:
                return False

    def _callable(self, name: str) -> bool:
        """Whether the name could be that of a function."""
        first = name[:1]
        if name in self._data or first.isupper():
            return False
        if not any(char.isalnum() for char in name):
            return name.startswith("|")  # a sign is a copula, but for the rules of inference
        return not name.startswith(("&", "@", "'"))

    def _unknown_in(self, node: Atom) -> str | None:
        match node:
            case Expression((Symbol(name), *arguments)):
                key = (name, len(arguments))
                if key in self._sure:
                    return None if self._stored(Symbol(name)) else name
                if key in self._unsure and self._functions.misspelt(name):
                    return None if self._stored(Symbol(name)) else name
            case _:
                pass
        return None

    def _error(self, name: str, node: Atom) -> UnknownFunctionError:
        near = self._functions.near(name)
        guess = f"did you mean {' or '.join(f'`{n}`' for n in near)}? Else " if near else ""
        return UnknownFunctionError(
            f"`{_shown(node)}` came back unevaluated: there is no function `{name}`; {guess}"
            f"define it with (= ({name} ...) ...); or, if it is data, declare it with"
            f" (: {name} Atom) or quote it"
        )


def _slip(name: str, known: str) -> bool:
    """Whether two letters are exchanged, or in a long name an inner one is wrong, missing or new.

    The first letter is seldom wrong, and words with other ends are other words.
    """
    if name == known or name[0] != known[0]:
        return False
    pairs = enumerate(zip(name, known, strict=False))
    start = next((i for i, (a, b) in pairs if a != b), min(len(name), len(known)))
    mine, theirs = name[start:], known[start:]
    if len(mine) > 1 and mine[:2] == theirs[1::-1] and mine[2:] == theirs[2:]:
        return True
    rests = (mine[1:] == theirs[1:], mine[1:] == theirs, mine == theirs[1:])
    return len(name) >= _LONG and name[-1] == known[-1] and any(rests)


def _shown(atom: Atom) -> str:
    text = str(atom)
    return text if len(text) <= 80 else f"{text[:77]}..."
