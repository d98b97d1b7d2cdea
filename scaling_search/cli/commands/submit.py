"""`scaling-search submit`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli.options import (
    DatabaseOption,
    ImagesOption,
    JsonOption,
    KeepOption,
    NameOption,
    SeedsOption,
    ServerOption,
    SetOption,
    SkipCorruptOption,
    SpaceArgument,
    StrategyOption,
    StrictOption,
)


def submit(
    space: SpaceArgument = "quickstart",
    dataset: Annotated[
        str | None,
        typer.Option(
            "--dataset",
            metavar="NAME",
            help="The images: a data set that is registered where the sweep will be trained.",
        ),
    ] = None,
    seeds: SeedsOption = None,
    images: ImagesOption = None,
    strategy: StrategyOption = None,
    settings: SetOption = None,
    name: NameOption = None,
    skip_corrupt: SkipCorruptOption = False,
    strict: StrictOption = False,
    keep_checkpoints: KeepOption = None,
    server: ServerOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Put a search into the queue, for a runner to train.

    Takes what `run` takes, and returns at once. With --server the service plans the sweep and its
    runners train it, one after another in the order in which they came; the data set is one that
    is registered there. Without, the sweep waits in the database until `scaling-search worker`
    takes it. `scaling-search watch` follows it.

    \b
    Examples:
      scaling-search submit --server http://host:8321
      scaling-search submit small-images --dataset photos --seeds 5
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from scaling_search.cli import inputs
    from scaling_search.cli.documents import SweepRecord
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.records import open_records, submit
    from scaling_search.cli.views.ending import show_next
    from scaling_search.cli.views.sweep import show_heading

    spec = inputs.read_sweep(
        space,
        settings or (),
        dataset=dataset,
        images=images,
        seeds=seeds,
        strategy=strategy,
        name=name,
        skip_corrupt=skip_corrupt,
        strict=strict,
        keep_checkpoints=keep_checkpoints,
        data_is_here=False,
    )
    with open_records(server, database) as records:
        record = SweepRecord.read(records, submit(records, spec))
    if json:
        print_json(record.to_dict())
        return
    out = console()
    show_heading(out, record)
    show_next(out, record)
