"""`scaling-search show`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli.options import DatabaseOption, JsonOption, ServerOption, SweepArgument


def show(
    sweep: SweepArgument,
    trials: Annotated[bool, typer.Option("--trials", help="List every trial.")] = False,
    server: ServerOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Show one sweep: spec, provenance, progress, verdict, family.

    The leader is a class of coefficients: everything that rounds to the same network. What is
    shown is the interval of each of α, β and γ, how it spends a doubling of FLOPs, and what the
    ends of the intervals would mean at b7.

    \b
    Examples:
      scaling-search show 3
      scaling-search show 3 --trials
      scaling-search show 3 --json | jq .chosen
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from scaling_search.cli.documents import SweepRecord
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.records import open_records
    from scaling_search.cli.views import ending, outcome
    from scaling_search.cli.views import sweep as view

    with open_records(server, database) as records:
        record = SweepRecord.read(records, sweep)
    if json:
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
