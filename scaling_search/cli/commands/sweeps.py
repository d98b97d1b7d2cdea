"""`scaling-search sweeps`."""

from __future__ import annotations

from scaling_search.cli import completion, options
from scaling_search.cli.parameters import option, option_group


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
    from results.values.json import to_json
    from scaling_search.cli.records import dataset_filter
    from scaling_search.cli.views.sweep import show_sweeps
    from search_spaces.errors import InputError, suggest

    if wanted.state is not None and wanted.state not in list(SweepState):
        raise InputError(
            f"--state {wanted.state!r} is unknown: {suggest(wanted.state, list(SweepState))}"
        )
    with results.connect() as records:
        found = records.sweeps(
            states=None if wanted.state is None else [SweepState(wanted.state)],
            baseline=wanted.baseline,
            dataset=dataset_filter(wanted.dataset, results.server),
            limit=wanted.limit,
        )
    filtered = any(value is not None for value in (wanted.state, wanted.baseline, wanted.dataset))
    output.present(
        {"sweeps": [to_json(sweep) for sweep in found]},
        lambda out: show_sweeps(out, found, filtered=filtered),
    )
