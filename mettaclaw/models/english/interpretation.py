"""From the tree of a sentence to what it does: tell, ask, find, describe, explain.

Not covered: sentences around a sentence, such as ``Remember that …`` (``reader``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable
from mettaclaw.atoms.unify import substitute_once, unify
from mettaclaw.models.english import predicates
from mettaclaw.models.english.degrees import PLAIN
from mettaclaw.models.english.meaning import (
    AGENT,
    USER,
    WHAT,
    WHO,
    Act,
    Antecedent,
    Ask,
    Chat,
    Describe,
    Explain,
    Find,
    Reading,
    Statement,
    Tell,
    all_of,
    implies,
    is_a,
    not_,
    owns,
    related,
)
from mettaclaw.models.english.morphology import is_plural
from mettaclaw.models.english.nouns import Noun, Scope, Unclear
from mettaclaw.models.english.predicates import mood, patterns, tokens, trees
from mettaclaw.models.english.vocabulary import NUMERALS, is_adjective

if TYPE_CHECKING:
    from mettaclaw.models.english.grammar import Node
    from mettaclaw.models.english.phrases import Phrase

_HOW = Variable("how")
_VALUE = Variable("value of")


def interpret(
    tree: Node, phrases: Sequence[Phrase], antecedent: Antecedent | None = None
) -> Reading:
    """What a sentence does.

    Raises:
        Unclear: It has the form of a sentence, and no meaning that can be told.
    """
    scope = Scope(phrases, antecedent)
    (sentence,) = trees(tree)
    if sentence.data == "fact":
        act, subject = _tell(scope, sentence)
    elif sentence.data in ("rule", "rule_if"):
        act, subject = _rule(scope, sentence), None
    elif sentence.data == "question":
        act, subject = _ask(scope, trees(sentence)[0])
    else:
        act, subject = _search(scope, sentence)
    if isinstance(act, Tell):
        implied = dict.fromkeys(Statement(atom, PLAIN) for atom in scope.presupposed)
        act = replace(act, implied=tuple(implied))
    return Reading(
        act,
        tuple(scope.references),
        tuple(scope.surfaces),
        _antecedent(scope, subject, _statements(act)) or antecedent,
    )


def _statements(act: Act) -> tuple[Statement, ...]:
    if isinstance(act, Tell):
        return act.statements
    return act.goals if isinstance(act, Ask | Explain) else ()


def _value(owned: Noun, atom: Atom) -> Atom | None:
    """The value in a statement of what somebody's something is; None where it is no such one."""
    assert owned.owner is not None
    assert owned.noun is not None
    bound = unify(owns(owned.owner, _VALUE, owned.noun), atom)
    return None if bound is None else bound.get(_VALUE)


def _antecedent(
    scope: Scope, subject: Noun | None, said: Sequence[Statement] = ()
) -> Antecedent | None:
    """What a pronoun of the next clause or sentence stands for."""
    if subject is None or subject.kind in ("self", "variable") or subject.quantity == "no":
        return None
    if subject.kind == "owned":
        values = [value for s in said if (value := _value(subject, s.atom)) is not None]
        if values:  # my cat is Tom: he is Tom
            return Antecedent(values[0], plural=False) if not subject.is_dimension else None
        return Antecedent(scope.term(subject), subject.plural, tuple(scope.references))
    references = tuple(scope.references) if isinstance(subject.atom, Variable) else ()
    return Antecedent(subject.atom, subject.plural, references)


# --- statements ------------------------------------------------------------------------------


def _tell(scope: Scope, fact: Node) -> tuple[Tell, Noun | None]:
    statements: list[Statement] = []
    subject: Noun | None = None
    for clause in trees(fact):
        said, subject = _clause(scope, clause)
        statements += said
        scope.antecedent = _antecedent(scope, subject, said) or scope.antecedent
    return Tell(tuple(dict.fromkeys(statements))), subject


def _clause(scope: Scope, clause: Node) -> tuple[list[Statement], Noun]:
    """The statements of a clause and its (first) subject."""
    (subject_node,) = trees(clause, "subject")
    found = trees(clause, "is", "does", "has")
    phrases = trees(subject_node)
    if mood(scope, clause).denied:
        raise Unclear
    statements: list[Statement] = []
    subjects: list[Noun] = []
    for predicate in found:
        plural = predicates.number(scope, predicate)
        if not subjects:
            subjects = [scope.noun(p, _number_of_one(p, plural, len(phrases))) for p in phrases]
        own = mood(scope, clause, predicate)
        if own.denied and not tokens(predicate, "BE", "BARE_BE", "DO", "CAN", "MODAL", "HAVE"):
            raise Unclear
        past = _is_past(scope, predicate)
        for subject in subjects:
            if subject.article == "a" and past:
                raise Unclear  # a man walked in: some man, and not men
            if subject.kind == "kind" and _is_counted(subject):
                raise Unclear  # two cats sleep: not all of them
            for said in patterns(scope, predicate, subject):
                statements.append(own.statement(said, subject.quantity))
    return statements, subjects[0] if len(subjects) == 1 else replace(subjects[0], quantity="no")


