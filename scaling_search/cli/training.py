"""What `run` and `resume` share: driving a sweep until it ends, however it ends."""

from __future__ import annotations

import typer

from results.states import SweepState
from results.store import Store
from scaling_search.cli.failures import FAILED, INTERRUPTED, complain
from scaling_search.cli.output import remark
from scaling_search.cli.views.progress import Display
from scaling_search.data import PreparedDataset
from scaling_search.sweeps import Execution, Interrupted, drive
from search_spaces.errors import WorkError


def train(
    store: Store,
    sweep_id: int,
    data: PreparedDataset,
    how: Execution,
    display: Display,
) -> None:
    """Drive a sweep to its end.

    Raises:
        typer.Exit: it was interrupted (130) or cancelled (1); stderr says how to go on.
        WorkError: it failed; what it trained is kept, and the message says how to go on.
    """
    try:
        with display.training() as view:
            drive(store, sweep_id, data, how, observe=view.observe, counted=view.counted)
    except (Interrupted, KeyboardInterrupt):
        cancelled = store.sweep(sweep_id).state is SweepState.CANCELLED
        done = store.progress([sweep_id])[sweep_id]
        complain(
            f"{done.done:,} of {done.total:,} trials of sweep {sweep_id} are done and stored"
            f"{''.join(f', {told}' for told in done.exceptions)}; go on with `scaling-search "
            f"resume {sweep_id}`",
            label="Cancelled" if cancelled else "Interrupted",
        )
        raise typer.Exit(FAILED if cancelled else INTERRUPTED) from None
    except WorkError as error:
        raise WorkError(
            f"{error}; what was trained is kept, `scaling-search resume {sweep_id}` goes on"
        ) from error


def say(text: str, quiet: bool) -> None:
    """A remark on stderr, unless nobody wants any."""
    if not quiet:
        remark(text)
