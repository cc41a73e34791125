"""What can be typed instead of a sentence that was not read: one thing, and one that can be read.

A sentence that is nearly plain is put plainly; any other can still be kept in its words, and a
question asked in a simpler way. Invariant: what is proposed as plain reads as a statement.
"""

from __future__ import annotations

import re

from mettaclaw.models.english.hearsay import misspelled
from mettaclaw.models.english.meaning import Tell
from mettaclaw.models.english.reader import read, two
from mettaclaw.models.english.speakers import pronoun
from mettaclaw.models.english.vocabulary import VERBS

_MOST_CHARS = 120
_COMMAND = "If it is a command, it is for a shell; a fact is a whole sentence, with its full stop."
_COMMAND_WORDS = 5
_NOW = "If it is so now, say"
_SO = "If it is so, say"
_SURE = "If you mean it, say"
_PUT = "Put it plainly"


def _rule(pattern: str, plain: str, lead: str) -> tuple[re.Pattern[str], str, str]:
    return re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE), plain, lead


_PLAIN = (
    _rule(r"\AI (?:was|used to be|will be|have been) ", "I am ", _NOW),
    _rule(r"\A(you|we|they) (?:were|used to be|will be|have been) ", r"\1 are ", _NOW),
    _rule(r"\b(?:was|used to be|will be|has been|is going to be)\b", "is", _NOW),
    _rule(r"\b(?:were|will be|have been|are going to be)\b", "are", _NOW),
    _rule(
        r"\A(?:suppose|imagine|assume|pretend|say|let's (?:say|suppose|assume)|let us assume"
        r"|i (?:hope|wish))(?: that)? ",
        "",
        _SO,
    ),
    _rule(r"\A\w+ (?:says|thinks|believes|claims)(?: that)? ", "", _SO),
    _rule(r",? (?:because|although|even though|though) .*", "", _PUT),
    _rule(r"\A(?:everyone|everybody) ", "Every person ", _PUT),
    _rule(r"\A(?:no one|nobody) ", "No person ", _PUT),
    _rule(r"\A(\w+ and \w+) is ", r'"\1" is ', "If that is one name, say"),
    _rule(r'"(\w+)"', r"\1", _SURE),
    _rule(r"\b(?:still|already|also|actually) ", "", _PUT),
)


_WHO = r"(?:(?:The|the|My|my) )?[^\W\d_][\w'-]*"
_SEVERAL = re.compile(
    rf"(?P<did>(?:What|When) did|Did) (?P<a>{_WHO}) and (?P<b>{_WHO}) (?P<rest>(?:say|tell)\b.*)"
)
_UNSAID = re.compile(
    rf"(?P<who>{_WHO}) (?:never said|no longer says|(?:did not|didn't) say|took back|takes back"
    r"|withdrew|retracted|changed (?:his|her|their) mind)\b.*"
)
_WRONG = re.compile(
    r"(?:no,? )?(?:I|that|this|it) (?:was|were) (?:all )?(?:wrong|mistaken|false)\b", re.I
)
_NAME = re.compile(
    r"(?<=\s)(?P<name>(?:(?:Mr|Mrs|Ms|Dr|Prof|St)\b\.?\s+)?(?!(?:Mr|Mrs|Ms|Dr|Prof|St)\b)"
    r"[^\W\d_a-z][^\W\d_]+)(?:'s)?\b"
)
_SMALL = re.compile(r"\b[a-z][\w-]*(?=\s+(?:said|says|denied|denies|told\s+me)\b)")  # sam said
_TO_FORGET = re.compile(r"(?:please )?forget\b", re.I)
_FORGET = '"Forget that Tom is a cat.", "Forget Tom.", or "Forget what Sam said."'


def advice(sentence: str) -> str:
    """What to type instead; "" where the text is no sentence."""
    text = " ".join(sentence.split())
    body = text.rstrip(" .!?…;")
    if len(re.findall(r"[^\W\d_]{2,}", body)) < 2 or len(body) > _MOST_CHARS or "(" in body:
        return ""
    first, *rest = body.split()
    if body == text and first in VERBS and len(rest) < _COMMAND_WORDS:
        return (
            "If it is a command, it is for a shell; a fact is a whole sentence, with its full stop."
        )
    several = _SEVERAL.fullmatch(body)
    if several is not None:
        first, second = (
            f"{several['did']} {who} {several['rest']}?" for who in several.group(2, 3)
        )
        return f"Ask for one at a time: {first} {second}"
    meant = pronoun(body)
    if meant is not None and meant["he"]:
        he = meant["he"]
        named = f"{body[: meant.start('he')]}Sam{body[meant.end('he') :]}"
        return f"I do not know who is meant by {he.lower()}: say the name, such as: {named}?"
    if "?" in text[len(body) :]:
        name = _NAME.search(body)
        own = re.search(r"\b(?:I|me|my|mine)\b", body)
        about = f" about {name['name']}" if name else " about me" if own else ""
        return f"Ask for one thing, such as: What do you know{about}?"
    gone = _UNSAID.fullmatch(body)
    if gone is not None:
        return f"To take back what was said, say: Forget what {gone['who']} said."
    meant = misspelled(body) or _SMALL.sub(lambda name: name[0].capitalize(), body, count=1)
    if meant != body and _is_fact(meant):
        return f"Did you mean: {meant[:1].upper()}{meant[1:]}?"
    parts = two(body)
    if parts is not None:
        return f"Say it in two sentences: {'. '.join(one[:1].upper() + one[1:] for one in parts)}."
    if _WRONG.match(body):
        return f"If something that you told me is wrong, say it by name: {_FORGET}"
    if _TO_FORGET.match(body):
        return f"To forget something, name it: {_FORGET}"
    for pattern, plain, lead in _PLAIN:
        shorter = " ".join(pattern.sub(plain, body, count=1).split())
        if shorter != body and _is_fact(shorter):
            return f"{lead}: {shorter[:1].upper()}{shorter[1:]}."
    return f"To keep it in your words, say: Remember: {body}."


def _is_fact(text: str) -> bool:
    reading = read(text, question=False, ended=True)
    return reading is not None and isinstance(reading.act, Tell)