def _is_counted(noun: Noun) -> bool:
    return noun.words[0].is_number or noun.words[0].lower in NUMERALS


def _number_of_one(phrase: Node, plural: bool | None, count: int) -> bool | None:
    """Whether one of the subjects is plural: of several, each by its own form."""
    return None if count > 1 else plural


def _is_past(scope: Scope, predicate: Node) -> bool:
    words = [scope.words(t)[0].lower for t in tokens(predicate, "BE", "DO", "HAVE", "VERB")]
    if any(w in ("was", "were", "did", "had") for w in words):
        return True
    verb = tokens(predicate, "VERB")
    return (
        bool(verb)
        and not tokens(predicate, "DO", "CAN", "MODAL")
        and predicates.is_past(scope.words(verb[0])[0])
    )


def _rule(scope: Scope, node: Node) -> Tell:
    """``If …, then …``: an implication, with variables for something and someone."""
    scope.in_rule = True
    (conditions,) = trees(node, "conditions")
    (consequence,) = trees(node, "clause")
    pronouns = any(p.kind in ("HE", "IT") for p in scope.phrases)
    premises: list[Atom] = []
    concluded: list[Statement] = []
    if node.data == "rule_if":  # something is bad if it bites
        concluded, subject = _clause(scope, consequence)
        if subject.kind == "kind" and pronouns:
            (kind, *concluded), subject = _generic(scope, concluded, subject)
            premises = [kind.atom] if subject.noun != Symbol("thing") else []
        _hold(scope, subject)
    for clause in trees(conditions):
        said, subject = _clause(scope, clause)
        if subject.kind == "kind" and pronouns and scope.holder is None:
            said, subject = _generic(scope, said, subject)
        _hold(scope, subject)
        premises += [_premise(statement) for statement in said]
    rules: list[Statement] = []
    if node.data == "rule":
        concluded, _ = _clause(scope, consequence)
    for statement in concluded:
        condition = all_of(tuple(dict.fromkeys(premises)))
        rules.append(Statement(implies(condition, statement.atom), statement.truth))
    scope.presupposed = [a for a in scope.presupposed if not _has_variable(scope, a)]
    return Tell(tuple(rules))


def _hold(scope: Scope, subject: Noun) -> None:
    """Let pronouns stand for the first subject that is no variable."""
    if scope.holder is None and subject.kind not in ("variable", "self"):
        if subject.kind == "owned":
            subject = replace(subject, kind="pronoun", atom=scope.term(subject))
        scope.holder = subject


def _generic(scope: Scope, said: list[Statement], subject: Noun) -> tuple[list[Statement], Noun]:
    """``If a cat is hungry, it …``: of anything that is a cat and hungry."""
    if subject.quantity is not None:
        raise Unclear
    variable = Variable(str(len(scope.bound) + 1))
    scope.bound["SOMETHING"] = variable
    mapping = {subject.atom: variable}
    moved = [replace(s, atom=_replaced(s.atom, mapping)) for s in said]
    kind = Statement(is_a(variable, subject.atom), PLAIN)
    kept = subject.atom if isinstance(subject.atom, Symbol) else None
    return [kind, *moved], Noun("variable", variable, noun=kept)


def _replaced(atom: Atom, mapping: dict[Atom, Variable]) -> Atom:
    if isinstance(atom, Expression):
        return Expression(tuple(_replaced(child, mapping) for child in atom.children))
    return mapping.get(atom, atom)


def _premise(statement: Statement) -> Atom:
    if statement.truth == PLAIN:
        return statement.atom
    if statement.truth.f == 0.0:
        return not_(statement.atom)
    raise Unclear


def _has_variable(scope: Scope, atom: Atom) -> bool:
    return substitute_once(atom, {v: USER for v in scope.bound.values()}) != atom


# --- questions of yes and no -----------------------------------------------------------------


def _ask(scope: Scope, polar: Node) -> tuple[Ask, Noun]:
    (subject_node,) = trees(polar, "subject")
    phrases = trees(subject_node)
    plural = predicates.number(scope, polar)
    subjects = [scope.noun(p, _number_of_one(p, plural, len(phrases))) for p in phrases]
    if any(s.quantity not in (None, "every", "each", "all") for s in subjects):
        raise Unclear
    own = mood(scope, polar)
    if any(adverb in ("never", "not always") for adverb in own.adverbs):
        raise Unclear
    goals = [
        Statement(said.atom, PLAIN, said.value_of)
        for subject in subjects
        for said in patterns(scope, polar, subject)
    ]
    last = subjects[0] if len(subjects) == 1 else replace(subjects[0], quantity="no")
    return Ask(tuple(dict.fromkeys(goals))), last


# --- questions for something -----------------------------------------------------------------


