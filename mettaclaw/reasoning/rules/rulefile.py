"""Rule files: the rules that ship and those of a person, read from MeTTa text into one set.

``metta/nal.metta`` has examples, ``docs/reasoning.md`` the grammar. Invariant: whatever is refused
is refused with its file and line, and with what to write instead. A name may have several forms in
one file; two files of one logic do not share a name, unless what they say under it is the same.

Not covered: what one rule must be like (``ruleform``), how a file comes to be read
(``ruleset``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, read_program
from mettaclaw.atoms.truth import Truth
from mettaclaw.atoms.unify import canonical, head
from mettaclaw.config import resource
from mettaclaw.errors import MettaClawError, MettaSyntaxError, UsageError
from mettaclaw.reasoning.rules import segments
from mettaclaw.reasoning.rules.rule import NAL, PLN, Rule, serves_beside
from mettaclaw.reasoning.rules.ruleform import name_of, parsed_rule
from mettaclaw.reasoning.rules.variants import variants
from mettaclaw.storage import files

SHIPPED = ("metta/nal.metta", "metta/pln.metta")
MAX_BYTES = 1_048_576
MAX_RULES = 5_000  # in all notations, in one file

_FORMS = ("rule", "notation", "logic")


@dataclass(slots=True)
class _File:
    """What one file says.

    Attributes:
        name: For messages.
        logic: Of its rules.
        rules: Its forms of rules, with where they stand.
        notations: Its groups of signs.
    """

    name: str
    logic: str = NAL
    rules: list[tuple[Expression, str]] = field(default_factory=list)
    notations: list[tuple[str, ...]] = field(default_factory=list)


class Said(NamedTuple):
    """What files say together.

    Attributes:
        beside: Rules that serve side by side.
        notations: Groups of signs that mean the same.
        apart: Rules that serve only where their logic is asked for by name.
    """

    beside: list[Rule]
    notations: list[tuple[str, ...]]
    apart: list[Rule]


def read(paths: Sequence[Path], prior: Truth) -> Said:
    """The rules that ship, and those of further files. Raises as ``Rules.load``."""
    shipped = [_read(resource(name)) for name in SHIPPED]
    own = [_read(path) for path in dict.fromkeys(paths)]
    said: dict[str, _Named] = {}
    rules: list[Rule] = []
    every = (*shipped, *own)
    common = _groups(file for file in every if file.logic == NAL)
    for file in every:
        repeated = _repeated(file, said) if own else set[str]()
        borrowed = NAL if file.logic != PLN else PLN
        groups = _groups(f for f in every if f.logic in (file.logic, borrowed))
        count = 0
        for form, where in file.rules:
            if name_of(form, where) in repeated:
                continue
            for instance in segments.instances(form, f"{where}, rule {name_of(form, where)}"):
                found = [*variants(parsed_rule(instance, where, file.logic, prior), groups)]
                rules += found
                count += len(found)
                if count > MAX_RULES:
                    raise UsageError(
                        f"{where}: a rule file holds at most {MAX_RULES:,} rules, counted in every "
                        "notation and for every number of parts; take some out"
                    )
    beside = [rule for rule in rules if rule.logic != PLN or serves_beside(rule)]
    apart = [rule for rule in rules if rule.logic == PLN and not serves_beside(rule)]
    return Said(beside, common, apart)


def _read(path: Path) -> _File:
    file = _File(path.name)
    for form, where in _forms(path):
        match form.children:
            case (Symbol("notation"), *_):
                file.notations.append(_notation(form, where))
            case (Symbol("logic"), Symbol(name)):
                if file.rules:
                    raise UsageError(f"{where}: (logic {name}) stands before the rules of a file")
                file.logic = name
            case (Symbol("logic"), *_):
                raise UsageError(f"{where}: write (logic NAME), such as (logic pln)")
            case _:
                file.rules.append((form, where))
    return file


def _forms(path: Path) -> Iterator[tuple[Expression, str]]:
    try:
        text = files.whole(path, MAX_BYTES).decode("utf-8")
    except UsageError as error:
        raise UsageError(
            f"a rule file cannot be read: {error}; facts are stored with `mettaclaw atoms import`, "
            f"and rules are few: a file of them has at most {MAX_BYTES:,} bytes"
        ) from error
    except OSError as error:
        raise UsageError(f"the rule file {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the rule file {path} cannot be read: {error}") from error
    try:
        program = read_program(text)
    except MettaSyntaxError as error:
        raise UsageError(f"{path.name}, line {error.line}: {error.message}") from error
    except MettaClawError as error:
        raise UsageError(f"{path.name}: {error}") from error
    line, seen = 1, 0
    for form in program:
        line, seen = line + text.count("\n", seen, form.offset), form.offset
        where = f"{path.name}, line {line}"
        if form.evaluate or head(form.atom) not in _FORMS:
            raise UsageError(
                f"{where}: `{str(form.atom)[:40]}` is no rule; a rule file holds "
                "(rule NAME (premise ...) (conclusion ...)), (notation SIGN OTHER ...) and "
                "(logic NAME)"
            )
        assert isinstance(form.atom, Expression)
        yield form.atom, where


def _notation(form: Expression, where: str) -> tuple[str, ...]:
    signs = [sign.name for sign in form.children[1:] if isinstance(sign, Symbol)]
    if len(signs) < 2 or len(signs) != len(form.children) - 1:
        raise UsageError(f"{where}: write (notation SIGN OTHER ...), with symbols, as in `x ×`")
    return tuple(signs)


def _groups(files: Iterable[_File]) -> list[tuple[str, ...]]:
    """The signs that mean the same in these files, each group once."""
    groups: dict[str, dict[str, None]] = {}
    for group in (group for file in files for group in file.notations):
        groups.setdefault(group[0], {}).update(dict.fromkeys(group))
    return [tuple(group) for group in groups.values()]


class _Named(NamedTuple):
    """What stands under a name: in which file, where it begins, and all its forms."""

    file: _File
    where: str
    content: frozenset[Atom]


def _repeated(file: _File, said: dict[str, _Named]) -> set[str]:
    """The names of rules that an earlier file has just so; ``said`` gets the others.

    Names are a logic's own: NAL and PLN both have a ``deduction``.
    """
    forms: dict[str, list[tuple[Atom, str]]] = {}
    for form, where in file.rules:
        forms.setdefault(name_of(form, where), []).append((canonical(form), where))
    repeated: set[str] = set()
    for name, found in forms.items():
        new = _Named(file, found[0][1], frozenset(form for form, _ in found))
        old = said.setdefault(f"{file.logic} {name}", new)
        if old.content != new.content:
            raise UsageError(
                f"{new.where}, rule {name}: {old.where} has another rule of this name; "
                f"give yours a name of its own, such as my-{name}"
            )
        if old is not new:
            repeated.add(name)
    return repeated
