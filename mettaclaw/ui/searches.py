"""By which logic to reason and how far to search, as options of commands and of slash commands.

Not covered: what a number may be (``reasoning.Bounds``), which logics there are (``Rules.of``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import click

from mettaclaw.errors import MettaSyntaxError, UsageError
from mettaclaw.ui.arguments import Seconds, Whole

if TYPE_CHECKING:
    from mettaclaw.atoms.syntax import Atom
    from mettaclaw.knowledge import Knowledge
    from mettaclaw.reasoning import Outcome

F = TypeVar("F", bound=Callable[..., None])

logic_option = click.option(
    "--logic", metavar="NAME", help="nal, pln, or one of your own; else all together."
)

_OPTION = re.compile(r"(?:^|\s+)--(logic|steps|seconds|depth)(?:=|\s+|$)(?:(?!--)(\S+))?")
_EXAMPLE = "such as /infer (--> $who animal) --logic nal --steps 5000 --seconds 2 --depth 8"


class Asked(NamedTuple):
    """What was asked for beside the goal; None is the default."""

    logic: str | None = None
    steps: int | None = None
    time_s: float | None = None
    depth: int | None = None

    def outcome(self, known: Knowledge, goal: Atom) -> Outcome:
        """What follows about a goal, or what would be needed. Raises as ``Knowledge.infer``."""
        from mettaclaw.atoms.syntax import check
        from mettaclaw.reasoning import ask

        rules = known.rulebook.rules().of(self.logic)
        bounds = known.rulebook.bounds(self.steps, self.time_s, self.depth)
        return ask(known.view, check(goal), bounds, rules)


def bounds_options(function: F) -> F:
    """``--steps``, ``--seconds`` and ``--depth``, which override the settings ``infer_…``."""
    for option in (
        click.option("--depth", type=Whole(1), metavar="N", help="Rules one above the other."),
        click.option("--seconds", "time_s", type=Seconds(), metavar="S", help="How long to look."),
        click.option("--steps", type=Whole(1), metavar="N", help="Premises to look at."),
    ):
        function = option(function)
    return function


def asked(argument: str, *names: str) -> tuple[str, Asked]:
    """A line of the REPL without its options of a search, and these.

    Args:
        argument: The line.
        names: The options that are taken out; none: all.

    Raises:
        UsageError: An option has no value, or one that is no number.
    """
    found: dict[str, str] = {}
    rest, last = "", 0
    for option in _OPTION.finditer(argument):
        before = rest + argument[last : option.start()]
        if (names and option[1] not in names) or _is_open(before):
            continue
        if not option[2]:
            raise UsageError(f"--{option[1]} needs a value, {_EXAMPLE}")
        found[option[1]], rest, last = option[2], before, option.end()
    steps, depth = (_whole(name, found.get(name)) for name in ("steps", "depth"))
    search = Asked(found.get("logic"), steps, _number(found.get("seconds")), depth)
    return (rest + argument[last:]).strip(), search


def _is_open(text: str) -> bool:
    """Whether a statement has begun that has not ended."""
    from mettaclaw.atoms.syntax import read_all

    try:
        return text.lstrip().startswith("(") and not read_all(text)
    except MettaSyntaxError:
        return True


def _whole(name: str, text: str | None) -> int | None:
    if text is None or text.isdecimal():
        return None if text is None else int(text)
    raise UsageError(f"--{name} {text[:40]} is no whole number; write it {_EXAMPLE}")


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        raise UsageError(f"--seconds {text:.40} is no number; write it {_EXAMPLE}") from None
