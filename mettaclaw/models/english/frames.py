"""Sentences around a sentence, and sentences of fixed words, as patterns.

``Remember that …``, ``I think that …``, ``do you know whether …``: what stands at ``…`` is read by
the grammar or kept as words (``reader``). Patterns ignore case; a space in them is any white space,
and apostrophes are straight by then.
"""

from __future__ import annotations

import re


def _pattern(*alternatives: str) -> re.Pattern[str]:
    text = "|".join(alternatives).replace(" ", r"\s+")
    return re.compile(f"(?:{text})", re.IGNORECASE | re.DOTALL)


_PLEASE = (
    r"(?:please |(?:can|could|would|will) you (?:please )?|i(?: would|'d) like you to "
    r"|i want you to |you (?:should|must|can) )?"
)
_CAN_YOU = r"(?:can|could|would|will) you (?:please )?"
_WANT = r"i (?:wonder|want to know|would like to know)|i'd like to know"

CHAT = {
    "hello": _pattern(
        r"(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day))"
        r"(?:,? (?:there|again|everyone|mettaclaw|you|friend))?"
    ),
    "thanks": _pattern(
        r"(?:(?:ok(?:ay)?|great|perfect),? )?(?:many thanks|thanks|thank you|thx|ty|cheers)"
        r"(?: (?:a lot|so much|very much|again|mettaclaw))*"
    ),
    "meant": _pattern(r"i (?:meant|mean|did mean) \S.*"),
    "bye": _pattern(
        "good-?bye|good bye|bye(?:-?bye| bye)?",
        "see (?:you|ya)(?: later| soon| tomorrow)?",
        "good night|farewell|ciao",
    ),
    "how": _pattern(
        "how are you(?: doing)?(?: today)?",
        "how(?:'s| is) it going",
        "what'?s up",
        "are you (?:ok|there)",
    ),
    "self": _pattern(
        "(?:who|what) are you",
        "what(?:'s| is) your name",
        "what (?:can|do) you do",
        "are you (?:an? )?(?:robot|bot|ai|human|person|machine|llm|chatgpt)",
        "introduce yourself",
    ),
    "help": _pattern(
        "(?:can you )?help(?: me)?(?: please)?",
        "what can i (?:say|ask|do)",
        "how does (?:this|it) work",
        "how do i use (?:this|you|it)",
        "what do you understand",
        "instructions|commands",
    ),
    "that": _pattern(
        r"(?:please )?forget (?:about )?(?:it|that|this|them|those)(?: again| please)?"
    ),
    "undo": _pattern(
        r"(?:please )?(?:undo|revert|take back)(?: please)?",
        r"(?:please )?(?:undo|revert|take back)"
        r" (?:it|that|this|(?:the|my) last (?:change|message|sentence|one|thing))(?: please)?",
        r"(?:please |(?:can|could) you (?:please )?)?(?:take|bring|get) (?:it|that|this) back"
        r"(?: please)?",
        r"(?:can|could) you (?:please )?undo (?:it|that|this)",
        r"how (?:can|do) i undo (?:it|that|this|something|a change)",
    ),
    "fine": _pattern(
        r"(?:ok(?:ay)?|yes|no|yep|yeah|nope|sure|right|cool|nice|great|good|fine|wow|lol|haha|i see"
        r"|got it|alright|all right|well done|good job|perfect|interesting|exactly|indeed|hmm+|oh"
        r"|never ?mind|sorry|please|welcome|awesome"
        r"|you(?:'?| a)re welcome|really|seriously)"
        r"(?:[ ,]+(?:then|ok|great|good|thanks))?"
    ),
}

YES = _pattern(r"\W*(?:yes|yep|yeah|sure|right|exactly|indeed|please)\b")
DOUBT = _pattern(
    "(?:and )?are you (?:really |quite |absolutely |very )?(?:sure|certain)"
    "(?: (?:about|of) (?:that|this|it))?",
    "is (?:that|this|it) (?:really )?(?:true|so|right|correct)",
    "how (?:sure|certain) are you(?: (?:about|of) (?:that|this|it))?",
)
DOUBT_IF_ASKED = _pattern("really|seriously")

