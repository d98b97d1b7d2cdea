"""What `watch` does while a sweep goes on, and how it ends."""

from __future__ import annotations

import typer

from results.states import CONCLUDED, SweepState
from results.values import Sweep
from scaling_search.cli.failures import INTERRUPTED, complain
from scaling_search.cli.following import Following
from scaling_search.cli.views.progress import Display
from scaling_search.cli.views.running import running_table
from scaling_search.cli.views.sweep import state_of
from search_spaces.errors import WorkError


def observe(following: Following, display: Display) -> None:
    """Show how the sweep gets on, until it ends.

    Raises:
        typer.Exit: ctrl-C (130); stderr says that the sweep goes on.
    """
    sweep_id = following.record.sweep.id
    try:
        with display.training() as view:
            for _ in following.follow():
                if following.is_waiting:
                    view.waiting()
                else:
                    running = following.running
                    rows = running_table(running, following.epochs) if running else None
                    view.observe(following.snapshot(), rows)
    except KeyboardInterrupt:
        complain(
            f"sweep {sweep_id} goes on; `scaling-search watch {sweep_id}` looks again, "
            f"`scaling-search cancel {sweep_id}` stops it",
            label="No longer watching",
        )
        raise typer.Exit(INTERRUPTED) from None


def check_end(sweep: Sweep) -> None:
    """Return if the sweep came to its outcome, which says what it is short of.

    Raises:
        WorkError: it is not, and why.
    """
    if sweep.state in CONCLUDED:
        return
    goes_on = f"what was trained is kept, `scaling-search resume {sweep.id}` goes on"
    if sweep.state is SweepState.FAILED:
        raise WorkError(f"sweep {sweep.id} failed: {sweep.error}; {goes_on}")
    if sweep.state is SweepState.CANCELLED:
        raise WorkError(f"sweep {sweep.id} is cancelled; {goes_on}")
    raise WorkError(f"sweep {sweep.id} is {state_of(sweep)} and nobody drives it; {goes_on}")
