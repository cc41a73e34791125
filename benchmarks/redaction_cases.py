"""Secrets in sentences, and what only looks like one, made from a seed.

Nothing here knows how secrets are found: each is built piece by piece as those who issue it do,
with its own check digits. Of each kind of negative there are as many as of the others.

Invariant: the same seed makes the same cases. Not covered: whether a key that is made here is in
use; all are random.
"""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ALNUM = string.ascii_letters + string.digits
URLSAFE = ALNUM + "-_"
HEX = "0123456789abcdef"
BASE64 = ALNUM + "+/"
UPPER = string.ascii_uppercase


@dataclass(frozen=True, slots=True)
class Secret:
    """A text before the secret, the secret, and the text after it."""

    kind: str
    before: str
    value: str
    after: str

    @property
    def text(self) -> str:
        return self.before + self.value + self.after


@dataclass(frozen=True, slots=True)
class Negative:
    """A text with nothing to leave out."""

    kind: str
    text: str


Draw = random.Random
Made = tuple[str, str, str]


def secrets(count: int, seed: int = 20) -> list[Secret]:
    """So many secrets, of each type as many as of the others."""
    draw = Draw(seed)
    kinds = list(SECRETS.items())
    made: list[Secret] = []
    for number in range(count):
        kind, make = kinds[number % len(kinds)]
        made.append(Secret(kind, *make(draw)))
    return made


def negatives(count: int, seed: int = 21) -> list[Negative]:
    """So many texts without a secret, of each kind as many as of the others."""
    draw = Draw(seed)
    kinds = list(NEGATIVES.items())
    made: list[Negative] = []
    for number in range(count):
        kind, make = kinds[number % len(kinds)]
        made.append(Negative(kind, make(draw)))
    return made


# --- what secrets are made of ---


def some(draw: Draw, letters: str, least: int, most: int | None = None) -> str:
    """A random word of these letters."""
    return "".join(draw.choice(letters) for _ in range(draw.randint(least, most or least)))


def digits(draw: Draw, count: int) -> str:
    return some(draw, string.digits, count)


def told(draw: Draw, value: str) -> Made:
    """A value in a sentence."""
    before, after = draw.choice(
        [
            ("", ""),
            ("My key is ", "."),
            ("Please use ", " for the test server, will you?"),
            ("I pasted ", " into the chat by mistake!"),
            ("key=", ""),
            ('config = {"key": "', '"}'),
            ("export KEY='", "'"),
            ("(", ")"),
            ("Here it is: ", ", and it works."),
            ("das ist mein Schlüssel: ", " – bitte nicht weitergeben"),
            ("密钥是", "，请勿外传。"),
            ("Мой ключ ", "; сохрани его"),
            ("curl -H 'x-api-key: ", "' https://api.example.org/v1/items"),
            ("line one\n", "\nline three"),
            ("`", "` is what the console shows"),
        ]
    )
    return before, value, after


def _model_key(draw: Draw) -> Made:
    value = draw.choice(
        [
            "sk-" + some(draw, ALNUM, 48),
            "sk-proj-" + some(draw, URLSAFE, 73) + "A" + "T3BlbkFJ" + some(draw, URLSAFE, 73) + "A",
            "sk-svcacct-" + some(draw, URLSAFE, 119) + "Z",
            "sk-ant-api03-" + some(draw, URLSAFE, 93) + "AA",
            "sk-or-v1-" + some(draw, HEX, 64),
            "hf_" + some(draw, string.ascii_letters, 34),
            "AIza" + "Sy" + some(draw, URLSAFE, 32) + "k",
            "gsk_" + some(draw, ALNUM, 52),
        ]
    )
    return told(draw, value)


def _cloud_key(draw: Draw) -> Made:
    secret = some(draw, BASE64, 40)
    store = base64.b64encode(draw.randbytes(64)).decode()
    azure = "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey="
    identity = draw.choice(["AKIA", "ASIA"]) + some(draw, UPPER + "234567", 16)
    return draw.choice(
        [
            told(draw, identity),
            ("aws_access_key_id = ", identity, "\nregion = eu-west-1"),
            ("aws_secret_access_key = ", secret, "\n"),
            ("AWS_SECRET_ACCESS_KEY=", secret, " make deploy"),
            ('"SecretAccessKey": "', secret, '",'),
            ("the aws secret key is ", secret, " I think"),
            (azure, store, ";EndpointSuffix=core.windows.net"),
            told(draw, "dop_v1_" + some(draw, HEX, 64)),
        ]
    )


