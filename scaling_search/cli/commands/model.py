"""`scaling-search model`."""

from __future__ import annotations

from scaling_search.cli import completion, network_options, options
from scaling_search.cli.parameters import option, option_group


@option_group(options.NETWORK)
class ModelOptions(network_options.ScaledNetworks):
    """The budget and the coefficients of a network."""

    flops: str = option("--flops", "N", "Multiply-adds per image: 1.5G, 400M or 4e8.", default=...)
    resolution: int | None = option(
        "--resolution",
        "PX",
        "Keep the input at this size and scale only depth and width; by default resolution grows "
        "too.",
    )
    sweep: str | None = option(
        "--sweep",
        "SWEEP",
        "Use the coefficients of this sweep's leader, or published; by default the best stored "
        "ones, else the published ones.",
        complete=completion.sweeps,
    )


def model(
    options: ModelOptions, files: network_options.NetworkFiles, results: options.Results
) -> None:
    """Find the network for a FLOPs budget.

    The coefficients give the direction; φ is solved so that the FLOPs come nearest the budget.
    Budgets below the baseline's work too (φ < 0). The last line is the Python that builds it.

    Examples:
      scaling-search model --flops 1.5G --resolution 224 --classes 37
      scaling-search model --flops 200M --coefficients 1.2,1.1,1.15
      scaling-search model --flops 2G --resolution-multiple 2 --format transformers -o config.json
    """
    from scaling_search.cli import coefficients, network_files
    from scaling_search.cli.output import console
    from scaling_search.cli.parsing import parse_flops
    from scaling_search.cli.planning import checked_baseline
    from scaling_search.cli.views.model import model_document, show_model
    from search_spaces.exports import Named
    from search_spaces.families.budget import model_for_budget

    budget = parse_flops(options.flops)
    form = network_files.choose_format(files)
    source = coefficients.choose(options.sweep, options, results)
    with checked_baseline(source.baseline, results.database) as baseline:
        frame = options.frame(baseline)
        made = model_for_budget(
            frame, source.coefficients, budget, resolution_px=options.resolution
        )
    if form is None:
        show_model(console(), source, made)
    else:
        document = model_document(source, made)
        network_files.write(form, [Named("model", made)], document, files, single=True)
