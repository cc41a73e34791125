"""Pictures in files that a person names: ``--svg FILE``, ``--mermaid FILE``, ``-`` for stdout.

Invariant: a file that is there is written over only with ``--force``; it is complete, or as it was.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mettaclaw.errors import UsageError
from mettaclaw.ui.pictures.parts import Parts

Form = Literal["svg", "mermaid"]
_OPTION = re.compile(r"(?:^|\s+)--(?:svg|mermaid|force)(?=[\s=]|$)")
_LAST = re.compile(r"\s(?=\()")
_EXAMPLE = "such as /why (--> tom cat) --svg proof.svg"


@dataclass(frozen=True, slots=True)
class Target:
    """A picture that is wanted; ``file`` is None for stdout."""

    form: Form
    file: Path | None


def targets(svg: str | None, mermaid: str | None, force: bool) -> list[Target]:
    """The pictures that options ask for.

    Args:
        svg: The value of ``--svg``, if it was given.
        mermaid: That of ``--mermaid``.
        force: Whether files that are there may be written over.

    Raises:
        UsageError: A file exists, cannot be one, or is named twice.
    """
    if "" in (svg, mermaid):
        raise UsageError("a picture needs the name of a file; - is stdout")
    found = [Target("svg", _writable(svg, force))] if svg else []
    if mermaid:
        found.append(Target("mermaid", _writable(mermaid, force)))
    if len(found) == 2 and found[0].file == found[1].file:
        raise UsageError(f"both pictures would go to {mermaid}; name two files")
    return found


def asked(argument: str) -> tuple[str, list[Target]]:
    """What stands before the options in a line of the REPL, or after them in brackets, and the
    pictures that they ask for.

    Raises:
        UsageError: As ``targets``; or the options cannot be read.
    """
    from mettaclaw.atoms.syntax import is_whole

    for option in _OPTION.finditer(argument):
        before = argument[: option.start()].strip()
        for last in _LAST.finditer(argument) if not before else ():
            if is_whole(argument[last.end() :]):
                return argument[last.end() :], _read(argument[: last.start()])
        if not before.startswith("(") or is_whole(before):
            return before, _read(argument[option.start() :])
    return argument, []


def draw(parts: Parts, wanted: Sequence[Target], out: Callable[[str], None]) -> Iterator[str]:
    """Draw pictures, and say of each file that it is there.

    Args:
        parts: What to draw.
        wanted: Where to.
        out: Takes the text that goes to stdout, with no line end.

    Raises:
        UsageError: A file cannot be written.
    """
    from mettaclaw.storage import files
    from mettaclaw.ui.pictures import mermaid, svg

    graph = parts.graph()
    for target in wanted:
        text = svg.draw(graph) if target.form == "svg" else mermaid.draw(graph)
        if target.file is None:
            out(_encodable(text, target.form).rstrip("\n"))
            continue
        try:
            with files.written(target.file) as stream:
                stream.write(text)
        except OSError as error:
            raise UsageError(f"{target.file} cannot be written: {error.strerror}") from error
        yield f"wrote {target.file}"


def _writable(name: str, force: bool) -> Path | None:
    if name == "-":
        return None
    file = Path(name).expanduser()
    try:
        if file.is_dir():
            raise UsageError(f"{name} is a folder; name a file in it")
        if file.exists() and not file.is_file():
            raise UsageError(f"{name} is no regular file; - is stdout")
        if file.exists() and not force:
            raise UsageError(f"{name} exists already; name a new file, or add --force")
        real = file.resolve()  # a link stays one, and what it leads to is written
        if not real.parent.is_dir():
            raise UsageError(f"there is no folder {file.parent}; make it, or name another place")
    except (OSError, ValueError, RuntimeError) as error:  # closed folders, a NUL, links in a circle
        raise UsageError(f"no picture can be written to {name!r}: {error}") from error
    return real


def _read(options: str) -> list[Target]:
    try:
        words = shlex.split(options)
    except ValueError as error:
        raise UsageError(f"a quotation mark is open in {options.strip()}") from error
    given: dict[str, str] = {}
    force = False
    while words:
        name, has_value, value = words.pop(0).partition("=")
        form = name.removeprefix("--")
        if name == "--force" and not has_value:
            force = True
            continue
        if form not in ("svg", "mermaid"):
            raise UsageError(f"there is no option {name}; there are --svg, --mermaid, --force")
        if not has_value and words and not words[0].startswith("--"):
            value = words.pop(0)
        if not value:
            raise UsageError(f"{name} needs the name of a file, {_EXAMPLE}")
        given[form] = value
    return targets(given.get("svg"), given.get("mermaid"), force)


def _encodable(text: str, form: Form) -> str:
    """The text, with codes for what stdout has no bytes for."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        code = "&#{};" if form == "svg" else "#{};"
        return "".join(c if c.isascii() else code.format(ord(c)) for c in text)
    return text
