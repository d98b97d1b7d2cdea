"""How the program starts: quickly, from one installation, and failing in words."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from scaling_search.cli.app import app
from search_spaces.errors import WorkError

_LOADED = """
import json, sys
from typer.testing import CliRunner
from scaling_search.cli.app import app
for words in json.loads(sys.argv[1]):
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.stderr
    print(*{"ray", "torch", "pandas", "sqlalchemy", "fvcore"} & sys.modules.keys())
"""


def loaded(shell, *commands):
    """What is imported in one process after each of these commands."""
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, json.dumps(commands)],
        env=shell.environment,
        cwd=shell.folder,
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )
    return [set(line.split()) for line in done.stdout.splitlines()]


def test_what_only_tells_loads_nothing_heavy(shell):
    found = loaded(shell, ["--help"], ["run", "--help"], ["baselines"], ["--version"])
    assert found == [set()] * 4


def test_what_only_looks_loads_neither_torch_nor_ray(shell):
    found = loaded(shell, ["plan", "paper"], ["family", "published"], ["sweeps"])
    assert "sqlalchemy" in found[-1]
    for modules in found:
        assert not {"torch", "ray", "fvcore"} & modules


def test_a_folder_of_the_users_own_that_hides_a_package_is_named(shell):
    own = shell.folder / "results"
    own.mkdir()
    (own / "__init__.py").touch()
    done = shell.run("sweeps")  # python -m looks into the working folder first
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: {own} hides the package results of scaling-search")
    assert "run the command from another folder, rename that one" in done.stderr
    assert done.stdout == ""


def test_the_version_is_printed(shell):
    result = shell.invoke("--version")
    assert (result.exit_code, result.stdout) == (0, "scaling-search 0.1.0\n")


def test_wrong_usage_exits_with_2(shell):
    result = shell.invoke("plna")
    assert result.exit_code == 2
    assert "plna" in result.stderr
    assert shell.invoke("show", "three").exit_code == 2
    assert shell.invoke("plan").exit_code == 2


def test_failed_work_exits_with_1_and_its_message(shell, monkeypatch):
    def fail(*_, **__):
        raise WorkError("the disk of /data is full")

    monkeypatch.setattr("scaling_search.cli.planning.make_plan", fail)
    result = shell.invoke("plan", "paper")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: the disk of /data is full\n"


def test_an_unexpected_error_is_one_line_unless_debugging(shell, monkeypatch):
    def fail(*_, **__):
        raise KeyError("surprise")

    monkeypatch.setattr("scaling_search.cli.planning.make_plan", fail)
    monkeypatch.delenv("SCALING_SEARCH_DEBUG", raising=False)
    result = shell.invoke("plan", "paper")
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: unexpected KeyError: 'surprise'. This is a fault of the program; "
        "`scaling-search --debug …` or SCALING_SEARCH_DEBUG=1 shows where\n"
    )
    monkeypatch.setenv("SCALING_SEARCH_DEBUG", "1")
    result = shell.invoke("plan", "paper")
    assert result.exit_code == 1
    assert result.stderr.startswith("Traceback (most recent call last):\n")


def test_ctrl_c_exits_with_130(shell, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("scaling_search.cli.planning.make_plan", interrupt)
    result = shell.invoke("plan", "paper")
    assert (result.exit_code, result.stderr) == (
        130,
        "Interrupted: before anything was stored\n",
    )


def test_a_closed_pipe_ends_the_program_quietly(shell):
    script = " ".join(shell.command("plan", "paper", "--all"))
    done = subprocess.run(
        ["bash", "-c", f"{script} | head -n 1"],
        env=shell.environment,
        cwd=shell.folder,
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )
    assert done.stdout.startswith("efficientnet_b0 at 224 px")
    assert done.stderr == ""


def test_a_terminal_without_greek_letters_is_no_reason_to_fail(shell):
    done = subprocess.run(
        shell.command("family", "published", "--members", "2"),
        env=shell.environment | {"PYTHONIOENCODING": "ascii"},
        cwd=shell.folder,
        capture_output=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"b1" in done.stdout


def completing(shell, typed):
    """The environment in which the shell asks what may follow."""
    words = f"scaling-search {typed}"
    return shell.environment | {
        "_SCALING_SEARCH_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("plan qui", ["quickstart"]),
        ("family --baseline mobile", ["mobilenet_v1", "mobilenet_v2"]),
        ("sweeps --state fin", ["finished"]),
        ("run --dataset d", ["digits"]),
    ],
)
def test_tab_completes_names(shell, typed, offered):
    environment = completing(shell, typed)
    result = CliRunner().invoke(app, [], env=environment, prog_name="scaling-search")
    assert (result.stdout.split(), result.stderr) == (offered, "")


def test_tab_completes_stored_sweeps(finished):
    done = subprocess.run(
        finished.shell.command(),
        env=completing(finished.shell, "show "),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert (done.stdout.split(), done.stderr) == (["1"], "")
