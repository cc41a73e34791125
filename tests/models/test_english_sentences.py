"""Splitting a message takes work in proportion to its length, whatever shape it has."""

from __future__ import annotations

import subprocess
import sys

# Each piece repeated up to 200,000 characters: long words, marks that end nothing, quotes that do
# not close, initials, space, lines. All take seconds together; a look back over the whole
# line for each mark would take minutes.
PIECES = (
    "Tom\u200d",
    "a",
    "a.",
    "a.A",
    "J. ",
    "J.",
    ". ",
    "e.g. ",
    '"',
    "“",
    "“a",
    '"a".',
    "“a. b” ",
    ".)",
    "- ",
    " \t",
    "x (((A. ",
    "a\n",
    "a;",
    "A.         ",
    "İ",
    "a\u0301",
)
PROGRAM = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
from mettaclaw.models.english.sentences import split
for piece in sys.argv[1:]:
    text = piece * (80_000 // len(piece))
    split(text), split(text + " is a cat."), split("A. " + text + ". B.")
print("done")
"""


def test_no_shape_of_message_makes_splitting_slow() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *PIECES], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("done\n", 0)
