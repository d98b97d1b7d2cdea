"""The trials that are being trained, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich.table import Table

from scaling_search.cli.output import table
from search_spaces.human import percent, triple

if TYPE_CHECKING:
    from scaling_search.cli.following import Running

_SHOWN: Final = 16


def running_table(running: Sequence[Running], epochs: int) -> Table:
    """One row a trial; of many, those that began last."""
    made = table(">trial", ">#", "α, β, γ", ">seed", ">epoch", ">accuracy", ">images/s", "worker")
    for one in running[-_SHOWN:]:
        candidate = one.candidate
        speed = one.images_per_second
        made.add_row(
            str(one.trial.id),
            str(candidate.index),
            triple((candidate.alpha, candidate.beta, candidate.gamma))[1:-1],
            str(one.trial.seed),
            f"{one.epoch}/{epochs}",
            percent(one.accuracy),
            "–" if speed is None else f"{speed:,.0f}",
            one.worker or "",
        )
    return made
