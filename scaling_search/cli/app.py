"""The program and its commands."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Annotated

import typer

from scaling_search.cli.failures import DEBUG_VARIABLE, ReportingGroup
from scaling_search.cli.help import PanelCommand
from scaling_search.cli.parameters import expand

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

app = typer.Typer(
    name="scaling-search",
    cls=ReportingGroup,
    context_settings=_SETTINGS,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"scaling-search {version('scaling-search')}")
        raise typer.Exit


_FOR_OTHERS = ("serve", "worker", "submit")
"""Commands that build no networks themselves."""


@app.callback()
@expand
def root(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
    debug: Annotated[
        bool,
        typer.Option("--debug", help=f"Show tracebacks of errors; {DEBUG_VARIABLE}=1 does too."),
    ] = False,
) -> None:
    """Find compound-scaling coefficients: where should extra computation go?

    A network can be made larger in depth (α), width (β) or input resolution (γ). Compound scaling
    fixes three coefficients once, on a small network, under FLOPs ≈ 2× (α·β²·γ² ≈ 2 nominally),
    and reuses their powers α^φ, β^φ, γ^φ for every larger one: that is how EfficientNet B1 to B7
    came from B0. This program is that search: it plans the candidates on measured FLOPs, trains
    short proxies on Ray, keeps every trial in a database, says which coefficients lead and how
    certain that is, and derives the family.

    Start here:
      scaling-search run                  the whole search on a small data set, in minutes
      scaling-search plan small-images    what a larger one would train
      scaling-search show 1               the outcome of sweep 1
      scaling-search serve                the same as a service for a team

    Data goes to stdout, progress to stderr. Exit codes: 0 done, 1 the work failed, 2 the input
    was wrong, 130 interrupted by ctrl-C or SIGTERM.
    """
    if debug:
        os.environ[DEBUG_VARIABLE] = "1"
    from search_spaces.baselines import forbid_references

    forbid_references()  # a command runs what its own options name
    if context.invoked_subcommand not in _FOR_OTHERS:
        from scaling_search.networks.user_baselines import flop_counter
        from scaling_search.uses.edge import timer

        flop_counter.enable()
        timer.enable()


_PANELS = {
    "Search": "plan run submit watch resume extend cancel compare identify validate_proxy datasets",
    "Results": "sweeps show best plot report export validations",
    "Networks": "baselines family model weights",
    "Transfer and edge": "transfer transfers predict cam onnx latency",
    "Service": "serve worker settings tokens db",
}
"""The headings of `--help`, and the commands below them: each is in the module of its name."""


def _add_commands() -> None:
    for panel, names in _PANELS.items():
        for name in names.split():
            command = getattr(import_module(f"scaling_search.cli.commands.{name}"), name)
            if isinstance(command, typer.Typer):
                app.add_typer(command, name=name, rich_help_panel=panel)
            else:
                app.command(cls=PanelCommand, rich_help_panel=panel)(expand(command))


_add_commands()
