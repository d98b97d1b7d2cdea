"""docs/cli.md says what the program says."""

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from scaling_search.cli import docs
from scaling_search.cli.app import app
from search_spaces.errors import InputError

DOCUMENT = Path(__file__).parents[3] / "docs" / "cli.md"


def commands(group, prefix=""):
    yield prefix.strip()
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, f"{prefix} {name}")


@pytest.fixture(scope="module")
def text():
    return DOCUMENT.read_text(encoding="utf-8")


def test_every_command_is_documented_once(text):
    assert sorted(docs.documented(text)) == sorted(commands(typer.main.get_command(app)))


def test_help_texts_are_as_printed(text):
    assert docs.updated(text) == text, "run `python -m scaling_search.cli.docs` and commit"


def test_a_place_for_no_command_is_refused():
    with pytest.raises(InputError, match="there is no command `scaling-search fly`"):
        docs.updated("<!-- help: fly -->\n<!-- end -->")


def test_every_help_has_an_example_and_fits_a_terminal(text):
    for command in docs.documented(text):
        shown = docs.help_text(command)
        assert max(len(line) for line in shown.splitlines()) <= 100
        if command not in ("", "db", "db path", "db status"):
            assert re.search(rf"^  +scaling-search {command}", shown, re.MULTILINE), command


def test_the_summary_of_every_command_fits_a_line():
    text = CliRunner().invoke(app, ["--help"], terminal_width=80).stdout
    assert re.findall(r"^(\w.*):$", text, re.MULTILINE) == [
        "Options",
        "Search",
        "Results",
        "Networks",
        "Transfer and edge",
        "Service",
    ]
    for name in commands(typer.main.get_command(app)):
        if name and " " not in name:
            (line,) = re.findall(rf"^  {name} .*$", text, re.MULTILINE)
            assert line.endswith(".")
            assert not line.endswith("...")


def section(text, command):
    return text.split(f"<!-- help: {command} -->")[1].split("\n<!-- end -->")[1].split("\n## ")[0]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("plan", ("plan", "quickstart")),
        ("best", ("best",)),
        ("family", ("family", "1", "--members", "1")),
        ("model", ("model", "--flops", "1G")),
        ("baselines", ("baselines",)),
        ("datasets", ("datasets",)),
        ("datasets inspect", ("datasets", "inspect", "digits")),
        ("db path", ("db", "path")),
        ("db status", ("db", "status")),
        ("db upgrade", ("db", "upgrade")),
        ("run", ("show", "1")),
        ("sweeps", ("sweeps",)),
        ("tokens create", ("tokens", "create", "laptop")),
        ("tokens list", ("tokens", "list")),
        ("settings", ("settings",)),
    ],
)
def test_every_json_key_is_documented(text, conclusive, command, words):
    known = set(re.findall(r"`(\w+)(?:\[\])?`", text))  # several sections refer to each other
    here = section(text, command)
    document = conclusive.json(*words)
    for key, value in document.items():
        assert f"`{key}`" in here or f"`{key}[]`" in here or command == "model", key
        rows = [value] if isinstance(value, dict) else value if isinstance(value, list) else []
        for row in rows:
            if isinstance(row, dict) and key not in ("spec", "versions", "hardware"):
                assert row.keys() <= known, (key, row.keys() - known)
