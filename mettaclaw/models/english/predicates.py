"""What a predicate says of its subject: patterns of statements, with the subject filled in.

``complements`` has what ``is`` says, ``verbs`` what verbs say. Not covered: who the subject is
(``nouns``), and whether it is told, asked or doubted (``interpretation``, ``questions``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mettaclaw.models.english.complements import complements, is_bare_it
from mettaclaw.models.english.degrees import FREQUENCY, QUANTITY
from mettaclaw.models.english.moods import Said, has_got, is_past, mood, number, tokens, trees
from mettaclaw.models.english.morphology import past_base
from mettaclaw.models.english.nouns import Noun, Scope, Unclear
from mettaclaw.models.english.verbs import lemma, relations
from mettaclaw.models.english.vocabulary import WEATHER

if TYPE_CHECKING:
    from mettaclaw.models.english.grammar import Node


def patterns(scope: Scope, predicate: Node, subject: Noun) -> list[Said]:
    """What a predicate says of a subject."""
    scope.subject = subject
    scope.in_past = is_past(scope, predicate)
    scope.in_denial = _is_denied(scope, predicate, subject)
    found = _patterns(scope, predicate, subject)
    scope.subject = None
    return found


def _is_denied(scope: Scope, predicate: Node, subject: Noun) -> bool:
    """Whether a predicate is rather denied: by not, never, rarely, no, few."""
    own = mood(scope, predicate)
    rare = any(FREQUENCY.get(adverb, 1.0) < 0.5 for adverb in own.adverbs)
    return own.denied or rare or QUANTITY.get(subject.quantity or "", 1.0) < 0.5


def _patterns(scope: Scope, predicate: Node, subject: Noun) -> list[Said]:
    match predicate.data:
        case "is" | "who_is":
            many = number(scope, predicate)
            plural = subject.plural if many is None else many
            (found,) = trees(predicate, "complements")
            return list(complements(scope, found, subject, plural))
        case "has" | "who_has":
            verb = "did have" if scope.in_past else "have"
            return list(relations(scope, predicate, scope.term(subject), verb))
        case _:
            verb = _verb(scope, predicate)
            if verb == "happen" or (verb in WEATHER and is_bare_it(scope, subject)):
                raise Unclear
            verb = f"did {verb}" if scope.in_past else verb
            verb = f"can {verb}" if tokens(predicate, "CAN") else verb
            return list(relations(scope, predicate, scope.term(subject), verb))


def _verb(scope: Scope, predicate: Node) -> str:
    """The base of a predicate's verb."""
    if has_got(scope, predicate):
        return "have"
    (token, *_) = tokens(predicate, "VERB", "EN")
    word = scope.words(token)[0]
    done = past_base(word.lower) if tokens(predicate, "EN") else None
    return done or lemma(word, helped=bool(tokens(predicate, "DO", "CAN", "MODAL")))
