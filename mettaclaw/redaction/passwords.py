"""Passwords and keys that only their place tells: in an address, after a word such as "password".

A password that somebody tells in a sentence ("the wifi password is …") is what they want to be
asked for, and stays; where it is assigned, and of keys and tokens in any case, it goes.

What stands after such a word is left out where it has the shape of a secret: letters with digits or
signs among them. "the password is on the desk", ``password = getpass()`` and ``token: string`` are
none, and neither is a placeholder such as ``<your key>``, ``$TOKEN`` or ``***``.

Not covered: a password of plain words without quotes, which nothing tells from talk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mettaclaw.redaction.keys import is_random
from mettaclaw.redaction.spans import Span

_URL = re.compile(r"://[^\s:/@\"'<>]{0,100}:(?P<value>[^\s/@\"'<>]{1,200})@(?=[\w\[.])")

_USER = re.compile(r"(?<!\S)(?:-u|--user)[ =][\"']?[^\s:\"']{1,100}:(?P<value>[^\s\"'/]{4,200})")

_PASSWORDS = (
    "password", "passwd", "passwort", "kennwort", "passphrase", "passcode", "mot de passe",
    "contraseña", "contrasena", "senha", "wachtwoord", "hasło", "пароль", "密码", "密碼",
    "パスワード", "비밀번호",
)  # fmt: skip
_SHORT = ("pwd", "pw", "pass", "clave")  # words of their own, or the end of a name: DB_PASS
_KEYS = (
    "api key", "api-key", "api_key", "apikey", "secret", "token", "access key", "access-key",
    "access_key", "accesskey", "account key", "account_key", "accountkey", "private_key",
    "privatekey", "auth key", "auth_key", "authkey", "secret key", "secret-key", "secret_key",
    "secretkey", "signing_key", "encryption_key", "credential", "credentials",
)  # fmt: skip
_WORDS = [(word, True) for word in (*_PASSWORDS, *_SHORT)] + [(word, False) for word in _KEYS]
_OPTION = re.compile(r"--[a-z-]{0,20}\Z", re.IGNORECASE)
_SIGN = re.compile(
    r"""\\?["']?\]?[ \t]{0,4}(?:
      (?P<assigned>:=|=>|->|={1,2}|:|：|＝|[-–—](?=[ \t]))[ \t]{0,4}
    | (?P<said>(?:[ \t](?:for|of|to|für|zum|de)[ \t][^\n:=]{1,40}?)?
      [ \t](?:is|was|ist|lautet|est|es|è|это)(?::|[ \t])[ \t]*(?:now[ \t]+)?|[ \t]?(?:是|は)[ \t]?)
    | (?P<beside>[ \t]+)
    )""",
    re.VERBOSE,
)
_QUOTED = re.compile(
    r"""\\?(?P<sign>["'`])(?P<value>(?:(?!\\?(?P=sign))[^\r\n]){1,200})\\?(?P=sign)"""
)
_PLAIN = re.compile(r"""[^\s"'`<>{}|，。；、！？]{1,200}""")
_NEXT_FIELD = re.compile(r"&[\w.\[\]-]+=|;[A-Za-z]+=|\\[nr]")
_ENDS = ".,;:)]"

_PLACEHOLDER = re.compile(
    r"""[<\[{$%].*|.*(?:\.\.\.|…).*|.*[*•]{3}.*|(.)\1*|[x._*-]+
    |(?:your|my|the|some|new|old|user|db)?[-_ ]?(?:password|passwd|pass|pw|pwd|secret|token|key)s?
    |(?:your|enter|insert|example|dummy|redacted|null|none|true|false|undefined)\b.*""",
    re.IGNORECASE | re.VERBOSE,
)
_CODE = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::|->)[A-Za-z_$][\w$]*)+[;,]?|[\w.$]*\(.*|[\w.]+\[.*")
_NAME = re.compile(r"[a-z]+(?:_[a-z0-9]+)+|[A-Z]+(?:_[A-Z0-9]+)+|[A-Za-z]+")
_DIGITS = re.compile(r"\d{6,}")


def find(text: str, lowered: str) -> Iterator[Span]:
    """Passwords and keys in a text; it comes in lower case too."""
    if "://" in text and "@" in text:
        for found in _URL.finditer(text):
            if _PLACEHOLDER.fullmatch(found["value"]) is None:
                yield Span(*found.span("value"), "password")
    if "-u" in text:
        for found in _USER.finditer(text):
            if not found["value"].isdigit() and _PLACEHOLDER.fullmatch(found["value"]) is None:
                yield Span(*found.span("value"), "password")
    for word, is_password in _WORDS:
        place = lowered.find(word)
        while place >= 0:
            end = place + len(word)
            if word not in _SHORT or not (
                lowered[place - 1 : place].isalpha() or lowered[end : end + 1].isalpha()
            ):
                yield from _after(text, place, end, is_password)
            place = lowered.find(word, end)


def _after(text: str, start: int, end: int, is_password: bool) -> Iterator[Span]:
    """The secret that the word between two places announces, if what follows is one."""
    sign = _SIGN.match(text, end)
    if sign is None:
        return
    quoted = _QUOTED.match(text, sign.end())
    is_option = _OPTION.search(text, max(0, start - 20), start) is not None
    if sign["beside"] and not (quoted or is_option):
        return
    if sign["said"] and is_password:  # a person tells it on purpose, to be asked for it later
        return
    if quoted is not None:
        start, end = quoted.span("value")
    else:
        plain = _PLAIN.match(text, sign.end())
        if plain is None:
            return
        start, end = plain.span()
        field = _NEXT_FIELD.search(text, start, end)
        end = field.start() if field else end
        while end > start and text[end - 1] in _ENDS:
            end -= 1
    if _is_secret(text[start:end], is_password, quoted is not None):
        yield Span(start, end, "password" if is_password else "API key")


def _is_secret(value: str, is_password: bool, is_quoted: bool) -> bool:
    if len(value) < 6 or _PLACEHOLDER.fullmatch(value) or _NAME.fullmatch(value):
        return False
    if not is_quoted and _CODE.fullmatch(value):
        return False
    if _DIGITS.fullmatch(value):
        return is_password
    has_digit = any(letter.isdigit() for letter in value)
    has_letter = any(letter.isalpha() for letter in value)
    if " " in value:
        return is_password and is_quoted and has_digit and has_letter
    if is_password:
        has_sign = not value.isalnum()
        return has_letter and (has_digit or (is_quoted and has_sign))
    return len(value) >= 16 and is_random(value)
