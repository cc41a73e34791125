"""The shell: off by default; when permitted, bounded in time, output and what it knows."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mettaclaw.atoms.syntax import Expression, Number, String
from mettaclaw.errors import CallError, LimitError
from mettaclaw.protocol.calls import Call
from mettaclaw.tools.group import MARK
from mettaclaw.tools.shell import Shell
from tests.tools.conftest import Bench


@pytest.fixture
def shell(make: Callable[..., Bench]) -> Bench:
    return make(shell=True)


def run(bench: Bench, command: str) -> tuple[int, str]:
    (value,) = bench.call(str(Call("shell", (String(command),)))).values
    match value:
        case Expression((_, Number(int(code)), String(output))):
            return code, output
        case _:
            raise AssertionError(value)


def gone(marker: str) -> bool:
    """Whether no process with this in its command line is running, in two seconds at the latest."""
    for _ in range(40):
        lines = [entry for entry in Path("/proc").glob("[0-9]*/cmdline") if marker in line(entry)]
        if not lines:
            return True
        time.sleep(0.05)
    return False


def line(entry: Path) -> str:
    try:
        return entry.read_text(encoding="latin-1").replace("\0", " ")
    except OSError:
        return ""


def test_it_is_declared_off_and_says_how_to_permit_it(bench: Bench) -> None:
    shell = bench.tools["shell"]
    assert shell.permission == "deny"
    assert "`shell = true` in config.toml" in shell.denial


def test_it_runs_in_the_workspace(shell: Bench) -> None:
    assert run(shell, "echo hello > a.txt; cat a.txt; pwd") == (
        0,
        f"hello\n{shell.context.workspace}\n",
    )


def test_the_exit_code_and_errors_are_told(shell: Bench) -> None:
    code, output = run(shell, "echo out; echo err >&2; exit 3")
    assert (code, output) == (3, "out\nerr\n")
    assert run(shell, "kill -9 $$")[0] == -signal.SIGKILL


def test_no_key_is_known_to_a_command(shell: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("METTACLAW_HOME", "/somewhere")
    _, output = run(shell, "env")
    names = {line.partition("=")[0] for line in output.splitlines()}
    allowed = "PATH LANG LC_ALL LC_CTYPE TZ USER LOGNAME HOME TERM PWD OLDPWD SHLVL _"
    assert names <= {*allowed.split(), MARK}
    assert "sk-secret" not in output
    assert f"HOME={shell.context.workspace}" in output


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_the_key_that_this_process_was_started_with_is_hidden_from_a_command(
    tmp_path: Path,
) -> None:
    code = """
import ctypes, os, subprocess, sys
from mettaclaw.tools.shell import Shell

