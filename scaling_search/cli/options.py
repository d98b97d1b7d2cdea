"""Options that several commands share, each described once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from scaling_search.cli import completion, user_code
from scaling_search.cli.parameters import flag, option, option_group

if TYPE_CHECKING:
    from rich.console import Console

    from results.store import Store
    from scaling_search.cli.records import Records
    from scaling_search.cli.views.progress import Display
    from scaling_search.tune import execution as tune

IMAGES: Final = "Images"
SEARCH: Final = "Search"
NETWORK: Final = "Network"
TRAINING: Final = "Training"
STORED: Final = "Where results are kept"
OUTPUT: Final = "Output"

SweepNumber = Annotated[
    int,
    typer.Argument(
        metavar="SWEEP",
        help="Number of the sweep (`scaling-search sweeps`).",
        autocompletion=completion.sweeps,
    ),
]
Space = Annotated[
    str,
    typer.Argument(
        metavar="[SPACE]",
        help="A preset (quickstart, small-images, paper) or a YAML file.",
        autocompletion=completion.presets,
    ),
]
UserClasses = Annotated[
    list[str] | None,
    typer.Option(
        "--baseline",
        metavar="MODULE:CLASS",
        help="Your own class that is the baseline, such as mypkg.nets:TinyNet. Its code is run "
        "only because you name it here, never because a file or a database does; repeatable.",
        callback=user_code.allow_classes,
        rich_help_panel=NETWORK,
    ),
]


@option_group(OUTPUT)
class Output:
    """How results are printed."""

    json: bool = flag("--json", "Print one JSON document with stable keys instead of text.")

    def present(self, document: Any, show: Callable[[Console], None]) -> None:
        """Print the document with --json, else the text, to stdout."""
        from scaling_search.cli.output import console, print_json

        if self.json:
            print_json(document)
        else:
            show(console())

    def present_line(self, document: Any, text: str) -> None:
        """Print the document with --json, else one line of text, to stdout."""
        self.present(document, lambda out: out.print(text, markup=False, soft_wrap=True))


@option_group(OUTPUT)
class Progress(Output):
    """How results are printed, and whether progress is."""

    quiet: bool = option(
        "--quiet",
        None,
        "No progress on stderr; results are still printed.",
        default=False,
        short="-q",
    )

    def display(self) -> Display:
        """The display of progress on stderr."""
        from scaling_search.cli.views.progress import Display

        return Display(quiet=self.quiet)


@option_group(STORED)
class Database:
    """A database."""

    database: str | None = option(
        "--database",
        "URL",
        "Database of the results: sqlite:////path/results.db or postgresql://…; by default a file "
        "in your data folder (`scaling-search db path`).",
        envvar="SCALING_SEARCH_DATABASE_URL",
        show_envvar=True,
    )

    def open(self) -> AbstractContextManager[Store]:
        """The database, created where it is an embedded one; see `Store.open`."""
        from results.store import Store

        return Store.open(self.database)


@option_group(STORED)
class Results(Database):
    """A database, or a service in its place."""

    server: str | None = option(
        "--server",
        "URL",
        "Ask the service at this address, such as http://host:8321, instead of a database; "
        "SCALING_SEARCH_TOKEN holds its token where it needs one.",
        envvar="SCALING_SEARCH_SERVER",
        show_envvar=True,
    )

    def connect(self) -> AbstractContextManager[Records]:
        """The service if one is named, else the database; see `open_records`."""
        from scaling_search.cli.records import open_records

        return open_records(self.server, self.database)


@option_group(IMAGES)
class DataSet:
    """The images."""

    dataset: str | None = option(
        "--dataset",
        "NAME|PATH",
        "Images: digits, a folder with one sub-folder per class (with or without train/, val/, "
        "test/), a Parquet file or folder, or hub:owner/name.",
        complete=completion.datasets,
    )


@option_group(IMAGES)
class Images(DataSet):
    """The images, and what to do about faulty ones."""

    skip_corrupt: bool = flag(
        "--skip-corrupt", "Leave out images that cannot be decoded, and count them."
    )
    strict: bool = flag(
        "--strict",
        "Refuse images that are exact copies between training, validation and test split, or that "
        "have contradicting labels; without, they are noted.",
    )

    def changes(self) -> dict[str, Any]:
        """Keys of a data set's description that these options change."""
        given = {"name": self.dataset, "skip_corrupt": self.skip_corrupt, "strict": self.strict}
        return {key: value for key, value in given.items() if value not in (None, False)}


