"""`scaling-search best`."""

from __future__ import annotations

from scaling_search.cli import completion, options
from scaling_search.cli.parameters import option, option_group


@option_group()
class TargetOptions(options.DataSet):
    """The searches whose coefficients are compared."""

    baseline: str = option(
        "--baseline",
        "NAME",
        "Network that is scaled (`scaling-search baselines`).",
        default="efficientnet_b0",
        complete=completion.baselines,
    )
    target: float = option(
        "--target", "RATIO", "Cost of the search's networks, × the baseline's.", default=2.0
    )
    quantity: str = option(
        "--quantity",
        "NAME",
        "Quantity that the target limits: flops, params, activations or latency.",
        default="flops",
        complete=completion.quantities,
    )


def best(wanted: TargetOptions, results: options.Results, output: options.Output) -> None:
    """Show the best conclusive coefficients.

    They are looked up for a baseline, a data set and a target: the cost of the networks, in FLOPs
    unless --quantity says otherwise. Only sweeps with the verdict `chosen` or `equivalent` count,
    and accuracies are compared only within one protocol (same images, budget, recipe and
    constraint): the latest. Without --dataset the data set is that of the latest conclusive sweep.
    Exit code 1 if there is none.

    Examples:
      scaling-search best
      scaling-search best --dataset ~/photos --json
      scaling-search best --target 1.5 --quantity latency
    """
    from scaling_search.cli.coefficients import best_record
    from scaling_search.cli.parsing import parse_quantity
    from scaling_search.cli.records import check_baseline, dataset_filter
    from scaling_search.cli.views.best import best_document, show_best

    quantity = parse_quantity(wanted.quantity)
    with results.connect() as records:
        check_baseline(records, wanted.baseline)
        dataset = dataset_filter(wanted.dataset, results.server)
        record = best_record(records, wanted.baseline, dataset, wanted.target, quantity)
    output.present(best_document(record), lambda out: show_best(out, record))