WHY = _pattern(
    "(?:and |but )?why(?: (?:is|was) (?:that|this|it)(?: so| true| the case)?)?",
    "why so|how come",
    "how do you know(?: (?:that|this|it))?",
    "what makes you (?:think|say) (?:so|that)",
    "explain(?: (?:that|this|it|yourself))?",
    "prove it",
)

WHY_NOT = _pattern("(?:and |but |so )?why not")
OPENING = _pattern(
    r"(?:please|hey|hi|hello|oh|ok|okay|well|so|now|actually|by the way|btw|also|and|but|yes|yeah"
    r"|no|right|sure|then|besides|listen|look|in fact|fyi|note|wait|sorry|hmm|mettaclaw|first"
    r"|second|secondly|finally|next|moreover|furthermore|however)\s*[,:!–—-] ",
    r"(?:please|actually|also|and|but|so|oh|btw|by the way|in fact) (?=\S)",
)
RETRACTION = _pattern(
    r"\W*(?:not|just kidding|kidding|jk|i(?: am|'m| was) (?:just |only )?(?:kidding|joking)"
    r"|no,? wait|wait,? no|scratch that|strike that|psych|as if)"
)
CORRECTION = _pattern(r"\W*(?:no|nope|wrong)\s*[,:!.–—-] ")
ENDING = _pattern(r"\s*,? (?:please|too|as well|mettaclaw|by the way|btw|you know|i know)\Z")
ALSO = re.compile(r"(?<=\S)\s+also(?=\s+\S)", re.IGNORECASE)
TAG = _pattern(
    r"\s*,\s*(?:right|correct|no|yes|true)\Z",
    r"\s*,\s*(?:is|are|do|does|did|can|has|have|was|were)(?:n't)? (?:he|she|it|they|you|i)\Z",
)

# How sure somebody is who says it, with the confidence that gives.
_TRUE = "true|so|the case|a fact|right|correct"
SURE = (
    (
        0.99,
        _pattern(
            "i(?: am|'m) (?:absolutely |quite |pretty |very )?(?:sure|certain)(?: that)? ",
            "it(?: is|'s) certain that ",
        ),
    ),
    (
        0.7,
        _pattern(
            "i (?:think|believe|suppose|assume|expect|reckon)(?: that)? ",
            "it(?: is|'s) (?:likely|probable) that ",
            "it seems(?: that)? ",
            "it looks like ",
        ),
    ),
    (
        0.4,
        _pattern("i (?:guess|suspect)(?: that)? ", "it(?: is|'s) possible that "),
    ),
    (
        0.9,
        _pattern(
            "i know(?: that)? ",
            f"it(?: is|'s) (?:{_TRUE}|clear|known) that ",
            "the fact is that ",
            "(?:please )?(?:believe|learn|know) that ",
            "let me tell you that ",
        ),
    ),
)
# The same after what is said, and that it is not so.
SURE_AFTER = (
    (0.99, _pattern(r",? i(?: am|'m) (?:quite |pretty |very )?(?:sure|certain)\Z")),
    (0.7, _pattern(r",? i (?:think|believe|suppose|assume|expect|reckon)\Z")),
    (0.4, _pattern(r",? i (?:guess|suspect)\Z")),
)
UNTRUE = (
    (
        0.9,
        _pattern(
            rf"it(?: is not|'s not| isn't) (?:{_TRUE}) that ",
            r"it(?: is|'s) (?:false|untrue|not so|incorrect|wrong|a lie) that ",
        ),
    ),
    (
        0.7,
        _pattern(
            "i (?:do not|don't|dont) (?:think|believe|suppose|expect)(?: that)? ",
            r"it(?: is|'s) (?:unlikely|improbable) that ",
        ),
    ),
    (0.4, _pattern("i doubt(?: that)? ")),
)

