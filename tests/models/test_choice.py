"""Which model decides, in which order, and what is said when none can be asked."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mettaclaw.config import Settings
from mettaclaw.errors import ConfigError, UsageError
from mettaclaw.models.choice import choose, configured, resolve


def test_english_is_the_default_and_needs_nothing() -> None:
    assert resolve(None, Settings()) == "english"
    assert not configured(Settings())


def test_the_order_is_name_then_environment_then_config_then_endpoint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_MODEL", "from-endpoint")
    assert resolve(None, Settings()) == "english"  # no endpoint to ask it of
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789")
    assert resolve(None, Settings()) == "openai:from-endpoint"
    assert resolve(None, Settings(model="from-config")) == "from-config"
    monkeypatch.setenv("METTACLAW_MODEL", "from-environment")
    assert resolve(None, Settings(model="from-config")) == "from-environment"
    assert resolve("by-name", Settings(model="from-config")) == "by-name"


def test_a_key_alone_does_not_choose_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789")
    assert resolve(None, Settings()) == "english"
    monkeypatch.setenv("METTACLAW_MODEL", "")
    assert resolve("", Settings()) == "english"


@pytest.mark.parametrize("name", ["some-model", "openai:some-model", "  some-model "])
def test_any_other_name_is_a_model_of_the_endpoint(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert choose(name, Settings()).name == "openai:some-model"
    monkeypatch.delenv("OPENAI_BASE_URL")
    assert choose(name, Settings(base_url="http://127.0.0.1:9/v1")).name == "openai:some-model"


def test_names_with_colons_are_the_endpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789")
    assert choose("qwen3:8b", Settings()).name == "openai:qwen3:8b"


def test_without_an_endpoint_the_error_says_what_to_set() -> None:
    with pytest.raises(UsageError) as caught:
        choose("gpt-5", Settings())
    said = str(caught.value)
    assert "\n" not in said
    for word in ("gpt-5", "OPENAI_API_KEY", "OPENAI_BASE_URL", "http://", "--model english"):
        assert word in said


def test_a_slip_in_english_is_noticed() -> None:
    with pytest.raises(UsageError, match="did you mean --model english"):
        choose("engish", Settings())


def test_a_prefix_without_a_name_is_an_error() -> None:
    with pytest.raises(UsageError, match="name of a model"):
        choose("openai:", Settings())


@pytest.mark.parametrize("url", ["localhost:8000/v1", "ftp://x/v1", "http://", "http://a:b/v1"])
def test_an_address_that_is_none_is_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    with pytest.raises(ConfigError, match="OPENAI_BASE_URL is no http address"):
        choose("m", Settings())
    monkeypatch.delenv("OPENAI_BASE_URL")
    with pytest.raises(ConfigError, match=r"base_url in config\.toml is no http address"):
        choose("m", Settings(base_url=url))


@pytest.mark.parametrize("key", ["sk-secret\nnext", "sk-secret two", "sk-secré"])
def test_a_key_that_cannot_be_sent_is_refused_without_showing_it(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(ConfigError) as caught:
        choose("m", Settings())
    assert "secr" not in str(caught.value)
    assert "OPENAI_API_KEY" in str(caught.value)


def test_choosing_does_not_load_the_openai_package() -> None:
    code = (
        "import sys, os; os.environ['OPENAI_API_KEY']='sk-0123456789'\n"
        "from mettaclaw.models.choice import choose; from mettaclaw.config import Settings\n"
        "choose('m', Settings()); sys.exit('openai' in sys.modules or 'httpx' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
