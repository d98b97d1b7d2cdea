"""`scaling-search cancel`."""

from __future__ import annotations

from scaling_search.cli import options


def cancel(
    sweep: options.SweepNumber, results: options.Results, json: options.Json = False
) -> None:
    """Stop a sweep; its trained trials are kept.

    A sweep that another process drives stops within a few seconds; one that nobody drives is
    cancelled at once. `scaling-search resume` continues a cancelled sweep.

    Example:
      scaling-search cancel 3
    """
    from results.states import SweepState
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.records import request_cancel

    with results.connect() as records:
        state = request_cancel(records, sweep)
    if json:
        print_json({"id": sweep, "state": str(state), "cancel_requested": True})
    elif state is SweepState.CANCELLED:
        console().print(f"sweep {sweep} is cancelled", markup=False)
    else:
        console().print(f"sweep {sweep} was asked to stop", markup=False)
