"""Texts that only look as if a secret were in them."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator

from benchmarks.redaction_cases.draws import ALNUM, BASE64, HEX, UPPER, Draw, some


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
        "the password policy changed in {Y}",
        "I forgot my password again",
        "Password:\nSee the vault, section {n1}.",
        "Passwords:\nlonger than {n2} characters, says the policy of {Y}",
        "the password manager costs {n2} euros",
        "login page, password reset and {n2} other tickets",
        "the login form asks for a password twice since version {n1}.{n1}",
        "our secret recipe from {Y}: more butter",
        "the private key never leaves the token, see chapter {n1}",
        "private key and public key, {n4} bits each",
        "Password: at least 8 characters, one of them a digit",
    ),
    "passwords in tables and markup": _of(
        "| password | required | at least {n2} characters |",
        "| password | varchar({n2}) | not null |",
        "| field | password |\n|---|---|\n| type | string |",
        "| token | bucket{n2} |",
        "**Password:** ask Ann",
        "**Password**: see 1Password",
        "- **Password:** none",
        "## Password\n\nWe changed it on {Y}-{M}-{D}.",
        "## Password\n\nhttps://example.org/reset{n2}",
        "password:\n  type: string\n  minLength: {n2}",
        "password:\n  secretKeyRef:\n    name: db{n2}",
        "password:\n{w}{n2}.example.org",
        "<password/>",
        "<password>string</password>",
        '<input name="password" value="" type="password">',
        '<label for="pw{n2}">Password</label><span>at least {n2} characters</span>',
        "<th>Password</th><th>Last login</th>",
        '<add key="TokenTimeout" value="{n4}"/>',
        '"password": "Your password"',
        '"password": "The password is too short"',
        '"wrong_password": "wrong user name or password"',
        'password_hint = "name of the first pet"',
        'placeholder="Password" autocomplete="off"',
        "password=\nuser={w}{n2}",
    ),
    "commands with options": _of(
        "mysql -u root -p shop",
        "mysql -P {n4} -h db{n2}",
        "mkdir -p /srv/{w}{n2}/data",
        "ssh -p {n4} ann@host{n2}",
        "docker run -p {n4}:{n4} {w}:{n1}.{n2}",
        "docker compose -p {w}{n2} up",
        "cp -p a{n2}.txt b{n2}.txt",
        "curl -u ann https://example.org/v{n2}",
        "curl -sSL https://example.org/v{n2} -o x{n2}",
        "git log -p -{n2}",
        "python -u {w}{n2}.py",
        "sort -u {w}{n2}.txt",
        "sshpass -p $PASS ssh ann@host{n2}",
        "sshpass -f file{n2} ssh host",
        "mysql -p$DB_PASS -uroot shop{n2}",
        "echo -n password | sha256sum",
        "echo $TOKEN | base64 -d",
        "redis-cli -h cache{n2} -p {n4} ping",
        "unzip -p archive{n2}.zip file{n2}.txt",
        "login {w}{n2} then type the password",
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
