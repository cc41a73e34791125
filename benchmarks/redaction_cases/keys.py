"""Keys, tokens and passwords, built as those who issue them do."""

from __future__ import annotations

import base64
import string

from benchmarks.redaction_cases.draws import (
    ALNUM,
    BASE64,
    HEX,
    UPPER,
    URLSAFE,
    Draw,
    Made,
    digits,
    some,
    told,
)


def model_key(draw: Draw) -> Made:
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


def cloud_key(draw: Draw) -> Made:
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


def code_host(draw: Draw) -> Made:
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


def service(draw: Draw) -> Made:
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


def bearer(draw: Draw) -> Made:
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


def private_key(draw: Draw) -> Made:
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


def url_password(draw: Draw) -> Made:
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


def assigned(draw: Draw) -> Made:
    value = password(draw)
    key = draw.choice(
        [some(draw, HEX, 32), some(draw, ALNUM, 24, 40), some(draw, BASE64, 43) + "="]
    )
    return draw.choice(
        [
            ("password: ", value, "\nuser: ann"),
            ("PASSWORD=", value, "\n"),
            ("DB_PASSWORD='", value, "'"),
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


def sentence(draw: Draw) -> Made:
    """What a person tells to be asked for it later: it stays, on purpose."""
    return draw.choice(
        [
            ("my password is ", password(draw), ", write it down"),
            ("The wifi password is ", password(draw), "."),
            ("the password for the router was ", password(draw), " last year"),
        ]
    )
