"""Finding the turns that answer a question in long conversations (LoCoMo), recipe by recipe.

``python benchmarks/locomo.py --data FOLDER [--train FOLDER] --json OUT [--save WEIGHTS]``

Each conversation is a scope of one memory, each session a thread; a turn is kept with its speaker
and time, and the caption of its image behind its words. A question is asked as it stands, within
its conversation. The scores are those of ``benchmarks.locomo_data``.

- *default*: the weights that ship, with the embedding model and without.
- *trained*: weights learned from other conversations: from those of ``--train``, of which none may
  be among ``--data``, else from all but the one that is asked (leave one out). A linear model over
  the features of ``mettaclaw.memory.retrieval``, learned by listwise softmax.
- *graph*: the default where each turn also has an atom for each name in it (words in capitals that
  begin no sentence): with the expansion through shared names, and without it: no candidates that
  only names lead to, and no part of the score.
- *control*: trained on evidence that was drawn at random, which shows what features alone give.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a file, it finds the rest as well

from benchmarks import listwise
from benchmarks.figures import Figure
from benchmarks.locomo_data import (
    COLUMNS,
    DEPTH,
    Conversation,
    DataError,
    Question,
    Scores,
    Turn,
    load,
    mean,
    scores,
    summary,
)
from mettaclaw.atoms.syntax import Expression, Symbol
from mettaclaw.memory import Memory, embed
from mettaclaw.memory.retrieval import Weights, rank
from mettaclaw.memory.retrieval.features import NAMES, Row
from mettaclaw.storage import Database

FIXED = ("shared", "recency", "use")  # these conversations cannot teach what they count
LEARNED = tuple(name for name in NAMES if name not in FIXED)
WORDS = tuple(name for name in LEARNED if "meaning" not in name)
TARGETS = {"trained": (82.0, 75.0), "trained, words": (75.0, None), "default": (75.0, None)}
_SEEDS = (1, 2, 3, 4, 5)  # of the control, whose weights are as random as its evidence
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the candidates' features by item, and the items that are its evidence."""

    question: Question
    rows: Mapping[int, Row]
    turns: Mapping[int, str]

    @property
    def wanted(self) -> frozenset[int]:
        """The items of the evidence."""
        return frozenset(i for i, turn in self.turns.items() if turn in self.question.evidence)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="a folder with LoCoMo's files")
    parser.add_argument("--train", type=Path, help="others, from which weights are learned")
    parser.add_argument(
        "--json", type=Path, nargs="?", const=Path("-"), help="a file for all scores"
    )
    parser.add_argument("--save", type=Path, help="a file for the weights, learned from all")
    parser.add_argument("--quick", action="store_true", help="only the default and the trained")
    chosen = parser.parse_args(arguments)
    try:
        told = load(chosen.data)
        train = load(chosen.train) if chosen.train else None
        apart(told, train or ())
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    found = measure(told, train, chosen.save, quick=chosen.quick)
    if chosen.json == Path("-"):  # the program that runs all benchmarks wants rows
        print(json.dumps([asdict(figure) for figure in figures(found)]))
        return 0
    show(found)
    if chosen.json:
        chosen.json.write_text(
            json.dumps({r: {c: asdict(s) for c, s in by.items()} for r, by in found.items()})
        )
    return 0


def apart(told: Sequence[Conversation], train: Sequence[Conversation]) -> None:
    """See to it that no conversation is both asked and learned from.

    Raises:
        DataError: One is; the message names it.
    """
    by_turns = {each.turns for each in told}
    by_name = {(each.name, turn) for each in told for turn in each.turns}
    both = [
        each.name
        for each in train
        if each.turns in by_turns or any((each.name, turn) in by_name for turn in each.turns)
    ]
    if both:
        raise DataError(
            f"--train has conversations of --data ({', '.join(both)}), and weights that were "
            "learned from what they are asked about tell nothing; give other ones, or leave "
            "--train out (then each is asked with weights of the others)"
        )


def measure(
    told: Sequence[Conversation],
    train: Sequence[Conversation] | None = None,
    save: Path | None = None,
    *,
    quick: bool = False,
) -> dict[str, dict[str, Scores]]:
    """The scores of each recipe, over all questions and by category."""
    shipped = Weights.read()
    found: dict[str, dict[str, Scores]] = {}
    learned: dict[str, Mapping[str, float]] = {}
    for by_words, weights, names in (
        (False, shipped.meaning, LEARNED),
        (True, shipped.words, WORDS),
    ):
        tail = ", words" if by_words else ""
        asked = questions(told, by_words=by_words)
        others = None if train is None else questions(train, by_words=by_words)
        found[f"default{tail}"] = _scored(asked, weights)
        found[f"trained{tail}"] = _trained(asked, others, names)
        if not quick:
            alone = "around" if by_words else "meaning"
            found[f"{alone} alone"] = _scored(asked, {alone: 1.0})
        if not (quick or by_words):
            found["control: trained on random evidence"] = _mean(
                [_trained(asked, others, names, seed) for seed in _SEEDS]
            )
            off = Weights({**weights, "shared": 0.0}, shipped.words)
            for name, kept in (("graph on", shipped), ("graph off", off)):
                with_names = questions(told, by_words=False, with_names=True, weights=kept)
                found[name] = _scored(with_names, kept.meaning)
        learned["words" if by_words else "meaning"] = _fit([asked, others or []], names)
    if save is not None:
        kept = {name: {k: w[k] for k in FIXED if k in w} for name, w in _tables(shipped)}
        both = {name: {**learned[name], **kept[name]} for name in learned}
        save.write_text(Weights(both["meaning"], both["words"]).text(), encoding="utf-8")
    return found


