"""`scaling-search sweeps`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scaling_search.cli import completion
from scaling_search.cli.options import DatabaseOption, JsonOption, ServerOption

if TYPE_CHECKING:
    from results.values import SweepSummary


def sweeps(
    state: Annotated[
        str | None,
        typer.Option(
            "--state",
            metavar="STATE",
            help="queued, running, finished, incomplete (trials failed), failed, cancelled or "
            "interrupted.",
            autocompletion=completion.states,
        ),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option("--baseline", metavar="NAME", autocompletion=completion.baselines),
    ] = None,
    dataset: Annotated[str | None, typer.Option("--dataset", metavar="NAME|PATH")] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="List the newest N.")
    ] = 20,
    server: ServerOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """List sweeps, newest first, with state, progress and verdict.

    A sweep whose process is gone is interrupted: `scaling-search resume` goes on with it. One
    that came to an outcome although trials failed is `incomplete`: `resume` tries them again.

    \b
    Examples:
      scaling-search sweeps
      scaling-search sweeps --state finished --baseline efficientnet_b0
      scaling-search sweeps --server http://host:8321
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.states import SweepState
    from scaling_search.cli.documents import is_driven, summary_document
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.records import dataset_filter, open_records
    from scaling_search.cli.views.sweep import show_sweeps
    from search_spaces.errors import InputError, suggest

    if state is not None and state not in list(SweepState):
        raise InputError(f"--state {state!r} is unknown: {suggest(state, list(SweepState))}")
    wanted = None if state is None else SweepState(state)
    with open_records(server, database) as records:

        def newest(*states: SweepState) -> list[SweepSummary]:
            return list(
                records.newest_sweeps(
                    states=states or None,
                    baseline=baseline,
                    dataset=dataset_filter(dataset, server),
                    limit=limit,
                )
            )

        found = newest(*(() if wanted is None else (wanted,)))
        if wanted is SweepState.INTERRUPTED:  # a driver may be gone before its lease lapses
            gone = [one for one in newest(SweepState.RUNNING) if not is_driven(one)]
            found = sorted([*found, *gone], key=lambda one: -one.id)[:limit]
        elif wanted is SweepState.RUNNING:
            found = [one for one in found if is_driven(one)]
    if json:
        print_json({"sweeps": [summary_document(sweep) for sweep in found]})
        return
    filtered = any(value is not None for value in (state, baseline, dataset))
    show_sweeps(console(), found, filtered=filtered)
