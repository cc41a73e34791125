"""The endpoint that a model is behind: where it is, with which key, and how to speak of it.

Invariant: nothing that is shown of it, and no line of others that went through it, holds the key
or a password of its address.

Not covered: asking it (``mettaclaw.models.openai``).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from mettaclaw.config import Settings
from mettaclaw.errors import ConfigError
from mettaclaw.redaction import keyless

DEFAULT_URL = "https://api.openai.com/v1"

_SECRET = re.compile(
    r"\b(?:sk|pk|gsk)[-_][^\s\"',;]{6,}|\bBearer\s+\S+|\b[\w-]*\*{3,}[\w-]*", re.IGNORECASE
)


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

    def line(self, text: str, limit: int = 160) -> str:
        """Text of others on one line, short, without the key or a password of the address."""
        text = keyless(text, self.key)
        if self.url != self.shown_url:
            text = text.replace(self.url, self.shown_url)
        text = " ".join(_SECRET.sub("***", text[: 20 * limit]).split())
        text = "".join(c if c.isprintable() else "\ufffd" for c in text)
        return text if len(text) <= limit else text[: limit - 1] + "…"


def find_endpoint(
    model: str, settings: Settings, api_key: str | None = None, base_url: str | None = None
) -> Endpoint:
    """Where a model is asked for, and with which key: arguments, environment, settings."""
    environment = os.environ.get("OPENAI_BASE_URL", "").strip()
    found = (
        (base_url, "base_url"),
        (environment, "OPENAI_BASE_URL"),
        (settings.base_url, "base_url in config.toml"),
        (DEFAULT_URL, ""),
    )
    url, url_from = next((url, setting) for url, setting in found if url)
    key = os.environ.get("OPENAI_API_KEY", "") if api_key is None else api_key
    return Endpoint(model, url, url_from, key.strip(), settings.request_timeout_s)
