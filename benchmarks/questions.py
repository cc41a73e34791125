"""Questions with known answers, in worlds that are generated from a seed.

A world is a list of statements with their truth values and sources, and questions with the truth
value, the tier and all names that answer them. What is expected is worked out here from how the
world was made (products of frequencies and confidences along the one chain that was laid, sums of
evidence), by none of the code that is measured. Distractors are statements about the same
individuals and kinds that lead nowhere; they fill a world up to its size.

Kinds of questions: taxonomies, kinship, causal chains, exceptions, contradictory sources, what
cannot be known; chains with a link that hardly holds; chains between what belongs to very much and
what very much belongs to; and the same in PLN. Chains that are less sure than all that stands
beside them; two chains to one end, whose answers are pooled; likeness, asked the other way round;
and all that something is.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from math import prod

SOURCES = {"measured": 0.9, "reported": 0.7, "heard": 0.55, "guessed": 0.4}
KINDS = (
    "taxonomy",
    "kinship",
    "causes",
    "exception",
    "sources",
    "unknown",
    "doubtful",
    "popular",
    "probable",
    "faint",
    "twofold",
    "alike",
    "manifold",
)
PRIOR = 0.1  # of a term, where nobody has said it (the default of `pln_prior`)

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Question:
    """A goal with what must come back.

    Attributes:
        kind: One of ``KINDS``.
        goal: MeTTa text; may hold the variable ``$who``.
        truth: The expected frequency and confidence of each answer; None where none can be known.
        names: All values of ``$who``, where the goal holds it.
        own: The names whose truth is another one, each with it; the tier is the same.
    """

    kind: str
    goal: str
    truth: Pair | None
    names: frozenset[str] = frozenset()
    own: tuple[tuple[str, Pair], ...] = ()

    @property
    def answers(self) -> dict[str, Pair]:
        """What must come back, each with its truth; none where nothing can be known."""
        if self.truth is None:
            return {}
        truths = {**dict.fromkeys(self.names or ("",), self.truth), **dict(self.own)}
        return {self.goal.replace("$who", name): truth for name, truth in truths.items()}

    @property
    def tier(self) -> str:
        """``ACT``, ``HYPOTHESIZE``, ``IGNORE``, or ``UNKNOWN``."""
        if self.truth is None:
            return "UNKNOWN"
        f, c = self.truth
        if f >= 0.6 and c >= 0.5:
            return "ACT"
        return "HYPOTHESIZE" if f >= 0.3 and c >= 0.2 else "IGNORE"


@dataclass(slots=True)
class World:
    """What is told, in the order of telling, and what is asked."""

    told: list[tuple[str, Pair, str]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)  # what distractors may speak about
    crowd: int = 0  # how many belong to what is popular, or stand beside a faint chain, at most

    def tell(self, statement: str, truth: Pair = (1.0, 0.9), source: str = "measured") -> None:
        self.told.append((statement, truth, source))


def world(seed: int, size: int, questions: int) -> World:
    """A world of so many statements, some more if its questions need more, in random order."""
    rng = random.Random(f"{seed} {size} {questions}")
    made = World()
    makers: dict[str, Callable[[World, random.Random, int], None]] = {
        "taxonomy": _taxonomy,
        "kinship": _kinship,
        "causes": _causes,
        "exception": _exception,
        "sources": _sources,
        "unknown": _unknown,
        "doubtful": _doubtful,
        "popular": _popular,
        "probable": _probable,
        "faint": _faint,
        "twofold": _twofold,
        "alike": _alike,
        "manifold": _manifold,
    }
    made.crowd = min(60, max(2, size // 150))
    _family_rules(made)
    for number in range(questions):
        makers[KINDS[number % len(KINDS)]](made, rng, number)
    _distract(made, rng, size)
    rng.shuffle(made.told)
    return made


def _along(truths: list[Pair]) -> Pair:
    """Deduction along a chain: frequencies multiply, and so does all of it for the confidence."""
    f = prod(f for f, _ in truths)
    c, reached = truths[0][1], truths[0][0]
    for step_f, step_c in truths[1:]:
        reached *= step_f
        c *= step_c * reached
    return f, c


def _pooled(truths: list[Pair]) -> Pair:
    """Independent sources: their evidence, w = c / (1 - c), adds up."""
    weights = [c / (1 - c) for _, c in truths]
    total = sum(weights)
    f = sum(w * f for w, (f, _) in zip(weights, truths, strict=True)) / total
    return f, min(0.99, total / (total + 1))


def _taxonomy(made: World, rng: random.Random, n: int) -> None:
    """A thing, kinds above it, and what usually holds of the topmost."""
    hops = rng.randint(1, 4)
    names = [f"thing{n}", *(f"kind{n}_{i}" for i in range(hops))]
    chain: list[Pair] = []
    for lower, upper in pairwise(names):
        made.tell(f"(--> {lower} {upper})")
        chain.append((1.0, 0.9))
    usual = (rng.choice([1.0, 0.9, 0.75]), 0.9)
    made.tell(f"(--> {names[-1]} ([] trait{n}))", usual)
    chain.append(usual)
    made.subjects += names
    made.questions.append(Question("taxonomy", f"(--> thing{n} ([] trait{n}))", _along(chain)))


def _family_rules(made: World) -> None:
    made.tell(
        "(==> (∧ (--> (x $a $b) parent) (--> (x $b $c) parent)) (--> (x $a $c) grandparent))",
        (1.0, 0.9),
    )


def _kinship(made: World, rng: random.Random, n: int) -> None:
    """Who are the grandparents? Two parents, and some of their parents."""
    grand: set[str] = set()
    for parent in range(2):
        made.tell(f"(--> (x parent{n}_{parent} child{n}) parent)")
        for i in range(rng.randint(1, 2)):
            elder = f"elder{n}_{parent}_{i}"
            made.tell(f"(--> (x {elder} parent{n}_{parent}) parent)")
            grand.add(elder)
    made.subjects += [f"child{n}", f"parent{n}_0", f"parent{n}_1"]
    goal = f"(--> (x $who child{n}) grandparent)"
    # The condition, (1, 0.81), and the rule (1, 0.9).
    made.questions.append(Question("kinship", goal, (1.0, 0.9**3), frozenset(grand)))


def _causes(made: World, rng: random.Random, n: int) -> None:
    """Something happened, and one thing leads to another."""
    hops = rng.randint(1, 3)
    chain: list[Pair] = [(1.0, 0.9)]
    made.tell(f"event{n}_0")
    for i in range(hops):
        link = (rng.choice([1.0, 0.95]), 0.9)
        made.tell(f"(==> event{n}_{i} event{n}_{i + 1})", link)
        chain.append(link)
        if i:
            made.tell(f"(==> side{n}_{i} event{n}_{i + 1})")  # did not happen, as far as is known
    made.questions.append(Question("causes", f"event{n}_{hops}", _along(chain)))


def _exception(made: World, rng: random.Random, n: int) -> None:
    """What holds of a kind, but not of a kind of it: the narrower one speaks."""
    made.tell(f"(--> odd{n} strange{n})")
    made.tell(f"(--> strange{n} wide{n})")
    made.tell(f"(--> wide{n} ([] able{n}))")
    made.tell(f"(--> strange{n} ([] able{n}))", (0.0, 0.9))
    made.subjects += [f"odd{n}", f"strange{n}", f"wide{n}"]
    made.questions.append(Question("exception", f"(--> odd{n} ([] able{n}))", (0.0, 0.81)))


def _sources(made: World, rng: random.Random, n: int) -> None:
    """Several sources of different quality, who do not agree."""
    said = [
        (float(rng.random() < 0.7), quality) for quality in rng.sample(sorted(SOURCES.values()), 3)
    ]
    by_quality = {quality: source for source, quality in SOURCES.items()}
    for truth in said:
        made.tell(f"(--> case{n} ([] settled{n}))", truth, by_quality[truth[1]])
    made.subjects.append(f"case{n}")
    made.questions.append(Question("sources", f"(--> case{n} ([] settled{n}))", _pooled(said)))


def _unknown(made: World, rng: random.Random, n: int) -> None:
    """Much is said of the one and of the other, and nothing leads from one to the other."""
    made.tell(f"(--> lone{n} sort{n})")
    made.tell(f"(--> other{n} ([] rare{n}))")
    made.subjects += [f"lone{n}", f"sort{n}"]
    made.questions.append(Question("unknown", f"(--> lone{n} ([] rare{n}))", None))


def _doubtful(made: World, rng: random.Random, n: int) -> None:
    """A chain of which one link holds of few: it says more of what is not so than of what is, where
    all of the thing is in between (the rule `exclusion`).
    """
    few = rng.choice([0.35, 0.4, 0.45])
    chain = [(1.0, 0.9), (few, 0.9)]
    rng.shuffle(chain)
    sure = 1 - few if chain[0] == (1.0, 0.9) else few
    names = [f"doubted{n}_{i}" for i in range(3)]
    for (lower, upper), truth in zip(pairwise(names), chain, strict=True):
        made.tell(f"(--> {lower} {upper})", truth)
    truth = (few, 0.9 * 0.9 * sure)
    made.questions.append(Question("doubtful", f"(--> {names[0]} {names[-1]})", truth))


def _popular(made: World, rng: random.Random, n: int) -> None:
    """A chain from what belongs to very much to what very much belongs to, in the middle too."""
    names = [f"star{n}", *(f"stage{n}_{i}" for i in range(rng.randint(1, 3)))]
    for lower, upper in pairwise(names):
        made.tell(f"(--> {lower} {upper})")
    for i, name in enumerate(names):
        for k in range(rng.randint(made.crowd // 3, made.crowd)):
            made.tell(f"(--> {name} fame{n}_{i}_{k})")
            made.tell(f"(--> fan{n}_{i}_{k} {name})")
    goal = f"(--> {names[0]} {names[-1]})"
    made.questions.append(Question("popular", goal, (1.0, 0.9 ** (len(names) - 1))))


def _probable(made: World, rng: random.Random, n: int) -> None:
    """PLN: two links by deduction, with nothing said of priors; or a condition that holds."""
    first, second = ((rng.choice([0.6, 0.8, 0.9]), 0.9) for _ in range(2))
    if rng.random() < 0.5:
        made.tell(f"(Inheritance atom{n}_0 atom{n}_1)", first)
        made.tell(f"(Inheritance atom{n}_1 atom{n}_2)", second)
        rest = (1 - first[0]) * (PRIOR - PRIOR * second[0]) / (1 - PRIOR)
        truth = first[0] * second[0] + rest, prod((*first, *second))
        goal = f"(Inheritance atom{n}_0 atom{n}_2)"
    else:
        made.tell(f"claim{n}", first)
        made.tell(f"(Implication claim{n} outcome{n})", second)
        truth = first[0] * second[0] + 0.02 * (1 - first[0]), prod((*first, *second))
        goal = f"outcome{n}"
    made.questions.append(Question("probable", goal, truth))


def _faint(made: World, rng: random.Random, n: int) -> None:
    """A chain that is less sure than all that leads away from its begin and to its end."""
    names = [f"dim{n}_{i}" for i in range(rng.randint(3, 4))]
    for lower, upper in pairwise(names):
        made.tell(f"(--> {lower} {upper})", (1.0, 0.65))
    for k in range(made.crowd):
        made.tell(f"(--> {names[0]} bright{n}_{k})")
        made.tell(f"(--> shine{n}_{k} {names[-1]})")
        made.tell(f"(==> (--> $x glow{n}_{k}) (--> $x {names[-1]}))")
    truth = _along([(1.0, 0.65)] * (len(names) - 1))
    made.questions.append(Question("faint", f"(--> {names[0]} {names[-1]})", truth))


def _twofold(made: World, rng: random.Random, n: int) -> None:
    """Two chains that have nothing in common but where they begin and end."""
    ends: list[Pair] = []
    for way in range(2):
        chain = [(1.0, rng.choice([0.9, 0.7])), (rng.choice([1.0, 0.9, 0.75]), 0.9)]
        made.tell(f"(--> source{n} way{n}_{way})", chain[0])
        made.tell(f"(--> way{n}_{way} mouth{n})", chain[1])
        ends.append(_along(chain))
    made.subjects += [f"source{n}", f"mouth{n}"]
    made.questions.append(Question("twofold", f"(--> source{n} mouth{n})", _pooled(ends)))


def _alike(made: World, rng: random.Random, n: int) -> None:
    """Two likenesses, and what they come to asked from the far end: f = f1 f2, c by either, and
    once 0.9 for the other order (structural intersection).
    """
    one, other = (rng.choice([1.0, 0.9]) for _ in range(2))
    made.tell(f"(<-> twin{n}_0 twin{n}_1)", (one, 0.9))
    made.tell(f"(<-> twin{n}_1 twin{n}_2)", (other, 0.9))
    truth = one * other, (one + other - one * other) * 0.9 * 0.9 * 0.9
    made.questions.append(Question("alike", f"(<-> twin{n}_2 twin{n}_0)", truth))


def _manifold(made: World, rng: random.Random, n: int) -> None:
    """What is something? All that two or three rules make of it, and one on top of them."""
    told = (1.0, 0.9)
    made.tell(f"(--> member{n} caste{n})", told)
    ways = [(rng.choice([1.0, 0.9]), 0.9) for _ in range(rng.randint(2, 3))]
    own = [(f"right{n}_{i}", _along([told, way])) for i, way in enumerate(ways)]
    for (right, _), way in zip(own, ways, strict=True):
        made.tell(f"(==> (--> $x caste{n}) (--> $x {right}))", way)
    made.tell(f"(==> (--> $x right{n}_0) (--> $x duty{n}))")
    own.append((f"duty{n}", _along([told, ways[0], (1.0, 0.9)])))
    names = frozenset((f"caste{n}", *(name for name, _ in own)))
    made.questions.append(Question("manifold", f"(--> member{n} $who)", told, names, tuple(own)))


def _distract(made: World, rng: random.Random, size: int) -> None:
    """Fill up with statements that end in noise, or are about noise alone, or lead from something
    of which no more is said into what is asked about.
    """
    noise = max(10, size // 20)
    while len(made.told) < size:
        known = rng.random() < 0.3
        subject = rng.choice(made.subjects) if known else f"noise{rng.randrange(noise)}"
        target = f"noise{rng.randrange(noise)}"
        if subject == target:
            continue
        form = rng.random()
        if known and form < 0.2:
            made.tell(f"(--> stray{len(made.told)} {subject})")
        elif form < 0.6:
            made.tell(f"(--> {subject} {target})", (rng.choice([1.0, 0.9, 0.5]), 0.9))
        elif form < 0.8:
            made.tell(f"(--> (x {subject} {target}) relation{rng.randrange(20)})")
        elif form < 0.95:
            made.tell(f"(--> {subject} ([] {target}))", (rng.choice([0.9, 0.5, 0.1]), 0.9))
        else:
            made.tell(f"(==> {target} noise{rng.randrange(noise)})", (0.9, 0.9))
