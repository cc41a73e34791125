"""Where things are and what is set: the home, ``config.toml``, and the files that ship.

The home is one folder with one agent's whole state: ``METTACLAW_HOME``, else the platform's data
folder. ``config.toml`` in it is optional; every key has a default here, an unknown key or a wrong
type is an error that names it. Secrets are never read from it: keys come from the environment.
"""

from __future__ import annotations

import difflib
import math
import os
from dataclasses import dataclass, fields, replace
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
}
_KEY_CHARS = 8  # the shortest that is looked for
_MAY_BE_ZERO = ("request_retries", "history_turns")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything in ``config.toml``, with its default.

    model: Which model decides: ``english``, or a model name of the endpoint (``openai:NAME``).
    base_url: The endpoint, where the environment has no OPENAI_BASE_URL.
    native_tools: Offer tools as JSON functions (true) or as text in the prompt (false).
    request_timeout_s, request_retries: For one request to the endpoint.
    calls_per_cycle, cycles_per_turn: Limits that the loop enforces.
    tokens_per_turn, seconds_per_turn: The turn ends where one of them is passed.
    history_turns: How many earlier turns a packet holds.
    workspace: The folder that file tools may touch; relative to the home.
    shell: Whether the ``shell`` tool may run.
    synchronous: SQLite's: FULL survives a power cut, NORMAL is faster.
    evaluation_s, evaluation_mib, evaluation_steps: Limits of one MeTTa evaluation.
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

    @property
    def positive(self) -> tuple[str, ...]:
        """The names of settings that must be above zero."""
        return tuple(
            f.name
            for f in fields(self)
            if type(f.default) in (int, float) and f.name not in _MAY_BE_ZERO
        )


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
        folder = Path(path or os.environ.get("METTACLAW_HOME") or default_home()).expanduser()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StorageError(
                f"the home {folder} cannot be made ({error.strerror}); name another with --home"
            ) from error
        if not folder.is_dir():
            raise StorageError(f"the home {folder} is not a folder; name another with --home")
        return cls(folder.resolve(), read_settings(folder / "config.toml"))

    @property
    def database(self) -> Path:
        """``claw.db``: the whole truth of this agent."""
        return self.path / "claw.db"

    @property
    def workspace(self) -> Path:
        """The only folder that file tools may touch; made on first use.

        Raises:
            ConfigError: It would hold the database itself, or cannot be made.
        """
        folder = (self.path / self.settings.workspace).expanduser().resolve()
        if self.path.is_relative_to(folder):
            raise ConfigError(
                f"the workspace {folder} would let file tools write to {self.database}; "
                "set `workspace` in config.toml to a folder of its own"
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"the workspace {folder} cannot be made ({error.strerror}); "
                "set `workspace` in config.toml to another folder"
            ) from error
        return folder


def default_home() -> Path:
    """The platform's data folder for us, such as ``~/.local/share/mettaclaw``."""
    return Path(platformdirs.user_data_dir("mettaclaw", appauthor=False))


def read_settings(file: Path) -> Settings:
    """The settings in a ``config.toml``; the defaults where the file does not exist.

    Raises:
        ConfigError: Not TOML, an unknown key, or a value of the wrong type.
    """
    if not file.exists():
        return Settings()
    try:
        raw = tomli.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise ConfigError(f"{file}: {error}; mend it, or move it away for the defaults") from error
    return _checked(raw, file)


def _checked(raw: dict[str, Any], file: Path) -> Settings:
    defaults = Settings()
    known = {f.name: f for f in fields(Settings)}
    for key, value in raw.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            guess = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(known)}"
            raise ConfigError(f"{file}: unknown key `{key}`; {guess}")
        expected = cast("type[object]", type(getattr(defaults, key)))
        if expected is float and type(value) is int:
            value = float(value)
            raw = {**raw, key: value}
        if type(value) is not expected:
            raise ConfigError(f"{file}: `{key}` takes {_TYPES[expected]}, not {_shown(value)}")
        if key in defaults.positive and not 0 < cast("float", value) < math.inf:
            raise ConfigError(f"{file}: `{key}` must be a number above 0, not {value!r}")
        if key in _MAY_BE_ZERO and cast("int", value) < 0:
            raise ConfigError(f"{file}: `{key}` must be 0 or more, not {value!r}")
    if raw.get("synchronous", "FULL") not in ("FULL", "NORMAL"):
        raise ConfigError(f"{file}: `synchronous` is FULL or NORMAL, not {raw['synchronous']!r}")
    return replace(defaults, **raw)


def _shown(value: object) -> str:
    """A value of a setting, as TOML writes it."""
    return str(value).lower() if isinstance(value, bool) else repr(value)


def without_key(text: str, key: str | None = None) -> str:
    """Text in which the key of the endpoint is ``***``, wherever it is written as it is.

    A key of less than eight characters stays: it may be a word, and is no secret.

    Args:
        text: What others may see.
        key: None for OPENAI_API_KEY of the environment.
    """
    key = os.environ.get("OPENAI_API_KEY", "").strip() if key is None else key
    return text.replace(key, "***") if len(key) >= _KEY_CHARS else text


def resource(name: str) -> Path:
    """The path of a file or folder that ships, such as ``metta/nal.metta`` or ``prompts``.

    In an installed wheel these are package data; in a checkout they stand beside the package.
    """
    for root in (_PACKAGE / "data", _PACKAGE.parent):
        if (root / name).exists():
            return root / name
    raise MettaClawError(f"{name} is missing from this installation; install mettaclaw again")
