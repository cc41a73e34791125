"""Names that MeTTa text may not use or define here, and why; doing so is an error that says so.

Denying names is for clear messages: what holds is that the child can reach nothing
(``rights``).
"""

from __future__ import annotations

_OUTSIDE = "programs cannot load modules or files; `mettaclaw atoms import FILE` imports data"
_PYTHON = "programs cannot run Python"
_MODULES = "modules cannot be reached from here"

DENIED: dict[str, str] = {
    "import!": _OUTSIDE,
    "include": _OUTSIDE,
    "git-module!": _OUTSIDE,
    "register-module!": _OUTSIDE,
    "load-ascii": _OUTSIDE,
    "file-open!": _OUTSIDE,
    "file-read-to-string!": _OUTSIDE,
    "file-write!": _OUTSIDE,
    "mod-space!": _MODULES,
    "print-mods!": _MODULES,
    "pragma!": "the interpreter's settings are fixed; limits are set in config.toml",
    "py-atom": _PYTHON,
    "py-dot": _PYTHON,
    "py-tuple": _PYTHON,
    "py-list": _PYTHON,
    "py-dict": _PYTHON,
    "py-chain": _PYTHON,
}


def message(name: str) -> str:
    """What to say when the name is used."""
    return f"`{name}` is not available: {DENIED[name]}"


def redefined(name: str) -> str:
    """What to say when a program defines a name of the language."""
    return (
        f"`{name}` is part of the language and cannot be defined anew; name yours differently,"
        f" such as (= (my-{name} ...) ...)"
    )


def everything(rule: str) -> str:
    """What to say when a rule has a variable for its name."""
    shown = rule if len(rule) <= 80 else f"{rule[:77]}..."
    return (
        f"the rule `{shown}` is about every expression, those of the language too; give what it"
        " defines a name: (= (NAME ...) ...)"
    )
