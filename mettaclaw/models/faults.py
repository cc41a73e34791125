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
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast

from mettaclaw.errors import ModelError
from mettaclaw.models.endpoint import Endpoint

if TYPE_CHECKING:
    import openai

Part = Literal["tools", "usage"]

_CONTEXT = re.compile(
    r"context.{0,12}(length|window|size|limit)|maximum context|(prompt|input|request) (is )?too "
    r"(long|large)|too many (input )?tokens|reduce the length",
    re.IGNORECASE,
)
_FILTER = re.compile(r"content.?(filter|policy|management)|responsible.?ai|safety", re.IGNORECASE)
_USAGE = re.compile(r"stream_options|include_usage", re.IGNORECASE)
_TOOLS = re.compile(r"\btools?\b|tool[_ -](use|call|choice)|function.?call|functions?\b", re.I)
# What the environment says of how to connect, by the names that httpx and openai know.
_CONNECTING = (
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "ALL_PROXY",
    "all_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
    "OPENAI_ORG_ID",
    "OPENAI_PROJECT_ID",
    "OPENAI_CUSTOM_HEADERS",
)
_WORDS = ("message", "msg", "detail", "error", "errors", "code", "type", "param", "loc", "status")
_BUSY = re.compile(
    r"overload|rate.?limit|try again|temporar|timed? ?out|unavailable", re.IGNORECASE
)


class BrokenStreamError(Exception):
    """An answer that stopped before its end; the text says how."""


class TooLongError(BrokenStreamError):
    """An answer past the limit that the text names: the rest of it was not read."""


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
        fault = _status(error, endpoint)
        if error.status_code < 429 and _target(error):
            own = f"set {endpoint.url_from or 'OPENAI_BASE_URL'} to that server's own address"
            fault = replace(fault, todo=f"{own}: a redirect may lose the key and the request")
        return fault
    if isinstance(error, openai.APITimeoutError | httpx.TimeoutException | asyncio.TimeoutError):
        if _unconnected(error):
            return _unreachable(error, endpoint, "no connection in time")
        place = _place(error, endpoint)
        return Fault(
            f"{endpoint.model} at {place} said nothing for {endpoint.timeout_s:g} s",
            "send it again, or raise request_timeout_s in config.toml",
        )
    if isinstance(error, openai.APIConnectionError):
        return _unreachable(error, endpoint, _reason(error, endpoint))
    if isinstance(error, openai.APIError):  # an error event in the middle of a stream
        said = _said(error, endpoint)
        words = _words(error)
        return _meant(words, endpoint) or Fault(
            f"{endpoint.model} at {endpoint.shown_url} stopped with an error: {said}",
            "send it again, or use another model with --model",
            again=bool(_BUSY.search(words)),
        )
    if isinstance(error, openai.OpenAIError):
        how = endpoint.line(str(error))
        return Fault(
            f"{endpoint.model} at {endpoint.shown_url} cannot be asked: {how}",
            "check OPENAI_API_KEY and OPENAI_BASE_URL",
        )
    if isinstance(error, TooLongError):
        return Fault(
            f"the answer of {endpoint.model} is longer than {error}, and none of it ran",
            f"check the server at {endpoint.shown_url}, or use another model with --model",
        )
    how = _reason(error, endpoint)
    if isinstance(error, BrokenStreamError):
        how = endpoint.line(str(error))
    return Fault(
        f"the answer of {endpoint.model} broke off ({how}) and none of it ran",
        f"send it again; if it stays so, check the server at {endpoint.shown_url}",
        again=True,
    )


def unprepared(error: Exception, endpoint: Endpoint) -> Fault:
    """Nothing can be sent at all: certificates, a proxy or a header that the environment names."""
    named = [name for name in _CONNECTING if os.environ.get(name)]
    reason = _reason(error, endpoint)
    return Fault(
        f"{endpoint.shown_url} cannot be asked ({reason})",
        f"mend or unset {' or '.join(named)}" if named else "check OPENAI_BASE_URL",
    )


def refusal(endpoint: Endpoint, words: str = "") -> Fault:
    """The model or a filter before it refused to answer."""
    said = f": {endpoint.line(words)}" if words else ""
    return Fault(
        f"{endpoint.model} refused to answer (content filter){said}",
        "say it in other words, or use another model with --model",
    )


def _status(error: openai.APIStatusError, endpoint: Endpoint) -> Fault:
    code, said, url, model = (
        error.status_code,
        _said(error, endpoint),
        _place(error, endpoint),
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


def _unreachable(error: Exception, endpoint: Endpoint, reason: str) -> Fault:
    setting = endpoint.url_from or "your network, or OPENAI_BASE_URL for another endpoint"
    return Fault(
        f"{_place(error, endpoint)} cannot be reached ({reason})",
        f"check {setting}" + (" and that the server runs" if endpoint.url_from else ""),
        again=True,
    )


def _place(error: Exception, endpoint: Endpoint) -> str:
    """The server that a failure is of: the endpoint, or where it sent the request on to."""
    target = _target(error)
    if not target:
        return endpoint.shown_url
    shown = endpoint.line(Endpoint("", target).shown_url)
    return f"{shown} (redirected from {endpoint.shown_url})"


def _target(error: Exception) -> str:
    """The address of a request that was redirected; empty where it was not."""
    import httpx
    import openai

    if isinstance(error, openai.APIStatusError):
        return str(error.response.url) if error.response.history else ""
    if not isinstance(error, openai.APIConnectionError):
        return ""
    cause = error.__cause__
    try:
        last = cause.request if isinstance(cause, httpx.RequestError) else error.request
    except RuntimeError:  # it failed before there was a request
        return ""
    return str(last.url) if last.url != error.request.url else ""


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
                return endpoint.line(fields[name])
        return ""
    text = body if isinstance(body, str) else error.message
    return "" if "<" in text or text.startswith("Error code") else endpoint.line(text)


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
    return endpoint.line(words) or type(error).__name__


def _unconnected(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if type(cause).__name__ == "ConnectTimeout":
            return True
        cause = cause.__cause__ or cause.__context__
    return False
