"""Whose words a sentence holds: what a person is quoted with, and what the person reports.

Invariant: pure functions of words; nothing is looked up. Not covered: whether the words mean what a
model takes them for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SAYS = r"""(?:
    say|says|said|saying|tell|tells|told|telling|think|thinks|thought|claim|claims|claimed|believe|
    believes|believed|report|reports|reported|write|writes|wrote|written|mention|mentions|mentioned|
    state|states|stated|swear|swears|swore|insist|insists|insisted|confirm|confirms|confirmed|
    deny|denies|denied|doubt|doubts|doubted|know|knows|knew|reckon|reckons|suspect|suspects|
    read|reads|show|shows|showed|suggest|suggests|suggested|find|finds|found|
    agree|agrees|agreed|disagree|disagrees|disagreed|dispute|disputes|disputed|
    contradict|contradicts|contradicted|according\ to
)"""
_SAYING = re.compile(rf"\b{_SAYS}\b", re.IGNORECASE | re.VERBOSE)
_SAYING_OR_COLON = re.compile(rf"\b{_SAYS}\b|:\s", re.IGNORECASE | re.VERBOSE)
_SAYING_THAT = re.compile(
    rf"\b{_SAYS}(?:\s+(?:to\s+)?\w+)?\s+that(?=\s+\w)|\baccording\ to\s[^,]+,",
    re.IGNORECASE | re.VERBOSE,
)
_TIMED = re.compile(
    r"\d|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct"
    r"|nov|dec)[a-z]*\b|\b(?:today|yesterday|tonight|morning|noon|evening|night|day|week|month|year"
    r"|ago|last|since|earlier|before)\b",
    re.IGNORECASE,
)
# In the languages that most people write; of what is written without spaces, anywhere.
_ERASING = re.compile(
    r"\b(?:forget|forgot|forgotten|erase|delet|remov|wipe|purge|scrub|scratch|discard|drop|unlearn"
    r"|take back|never mind|nevermind|get rid|verg(?:iss|ess)|l[öo]sch|entfern|oubli|effac"
    r"|supprim|olvid|borr|elimin|dimentic|cancell?|rimuov|esque[cç]|apag|remov|vergeet|verwijder"
    r"|zapomn|usu[nń]|gl[öo]m|unut|забуд|забы|удал|сотр|стер)\w*"
    r"|忘|删|刪|消|抹|삭제|지워|잊|نسى|انس|احذف|امسح|שכח|מחק|भूल|मिटा|हटा|ลืม|ลบ",
    re.IGNORECASE,
)
_LINK = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+", re.IGNORECASE)
_LIST_CHARS = 300
_NEAR = 4  # words of a speaker, and of what may stand between him and what he says
_PRONOUNS = frozenset(("i", "we", "me", "us", "mine", "you", "it", "that", "this", "he", "she"))
_POSSESSIVES = frozenset(("my", "our", "your"))


def reports(words: str, source: str) -> bool:
    """Whether words say that a source said something: it stands beside what says so."""
    if not names(words, source) or (_PRONOUNS | _POSSESSIVES).issuperset(_parts(source)):
        return False
    for found in _SAYING_OR_COLON.finditer(words):
        around = [
            *_WORD.findall(words[: found.start()])[-_NEAR:],
            *_WORD.findall(words[found.end() :])[:_NEAR],
        ]
        if _parts(source) <= set(map(_owner, around)):
            return True
    return any(_parts(source) <= one for together in _lists(words) for one in together)


def are_joined(words: str, first: str, second: str) -> bool:
    """Whether words say that two sources said the same: Sam and Bob said that Tom is a cat."""
    for together in _lists(words):
        places = [
            {i for i, one in enumerate(together) if _parts(source) <= one}
            for source in (first, second)
        ]
        if all(places) and len(places[0] | places[1]) > 1:
            return True
    return False


def _lists(words: str) -> Iterator[list[set[str]]]:
    """Those who are listed as saying the same, each by the words for him."""
    for found in _SAYING.finditer(words):
        before, after = words[: found.start()], words[found.end() :]
        if found[0].casefold().startswith("according") or before.rstrip().endswith(","):
            yield _list(_SENTENCE_END.split(after[:_LIST_CHARS])[0], 1)
        else:
            yield _list(_SENTENCE_END.split(before[-_LIST_CHARS:])[-1], -1)


def _list(text: str, step: int) -> list[set[str]]:
    """The items that a text begins with, or with a step of -1 ends with."""
    if not _LINK.search(text):
        return []
    listed: list[set[str]] = []
    for item in _LINK.split(text.strip())[::step]:
        *said, plain = _SAYING.split(item) if step < 0 else (item,)
        found = _WORD.findall(plain)
        near = found[:_NEAR] if step > 0 else found[-_NEAR:]
        listed.append(set(map(_owner, near)))
        if said or len(found) > _NEAR:
            break
    return listed


def is_reported(words: str, message: str) -> bool:
    """Whether a message has words only as what it says that somebody else said.

    They are so too if they are the whole of it, "Sam says that Tom is a cat": whoever is quoted
    with that has said what Sam says, and not that Tom is a cat. A colon is no sign of a report:
    what comes after "Remember:" is the person's own.
    """
    if any(_announces(words[: found.end()]) for found in _SAYING_THAT.finditer(words)):
        return True
    before = [message[: found.start()] for found in re.finditer(re.escape(words.strip()), message)]
    return bool(before) and all(map(_announces, before))


def _announces(before: str) -> bool:
    """Whether what stands before words of the same sentence says that another said them."""
    sentence = _SENTENCE_END.split(before)[-1]
    heard = _SAYING.search(sentence)
    if heard is None:
        return False
    follows = heard[0].casefold().startswith("according")  # "According to Sam, …"
    told_by = sentence[heard.end() :] if follows else sentence[: heard.start()]
    who = [word.casefold() for word in _WORD.findall(told_by)[-4:]]
    return _PRONOUNS.isdisjoint(who) and not _FUNCTION_WORDS.issuperset(who)


def tells_time(words: str) -> bool:
    """Whether words tell of a time."""
    return _TIMED.search(words) is not None


def asks_to_forget(words: str) -> bool:
    """Whether words may ask to forget something: they have a verb of erasing, in any language that
    is known here.
    """
    return _ERASING.search(words) is not None


def names(words: str, source: str) -> bool:
    """Whether all words of a source's name stand in some words."""
    found = _WORD.findall(words)
    there = {word.casefold() for word in found} | set(map(_owner, found))
    return bool(_parts(source)) and _parts(source) <= there


