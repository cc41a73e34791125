"""Where things are and what is set: the home, ``config.toml``, and the files that ship.

The home is one folder with one agent's whole state: ``METTACLAW_HOME``, else the platform's data
folder. ``config.toml`` in it is optional; every key has a default here; an unknown key, a wrong
type or a number out of its range is an error that names it. Secrets are never read from it: keys
come from the environment.

Not covered: settings that were made in Python; they are taken as they are.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, cast

import platformdirs
import tomli

from mettaclaw.errors import ConfigError, MettaClawError, StorageError

_PACKAGE = Path(__file__).parent
_TYPES: dict[type[object], str] = {
    str: "text in quotes",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    dict: "a table",
    tuple: "a list of names",
}
REDACTABLE = ("secrets", "email", "phone", "card", "iban")  # the names in `redact`
# What a number may be, both ends included; a float must also be above 0.
SEARCH: Mapping[str, tuple[int, int]] = {
    "infer_steps": (1, 1_000_000_000),
    "infer_s": (0, 3_600),
    "infer_depth": (1, 100),
}
_RANGES: Mapping[str, tuple[int, int]] = {
    **SEARCH,
    "request_timeout_s": (0, 86_400),
    "request_retries": (0, 100),
    "calls_per_cycle": (1, 1_000),
    "cycles_per_turn": (1, 10_000),
    "tokens_per_turn": (1, 1_000_000_000_000),
    "seconds_per_turn": (0, 604_800),
    "history_turns": (0, 10_000),
    "evaluation_s": (0, 3_600),
    "evaluation_mib": (1, 1_048_576),
    "evaluation_steps": (1, 1_000_000_000),
    "pln_prior": (0, 1),
    "recall_tokens": (0, 1_000_000),
}
_TEXT_CHARS = 4_096
_SHOWN_CHARS = 80
_FILE_BYTES = 1024 * 1024

_QUALITY: Mapping[str, float] = {
    "primary": 0.9,
    "secondary": 0.7,  # verified
    "general": 0.55,
    "tertiary": 0.4,
    "claim": 0.35,  # a model's own
}
_SOURCES: Mapping[str, str] = {"user": "primary", "model": "claim", "model:*": "claim"}

# How a path fails: as the system says, a NUL or no encoding, a circle of links or no such user.
_NO_PATH = (OSError, ValueError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything in ``config.toml``, with its default.

    model: Which model decides: ``english``, or a model name of the endpoint (``openai:NAME``).
    base_url: The endpoint, where the environment has no OPENAI_BASE_URL.
    native_tools: Offer tools as JSON functions (true) or as text in the prompt (false).
    request_timeout_s, request_retries: For one request to the endpoint.
    calls_per_cycle, cycles_per_turn: Limits that the loop enforces.
    tokens_per_turn, seconds_per_turn: The turn ends where one of them is passed; tokens are guessed
        from characters where the endpoint reports none.
    history_turns: How many earlier turns a packet holds.
    workspace: The folder that file tools may touch; relative to the home.
    shell: Whether the ``shell`` tool may run.
    synchronous: SQLite's: FULL survives a power cut, NORMAL is faster.
    evaluation_s, evaluation_mib, evaluation_steps: Limits of one MeTTa evaluation.
    infer_steps, infer_s, infer_depth: How far a search for a goal goes: the premises that it looks
        at, its time, and how many rules may stand one above the other.
    meaning: Whether items are found by their meaning too, and not by their words alone; that
        takes an embedding model, which loads for some seconds.
    embedding: The folder of a sentence-transformers model to use in place of the one that ships;
        relative to the home. With another one, all items are embedded anew in the background.
    memory_weights: A file that says what each part of a hit's score counts, in place of the one
        that ships (``mettaclaw/memory/retrieval/weights.toml``); relative to the home.
    recall_tokens: How many tokens of remembered items a packet may hold that nobody asked for; 0
        for none.
    redact: What is left out of everything that is written: ``secrets`` (keys, tokens, passwords
        that are assigned, not those told in a sentence), ``email``, ``phone``, ``card`` and
        ``iban``. The endpoint's key is left out with ``[]`` too.
    pln_prior: How probable a term counts as in PLN whose prior is not known, up to 1.
    quality: How sure kinds of sources are; a table, over that of the defaults.
    sources: Of which kind sources are; a table, over that of the defaults. ``*`` may end a name.
    """

    model: str = ""
    base_url: str = ""
    native_tools: bool = True
    request_timeout_s: float = 120.0
    request_retries: int = 3
    calls_per_cycle: int = 5
    cycles_per_turn: int = 20
    tokens_per_turn: int = 1_000_000
    seconds_per_turn: float = 1_800.0
    history_turns: int = 12
    workspace: str = "workspace"
    shell: bool = False
    synchronous: Literal["FULL", "NORMAL"] = "FULL"
    evaluation_s: float = 5.0
    evaluation_mib: int = 1024
    evaluation_steps: int = 2_000_000
    infer_steps: int = 2_000
    infer_s: float = 1.0
    infer_depth: int = 6
    meaning: bool = True
    embedding: str = ""
    memory_weights: str = ""
    recall_tokens: int = 400
    redact: tuple[str, ...] = ("secrets",)
    pln_prior: float = 0.1
    quality: Mapping[str, float] = field(default_factory=lambda: dict(_QUALITY))
    sources: Mapping[str, str] = field(default_factory=lambda: dict(_SOURCES))


