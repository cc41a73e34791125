"""Who said what a sentence tells: ``Sam says that …``, ``according to the vet, …``.

The speaker becomes the source of what is believed, by a name of small letters: ``sam``, ``vet``,
``sister`` for my sister. Several may say the same: ``Sam and the vet said …``. Invariant: only a
name, or one definite person, is a speaker; ``people say`` and ``she says`` are left unread. Who
denies something says that it is not so. Not covered: what somebody thinks or asks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from mettaclaw.models.english.frames import OPENING
from mettaclaw.models.english.morphology import is_plural, past_base
from mettaclaw.models.english.periods import When, ending, is_weekday, opening
from mettaclaw.models.english.terminals import closed_words
from mettaclaw.models.english.vocabulary import VERBS, is_adjective

_NAME = r"[^\W\d_][\w.&'-]*"
WHO = rf"(?P<who>I|(?:[Tt]he|[Mm]y) {_NAME}(?: {_NAME}){{0,2}}|{_NAME}(?: {_NAME}){{0,2}})"
_PART = rf"(?!and\b){_NAME}"  # so that a list can be read in one way only
_ONE = rf"{_PART}(?: {_PART}){{0,3}}"
_WHO = rf"(?P<who>{_ONE}(?:(?:,|,? and) {_ONE})*,? and {_ONE}|{_ONE})"
_JOINT = re.compile(r",? and |, ")
_PLAIN = r"(?:(?!\b(?:I|[Mm](?:e|y|ine)|[Ww]e|[Uu]s|[Oo]urs?|[Yy]ou|[Yy]ours?)\b)[^\"“”?])+?"
_SAYS = (
    r"(?:says|said|ha(?:s|ve) said|claims|claimed|reports|reported|writes|wrote|states|stated"
    r"|tells me|told me|ha(?:s|ve) told me|(?P<base>say|claim|report|write|state|tell me))"
)
_FORMS = tuple(
    re.compile(pattern.replace(" ", r"\s+"))
    for pattern in (
        rf"{_WHO} {_SAYS}(?P<when>[^,:\"“]*)[,:]? [\"“](?P<said>{_PLAIN})[.!]?[\"”]",
        rf"{_WHO} {_SAYS}(?P<when>.*?),? that (?P<said>\S.*)",
        rf"{_WHO} (?:says|said|tells me|told me|(?P<base>say|tell me))(?P<when>) (?P<said>\S.*)",
        rf"[Aa]ccording to {_WHO}(?P<when>)\s*, (?P<said>\S.*)",
        rf"(?P<said>\S.*?),? according to {_WHO}(?P<when>)",
        rf"(?P<said>\S.*?), {_WHO} {_SAYS}(?P<when>)",
        rf"(?P<said>\S.*?), (?:says|said|(?P<base>say)) {_WHO}(?P<when>)",
    )
)
_DENIES = r"(?:denies|denied|ha(?:s|ve) denied|(?P<base>deny))"
_SAID = r"(?:says|said|(?P<base>say))"
_CONFIRMS = r"(?:confirms|confirmed|ha(?:s|ve) confirmed|(?P<base>confirm))"
_IT = r"(?:it|that|this)"
_DISAGREES = (
    r"(?:disagrees|disagreed|ha(?:s|ve) disagreed"
    r"|(?:(?:does|did) not|(?:does|did)n't|(?P<base>do not|don't)) agree|(?P<base2>disagree))"
)
_AGREES = r"(?:agrees|agreed|ha(?:s|ve) agreed|(?P<base>agree))"
_DISPUTES = r"(?:contradicts|contradicted|disputes|disputed|(?P<base>contradict|dispute))"
_TOO = r"(?P<too> too| as well| either)?"
_DENIALS = (
    re.compile(rf"{_WHO} {_DENIES}(?P<when>.*?),? that (?P<said>\S.*)".replace(" ", r"\s+")),
)
_ECHOES = tuple(
    (re.compile(rf"{_WHO} {pattern}(?P<when>)".replace(" ", r"\s+")), denied)
    for pattern, denied in (
        (rf"(?P<also>also )?{_DENIES} {_IT}{_TOO}", True),
        (rf"(?P<also>also )?(?P<reply>{_DISAGREES})(?: with {_IT})?{_TOO}", True),
        (rf"(?P<also>also )?(?P<reply>{_DISPUTES}) {_IT}{_TOO}", True),
        (rf"(?:also )?{_AGREES}(?: with {_IT})?(?: too| as well)?", False),
        (rf"(?P<reply>{_SAID}) (?:otherwise|the opposite|the contrary)", True),
        (
            rf"{_SAID} (?:that )?{_IT}(?: is not|'s not| isn't) (?:so|true|right)",
            True,
        ),
        (
            rf"{_SAID} (?:that )?{_IT}(?: is|'s) (?:untrue|false|wrong|a lie)",
            True,
        ),
        (rf"{_CONFIRMS} {_IT}", False),
        (
            rf"{_SAID} (?:(?:so|{_IT})(?P<too> too| as well)|(?P<also>the same(?: too| thing)?))",
            False,
        ),
        (
            rf"{_SAID} (?:that )?{_IT}(?: is|'s) (?:so|true|right)(?: too)?",
            False,
        ),
    )
)
_EACH_OTHER = re.compile(r"\bagreed?\Z|\bdisagreed?\Z")
_SAID_WORDS = ("said", "says", "told", "tells", "claims", "claimed", "reported", "stated")
_NEAR = 0.7
_ADVERB = "also|already|again|then|too|just|once|even|later|still"
_ASIDE = re.compile(
    rf"\s+(?:{_ADVERB})(?=\s+{_SAYS}\b)".replace("(?P<base>", "(?:").replace(" ", r"\s+")
)
_ASIDE_AFTER = re.compile(rf"\b(said|says|told\s+me)\s+(?:{_ADVERB}|as\s+well)(?=\s+that\s)")
_MOST_WORDS = 3
_TIMES = frozenset({"next", "last", "today", "tomorrow", "tonight", "yesterday", "later", "soon"})
_MANY = frozenset({"people", "experts", "men", "women", "children", "folks", "others"})


@dataclass(frozen=True, slots=True)
class Report:
    """Who is said to have said something: as written, and as a source; when, and what, or that it
    is not so (``denied``). ``said`` is "" where it is what was said before: the vet denied it.
    ``others`` said the same, each as written and as a source; ``too`` where somebody did before,
    and ``reply`` where it is said to who spoke last: the vet disagrees.
    """

    who: str
    source: str
    when: When | None
    said: str
    denied: bool = False
    others: tuple[tuple[str, str], ...] = ()
    too: bool = False
    reply: bool = False

    def written(self, source: str) -> str:
        """How one of those who are said to have said it was written; "" for anybody else."""
        return {by: who for who, by in ((self.who, self.source), *self.others)}.get(source, "")


def misspelled(sentence: str) -> str:
    """A sentence with its verb of saying as it was probably meant, Sam siad Tom is ill; "" where
    it seems to have no such mistake.
    """
    words = sentence.split()
    for i, word in enumerate(words[1 : _MOST_WORDS + 2], 1):
        if not (word.islower() and len(word) > 2) or word in VERBS or word in closed_words():
            continue
        if past_base(word) in VERBS or is_adjective(word) or not speaking(" ".join(words[:i])):
            continue
        for verb in get_close_matches(word, _SAID_WORDS, 1, _NEAR):
            meant = " ".join([*words[:i], verb, *words[i + 1 :]])
            if word != verb and report(meant) is not None:
                return meant
    return ""


def report(sentence: str) -> Report | None:
    """A sentence, without its final mark, that tells what somebody said; None for any other."""
    return echo(sentence) or _report(sentence, _DENIALS, True) or _report(sentence, _FORMS, False)


def echo(sentence: str) -> Report | None:
    """A sentence that tells what somebody said to something that was said before."""
    when, text = opening(sentence) or ending(sentence) or (None, sentence)
    for form, denied in _ECHOES:
        found = form.fullmatch(text)
        who = _speakers(found) if found else ()
        if found is None or (len(who) > 1 and _EACH_OTHER.search(text)):
            continue  # Sam and Ann disagree: with each other
        if who and (when is None or when.relation == "at"):
            too = any(found.groupdict().get(word) for word in ("also", "too"))
            return Report(
                *who[0], when, "", denied, who[1:], too, bool(found.groupdict().get("reply"))
            )
    return None


def _report(sentence: str, forms: Sequence[re.Pattern[str]], denied: bool) -> Report | None:
    when, text = opening(sentence) or (None, sentence)
    text = _ASIDE_AFTER.sub(r"\1", _ASIDE.sub("", text, 1), 1)
    for form in forms:
        found = form.fullmatch(text)
        if found is None:
            continue
        who = _speakers(found)
        between = found["when"].strip(" ,")
        inner = ending(f"said {between}") if between else None
        if who and (not between or (inner is not None and inner[1] == "said" and not when)):
            at = inner[0] if inner else when
            return Report(*who[0], at, found["said"], denied, who[1:])
    return None


def _speakers(found: re.Match[str]) -> tuple[tuple[str, str], ...]:
    """Each of those who are said to have said it, as written and as a source; none where one of
    them is nobody in particular, or the verb does not fit.
    """
    several = _JOINT.split(" ".join(found["who"].split()))
    if len(several) > 1:
        several[0] = re.sub(r"\A[Bb]oth ", "", several[0])
        several[-1] = re.sub(r" (?:both|all)\Z", "", several[-1])
    who = {speaking(one): one for one in several}
    base = found.groupdict().get("base") or found.groupdict().get("base2")
    if "" in who or (base and len(who) == 1 and "user" not in who):
        return ()
    return tuple((one, source) for source, one in who.items())


def speaking(who: str) -> str:
    """The source that a speaker is by the words for him; "" where it is nobody in particular."""
    if who == "I":
        return "user"
    words = who.split()
    rest = words[1:] if words[0].lower() in ("the", "my") else words
    closed = closed_words()
    if not rest or len(rest) > _MOST_WORDS:
        return ""
    if rest[0].lower() in _TIMES or (len(rest) > 1 and is_weekday(rest[0].lower())):
        return ""  # Next Monday Sam says …
    if any(word.lower() in closed or word.lower() in _MANY for word in rest):
        return ""
    named = len(rest) == len(words)
    if named and not all(word[:1].isupper() for word in words):
        return ""
    if not named and rest[-1].islower() and is_plural(rest[-1]):
        return ""
    return " ".join(rest).lower()


def asked_of(who: str) -> tuple[str, str]:
    """A speaker who is asked about, as he is named, and his source; the source is "" where there
    is none. A name may be in small letters here, for a question makes nobody a source: sam.
    """
    who = " ".join(who.split())
    source = speaking(who) if who else ""
    if source or not who:
        return who, source
    if who == "i":
        return "I", "user"
    words = who.split()
    if words[0].lower() in ("the", "my") or is_plural(words[-1]):
        return who, ""
    name = " ".join(word[:1].upper() + word[1:] for word in words)
    return name, speaking(name)


def speaker(source: str, words: str) -> str:
    """How to name a source inside a sentence, where its words are known."""
    if source == "user":
        return "you"
    if source == "model" or source.startswith("model:"):
        return "I"
    if source.startswith("file:"):
        return f"the file {source.removeprefix('file:')}"
    found = heard(words)
    written = found.written(source) if found else ""
    return named(written) if written else source


def heard(words: str) -> Report | None:
    """What a whole sentence reports: No, the vet said that Tom is ill."""
    plain = words.rstrip(" .!?")
    opened = OPENING.match(plain)
    return report(plain) or (report(plain[opened.end() :]) if opened else None)


def named(who: str) -> str:
    """A speaker as the person named him, inside a reply: you, your sister, the vet, Sam."""
    if who == "I":
        return "you"
    first, _, rest = who.partition(" ")
    return {"the": f"the {rest}", "my": f"your {rest}"}.get(first.lower(), who)


def is_report(source: str, words: str) -> bool:
    """Whether words are somebody's who tells what this source said."""
    found = heard(words)
    return found is not None and source != "user" and bool(found.written(source))
