"""`scaling-search sweeps`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaling_search.cli import completion, options
from scaling_search.cli.parameters import option, option_group

if TYPE_CHECKING:
    from results.values import SweepSummary


@option_group()
class FilterOptions:
    """Which sweeps are listed."""

    state: str | None = option(
        "--state",
        "STATE",
        "queued, running, finished, incomplete (trials failed), failed, cancelled or interrupted.",
        complete=completion.states,
    )
    baseline: str | None = option(
        "--baseline", "NAME", "Sweeps of this baseline.", complete=completion.baselines
    )
    dataset: str | None = option("--dataset", "NAME|PATH", "Sweeps on this data set.")
    limit: int = option("--limit", "N", "List the newest N.", default=20, min=1)


def sweeps(wanted: FilterOptions, results: options.Results, output: options.Output) -> None:
    """List sweeps with state, progress and verdict.

    The newest comes first. A sweep whose process is gone is interrupted: `scaling-search resume`
    continues it. One that came to an outcome although trials failed is `incomplete`: `resume` tries
    them again.

    Examples:
      scaling-search sweeps
      scaling-search sweeps --state finished --baseline efficientnet_b0
      scaling-search sweeps --server http://host:8321
    """
    from results.states import SweepState
    from scaling_search.cli.documents import is_driven, summary_document
    from scaling_search.cli.records import dataset_filter
    from scaling_search.cli.views.sweep import show_sweeps
    from search_spaces.errors import InputError, suggest

    if wanted.state is not None and wanted.state not in list(SweepState):
        raise InputError(
            f"--state {wanted.state!r} is unknown: {suggest(wanted.state, list(SweepState))}"
        )
    state = None if wanted.state is None else SweepState(wanted.state)
    dataset = dataset_filter(wanted.dataset, results.server)
    with results.connect() as records:

        def newest(*states: SweepState) -> list[SweepSummary]:
            return list(
                records.newest_sweeps(
                    states=states or None,
                    baseline=wanted.baseline,
                    dataset=dataset,
                    limit=wanted.limit,
                )
            )

        found = newest(*(() if state is None else (state,)))
        if state is SweepState.INTERRUPTED:  # a driver may be gone before its lease lapses
            gone = [one for one in newest(SweepState.RUNNING) if not is_driven(one)]
            found = sorted([*found, *gone], key=lambda one: -one.id)[: wanted.limit]
        elif state is SweepState.RUNNING:
            found = [one for one in found if is_driven(one)]
    filtered = any(value is not None for value in (state, wanted.baseline, wanted.dataset))
    output.present(
        {"sweeps": [summary_document(sweep) for sweep in found]},
        lambda out: show_sweeps(out, found, filtered=filtered),
    )
