"""The home and its settings: defaults, every wrong value named, and the files that ship."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import pytest

from mettaclaw.agent import Agent
from mettaclaw.config import Home, Settings, default_home, read_settings, resource
from mettaclaw.errors import ConfigError, MettaClawError, StorageError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_without_a_file_everything_has_a_default(file: Path) -> None:
    assert read_settings(file) == Settings()


def test_an_empty_file_is_the_defaults(file: Path) -> None:
    file.write_text("# nothing set\n")
    assert read_settings(file) == Settings()


def test_every_setting_can_be_set(file: Path) -> None:
    file.write_text(
        'model = "openai:gpt"\nbase_url = "http://localhost:1/v1"\nnative_tools = false\n'
        "request_timeout_s = 3\nrequest_retries = 0\ncalls_per_cycle = 1\ncycles_per_turn = 2\n"
        "tokens_per_turn = 9\nseconds_per_turn = 5\n"
        'history_turns = 0\nworkspace = "files"\nshell = true\nsynchronous = "NORMAL"\n'
        "evaluation_s = 0.5\nevaluation_mib = 512\nevaluation_steps = 10\n"
        "infer_steps = 9\ninfer_s = 2\ninfer_depth = 3\n"
        'meaning = false\nembedding = "e"\nmemory_weights = "w.toml"\nrecall_tokens = 0\n'
        "redact = []\npln_prior = 0.3\n"
    )
    settings = read_settings(file)
    changed = [f.name for f in fields(Settings) if getattr(settings, f.name) != f.default]
    assert changed == [f.name for f in fields(Settings)]
    assert isinstance(settings.request_timeout_s, float)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("modle = 'x'", ["unknown key `modle`", "did you mean `model`?"]),
        ("zzz = 1", ["unknown key `zzz`", "there are model, base_url"]),
        ("[model]\nname = 'x'", ["`model` takes text"]),
        ("model = 1", ["`model` takes text in quotes, not 1"]),
        ("shell = 1", ["`shell` takes true or false, not 1"]),
        ("shell = 'yes'", ["`shell` takes true or false, not 'yes'"]),
        ("calls_per_cycle = true", ["`calls_per_cycle` takes a whole number, not true"]),
        ("redact = 'secrets'", ["`redact` takes a list of names, such as", "not 'secrets'"]),
        ("redact = true", ["`redact` takes a list of names, such as", "not true"]),
        ("redact = ['e-mail']", ["`redact` is a list of secrets, email, phone", "`email`?"]),
        ("redact = ['secrets', 1]", ["there is no 1"]),
        ("redact = [['email']]", ["there is no ['email']"]),
        ("calls_per_cycle = 5.0", ["`calls_per_cycle` takes a whole number, not 5.0"]),
        ("calls_per_cycle = 0", ["`calls_per_cycle` must be a number from 1 to 1,000, not 0"]),
        ("cycles_per_turn = -1", ["`cycles_per_turn` must be a number from 1 to", "-1"]),
        ("request_retries = -1", ["`request_retries` must be a number from 0 to 100, not -1"]),
        ("evaluation_s = nan", ["`evaluation_s` must be a number above 0"]),
        ("evaluation_s = inf", ["`evaluation_s` must be a number above 0"]),
        ("evaluation_s = 0", ["`evaluation_s` must be a number above 0 and up to 3,600, not 0"]),
        ("evaluation_s = 1e308", ["`evaluation_s`", "up to 3,600, not 1e+308"]),
        ("evaluation_mib = 99999999999999999999", ["`evaluation_mib`", "from 1 to 1,048,576"]),
        ("evaluation_steps = 1000000001", ["`evaluation_steps`", "from 1 to 1,000,000,000"]),
        ("infer_steps = 0", ["`infer_steps` must be a number from 1 to 1,000,000,000, not 0"]),
        ("infer_s = 0", ["`infer_s` must be a number above 0 and up to 3,600, not 0"]),
        ("infer_depth = 101", ["`infer_depth` must be a number from 1 to 100, not 101"]),
        ("history_turns = 10001", ["`history_turns` must be a number from 0 to 10,000"]),
        ("calls_per_cycle = 1001", ["`calls_per_cycle`", "from 1 to 1,000, not 1001"]),
        ("cycles_per_turn = 10001", ["`cycles_per_turn`", "from 1 to 10,000"]),
        ("tokens_per_turn = 1000000000001", ["`tokens_per_turn`", "from 1 to 1,000,000,000,000"]),
        ("seconds_per_turn = 604801", ["`seconds_per_turn`", "up to 604,800"]),
        ("request_timeout_s = 86401", ["`request_timeout_s`", "up to 86,400, not 86401"]),
        ("request_retries = 101", ["`request_retries`", "from 0 to 100, not 101"]),
        (f"history_turns = 0x{'f' * 9000}", ["`history_turns`", "not one of 36,000 bits"]),
        (f"evaluation_s = 0x{'f' * 9000}", ["`evaluation_s`", "not one of 36,000 bits"]),
        (f"history_turns = {'9' * 6000}", ["mend it"]),
        (f"model = {'[' * 20_000}", ["mend it"]),
        ("model = '" + "m" * 4097 + "'", ["`model` takes at most 4,096 characters"]),
        ('workspace = "a\\u0000b"', ["`workspace` takes", "no NUL"]),
        ('base_url = "a\\u0000b"', ["`base_url` takes", "no NUL"]),
        ("x = 1\n" * 200_000, ["mend it"]),
        ("request_timeout_s = '1'", ["`request_timeout_s` takes a number"]),
        ("synchronous = 'OFF'", ["`synchronous` is FULL or NORMAL, not 'OFF'"]),
        ("model = ", ["mend it, or move it away"]),
        ("model = 'a'\nmodel = 'b'", ["mend it"]),
        ("OPENAI_API_KEY = 'sk-1'", ["unknown key `OPENAI_API_KEY`"]),
    ],
)
def test_what_is_wrong_is_named_with_the_file(file: Path, text: str, words: list[str]) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_settings(file)
    for word in [str(file), *words]:
        assert word in str(caught.value)
    assert len(str(caught.value)) < 600
    assert "\n" not in str(caught.value)


def test_every_number_has_a_range_that_holds_its_default(file: Path) -> None:
    for field in fields(Settings):
        if type(field.default) in (int, float):
            for value in ("-1", f"0x{10**30:x}"):
                file.write_text(f"{field.name} = {value}")
                with pytest.raises(ConfigError, match=f"`{field.name}` must be a number"):
                    read_settings(file)
            file.write_text(f"{field.name} = {field.default}")
            assert read_settings(file) == Settings()


def test_the_largest_values_of_all_settings_work(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        "request_timeout_s = 86400\nrequest_retries = 100\ncalls_per_cycle = 1000\n"
        "cycles_per_turn = 10000\ntokens_per_turn = 1000000000000\nseconds_per_turn = 604800\n"
        "history_turns = 10000\nevaluation_s = 3600\nevaluation_mib = 1048576\n"
        "evaluation_steps = 1000000000\n"
    )
    with Agent.open(tmp_path, "english") as agent:
        agent.run_sync("Tom is a cat. Every cat is an animal.")
        assert agent.run_sync("Is Tom an animal?").text.startswith("Yes")


def test_a_file_that_is_no_text_is_told(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="mend it"):
        read_settings(file)
    file.unlink()
    file.mkdir()
    with pytest.raises(ConfigError, match="mend it"):
        read_settings(file)


# --- the home ---


def test_the_home_is_where_it_was_named_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METTACLAW_HOME", str(tmp_path / "named"))
    assert Home.open(tmp_path / "given").path == (tmp_path / "given").resolve()
    assert Home.open().path == (tmp_path / "named").resolve()
    monkeypatch.delenv("METTACLAW_HOME")
    assert Home.open().path == default_home().resolve()


def test_a_new_home_is_for_its_owner_alone(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "a" / "b")
    assert home.path.stat().st_mode & 0o077 == 0
    assert home.database == home.path / "claw.db"
    assert home.settings == Settings()


def test_a_relative_home_and_a_tilde_are_made_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Home.open("claw").path == Home.open("~/claw").path == (tmp_path / "claw").resolve()


def test_a_home_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in ("file", "file/home"):
        with pytest.raises(StorageError, match="name another with --home"):
            Home.open(tmp_path / place)


@pytest.mark.parametrize("place", ["a\0b", "\ud800", "~no-such-user/x", "x" * 5000, "loop", ""])
def test_a_home_that_no_folder_can_be_named_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(StorageError, match="--home") as caught:
        Home.open(place)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("workspace", ["a\0b", "\ud800", "~no-such-user", "x" * 5000, "loop"])
def test_a_workspace_that_no_folder_can_be_named_is_told(tmp_path: Path, workspace: str) -> None:
    home = Home(tmp_path, Settings(workspace=workspace))
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ConfigError, match="set `workspace`") as caught:
        _ = home.workspace
    assert str(caught.value).isprintable()


def test_a_tilde_in_the_workspace_is_the_persons_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    home = Home(tmp_path / "home", Settings(workspace="~/files"))
    assert home.workspace == tmp_path / "person" / "files"


def test_a_file_of_settings_that_never_ends_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.toml")
    with pytest.raises(ConfigError, match="it is no file; mend it"):
        Home.open(tmp_path)


def test_the_homes_settings_are_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("shell = true")
    assert Home.open(tmp_path).settings.shell is True


def test_the_workspace_is_made_inside_the_home(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "home")
    assert home.workspace == home.path / "workspace"
    assert home.workspace.is_dir()


@pytest.mark.parametrize("workspace", ["", ".", "..", "/", "workspace/..", "{home}", "link"])
def test_a_workspace_that_holds_the_database_is_refused(tmp_path: Path, workspace: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "link").symlink_to(tmp_path)
    (home / "config.toml").write_text(f'workspace = "{workspace.format(home=home)}"')
    with pytest.raises(ConfigError, match="would let file tools write to"):
        _ = Home.open(home).workspace


def test_a_workspace_elsewhere_is_the_persons_choice(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text(f'workspace = "{tmp_path / "project"}"')
    assert Home.open(home).workspace == (tmp_path / "project").resolve()


def test_a_workspace_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('workspace = "file/inside"')
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="set `workspace`"):
        _ = Home.open(tmp_path).workspace


# --- files that ship ---


@pytest.mark.parametrize("name", ["metta/nal.metta", "metta", "prompts/system.md", "examples"])
def test_files_that_ship_are_found(name: str) -> None:
    assert resource(name).exists()


def test_a_missing_file_asks_for_a_new_installation() -> None:
    with pytest.raises(MettaClawError, match="install mettaclaw again"):
        resource("metta/nothing.metta")


def test_opening_a_home_changes_nothing_outside_it(tmp_path: Path) -> None:
    before = sorted(os.listdir(Path.cwd()))
    Home.open(tmp_path / "home")
    assert sorted(os.listdir(Path.cwd())) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home"]
