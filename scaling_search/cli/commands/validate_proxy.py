"""`scaling-search validate-proxy`."""

from __future__ import annotations

from typing import Annotated

from scaling_search.cli import completion, options
from scaling_search.cli.parameters import Without, argument, flag, option, option_group


@option_group()
class ValidationOptions:
    """The sample, budgets and learning rates of a validation."""

    space: str = argument(
        "[SPACE]",
        "A preset (quickstart, small-images, paper) or a YAML file.",
        default="quickstart",
        complete=completion.presets,
    )
    budgets: str | None = option(
        "--budgets",
        "N,N,…",
        "Training images per trial, rising; the last one is the reference. By default a quarter of "
        "the recipe's, the recipe's, and ten times as many.",
    )
    rates: str | None = option(
        "--rates",
        "X,X,…",
        "Learning rates, at least four, the recipe's own among them. By default a quarter, half, "
        "all and twice of it.",
    )
    all_rates: bool = flag(
        "--all-rates", "Train the longest budget at every rate, not only at the recipe's."
    )
    resume: int | None = option(
        "--resume", "N", "Continue validation N (`scaling-search validations`)."
    )


def validate_proxy(
    options: ValidationOptions,
    images: options.Images,
    search: Annotated[options.Search, Without("images", "strategy", "keep_checkpoints")],
    execution: options.Execution,
    stored: options.Database,
    output: options.Progress,
) -> None:
    r"""Check whether the short budget is valid.

    A sample of candidates is trained at several budgets and learning rates: the corners, the centre
    and the middles of the edges of the triangle, where networks with the search's FLOPs exist, and
    the baseline. The report says whether the shared learning rate ranks them as each one's own best
    rate does; how well each budget agrees with the longest, compared with perfect agreement under
    the same noise; the loss of choosing at it instead of at the longest; its cost; and the cheapest
    budget that suffices. Searches of the same protocol use the result: where the shared rate
    chooses wrongly, they conclude nothing.

    Every budget and rate is a sweep of its own, stored as it trains: ctrl-C loses nothing,
    --resume continues.

    Examples:
      scaling-search validate-proxy small-images --dataset ~/photos --seeds 3
      scaling-search validate-proxy small-images --budgets 6400,25600,256000 \
        --rates 0.00125,0.0025,0.005,0.01
      scaling-search validate-proxy --resume 1

    Exit codes: 0 done (whatever the result), 1 failed, cancelled or incomplete (trials failed), 2
    wrong input, 130 ctrl-C or SIGTERM.
    """
    from results.values.json import to_json
    from scaling_search.cli import inputs, proxy_validation, training
    from scaling_search.cli.views.validation import show_validation

    display, how = output.display(), training.execution(execution)
    with training.stoppable(), stored.open() as store:
        if options.resume is None:
            spec = proxy_validation.read(options, search, images, stored.database)
        else:
            spec = proxy_validation.read_stored(store, options, search, images)
        data = inputs.prepared(spec.sweep.data, display)
        number = proxy_validation.begin(store, spec, data, options.resume, display)
        proxy_validation.train(store, number, spec, data, how, display)
        found = store.validation(number)
        output.present(to_json(found), lambda out: show_validation(out, found))
        proxy_validation.check_whole(store, number)
