"""What ``mettaclaw doctor`` checks: one function a subject, each a generator of findings.

Invariant: a check never raises, never shows a key and changes nothing but making an empty home;
a finding that is not ``ok`` says what to type. Slow subjects come last, and each finding is out as
soon as it is known.
"""

from __future__ import annotations

import errno
import importlib.metadata
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal
from urllib import error as url_errors
from urllib import request

from mettaclaw.config import Home, Settings
from mettaclaw.errors import MettaClawError, UsageError
from mettaclaw.ui.text import count, one_line, size

State = Literal["ok", "warn", "fail"]
_EXACT = "it is for memories of more than 100,000 items; up to that, exact search serves"
_NEURAL = ("torch", "transformers", "peft", "sentence-transformers", "llguidance")
_ENDPOINT = ("OPENAI_API_KEY", "OPENAI_BASE_URL")
_ROOM_BYTES = 200 * 1024 * 1024
_TRIED_BYTES = 64 * 1024
_ENDPOINT_TIMEOUT_S = 6.0
_ADDRESS = "check OPENAI_BASE_URL, your network, and that the server runs"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    name: str
    state: State
    detail: str
    todo: str = ""

    def to_json(self) -> dict[str, str]:
        """The finding as an object."""
        return asdict(self)


def checks(home: str | None, model: str | None) -> Iterator[Finding]:
    """Check everything, as the options ``--home`` and ``--model`` say."""
    yield from _guarded("python", _python)
    yield from _guarded("terminal", _terminal)
    found: list[Home] = []
    yield from _guarded("home", lambda: _home(home, found))
    settings = found[0].settings if found else Settings()
    if found:
        yield from _guarded("database", lambda: _database(found[0]))
        yield from _guarded("rules", lambda: _rules(found[0]))
    yield from _guarded("metta", _metta)
    yield from _guarded("confinement", _confinement)
    yield from _guarded("neural", _neural)
    yield from _guarded("embeddings", lambda: _embeddings(settings))
    yield from _guarded("ann", _ann)
    yield from _guarded("model", lambda: _model(model, settings))


