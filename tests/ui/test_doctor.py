"""``mettaclaw doctor``: finds what is wrong, says what to type, never shows a key."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.endpoint import KEY, Endpoint
from tests.terminal import Claw, by_words, environment


def findings(claw: Claw, *args: str) -> tuple[int, dict[str, dict[str, Any]]]:
    done = claw("doctor", "--json", *args)
    assert "Traceback" not in done.err
    assert KEY not in done.out + done.err
    return done.code, {f["name"]: f for f in map(json.loads, done.out.splitlines())}


def test_a_sound_installation_is_ok(claw: Claw) -> None:
    code, found = findings(claw)
    assert code == 0
    for name in ("python", "home", "database", "metta", "model"):
        assert found[name]["state"] == "ok", found[name]
    assert "passes its canary" in found["metta"]["detail"]
    assert "none yet" in found["database"]["detail"]
    assert found["model"]["detail"].startswith("english")
    assert {"terminal", "confinement", "neural", "embeddings", "ann"} <= found.keys()
    assert not [f for f in found.values() if f["state"] != "ok" and not f["todo"]]


def test_search_is_said_to_be_exact_whether_or_not_hnswlib_is_there(claw: Claw) -> None:
    _, found = findings(claw)
    assert found["ann"]["state"] == "ok"
    assert "exact search serves" in found["ann"]["detail"]
    assert "100,000 items" in found["ann"]["detail"]


def test_a_disk_that_takes_no_more_is_a_failure(claw: Claw) -> None:
    assert claw("atoms", "add", "(kept)").code == 0
    full = ["/bin/sh", "-c", 'ulimit -f 0; exec "$0" -m mettaclaw doctor --json', sys.executable]
    done = subprocess.run(
        full, env=environment(claw.home), capture_output=True, text=True, timeout=100, check=False
    )
    found = {f["name"]: f for f in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1
    assert found["home"]["state"] == "fail"
    assert "cannot be written" in found["home"]["detail"]
    assert "free some space" in found["home"]["todo"]
    assert "1 statement" in found["database"]["detail"]  # what is there can be read


def test_the_plain_report_is_one_line_a_check(claw: Claw) -> None:
    claw("atoms", "add", "(--> a b)")
    done = claw("doctor")
    assert done.code == 0
    assert "✓ database     sound: 1 statement" in done.out
    assert "\x1b" not in done.out


def test_an_endpoint_that_answers(scripted: Claw, endpoint: Endpoint) -> None:
    code, found = findings(scripted)
    assert code == 0
    assert found["model"]["detail"] == f"openai:scripted at {endpoint.url}"
    assert found["key"]["detail"] == "OPENAI_API_KEY is set (not shown)"
    assert found["endpoint"]["state"] == "ok"


def test_an_endpoint_that_is_not_there(claw: Claw) -> None:
    lost = Claw(
        claw.home, {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "METTACLAW_MODEL": "openai:m"}
    )
    code, found = findings(lost)
    assert code == 1
    assert found["endpoint"]["state"] == "fail"
    assert "cannot be reached" in found["endpoint"]["detail"]
    assert "OPENAI_BASE_URL" in found["endpoint"]["todo"]
    assert found["key"]["state"] == "warn"


def test_a_model_without_an_endpoint(claw: Claw) -> None:
    code, found = findings(claw, "--model", "gpt-5")
    assert code == 1
    assert "OPENAI_API_KEY" in found["model"]["detail"]


def test_an_endpoint_without_a_model_is_pointed_out(claw: Claw) -> None:
    keyed = Claw(claw.home, {"OPENAI_API_KEY": "sk-1"})
    code, found = findings(keyed)
    assert code == 0
    assert found["model"]["state"] == "warn"
    assert "english" in found["model"]["detail"]
    assert "--model NAME" in found["model"]["todo"]
    assert findings(keyed, "--model", "english")[1]["model"]["state"] == "ok"


def test_a_wrong_setting_does_not_hide_the_rest(claw: Claw) -> None:
    claw.home.mkdir()
    (claw.home / "config.toml").write_text("shel = true\n")
    code, found = findings(claw)
    assert code == 1
    assert found["home"]["state"] == "fail"
    assert "did you mean `shell`" in found["home"]["detail"]
    assert found["metta"]["state"] == "ok"


def test_what_is_permitted_is_pointed_out(claw: Claw) -> None:
    claw.home.mkdir(mode=0o755)
    claw.home.chmod(0o755)
    (claw.home / "config.toml").write_text("shell = true\n")
    done = claw("doctor")
    assert done.code == 0
    assert "shell = true" in done.out
    assert f"chmod 700 {claw.home}" in done.out


def test_search_by_words_alone_is_what_was_asked_for(claw: Claw) -> None:
    by_words(claw.home)
    embeddings = findings(claw)[1]["embeddings"]
    assert embeddings["state"] == "ok"
    assert "meaning = false" in embeddings["detail"]


def test_rules_of_ones_own_are_counted_or_named_where_they_cannot_be_read(claw: Claw) -> None:
    by_words(claw.home)
    assert "rules" not in findings(claw)[1]
    rules = claw.home / "rules"
    rules.mkdir()
    (rules / "own.metta").write_text(
        "(rule own (premise (likes $a $b) $t) (conclusion (knows $a $b) $t))"
    )
    assert "1 of your own" in findings(claw)[1]["rules"]["detail"]
    (rules / "own.metta").write_text("(rule own)")
    code, found = findings(claw)
    assert code == 1
    assert found["rules"]["state"] == "fail"
    assert "own.metta, line 1" in found["rules"]["detail"]
    assert claw("run", "--json", "Tom is a cat.").objects[0]["reply"].startswith("Noted")
