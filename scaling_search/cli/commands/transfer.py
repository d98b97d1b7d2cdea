"""`scaling-search transfer`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import completion, options
from scaling_search.cli.parameters import Without, argument, option, option_group


@option_group()
class TransferOptions:
    """The weights, and the methods to train with them."""

    weights: tuple[str, ...] = argument(
        "[[NAME=]WEIGHTS]…",
        "A checkpoint (`run --keep-checkpoints`), an EfficientNet's state dict under the names of "
        "torchvision, timm, efficientnet_pytorch or transformers, or hub:owner/name; with names "
        "for people.",
        default=(),
    )
    methods: str | None = option(
        "--methods",
        "NAME,NAME,…",
        "linear_probe, full, gradual and scratch; by default all. Without scratch nothing is "
        "compared.",
    )
    seeds: int | None = option("--seeds", "N", "Runs per method, seeds 0 to N − 1; 3.")
    images: int | None = option(
        "--images", "N", "Budget: training images per run, repeats counted."
    )
    rates: str | None = option(
        "--rates", "X,X,…", "Learning rates to choose from on the validation split; one: no choice."
    )
    resolution_px: int | None = option(
        "--resolution", "PX", "Another resolution than that of the weights."
    )
    network: str | None = option(
        "--network",
        "NAME|FILE",
        "Network of the weights, where they do not name it: b0 to b7, or a network that `family` "
        "or `model` wrote. Published members are recognised.",
    )
    library: str | None = option(
        "--from",
        "LIBRARY",
        "Library whose names a state dict has; by default it is recognised.",
        complete=completion.libraries,
    )
    keep: str | None = option(
        "--keep",
        "best|all|none",
        "Networks to keep as checkpoints: the best of each weights and data set (the default), "
        "all, or none.",
    )
    settings: tuple[str, ...] = option(
        "--set",
        "KEY=VALUE",
        "Any key of the transfer: recipe.batch_size=32, data.split_seed=1, weights.padding=same, "
        "thaw=0.3; repeatable.",
        default=(),
    )
    name: str | None = option("--name", None, "Name of the transfer, for people.")


@option_group(options.IMAGES)
class TargetOptions(options.Images):
    """The data sets that weights are transferred to."""

    datasets: tuple[str, ...] = option(
        "--dataset",
        "NAME|PATH",
        "Data set to transfer to; repeatable.",
        default=(),
        complete=completion.datasets,
    )
    train_images: int | None = option(
        "--train-images", "N", "Use only this many images of each training split."
    )


@option_group(options.TRAINING)
class DeviceOptions:
    """Where runs are trained."""

    device: str = option("--device", "NAME", "cpu, cuda or cuda:N.", default="cpu")
    threads: int = option("--threads", "N", "CPU threads.", default=1, min=1)


def transfer(
    options: TransferOptions,
    images: Annotated[TargetOptions, Without("dataset")],
    device: DeviceOptions,
    stored: options.Database,
    output: options.Progress,
    resume: Annotated[
        int | None,
        typer.Option(
            "--resume", metavar="N", help="Continue transfer N (`scaling-search transfers`)."
        ),
    ] = None,
    baseline: options.UserClasses = None,
) -> None:
    r"""Train from trained weights on other images.

    Every method is compared with a start from scratch. The classifier is replaced. linear_probe
    trains it alone, on features that are computed once; full trains everything; gradual unfreezes
    stage after stage, from the last to the first; scratch is the same network from random weights.
    All have the same budget, the same order of images and the same classifier at the start. Each
    method's learning rate is chosen on the validation split with a seed of its own; accuracies are
    those of the test split, which every run uses once. The networks that are kept are ordinary
    checkpoints: `predict`, `cam` and `onnx` take them.

    Runs are stored as they end: ctrl-C loses the one that is training, --resume continues.

    Examples:
      scaling-search transfer best.safetensors --dataset ~/photos
      scaling-search transfer b0=efficientnet_b0.pth b3=efficientnet_b3.pth --dataset ~/photos \
        --dataset ~/flowers --seeds 5 --device cuda
      scaling-search transfer hub:timm/efficientnet_b0.ra_in1k --dataset ~/photos --resolution 128

    Exit codes: 0 done (whatever the result), 1 failed, 2 wrong input, 130 ctrl-C or SIGTERM.
    """
    from results.values.json import to_json
    from scaling_search.cli import transfer_runs
    from scaling_search.cli.training import stoppable
    from scaling_search.cli.views.transfer import show_transfer

    display = output.display()
    with stoppable(), stored.open() as store:
        if resume is None:
            spec = transfer_runs.read(options, images, stored.database)
        else:
            spec = transfer_runs.read_stored(store, resume, options, images)
        with display.preparing() as progress:
            ready = transfer_runs.ready(spec, device.device, progress)
        number = transfer_runs.begin(store, ready, resume, display)
        transfer_runs.train(store, number, ready, device, display)
        found = store.transfer(number)
    output.present(to_json(found), lambda out: show_transfer(out, found))