def _guarded(name: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except MettaClawError as error:
        yield Finding(name, "fail", one_line(str(error)))
    except Exception as error:  # noqa: BLE001  a report goes on, whatever is broken
        said = one_line(f"{type(error).__name__}: {error}", 300)
        yield Finding(name, "fail", f"the check itself failed: {said}", "please report this")


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    detail = f"Python {version}, mettaclaw {_version('mettaclaw') or 'from a checkout'}"
    if (3, 10) <= sys.version_info[:2] <= (3, 12):
        yield Finding("python", "ok", detail)
    else:
        todo = "install mettaclaw with Python 3.10, 3.11 or 3.12, where hyperon has wheels"
        yield Finding("python", "fail", detail, todo)


def _terminal() -> Iterator[Finding]:
    encoding = (getattr(sys.stdout, "encoding", None) or "none").lower()
    if sys.stdout is not None and sys.stdout.isatty():
        columns, rows = shutil.get_terminal_size()
        kind = f"{os.environ.get('TERM', 'unknown')}, {columns} x {rows}"
    else:
        kind = "none (output goes to a file or a pipe)"
    colour = ", NO_COLOR" if os.environ.get("NO_COLOR") else ""
    detail = f"{kind}, {encoding}{colour}"
    if encoding.replace("-", "") == "utf8":
        yield Finding("terminal", "ok", detail)
    else:
        todo = "other characters are escaped; for a UTF-8 terminal: export LANG=C.UTF-8"
        yield Finding("terminal", "warn", detail, todo)


def _home(path: str | None, found: list[Home]) -> Iterator[Finding]:
    home = Home.open(path)
    found.append(home)
    free = shutil.disk_usage(home.path).free
    detail = f"{home.path}, {size(free)} free"
    lacking = _unwritable(home.path)
    if lacking is not None:
        full = lacking.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        todo = "free some space" if full else "check its permissions"
        said = f"{home.path} cannot be written ({lacking.strerror})"
        yield Finding("home", "fail", said, f"{todo}, or name another: --home PATH")
    elif free < _ROOM_BYTES:
        yield Finding("home", "warn", detail, "free some space: a full disk stops every write")
    else:
        yield Finding("home", "ok", detail)
    if home.path.stat().st_mode & 0o077:
        todo = f"to keep it to yourself: chmod 700 {home.path}"
        yield Finding("home", "warn", "other users of this machine may look into the home", todo)
    if home.settings.shell:
        todo = "shell = false in config.toml forbids it again"
        yield Finding("home", "warn", "the model may run shell commands (shell = true)", todo)


def _unwritable(folder: Path) -> OSError | None:
    """Why nothing can be written there; a file with nothing in it has room on a full disk too."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(bytes(_TRIED_BYTES))
            os.fsync(file.fileno())
    except OSError as error:
        return error
    return None


def _database(home: Home) -> Iterator[Finding]:
    import sqlite3

    from mettaclaw.atoms.store import AtomStore
    from mettaclaw.redaction import counted
    from mettaclaw.storage import Database
    from mettaclaw.storage.schema import VERSION

    if not home.database.exists():
        yield Finding("database", "ok", f"none yet; made on first use, SQLite {_sqlite()}")
        return
    todo = "restore a backup: move claw.db away, and put the backup in its place"
    with Database.open(home.database) as database:
        faults = database.check()
        if faults:
            yield Finding("database", "fail", one_line("; ".join(faults[:3]), 300), todo)
            return
        left_out = counted(database.redacted())
        atoms = count(AtomStore(database).count(), "statement")
        octets = database.size()
    detail = f"sound: {atoms}, {size(octets)}, schema {VERSION}, SQLite {sqlite3.sqlite_version}"
    yield Finding("database", "ok", detail)
    kinds = ", ".join(home.settings.redact) or "nothing but the endpoint's key"
    detail = f"{kinds}; left out of what was written so far: {left_out or 'nothing'}"
    yield Finding("redaction", "ok", detail)


def _metta() -> Iterator[Finding]:
    from mettaclaw.atomspace import Atomspace
    from mettaclaw.evaluator import canary

    fault = canary()
    if fault is not None:
        yield Finding("metta", "fail", one_line(fault))
        return
    with Atomspace.open(":memory:") as kb:
        done = kb.evaluate("!(add-atom &kb (answer 42))\n!(match &kb (answer $x) $x)")
    version = _version("hyperon")
    if done.error is not None:
        yield Finding("metta", "fail", one_line(f"hyperon {version}: {done.error}"))
    else:
        detail = f"hyperon {version} passes its canary; an evaluation took {done.ms:.0f} ms"
        yield Finding("metta", "ok", detail)


def _confinement() -> Iterator[Finding]:
    from mettaclaw.evaluator import confinement

    layers = confinement()
    there = [name for name, is_there in layers.items() if is_there]
    lacking = [name for name, is_there in layers.items() if not is_there]
    detail = f"MeTTa runs under {', '.join(there) or 'nothing'}"
    if lacking:
        todo = "what is left is no boundary against hostile text; SECURITY.md says what helps"
        yield Finding("confinement", "warn", f"{detail}; without {', '.join(lacking)}", todo)
    else:
        yield Finding("confinement", "ok", detail)


def _neural() -> Iterator[Finding]:
    installed = {name: _version(name) for name in _NEURAL}
    missing = [name for name, version in installed.items() if version is None]
    if missing:
        detail = f"not installed: {', '.join(missing)}; no embeddings, no local models"
        yield Finding("neural", "warn", detail, "pip install 'mettaclaw[neural]'")
    else:
        yield Finding("neural", "ok", ", ".join(f"{k} {v}" for k, v in installed.items()))


def _rules(home: Home) -> Iterator[Finding]:
    """Whether a person's own rules can be read; nothing where there are none."""
    from mettaclaw.rulebook import Rulebook

    if not home.rules.exists():
        return
    try:
        count = len(Rulebook(home.rules).rules().rules) - len(Rulebook().rules().rules)
    except UsageError as error:
        todo = "mend the file, or take it away: until then nothing can be inferred"
        yield Finding("rules", "fail", f"{home.rules}: {error}", todo)
    else:
        yield Finding("rules", "ok", f"{home.rules}: {count:,} of your own, in all notations")


def _embeddings(settings: Settings) -> Iterator[Finding]:
    from mettaclaw.memory import embed

    if not settings.meaning:
        detail = "off, for config.toml says meaning = false: items are found by their words only"
        yield Finding("embeddings", "ok", detail)
        return
    lacking = embed.SHARED.available()
    if lacking is not None:
        yield Finding("embeddings", "warn", "items are found by their words only", lacking)
    elif (fault := embed.SHARED.check()) is not None:
        yield Finding("embeddings", "fail", fault)
    else:
        yield Finding("embeddings", "ok", f"{embed.NAME}, its files have the right SHA-256")


def _ann() -> Iterator[Finding]:
    version = _version("hnswlib")
    if version is None:
        yield Finding("ann", "ok", f"hnswlib is not installed; {_EXACT}")
    else:
        yield Finding("ann", "ok", f"hnswlib {version}: {_EXACT}")


def _model(name: str | None, settings: Settings) -> Iterator[Finding]:
    from mettaclaw.models import choice
    from mettaclaw.models.openai import OpenAI, find_endpoint

    resolved = choice.resolve(name, settings)
    chosen = choice.choose(name, settings)
    if not isinstance(chosen, OpenAI):
        detail = f"{chosen.name}, built in, needs no key"
        todo = unnamed(name, settings)
        if todo:
            yield Finding("model", "warn", detail, todo)
        elif choice.configured(settings):
            yield Finding("model", "ok", detail)
        else:
            more = "for a larger model: export OPENAI_API_KEY=…, and --model NAME"
            yield Finding("model", "ok", f"{detail}; {more}")
        return
    yield Finding("model", "ok", f"{resolved} at {chosen.url}")
    key = os.environ.get("OPENAI_API_KEY", "").strip()
    if key:
        yield Finding("key", "ok", "OPENAI_API_KEY is set (not shown)")
    else:
        todo = "a server of your own may need none; else: export OPENAI_API_KEY=…"
        yield Finding("key", "warn", "OPENAI_API_KEY is not set", todo)
    model = resolved.removeprefix("openai:")
    yield _reached(find_endpoint(model, settings).check().url, chosen.url, key)


def unnamed(name: str | None, settings: Settings) -> str:
    """What to type where an endpoint is configured and no model of it is named; else ""."""
    from mettaclaw.models import choice

    named = name or os.environ.get("METTACLAW_MODEL", "").strip() or settings.model
    if named or not choice.configured(settings) or choice.resolve(name, settings) != choice.ENGLISH:
        return ""
    given = next((v for v in _ENDPOINT if os.environ.get(v, "").strip()), "base_url")
    return f"{given} is set, but no model is named: --model NAME, OPENAI_MODEL, or /model NAME"


def _reached(url: str, shown: str, key: str) -> Finding:
    """Ask an endpoint for its models: free, and it shows whether address and key are right."""
    asked = request.Request(f"{url.rstrip('/')}/models", headers={"User-Agent": "mettaclaw"})
    if key:
        asked.add_unredirected_header("Authorization", f"Bearer {key}")
    try:
        with request.build_opener(_Stay).open(asked, timeout=_ENDPOINT_TIMEOUT_S) as answer:
            return Finding("endpoint", "ok", f"{shown} answers ({answer.status})")
    except url_errors.HTTPError as error:
        if error.code in (401, 403):
            todo = "set OPENAI_API_KEY to a key of this endpoint"
            return Finding("endpoint", "fail", f"{shown} refuses the key ({error.code})", todo)
        if error.code >= 500 and error.code != 501:  # 501: it has no list of models
            todo = "try again later, or another model with --model"
            return Finding("endpoint", "warn", f"{shown} is in trouble ({error.code})", todo)
        return Finding("endpoint", "ok", f"{shown} answers ({error.code} for its list of models)")
    except ValueError:
        return Finding("endpoint", "fail", f"{shown} is no address that can be asked", _ADDRESS)
    except OSError as error:
        reason = one_line(str(getattr(error, "reason", error)), 120)
        return Finding("endpoint", "fail", f"{shown} cannot be reached ({reason})", _ADDRESS)


class _Stay(request.HTTPRedirectHandler):
    """Follow no redirect: a key is for one host."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """None: the redirect itself is the answer."""


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _sqlite() -> str:
    import sqlite3

    return sqlite3.sqlite_version
