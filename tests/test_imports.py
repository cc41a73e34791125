"""What an import costs: nothing heavy is loaded before it is used."""

from __future__ import annotations

import json

import pytest

from tests.storage.processes import run

HEAVY = [
    *("hyperon", "hyperonpy", "torch", "transformers", "sentence_transformers", "peft", "hnswlib"),
    *("openai", "httpx", "rich", "prompt_toolkit", "lark", "networkx", "numpy", "llguidance"),
]
_LOADED = """
import json, sys
before = set(sys.modules)
{code}
print(json.dumps(sorted(name.partition(".")[0] for name in set(sys.modules) - before)))
"""


def loaded(code: str) -> set[str]:
    """The top-level modules that a piece of Python loads in a process of its own."""
    return set(json.loads(run(_LOADED.format(code=code)).splitlines()[-1]))


@pytest.mark.parametrize(
    "code",
    [
        "import mettaclaw",
        "import mettaclaw.atomspace",
        "from mettaclaw import Atomspace, Belief, Truth, read",
        "import mettaclaw.storage, mettaclaw.config, mettaclaw.errors",
        "import mettaclaw.agent",
        "import mettaclaw.evaluator",
        "import mettaclaw.reasoning",
        "import mettaclaw.memory",
        "from mettaclaw import Atomspace; kb = Atomspace.open(':memory:'); kb.add('(a b)'); "
        "kb.match('(a $x)'); kb.close()",
    ],
)
def test_nothing_heavy_is_loaded(code: str) -> None:
    assert sorted(loaded(code) & set(HEAVY)) == []


def test_the_package_alone_loads_next_to_nothing() -> None:
    ours = "import mettaclaw; print(*[n for n in sys.modules if n.startswith('mettaclaw')])"
    assert run(f"import sys; {ours}") == "mettaclaw"


def test_windows_is_told_about_wsl() -> None:
    told = """
    import sys
    sys.platform = "win32"
    try:
        import mettaclaw
    except ImportError as error:
        print(error)
    """
    assert "inside WSL: type `wsl --install`" in run(told)


def test_the_check_itself_sees_a_heavy_module() -> None:
    assert "lark" in loaded("import lark")
