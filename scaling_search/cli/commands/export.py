"""`scaling-search export`."""

from __future__ import annotations

from typing import Annotated

from scaling_search.cli import completion, network_options, options
from scaling_search.cli.parameters import Without, option, option_group


@option_group(options.OUTPUT)
class ExportOptions(network_options.NetworkFiles):
    """A file of a sweep, or files of its family."""

    format: str | None = option(
        "--format",
        "NAME",
        "json or yaml: the whole sweep; csv or parquet: its trials; transformers, keras, "
        "efficientnet_pytorch, pycls, torchvision, timm or python: its family. By default as the "
        "file's name ends, or json.",
        complete=completion.sweep_formats,
    )
    output: str | None = option(
        "--output",
        "FILE|FOLDER",
        "By default stdout. A folder gets one file per member of a family.",
        short="-o",
    )


def export(
    sweep: options.SweepNumber,
    files: Annotated[ExportOptions, Without("json")],
    results: options.Results,
    member: network_options.Member = None,
    baseline: options.UserClasses = None,
) -> None:
    """Write a sweep, its trials or its family to a file.

    JSON and YAML hold spec, candidates, trials, outcome and family; CSV and Parquet have one row
    per trial, with its candidate's coefficients and complexity. The other formats are files of
    libraries that build the networks, b0 to b7 (`family` has more options for them).

    Examples:
      scaling-search export 3 -o sweep-3.json
      scaling-search export 3 --format csv > trials.csv
      scaling-search export 3 -o trials.parquet
      scaling-search export 3 --format torchvision --member b2 -o b2.py
    """
    from scaling_search.cli import exports, network_files
    from search_spaces.errors import InputError
    from search_spaces.exports import FORMATS, PLAIN

    chosen = exports.choose_format(files.format, files.output)
    if chosen in FORMATS and chosen not in PLAIN:
        network_files.write_family_of(sweep, member, files, results)
        return
    if member is not None:
        raise InputError(
            f"--member {member} is given and {chosen} holds the whole sweep: leave it out, or add "
            "for example --format transformers"
        )
    target = exports.place(files.output, f"sweep-{sweep}.{chosen}", force=files.force)
    with results.connect() as records:
        content = exports.render(records, sweep, chosen)
    exports.write(content, target)
