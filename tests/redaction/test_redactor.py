"""What is left out of a text, what stays, and that no text is changed twice or takes for ever.

Secrets are put together here, so that no scanner takes this file for a leak.
"""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mettaclaw.config import REDACTABLE
from mettaclaw.redaction import Redactor, counted, keyless, marked

ALL = Redactor(REDACTABLE)
_DRAW = random.Random(7)


def word(count: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(_DRAW.choice(letters) for _ in range(count - 2)) + "a7"


HEX = "0123456789abcdef"
BLOCK = "\n".join(["-----BEGIN RSA " + "PRIVATE KEY-----", *(word(64) for _ in range(5))])
SECRETS = [
    ("API key", "sk-" + word(48)),
    ("API key", "sk-proj-" + word(60) + "-_" + word(60)),
    ("API key", "sk-ant-" + "api03-" + word(95)),
    ("API key", "AKIA" + "ABCDEFGHIJKLMNOP"),
    ("API key", "AIza" + word(35)),
    ("API key", "sk_" + "live_" + word(24)),
    ("API key", "SG." + word(22) + "." + word(43)),
    ("API key", "SK" + word(32, HEX)),
    ("token", "ghp_" + word(36)),
    ("token", "github_pat_" + word(22) + "_" + word(59)),
    ("token", "glpat-" + word(20)),
    ("token", "xoxb-" + "123456789012-1234567890123-" + word(24)),
    ("token", "hf_" + word(34)),
    ("token", "npm_" + word(36)),
    ("token", "eyJ" + word(20) + "." + word(60) + "." + word(43)),
    ("private key", BLOCK + "\n-----END RSA " + "PRIVATE KEY-----"),
]


@pytest.mark.parametrize(("label", "secret"), SECRETS)
@pytest.mark.parametrize("around", ["{}", "It is {}.", '{{"key": "{}"}}', "密钥{}，", "ключ: {}\n"])
def test_what_tells_by_its_form_is_left_out_and_nothing_else(
    label: str, secret: str, around: str
) -> None:
    text = around.format(secret)
    assert Redactor().clean(text) == around.format(f"[redacted {label}]")


PW = "Tr0ub" + "4dor&3"


@pytest.mark.parametrize(
    "around",
    [
        "password: {}",
        "PASSWORD={}",
        "DB_PASS='{}'",
        '{{"password": "{}"}}',
        "mysql --password {} shop",
        "Passwort: {}",
        "пароль: {}",
        "密码：{}",
        "Password - {}",
        "curl -u ann:{} https://example.org",
        "postgres://ann:{}@db.example.org/shop",
        '(login ann (password "{}"))',
    ],
)
def test_a_password_goes_where_its_place_tells_it(around: str) -> None:
    assert Redactor().clean(around.format(PW)) == around.format("[redacted password]")


@pytest.mark.parametrize(
    "around",
    [
        "**Password:** {}",
        "- **Password**: {}",
        "Password: `{}`",
        "| user | ann |\n| password | {} |",
        "password:\n{}",
        "password:\n\n  {}\n\nand more",
        "## Router password\n\n{}\n",
        "<password>{}</password>",
        '<add key="SmtpPassword" value="{}"/>',
        "<td>Password</td><td>{}</td>",
        "<key>password</key>\n  <string>{}</string>",
        "- name: DB_PASSWORD\n  value: {}",
        "login bob password {}",
        "machine h\n login bob\n password {}",
        "curl -ubob:{} https://example.org",
        "mysql -u root -p'{}' shop",
        "sshpass -p '{}' ssh bob@host",
        "docker login -u bob -p '{}'",
        "redis-cli -a '{}' ping",
    ],
)
def test_a_password_goes_however_it_was_noted_down(around: str) -> None:
    assert Redactor().clean(around.format(PW)) == around.format("[redacted password]")


def test_a_phrase_of_plain_words_goes_where_it_is_assigned_in_quotes() -> None:
    phrase = "correct horse battery staple"
    assert Redactor().clean(f'password = "{phrase}"') == 'password = "[redacted password]"'
    assert Redactor().clean(f"I like {phrase}.") == f"I like {phrase}."


PUTTY = "\n".join(
    [
        "PuTTY-User-Key-File-3: ssh-ed25519",
        "Encryption: none",
        "Comment: bob@home",
        "Public-Lines: 1",
        word(44),
        "Private-Lines: 2",
        word(64),
        word(24),
        "Private-MAC: " + word(64, HEX),
    ]
)


@pytest.mark.parametrize(
    ("around", "label", "secret"),
    [
        ("{}", "token", "M" + word(23) + "." + word(6) + "." + word(38)),
        ("密钥是{}，", "token", "M" + word(23) + "." + word(6) + "." + word(38)),
        (
            "it is {}.",
            "private key",
            "AGE-SECRET-KEY-" + "1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" * 2,
        ),
        ("my private key {}", "private key", "0x" + word(64, HEX)),
        ("{}\n", "private key", PUTTY),
        ("AWS secret {} is it", "API key", word(40)),
        ('<add key="ApiKey" value="{}"/>', "API key", word(32, HEX)),
        ("{} is it", "token", "ghp_" + "abcdefghijklmnopqrstuvwxyz0123456789"),
    ],
)
def test_a_key_goes_that_has_another_form_or_is_told_by_its_place(
    around: str, label: str, secret: str
) -> None:
    assert Redactor().clean(around.format(secret)) == around.format(f"[redacted {label}]")


@pytest.mark.parametrize("said", ["my password is {}, I think", "the password for the wifi is: {}"])
def test_a_password_that_somebody_tells_in_a_sentence_stays(said: str) -> None:
    assert Redactor().clean(said.format(PW)) == said.format(PW)


@pytest.mark.parametrize(
    "text",
    [
        "the password is on the desk",
        "My password is too short.",
        "password = getpass()",
        "password = getpass.getpass('Password: ')",
        "def check(password: str, token: Token | None = None) -> bool:",
        'api_key = os.environ["API_KEY"]',
        "PASSWORD=$DB_PASSWORD",
        "api_key: <your key>",
        "password=********",
        "OPENAI_API_KEY=sk-...",
        "a skeleton-key, a risk-averse task-force-of-many-people-42",
        "the password policy changed, and I forgot my password again",
        "password: see the vault",
        "Password:\nSee the vault of 2024.",
        "password:\n  type: string\n  minLength: 8",
        "## Password\n\nhttps://example.org/reset2",
        "| password | varchar(20) | at least 8 characters |",
        "<password>string</password>",
        '"wrong_password": "wrong user name or password"',
        "echo -n password | sha256sum",
        "ssh -p 2222 bob@host9, mkdir -p a1/b2c3, docker run -p 8080:80 x1",
        "mysql -u root -p shop22, sshpass -p $PASS ssh host22",
        "the private key 0x12 and token 550e8400-e29b-41d4-a716-446655440000",
        "ghp_" + "x" * 36,
        "commit 3f2a9c1b5d7e8f60718293a4b5c6d7e8f9012345",
        "id 550e8400-e29b-41d4-a716-446655440000",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "tokens_per_turn: int = 1_000_000",
        "Bearer tokens are sent in a header.",
        "http://localhost:3000/a:b@c",
        "2024-05-06T10:11:12Z, 06.05.2024 12:30, 1999-2024",
        "version 3.11.7.20240506, 192.168.100.200:8080",
        "52.520008, 13.404954 and +151.209290",
        "ISBN 978-3-16-148410-0, order 302-1234567-7654321",
        "ring 0 1 2 3 4 5 6 7, mobile 4.0.30319, id -u 1000:1000",
        "It costs 1,234,567.89 dollars.",
        "git@github.com:org/repo.git, lodash@4.17.21, @property, image@2x.png",
        "1234 5678 9012 3456",
        "DE00 1234 5678 9012 3456 78",
        "(--> garfield cat) (stv 1.0 0.9)",
        "[redacted API key] and [redacted-e-mail-address]",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert ALL.clean(text) == text


@pytest.mark.parametrize(
    ("kind", "label", "value"),
    [
        ("email", "e-mail address", "o'neill+news@mail.example.co.uk"),
        ("phone", "phone number", "+49 (0) 171 1234567"),
        ("phone", "phone number", "(415) 555-2671"),
        ("phone", "phone number", "06 12 34 56 78"),
        ("card", "card number", "4111 1111 1111 1111"),
        ("card", "card number", "378282246310005"),
        ("card", "card number", "4111\u00a01111\u00a01111\u00a01111"),
        ("card", "card number", "4111.1111.1111.1111"),
        ("card", "card number", "４１１１ １１１１ １１１１ １１１１"),
        ("phone", "phone number", "＋49\u2009171\u20091234567"),
        ("iban", "IBAN", "DE89 3704 0044 0532 0130 00"),
        ("iban", "IBAN", "GB82WEST12345698765432"),
    ],
)
def test_what_is_personal_goes_only_where_it_is_asked_for(
    kind: str, label: str, value: str
) -> None:
    text = f"Write it down: {value}, will you?"
    assert Redactor([kind]).clean(text) == f"Write it down: [redacted {label}], will you?"
    others = [other for other in REDACTABLE if other != kind]
    assert Redactor(others).clean(text) == text
    assert Redactor().clean(text) == text


@pytest.mark.parametrize("wrong", ["4111 1111 1111 1112", "DE88 3704 0044 0532 0130 00"])
def test_a_wrong_check_digit_is_no_card_and_no_account(wrong: str) -> None:
    assert Redactor(["card", "iban"]).clean(wrong) == wrong


def test_what_was_left_out_is_counted_and_told() -> None:
    text = f"{SECRETS[0][1]} {SECRETS[1][1]} ann@example.org password: {PW}"
    redacted = ALL.cleaned(text)
    assert redacted.counts == {"API key": 2, "e-mail address": 1, "password": 1}
    assert counted(redacted.counts) == "2 API keys, 1 password, 1 e-mail address"
    assert marked(redacted.text) == redacted.counts
    assert counted(marked("nothing here")) == ""


def test_the_endpoints_key_goes_whatever_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "plainwords")
    assert Redactor([]).clean("the plainwords") == "the [redacted API key]"
    monkeypatch.setenv("OPENAI_API_KEY", "words")
    assert Redactor([]).clean("the words") == "the words"
    assert keyless("a b", "") == "a b"


PIECES = st.sampled_from(
    [
        *(secret for _, secret in SECRETS),
        *("password: ", "token=", "Bearer ", "://a:", "@example.org", '"', "'", "[redacted ", "] "),
        *(
            "+49 171 ",
            "4111 1111 1111 1111",
            "DE89370400440532013000",
            "call ",
            " ",
            "\n",
            "İ",
            ";",
        ),
        *(
            "password\n",
            "| password |",
            "<password>",
            "-----BEGIN RSA PRIVATE KEY-----",
            "mysql -p",
        ),
        *("ann", "x9", PW, "eyJ", "sk-", "-----END RSA PRIVATE KEY-----", "\\", "[redacted token]"),
    ]
)


@given(st.lists(PIECES | st.text(max_size=5), max_size=12).map("".join))
def test_what_was_cleaned_once_stays_as_it_is(text: str) -> None:
    once = ALL.clean(text)
    assert ALL.clean(once) == once


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "a",
            "0",
            "sk-",
            "eyJ",
            "eyJa.",
            "password:",
            "password: ' ",
            "a@",
            "a.",
            "a'",
            "0 ",
            "1-",
        ),
        *("://", "://a:", "+1 ", "(0", "DE12 ", "-----BEGIN PRIVATE KEY-----", "Bearer ", "--a"),
        *(
            "call ",
            "4111 ",
            "0.1",
            "[redacted ",
            "token=\\",
            "A1b2",
            "| password",
            "mysql ",
            "login a ",
            "é",
            "İ",
            "𝕏@",
        ),
    ],
)
def test_no_text_takes_more_than_linear_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))  # where a square would take hours
    assert ALL.clean(text) is not None
