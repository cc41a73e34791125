"""What secrets and texts are drawn from: letters, digits, sentences around a value."""

from __future__ import annotations

import random
import string

ALNUM = string.ascii_letters + string.digits
URLSAFE = ALNUM + "-_"
HEX = "0123456789abcdef"
BASE64 = ALNUM + "+/"
UPPER = string.ascii_uppercase

Draw = random.Random
Made = tuple[str, str, str]


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