def _code_host(draw: Draw) -> Made:
    kind = draw.choice(["ghp_", "gho_", "ghu_", "ghs_"])
    value = draw.choice(
        [
            kind + some(draw, ALNUM, 36),
            "github_pat_" + some(draw, ALNUM, 22) + "_" + some(draw, ALNUM, 59),
            "glpat-" + some(draw, URLSAFE, 19) + "x",
            "npm_" + some(draw, ALNUM, 36),
            "pypi-AgEIcHlwaS5vcmc" + some(draw, URLSAFE, 140, 170) + "w",
        ]
    )
    return told(draw, value)


def _service(draw: Draw) -> Made:
    bot = f"{digits(draw, 12)}-{digits(draw, 13)}-{some(draw, ALNUM, 24)}"
    hook = f"T{some(draw, UPPER, 8)}/B{some(draw, UPPER, 10)}/{some(draw, ALNUM, 24)}"
    return draw.choice(
        [
            told(draw, "xoxb-" + bot),
            told(draw, "xoxp-" + bot),
            told(draw, "sk_live_" + some(draw, ALNUM, 24)),
            told(draw, "rk_live_" + some(draw, ALNUM, 99)),
            told(draw, "whsec_" + some(draw, ALNUM, 32)),
            told(draw, "SG." + some(draw, ALNUM, 22) + "." + some(draw, ALNUM, 43)),
            told(draw, "SK" + some(draw, HEX, 32)),
            ("TWILIO_AUTH_TOKEN=", some(draw, HEX, 32), "\n"),
            told(draw, "shpat_" + some(draw, HEX, 32)),
            told(draw, f"{digits(draw, 10)}:AA{some(draw, ALNUM, 33)}"),
            ("https://hooks.slack.com/services/", hook, " takes the alerts"),
        ]
    )


def _bearer(draw: Draw) -> Made:
    def part(text: str) -> str:
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    claims = f'{{"sub":"{digits(draw, 10)}","name":"Ann","iat":{digits(draw, 10)}}}'
    head = part('{"alg":"HS256","typ":"JWT"}')
    jwt = f"{head}.{part(claims)}.{some(draw, URLSAFE, 42)}k"
    opaque = some(draw, ALNUM + "-._~", 31, 63) + "z"
    basic = base64.b64encode(f"ann:{some(draw, ALNUM, 12)}".encode()).decode()
    return draw.choice(
        [
            told(draw, jwt),
            ("Authorization: Bearer ", jwt, "\r\nAccept: */*"),
            ("Authorization: Bearer ", opaque, ""),
            ("curl -H 'authorization: bearer ", opaque, "' https://example.org"),
            ('headers={"Authorization": "Bearer ', opaque, '"}'),
            ("Authorization: Basic ", basic, "\n"),
            ("it answers 401 to 'Bearer ", opaque, "', why?"),
        ]
    )


def _private_key(draw: Draw) -> Made:
    name = draw.choice(
        [
            "RSA PRIVATE KEY",
            "EC PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
            "PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "PGP PRIVATE KEY BLOCK",
        ]
    )
    end = draw.choice(["\n", "\n", "\r\n", "\\n"])
    lines = [some(draw, BASE64, 64) for _ in range(draw.randint(3, 26))]
    value = end.join([f"-----BEGIN {name}-----", *lines, f"-----END {name}-----"])
    before, after = draw.choice(
        [("", ""), ("Here is the key:\n", "\nThanks"), ('{"key": "', '\\n"}'), ("> ", "\n")]
    )
    return before, value, after


def password(draw: Draw) -> str:
    word = draw.choice(["Summer", "dragon", "Tr0ub4dor", "Kaffee", "letMeIn", "Monkey", "qwerty"])
    return draw.choice(
        [
            some(draw, ALNUM, 9, 20) + digits(draw, 1),
            some(draw, ALNUM + "!#$%*_", 10, 18) + "7a",
            f"{word}{draw.randint(10, 2999)}{draw.choice('!?#$*')}",
            f"{word}{draw.choice('!&_#')}{draw.randint(1, 99)}",
            f"{word}-{some(draw, string.ascii_lowercase, 5)}-{digits(draw, 4)}",
        ]
    )


