"""Passwords and keys that only their place tells: in an address, after a word such as "password".

A password that somebody tells in a sentence ("the wifi password is …") is what they want to be
asked for, and stays; where it is assigned, and of keys and tokens in any case, it goes.

What stands after such a word is left out where it has the shape of a secret: letters with digits or
signs among them. "the password is on the desk", ``password = getpass()`` and ``token: string`` are
none, and neither is a placeholder such as ``<your key>``, ``$TOKEN`` or ``***``.

Not covered: a password of plain words, which nothing tells from talk, but for a phrase of four or
more in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mettaclaw.redaction.commands import PLACEHOLDER
from mettaclaw.redaction.keys import is_random
from mettaclaw.redaction.spans import Label, Span

_URL = re.compile(r"://[^\s:/@\"'<>]{0,100}:(?P<value>[^\s/@\"'<>]{1,200})@(?=[\w\[.])")

_PASSWORDS = (
    "password", "passwd", "passwort", "kennwort", "passphrase", "passcode", "mot de passe",
    "contraseña", "contrasena", "senha", "wachtwoord", "hasło", "пароль", "密码", "密碼",
    "パスワード", "비밀번호",
)  # fmt: skip
_SHORT = ("pwd", "pw", "pass", "clave")  # words of their own, or the end of a name: DB_PASS
_KEYS = (
    "api key", "api-key", "api_key", "apikey", "secret", "token", "access key", "access-key",
    "access_key", "accesskey", "account key", "account_key", "accountkey", "private key",
    "private-key", "private_key", "privatekey", "auth key", "auth_key", "authkey", "secret key",
    "secret-key", "secret_key", "secretkey", "signing_key", "encryption_key", "credential",
    "credentials",
)  # fmt: skip
_WORDS = [(word, True) for word in (*_PASSWORDS, *_SHORT)] + [(word, False) for word in _KEYS]
_OPTION = re.compile(r"--[a-z-]{0,20}\Z", re.IGNORECASE)
_ROW = re.compile(r"(?:\A|\n)[ \t>]*\|[^\n]*\Z")
_TAG = re.compile(r"<[\w:.-]*\Z")
_HEADING = re.compile(r"(?:\A|\n)[ \t>]*#{1,6}[ \t]+(?:[\w-]+[ \t]+){0,3}\Z")
_ALONE = re.compile(r"""["'`*_]{0,3},?[ \t]*(?:\r?\n|\Z)""")
_SIGN = re.compile(
    r"""\\?["'`]?\]?(?:\*\*|__|[*_`])?[ \t]{0,4}(?:
      (?P<named>,?\s{0,20}["']?[vV]alue["']?\s{0,4}[:=]\s{0,4}
      |</(?:t[dh]|dt|key)>\s{0,20}<(?:t[dh]|dd|string)\b[^<>]{0,40}>)
    | (?P<below>[:：]?(?:\*\*|__|[*_])?[ \t]*\r?\n[ \t>]{0,8}(?:\r?\n[ \t>]{0,8})?[`*_]{0,2})
    | (?P<cell>\|)[ \t]{0,40}
    | (?P<tag>>)\s{0,20}
    | (?P<assigned>:=|=>|->|={1,2}|:|：|＝|[-–—](?=[ \t]))
      (?:\*\*|__|[*_](?=[ \t])|</(?:b|strong|em|i|code)>)?[ \t]{0,4}
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
_DENSE = re.compile(r"(?!.*[a-z]{8})[A-Za-z0-9+/=_-]{32,}")  # without words in it
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PLACE = re.compile(r".*://.*|.*@.*\..*|[\w~.-]*/[\w/.-]+|[\w.-]+\.[A-Za-z]{2,4}")
_PHRASE = re.compile(r"[a-z]{3,10}(?:[ -][a-z]{3,10}){3,11}")
_PROSE = frozenset(
    """
    the and you your our for not with must should this that has have are was were will can may from
    use used uses please enter type set reset change changed forgot forgotten wrong invalid required
    password passwords passphrase user name login character characters letters digits least most
    than more too short long field confirm new old see ask none here there field message error
    """.split()  # noqa: SIM905 - a list would be a page
)
_NEXT_FIELD = re.compile(r"&[\w.\[\]-]+=|;[A-Za-z]+=|\\[nr]")
_ENDS = ".,;:)]"

_CODE = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::|->)[A-Za-z_$][\w$]*)+[;,]?|[\w.$]*\(.*|[\w.]+\[.*")
_NAME = re.compile(r"(?![a-z]+_\d+\Z)[a-z]+(?:_[a-z0-9]+)+|[A-Z]+(?:_[A-Z0-9]+)+|[A-Za-z]+")
_DIGITS = re.compile(r"\d{6,}")


def find(text: str, lowered: str) -> Iterator[Span]:
    """Passwords and keys in a text; it comes in lower case too."""
    if "://" in text and "@" in text:
        for found in _URL.finditer(text):
            if PLACEHOLDER.fullmatch(found["value"]) is None:
                yield Span(*found.span("value"), "password")
    for word, is_password in _WORDS:
        place = lowered.find(word)
        while place >= 0:
            end = place + len(word)
            if word not in _SHORT or not (
                lowered[place - 1 : place].isalpha() or lowered[end : end + 1].isalpha()
            ):
                label: Label = "password" if is_password else "API key"
                if word.startswith("private"):
                    label = "private key"
                yield from _after(text, place, end, label)
            place = lowered.find(word, end)


def _after(text: str, start: int, end: int, label: Label) -> Iterator[Span]:
    """The secret that the word between two places announces, if what follows is one."""
    is_password = label == "password"
    sign = _SIGN.match(text, end)
    if sign is None:
        return
    if not _stands(text, start, sign):
        return
    quoted = _QUOTED.match(text, sign.end())
    is_option = _OPTION.search(text, max(0, start - 20), start) is not None
    is_bare = sign["beside"] and not (quoted or is_option)
    if is_bare and is_password:
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
    value = text[start:end]
    if is_bare and (_DENSE.fullmatch(value) is None or _UUID.fullmatch(value)):
        return
    if sign["below"] and (_PLACE.fullmatch(value) or not _ALONE.match(text, end)):
        return
    if _is_secret(value, is_password, quoted is not None):
        yield Span(start, end, label)


def _stands(text: str, start: int, sign: re.Match[str]) -> bool:
    """Whether what is around a word lets the sign behind it announce something."""
    before = text[max(0, start - 200) : start]
    if sign["cell"]:
        return _ROW.search(before) is not None
    if sign["tag"]:
        return _TAG.search(before) is not None
    if sign["below"] and sign["below"].lstrip("*_")[:1] not in (":", "："):
        return _HEADING.search(before) is not None
    return True


def _is_secret(value: str, is_password: bool, is_quoted: bool) -> bool:
    if len(value) < 6 or PLACEHOLDER.fullmatch(value) or _NAME.fullmatch(value):
        return False
    if not is_quoted and _CODE.fullmatch(value):
        return False
    if _DIGITS.fullmatch(value):
        return is_password
    has_digit = any(letter.isdigit() for letter in value)
    has_letter = any(letter.isalpha() for letter in value)
    if " " in value:
        is_mixed = has_digit and has_letter
        return is_password and is_quoted and (is_mixed or _is_phrase(value))
    if is_password:
        has_sign = not value.isalnum()
        return has_letter and (has_digit or (is_quoted and has_sign))
    return len(value) >= 16 and is_random(value)


def _is_phrase(value: str) -> bool:
    """Whether it is words in a row that make no sentence: ``correct horse battery staple``."""
    return _PHRASE.fullmatch(value) is not None and _PROSE.isdisjoint(re.split("[ -]", value))