_TYPE_OF: dict[str, type[object]] = {
    f.name: type(getattr(Settings(), f.name)) for f in fields(Settings)
}


@dataclass(frozen=True, slots=True)
class Home:
    """One agent's folder, made on first use, and its settings."""

    path: Path
    settings: Settings

    @classmethod
    def open(cls, path: str | Path | None = None) -> Home:
        """Find (or make) the home and read its ``config.toml``.

        Args:
            path: The folder; None for METTACLAW_HOME, else the platform's data folder.

        Raises:
            StorageError: The folder cannot be made or written.
            ConfigError: ``config.toml`` is wrong, with the key and what it takes.
        """
        if path is not None and not str(path):
            raise StorageError("the home has no name; name a folder with --home")
        chosen = Path(path or os.environ.get("METTACLAW_HOME") or default_home())
        try:
            folder = chosen.expanduser()
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not folder.is_dir():
                raise StorageError(f"the home {folder} is not a folder; name another with --home")
            folder = folder.resolve()
        except _NO_PATH as error:
            raise StorageError(
                f"the home {_path(chosen)} cannot be made ({_why(error)}); name another with --home"
            ) from error
        return cls(folder, read_settings(folder / "config.toml"))

    @property
    def database(self) -> Path:
        """``claw.db``: the whole truth of this agent."""
        return self.path / "claw.db"

    @property
    def rules(self) -> Path:
        """The folder of a person's own rule files, ``*.metta``; it may be missing."""
        return self.path / "rules"

    @property
    def workspace(self) -> Path:
        """The only folder that file tools may touch; made on first use.

        Raises:
            ConfigError: It would hold the database itself, or cannot be made.
        """
        chosen = Path(self.settings.workspace)
        try:
            folder = (self.path / chosen.expanduser()).resolve()
            if self.path.is_relative_to(folder):
                raise ConfigError(
                    f"the workspace {folder} would let file tools write to {self.database}; "
                    "set `workspace` in config.toml to a folder of its own"
                )
            folder.mkdir(parents=True, exist_ok=True)
        except _NO_PATH as error:
            raise ConfigError(
                f"the workspace {_path(chosen)} cannot be made ({_why(error)}); "
                "set `workspace` in config.toml to another folder"
            ) from error
        return folder


def default_home() -> Path:
    """The platform's data folder for us, such as ``~/.local/share/mettaclaw``."""
    return Path(platformdirs.user_data_dir("mettaclaw", appauthor=False))


def read_settings(file: Path) -> Settings:
    """The settings in a ``config.toml``; the defaults where the file does not exist.

    Raises:
        ConfigError: Not TOML, an unknown key, or a value of the wrong type or out of its range.
    """
    try:
        if not file.exists():
            return Settings()
        raw = tomli.loads(_text(file))
    except (OSError, ValueError, RecursionError) as error:
        said = str(error).partition("\n")[0]
        raise ConfigError(f"{file}: {said}; mend it, or move it away for the defaults") from error
    return _checked(raw, file)


