"""`scaling-search submit`."""

from __future__ import annotations

from typing import Annotated

from scaling_search.cli import options
from scaling_search.cli.parameters import Without, option, option_group


@option_group(options.IMAGES)
class RegisteredImageOptions(options.Images):
    """Images that the service knows by name."""

    dataset: str | None = option(
        "--dataset", "NAME", "Images: a data set that is registered where the sweep is trained."
    )


def submit(
    images: RegisteredImageOptions,
    search: Annotated[options.Search, Without("baseline")],
    results: options.Results,
    output: options.Output,
    space: options.Space = "quickstart",
) -> None:
    """Put a search into the queue, for a runner to train.

    Takes the options of `run`, and returns at once. With --server the service plans the sweep and
    its runners train it, one after another in order of submission; the data set is one that is
    registered there. Without, the sweep waits in the database until `scaling-search worker` takes
    it. `scaling-search watch` follows it.

    Examples:
      scaling-search submit --server http://host:8321
      scaling-search submit small-images --dataset photos --seeds 5
    """
    from scaling_search.cli.documents import SweepRecord
    from scaling_search.cli.inputs import read_sweep
    from scaling_search.cli.records import submit
    from scaling_search.cli.views.ending import show_queued

    spec = read_sweep(space, search, images, local=False)
    with results.connect() as records:
        show_queued(SweepRecord.read(records, submit(records, spec)), output.json)
