"""Passwords and keys as people note them down: tables, Markdown, XML, shells, key files."""

from __future__ import annotations

from benchmarks.redaction_cases.draws import ALNUM, BASE64, HEX, UPPER, Draw, Made, some, told
from benchmarks.redaction_cases.keys import password

_WORDS = (
    "copper", "lantern", "orbit", "velvet", "cactus", "timber", "rocket", "maple", "quartz",
    "harbor", "walnut", "ember",
)  # fmt: skip


def markup(draw: Draw) -> Made:
    """A password in Markdown, HTML, XML, YAML or on a line of its own."""
    value = password(draw)
    return draw.choice(
        [
            ("**Password:** ", value, "\n"),
            ("- **Password**: ", value, "\n- **URL**: example.org"),
            ("* _Passwort:_ ", value, "\n"),
            ("Password: `", value, "`"),
            ("| user | ann |\n| password | ", value, " |\n"),
            ("| Wifi password | ", value, " | since May |"),
            ("Router\npassword:\n", value, "\n\nThe box is in the cellar."),
            ("## Password\n\n", value, "\n"),
            ("<password>", value, "</password>"),
            ("<db:password>", value, "</db:password>"),
            ('<property name="password" value="', value, '"/>'),
            ('<add key="SmtpPassword" value="', value, '" />'),
            ("<td>Password</td><td>", value, "</td>"),
            ("<key>password</key>\n  <string>", value, "</string>"),
            ("  - name: DB_PASSWORD\n    value: ", value, "\n"),
            ('password = "', " ".join(draw.sample(_WORDS, draw.randint(4, 6))), '"'),
        ]
    )


def command(draw: Draw) -> Made:
    """A password that is given to a command, or to a file of logins."""
    value = some(draw, ALNUM + "_+", 8, 20) + "7"
    return draw.choice(
        [
            ("machine ftp.example.org login ann password ", value, "\n"),
            ("machine h\n  login ann\n  password ", value, "\n"),
            ("curl -uann:", value, " https://example.org"),
            ("curl -s -u 'ann:", value, "' https://example.org"),
            ("mysql -u root -p", value, " shop"),
            ("mysqldump -h db -uroot -p'", value, "' shop > x.sql"),
            ("sshpass -p ", value, " ssh ann@host"),
            ("sshpass -p '", value, "' scp a b:"),
            ("docker login -u ann -p ", value, " registry.example.org"),
            ("redis-cli -h cache -a ", value, " ping"),
            ("PGPASSWORD=", value, " psql -h db"),
            ("mongosh -u ann -p ", value, " --host db"),
        ]
    )


def file(draw: Draw) -> Made:
    """A key that has no prefix, or a file of a form of its own."""
    lines = "\n".join(some(draw, BASE64, 64) for _ in range(draw.randint(2, 14)))
    putty = (
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: ann@home\n"
        f"Public-Lines: 2\n{some(draw, BASE64, 64)}\n{some(draw, BASE64, 40)}\n"
        f"Private-Lines: {1 + lines.count(chr(10))}\n{lines}\nPrivate-MAC: {some(draw, HEX, 64)}"
    )
    bech32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
    discord = f"M{some(draw, ALNUM, 23)}.{some(draw, ALNUM, 6)}.{some(draw, ALNUM, 37)}7"
    head = draw.choice(["Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,3F17F5316E2BAC89\n\n", ""])
    pem = f"-----BEGIN RSA PRIVATE KEY-----\n{head}{lines}\n-----END RSA PRIVATE KEY-----"
    return draw.choice(
        [
            told(draw, discord),
            told(draw, "AGE-SECRET-KEY-1" + some(draw, bech32, 58)),
            ("my wallet, private key ", "0x" + some(draw, HEX, 64), "\n"),
            ("private key: ", some(draw, HEX, 64), ""),
            (
                "AWS secret ",
                some(draw, BASE64, 38) + UPPER[draw.randrange(26)] + "7",
                " for the bucket",
            ),
            ('<add key="ApiKey" value="', some(draw, HEX, 32), '"/>'),
            ("| api key | ", some(draw, ALNUM, 32), " |"),
            ("", putty, "\n"),
            ("", "\n".join(f"> {line}" for line in pem.split("\n")), "\n"),
            ("```\n", pem, "\n```"),
        ]
    )
