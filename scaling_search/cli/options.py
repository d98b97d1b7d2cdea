"""Options that several commands share, each described once."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import completion, user_code

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        envvar="SCALING_SEARCH_DATABASE_URL",
        show_envvar=True,
        help="Where results are kept: sqlite:////path/results.db or postgresql://…; "
        "by default a file in your data folder (`scaling-search db path`).",
    ),
]

ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        envvar="SCALING_SEARCH_SERVER",
        show_envvar=True,
        help="Ask the service at this address, such as http://host:8321, in place of a database; "
        "SCALING_SEARCH_TOKEN holds the token where it wants one.",
    ),
]

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document with stable keys instead of text.")
]

QuantityOption = Annotated[
    str,
    typer.Option(
        "--quantity",
        metavar="NAME",
        help="Of what the target is a multiple: flops, params, activations or latency.",
        autocompletion=completion.quantities,
    ),
]

SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change any key of the space file; repeatable. For example proxy.images=5000 or "
        "space.target.tolerance=0.1; values are YAML.",
    ),
]

DataSetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="data.KEY=VALUE",
        help="How the images are read, repeatable. For example data.layout=classes or "
        "data.label_column=kind; values are YAML.",
    ),
]

SpaceArgument = Annotated[
    str,
    typer.Argument(
        metavar="[SPACE]",
        help="A preset (quickstart, small-images, paper) or a YAML file.",
        autocompletion=completion.presets,
    ),
]

SeedsOption = Annotated[
    int | None,
    typer.Option("--seeds", metavar="N", help="Trials of a candidate, seeds 0 to N − 1."),
]

StrategyOption = Annotated[
    str | None,
    typer.Option(
        "--strategy",
        metavar="NAME",
        help="How the budget is spent: grid (every candidate with every seed), contenders "
        "(further seeds for those still in the running), asha or hyperband (early stopping), tpe "
        "or gp (samplers). `--set strategy.KEY=VALUE` changes its details.",
        autocompletion=completion.strategies,
    ),
]

ImagesOption = Annotated[
    int | None,
    typer.Option("--images", metavar="N", help="Budget: training images of every trial."),
]

NameOption = Annotated[str | None, typer.Option("--name", help="A name for the sweep, for people.")]

SkipCorruptOption = Annotated[
    bool,
    typer.Option("--skip-corrupt", help="Leave out images that cannot be decoded; counted."),
]

StrictOption = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="Refuse images that are exact copies between training, validation and test split, "
        "or that have contradicting labels; noted otherwise.",
    ),
]

DatasetOption = Annotated[
    str | None,
    typer.Option(
        "--dataset",
        metavar="NAME|PATH",
        help="The images: digits, a folder with one sub-folder a class (with or without train/, "
        "val/, test/), a Parquet file or folder, or hub:owner/name.",
        autocompletion=completion.datasets,
    ),
]

KeepOption = Annotated[
    str | None,
    typer.Option(
        "--keep-checkpoints",
        metavar="best:K|all|none",
        help="Keep the weights of the K most accurate trials, of all, or of none (the default), "
        "in SCALING_SEARCH_CHECKPOINT_DIR.",
    ),
]

WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers", metavar="N", help="Trials at once. By default as many as the machine takes."
    ),
]

CpusOption = Annotated[
    int, typer.Option("--cpus-per-trial", metavar="N", help="Threads of each trial.")
]

GpusOption = Annotated[
    float,
    typer.Option(
        "--gpus-per-trial",
        metavar="X",
        help="CUDA devices of each trial: 0 trains on the CPU, 0.25 lets four trials share one.",
    ),
]

AttemptsOption = Annotated[
    int, typer.Option("--attempts", metavar="N", help="How often a trial that fails is tried.")
]

RayOption = Annotated[
    str | None,
    typer.Option(
        "--ray-address",
        metavar="HOST:PORT",
        help="A running Ray cluster, of which this machine is a node; without it a private Ray "
        "starts and ends with the command.",
    ),
]

QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress on stderr; results are still printed.")
]

ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite the file.")]

NetworkFormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="Write the networks for another program, in place of a table: transformers, keras, "
        "efficientnet_pytorch, pycls, torchvision, timm, python (this package), json or yaml.",
        autocompletion=completion.formats,
    ),
]

NetworkOption = Annotated[
    str,
    typer.Option(
        "--network",
        metavar="NAME|FILE",
        help="A member of the published family, b0 to b7, a network that `family` or `model` "
        "wrote with --format json or yaml, or a checkpoint.",
    ),
]

OutputOption = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE|FOLDER",
        help="Where to; by default stdout. In a folder each member gets a file; a slash at the end "
        "makes one.",
    ),
]

MultipleOption = Annotated[
    int,
    typer.Option(
        "--resolution-multiple",
        metavar="PX",
        min=1,
        max=256,
        help="Round resolutions to multiples of this; transformers needs even ones (2).",
    ),
]

MemberOption = Annotated[
    str | None, typer.Option("--member", metavar="NAME", help="This one alone, for example b3.")
]

ThemeOption = Annotated[
    str,
    typer.Option(
        "--theme",
        metavar="NAME",
        help="light or dark; auto follows the reader's system, in images it is light.",
    ),
]

BaselineOption = Annotated[
    str,
    typer.Option(
        "--baseline",
        metavar="NAME",
        help="The network being scaled (`scaling-search baselines`).",
        autocompletion=completion.baselines,
    ),
]

OwnBaselineOption = Annotated[
    str | None,
    typer.Option(
        "--baseline",
        metavar="NAME|MODULE:CLASS",
        help="Scale this network in place of the file's: a name (`scaling-search baselines`), or "
        "a class of your own, such as mypkg.nets:TinyNet, whose code is run.",
        autocompletion=completion.baselines,
        callback=user_code.typed,
    ),
]

FamilyBaselineOption = Annotated[
    str | None,
    typer.Option(
        "--baseline",
        metavar="NAME|MODULE:CLASS",
        help="By default that of the sweep, or efficientnet_b0; a class of your own, such as "
        "mypkg.nets:TinyNet, is run, and checked first.",
        autocompletion=completion.baselines,
        callback=user_code.typed,
    ),
]

CodeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--baseline",
        metavar="MODULE:CLASS",
        help="The class of your own that it is of, such as mypkg.nets:TinyNet: its code is run, "
        "which is never done because a file or a database names it; repeatable.",
        callback=user_code.typed_of_file,
    ),
]

SweepArgument = Annotated[
    int,
    typer.Argument(
        metavar="SWEEP",
        help="The sweep's number (`scaling-search sweeps`).",
        autocompletion=completion.sweeps,
    ),
]

SlotsOption = Annotated[
    int,
    typer.Option("--slots", metavar="N", help="Sweeps that the runner drives at once."),
]

RunnerWorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        metavar="N",
        help="Trials at once of each sweep. By default the machine is shared out among the slots.",
    ),
]

RunnerRayOption = Annotated[
    str | None,
    typer.Option(
        "--ray-address",
        metavar="HOST:PORT",
        help="A running Ray cluster, of which this machine is a node; without it the runner "
        "starts a Ray of its own. While the cluster is away, sweeps wait.",
    ),
]

LeaseOption = Annotated[
    float,
    typer.Option(
        "--lease",
        metavar="SECONDS",
        help="When a sweep is free for another runner after this one's last sign of life.",
    ),
]
