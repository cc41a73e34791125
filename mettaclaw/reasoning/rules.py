"""Inference rules as data: read from MeTTa files, checked, and found by the shape of premises.

A rule names its premises as patterns with truth variables, its conclusion and its truth function
(``metta/nal.metta`` has examples, ``docs/reasoning.md`` the grammar). Invariant: a ``Rule`` that
exists is sound in form: its conclusion binds no new variable and its truth term can be computed.

Not covered: choosing premises (``conclusions`` for two given ones, ``search`` for a goal).
"""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, read_program, variables
from mettaclaw.atoms.truth import MAX_CONFIDENCE, Truth, from_atom
from mettaclaw.atoms.unify import Substitution, alpha_equal, canonical, head, rename, substitute
from mettaclaw.config import resource
from mettaclaw.errors import MettaClawError, MettaSyntaxError, UsageError
from mettaclaw.reasoning.functions import FUNCTIONS
from mettaclaw.reasoning.statements import is_rare

_PARTS = ("premise", "conclusion", "differ", "same", "backward", "forward", "otherwise")
_MARK = "r"  # rule variables are renamed with it, so that no statement's variable is like them

TruthTerm = Callable[[Sequence[Truth]], Truth]


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether two parts of a rule must be alpha equal (``same``) or must not be (``differ``)."""

    left: Atom
    right: Atom
    same: bool

    def holds(self, bound: Substitution) -> bool:
        """Whether the condition is met under a substitution."""
        left, right = substitute(self.left, bound), substitute(self.right, bound)
        return alpha_equal(left, right) is self.same


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One inference rule in one notation.

    Attributes:
        name: What proofs call it.
        premises: Patterns; all variables of a rule end in ``#r``.
        conclusion: The pattern of what follows.
        truth: From the premises' truth values, in their order, to the conclusion's.
        weak: Its truth function goes beyond the premises (c <= 0.5).
        revises: It pools two truth values of one statement.
        conditions: What must hold besides.
        forward: Whether ``|-`` uses it.
        backward: Whether the search for a goal uses it.
        otherwise: In ``|-`` it speaks only where no other rule says anything of the conclusion.
        origin: File and line.
    """

    name: str
    premises: tuple[Atom, ...]
    conclusion: Atom
    truth: TruthTerm
    weak: bool = False
    revises: bool = False
    conditions: tuple[Condition, ...] = ()
    forward: bool = True
    backward: bool = True
    otherwise: bool = False
    origin: str = ""

    def permits(self, bound: Substitution) -> bool:
        """Whether all conditions of the rule hold under a substitution."""
        return all(condition.holds(bound) for condition in self.conditions)


class Rules:
    """A set of rules with the notations they were read in.

    ``Rules.load()`` is the logic that ships; ``Rules.load([path, ...])`` adds a person's own files.

    Attributes:
        rules: All of them, in every notation.
        notations: Groups of signs that mean the same.
        conjunctions: The signs of conjunction.
        rare: For each rule the shapes of those premises that most bases hold no belief of.
    """

    def __init__(self, rules: Iterable[Rule], notations: Iterable[tuple[str, ...]] = ()) -> None:
        self.rules = tuple(rules)
        self.notations = tuple(notations)
        self.conjunctions = frozenset(self.signs("∧"))
        self._forward: dict[tuple[str | None, ...], list[Rule]] = {}
        self._backward: dict[str | None, list[Rule]] = {}
        for rule in self.rules:
            if rule.forward:
                heads = tuple(head(premise) for premise in rule.premises)
                self._forward.setdefault(heads, []).append(rule)
            if rule.backward and not rule.revises:
                self._backward.setdefault(head(rule.conclusion), []).append(rule)
        self.rare: dict[Rule, tuple[Atom, ...]] = {
            rule: tuple(canonical(premise) for premise in rule.premises if is_rare(premise))
            for rule in self.rules
        }

    @classmethod
    def load(cls, paths: Sequence[str | Path] = ()) -> Rules:
        """The rules of ``metta/nal.metta`` and of further files.

        Raises:
            UsageError: A file that cannot be read, or a malformed rule, with file, line and rule.
        """
        if not paths:
            return _shipped()
        return read_rules([resource("metta/nal.metta"), *(Path(path) for path in paths)])

    def signs(self, sign: str) -> tuple[str, ...]:
        """All signs that mean the same as this one, itself included."""
        return next((group for group in self.notations if sign in group), (sign,))

    def joining(self, *premises: Atom) -> Iterator[Rule]:
        """The forward rules whose premises may fit these atoms, in this order."""
        choices = [dict.fromkeys((head(premise), None)) for premise in premises]
        for heads in itertools.product(*choices):
            yield from self._forward.get(heads, ())

    def concluding(self, sign: str | None) -> Iterator[Rule]:
        """The backward rules for goals with this sign; None for a goal that has none."""
        for key in dict.fromkeys((sign, None)):
            yield from self._backward.get(key, ())


