"""`scaling-search predict`."""

from __future__ import annotations

from pathlib import Path

import typer

from scaling_search.cli import options
from scaling_search.cli.parameters import argument, option, option_group


@option_group()
class PredictionOptions:
    """The network, and the images to classify."""

    checkpoint: Path = argument(
        "CHECKPOINT",
        "Weights that a trial left (`run --keep-checkpoints`), or the file's name as "
        "`scaling-search show` lists it.",
    )
    images: tuple[Path, ...] = argument("IMAGE…", "Image files.")
    top: int = option("--top", "K", "Number of classes to print.", default=1, min=1)


def predict(
    wanted: PredictionOptions, output: options.Output, baseline: options.UserClasses = None
) -> None:
    """Classify images with a trained network.

    Images are decoded, cropped, resized and normalised like those that the network was trained on.
    A file that cannot be read is reported, and the others are classified.

    Examples:
      scaling-search predict sweep-3-trial-17-0c5d8e3fa1b2.safetensors photo.jpg
      scaling-search predict best.safetensors *.png --top 3 --json

    Exit codes: 0 done, 1 some images could not be read, 2 wrong input.
    """
    from scaling_search.cli.checkpoints import find
    from scaling_search.cli.failures import FAILED, complain
    from scaling_search.cli.output import console, print_json, table
    from scaling_search.networks.checkpoints import load
    from scaling_search.uses.predicting import predict
    from search_spaces.human import percent, plural
    from search_spaces.names import printable

    loaded = load(find(wanted.checkpoint))
    found = list(predict(loaded, wanted.images, top=wanted.top))
    if output.json:
        about = loaded.about.model_dump(mode="json", exclude={"class_names", "mean", "std"})
        print_json({"checkpoint": about, "predictions": [one.to_dict() for one in found]})
    else:
        made = table("~image", "~class", ">probability")
        for one in found:
            for label in one.labels:
                made.add_row(printable(str(one.image)), label.name, percent(label.probability))
        console().print(made)
    unread = [one for one in found if one.problem is not None]
    for one in unread:
        complain(f"{one.image}: {one.problem}", label="Not read")
    if unread:
        complain(f"{plural(len(unread), 'image')} of {len(found)} could not be read")
        raise typer.Exit(FAILED)
