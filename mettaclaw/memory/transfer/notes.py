"""Notes: Markdown and plain text, from a file or from a folder with all that is in it.

Each file is a thread of passages. Hidden files and folders, files of other kinds, and links that
lead out of the folder are left out, and named. The time of a passage is the date in the front
matter or in the name of its file, else when the file was written last. Title, tags and the like of
the front matter are context of each passage; the front matter itself is no passage.

Not covered: where a text is cut (``passages``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from mettaclaw.atoms import times
from mettaclaw.errors import MettaClawError, UsageError
from mettaclaw.memory.transfer import passages
from mettaclaw.memory.transfer.entries import (
    Cleaning,
    Entry,
    Left,
    Thread,
    Unit,
    clean,
    text_of,
)

SUFFIXES = (".md", ".markdown", ".txt")
KIND = "passage"

_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.](\d\d)[-_.](\d\d)(?!\d)")
_DATED = re.compile(
    r"^(?:date|created)[ \t]*:[ \t]*[\"']?([^\"'\n]+)", re.MULTILINE | re.IGNORECASE
)
_OTHERS = f"not {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
_CONTEXT_CHARS = 2_000
_TELLING = frozenset(
    ("title", "subtitle", "description", "summary", "author", "tags", "tag", "keywords", "aliases")
)
_AROUND = " \t\"'[]-#>|"  # of a value


def units(path: Path, scope: str, left: Left, cleaned: Cleaning) -> list[Unit]:
    """The files to read, by name.

    Raises:
        UsageError: There are none.
    """
    found: list[Unit] = []
    for file, shown in files(path, left, SUFFIXES):
        read = partial(_read, file, shown, scope, cleaned)
        found.append(Unit(file, shown, file.stat().st_size, read))
    if not found:
        raise UsageError(f"{path} holds no notes ({', '.join(SUFFIXES)}); name another folder")
    return found


def source(shown: str) -> str:
    """Where the passages of a file come from."""
    return f"file:{clean(shown)}"


def files(path: Path, left: Left, suffixes: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """The files of a folder with these suffixes, each with its name relative to the folder."""
    if not path.is_dir():
        yield path, path.name
        return
    root = path.resolve()
    for folder, inner, names in os.walk(root):
        hidden = [one for one in inner if one.startswith(".")]
        links = [one for one in inner if one not in hidden and os.path.islink(Path(folder, one))]
        inner[:] = sorted(one for one in inner if one not in hidden and one not in links)
        left.parts.update(["hidden folder"] * len(hidden) + ["link to a folder"] * len(links))
        for one in sorted(names):
            file = Path(folder, one)
            if one.startswith("."):
                left.parts["hidden file"] += 1
            elif file.suffix.lower() not in suffixes:
                left.parts[f"file that is {_OTHERS}" if suffixes == SUFFIXES else "other file"] += 1
            elif reason := _unreadable(file, root):
                left.files[str(file.relative_to(root))] = reason
            else:
                yield file, str(file.relative_to(root))


def entries(
    text: str, shown: str, scope: str, written: float, size: int, cleaned: Cleaning
) -> Iterator[Entry]:
    """The passages of a text as entries."""
    markdown = not shown.lower().endswith(".txt")
    front = passages.front_matter(text) if markdown else ""
    time, about = _time(front, shown, written), _about(front)
    thread = Thread(scope, KIND, source(shown), shown, cleaned)
    for passage in passages.split(text, markdown=markdown):
        headings = " > ".join((Path(shown).stem, *passage.headings))
        context = "\n".join(filter(None, (headings, about)))[:_CONTEXT_CHARS]
        at = size * (passage.start + len(passage.text)) // len(text)
        yield from thread.entries(passage.text, time, at, context=clean(context))


def _read(file: Path, shown: str, scope: str, cleaned: Cleaning) -> Iterator[Entry]:
    found = file.stat()
    whole = cleaned(text_of(file, shown))  # before it is cut: of a key, no part may stay
    left_out = whole.counts
    for entry in entries(whole.text, shown, scope, found.st_mtime, found.st_size, cleaned):
        yield replace(entry, left_out=left_out) if left_out else entry
        left_out = {}


def _unreadable(file: Path, root: Path) -> str | None:
    """Why a file of a folder is not read."""
    try:
        if file.is_symlink() and not file.resolve().is_relative_to(root):
            return "a link that leads out of the folder"
        return None if file.is_file() else "no regular file"
    except RuntimeError:  # as Python before 3.13 says it
        return "a link that leads to itself"
    except OSError as error:
        return str(error.strerror)


def _about(front: str) -> str:
    """What front matter tells of a note, in words: its title, tags and the like."""
    told: list[str] = []
    is_telling = False
    for line in front.splitlines()[1:-1]:
        key, colon, value = line.partition(":")
        if colon and not line.startswith((" ", "\t", "-")):
            is_telling = key.strip().lower() in _TELLING
            line = value
        if is_telling:
            told += filter(None, (part.strip(_AROUND) for part in line.split(",")))
    return ", ".join(told)


def _time(front: str, shown: str, written: float) -> float:
    told = _DATED.search(front)
    named = _DATE.search(Path(shown).name)
    for text in (told and told[1].strip(), named and "-".join(named.groups())):
        if text:
            try:
                return times.seconds(text)
            except MettaClawError:  # it is no date, whatever it is called
                continue
    return written
