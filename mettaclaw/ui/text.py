"""Text on its way to a terminal: made harmless, made short, made sayable in the terminal's charset.

Invariant: what ``clean`` returns cannot move the cursor, change colours, set titles, ring, or turn
the reading direction, and holds nothing that a reader cannot see: every such character is replaced
by a visible one. Those that belong to what is seen stay: what joins the parts of an emoji or the
letters of a script that needs it, and the variant of a character. All text that was not written
in this package goes through it before it is shown.

Not covered: letters that look like others.
"""

from __future__ import annotations

import re
import sys
from typing import TextIO

_EMOJI = (
    "[\xa9\xae\u203c\u2049\u2190-\u23ff\u2440-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_JOINING = "[\u0600-\u0dff\u1000-\u109f\u1780-\u18af]"  # Arabic, Indic, Mongolian and the like
_VARIANTS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_CONTROL = re.compile(
    # C0 but tab and newline, DEL and C1; marks that reorder or hide text (Unicode TR9, TR36), and
    # all else that takes no place (Default_Ignorable_Code_Point).
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
    "|[\ud800-\udfff]"
    # A joiner, but between emoji, and between letters that it joins or keeps apart.
    rf"|(?!(?:(?<={_EMOJI})|(?<={_EMOJI}\ufe0f))\u200d{_EMOJI})"
    rf"(?!(?<={_JOINING})[\u200c\u200d]{_JOINING})[\u200c\u200d]"
    # The variant of nothing.
    rf"|(?<![^\s{_VARIANTS}])[{_VARIANTS}]"
)
_PLAIN = {
    "·": "*",
    "→": "->",
    "…": "...",
    "—": "-",
    "“": '"',
    "”": '"',
    "✓": "+",
    "✗": "x",
    "›": ">",
}


def clean(text: str) -> str:
    """The text with every control character replaced by a visible sign; tabs are four spaces."""
    text = text.replace("\r\n", "\n").replace("\t", "    ")
    return _CONTROL.sub(_visible, text)


def one_line(text: str, limit: int = 0) -> str:
    """``clean`` text on one line, cut in its middle to ``limit`` characters (0: not cut)."""
    line = " ".join(clean(text).split())
    if limit <= 0 or len(line) <= limit:
        return line
    head = max(1, (limit - 3) * 2 // 3)
    tail = max(0, limit - 3 - head)
    return f"{line[:head].rstrip()} … {line[len(line) - tail :].lstrip()}" if tail else line[:limit]


def said(speaker: str, text: str) -> str:
    """``claw: text``, later lines indented to the first."""
    margin = " " * (len(speaker) + 2)
    return f"{speaker}: " + f"\n{margin}".join(clean(text).strip().split("\n"))


def sayable(text: str, stream: TextIO | None = None) -> str:
    """Our own signs as ASCII, where the stream cannot encode them."""
    encoding = getattr(stream or sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return "".join(_PLAIN.get(char, char) for char in text)
    return text


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 statement``, ``2,000 statements``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(octets: int) -> str:
    """Bytes for people."""
    value = float(octets)
    for unit in ("bytes", "KiB", "MiB"):
        if value < 1024:
            return f"{value:,.0f} {unit}" if unit == "bytes" else f"{value:,.1f} {unit}"
        value /= 1024
    return f"{value:,.1f} GiB"


def _visible(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"