def questions(
    told: Sequence[Conversation],
    *,
    by_words: bool,
    with_names: bool = False,
    weights: Weights | None = None,
) -> list[list[Asked]]:
    """All questions of each conversation, with their candidates."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Database.open(Path(folder) / "claw.db", synchronous="NORMAL") as database,
    ):
        memory = Memory(
            database, embed.UNWANTED if by_words else embed.SHARED, 600, weights=weights
        )
        places = [_keep(memory, each, with_names=with_names) for each in told]
        if not by_words:
            memory.embed_missing()
        return [
            [_asked(memory, each, question, turns) for question in each.questions]
            for each, turns in zip(told, places, strict=True)
        ]


def _keep(memory: Memory, told: Conversation, *, with_names: bool) -> dict[int, str]:
    """Keep the turns of a conversation; their ids by item."""
    many = [
        {
            "text": _text(turn),
            "speaker": turn.speaker,
            "time": turn.time,
            "scope": told.name,
            "thread": f"session {turn.session}",
            "kind": "turn",
            "atom": _names(turn) if with_names else None,
        }
        for turn in told.turns
    ]
    kept = memory.remember_many(many)
    return {each.item.id: turn.id for each, turn in zip(kept, told.turns, strict=True)}


def _text(turn: Turn) -> str:
    return f"{turn.text} [image: {turn.caption}]" if turn.caption else turn.text


def _names(turn: Turn) -> list[Expression]:
    names = sorted(set(_NAME.findall(turn.text)))
    return [Expression((Symbol("about"), Symbol(name.lower()))) for name in names]


def _asked(
    memory: Memory, told: Conversation, question: Question, turns: Mapping[int, str]
) -> Asked:
    considered = memory.consider(question.text, told.name)
    assert considered is not None
    return Asked(question, considered.rows, turns)


def _scored(asked: Sequence[Sequence[Asked]], weights: Mapping[str, float]) -> dict[str, Scores]:
    return summary((each.question, _score(each, weights)) for many in asked for each in many)


def _score(asked: Asked, weights: Mapping[str, float]) -> Scores:
    best = rank(asked.rows, weights, DEPTH)
    return scores([asked.turns[each.id] for each in best], asked.question.evidence)


def _trained(
    asked: Sequence[Sequence[Asked]],
    others: Sequence[Sequence[Asked]] | None,
    names: Sequence[str],
    seed: int | None = None,
) -> dict[str, Scores]:
    """Each conversation by weights that were learned without it."""
    found: list[tuple[Question, Scores]] = []
    elsewhere = None if others is None else _fit([others], names, seed)
    for number, many in enumerate(asked):
        rest = [each for place, each in enumerate(asked) if place != number]
        weights = elsewhere if elsewhere is not None else _fit([rest], names, seed)
        found += [(each.question, _score(each, weights)) for each in many]
    return summary(found)


def _mean(many: Sequence[Mapping[str, Scores]]) -> dict[str, Scores]:
    return {name: mean([each[name] for each in many]) for name in many[0]}


def _fit(
    groups: Sequence[Sequence[Sequence[Asked]]], names: Sequence[str], seed: int | None = None
) -> dict[str, float]:
    lists: list[tuple[list[list[float]], list[bool]]] = []
    drawn = random.Random(seed)
    for each in (each for group in groups for many in group for each in many):
        ids = list(each.rows)
        wanted = each.wanted
        if seed is not None:
            wanted = frozenset(drawn.sample(ids, min(len(wanted), len(ids))))
        marks = [number in wanted for number in ids]
        if any(marks):
            lists.append(([[each.rows[i][name] for name in names] for i in ids], marks))
    return dict(zip(names, listwise.fit(lists), strict=True))


def _tables(weights: Weights) -> list[tuple[str, Mapping[str, float]]]:
    return [("meaning", weights.meaning), ("words", weights.words)]


def show(found: Mapping[str, Mapping[str, Scores]]) -> None:
    """Print the scores, in percent; a line for each recipe and category."""
    print("recipe", "category", *COLUMNS, sep="\t")
    for recipe, by_category in found.items():
        for category, score in by_category.items():
            values = (f"{100 * value:.1f}" for value in asdict(score).values())
            print(recipe, category, *values, sep="\t")


def figures(found: Mapping[str, Mapping[str, Scores]]) -> list[Figure]:
    """The scores as rows of ``RESULTS.md``, with the targets of those that have one."""
    rows: list[Figure] = []
    for recipe, by_category in found.items():
        r10, all10 = TARGETS.get(recipe, (None, None))
        whole = by_category["all"]
        rows.append(Figure(f"{recipe}: R@10", 100 * whole.r10, "%", r10, least=True))
        rows.append(Figure(f"{recipe}: all in 10", 100 * whole.all10, "%", all10, least=True))
        each = [by_category[name] for name in sorted(by_category) if name != "all"]
        rows += [
            Figure(f"{recipe}: R@10, category {number}", 100 * score.r10, "%")
            for number, score in enumerate(each, start=1)
        ]
    return rows


if __name__ == "__main__":
    sys.exit(main())
