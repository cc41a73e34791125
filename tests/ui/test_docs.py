"""What the documentation shows is what the program says."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path
from types import ModuleType

import pytest

from tests.terminal import ROOT, Claw, by_words


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = load()
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_commands_are_documented_as_they_are() -> None:
    shown = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    if f"({generate.LIBRARY})" not in shown:
        pytest.skip("it was written with another version of click, which lays help out otherwise")
    assert shown == generate.cli(), "write it anew: python docs/generate.py"


@pytest.mark.parametrize("name", list(generate.PARTS))
def test_a_generated_part_of_the_readme_is_current(name: str) -> None:
    found = re.search(rf"<!-- generated: {name} -->\n(.*?)\n<!-- end -->", README, re.DOTALL)
    assert found is not None
    shown, now = generate.comparable(found.group(1)), generate.comparable(generate.PARTS[name]())
    assert shown == now, "write it anew: python docs/generate.py"


def test_the_readme_names_files_that_exist_and_no_figures() -> None:
    for path in re.findall(r"\]\((?!http)([^)#]+)", README):
        assert (ROOT / path).exists(), path
    prose = re.sub(r"```.*?```|<!--.*?-->|\|.*\|", "", README, flags=re.DOTALL)
    assert not re.search(r"\d (ms|s|MB|GB|atoms/s)\b", prose)


def typed(text: str) -> list[list[str]]:
    """The commands in the blocks of a page that are to be typed."""
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL)).splitlines()
    commands = [shlex.split(line, comments=True) for line in lines]
    return [command[1:] for command in commands if command[:1] == ["mettaclaw"]]


@pytest.mark.parametrize("page", ["memory.md", "README.md"])
def test_what_is_to_be_typed_about_memory_works(claw: Claw, tmp_path: Path, page: str) -> None:
    by_words(claw.home)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("Rex barks at noise, and is calm.")
    text = README.partition("## Memory")[2].partition("\n## ")[0]
    commands = typed(text if page == "README.md" else (ROOT / "docs" / page).read_text("utf-8"))
    assert len(commands) > 3
    for command in commands:
        asked = ["--yes"] if command[:2] == ["memory", "forget"] else []
        done = claw(*command, *asked, cwd=tmp_path)
        assert done.code == 0, (command, done.err)


def test_every_setting_is_explained() -> None:
    rows = [line for line in generate.settings().splitlines()[2:] if line.startswith("| `")]
    assert rows
    assert not [row for row in rows if row.endswith("|  |")]
