"""`scaling-search show`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import options


def show(
    sweep: options.SweepNumber,
    results: options.Results,
    output: options.Output,
    trials: Annotated[bool, typer.Option("--trials", help="List every trial.")] = False,
) -> None:
    """Show a sweep: spec, progress, verdict, family.

    The leader is a class of coefficients: everything that rounds to the same network. Shown are the
    interval of each of α, β and γ, how a doubling of FLOPs is spent, and the networks of the ends
    of the intervals at b7.

    Examples:
      scaling-search show 3
      scaling-search show 3 --trials
      scaling-search show 3 --json | jq .chosen
    """
    from scaling_search.cli.documents import SweepRecord
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.views import ending, outcome
    from scaling_search.cli.views import sweep as view

    with results.connect() as records:
        record = SweepRecord.read(records, sweep)
    if output.json:
        print_json(record.to_dict())
        return
    out = console()
    view.show_heading(out, record)
    view.show_provenance(out, record)
    view.show_decisions(out, record)
    if trials:
        view.show_trials(out, record)
    view.show_checkpoints(out, record.checkpoints)
    out.print()
    outcome.show_outcome(out, record)
    ending.show_next(out, record)