@option_group(IMAGES)
class Reading:
    """How images are read by a command that is not about a sweep."""

    settings: tuple[str, ...] = option(
        "--set",
        "data.KEY=VALUE",
        "How the images are read; repeatable. For example data.layout=classes or "
        "data.label_column=kind; values are YAML.",
        default=(),
    )


@option_group(SEARCH)
class Strategy:
    """How trials are chosen."""

    strategy: str | None = option(
        "--strategy",
        "NAME",
        "How the budget is spent: grid (every candidate with every seed), contenders (further "
        "seeds for those that may still win), asha or hyperband (early stopping), tpe or gp "
        "(samplers). `--set strategy.KEY=VALUE` changes its details.",
        complete=completion.strategies,
    )


@option_group(SEARCH)
class Search(Strategy):
    """Changes of a space file."""

    baseline: str | None = option(
        "--baseline",
        "NAME|MODULE:CLASS",
        "Scale this network instead of the file's: a name (`scaling-search baselines`), or a class "
        "of your own, such as mypkg.nets:TinyNet, whose code is run.",
        complete=completion.baselines,
        callback=user_code.allow_baseline,
    )
    seeds: int | None = option("--seeds", "N", "Trials per candidate, seeds 0 to N − 1.")
    images: int | None = option("--images", "N", "Budget: training images per trial.")
    settings: tuple[str, ...] = option(
        "--set",
        "KEY=VALUE",
        "Change any key of the space file; repeatable. For example proxy.images=5000 or "
        "space.target.tolerance=0.1; values are YAML.",
        default=(),
    )
    name: str | None = option("--name", None, "Name of the sweep, for people.")
    keep_checkpoints: str | None = option(
        "--keep-checkpoints",
        "best:K|all|none",
        "Keep the weights of the K most accurate trials, of all, or of none (the default), in "
        "SCALING_SEARCH_CHECKPOINT_DIR.",
    )

    def changes(self) -> dict[str, Any]:
        """Keys of a space file that these options change, without `--set`."""
        given = {
            "proxy": None if self.images is None else {"images": self.images},
            "strategy": None if self.strategy is None else {"name": self.strategy},
            "space": None if self.baseline is None else {"baseline": self.baseline},
            "seeds": self.seeds,
            "name": self.name,
            "keep_checkpoints": self.keep_checkpoints,
        }
        return {key: value for key, value in given.items() if value is not None}


@option_group(TRAINING)
class Execution:
    """Where trials are trained, and how many at once."""

    workers: int | None = option(
        "--workers", "N", "Trials at once. By default as many as the machine can take."
    )
    cpus_per_trial: int = option("--cpus-per-trial", "N", "Threads per trial.", default=1)
    gpus_per_trial: float = option(
        "--gpus-per-trial",
        "X",
        "CUDA devices per trial: 0 trains on the CPU, 0.25 lets four trials share one.",
        default=0.0,
    )
    attempts: int = option("--attempts", "N", "How often a trial that fails is tried.", default=2)
    ray_address: str | None = option(
        "--ray-address",
        "HOST:PORT",
        "A running Ray cluster, of which this machine is a node; without it a private Ray starts "
        "and ends with the command.",
    )

    def execution(self, workers: int) -> tune.Execution:
        """The same with this number of trials at once.

        Raises:
            InputError: a number makes no sense.
        """
        from scaling_search.tune.execution import Execution

        return Execution(
            workers=workers,
            cpus_per_trial=self.cpus_per_trial,
            gpus_per_trial=self.gpus_per_trial,
            attempts=self.attempts,
            ray_address=self.ray_address,
        )


@option_group(OUTPUT)
class Figure:
    """Files of figures."""

    theme: str = option(
        "--theme",
        "NAME",
        "light or dark; auto follows the reader's system, in images it is light.",
        default="auto",
    )
    force: bool = flag("--force", "Overwrite existing files.")


@option_group(OUTPUT)
class Drawing(Figure):
    """A file to draw to instead of printing."""

    output: str | None = option(
        "--output",
        "FILE|FOLDER",
        "Draw it to a file: .html, .json (Plotly's), .png, .svg or .pdf.",
        short="-o",
    )
