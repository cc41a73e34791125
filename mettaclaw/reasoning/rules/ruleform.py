"""One rule as MeTTa writes it: ``(rule NAME (premise PATTERN $t) ... (conclusion PATTERN TRUTH))``.

Invariant: what is read is sound in form. Refused are, with what to write instead: parts that no
rule has, variables that nothing binds, truth functions that there are not, a rule that can add
nothing (its conclusion is a premise again), and one that would fit everything (all its premises
are bare variables that nothing relates). A truth constant may have c = 1, but no conclusion
reaches it.

Not covered: the file around it (``rulefile``), what rules do (``rule``).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, variables
from mettaclaw.atoms.truth import MAX_CONFIDENCE, WEIGHABLE, Truth, from_atom
from mettaclaw.atoms.unify import head, rename
from mettaclaw.errors import UsageError
from mettaclaw.reasoning.functions import FUNCTIONS
from mettaclaw.reasoning.pln_functions import PLN_FUNCTIONS
from mettaclaw.reasoning.rules.rule import PLN, Condition, Relation, Rule, TruthTerm
from mettaclaw.reasoning.statements import size

MAX_PREMISES = 8
MAX_NODES = 500  # of one rule

_KNOWN = FUNCTIONS | PLN_FUNCTIONS
_RELATIONS: tuple[Relation, ...] = ("same", "differ", "apart", "ordered", "before", "not-after")
_WITHIN = "within"
_FLAGS = ("backward", "forward", "otherwise")
_PARTS = ("premise", "conclusion", "introduce", *_RELATIONS, _WITHIN, *_FLAGS)
_MARK = "r"  # rule variables are renamed with it, so that no statement's variable is like them


_TAKEN = ("said",)


def name_of(form: Expression, where: str) -> str:
    """The name of a rule. Raises as ``parsed_rule``."""
    match form.children:
        case (_, Symbol(name), *_) if name in _TAKEN:
            raise UsageError(
                f"{where}, rule {name}: so proofs call what no rule has given; name it otherwise"
            )
        case (_, Symbol(name), *_):
            return name
        case _:
            raise UsageError(f"{where}: a rule has a name: (rule deduction (premise ...) ...)")


def parsed_rule(form: Expression, where: str, logic: str, prior: Truth) -> Rule:
    """The rule that ``(rule NAME ...)`` writes.

    Args:
        form: The expression.
        where: Its file and line, for messages.
        logic: Whose rule it is.
        prior: What a term counts as whose prior is not known.

    Raises:
        UsageError: It is malformed, or can add nothing; with the place and the rule's name.
    """
    name = name_of(form, where)
    try:
        return _parsed(name, form, where, logic, prior)
    except UsageError as error:
        raise UsageError(f"{where}, rule {name}: {error}") from error


@dataclass(slots=True)
class _Parts:
    """The parts of one rule, as they stand."""

    premises: list[Atom] = field(default_factory=list)
    truths: list[Variable] = field(default_factory=list)
    conclusions: list[tuple[Atom, Atom]] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    introduced: list[Variable] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)


def _parsed(name: str, form: Expression, where: str, logic: str, prior: Truth) -> Rule:
    if size(form) > MAX_NODES:
        raise UsageError(f"it has {size(form):,} parts and may have {MAX_NODES}")
    parts = _taken_apart(form.children[2:])
    if not parts.premises or len(parts.conclusions) != 1:
        raise UsageError("it has one (premise PATTERN $t) or more and one (conclusion PATTERN ...)")
    pattern, term = parts.conclusions[0]
    _check_variables(parts, pattern)
    if {"backward", "forward"} <= parts.flags:
        raise UsageError("(backward) and (forward) exclude each other; leave both out for both")
    compiler = _Compiler(parts, prior)
    value = compiler.term(term)
    used = [_KNOWN[function] for function in compiler.used]
    pools = any(function.pools or function.chooses for function in used)
    _check_sense(parts, pattern, pools)
    timed = any(condition.relation in ("before", "not-after") for condition in parts.conditions)
    cap = WEIGHABLE if logic == PLN else MAX_CONFIDENCE
    return Rule(
        name=name,
        premises=tuple(rename(premise, _MARK) for premise in parts.premises),
        conclusion=rename(pattern, _MARK),
        value=lambda values: _capped(value(values), cap),
        terms=tuple(rename(wanted, _MARK) for wanted in compiler.terms),
        weak=any(function.weak for function in used) and not timed,
        timed=timed,
        divides=any(function.divides for function in used),
        revises=any(function.pools for function in used),
        chooses=any(function.chooses for function in used),
        conditions=tuple(
            Condition(c.relation, rename(c.left, _MARK), rename(c.right, _MARK))
            for c in parts.conditions
        ),
        forward="backward" not in parts.flags,
        backward="forward" not in parts.flags,
        otherwise="otherwise" in parts.flags,
        logic=logic,
        origin=where,
    )


def _taken_apart(forms: tuple[Atom, ...]) -> _Parts:
    parts = _Parts()
    for part in forms:
        match part:
            case Expression((Symbol("premise"), pattern, Variable() as truth)):
                parts.premises.append(pattern)
                parts.truths.append(truth)
            case Expression((Symbol("conclusion"), pattern, term)):
                parts.conclusions.append((pattern, term))
            case Expression((Symbol("introduce"), Variable() as variable)):
                parts.introduced.append(variable)
            case Expression((Symbol(relation), left, right)) if relation in _RELATIONS:
                parts.conditions.append(Condition(relation, left, right))
            case Expression((Symbol("within"), begin, end, first, last)):
                inner, outer = Expression((begin, end)), Expression((first, last))
                parts.conditions.append(Condition(_WITHIN, inner, outer))
            case Expression((Symbol(flag),)) if flag in _FLAGS:
                parts.flags.add(flag)
            case _:
                raise _bad_part(part)
    if len(parts.premises) > MAX_PREMISES:
        raise UsageError(f"it has {len(parts.premises)} premises and may have {MAX_PREMISES}")
    return parts


def _check_variables(parts: _Parts, conclusion: Atom) -> None:
    known = {v for premise in parts.premises for v in variables(premise)}
    truths = set(parts.truths)
    if len(truths) != len(parts.truths) or known & truths:
        raise UsageError("each premise has a truth variable of its own, such as $t1 and $t2")
    for variable in parts.introduced:
        if variable in known | truths:
            raise UsageError(f"{variable} is in a premise, so the conclusion cannot introduce it")
    sides = [(conclusion, known | set(parts.introduced))]
    for condition in parts.conditions:
        asked = known | set(parts.introduced)  # what a goal says of it is known by then
        sides += [(condition.left, asked), (condition.right, asked)]
    for side, bound in sides:
        for variable in variables(side):
            if variable not in bound:
                raise UsageError(f"{variable} is in no premise, and only they can bind it")


def _check_sense(parts: _Parts, conclusion: Atom, pools: bool) -> None:
    if conclusion in parts.premises and not pools:
        raise UsageError(
            f"its conclusion {conclusion} is one of its premises, so it would add nothing; "
            "conclude something else"
        )
    related = any(c.relation in ("same", "apart") for c in parts.conditions)
    if "backward" in parts.flags and not isinstance(conclusion, Variable):
        related = True  # the goal says what the premises are
    if not related and all(isinstance(premise, Variable) for premise in parts.premises):
        raise UsageError(
            f"its premises fit everything: {' '.join(map(str, parts.premises))}; write what "
            "statements they are, such as (--> $a $b)"
        )


def _capped(truth: Truth | None, cap: float) -> Truth | None:
    """No conclusion is more certain than revision may make a belief."""
    return truth if truth is None or truth.c <= cap else Truth(truth.f, cap)


def _bad_part(part: Atom) -> UsageError:
    name = head(part) or str(part)
    forms = {
        "premise": "write (premise PATTERN $t1): a pattern and a truth variable",
        "conclusion": "write (conclusion PATTERN (FUNCTION $t1 $t2))",
        "introduce": "write (introduce $x), with a variable of the conclusion",
        **{relation: f"write ({relation} $a $b)" for relation in _RELATIONS},
        _WITHIN: "write (within $from $to $first $last): the first two times within the others",
        **{flag: f"write ({flag}), with nothing in it" for flag in _FLAGS},
    }
    near = difflib.get_close_matches(name, _PARTS, n=1)
    hint = forms.get(name) or (
        f"did you mean `{near[0]}`?" if near else f"its parts are {', '.join(_PARTS)}"
    )
    return UsageError(f"`{str(part)[:60]}` is no part of a rule; {hint}")


class _Compiler:
    """Compiles ``(deduction $t1 (negation $t2))`` and the like.

    Attributes:
        used: The functions that were met.
        terms: What priors are taken of; their truth values follow those of the premises.
    """

    def __init__(self, parts: _Parts, prior: Truth) -> None:
        self.used: set[str] = set()
        self.terms: list[Atom] = []
        self._truths = parts.truths
        self._known = {v for premise in parts.premises for v in variables(premise)}
        self._prior = prior

    def term(self, term: Atom) -> TruthTerm:
        """From the truth values that a rule gets to that of the term."""
        match term:
            case Variable() if term in self._truths:
                return _nth(self._truths.index(term), self._prior)
            case Variable():
                raise UsageError(f"the truth variable {term} is in no premise")
            case Expression((Symbol("prior"), wanted)):
                return self._prior_of(wanted)
            case Expression((Symbol("stv"), *_)):
                return self._constant(term)
            case Expression((Symbol(name), *arguments)) if name in _KNOWN:
                return self._call(name, arguments)
            case _:
                raise _unknown_function(term)

    def _prior_of(self, wanted: Atom) -> TruthTerm:
        for variable in variables(wanted):
            if variable not in self._known:
                raise UsageError(f"{variable} is in no premise, so its prior cannot be looked up")
        if wanted not in self.terms:
            self.terms.append(wanted)
        return _nth(len(self._truths) + self.terms.index(wanted), self._prior)

    def _constant(self, term: Atom) -> TruthTerm:
        constant = from_atom(term)
        if constant is None:
            raise UsageError(f"`{term}` is no truth value; write (stv 0.9 0.8), say")
        return lambda values: constant

    def _call(self, name: str, arguments: list[Atom]) -> TruthTerm:
        function = _KNOWN[name]
        if len(arguments) != function.arity:
            raise UsageError(
                f"`{name}` takes {function.arity} truth values, and here are {len(arguments)}"
            )
        self.used.add(name)
        return _applied(function.apply, [self.term(argument) for argument in arguments])


def _nth(index: int, default: Truth) -> TruthTerm:
    return lambda values: values[index] if index < len(values) else default


def _applied(apply: Callable[..., Truth | None], terms: list[TruthTerm]) -> TruthTerm:
    def value(values: Sequence[Truth]) -> Truth | None:
        arguments = [term(values) for term in terms]
        return None if None in arguments else apply(*arguments)

    return value


def _unknown_function(term: Atom) -> UsageError:
    name = head(term) or str(term)
    near = difflib.get_close_matches(name, _KNOWN, n=3)
    said = " or ".join(f"`{function}`" for function in near)
    hint = f"did you mean {said}?" if near else f"there are {', '.join(_KNOWN)}"
    return UsageError(f"`{name}` is no truth function; {hint}")
