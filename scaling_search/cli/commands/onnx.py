"""`scaling-search onnx`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaling_search.cli.options import (
    CodeOption,
    DatabaseOption,
    DataSetOption,
    DatasetOption,
    ForceOption,
    JsonOption,
    NetworkOption,
    QuietOption,
)


def onnx(
    output: Annotated[
        str,
        typer.Argument(metavar="FILE", help="Where to: b1.onnx, or a folder."),
    ],
    network: NetworkOption,
    weights: Annotated[
        Path | None,
        typer.Option(
            "--weights",
            metavar="FILE",
            help="Trained weights, under any library's names (`scaling-search weights`).",
        ),
    ] = None,
    pretrained: Annotated[
        bool,
        typer.Option(
            "--pretrained", help="They are the library's own, with its padding and ε of norms."
        ),
    ] = False,
    dataset: DatasetOption = None,
    images: Annotated[
        int,
        typer.Option(
            "--images",
            metavar="N",
            help="Without --weights, train on so many images of the data set first.",
        ),
    ] = 10_000,
    int8: Annotated[
        bool,
        typer.Option("--int8", help="Also FILE-int8.onnx, calibrated on images of the data set."),
    ] = False,
    calibration: Annotated[
        int, typer.Option("--calibration", metavar="N", help="Images that int8 is calibrated on.")
    ] = 128,
    max_loss: Annotated[
        float,
        typer.Option(
            "--max-loss",
            metavar="POINTS",
            min=0,
            max=100,
            help="Accuracy that int8 may lose, in percentage points on the validation images: more "
            "than 1 is a warning, more than this an error, and the file is not written.",
        ),
    ] = 5.0,
    classes: Annotated[
        int | None,
        typer.Option("--classes", metavar="N", help="Of the network; the data set's by default."),
    ] = None,
    baseline: CodeOption = None,
    settings: DataSetOption = None,
    database: DatabaseOption = None,
    force: ForceOption = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Write a network as ONNX, checked against PyTorch's outputs; with --int8 quantised too.

    With a data set, the accuracy of both files on its validation images is told. int8 that costs
    more than 1 point of it is a warning, more than --max-loss an error: exit code 1, and the int8
    file is not written. Without weights and data set the weights are random: good for measuring
    time and size. A checkpoint has its weights in it. Its files, and those of a network that is
    trained here, say in their metadata how images are prepared (`preprocessing`) and what the
    classes are called (`labels`).

    \b
    Examples:
      scaling-search onnx b0.onnx --network b0
      scaling-search onnx small.onnx --network small.json --dataset digits --int8
      scaling-search onnx b3.onnx --network b3 --weights efficientnet_b3.pth --pretrained
      scaling-search onnx pets.onnx --network transfer-1-full-seed-0-0c5d8e3fa1b2.safetensors
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from scaling_search.cli import exports
    from scaling_search.cli.checkpoints import find
    from scaling_search.cli.failures import FAILED, complain
    from scaling_search.cli.inputs import data_spec
    from scaling_search.cli.networks import spec_of
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.views.progress import Display
    from scaling_search.cli.views.quantised import loss_told, show
    from scaling_search.data.prepare import prepare
    from scaling_search.networks.checkpoints import load
    from scaling_search.networks.checkpoints.files import SUFFIX
    from scaling_search.uses.edge.deployment import deploy
    from search_spaces.errors import InputError

    if int8 and dataset is None:
        raise InputError("--int8 needs images to calibrate on: add for example --dataset digits")
    if settings and dataset is None:
        raise InputError("--set says how images are read: add --dataset, or leave it out")
    if pretrained and weights is None:
        raise InputError("--pretrained says what --weights are: name their file, or leave it out")
    checkpoint = load(find(Path(network))) if network.endswith(SUFFIX) else None
    if checkpoint is not None and (weights is not None or classes is not None):
        raise InputError(
            f"--network {network} is a checkpoint, with weights and classes of its own: leave "
            f"{'--weights' if weights is not None else '--classes'} out"
        )
    spec = spec_of(network, classes) if checkpoint is None else checkpoint.about.network
    target = exports.place(output, f"{Path(network).stem}.onnx") or Path(output)
    quantised = target.with_name(f"{target.stem}-int8.onnx") if int8 else None
    for path in (target, quantised):
        if path is not None:
            exports.check_target(path, force=force)
    data = None
    if dataset is not None:
        about = None if checkpoint is None else checkpoint.about
        alike = {} if about is None else about.model_dump(include={"source_px", "depth_bits"})
        wanted = alike if about is None else alike | {"in_channels": about.channels}
        images_of = data_spec(dataset, settings or (), database, **wanted)
        with Display(quiet=quiet or json).preparing() as prepared:
            data = prepare(images_of, progress=prepared)
        own = about is not None and about.dataset == data.name
        if about is not None and own and about.split_key not in (None, data.split_key):
            complain(
                f"the split of {data.name} is not the one that the network was trained with: "
                "images that it is measured on may have been trained on, and the accuracy too high",
                label="Warning",
            )
    with Display(quiet=quiet or json).saying() as told:
        found = deploy(
            spec,
            target,
            quantised=quantised,
            weights=weights,
            pretrained=pretrained,
            data=data,
            images=images,
            calibration=calibration,
            max_loss=max_loss / 100,
            checkpoint=checkpoint,
            told=told,
        )
    if json:
        print_json(found)
    else:
        show(console(), found)
    refused = [row for row in found["files"] if row.get("verdict") == "refused"]
    for row in found["files"]:
        loss_told(row, found["validation_images"], max_loss)
    if refused:
        raise typer.Exit(FAILED)
