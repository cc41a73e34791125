"""Which model decides: the one place where that is settled.

In order: the name that was asked for, METTACLAW_MODEL, ``model`` in ``config.toml``, OPENAI_MODEL
where an endpoint is configured (OPENAI_API_KEY, or an address of one), and else ``english``, which
needs nothing. Any name but ``english`` is an endpoint's name for a model.
"""

from __future__ import annotations

import difflib
import os

from mettaclaw.config import Settings
from mettaclaw.errors import UsageError
from mettaclaw.models.openai import OpenAI
from mettaclaw.protocol.packet import Model

ENGLISH = "english"


def choose(name: str | None, settings: Settings) -> Model:
    """The model to use.

    Args:
        name: ``english``, an endpoint's model name, ``openai:NAME``, or None for what is set.
        settings: For ``model``, ``base_url`` and how requests are made.

    Raises:
        UsageError: A model of an endpoint, and no endpoint is configured.
    """
    named = resolve(name, settings)
    if named.lower() == ENGLISH:
        from mettaclaw.models.english import English

        return English()
    model = named.removeprefix("openai:")
    if not model:
        raise UsageError("openai: needs the name of a model, such as openai:gpt-5")
    if not configured(settings):
        near = difflib.get_close_matches(model.lower(), [ENGLISH], cutoff=0.75)
        raise UsageError(
            f"the model {model} needs an endpoint: set OPENAI_API_KEY, or OPENAI_BASE_URL for a "
            "server of your own (such as http://localhost:11434/v1); "
            + ("did you mean --model english?" if near else "--model english needs neither")
        )
    return OpenAI(model, settings)


def resolve(name: str | None, settings: Settings) -> str:
    """The name of the model that is to be used, before it is looked for."""
    named = name or os.environ.get("METTACLAW_MODEL") or settings.model
    if named and named.strip():
        return named.strip()
    default = os.environ.get("OPENAI_MODEL", "").strip()
    return f"openai:{default}" if default and configured(settings) else ENGLISH


def configured(settings: Settings) -> bool:
    """Whether there is an endpoint to ask: a key for OpenAI's, or the address of another."""
    variables = ("OPENAI_API_KEY", "OPENAI_BASE_URL")
    return bool(settings.base_url) or any(os.environ.get(name, "").strip() for name in variables)
