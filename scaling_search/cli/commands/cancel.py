"""`scaling-search cancel`."""

from __future__ import annotations

from scaling_search.cli import options


def cancel(sweep: options.SweepNumber, results: options.Results, output: options.Output) -> None:
    """Stop a sweep; its trained trials are kept.

    A sweep that another process drives stops within a few seconds; one that nobody drives is
    cancelled at once. `scaling-search resume` continues a cancelled sweep.

    Example:
      scaling-search cancel 3
    """
    from results.states import SweepState

    with results.connect() as records:
        state = records.request_cancel(sweep)
    document = {"id": sweep, "state": str(state), "cancel_requested": True}
    done = "is cancelled" if state is SweepState.CANCELLED else "was asked to stop"
    output.present_line(document, f"sweep {sweep} {done}")
