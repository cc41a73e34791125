"""Mail addresses, phone, card and account numbers, with their own check digits."""

from __future__ import annotations

import string

from benchmarks.redaction_cases.draws import UPPER, Draw, Made, digits, some


def email(draw: Draw) -> Made:
    local = draw.choice(["ann", "bob.smith", "o'neill", "x_y", "info+news", "j-doe99", "Ärzte"])
    name = some(draw, string.ascii_lowercase, 4, 9)
    host = draw.choice(
        [f"{name}.com", f"mail.{name}.co.uk", f"{name}-shop.de", f"{name}.museum", "BÜCHER.example"]
    )
    value = f"{local}@{host}"
    if draw.random() < 0.1:
        value = value.upper()
    before, after = draw.choice(
        [
            ("Write to ", "."),
            ("", ""),
            ("Ann <", ">"),
            ("mailto:", "?subject=hi"),
            ("my e-mail is ", ", not the other one"),
            ("邮箱：", "。"),
            ("(", ")"),
            ("email=", "&x=1"),
            ('"', '"'),
            ("cc: ", "; dan"),
            ("her address (", ") bounces"),
        ]
    )
    return before, value, after


def phone(draw: Draw) -> Made:
    def d(count: int) -> str:
        return digits(draw, count)

    area, mid = f"{draw.randint(2, 9)}{d(2)}", f"{draw.randint(2, 9)}{d(2)}"
    value = draw.choice(
        [
            f"+1 {area} {mid} {d(4)}",
            f"+1-{area}-{mid}-{d(4)}",
            f"+1 ({area}) {mid}-{d(4)}",
            f"+1{area}{mid}{d(4)}",
            f"({area}) {mid}-{d(4)}",
            f"{area}-{mid}-{d(4)}",
            f"{area}.{mid}.{d(4)}",
            f"+44 20 7{d(3)} {d(4)}",
            f"+44 (0)20 7{d(3)} {d(4)}",
            f"020 7{d(3)} {d(4)}",
            f"07{d(3)} {d(6)}",
            f"+49 30 {d(7)}",
            f"+49 (0) 171 {d(7)}",
            f"0171/{d(7)}",
            f"030 {d(8)}",
            f"0049 89 {d(6)}",
            f"+33 6 {d(2)} {d(2)} {d(2)} {d(2)}",
            f"06 {d(2)} {d(2)} {d(2)} {d(2)}",
            f"06.{d(2)}.{d(2)}.{d(2)}.{d(2)}",
            f"+86 138 {d(4)} {d(4)}",
            f"+91 98{d(3)} {d(5)}",
            f"+81-3-{draw.randint(3, 6)}{d(3)}-{d(4)}",
            f"+55 (11) 9{d(4)}-{d(4)}",
            f"+41 44 {d(3)} {d(2)} {d(2)}",
            f"+380 67 {d(3)} {d(2)} {d(2)}",
        ]
    )
    before, after = draw.choice(
        [
            ("Call me at ", "."),
            ("Tel.: ", ""),
            ("my number is ", ", call after six"),
            ("", ""),
            ("Ann (", ") will be there"),
            ("Telefon ", " – bitte nach 18 Uhr"),
            ("电话：", "。"),
            ("phone=", ";fax=none"),
            ("WhatsApp ", "!"),
            ("You can reach Bob on ", " until Friday"),
        ]
    )
    return before, value, after


def luhn_digit(number: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def card(draw: Draw) -> Made:
    prefix, length = draw.choice(
        [
            *(("4", 16), ("4", 16), (f"5{draw.randint(1, 5)}", 16)),
            *((str(draw.randint(2221, 2720)), 16), ("34", 15), ("37", 15), ("6011", 16)),
            *(("65", 16), (str(draw.randint(3528, 3589)), 16), ("36", 14), ("62", 16), ("62", 19)),
        ]
    )
    number = prefix + digits(draw, length - len(prefix) - 1)
    number += luhn_digit(number)
    mark = draw.choice(["", " ", "-", " "])
    if length in (14, 15):
        value = mark.join([number[:4], number[4:10], number[10:]])
    else:
        value = mark.join(number[start : start + 4] for start in range(0, length, 4))
    before, after = draw.choice(
        [
            ("My card is ", ", it expires 04/29."),
            ("", ""),
            ("pay with ", " cvv 123"),
            ("Kreditkarte ", "."),
            ("card_number=", "&x=1"),
            ("卡号", "。"),
            ("Visa/MC: ", " (Ann Smith)"),
            ('"number": "', '"'),
        ]
    )
    return before, value, after


_ACCOUNTS = {  # how many digits (n), capitals (a) and either (c) stand after the check digits
    "DE": "n18",
    "FR": "n10c11n2",
    "GB": "a4n14",
    "NL": "a4n10",
    "ES": "n20",
    "IT": "a1n10c12",
    "CH": "n5c12",
    "AT": "n16",
    "BE": "n12",
    "PL": "n24",
    "NO": "n11",
    "SE": "n20",
    "MT": "a4n5c18",
    "SA": "n2c18",
    "BR": "n23a1c1",
}


def iban(draw: Draw) -> Made:
    country = draw.choice(list(_ACCOUNTS))
    letters = {"n": string.digits, "a": UPPER, "c": UPPER + string.digits}
    account, form = "", _ACCOUNTS[country]
    while form:
        kind, rest = form[0], form[1:]
        length = ""
        while rest and rest[0].isdigit():
            length, rest = length + rest[0], rest[1:]
        account, form = account + some(draw, letters[kind], int(length)), rest
    checked = "".join(str(int(letter, 36)) for letter in account + country + "00")
    compact = f"{country}{98 - int(checked) % 97:02d}{account}"
    spaced = " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))
    value = draw.choice([compact, spaced, spaced, compact.lower()])
    before, after = draw.choice(
        [
            ("IBAN: ", ""),
            ("My IBAN is ", "."),
            ("Bitte auf ", " überweisen"),
            ("", ""),
            ("transfer it to ", ", BIC GENODEF1, by Monday"),
            ("账号", "。"),
            ("(", ")"),
            ("iban=", "&amount=10"),
        ]
    )
    return before, value, after