def _text(file: Path) -> str:
    if not file.is_file():
        raise ValueError("it is no file")
    with file.open("rb") as opened:
        content = opened.read(_FILE_BYTES + 1)
    if len(content) > _FILE_BYTES:
        raise ValueError(f"it has more than {_FILE_BYTES:,} bytes")
    return content.decode("utf-8")


def _checked(raw: dict[str, Any], file: Path) -> Settings:
    checked: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in _TYPE_OF:
            near = difflib.get_close_matches(key, _TYPE_OF, n=1)
            guess = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(_TYPE_OF)}"
            raise ConfigError(f"{file}: unknown key `{' '.join(key.split())[:60]}`; {guess}")
        expected = _TYPE_OF[key]
        if expected is tuple and isinstance(value, list):
            checked[key] = _names(key, cast("list[object]", value), file)
            continue
        problem = _problem(key, value, expected)
        if problem:
            raise ConfigError(f"{file}: `{key}` {problem}, not {_shown(value)}")
        checked[key] = float(value) if expected is float else value
    if checked.get("synchronous", "FULL") not in ("FULL", "NORMAL"):
        wrong = _shown(checked["synchronous"])
        raise ConfigError(f"{file}: `synchronous` is FULL or NORMAL, not {wrong}")
    checked["quality"] = {**_QUALITY, **checked.get("quality", {})}
    checked["sources"] = {**_SOURCES, **checked.get("sources", {})}
    _check_quality(checked["quality"], checked["sources"], file)
    return replace(Settings(), **checked)


def _check_quality(kinds: dict[str, Any], sources: dict[str, Any], file: Path) -> None:
    for kind, c in kinds.items():
        if type(c) not in (int, float) or not 0 < c < 1:
            raise ConfigError(
                f"{file}: `quality.{_shown(kind)}` is a number between 0 and 1, not {_shown(c)}"
            )
    for source, kind in sources.items():
        if not isinstance(kind, str) or kind not in kinds:
            raise ConfigError(
                f"{file}: `sources.{_shown(source)}` is one of {', '.join(kinds)}, "
                f"not {_shown(kind)}"
            )


def _names(key: str, listed: list[object], file: Path) -> tuple[str, ...]:
    """A list of what can be redacted, each once."""
    for name in listed:
        if name not in REDACTABLE:
            near = difflib.get_close_matches(str(name), REDACTABLE, n=1)
            guess = f"; did you mean `{near[0]}`?" if near else ""
            raise ConfigError(
                f"{file}: `{key}` is a list of {', '.join(REDACTABLE)}; "
                f"there is no {_shown(name)}{guess}"
            )
    return tuple(dict.fromkeys(cast("list[str]", listed)))


def _problem(key: str, value: object, expected: type[object]) -> str:
    """What a value should be instead; empty where it can be."""
    if expected is tuple:
        return f'takes a list of names, such as ["{REDACTABLE[0]}", "{REDACTABLE[1]}"]'
    if type(value) is not expected and not (expected is float and type(value) is int):
        return f"takes {_TYPES[expected]}"
    if isinstance(value, str) and ("\0" in value or len(value) > _TEXT_CHARS):
        return f"takes at most {_TEXT_CHARS:,} characters and no NUL"
    if isinstance(value, int | float) and key in _RANGES:
        low, high = _RANGES[key]
        if expected is float and not low < value <= high:
            return f"must be a number above {low} and up to {high:,}"
        if expected is int and not low <= value <= high:
            return f"must be a number from {low} to {high:,}"
    return ""


def _shown(value: object) -> str:
    """A value of a setting, as TOML writes it, if it is not too long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > 200:
        return f"one of {value.bit_length():,} bits"
    shown = repr(value)
    return shown if len(shown) <= _SHOWN_CHARS else f"{shown[:_SHOWN_CHARS]}…"


def _path(path: Path) -> str:
    """A path for people, with what no text can hold as escapes."""
    shown = str(path).encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
    return shown if len(shown) <= 500 else f"{shown[:500]}…"


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "no file can be named so"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def resource(name: str) -> Path:
    """The path of a file or folder that ships, such as ``metta/nal.metta`` or ``prompts``.

    In an installed wheel these are package data; in a checkout they stand beside the package.
    """
    for root in (_PACKAGE / "data", _PACKAGE.parent):
        if (root / name).exists():
            return root / name
    raise MettaClawError(f"{name} is missing from this installation; install mettaclaw again")