print(Shell(".").run("tr '\\\\0' '\\\\n' < /proc/$PPID/environ")[1])
print("dumpable:", ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
print("ours:", os.environ["OPENAI_API_KEY"])
child = [sys.executable, "-c", "import os; print('child:', os.environ['OPENAI_API_KEY'])"]
subprocess.run(child, check=True)
"""
    known = {"OPENAI_API_KEY": "sk-secret", "SOME_TOKEN": "sk-other", "PLAIN": "shown"}
    done = subprocess.run(
        [sys.executable, "-u", "-c", code],
        env={**os.environ, **known},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told, _, rest = done.stdout.partition("dumpable: ")
    if os.geteuid() == 0:  # nobody else could read it at all
        assert "PLAIN=shown" in told
        assert "OPENAI_API_KEY=*********\n" in told
    assert "sk-" not in told
    assert rest == "0\nours: sk-secret\nchild: sk-secret\n"


def test_the_input_is_closed(shell: Bench) -> None:
    assert run(shell, "cat; echo done") == (0, "done\n")


def test_long_output_is_cut_and_says_so(shell: Bench) -> None:
    _, output = run(shell, "seq 1 1000000")
    assert len(output) < 20_200
    assert output.startswith("1\n2\n")
    assert output.endswith("999999\n1000000\n")
    assert "cut" in output
    _, output = run(shell, "seq 1 5000")
    assert "characters cut" in output


def test_binary_output_is_still_text(shell: Bench) -> None:
    assert run(shell, r"printf 'a\000\377b'") == (0, "a\ufffd\ufffdb")


def test_a_command_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    shell = Shell(str(tmp_path), timeout_s=0.5)
    started = time.monotonic()
    with pytest.raises(LimitError, match=r"0.5 s .limit time.*begun"):
        shell.run("echo begun; sleep 86.25 & sh -c 'sleep 86.25'")
    assert time.monotonic() - started < 5
    assert gone("sleep 86.25")


def test_children_in_the_background_do_not_outlive_their_command(tmp_path: Path) -> None:
    started = time.monotonic()
    assert Shell(str(tmp_path)).run("sleep 86.75 & echo ok") == (0, "ok\n")
    assert time.monotonic() - started < 5
    assert gone("sleep 86.75")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    "command",
    [
        "setsid sleep 87.25 & echo ok",
        "setsid sh -c 'sleep 87.25 & sleep 87.25' & echo ok",
        "(setsid sh -c '(setsid sleep 87.25 &) &' &); echo ok",
        "python3 -c 'import os, time; os.fork() and os._exit(0); os.setsid(); "
        "os.fork() and os._exit(0); time.sleep(87.25)' 87.25; echo ok",
    ],
)
def test_what_leaves_its_group_does_not_outlive_its_command(tmp_path: Path, command: str) -> None:
    assert Shell(str(tmp_path)).run(command) == (0, "ok\n")
    assert gone("87.25")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
def test_what_left_its_group_is_ended_with_a_command_that_hangs_or_is_stopped(
    tmp_path: Path,
) -> None:
    with pytest.raises(LimitError):
        Shell(str(tmp_path), timeout_s=0.5).run("setsid sleep 87.5 & sleep 87.5")
    assert gone("sleep 87.5")
    shell = Shell(str(tmp_path))
    timer = threading.Timer(0.3, shell.cancel)
    timer.start()
    with pytest.raises(CallError, match="stopped"):
        shell.run("setsid sleep 87.75 & sleep 87.75")
    timer.join()
    assert gone("sleep 87.75")


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs pidfd_open")
def test_no_signal_goes_to_a_number_that_may_be_anothers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late: list[int] = []
    send = os.killpg

    def watched(group: int, number: int) -> None:
        try:  # as long as the leader is not reaped, its number is nobody else's
            os.waitid(os.P_PID, group, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            late.append(group)
        send(group, number)

    monkeypatch.setattr(os, "killpg", watched)
    shell, done = Shell(str(tmp_path)), threading.Event()

    def cancel() -> None:
        while not done.wait(0.001):
            shell.cancel()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    for _ in range(30):
        with contextlib.suppress(CallError):
            shell.run("true")
    done.set()
    canceller.join()
    assert late == []


def test_a_command_can_be_stopped_from_another_thread(shell: Bench) -> None:
    cancel = shell.tools["shell"].cancel
    assert cancel is not None
    timer = threading.Timer(0.3, cancel)
    timer.start()
    with pytest.raises(CallError, match="stopped"):
        run(shell, "sleep 20")
    timer.join()
    assert run(shell, "echo again") == (0, "again\n")


def test_files_have_a_size_limit(shell: Bench) -> None:
    code, _ = run(shell, "dd if=/dev/zero of=big bs=1048576 count=0 seek=300 && echo x >> big")
    assert code != 0


@pytest.mark.parametrize("command", ["", "  ", "a\0b"])
def test_what_is_no_command_is_refused(shell: Bench, command: str) -> None:
    with pytest.raises(CallError):
        shell.tools["shell"].run(command)


def test_quotes_cannot_leave_the_command(shell: Bench) -> None:
    assert run(shell, """echo "it's" '$HOME' "\\"q\\"" """) == (0, 'it\'s $HOME "q"\n')


def test_what_is_left_of_a_command_after_a_crash_is_not_guessed(shell: Bench) -> None:
    tool = shell.tools["shell"]
    assert tool.prepare is not None
    assert "sleep" in tool.prepare("sleep 1")
    assert tool.recover is None
