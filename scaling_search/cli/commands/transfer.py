"""`scaling-search transfer`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import completion
from scaling_search.cli.options import (
    CodeOption,
    DatabaseOption,
    JsonOption,
    NameOption,
    QuietOption,
    SkipCorruptOption,
    StrictOption,
)


def transfer(
    weights: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[[NAME=]WEIGHTS]…",
            help="A checkpoint (`run --keep-checkpoints`), an EfficientNet's state dict under the "
            "names of torchvision, timm, efficientnet_pytorch or transformers, or "
            "hub:owner/name; with names for people.",
        ),
    ] = None,
    dataset: Annotated[
        list[str] | None,
        typer.Option(
            "--dataset",
            metavar="NAME|PATH",
            help="To which images; repeatable.",
            autocompletion=completion.datasets,
        ),
    ] = None,
    methods: Annotated[
        str | None,
        typer.Option(
            "--methods",
            metavar="NAME,NAME,…",
            help="linear_probe, full, gradual and scratch, which is all; without scratch nothing "
            "is compared.",
        ),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option("--seeds", metavar="N", help="Runs of a method, seeds 0 to N − 1; 3."),
    ] = None,
    images: Annotated[
        int | None,
        typer.Option(
            "--images", metavar="N", help="Budget: training images of every run, repeats counted."
        ),
    ] = None,
    rates: Annotated[
        str | None,
        typer.Option(
            "--rates",
            metavar="X,X,…",
            help="Learning rates to choose from on the validation split; one: no choice.",
        ),
    ] = None,
    resolution: Annotated[
        int | None,
        typer.Option("--resolution", metavar="PX", help="Another than the weights are for."),
    ] = None,
    train_images: Annotated[
        int | None,
        typer.Option(
            "--train-images", metavar="N", help="Use only so many images of each training split."
        ),
    ] = None,
    network: Annotated[
        str | None,
        typer.Option(
            "--network",
            metavar="NAME|FILE",
            help="What the weights are of, where they do not say it: b0 to b7, or a network that "
            "`family` or `model` wrote. Published members are recognised.",
        ),
    ] = None,
    library: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="LIBRARY",
            help="Whose names a state dict has; found from them by default.",
            autocompletion=completion.libraries,
        ),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            "--keep",
            metavar="best|all|none",
            help="Which networks to keep as checkpoints: the best of each weights and data set "
            "(the default), all, or none.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Any key of the transfer: recipe.batch_size=32, data.split_seed=1, "
            "weights.padding=same, thaw=0.3; repeatable.",
        ),
    ] = None,
    baseline: CodeOption = None,
    name: NameOption = None,
    skip_corrupt: SkipCorruptOption = False,
    strict: StrictOption = False,
    resume: Annotated[
        int | None,
        typer.Option(
            "--resume", metavar="N", help="Go on with transfer N (`scaling-search transfers`)."
        ),
    ] = None,
    device: Annotated[
        str, typer.Option("--device", metavar="NAME", help="cpu, cuda or cuda:N.")
    ] = "cpu",
    threads: Annotated[int, typer.Option("--threads", metavar="N", min=1, help="On the CPU.")] = 1,
    database: DatabaseOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Use what was learned on some images for others, beside a start from scratch.

    The classifier is replaced. linear_probe trains it alone, on features that are computed once;
    full trains everything; gradual lets stage after stage be trained, from the last to the first;
    scratch is the same network from random weights. All have the same budget, the same order of
    images and the same classifier at the start. Each method's learning rate is chosen on the
    validation split with a seed of its own; accuracies are those of the test split, which is asked
    once for each run. The networks that are kept are checkpoints as any other: `predict`, `cam`
    and `onnx` take them.

    Runs are stored as they end: ctrl-C loses the one that was trained, --resume goes on.

    \b
    Examples:
      scaling-search transfer best.safetensors --dataset ~/photos
      scaling-search transfer b0=efficientnet_b0.pth b3=efficientnet_b3.pth --dataset ~/photos \\
        --dataset ~/flowers --seeds 5 --device cuda
      scaling-search transfer hub:timm/efficientnet_b0.ra_in1k --dataset ~/photos --resolution 128

    Exit codes: 0 done (whatever it found), 1 failed, 2 wrong input, 130 ctrl-C or SIGTERM.
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.store import Store
    from results.values.json import to_json
    from scaling_search.cli import transferring
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.process import stoppable
    from scaling_search.cli.views.progress import Display
    from scaling_search.cli.views.transfer import show_transfer

    display = Display(quiet=quiet)
    asked = transferring.Asked(
        weights=tuple(weights or ()),
        datasets=tuple(dataset or ()),
        methods=methods,
        seeds=seeds,
        images=images,
        rates=rates,
        resolution_px=resolution,
        train_images=train_images,
        network=network,
        library=library,
        keep=keep,
        settings=tuple(settings or ()),
        name=name,
        skip_corrupt=skip_corrupt,
        strict=strict,
    )
    with stoppable(), Store.open(database) as store:
        spec = asked.read(database) if resume is None else asked.resumed(store, resume)
        with display.preparing() as progress:
            ready = transferring.ready(spec, device, progress)
        number = transferring.begin(store, ready, resume, quiet=quiet)
        transferring.train(store, number, ready, display, device=device, threads=threads)
        found = store.transfer(number)
    if json:
        print_json(to_json(found))
    else:
        show_transfer(console(), found)
