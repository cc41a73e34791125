"""Keys and tokens that tell by their form what they are: prefixes of providers, JWT, PEM blocks.

Each pattern begins with a literal, takes a run of letters as a whole and stands where no run goes
on, so that no text takes more than linear time; a pattern is tried only where its literal is in the
text at all. What a run must look like to be no name (``is_random``) is decided after it was found.

Not covered: what has no form of its own (``redaction.passwords``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from mettaclaw.redaction.spans import Label, Span

_ALNUM, _URLSAFE, _HEX = "[A-Za-z0-9]", "[A-Za-z0-9_-]", "[0-9a-f]"
_NO_KEY_BEFORE = "(?<![A-Za-z0-9])"
_MOST_PEM_CHARS = 32_768


class _Rule(NamedTuple):
    """A literal of the key, the pattern, and what it finds: group 1, or all of it."""

    literals: tuple[str, ...]
    pattern: str
    label: Label = "API key"
    random: bool = True  # whether what follows the prefix must look so
    length: int = 0  # so many letters behind the prefix are a key, whatever they are


def _prefixed(
    *prefixes: str,
    letters: str = _ALNUM,
    least: int = 20,
    label: Label = "API key",
    length: int = 0,
) -> _Rule:
    """Keys that begin so, and go on with at least so many letters."""
    any_of = "|".join(re.escape(prefix) for prefix in sorted(prefixes, key=len, reverse=True))
    pattern = f"{_NO_KEY_BEFORE}(?:{any_of})(?P<body>{letters}{{{least},}})"
    return _Rule(prefixes, pattern, label, length=length)


# After the providers' own documentation of the forms of their keys.
_RULES: tuple[_Rule, ...] = (
    _prefixed("sk-", letters=_URLSAFE),  # OpenAI, Anthropic, OpenRouter, DeepSeek and more
    _prefixed("sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_", least=16),  # Stripe
    _prefixed("ghp_", "gho_", "ghu_", "ghs_", "ghr_", least=30, label="token",
              length=36),  # GitHub
    _prefixed("github_pat_", letters="[A-Za-z0-9_]", label="token"),
    _prefixed("glpat-", "gldt-", "glrt-", "glptt-", letters=_URLSAFE, label="token"),  # GitLab
    _prefixed("xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxr-", "xoxs-", "xapp-", letters=_URLSAFE,
              least=16, label="token"),  # Slack
    _prefixed("npm_", least=36, label="token", length=36),
    _prefixed("pypi-AgE", letters=_URLSAFE, least=50, label="token"),
    _prefixed("hf_", least=30, label="token", length=34),  # Hugging Face
    _prefixed("AIza", letters=_URLSAFE, least=35),  # Google
    _prefixed("GOCSPX-", "ya29.", letters=_URLSAFE),
    _prefixed("gsk_", "xai-", "r8_", "pplx-", "tvly-", "nvapi-", "fw_", letters=_URLSAFE, least=30),
    _prefixed("dop_v1_", "doo_v1_", "shpat_", "shpss_", "shpca_", "shppa_", "key-", letters=_HEX,
              least=32),  # DigitalOcean, Shopify, Mailgun
    _prefixed("dckr_pat_", "hvs.", "lin_api_", "figd_", "PMAK-", "rubygems_", "tskey-", "sntrys_",
              "ntn_", "secret_", "sq0atp-", "sq0csp-", letters=_URLSAFE, least=24, label="token"),
    _Rule(("AKIA", "ASIA"),
          rf"{_NO_KEY_BEFORE}(?:AKIA|ASIA)[A-Z0-9]{{16}}(?![A-Za-z0-9])", random=False),
    _Rule(("AGE-SECRET-KEY-",), rf"{_NO_KEY_BEFORE}AGE-SECRET-KEY-[0-9A-Z-]{{40,}}", "private key",
          random=False),  # age
    _Rule(("SK",), rf"{_NO_KEY_BEFORE}SK{_HEX}{{32}}(?![A-Za-z0-9])", random=False),
    _Rule(("SG.",), rf"{_NO_KEY_BEFORE}SG\.{_URLSAFE}{{16,64}}\.{_URLSAFE}{{30,}}",
          random=False),
    _Rule(("hooks.slack.com",),
          r"hooks\.slack\.com/(?:services|workflows)/([A-Za-z0-9/_-]{20,})",
          "token", random=False),
    _Rule(("/api/webhooks/",), rf"/api/webhooks/(\d{{10,}}/{_URLSAFE}{{30,}})",
          "token", random=False),  # Discord
    _Rule(("eyJ",),
          rf"(?<![A-Za-z0-9_-])eyJ{_URLSAFE}{{8,}}\.{{1,2}}{_URLSAFE}{{8,}}(?:\.{_URLSAFE}+){{0,3}}",
          "token", random=False),
)  # fmt: skip

_TELEGRAM = rf"(?<![A-Za-z0-9:])\d{{8,10}}:AA{_URLSAFE}{{33}}(?![A-Za-z0-9_-])"
_AUTHORIZATION = r"(?i)(?<![A-Za-z])(?:bearer|basic)[ \t]{1,4}(?P<body>[A-Za-z0-9._~+/=-]{16,})"
_DISCORD = (
    rf"[MNO](?<![A-Za-z0-9_.-].){_URLSAFE}{{23,27}}\.{_URLSAFE}{{6,7}}\.{_URLSAFE}{{27,45}}"
    r"(?![A-Za-z0-9_-]|\.[A-Za-z0-9])"
)
_PUTTY = (  # to the hash behind its lines; where that is missing, to the last long line
    r"PuTTY-User-Key-File-\d:(?:[^\n]{0,400}\n){0,12}?[^\n]{0,20}Private-Lines:[ \t]*\d{1,4}"
    r"(?:[\s\\>|]{1,40}[A-Za-z0-9+/=]{20,}|\s{1,8}[A-Za-z0-9+/]{2,20}={0,2}(?=\s)){0,400}"
    r"(?:[\s>|]{1,20}Private-MAC:[ \t]*[0-9a-f]{20,})?"
)
_PEM = "PRIVATE KEY"
_PEM_LINE = r"-----{} (?:[A-Z0-9]{{1,12}} ){{0,3}}PRIVATE KEY(?: BLOCK)?-----"
_PEM_BODY = (  # headers such as ``Proc-Type:``, long lines, and the short ones that end a key
    r"(?:[\s>|]{0,20}[A-Za-z][A-Za-z-]{1,30}:[^\n]{0,300}(?=\n)){0,8}"
    r"(?:[\s\\>|]*[A-Za-z0-9+/=]{20,})*"
    r"(?:[\s\\>|]*[A-Za-z0-9+/]{0,24}[0-9+/=][A-Za-z0-9+/=]{0,24}(?=\s|\Z)){0,2}"
)

_BY_LITERAL = [(literal, rule) for rule in _RULES for literal in rule.literals]


def find(text: str, lowered: str) -> Iterator[Span]:
    """Keys and tokens in a text; it comes in lower case too, of the same length."""
    for literal, rule in _BY_LITERAL:
        if literal in text:
            yield from _of_rule(text, literal, rule)
    if ":AA" in text:
        for found in _compiled(_TELEGRAM).finditer(text):
            yield Span(*found.span(), "token")
    for scheme in ("bearer", "basic"):
        for found in _matches(_AUTHORIZATION, text, lowered, scheme):
            if is_random(found["body"]):
                yield Span(*found.span("body"), "token")
    if "." in text:
        for found in _compiled(_DISCORD).finditer(text):
            if is_random(found[0]):
                yield Span(*found.span(), "token")
    if _PEM in text:
        yield from _blocks(text)
    if "PuTTY-User-Key-File-" in text:
        for found in _compiled(_PUTTY).finditer(text):
            yield Span(*found.span(), "private key")


def _of_rule(text: str, literal: str, rule: _Rule) -> Iterator[Span]:
    for found in _matches(rule.pattern, text, text, literal):
        if not rule.random or _is_key(found["body"], rule.length):
            yield Span(*found.span(0 if rule.random else found.re.groups), rule.label)


def _is_key(body: str, length: int) -> bool:
    return is_random(body) or (len(body) == length and len(set(body)) >= 8)


def _matches(pattern: str, text: str, searched: str, literal: str) -> Iterator[re.Match[str]]:
    """The matches that begin with a literal; looking for that is much quicker than the pattern."""
    place = searched.find(literal)
    while place >= 0:
        found = _compiled(pattern).match(text, place)
        if found is not None:
            yield found
        place = searched.find(literal, found.end() if found else place + len(literal))


@cache  # when it is needed first: all of them would slow down every start
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def is_random(body: str) -> bool:
    """Whether it is no name: it goes to and fro between small letters, capitals and digits.

    Without a digit that must happen as often as by chance, for names may have capitals.
    """
    kinds = [_kind(letter) for letter in body if letter.isalnum()]
    turns = sum(one != other for one, other in pairwise(kinds))
    least = max(4, len(kinds) // 8) if "digit" in kinds else max(6, len(kinds) // 3)
    return turns >= least and len(set(body)) >= 8


def _kind(letter: str) -> str:
    return "digit" if letter.isdigit() else "capital" if letter.isupper() else "small"


def _blocks(text: str) -> Iterator[Span]:
    """Private keys, to their last line; where that is missing, the letters that follow."""
    first, last = _compiled(_PEM_LINE.format("BEGIN")), _compiled(_PEM_LINE.format("END"))
    place, end = 0, last.search(text)
    while found := first.search(text, place):
        while end and end.start() < found.end():
            end = last.search(text, end.end())
        if end and end.end() - found.start() <= _MOST_PEM_CHARS:
            place = end.end()
        else:
            body = _compiled(_PEM_BODY).match(text, found.end())
            place = body.end() if body else found.end()
        yield Span(found.start(), place, "private key")
