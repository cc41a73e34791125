"""Where a person can be reached and paid: e-mail addresses, phone numbers, cards, accounts.

A card has the prefix, the length and the check digit of one (ISO/IEC 7812, Luhn); an account those
of an IBAN of its country (ISO 13616, modulus 97). A phone number is written as one: with ``+`` or
``00``, in groups as they are usual somewhere, or after a word such as "call".

Not covered: names and addresses of people, for no form tells them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mettaclaw.redaction.spans import Span

# --- e-mail ---

_LETTER = "A-Za-z0-9À-ɏͰ-ӿ"
_IMAGES = "png|jpe?g|gif|svg|webp|avif|css|js|ts|py|json|md|txt|html"
_EMAIL = re.compile(
    rf"(?<![{_LETTER}._%+/-])[{_LETTER}_+][{_LETTER}._%+'-]{{0,63}}@"
    rf"(?:[{_LETTER}](?:[{_LETTER}-]{{0,62}})\.){{1,8}}"
    rf"(?!(?:{_IMAGES})\b)(?:xn--[a-z0-9-]{{2,30}}|[A-Za-zÀ-ɏͰ-ӿ]{{2,24}})"
    rf"(?![{_LETTER}_-]|:[^\s/]{{0,80}}/)",
)


def emails(text: str) -> Iterator[Span]:
    """E-mail addresses."""
    if "@" in text:
        for found in _EMAIL.finditer(text):
            yield Span(*found.span(), "e-mail address")


# --- phone ---

_APART = r"[ \u00a0./()-]"
_CANDIDATE = re.compile(rf"(?<![\w.,+#/-])(?<!\d:)(?:\+|\()?\d(?:{_APART}{{0,3}}\d){{6,30}}")
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[-./ ][01]?\d[-./ ][0-3]?\d|[0-3]?\d[-./ ][0-3]?\d[-./ ](?:19|20)\d\d)"
    r"(?!\d)"
)
_AMERICAN = re.compile(
    r"(?:\+1[ .-]?|1[.-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d(?P<sign>[-. ]))"
    r"[2-9]\d\d(?(sign)(?P=sign)|[-. ])\d{4}"
)
_DOMESTIC = re.compile(r"\(?0[1-9]\d{0,4}(?:\)[ /-]?|[ /.-])\d{2,}(?:[ ./-]\d{2,})*")
_PAIRS = re.compile(r"0[1-9](?:([ .-])\d\d)(?:\1\d\d){3}")
_DECIMAL = re.compile(r"\+?\d{1,3}\.\d+")
_CUE = re.compile(
    r"(?:tel|phone|telephone|telefon|tél|téléphone|teléfono|telefoon|mobile|mobil|handy|cell|fax"
    r"|call|ring|reach|dial|whatsapp|signal|sms|text|телефон|电话|電話|手机|手機|전화)"
    r"[^\d\n+(]{0,25}[+(]?\Z",
    re.IGNORECASE,
)


def phones(text: str) -> Iterator[Span]:
    """Phone numbers."""
    for found in _CANDIDATE.finditer(text):
        start, end = found.span()
        if text[start] == "(" and ")" not in found[0]:
            start += 1
        if end < len(text) and re.match(r"[\w@%]|[-:.,/]\d", text[end : end + 2], re.ASCII):
            continue
        if _is_phone(text[start:end], text[max(0, start - 40) : start]):
            yield Span(start, end, "phone number")


def _is_phone(written: str, before: str) -> bool:
    digits = sum(letter.isdigit() for letter in written)
    if not 7 <= digits <= 15 or _DATE.search(written) or _DECIMAL.fullmatch(written):
        return False
    if written.startswith("+"):
        return digits >= 8 and written[1] in "123456789"
    if written.startswith("00") and written[2] in "123456789" and digits >= 10:
        return not written.isdigit() or _CUE.search(before) is not None
    if _AMERICAN.fullmatch(written) or _PAIRS.fullmatch(written):
        return True
    if 9 <= digits <= 12 and _DOMESTIC.fullmatch(written) and not _looks_timed(written):
        return True
    groups = re.findall(r"\d+", written)
    if len(groups[0]) < 2 or len(groups) > digits // 2:  # a version, a count
        return False
    return _CUE.search(before) is not None


def _looks_timed(written: str) -> bool:
    """Whether all of it is pairs with points, as days and hours are written."""
    return re.fullmatch(r"\d\d?(?:\.\d\d){1,2}(?: \d\d(?:\.\d\d)*)?", written) is not None


# --- cards ---

_GROUPS = re.compile(r"(?<![A-Za-z0-9.,_+$€£#/-])\d+(?:[ .-]\d+)*")
_SHAPES = frozenset(
    ((14,), (15,), (16,), (19,), (4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3))
)


def cards(text: str) -> Iterator[Span]:
    """Numbers of payment cards."""
    for run in _GROUPS.finditer(text):
        if run.end() - run.start() < 14:
            continue
        groups = list(re.finditer(r"\d+", run[0]))
        place = 0
        while place < len(groups):
            for count in (5, 4, 3, 1):
                part = groups[place : place + count]
                if len(part) == count and _is_card([one[0] for one in part]):
                    start, end = run.start() + part[0].start(), run.start() + part[-1].end()
                    if not re.match(r"[A-Za-z0-9_]|[.,/]\d", text[end : end + 2]):
                        yield Span(start, end, "card number")
                        place += count - 1
                        break
            place += 1


def _is_card(groups: list[str]) -> bool:
    if tuple(map(len, groups)) not in _SHAPES:
        return False
    number = "".join(groups)
    return _is_issued(number) and _luhn(number)


def _is_issued(number: str) -> bool:
    """Whether cards of this prefix have this length."""
    two, four, length = int(number[:2]), int(number[:4]), len(number)
    if length == 14:
        return two in (36, 38, 39) or 3000 <= four <= 3059
    if length == 15:
        return two in (34, 37)
    if number[0] == "4" or 51 <= two <= 55 or 2221 <= four <= 2720:
        return length == 16 or (number[0] == "4" and length == 19)
    return two in (62, 64, 65, 81) or four == 6011 or (3528 <= four <= 3589) or two in (50, 60, 67)


def _luhn(number: str) -> bool:
    doubled = "0246813579"
    total = sum(int(digit) for digit in number[-1::-2])
    return (total + sum(int(doubled[int(digit)]) for digit in number[-2::-2])) % 10 == 0


# --- accounts ---

# How long the account numbers of a country are, after SWIFT's registry of IBAN formats.
_FORMATS = """
AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27
DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28
IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22
MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24
SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
"""
_LENGTHS = {form[:2]: int(form[2:]) for form in _FORMATS.split()}
_ACCOUNT = re.compile(r"(?<![A-Za-z0-9])(?=([A-Za-z]{2}\d\d(?:[ \u00a0-]?[A-Za-z0-9]){11,30}))")


def ibans(text: str) -> Iterator[Span]:
    """International bank account numbers."""
    for found in _ACCOUNT.finditer(text):
        length = _LENGTHS.get(found[1][:2].upper(), 0)
        start, end = found.start(), found.start()
        number = ""
        while length and end < found.end(1) and len(number) < length:
            if text[end].isalnum():
                number += text[end].upper()
            end += 1
        ends_here = not re.match("[A-Za-z0-9]", text[end : end + 1])
        if length and len(number) == length and ends_here and _remainder(number) == 1:
            yield Span(start, end, "IBAN")


def _remainder(number: str) -> int:
    turned = number[4:] + number[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97
