"""From the tree of a sentence to what it does: tell, ask, find, describe, explain.

Not covered: sentences around a sentence, such as ``Remember that …`` (``reader``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mettaclaw.atoms.syntax import Atom, Expression, Symbol, Variable, replaced
from mettaclaw.atoms.unify import substitute_once, unify
from mettaclaw.models.english import moods, questions, weather
from mettaclaw.models.english.complements import is_doing, is_event
from mettaclaw.models.english.degrees import EXHAUSTIVE, PLAIN, QUANTITY
from mettaclaw.models.english.meaning import (
    AGENT,
    USER,
    WEATHER,
    Act,
    Antecedent,
    Ask,
    Explain,
    Reading,
    Statement,
    Tell,
    all_of,
    implies,
    is_a,
    not_,
    owns,
)
from mettaclaw.models.english.moods import Said, mood, tokens, trees
from mettaclaw.models.english.morphology import singular
from mettaclaw.models.english.mutual import is_mutual
from mettaclaw.models.english.nouns import Noun, Scope, Unclear
from mettaclaw.models.english.predicates import patterns
from mettaclaw.models.english.verbs import lemma
from mettaclaw.models.english.vocabulary import NUMERALS, SAYINGS, is_living

if TYPE_CHECKING:
    from mettaclaw.models.english.clauses import Phrase
    from mettaclaw.models.english.grammar import Node

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
        act, subject = questions.ask(scope, trees(sentence)[0])
    else:
        act, subject = questions.search(scope, sentence)
    if subject is not None and subject.kind == "self" and scope.introduced is not None:
        antecedent = Antecedent(scope.introduced, plural=False)
    if isinstance(act, Tell):
        implied = [*(Statement(atom, PLAIN) for atom in scope.presupposed), *act.implied]
        act = replace(act, implied=tuple(dict.fromkeys(implied)))
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
    if subject.atom == WEATHER:
        return None
    thing = subject.kind in ("the", "kind", "owned") and not is_living(_noun_of(subject))
    if subject.kind == "owned":
        values = [value for s in said if (value := _value(subject, s.atom)) is not None]
        if values:  # my cat is Tom: he is Tom
            return Antecedent(values[0], plural=False) if not subject.is_value else None
        term = scope.term(subject)
        return Antecedent(term, subject.plural, tuple(scope.references), thing)
    references = tuple(scope.references) if isinstance(subject.atom, Variable) else ()
    if subject.kind == "pronoun" and scope.antecedent is not None:
        thing = scope.antecedent.is_thing
    return Antecedent(subject.atom, subject.plural, references, thing)


def _noun_of(subject: Noun) -> str:
    """The last word of a noun phrase, in the singular."""
    last = subject.words[-1].lower if subject.words else ""
    return singular(last) if subject.plural else last


# --- statements ------------------------------------------------------------------------------


def _tell(scope: Scope, fact: Node) -> tuple[Tell, Noun | None]:
    statements: list[Statement] = []
    implied: list[Statement] = []
    subject: Noun | None = None
    clauses = trees(fact)
    for clause in clauses:
        if len(clauses) > 1 and _is_aside(scope, clause):
            raise Unclear
        told = _clause(scope, clause)
        statements += told.said
        implied += told.implied
        subject = told.subjects[0] if len(told.subjects) == 1 else None
        scope.antecedent = _antecedent(scope, subject, told.said) or scope.antecedent
    return Tell(tuple(dict.fromkeys(statements)), tuple(implied)), subject


def _is_aside(scope: Scope, clause: Node) -> bool:
    """Whether a clause only tells whose words the others are: Tom is a cat, Ann says."""
    verbs = [token for node in trees(clause, "does") for token in tokens(node, "VERB")]
    spoken = any(lemma(scope.words(verb)[0], helped=False) in SAYINGS for verb in verbs)
    return spoken and not any(trees(node, "objects") for node in trees(clause, "does"))


@dataclass(frozen=True, slots=True)
class _Told:
    """What a clause says, what that entails, and of whom it speaks."""

    said: list[Statement]
    subjects: list[Noun]
    implied: list[Statement]


def _clause(scope: Scope, clause: Node) -> _Told:
    """What a clause tells; nothing is entailed by what is denied, or is so only at times."""
    (subject_node,) = trees(clause, "subject")
    phrases = trees(subject_node)
    found = trees(clause, "is", "does", "has")
    if mood(scope, clause).denied:
        raise Unclear
    plural = moods.number(scope, found[0]) if len(phrases) == 1 else None
    it = weather.subject(scope, phrases, found)
    subjects = [it] if it else [scope.noun(phrase, plural) for phrase in phrases]
    scope.together = tuple(subjects)
    excepted = _is_exception(scope, subject_node, subjects)
    told = _Told([], subjects, [])
    for predicate in found:
        own = mood(scope, clause, predicate)
        if own.denied and not tokens(predicate, "BE", "BARE_BE", "DO", "CAN", "MODAL", "HAVE"):
            raise Unclear
        if len(subjects) > 1 and not excepted and moods.number(scope, predicate) is False:
            raise Unclear  # Salt and Pepper is a shop: both words are one name
        if excepted and (own.adverbs or own.denied or own.modal):
            raise Unclear
        past = moods.is_past(scope, predicate)
        if past and predicate.data == "is" and not is_event(scope, predicate):
            raise Unclear  # Tom was a cat: he may be none now
        for i, subject in enumerate(subjects):
            if subject.article == "a" and past:
                raise Unclear  # a man walked in: some man, and not men
            if subject.kind == "kind" and not scope.in_rule and is_doing(predicate):
                raise Unclear  # dogs are barking: some, right now
            if own.denied and QUANTITY.get(subject.quantity or "") == 0.5:
                raise Unclear  # some birds are not penguins: that others are is not said
            if subject.kind == "kind" and _is_counted(subject):
                raise Unclear  # two cats sleep: not all of them
            scope.entailed.clear()
            for said in patterns(scope, predicate, subject):
                meant = replace(said, denied=said.denied != (subjects[0].quantity != "no"))
                except_ = excepted and i > 0
                told.said.append(own.statement(meant if except_ else said, subject.quantity))
            truth = own.statement(Said(USER), subject.quantity).truth
            if truth.f == 1.0 and not scope.in_rule and not excepted:
                told.implied.extend(Statement(atom, truth) for atom in scope.entailed)
            if truth.f == 0.0 and subject.quantity == "no" and not (scope.in_rule or excepted):
                told.implied.extend(_turned(scope, told.said))
    if len(subjects) > 1 and any(is_mutual(scope, predicate) for predicate in found):
        raise Unclear  # Tom and Ann are different: from each other; or met
    return told


def _turned(scope: Scope, said: Sequence[Statement]) -> Iterator[Statement]:
    """What no kind is, is none of that kind: no cat is a dog, so no dog is a cat."""
    kinds = {s.symbol for s in scope.surfaces if s.use == "thing" and s.form == "noun"}
    for one in said:
        match one.atom:
            case Expression((Symbol("-->"), Symbol() as first, Symbol() as second)) if (
                one.truth.f == 0.0 and {first.name, second.name} <= kinds
            ):
                yield Statement(is_a(second, first), one.truth)
            case _:
                pass


def _is_exception(scope: Scope, node: Node, subjects: Sequence[Noun]) -> bool:
    """Whether all subjects but the first are excepted: every cat but Tom and Ann."""
    links = [scope.words(token)[0].lower for token in tokens(node, "AND")]
    if "but" not in links:
        return False
    first, *others = subjects
    whole = first.kind == "kind" and first.quantity in EXHAUSTIVE
    if scope.in_rule or links[0] != "but" or "but" in links[1:] or not whole:
        raise Unclear
    if any(other.quantity is not None for other in others):
        raise Unclear
    return True


def _is_counted(noun: Noun) -> bool:
    return noun.words[0].is_number or noun.words[0].lower in NUMERALS


def _rule(scope: Scope, node: Node) -> Tell:
    """``If …, then …``: an implication, with variables for something and someone."""
    scope.in_rule = True
    (conditions,) = trees(node, "conditions")
    consequences = trees(node, "clause")
    pronouns = any(p.kind in ("HE", "IT") for p in scope.phrases)
    premises: list[Atom] = []
    concluded: list[Statement] = []
    if node.data == "rule_if":  # something is bad if it bites
        told = _clause(scope, consequences[0])
        concluded, subject = told.said, told.subjects[0]
        if subject.kind == "kind" and pronouns:
            (kind, *concluded), subject = _generic(scope, concluded, subject)
            premises = [kind.atom] if subject.noun != Symbol("thing") else []
        _hold(scope, subject)
    for clause in trees(conditions):
        told = _clause(scope, clause)
        said, subject = told.said, told.subjects[0]
        if subject.atom == AGENT:
            raise Unclear  # if you are a cat: anybody
        if subject.kind == "kind" and pronouns and scope.holder is None:
            said, subject = _generic(scope, said, subject)
        _hold(scope, subject)
        premises += [_premise(statement) for statement in said]
    rules: list[Statement] = []
    if node.data == "rule":
        concluded = [s for clause in consequences for s in _clause(scope, clause).said]
    for statement in concluded:
        condition = all_of(tuple(dict.fromkeys(premises)))
        rules.append(Statement(implies(condition, statement.atom), statement.truth))
    scope.presupposed = [a for a in scope.presupposed if not _has_variable(scope, a)]
    return Tell(tuple(rules))


def _hold(scope: Scope, subject: Noun) -> None:
    """Let pronouns stand for the first subject that is no variable."""
    spoken_of = subject.kind not in ("variable", "self") and subject.atom != WEATHER
    if scope.holder is None and spoken_of:
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
    moved = [replace(s, atom=replaced(s.atom, mapping)) for s in said]
    kind = Statement(is_a(variable, subject.atom), PLAIN)
    kept = subject.atom if isinstance(subject.atom, Symbol) else None
    return [kind, *moved], Noun("variable", variable, noun=kept)


def _premise(statement: Statement) -> Atom:
    if statement.truth == PLAIN:
        return statement.atom
    if statement.truth.f == 0.0:
        return not_(statement.atom)
    raise Unclear


def _has_variable(scope: Scope, atom: Atom) -> bool:
    return substitute_once(atom, dict.fromkeys(scope.bound.values(), USER)) != atom
