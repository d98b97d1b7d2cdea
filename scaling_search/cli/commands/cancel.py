"""`scaling-search cancel`."""

from __future__ import annotations

from scaling_search.cli.options import DatabaseOption, JsonOption, ServerOption, SweepArgument


def cancel(
    sweep: SweepArgument,
    server: ServerOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Stop a sweep, wherever it runs; what it trained is kept.

    A sweep that another process drives stops within a few seconds; one that nobody drives is
    cancelled at once. `scaling-search resume` goes on with a cancelled sweep.

    \b
    Example:
      scaling-search cancel 3
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.states import SweepState
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.records import open_records, request_cancel

    with open_records(server, database) as records:
        state = request_cancel(records, sweep)
    if json:
        print_json({"id": sweep, "state": str(state), "cancel_requested": True})
    elif state is SweepState.CANCELLED:
        console().print(f"sweep {sweep} is cancelled", markup=False)
    else:
        console().print(f"sweep {sweep} was asked to stop", markup=False)