THERE = _pattern(
    r"(?:there(?: is|'s)|i know|meet) (?P<kind>an? \S.*) (?:named|called) (?P<name>\S.*)"
)
ANY_THERE = _pattern(
    r"is there (?P<one>an? \S.*)", r"are there (?:any |some )?(?P<many>[\w-]+(?: [\w-]+)?)"
)
ASKED = _pattern(
    rf"(?:do you (?:know|think|believe|remember)|{_CAN_YOU}(?:tell me|say|check)|tell me|{_WANT}"
    r"|say|check|is it (?:true|the case)|would you say) (?P<link>(?:if|whether|that) )?(?=\S)"
)
EMBEDDED = _pattern(
    rf"(?:do you (?:know|remember)|{_CAN_YOU}(?:tell me|say)|tell me|{_WANT})"
    r" (?=(?:who|what|which|where|why)\b)"
)
INDIRECT = _pattern(r"(?P<wh>who|what|where) (?P<rest>\S.*?) (?P<be>is|are|was|were|am)")
WHEN = _pattern(r"when(?: is|'s|s| was) (?P<rest>\S.*(?:birthday|anniversary))")
WHEN_IS = _pattern(r"when (?P<rest>(?:is|are|was|were|does|do|did) \S.*)")
NAMED = _pattern(r"what (?:is|are|was|were) (?P<thing>\S.*) (?:called|named)")
HOW_KNOW = _pattern(
    "(?:how do you know|what makes you (?:think|believe|say)|why do you (?:think|believe|say))"
    r"(?: that)? (?P<rest>\S.*)"
)
REMEMBER = _pattern(
    rf"{_PLEASE}(?:remember|don't forget|do not forget|never forget|keep in mind|note|memori[sz]e"
    r"|make a note|bear in mind)(?: that\b)?\s*[:,]? (?P<rest>\S.*)"
)
FORGET = _pattern(rf"{_PLEASE}forget(?: about)?(?P<that> that)? (?P<rest>\S.*)")
ITEMS = _pattern(
    r"(?:the )?(?:items?|notes?|memor(?:y|ies))(?: (?:numbers?|nos?\.?))? "
    r"(?P<ids>#?\d{1,18}(?:(?:,? and|,) #?\d{1,18})*)"
)
OWNED = re.compile(r"\S+'s\s+[\w-]+")
EVERYTHING = _pattern(
    r"(?:everything|all|anything|what)"
    r"(?: (?:that )?(?:you (?:know|remember|have)|i (?:told you|said)))?(?: about(?P<rest> .*))?"
)
REQUEST = _pattern(rf"{_CAN_YOU}")
RECALL = _pattern(
    r"(?:and )?what (?:else )?(?:do|can) (?:you|we) (?P<verb>remember|know|recall|believe|tell me"
    r"|say) (?:about|of) (?P<thing1>\S.*)",
    rf"(?:{_CAN_YOU})?tell me (?:more |everything |something |all |what )?"
    r"(?:you (?:know|remember) )?about (?P<thing2>\S.*)",
    r"do you (?P<verb2>know|remember)(?: (?:anything|something) about)? (?P<thing3>\S.*)",
    r"what (?:have i told you|did i (?:say|tell you)) about (?P<thing4>\S.*)",
    r"what did (?:you|i|we) (?:know|believe|think) (?:about|of) (?P<thing6>\S.*)",
    r"what (?:is|was) known (?:about|of) (?P<thing7>\S.*)",
    r"describe (?P<thing5>\S.*)",
)
RECALL_ALL = _pattern(
    r"what (?:else |all )?(?:do|can) you (?:remember|know|recall|believe)"
    r"(?: so far| now| by now| already)?",
    r"what (?:did you (?:know|believe)|(?:is|was) known)",
    r"what (?:have i told you|did i (?:tell you|say))(?: so far| until now| before| last)?",
    r"(?:tell me|list|show me) (?:everything|all)(?: (?:that )?(?:you (?:know|remember)"
    r"|i (?:told you|said)))?",
)
QUOTED = re.compile(r"\A[\"'](.+)[\"']\Z", re.DOTALL)
