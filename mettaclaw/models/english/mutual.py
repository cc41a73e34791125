"""What several are to one another: friends, different, a couple; what they do together: they met.

``Tom and Ann are friends`` says that each is a friend of the other, and so it is stored: once each
way. What else is said of several together has no statement about each, and is refused. Not covered:
kinds that are something to one another, which are refused as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mettaclaw.models.english.meaning import owns
from mettaclaw.models.english.moods import Said, tokens, trees
from mettaclaw.models.english.morphology import gerund_base, is_plural, past_base, singular
from mettaclaw.models.english.nouns import Noun, Scope, Unclear
from mettaclaw.models.english.symbols import symbol_of
from mettaclaw.models.english.verbs import lemma, preposition
from mettaclaw.models.english.vocabulary import MUTUAL, PLACES, RECIPROCAL, ROLES, TOGETHER
from mettaclaw.models.english.words import Word

if TYPE_CHECKING:
    from mettaclaw.models.english.grammar import Node


def is_reciprocal(scope: Scope, words: tuple[Word, ...]) -> bool:
    """Whether a noun in the plural says what the subjects are to one another: friends."""
    lower = words[-1].lower
    several = len(scope.together) > 1 and not words[-1].name
    return several and is_plural(lower) and singular(lower) in RECIPROCAL


def reciprocal(
    scope: Scope, subject: Noun, words: tuple[Word, ...], *, denied: bool = False
) -> Iterator[Said]:
    """That a subject is a friend of each other subject.

    Raises:
        Unclear: One of them is a kind, of which some are friends of some.
    """
    if any(noun.kind == "kind" for noun in scope.together):
        raise Unclear
    noun = symbol_of([*(w.lower for w in words[:-1]), singular(words[-1].lower)])
    scope.note("relation", noun, noun.name.replace("_", " "), "role")
    term = scope.term(subject)
    for other in scope.together:
        owner = scope.term(other)
        if owner != term:
            yield Said(owns(owner, term, noun), denied=denied)


def is_mutual(scope: Scope, predicate: Node) -> bool:
    """Whether it is said of several together: they are different, or a couple, or met."""
    found = [node for c in trees(predicate, "complements") for node in trees(c)]
    if any(trees(node, "one") or _is_done_together(scope, node) for node in found):
        return True
    if any(_is_between(w[-1]) for node in found if (w := adjective(scope, node))):
        return True
    return _is_done_together(scope, predicate)


def adjective(scope: Scope, node: Node) -> tuple[Word, ...]:
    """The words of a complement that may be an adjective."""
    if node.data == "very":
        return scope.words(node.children[1])
    phrase = trees(node)[0] if node.data == "complement" else None
    if phrase is None or phrase.data != "bare":
        return ()
    return scope.words(phrase.children[0])


def _is_between(word: Word) -> bool:
    return word.lower in MUTUAL or (word.lower in ROLES and not word.name)  # husband and wife


def _is_done_together(scope: Scope, node: Node) -> bool:
    """Whether what is done takes two, and nothing says with whom: met, are fighting in the park."""
    verbs = [scope.words(token)[0] for token in tokens(node, "VERB", "EN", "ING")]
    if not verbs:
        return False
    (word, *_) = verbs
    bases = {lemma(word, helped=False), past_base(word.lower), gerund_base(word.lower)}
    if TOGETHER.isdisjoint(bases):
        return False
    found = trees(node, "objects")
    nouns = [t for objects in found for t in trees(objects) if t.data != "preposition"]
    return not nouns or preposition(scope, found[0]) in PLACES
