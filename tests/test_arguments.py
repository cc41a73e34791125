"""What a caller may get wrong is told with what to pass, and stores nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mettaclaw.atomspace import Atomspace
from mettaclaw.errors import UsageError
from tests.statements import CAT


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda kb: kb.evaluate(5), "program=5 is no text; write a string"),
        (lambda kb: kb.evaluate(b"!(+ 1 2)"), "is no text"),
        (lambda kb: kb.evaluate("(a)", source=None), "source=None is no text"),
        (lambda kb: kb.add(5), "5 is no atom; write its MeTTa text"),
        (lambda kb: kb.add(("a", "b")), "is no atom"),
        (lambda kb: kb.add("(a)", truth="x"), r"'x' is no truth value; write \(1.0, 0.9\)"),
        (lambda kb: kb.add("(a)", truth=(2, 0.5)), r"frequency 2 is not in \[0, 1\]"),
        (lambda kb: kb.add("(a)", truth=(0.5,)), "is no truth value"),
        (lambda kb: kb.add("(a)", truth=("a", "b")), "frequency a is not in"),
        (lambda kb: kb.add("(a)", source=None), "source=None is no text"),
        (lambda kb: kb.add("(a)", words=["b"]), r"words=\['b'\] is no text"),
        (lambda kb: kb.match(None), "None is no atom"),
        (lambda kb: kb.match(), "match needs a pattern"),
        (lambda kb: kb.match("(a)", limit=-1), "limit=-1; it is a whole number"),
        (lambda kb: kb.match("(a)", limit="3"), "limit='3'; it is a whole number"),
        (lambda kb: kb.match("(a)", limit=2.5), "limit=2.5; it is a whole number"),
        (lambda kb: kb.truth(7), "7 is no atom"),
        (lambda kb: kb.remove(None), "None is no atom"),
        (lambda kb: kb.why(3), "3 is no atom"),
        (lambda kb: kb.infer([]), "is no atom"),
        (lambda kb: kb.import_file(3), "3 is no file name; write a string or a Path"),
        (lambda kb: kb.export(None), "None is no file name"),
        (lambda kb: kb.export("a\0b"), "is no file name"),
        (lambda kb: kb.backup(None), "None is no file name"),
        (lambda kb: Atomspace.open(5), "5 is no file name"),
        (lambda kb: kb.add("(a)", truth=list(range(1000))), r"\.\.\. is no truth value"),
    ],
)
def test_a_wrong_argument_is_told_with_what_to_pass(
    kb: Atomspace, act: Callable[[Atomspace], object], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        act(kb)
    assert kb.count() == 0


@pytest.mark.parametrize("number", [10**5_000, -(10**5_000)], ids=["above", "below"])
def test_a_number_of_very_many_digits_is_refused_clearly(kb: Atomspace, number: int) -> None:
    with pytest.raises(UsageError, match="digits"):
        kb.add(CAT, (number, 0.5))
    for ask in (kb.as_of, lambda time: kb.add(CAT, time=time)):
        with pytest.raises(UsageError, match="is no time"):
            ask(number)
    assert kb.count() == 0