def _parts(source: str) -> set[str]:
    return {part.casefold() for part in re.split(r"[\W_]+", source) if part}


def _owner(word: str) -> str:
    return word.casefold().removesuffix("'s").removesuffix("’s")


def is_quote(words: str, message: str) -> bool:
    """Whether words are quoted verbatim from a message, so that they may be put down to its author.

    They are the whole message, a whole sentence of it, what stands between a colon and the end of
    a sentence, or at least three words in a row of which one is more than grammar: "to the" is
    nobody's statement. It proves that the words are the author's, and not that they mean what a
    model takes them for.
    """
    said, whole = words.strip(), message.strip()
    if not said:
        return False
    sentences = _SENTENCE_END.split(whole)
    announced = [after for one in sentences for _, colon, after in [one.partition(": ")] if colon]
    if said == whole or bare(said) in map(bare, (*sentences, *announced)):
        return bare(said) != ""
    if re.search(rf"(?<!\w){re.escape(said)}(?!\w)", whole) is None:
        return False
    parts = [part.lower() for part in _WORD.findall(said)]
    return len(parts) > 2 and not _FUNCTION_WORDS.issuperset(parts)


_SENTENCE_END = re.compile(r"(?:[.!?…]+(?=\s|$)|[;。！？\n])")
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_FUNCTION_WORDS = frozenset(
    """
    a about all also am an and any are aren't as at be because been being but by can can't could
    did didn't do does doesn't doing don't each every for from had has hasn't have haven't he
    her here hers him his how i i'm if in into is isn't it it's its itself just may me might
    mine more most must my no nor not of off on one only or other our ours out over own shall
    she should so some such than that that's the their theirs them then there these they this
    those to too under up us very was wasn't we were weren't what when where which while who
    whom whose why will with won't would you your yours
    """.split()  # noqa: SIM905 - a list would be a page
)


def bare(sentence: str) -> str:
    """A sentence without what it ends with and is set in."""
    return sentence.strip(" \t\r\n.!?…;。！？\"'“”‘’")
