"""Dataclass parameters as options."""

from __future__ import annotations

from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from scaling_search.cli.help import PanelCommand
from scaling_search.cli.parameters import Without, argument, expand, flag, option, option_group


@option_group("Training")
class Training:
    """How to train."""

    workers: int | None = option("--workers", "N", "Trials at once.")
    attempts: int = option("--attempts", "N", "Attempts of each trial.", default=2, min=1)
    devices: tuple[str, ...] = option("--device", "NAME", "Devices.", default=())
    fast: bool = flag("--fast", "Be fast.")


@option_group("Longer")
class Longer(Training):
    """The same for longer, from a name."""

    name: str = argument("NAME", "A name.")
    attempts: int = option("--attempts", "N", "More of them.", default=9)


def invoke(command, *words):
    app = typer.Typer(rich_markup_mode=None)
    app.command(cls=PanelCommand)(expand(command))
    result = CliRunner().invoke(app, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ([], Training()),
        (["--workers", "3", "--fast"], Training(workers=3, fast=True)),
        (["--device", "a", "--device", "b"], Training(devices=("a", "b"))),
    ],
)
def test_the_fields_of_a_dataclass_are_options(words, value):
    seen = []

    def run(training: Training, json: Annotated[bool, typer.Option("--json")] = False) -> None:
        """Train."""
        seen.append((training, json))

    assert invoke(run, *words).exit_code == 0
    assert invoke(run, *words, "--json").exit_code == 0
    assert seen == [(value, False), (value, True)]


def test_wrong_values_are_refused_as_by_typer():
    def run(training: Training) -> None:
        """Train."""

    result = invoke(run, "--attempts", "0")
    assert result.exit_code == 2
    assert "Invalid value for '--attempts'" in result.output


def test_a_subclass_adds_and_replaces_fields():
    seen = []

    def run(training: Longer) -> None:
        """Train."""
        seen.append(training)

    assert invoke(run, "net").exit_code == 0
    assert invoke(run).exit_code == 2
    assert seen == [Longer(name="net", attempts=9)]


def test_a_command_may_leave_fields_out():
    seen = []

    def run(training: Annotated[Training, Without("workers", "fast")]) -> None:
        """Train."""
        seen.append(training)

    assert invoke(run).exit_code == 0
    assert invoke(run, "--workers", "2").exit_code == 2
    assert seen == [Training()]


@option_group("Printing")
class Printing:
    """What to print."""

    one: bool = flag("--one", "1.")
    two: bool = flag("--two", "2.")
    three: bool = flag("--three", "3.")
    four: bool = flag("--four", "4.")


def few(printing: Printing) -> None:
    """Print."""


def many(training: Training, printing: Printing) -> None:
    """Train and print.

    Examples:
      many --one
      many --two
    """


def test_examples_keep_their_lines():
    assert "Examples:\n    many --one\n    many --two\n" in invoke(many, "--help").output


def test_only_many_options_have_headings():
    text = invoke(many, "--help").output
    assert text.index("Training:") < text.index("--workers") < text.index("Printing:")
    text = invoke(few, "--help").output
    assert "Printing:" not in text
    assert text.index("Options:") < text.index("--one")