def _url_password(draw: Draw) -> Made:
    user = draw.choice(["app", "admin", "ann.smith", "svc_shop"])
    safe = some(draw, ALNUM + "_-.!~*", 8, 24) + draw.choice(["", "%40", "%2Fx"]) + "9"
    value = draw.choice([safe, "hunter2", "postgres1", safe, safe])
    scheme, host = draw.choice(
        [
            (f"postgresql://{user}:", "@db.example.org:5432/shop"),
            (f"https://{user}:", "@example.org/private/feed.xml"),
            ("redis://:", "@cache.internal:6379/0"),
            (f"mongodb+srv://{user}:", "@cluster0.ab1cd.mongodb.net/?retryWrites=true"),
            (f"amqp://{user}:", "@rabbit:5672/%2f"),
            (f"ftp://{user}:", "@10.0.0.5/pub"),
        ]
    )
    before, after = draw.choice(
        [("", ""), ("DATABASE_URL=", "\n"), ("I connect to ", ", which times out."), ("<", ">")]
    )
    return before + scheme, value, host + after


def _assigned(draw: Draw) -> Made:
    value = password(draw)
    key = draw.choice(
        [some(draw, HEX, 32), some(draw, ALNUM, 24, 40), some(draw, BASE64, 43) + "="]
    )
    return draw.choice(
        [
            ("password: ", value, "\nuser: ann"),
            ("PASSWORD=", value, "\n"),
            ("DB_PASSWORD='", value, "'"),
            ("my password is ", value, ", write it down"),
            ("The wifi password is ", value, "."),
            ('{"user": "ann", "password": "', value, '"}'),
            ("Passwort: ", value, ""),
            ("mysql -u root --password=", value, " shop"),
            ("contraseña: ", value, ""),
            ("mot de passe : ", value, ""),
            ("api_key = '", key, "'"),
            ("API-Key: ", key, ""),
            ('client_secret="', key, '"'),
            ("export SESSION_SECRET=", key, ""),
            ("access_token: ", key, ""),
            ("https://api.example.org/v1/items?api_key=", key, "&page=2"),
            ("login ann / pw: ", value, " works"),
            ("пароль: ", value, ""),
            ("passphrase = '", f"{value} {value[::-1]}", "'"),
        ]
    )


def _email(draw: Draw) -> Made:
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


def _phone(draw: Draw) -> Made:
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


def _card(draw: Draw) -> Made:
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


def _iban(draw: Draw) -> Made:
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


SECRETS: dict[str, Callable[[Draw], Made]] = {
    "model key": _model_key,
    "cloud key": _cloud_key,
    "code host token": _code_host,
    "service token": _service,
    "bearer or JWT": _bearer,
    "private key": _private_key,
    "password in a URL": _url_password,
    "password or key that is assigned": _assigned,
    "e-mail address": _email,
    "phone number": _phone,
    "card number": _card,
    "IBAN": _iban,
}


# --- what only looks like one ---


def _of(*lines: str) -> Callable[[Draw], str]:
    """Lines in which ``{n4}`` is four digits, ``{h8}`` eight of hexadecimal, ``{w}`` a word."""

    def make(draw: Draw) -> str:
        line = draw.choice(lines)
        parts = iter(line.replace("{", "\0{").replace("}", "}\0").split("\0"))
        return "".join(_filled(draw, parts))

    return make


def _filled(draw: Draw, parts: Iterator[str]) -> Iterator[str]:
    kinds = {"n": string.digits, "h": HEX, "u": UPPER, "a": ALNUM, "b": BASE64}
    for part in parts:
        if part == "{w}":
            yield draw.choice(["garfield", "invoice", "harbour", "kettle", "north", "report"])
        elif part == "{Y}":
            yield str(draw.randint(1950, 2035))
        elif part == "{M}":
            yield f"{draw.randint(1, 12):02d}"
        elif part == "{D}":
            yield f"{draw.randint(1, 28):02d}"
        elif part[:1] == "{" and part[1] in kinds and part[2:-1].isdigit():
            yield some(draw, kinds[part[1]], int(part[2:-1]))
        elif part == "{o}":  # 0 to 255
            yield str(draw.randint(0, 255))
        elif part in ("{lb}", "{rb}"):
            yield "{" if part == "{lb}" else "}"
        else:
            yield part


