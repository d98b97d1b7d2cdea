"""`scaling-search onnx`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from scaling_search.cli import network_options, options
from scaling_search.cli.parameters import argument, flag, option, option_group

if TYPE_CHECKING:
    from scaling_search.cli.views.progress import Display
    from scaling_search.data import PreparedDataset
    from scaling_search.networks.checkpoints import Checkpoint


@option_group()
class OnnxOptions(network_options.Network):
    """The file, its weights and its int8 form."""

    output: str = argument("FILE", "File to write, such as b1.onnx, or a folder.")
    weights: Path | None = option(
        "--weights",
        "FILE",
        "Trained weights, under any library's names (`scaling-search weights`).",
    )
    pretrained: bool = flag(
        "--pretrained", "They are the library's own, with its padding and ε of norms."
    )
    images: int = option(
        "--images",
        "N",
        "Without --weights, train on this many images of the data set first.",
        default=10_000,
    )
    int8: bool = flag("--int8", "Also FILE-int8.onnx, calibrated on images of the data set.")
    calibration: int = option("--calibration", "N", "Images for the calibration.", default=128)
    max_loss: float = option(
        "--max-loss",
        "POINTS",
        "Accuracy that int8 may lose, in percentage points on the validation images: more than 1 "
        "is a warning, more than this an error, and the file is not written.",
        default=5.0,
        min=0,
        max=100,
    )
    classes: int | None = option("--classes", "N", "By default those of the data set.")


@option_group(options.IMAGES)
class DataOptions(options.DataSet, options.Reading):
    """The images for training, calibration and accuracy."""


def onnx(
    options: OnnxOptions,
    images: DataOptions,
    stored: options.Database,
    output: options.Progress,
    baseline: options.UserClasses = None,
) -> None:
    """Write a network as ONNX, also quantised to int8.

    The file is checked against PyTorch's outputs. With a data set, the accuracy of the files on its
    validation images is printed. int8 that loses more than 1 point of it is a warning, more than
    --max-loss an error: exit code 1, and the int8 file is not written. Without weights and data set
    the weights are random: good for measuring time and size. A checkpoint contains its weights. Its
    files, and those of a network that is trained here, say in their metadata how images are
    prepared (`preprocessing`) and what the classes are called (`labels`).

    Examples:
      scaling-search onnx b0.onnx --network b0
      scaling-search onnx small.onnx --network small.json --dataset digits --int8
      scaling-search onnx b3.onnx --network b3 --weights efficientnet_b3.pth --pretrained
      scaling-search onnx pets.onnx --network transfer-1-full-seed-0-0c5d8e3fa1b2.safetensors
    """
    from scaling_search.cli import exports
    from scaling_search.cli.failures import FAILED
    from scaling_search.cli.network_files import spec_of
    from scaling_search.cli.views.progress import Display
    from scaling_search.cli.views.quantised import loss_told, show
    from scaling_search.uses.edge.deployment import Int8, LibraryWeights, deploy

    _check(options, images)
    checkpoint = _checkpoint(options)
    source = checkpoint or spec_of(options.network, options.classes)
    target = exports.in_folder(options.output, f"{Path(options.network).stem}.onnx")
    exports.check_target(target, force=options.force)
    quantised = None
    if options.int8:
        quantised = Int8(
            target=target.with_name(f"{target.stem}-int8.onnx"),
            calibration=options.calibration,
            max_loss=options.max_loss / 100,
        )
        exports.check_target(quantised.target, force=options.force)
    weights = LibraryWeights(options.weights, options.pretrained) if options.weights else None
    display = Display(quiet=output.quiet or output.json)
    data = _prepare(images, stored.database, checkpoint, display)
    with display.saying() as progress:
        deployed = deploy(
            source,
            target,
            weights=weights,
            data=data,
            images=options.images,
            quantised=quantised,
            progress=progress,
        )
    output.present(deployed, lambda out: show(out, deployed))
    for row in deployed["files"]:
        loss_told(row, deployed["validation_images"], options.max_loss)
    if any(row.get("verdict") == "refused" for row in deployed["files"]):
        raise typer.Exit(FAILED)


def _check(options: OnnxOptions, images: DataOptions) -> None:
    """Refuse options that need others."""
    from search_spaces.errors import InputError

    if options.int8 and images.dataset is None:
        raise InputError("--int8 needs images to calibrate on: add for example --dataset digits")
    if images.settings and images.dataset is None:
        raise InputError("--set says how images are read: add --dataset, or leave it out")
    if options.pretrained and options.weights is None:
        raise InputError("--pretrained says what --weights are: name their file, or leave it out")


def _checkpoint(options: OnnxOptions) -> Checkpoint | None:
    """The checkpoint that `--network` names, if it names one."""
    from scaling_search.cli.checkpoints import find
    from scaling_search.networks.checkpoints import load
    from scaling_search.networks.checkpoints.files import SUFFIX
    from search_spaces.errors import InputError

    if not options.network.endswith(SUFFIX):
        return None
    checkpoint = load(find(Path(options.network)))
    if options.weights is not None or options.classes is not None:
        raise InputError(
            f"--network {options.network} is a checkpoint, with weights and classes of its own: "
            f"leave {'--weights' if options.weights is not None else '--classes'} out"
        )
    return checkpoint


def _prepare(
    images: DataOptions, database: str | None, checkpoint: Checkpoint | None, display: Display
) -> PreparedDataset | None:
    """The images, decoded like those of the checkpoint; a warning if it may have seen them."""
    from scaling_search.cli import inputs
    from scaling_search.cli.failures import complain

    if images.dataset is None:
        return None
    about = None if checkpoint is None else checkpoint.about
    alike = {}
    if about is not None:
        alike = about.model_dump(include={"source_px", "depth_bits"})
        alike["in_channels"] = about.channels
    spec = inputs.data_spec(images.dataset, images.settings, database, **alike)
    data = inputs.prepared(spec, display)
    same = about is not None and about.dataset == data.name
    if about is not None and same and about.split_key not in (None, data.split_key):
        complain(
            f"the split of {data.name} is not the one that the network was trained with: "
            "images that it is measured on may have been trained on, and the accuracy too high",
            label="Warning",
        )
    return data
