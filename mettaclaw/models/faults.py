"""What can go wrong at an endpoint, as one line that says what happened and what to do.

Invariant: no message holds the key, or an address with a password in it; every message is one
line. ``Fault`` also says whether another try can help, how long the endpoint asks to wait, and
whether it was an optional part of the request that it refused.

Not covered: trying again (``mettaclaw.models.openai``).
"""

from __future__ import annotations

import asyncio
import email.utils
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import urlsplit, urlunsplit

from mettaclaw.errors import ConfigError, ModelError

if TYPE_CHECKING:
    import openai

DEFAULT_URL = "https://api.openai.com/v1"

Part = Literal["tools", "usage"]

_SECRET = re.compile(
    r"\b(?:sk|pk|gsk)[-_][^\s\"',;]{6,}|\bBearer\s+\S+|\b[\w-]*\*{3,}[\w-]*", re.IGNORECASE
)
_CONTEXT = re.compile(
    r"context.{0,12}(length|window|size|limit)|maximum context|(prompt|input|request) (is )?too "
    r"(long|large)|too many (input )?tokens|reduce the length",
    re.IGNORECASE,
)
_FILTER = re.compile(r"content.?(filter|policy|management)|responsible.?ai|safety", re.IGNORECASE)
_USAGE = re.compile(r"stream_options|include_usage", re.IGNORECASE)
_TOOLS = re.compile(r"\btools?\b|tool[_ -](use|call|choice)|function.?call|functions?\b", re.I)
_WORDS = ("message", "msg", "detail", "error", "errors", "code", "type", "param", "loc", "status")
_BUSY = re.compile(
    r"overload|rate.?limit|try again|temporar|timed? ?out|unavailable", re.IGNORECASE
)


class BrokenStreamError(Exception):
    """An answer that stopped before its end; the text says how."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where requests go. ``url_from`` is the setting that the address comes from, or empty."""

    model: str
    url: str
    url_from: str = ""
    key: str = ""
    timeout_s: float = 120.0

    @property
    def shown_url(self) -> str:
        """The address without user, password and query."""
        parts = urlsplit(self.url)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))

    def check(self) -> Endpoint:
        """Return itself if the address and the key can be used at all.

        Raises:
            ConfigError: The address is no http(s) URL, or the key cannot be sent.
        """
        setting = self.url_from or "OPENAI_BASE_URL"
        try:
            parts = urlsplit(self.url)
            sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            sound = False
        if not sound:
            raise ConfigError(
                f"{setting} is no http address; write one such as http://localhost:11434/v1"
            )
        if not re.fullmatch(r"[\x21-\x7e]*", self.key):
            raise ConfigError(
                "OPENAI_API_KEY holds a space or a character that no key has; set it again"
            )
        return self


@dataclass(frozen=True, slots=True)
class Fault:
    """A failed request: what happened, what to do next, and whether to try again.

    ``wait_s`` is how long the endpoint asks to wait, ``refused`` the part of the request that it
    cannot take and that can be left out.
    """

    what: str
    todo: str
    again: bool = False
    wait_s: float | None = None
    refused: tuple[Part, ...] = ()

    def error(self, tries: int = 1) -> ModelError:
        """The error for people, after that many tries."""
        tried = f" ({tries} tries)" if tries > 1 else ""
        return ModelError(f"{self.what}{tried}; {self.todo}")


def read(error: Exception, endpoint: Endpoint) -> Fault:
    """What an exception of a request means."""
    import httpx
    import openai

    if isinstance(error, openai.APIStatusError):
        return _status(error, endpoint)
    if isinstance(error, openai.APITimeoutError | httpx.TimeoutException | asyncio.TimeoutError):
        if _unconnected(error):
            return _unreachable(endpoint, "no connection in time")
        return Fault(
            f"{endpoint.model} at {endpoint.shown_url} said nothing for {endpoint.timeout_s:g} s",
            "send it again, or raise request_timeout_s in config.toml",
        )
    if isinstance(error, openai.APIConnectionError):
        return _unreachable(endpoint, _reason(error, endpoint))
    if isinstance(error, openai.APIError):  # an error event in the middle of a stream
        said = _said(error, endpoint)
        words = _words(error)
        return _meant(words, endpoint) or Fault(
            f"{endpoint.model} at {endpoint.shown_url} stopped with an error: {said}",
            "send it again, or use another model with --model",
            again=bool(_BUSY.search(words)),
        )
    if isinstance(error, openai.OpenAIError):
        return Fault(
            f"{endpoint.model} at {endpoint.shown_url} cannot be asked: {_clean(error, endpoint)}",
            "check OPENAI_API_KEY and OPENAI_BASE_URL",
        )
    how = _reason(error, endpoint)
    if isinstance(error, BrokenStreamError):
        how = _line(str(error), endpoint)
    return Fault(
        f"the answer of {endpoint.model} broke off ({how}) and none of it ran",
        f"send it again; if it stays so, check the server at {endpoint.shown_url}",
        again=True,
    )


def refusal(endpoint: Endpoint, words: str = "") -> Fault:
    """The model or a filter before it refused to answer."""
    said = f": {_line(words, endpoint)}" if words else ""
    return Fault(
        f"{endpoint.model} refused to answer (content filter){said}",
        "say it in other words, or use another model with --model",
    )