NEGATIVES: dict[str, Callable[[Draw], str]] = {
    "dates": _of(
        "It happened on {Y}-{M}-{D}.",
        "from {D}.{M}.{Y} to {D}.{M}.{Y}",
        "{D}/{M}/{Y} was a Friday",
        "Between {Y}-{Y} and later",
        "{D} {M} {Y}, {D} {M} {Y}",
        "logs/{Y}{M}{D}/app.log, {Y}-{M}-{D}-{n2}",
        "{Y}年{M}月{D}日",
    ),
    "times": _of(
        "at {Y}-{M}-{D}T10:{M}:{D}Z",
        "{Y}-{M}-{D} 23:{M}:{D}.{n6}+02:00 INFO started",
        "(at (walks bob) {Y}-{M}-{D} {Y}-{M}-{D})",
        "since 17{n8} (that is 17{n11} ms)",
        "open 09:00-12:30, 14:00-18:00",
        "{D}.{M}.{Y} 12.{M}.{D}",
    ),
    "hashes": _of(
        "The bug came with commit {h40}.",
        "see {h7} and {h8}",
        "sha256:{h64}",
        "{h64}  claw.db",
        "md5 {h32} of the file",
        'integrity="sha384-{b64}"',
        "etag: W/{h32}",
        "docker pull alpine@sha256:{h64}",
    ),
    "uuids": _of(
        "id {h8}-{h4}-4{h3}-a{h3}-{h12}",
        "session={h8}-{h4}-4{h3}-b{h3}-{h12}&x=1",
        "/items/{h8}-{h4}-1{h3}-9{h3}-{h12}",
    ),
    "order numbers": _of(
        "Order {n10} has shipped.",
        "order no. {n3}-{n7}-{n7}",
        "invoice {Y}-{n6}",
        "RE-{n4}-{n4}, customer {n8}",
        "ticket #{n6} and PR #{n4}",
        "tracking 1Z{a6}{n10}",
        "parcel RR{n9}DE",
        "order {n16}",
        "case {n12}",
    ),
    "versions": _of(
        "mettaclaw {n1}.{n2}.{n1} needs hyperon==0.2.6",
        "Python 3.{n2}.{n1}, SQLite 3.{n2}.{n1}",
        "lodash@4.{n2}.{n2} and @types/node@{n2}.{n1}.{n1}",
        "release {Y}.{M}.{D}",
        "Chrome/{n3}.0.{n4}.{n3} Safari/537.36",
        "torch>=2.8,<2.14",
    ),
    "addresses of machines": _of(
        "ping {o}.{o}.{o}.{o}",
        "http://{o}.{o}.{o}.{o}:8080/x",
        "fe80::{h4}:{h4}:{h4}:{h4}",
        "mac 00:1b:{h2}:{h2}:{h2}:{h2}",
        "listening on 0.0.0.0:{n4}",
        "{o}.{o}.{o}.{o}/24 via 10.0.0.1",
        "ssh root@localhost -p 2222",
        "git clone git@github.com:{w}/{w}.git",
    ),
    "coordinates": _of(
        "52.{n6}, 13.{n6}",
        "at -33.{n4}, +151.{n4}",
        "48°51′{n2}″N 2°21′{n2}″E",
        "geo:48.{n4},2.{n4}",
        "POINT(13.{n4} 52.{n4})",
    ),
    "book numbers": _of(
        "ISBN 978-3-16-{n6}-{n1}",
        "ISBN 0-{n3}-{n5}-X",
        "EAN 40063813{n5}",
        "ISSN {n4}-{n4}",
        "doi:10.{n4}/{w}.{n6}",
        "arXiv:{n4}.{n5}",
        "US patent {n2},{n3},{n3}",
    ),
    "prices and sizes": _of(
        "It costs 1,{n3},{n3}.{n2} dollars.",
        "€ {n3}.{n3},{n2} plus VAT",
        "{n1} {n3} {n3} people live there",
        "1920x1080, {n4} x {n4} x {n3} mm",
        "{n2}.{n1} % of {n8} bytes",
        "{n1},{n3},{n3},{n3} atoms in {n3}.{n1} s",
        "won 3-2, {n2}-{n2}, 6-4",
    ),
    "sums": _of(
        "{n3} + {n3} - {n4} = ?",
        "{n2}.{n2} - {n2}.{n2} - 0.{n4}",
        "(+ 1 {n3} {n3} {n4})",
        "let x = {n5} - {n4} * {n3}",
        "[{n3}, {n3}, {n4}, {n4}]",
        "3.14159265358979 and 2.71828182845{n4}",
    ),
    "code with passwords": _of(
        "password = getpass()",
        "password = getpass.getpass('Password: ')",
        "def check_password(password: str, salt: bytes) -> bool:",
        "api_key=os.environ['API_KEY']",
        'token = response.json()["token"]',
        "if token is None: raise ValueError('no token')",
        '<input type="password" name="password" required>',
        "password: Optional[str] = None",
        "self.token = token",
        "secret = config.get('secret')",
        "PASSWORD=$DB_PASSWORD ./run.sh",
        "password: ${lb}{lb} secrets.DB_PASSWORD {rb}{rb}",
        "api_key: <your key here>",
        "OPENAI_API_KEY=sk-...",
        "password=********",
        "tokens_per_turn: int = 1_000_000",
        "token_count = len(tokens)",
        "access_token: string;",
        "const secret = process.env.SECRET_{n2};",
        "passwd: files systemd",
    ),
    "talk of passwords": _of(
        "The password is on the desk.",
        "My password is too short, the site says.",
        "the secret is out",
        "The secret: practice every day.",
        "Forgot password? Ask Ann.",
        "password: see the vault",
        "Is the password wrong or is the token expired?",
        "The token is valid until {Y}.",
        "the api key is missing from the environment",
        "His secret is safe with me.",
        "a password must have {n2} characters",
        "The key is under the mat.",
        "Her password was changed {n2} days ago.",
        "Das Passwort ist falsch.",
        "passwords: never the same twice",
        "the bearer of this letter is my friend",
        "Bearer tokens are sent in a header.",
        "The password is incorrect",
        "token: a unit of text that a model reads",
        "Her password was stolen yesterday",
    ),
    "words with such letters": _of(
        "a skeleton-key opens them all",
        "a risk-averse, task-oriented flask-based service",
        "sk-learn is scikit-learn",
        "the sk-circle-fade-dot-animation-wrapper class",
        "disk-usage-of-the-harbour-master-{n2}",
        "hf_transfer, hf_hub_download_and_cache_everything_here",
        "npm_config_registry, npm_package_version_and_name",
        "SG.BEST is a ticker",
        "Asiatic and AKIAK are names",
        "xoxo-love-and-kisses",
        "ghp_ is how tokens begin",
        "sk_live_ keys are secret, pk_ ones are not",
        "eyJust a word",
        "SKU{n8}, SK{n4}",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "https://host/very-long-path-name/with-many-words/and-{n4}-more/index.html",
    ),
    "serials like phone numbers": _of(
        "SN {n4}-{n4}-{n4}-{n2}",
        "part no. {n3}-{n4}-AB",
        "serial {n5}-{n5}-{n5}",
        "model 555-{n4}-{n3}",
        "ZIP 94{n3}-{n4}",
        "VIN 1HGCM8{n1}633A{n6}",
        "licence {u3}-{n3}-{n4}",
        "catalogue {n2}.{n3}.{n3}",
        "room {n3}-{n2}",
        "SSID {n12}, channel 11",
        "id {n18}",
        "row {n2} {n2} {n2} {n2} {n2}",
    ),
    "numbers like accounts": _of(
        "DE{n2} is a road, and B{n3} too",
        "GB12 ABCD {n4} {n4} {n4} 1",
        "DE00 {n4} {n4} {n4} {n4} 0",
        "no card: 4{n3} {n4} {n4} 12{n1}",
        "0000 0000 0000 0000",
        "1234 5678 9012 3456",
        "gene NM_{n9}, rs{n8}",
        "CVE-{Y}-{n5}, RFC {n4}",
        "FR{n2} and IT{n2} trains",
        "{n4} {n4} {n4}",
    ),
    "at signs": _of(
        "@property",
        "ask @{w} about it",
        "3 @ {n2} euros each",
        "@scope/{w}@{n1}.{n1}.{n1}",
        "user@host:~$ ls",
        "see https://medium.com/@{w}/a-post-{h8}",
        "@{w}:matrix.org",
        "a@b",
        "https://user@example.org/path",
        "x @ y.T @ z",
    ),
    "public things": _of(
        "-----BEGIN PUBLIC KEY-----\n{b64}\n-----END PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----\n{b64}\n{b64}\n-----END CERTIFICATE-----",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{b43} ann",
        "data:image/png;base64,iVBORw0KGgo{b64}{b64}",
        "http://localhost:3000/a:b@c",
        "https://example.org:8443/path?x=1&y=2",
        "postgresql://localhost:5432/shop",
        "magnet:?xt=urn:btih:{h40}",
        "rgb(#{h6}) and #{h3}",
        "https://youtu.be/{a11}",
    ),
    "atoms": _of(
        "(--> garfield cat) (stv 1.0 0.{n2})",
        "(believe (--> {w} cat) (stv 0.{n2} 0.9))",
        "(match &kb (--> $x {w}) $x)",
        "(infer (==> (--> $1 cat) (--> $1 animal)))",
        '(remember "the {w} opens at {M}:{D}")',
        "(evidence {n3} {n4} {n5})",
    ),
}
