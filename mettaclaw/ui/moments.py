"""Times that a person types: ISO 8601, seconds, or words such as ``yesterday`` and ``2h``; and
the beliefs of such a moment.

Nothing is read here: ``atoms.times`` reads the former, ``atoms.moments`` the words.
"""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Generator
from typing import TYPE_CHECKING

import click

from mettaclaw.atoms import times
from mettaclaw.atoms.moments import back, instant
from mettaclaw.atoms.times import minute
from mettaclaw.errors import UsageError
from mettaclaw.ui.program import note, open_atomspace

if TYPE_CHECKING:
    from mettaclaw.knowledge import Knowledge

as_of_option = click.option(
    "--as-of",
    metavar="TIME",
    help="As it was then: yesterday, 2h (ago), an ISO time (UTC); of a day, its end.",
)

_OPTION = re.compile(r"(?:^|\s+)--(?:as-of|svg|mermaid|force)(?=[\s=]|$)")
_AS_OF = re.compile(r"(?:^|\s+)--as-of(?:$|[\s=]+)(.*?)(?=\s*--[a-z]|\s+\(|$)", re.DOTALL)


def told(text: str) -> float | str:
    """When something was said, as ``Atomspace.add`` takes it; a day is its beginning.

    Raises:
        UsageError: It is no time.
    """
    try:
        times.seconds(text)
    except UsageError:
        return instant(text)
    return text  # as it was typed, so that an error about it names it


def shown(moment: float | str) -> str:
    """A moment that was read, so that a person sees what it was taken for."""
    return f"{minute(times.seconds(moment))} UTC"


@contextlib.contextmanager
def knowledge(as_of: str | None) -> Generator[Knowledge, None, None]:
    """The beliefs of now, or of the moment that ``--as-of`` asks for, which is said."""
    moment = None if as_of is None else back(as_of)
    with open_atomspace() as kb:
        if moment is None:
            yield kb
        else:
            note(f"as of {shown(moment)}")
            yield kb.as_of(moment)


def asked(argument: str) -> tuple[str, str | None]:
    """A line of the REPL without its ``--as-of TIME``, and the time; None where there is none.

    Raises:
        UsageError: The time is missing.
    """
    from mettaclaw.atoms.syntax import is_whole

    for option in _OPTION.finditer(argument):
        before, options = argument[: option.start()], argument[option.start() :]
        if before.strip().startswith("(") and not is_whole(before):
            continue  # it stands inside the statement
        found = _AS_OF.search(options)
        if found is None:
            break
        said = _unquoted(found[1])
        if not said:
            raise UsageError("--as-of needs a time, such as /why (--> tom cat) --as-of yesterday")
        return f"{before}{options[: found.start()]}{options[found.end() :]}".strip(), said
    return argument, None


def _unquoted(text: str) -> str:
    try:
        return " ".join(shlex.split(text))
    except ValueError:  # a quotation mark is open: it is no time, and its reader says so
        return text.strip()
