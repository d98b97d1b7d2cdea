"""`scaling-search cam`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaling_search.cli import completion, options
from scaling_search.cli.parameters import argument, flag, option, option_group


@option_group("Networks and maps")
class MapOptions:
    """The networks, and their maps."""

    checkpoints: tuple[str, ...] = argument(
        "[[NAME=]CHECKPOINT]…", "Networks, with names for people.", default=()
    )
    sweep: int | None = option(
        "--sweep",
        "SWEEP",
        "Networks that this sweep or comparison kept: the baseline, depth, width, resolution and "
        "compound.",
        complete=completion.sweeps,
    )
    phi: float | None = option(
        "--phi",
        "φ",
        "The φ to show of a comparison with several; by default the largest at which most methods "
        "kept weights.",
    )
    method: str | None = option(
        "--method", "NAME", "cam or gradcam; by default cam where the head allows it."
    )
    target: str = option(
        "--target",
        "NAME",
        "Maps of the true class where it is known, or of the predicted one.",
        default="true",
    )


@option_group(options.IMAGES)
class SubjectOptions(options.Reading):
    """The images, and where their objects are.

    Raises:
        InputError: options that exclude each other.
    """

    images: Path | None = option(
        "--images", "FOLDER", "Images; sub-folders named like classes give their class."
    )
    dataset: str | None = option(
        "--dataset",
        "NAME|PATH",
        "Test images of a data set, half of them classified right by the first network, half "
        "wrong; by default of the one that it was trained on.",
    )
    count: int = option("--count", "N", "Largest number of images.", default=12, min=1)
    boxes: Path | None = option(
        "--boxes", "CSV", "Where objects are, in px of each file: image,left,top,right,bottom."
    )
    masks: Path | None = option(
        "--masks", "FOLDER", "The same as PNGs of the same names, white on the object."
    )
    upright: bool = flag(
        "--upright",
        "Boxes and masks are those of images as they are shown, rotated by their EXIF orientation; "
        "without, those of the pixels as the files store them.",
    )
    mosaic: bool = flag(
        "--mosaic",
        "For a data set without boxes: four test images in a square, of four classes that all "
        "networks classify right by themselves; the map of one class should lie in its quarter.",
    )

    def __post_init__(self) -> None:
        from search_spaces.errors import InputError

        if self.images is not None and self.dataset is not None:
            raise InputError("both --images and --dataset are given: images come from one of them")
        if self.settings and self.dataset is None:
            raise InputError(
                "--set is given without --dataset: it says how the images of a data set are read"
            )
        if self.mosaic and self.images is not None:
            raise InputError("both --images and --mosaic are given: mosaics are of a data set")
        for name in ("boxes", "masks"):
            if getattr(self, name) is not None and self.images is None:
                raise InputError(f"--{name} is given without --images: places are those of files")
        if self.upright and self.boxes is None and self.masks is None:
            raise InputError(
                "--upright is given without --boxes or --masks: it says what those are of"
            )
        if self.boxes is not None and self.masks is not None:
            raise InputError("both --boxes and --masks are given: give the places once")
        if self.masks is not None and not self.masks.is_dir():
            raise InputError(f"masks {self.masks} is no folder: name a folder of PNGs")


def cam(
    maps: MapOptions,
    images: SubjectOptions,
    stored: options.Database,
    output: options.Output,
    folder: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FOLDER", help="Folder of the gallery."),
    ] = Path("cam"),
    baseline: options.UserClasses = None,
) -> None:
    """Show where networks look: class activation maps.

    Writes gallery.html, which is self-contained, and the same as PNG images: the maps of several
    networks on the same images. With --sweep they are also stored, for the dashboard. Where the
    place of objects is given, figures say how well the maps point at them. Plain CAM where global
    pooling and a linear layer end the network, Grad-CAM (needs the extra `cam`) otherwise.

    Examples:
      scaling-search cam --sweep 3
      scaling-search cam --sweep 4 --phi 2 --count 24 --output gallery
      scaling-search cam base=a.safetensors wide=b.safetensors --images photos --boxes boxes.csv
    """
    from scaling_search.cli import galleries
    from scaling_search.cli.views.cam import show_figures

    made = galleries.make(maps, images, stored, folder)
    output.present(made.to_dict(), lambda out: show_figures(out, made.tally.to_dict(), made.files))
