"""Passwords on command lines and in files of logins: an option's letter tells them, no word does.

``mysql -p…``, ``sshpass -p …``, ``curl -u user:…``, and ``login user password …`` as a ``.netrc``
has it. What is one depends on the command, for ``-p`` is a port to most.

Not covered: commands that are not named here, and options that have a word (``passwords``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mettaclaw.redaction.spans import Span

_USER = r"(?<!\S)(?:-u|--user)[ =][\"']?[^\s:\"']{1,100}:(?P<value>[^\s\"'/]{4,200})"
_BETWEEN = r"\b[^\n;|]{0,300}?[ \t]"  # other options
_VALUE = (  # as a group of its own, in quotes of either kind or in none
    r"""(?:"(?P<{0}q>[^"\n]{{4,200}})"|'(?P<{0}s>[^'\n]{{4,200}})'"""
    r"""|(?P<{0}>[^\s"'`;|&<>]{{4,200}}))"""
)
_COMMAND = "(?<![A-Za-z0-9_.-])(?:{})".format(
    "|".join(
        (
            rf"(?:mysql\w{{0,12}}|mariadb[\w-]{{0,12}}|7z[ar]?){_BETWEEN}-p{_VALUE.format('a')}",
            rf"(?:sshpass|mongo\w{{0,12}}|(?:docker|podman|registry)[ ]login){_BETWEEN}"
            rf"-p[ \t=]{{0,4}}{_VALUE.format('b')}",
            rf"redis-cli{_BETWEEN}-a[ \t]{{1,4}}{_VALUE.format('c')}",
            rf"(?:un)?zip{_BETWEEN}-P[ \t]{{0,4}}{_VALUE.format('d')}",
            rf"curl{_BETWEEN}-u[\"']?[^\s:\"'=-][^\s:\"']{{0,99}}:(?P<e>[^\s\"'/]{{4,200}})",
        )
    )
)
_NAMES = ("mysql", "mariadb", "7z", "sshpass", "mongo", "docker login",
          "podman login", "registry login", "redis-cli", "zip", "unzip", "curl")  # fmt: skip
_LOGIN = (
    r"(?<!\S)(?P<machine>(?:machine\s{1,20}\S{1,200}|default)\s{1,20})?login\s{1,20}\S{1,100}"
    r"\s{1,20}password\s{1,20}(?P<value>\S{4,200})"
)
PLACEHOLDER = re.compile(
    r"""[<\[{$].*|%(?:\w*%|\(.*|[a-z])|.*(?:\.\.\.|…).*|.*[*•]{3}.*|(.)\1*|[x._*-]+
    |(?:your|my|the|some|new|old|user|db)?[-_ ]?(?:password|passwd|pass|pw|pwd|secret|token|key)s?
    |(?:your|enter|insert|example|dummy|redacted|null|none|true|false|undefined)\b.*""",
    re.IGNORECASE | re.VERBOSE,
)


def find(text: str, lowered: str) -> Iterator[Span]:
    """Passwords of commands in a text; it comes in lower case too."""
    if "-u" in text:
        for found in re.finditer(_USER, text):
            yield from _given(found, "value")
    if " -" in text:
        for found in _commands(text, lowered):
            if found.lastgroup is not None:
                yield from _given(found, found.lastgroup)
    if "login" in text and "password" in text:
        for found in re.finditer(_LOGIN, text):
            if found["machine"] or _is_mixed(found["value"]):
                yield from _given(found, "value")


def _commands(text: str, lowered: str) -> Iterator[re.Match[str]]:
    """The commands with a password, found by their names, which is quicker than by the pattern."""
    pattern = re.compile(_COMMAND)
    for name in _NAMES:
        place = lowered.find(name)
        while place >= 0:
            found = pattern.match(text, place)
            if found is not None:
                yield found
            place = lowered.find(name, place + len(name))


def _given(found: re.Match[str], group: str) -> Iterator[Span]:
    """The value that a command is given, if it can be a password: a short number is a port."""
    value = found[group]
    if PLACEHOLDER.fullmatch(value) is None and not (value.isdigit() and len(value) < 6):
        yield Span(*found.span(group), "password")


def _is_mixed(value: str) -> bool:
    return any(map(str.isdigit, value)) and any(map(str.isalpha, value)) and len(value) >= 6
