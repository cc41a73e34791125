"""Names that MeTTa text may not use here, and why; using one is an error that says so.

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