def _search(scope: Scope, node: Node) -> tuple[Act, Noun | None]:
    subject = Noun("variable", WHO)
    person = (
        bool(trees(node, "wh")) and scope.phrase(trees(node, "wh")[0].children[0]).kind == "WHO"
    )
    match node.data:
        case "why":
            asked, noun = _ask(scope, trees(node)[0])
            return Explain(asked.goals), noun
        case "why_so":
            return Explain(), None
        case "who_is":
            return _who_is(scope, node, person)
        case "who_does" | "who_has":
            said = patterns(scope, node, subject)
            denied = mood(scope, node).denied
            return Find(_joined(said), WHO, person=person, denied=denied), None
        case "does_what" | "has_what" | "doing_what" | "is_what" | "done_by_what":
            noun = _asked_subject(scope, node)
            relation = predicates.asked_verb(scope, node)
            pair = (scope.term(noun), WHAT)
            goal = related(*(pair[::-1] if node.data == "done_by_what" else pair), relation)
            denied = mood(scope, node).denied
            return Find(goal, WHAT, person=person, denied=denied), noun
        case "which_is":
            words = scope.words(tokens(node, "WORDS")[0])
            kind = scope.kind(words, plural=is_plural(words[-1].lower))
            (predicate,) = trees(node, "is", "does", "has")
            said = patterns(scope, predicate, subject)
            goal = all_of((is_a(WHO, kind), *(s.atom for s in said)))
            if mood(scope, predicate).denied:
                raise Unclear
            return Find(goal, WHO), None
        case "does_which":
            words = scope.words(tokens(node, "WORDS")[0])
            kind = scope.kind(words, plural=is_plural(words[-1].lower))
            noun = _asked_subject(scope, node)
            relation = predicates.asked_verb(scope, node)
            goal = all_of((related(scope.term(noun), WHAT, relation), is_a(WHAT, kind)))
            return Find(goal, WHAT), noun
        case "where_is" | "where_does":
            noun = _asked_subject(scope, node)
            return Find(related(scope.term(noun), WHAT, _HOW), WHAT, place=True), noun
        case _:
            raise Unclear


def _asked_subject(scope: Scope, node: Node) -> Noun:
    """The subject of a question for its object."""
    found = trees(node, "subject")
    phrases = trees(found[0]) if found else [t for t in trees(node) if t.data not in _NOT_NOUNS]
    if len(phrases) != 1:
        raise Unclear
    plural = predicates.number(scope, node)
    noun = scope.noun(phrases[0], plural)
    if noun.quantity not in (None, "every", "each", "all"):
        raise Unclear
    return noun


_NOT_NOUNS = ("wh", "modifier", "preposition")


def _who_is(scope: Scope, node: Node, person: bool) -> tuple[Act, Noun | None]:
    """``Who is …``, ``What is …``: who fits, or what it is that is named."""
    (complements,) = trees(node, "complements")
    found = trees(complements)
    own = mood(scope, node)
    if len(found) == 1 and found[0].data == "complement" and not own.denied:
        phrase = trees(found[0])[0]
        named = _named(scope, node, phrase, person)
        if named is not None:
            return named
    said = patterns(scope, node, Noun("variable", WHO))
    return Find(_joined(said), WHO, person=person, denied=own.denied), None


def _named(scope: Scope, node: Node, phrase: Node, person: bool) -> tuple[Act, Noun | None] | None:
    plural = predicates.number(scope, node)
    match phrase.data:
        case "bare":
            words = scope.words(phrase.children[0])
            adjectives = all(is_adjective(w.lower) for w in words) and not words[0].name
            if adjectives or (person and plural and is_plural(words[-1].lower)):
                return None
            noun = scope.bare(words, plural)
            lower = person and not any(w.name for w in words)
            find = (
                Find(_joined(patterns(scope, node, Noun("variable", WHO))), WHO, person=True)
                if lower
                else None
            )
            return Describe(noun.atom, find), noun
        case "one":
            if person:
                return None
            noun = scope.noun(phrase)
            return Describe(noun.atom, Find(is_a(WHO, noun.atom), WHO)), None
        case "the":
            noun = scope.noun(phrase, plural)
            if noun.kind == "name":
                return Describe(noun.atom), noun
            find = Find(_joined(patterns(scope, node, Noun("variable", WHO))), WHO, person=person)
            return Describe(noun.atom, find), noun
        case "of" | "owned":
            noun = scope.noun(phrase, plural)
            assert noun.owner is not None
            assert noun.noun is not None
            if noun.owner == AGENT:
                return Chat("self"), None
            goal = owns(noun.owner, WHAT, noun.noun)
            return Find(goal, WHAT, person=person, latest=not noun.plural), None
        case "user" | "pronoun":
            noun = scope.noun(phrase, plural)
            return Describe(scope.term(noun)), noun
        case "agent":
            return Chat("self"), None
        case _:
            raise Unclear


def _joined(said: Sequence[predicates.Said]) -> Atom:
    if any(s.denied for s in said):
        raise Unclear
    return all_of(tuple(s.atom for s in said))
