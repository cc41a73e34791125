"""What plain hyperon computes, ours computes: results of both, side by side."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from mettaclaw.atoms.syntax import Atom, Expression, Number, String, Symbol, Variable
from mettaclaw.atoms.unify import canonical
from tests.evaluator.conftest import Bench

PROGRAMS = Path(__file__).with_name("programs.txt").read_text(encoding="utf-8").splitlines()

_PLAIN = r"""
import json, os, sys
import hyperonpy as hp
from hyperon import MeTTa
from hyperon.atoms import AtomKind

def told(atom):
    kind = atom.get_metatype()
    if kind == AtomKind.SYMBOL:
        return ["symbol", atom.get_name()]
    if kind == AtomKind.VARIABLE:
        return ["variable", atom.get_name()]
    if kind == AtomKind.EXPR:
        return ["expression", [told(child) for child in atom.get_children()]]
    text = repr(atom)
    type_name = repr(atom.get_grounded_type())
    if type_name == "Number":
        value = atom.get_object().value
        return ["symbol", "NaN"] if value != value else ["number", value]
    if type_name == "String" or text.startswith('"'):
        return ["string", text]
    if type_name == "SpaceType":
        return ["space"]
    return ["text", text]

def fresh():
    builder = hp.env_builder_start()
    hp.env_builder_disable_config_dir(builder)
    return MeTTa(env_builder=builder)

runner = fresh()
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for line in sys.stdin:
    read, write = os.pipe()
    if os.fork() == 0:
        results = runner.run(json.loads(line))
        os.write(write, json.dumps([[told(a) for a in form] for form in results]).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as answer:
        print(answer.read() or "null", file=out, flush=True)
    os.wait()
"""


def _from_plain(told: list) -> Atom:
    match told:
        case ["symbol", name]:
            return Symbol(name)
        case ["variable", name]:
            return Variable(name)
        case ["number", value]:
            return Number(value)
        case ["string", text]:
            return String(text)
        case ["expression", children]:
            return Expression(tuple(_from_plain(child) for child in children))
        case ["space"]:
            return Symbol("&space")
        case ["text", text]:
            return Symbol(text)
    raise AssertionError(told)


def _comparable(atom: Atom) -> Atom:
    """Ours in the shape of plain's: strings by their text, spaces without names."""
    match atom:
        case String():
            return String(str(atom))
        case Expression((Symbol("State"), value)):
            return Symbol(f"(State {value})")
        case Expression(children):
            return Expression(tuple(_comparable(child) for child in children))
        case Symbol(name) if name.startswith("&"):
            return Symbol("&space")
        case _:
            return atom


def _bag(results: list[Atom]) -> Counter[str]:
    return Counter(str(canonical(atom)) for atom in results)


@pytest.fixture(scope="module")
def plain() -> dict[str, list[list[Atom]]]:
    """Plain hyperon's results of all programs."""
    texts = [_spaced(program) for program in PROGRAMS]
    done = subprocess.run(
        [sys.executable, "-c", _PLAIN],
        input="".join(json.dumps(text) + "\n" for text in texts),
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(PROGRAMS)
    return {
        program: [[_from_plain(told) for told in form] for form in answer]
        for program, answer in zip(PROGRAMS, answers, strict=True)
        if answer is not None
    }


def _spaced(program: str) -> str:
    """Plain hyperon reads `!PI` as one symbol; ours does not."""
    return program.replace("!PI", "! PI").replace("!EXP", "! EXP").replace("!True", "! True")


def test_there_are_many_programs_and_plain_hyperon_survives_them(
    plain: dict[str, list[list[Atom]]],
) -> None:
    assert len(PROGRAMS) >= 80
    assert list(plain) == PROGRAMS


def test_ours_gives_the_results_of_plain_hyperon(
    bench: Bench, plain: dict[str, list[list[Atom]]]
) -> None:
    different: list[str] = []
    for program in PROGRAMS:
        evaluation = bench.run(program)
        ours = [_bag([_comparable(atom) for atom in form]) for form in evaluation.results]
        theirs = [_bag(form) for form in plain[program]]
        if ours != theirs:
            different.append(f"{program}\n  ours  {ours} {evaluation.error}\n  plain {theirs}")
    assert not different, "\n".join(different)
