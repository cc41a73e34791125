"""The atomspace alone, with no agent: facts in, patterns, inference and MeTTa out.

Run it with: python examples/quickstart.py
"""

from mettaclaw import Atomspace

with Atomspace.open(":memory:") as kb:  # with a file's name, everything is still there tomorrow
    kb.add("(--> garfield cat)", truth=(1.0, 0.9), source="user", words="Garfield is a cat.")
    kb.add("(--> cat animal)", truth=(1.0, 0.9), source="zoology")
    kb.add("(--> cat ([] lazy))", truth=(0.9, 0.9), source="zoology")

    for found in kb.match("(--> $who cat)"):
        print("a cat:", found["$who"])

    for answer in kb.infer("(--> garfield $what)"):
        print(f"{answer.statement}  f {answer.truth.f:g}, c {answer.truth.c:.2f}  {answer.tier}")

    print(kb.why("(--> garfield animal)"))

    # A second, independent source: the two are pooled, and confidence rises.
    kb.add("(--> garfield cat)", truth=(1.0, 0.9), source="vet")
    print("after the vet:", kb.truth("(--> garfield cat)"))

    evaluation = kb.evaluate("!(match &kb (--> $x cat) ($x is a cat))")
    print(*evaluation.results[0])
