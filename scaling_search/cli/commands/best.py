"""`scaling-search best`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli.options import (
    BaselineOption,
    DatabaseOption,
    DatasetOption,
    JsonOption,
    QuantityOption,
    ServerOption,
)


def best(
    baseline: BaselineOption = "efficientnet_b0",
    dataset: DatasetOption = None,
    target: Annotated[
        float,
        typer.Option(
            "--target", metavar="RATIO", help="What the search's networks cost, × the baseline's."
        ),
    ] = 2.0,
    quantity: QuantityOption = "flops",
    server: ServerOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Show the best conclusive coefficients that are stored.

    They are looked up for a baseline, a data set and a target: what networks cost, in FLOPs unless
    --quantity says otherwise. Only sweeps whose verdict is
    `chosen` or `equivalent` count, and accuracies are compared only within one protocol (same
    images, budget, recipe and constraint): the latest. Without --dataset the data set is that of
    the latest conclusive sweep. Exit code 1 if there is none.

    \b
    Examples:
      scaling-search best
      scaling-search best --dataset ~/photos --json
      scaling-search best --target 1.5 --quantity latency
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from scaling_search.cli.coefficients import best_record
    from scaling_search.cli.human import parse_quantity
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.records import check_baseline, dataset_filter, open_records
    from scaling_search.cli.views.best import best_document, show_best

    wanted = parse_quantity(quantity)
    with open_records(server, database) as records:
        check_baseline(records, baseline)
        data = dataset_filter(dataset, server)
        record = best_record(records, baseline, data, target, wanted)
    if json:
        print_json(best_document(record))
    else:
        show_best(console(), record)
