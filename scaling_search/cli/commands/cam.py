"""`scaling-search cam`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaling_search.cli import completion
from scaling_search.cli.options import CodeOption, DatabaseOption, DataSetOption, JsonOption


def cam(
    checkpoints: Annotated[
        list[str] | None,
        typer.Argument(metavar="[[NAME=]CHECKPOINT]…", help="Networks, with names for people."),
    ] = None,
    sweep: Annotated[
        int | None,
        typer.Option(
            "--sweep",
            metavar="SWEEP",
            help="What this sweep or comparison kept: the baseline, depth, width, resolution and "
            "compound.",
            autocompletion=completion.sweeps,
        ),
    ] = None,
    phi: Annotated[
        float | None,
        typer.Option(
            "--phi",
            metavar="φ",
            help="Of a comparison with several φ, the one to show; by default the largest at "
            "which most methods kept weights.",
        ),
    ] = None,
    images: Annotated[
        Path | None,
        typer.Option(
            "--images",
            metavar="FOLDER",
            help="Images; sub-folders that are called like classes give their class.",
        ),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            "--dataset",
            metavar="NAME|PATH",
            help="Test images of a data set, half of them told right by the first network, half "
            "wrong; by default of the one that it was trained on.",
        ),
    ] = None,
    count: Annotated[int, typer.Option("--count", metavar="N", min=1, help="Images at most.")] = 12,
    boxes: Annotated[
        Path | None,
        typer.Option(
            "--boxes",
            metavar="CSV",
            help="Where objects are, in px of each file: image,left,top,right,bottom.",
        ),
    ] = None,
    masks: Annotated[
        Path | None,
        typer.Option(
            "--masks", metavar="FOLDER", help="The same as PNGs, white on the object, same names."
        ),
    ] = None,
    upright: Annotated[
        bool,
        typer.Option(
            "--upright",
            help="Boxes and masks are of images as they are shown, turned by their EXIF "
            "orientation; without, of the pixels as the files store them.",
        ),
    ] = False,
    mosaic: Annotated[
        bool,
        typer.Option(
            "--mosaic",
            help="Of a data set without places: four test images in a square, of four classes that "
            "all networks tell by themselves; one is asked for, and its quarter is the place.",
        ),
    ] = False,
    method: Annotated[
        str | None,
        typer.Option(
            "--method", metavar="NAME", help="cam or gradcam; by default cam where the head allows."
        ),
    ] = None,
    target: Annotated[
        str,
        typer.Option(
            "--target",
            metavar="NAME",
            help="Maps of the true class where it is known, or of the predicted one.",
        ),
    ] = "true",
    baseline: CodeOption = None,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FOLDER", help="Where the gallery is written."),
    ] = Path("cam"),
    settings: DataSetOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Show where networks look: class activation maps of several on the same images.

    Writes gallery.html, which needs nothing else, and the same as PNG images; with --sweep they are
    stored too, for the dashboard. Where the place of objects is given, figures say how well the
    maps point at them. Plain CAM where global pooling and a linear layer end the network, Grad-CAM
    (needs the extra `cam`) otherwise.

    \b
    Examples:
      scaling-search cam --sweep 3
      scaling-search cam --sweep 4 --phi 2 --count 24 --output gallery
      scaling-search cam base=a.safetensors wide=b.safetensors --images photos --boxes boxes.csv
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.store import Store
    from scaling_search.cli import cam as sources
    from scaling_search.cli import checkpoints as stored
    from scaling_search.cli.failures import complain
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.views.cam import show_figures
    from scaling_search.uses.cam import Tally, compare
    from scaling_search.uses.cam.comparing import check_alike
    from scaling_search.uses.cam.gallery import write_gallery
    from search_spaces.errors import InputError

    asked = sources.Asked(
        images=images,
        dataset=dataset,
        count=count,
        boxes=boxes,
        masks=masks,
        upright=upright,
        mosaic=mosaic,
        settings=tuple(settings or ()),
    )
    how, of = sources.methods(method, target)
    data_spec = None
    if phi is not None and sweep is None:
        raise InputError("--phi is given without --sweep: it chooses among what a sweep compares")
    shown = [stored.named(text) for text in checkpoints or ()]
    missing: tuple[str, ...] = ()
    if sweep is not None:
        with Store.open(database) as store:
            kept = stored.of_sweep(store, sweep, phi)
            shown, missing = [*shown, *kept.shown], kept.missing
            if kept.why is not None:
                complain(kept.why, label="Not shown")
            data_spec = sources.data_of_sweep(store, sweep)
    check_alike(shown)
    subjects = sources.Subjects(asked, shown, data_spec, database)
    tally, rows = Tally(shown, how), compare(shown, subjects, method=how, target=of)
    title = f"Where networks look: {', '.join(one.name for one in shown)}"
    files = write_gallery(output, rows, shown, tally, title=title)
    subjects.complain(tally.images)
    if sweep is not None:
        with Store.open(database) as store:
            store.put_gallery(stored.as_gallery(sweep, tally, files))
    if json:
        unread = [{"image": one.name, "problem": one.problem} for one in subjects.unread]
        names = [str(file) for file in files]
        found = {"networks": tally.to_dict(), "without_weights": list(missing)}
        print_json(found | {"files": names, "unread": unread})
    else:
        show_figures(console(), tally.to_dict(), files)