def _status(error: openai.APIStatusError, endpoint: Endpoint) -> Fault:
    code, said, url, model = (
        error.status_code,
        _said(error, endpoint),
        endpoint.shown_url,
        endpoint.model,
    )
    colon = f": {said}" if said else ""
    wait_s = retry_after(error.response.headers)
    if code == 401:
        if not endpoint.key:
            return Fault(f"{url} wants a key (401)", "set OPENAI_API_KEY")
        return Fault(
            f"{url} does not accept the key in OPENAI_API_KEY (401)", "set a valid one there"
        )
    if code == 429 and re.search(
        r"insufficient_quota|billing|credit", _words(error), re.IGNORECASE
    ):
        return Fault(
            f"the account behind OPENAI_API_KEY has no quota left at {url} (429)",
            "top it up, or use another model with --model",
        )
    if code == 429:
        return Fault(
            f"{url} limits how often {model} may be asked (429)",
            "wait a little and send it again, or use another model with --model",
            again=True,
            wait_s=wait_s,
        )
    if code == 413 or code < 500:
        meant = _meant(_words(error), endpoint, too_long=code == 413)
        if meant:
            return meant
    refused = _refused(error)
    if code == 403:
        return Fault(
            f"{url} does not allow this key to use {model} (403){colon}",
            "ask for access there, or use another model with --model",
            refused=refused,
        )
    if code == 404:
        return Fault(
            f"{url} has no model {model} (404){colon}",
            "check the name after --model, and OPENAI_BASE_URL, which often ends in /v1",
            refused=refused,
        )
    if code in (408, 409) or code >= 500:
        return Fault(
            f"{url} failed ({code}){colon}",
            "send it again later, or use another model with --model",
            again=True,
            wait_s=wait_s,
            refused=refused,
        )
    return Fault(
        f"{url} refused the request for {model} ({code}){colon}",
        "check the name after --model; native_tools = false in config.toml may help",
        refused=refused,
    )


def _meant(said: str, endpoint: Endpoint, *, too_long: bool = False) -> Fault | None:
    """A refusal of the content itself, wherever it shows."""
    if too_long or _CONTEXT.search(said):
        return Fault(
            f"the packet is longer than the context of {endpoint.model}",
            "lower history_turns in config.toml, send less at once, or use a model with more",
        )
    return refusal(endpoint) if _FILTER.search(said) else None


def _refused(error: openai.APIStatusError) -> tuple[Part, ...]:
    """The optional parts of a request that the endpoint names in its refusal."""
    words = _words(error)
    if _USAGE.search(words):
        return ("usage",)
    return ("tools",) if _TOOLS.search(words) else ()


def _unreachable(endpoint: Endpoint, reason: str) -> Fault:
    setting = endpoint.url_from or "your network, or OPENAI_BASE_URL for another endpoint"
    return Fault(
        f"{endpoint.shown_url} cannot be reached ({reason})",
        f"check {setting}" + (" and that the server runs" if endpoint.url_from else ""),
        again=True,
    )


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """How many seconds a response asks to wait: seconds, milliseconds or an HTTP date.

    RFC 9110, section 10.2.3; ``retry-after-ms`` is a custom of some endpoints.
    """
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / unit
        except (KeyError, ValueError):
            continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    try:
        date = email.utils.parsedate_to_datetime(headers["retry-after"])
        return max(0.0, date.timestamp() - (time.time() if now is None else now))
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _words(error: openai.APIError) -> str:
    """Everything that the endpoint says of the failure, without what it echoes of the request."""
    found: list[str] = []
    stack: list[object] = [error.body if error.body is not None else error.message]
    while stack and len(found) < 100:
        value = stack.pop()
        if isinstance(value, str):
            found.append(value[:2_000])
        elif isinstance(value, dict):
            fields = cast("dict[str, object]", value)
            stack.extend(fields[name] for name in _WORDS if name in fields)
        elif isinstance(value, list):
            stack.extend(cast("list[object]", value)[:20])
    return " ".join(found)


def _said(error: openai.APIError, endpoint: Endpoint) -> str:
    """The endpoint's own words, if it has any for people."""
    body: object = error.body
    if isinstance(body, Mapping):
        fields = cast("Mapping[str, Any]", body)
        for name in ("message", "detail", "error"):
            if isinstance(fields.get(name), str):
                return _line(fields[name], endpoint)
        return ""
    text = body if isinstance(body, str) else error.message
    return "" if "<" in text or text.startswith("Error code") else _line(text, endpoint)


def _reason(error: BaseException, endpoint: Endpoint) -> str:
    """The words of the first cause."""
    words = ""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ConnectionRefusedError):
            words = "connection refused"
        elif isinstance(cause, OSError) and cause.strerror:
            words = cause.strerror
        elif str(cause):
            words = str(cause)
        cause = cause.__cause__ or cause.__context__
    return _line(words, endpoint) or type(error).__name__


def _unconnected(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if type(cause).__name__ == "ConnectTimeout":
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _clean(error: BaseException, endpoint: Endpoint) -> str:
    return _line(str(error), endpoint)


def _line(text: str, endpoint: Endpoint, limit: int = 160) -> str:
    """Text of others on one line, short, and without the key."""
    if endpoint.key:
        text = text.replace(endpoint.key, "***")
    if endpoint.url != endpoint.shown_url:
        text = text.replace(endpoint.url, endpoint.shown_url)
    text = " ".join(_SECRET.sub("***", text[: 20 * limit]).split())
    text = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