@lru_cache(maxsize=1)
def _shipped() -> Rules:
    return read_rules([resource("metta/nal.metta")])


def read_rules(paths: Sequence[Path]) -> Rules:
    """The rules of some files alone. Raises as ``Rules.load``."""
    forms = [(form, where) for path in paths for form, where in _forms(path)]
    notations: list[tuple[str, ...]] = []
    for form, where in forms:
        if form.children and form.children[0] == Symbol("notation"):
            notations.append(_notation(form, where))
    rules = [
        rule
        for form, where in forms
        if form.children[0] == Symbol("rule")
        for rule in _variants(_rule(form, where), notations)
    ]
    return Rules(rules, notations)


# --- reading ---------------------------------------------------------------------------------


def _forms(path: Path) -> Iterator[tuple[Expression, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the rule file {path} cannot be read: {error}") from error
    try:
        program = read_program(text)
    except MettaSyntaxError as error:
        raise UsageError(f"{path.name}, line {error.line}: {error.message}") from error
    except MettaClawError as error:
        raise UsageError(f"{path.name}: {error}") from error
    for form in program:
        where = f"{path.name}, line {text.count(chr(10), 0, form.offset) + 1}"
        if form.evaluate or head(form.atom) not in ("rule", "notation"):
            raise UsageError(
                f"{where}: `{str(form.atom)[:40]}` is no rule; a rule file holds "
                "(rule NAME (premise ...) (conclusion ...)) and (notation SIGN OTHER ...)"
            )
        assert isinstance(form.atom, Expression)
        yield form.atom, where


def _notation(form: Expression, where: str) -> tuple[str, ...]:
    signs = [sign.name for sign in form.children[1:] if isinstance(sign, Symbol)]
    if len(signs) < 2 or len(signs) != len(form.children) - 1:
        raise UsageError(f"{where}: write (notation SIGN OTHER ...), with symbols, as in `x ×`")
    return tuple(signs)


def _rule(form: Expression, where: str) -> Rule:
    parts = form.children[1:]
    if not parts or not isinstance(parts[0], Symbol):
        raise UsageError(f"{where}: a rule has a name: (rule deduction (premise ...) ...)")
    name = parts[0].name
    try:
        return _parsed_rule(name, parts[1:], where)
    except UsageError as error:
        raise UsageError(f"{where}, rule {name}: {error}") from error


def _parsed_rule(name: str, parts: tuple[Atom, ...], where: str) -> Rule:
    premises: list[Atom] = []
    truths: list[Variable] = []
    conclusions: list[tuple[Atom, Atom]] = []
    pairs: list[tuple[Atom, Atom, bool]] = []
    flags: set[str] = set()
    for part in parts:
        match part:
            case Expression((Symbol("premise"), pattern, Variable() as truth)):
                premises.append(pattern)
                truths.append(truth)
            case Expression((Symbol("conclusion"), pattern, term)):
                conclusions.append((pattern, term))
            case Expression((Symbol("differ" | "same" as kind), left, right)):
                pairs.append((left, right, kind == "same"))
            case Expression((Symbol("backward" | "forward" | "otherwise" as flag),)):
                flags.add(flag)
            case _:
                raise _bad_part(part)
    if not premises or len(conclusions) != 1:
        raise UsageError("it has one (premise PATTERN $t) or more and one (conclusion PATTERN ...)")
    pattern, term = conclusions[0]
    known = {v for premise in premises for v in variables(premise)}
    if len(set(truths)) != len(truths) or known & set(truths):
        raise UsageError("each premise has a truth variable of its own, such as $t1 and $t2")
    for side in (pattern, *(side for pair in pairs for side in pair[:2])):
        for variable in variables(side):
            if variable not in known:
                raise UsageError(f"{variable} is in no premise, and only they can bind it")
    if {"backward", "forward"} <= flags:
        raise UsageError("(backward) and (forward) exclude each other; leave both out for both")
    used: set[str] = set()
    truth = _term(term, truths, used)
    return Rule(
        name=name,
        premises=tuple(rename(premise, _MARK) for premise in premises),
        conclusion=rename(pattern, _MARK),
        truth=lambda values: _capped(truth(values)),
        weak=any(FUNCTIONS[function].weak for function in used),
        revises="revision" in used,
        conditions=tuple(
            Condition(rename(left, _MARK), rename(right, _MARK), same)
            for left, right, same in pairs
        ),
        forward="backward" not in flags,
        backward="forward" not in flags,
        otherwise="otherwise" in flags,
        origin=where,
    )


def _capped(truth: Truth) -> Truth:
    """No conclusion is more certain than revision may make a belief."""
    return truth if truth.c <= MAX_CONFIDENCE else Truth(truth.f, MAX_CONFIDENCE)


def _bad_part(part: Atom) -> UsageError:
    name = head(part) or str(part)
    forms = {
        "premise": "write (premise PATTERN $t1): a pattern and a truth variable",
        "conclusion": "write (conclusion PATTERN (FUNCTION $t1 $t2))",
        "differ": "write (differ $a $b)",
        "same": "write (same $a $b)",
    }
    near = difflib.get_close_matches(name, _PARTS, n=1)
    hint = forms.get(name) or (
        f"did you mean `{near[0]}`?" if near else f"its parts are {', '.join(_PARTS)}"
    )
    return UsageError(f"`{str(part)[:60]}` is no part of a rule; {hint}")


def _term(term: Atom, truths: list[Variable], used: set[str]) -> TruthTerm:
    """Compile ``(deduction $t1 (negation $t2))`` and the like; notes the functions in ``used``."""
    match term:
        case Variable() if term in truths:
            index = truths.index(term)
            return lambda values: values[index]
        case Expression((Symbol(name), *arguments)) if name in FUNCTIONS:
            function = FUNCTIONS[name]
            if len(arguments) != function.arity:
                raise UsageError(
                    f"`{name}` takes {function.arity} truth values, and here are {len(arguments)}"
                )
            used.add(name)
            terms = [_term(argument, truths, used) for argument in arguments]
            return lambda values: function.apply(*(t(values) for t in terms))
        case _:
            pass
    constant = from_atom(term)
    if constant is not None:
        return lambda values: constant
    if isinstance(term, Variable):
        raise UsageError(f"the truth variable {term} is in no premise")
    name = head(term) or str(term)
    near = difflib.get_close_matches(name, FUNCTIONS, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(FUNCTIONS)}"
    raise UsageError(f"`{name}` is no truth function; {hint}")


# --- notations -------------------------------------------------------------------------------


def _variants(rule: Rule, notations: list[tuple[str, ...]]) -> Iterator[Rule]:
    """The rule in every notation: once for each sign that means the same as one it uses."""
    used = _operators((*rule.premises, rule.conclusion))
    groups = [group for group in notations if group[0] in used]
    for signs in itertools.product(*groups):
        other = {group[0]: sign for group, sign in zip(groups, signs, strict=True)}
        if all(sign == first for first, sign in other.items()):
            yield rule
            continue
        yield replace(
            rule,
            premises=tuple(_written(premise, other) for premise in rule.premises),
            conclusion=_written(rule.conclusion, other),
        )


def _operators(atoms: Iterable[Atom]) -> set[str]:
    found: set[str] = set()
    stack = list(atoms)
    while stack:
        node = stack.pop()
        if isinstance(node, Expression) and node.children:
            if isinstance(node.children[0], Symbol):
                found.add(node.children[0].name)
            stack.extend(node.children)
    return found


def _written(atom: Atom, other: dict[str, str]) -> Atom:
    if not isinstance(atom, Expression) or not atom.children:
        return atom
    first, *rest = atom.children
    if isinstance(first, Symbol):
        first = Symbol(other.get(first.name, first.name))
    else:
        first = _written(first, other)
    return Expression((first, *(_written(child, other) for child in rest)))
