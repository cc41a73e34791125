"""The weather, of which English says ``it``: it rains, it is snowing, it is sunny.

Such an ``it`` stands for nothing that was spoken of before; the statement is about ``weather``.
Not covered: what may be said of anything as well, as ``it is cold``, which is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mettaclaw.models.english.meaning import WEATHER
from mettaclaw.models.english.moods import tokens, trees
from mettaclaw.models.english.morphology import base, gerund_base, past_base
from mettaclaw.models.english.nouns import Noun, Scope
from mettaclaw.models.english.vocabulary import SKIES
from mettaclaw.models.english.vocabulary import WEATHER as VERBS

if TYPE_CHECKING:
    from mettaclaw.models.english.grammar import Node


def subject(scope: Scope, phrases: Sequence[Node], predicates: Sequence[Node]) -> Noun | None:
    """The weather, where that is what ``it`` is about in these predicates."""
    if len(phrases) != 1 or phrases[0].data != "pronoun":
        return None
    if scope.words(phrases[0].children[0])[0].lower != "it":
        return None
    if scope.in_rule and (scope.bound or (scope.holder and scope.holder.kind == "kind")):
        return None  # if something is a cloud, it rains
    if not all(_is_said_of_it(scope, predicate) for predicate in predicates):
        return None
    return Noun("name", WEATHER)


def _is_said_of_it(scope: Scope, predicate: Node) -> bool:
    found = trees(predicate, "complements")
    if not found:
        verbs = tokens(predicate, "VERB", "EN")
        return bool(verbs) and not trees(predicate, "objects") and _rains(scope, verbs[0])
    return all(_is_sky(scope, node) for node in trees(found[0]))


def _is_sky(scope: Scope, node: Node) -> bool:
    match node.data:
        case "doing":
            return len(node.children) == 1 and _rains(scope, node.children[0])
        case "very":
            return scope.words(node.children[1])[-1].lower in SKIES
        case "complement":
            (phrase,) = trees(node)
            words = scope.words(phrase.children[0]) if phrase.data == "bare" else ()
            return len(words) == 1 and words[0].lower in SKIES
        case _:
            return False


def _rains(scope: Scope, token: object) -> bool:
    lower = scope.words(token)[0].lower
    return not VERBS.isdisjoint((lower, base(lower), past_base(lower), gerund_base(lower)))
