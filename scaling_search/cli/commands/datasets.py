"""`scaling-search datasets`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import completion, options
from scaling_search.cli.help import PanelCommand
from scaling_search.cli.parameters import Without, expand

datasets = typer.Typer(rich_markup_mode=None, invoke_without_command=True)


@datasets.callback()
@expand
def listing(context: typer.Context, stored: options.Database, output: options.Output) -> None:
    """List, inspect or register data sets.

    Listed are those that come with the installation and those that sweeps have used.
    Any folder of images works without being listed: one sub-folder per class, with or without
    train/, val/ and test/; so do Parquet files and hub:owner/name.

    Examples:
      scaling-search datasets
      scaling-search datasets inspect ~/photos
    """
    if context.invoked_subcommand is not None:
        return
    from scaling_search.cli.views import datasets as view

    rows = view.known_datasets(stored.database)
    output.present({"datasets": rows}, lambda out: view.show_datasets(out, rows))


@datasets.command(cls=PanelCommand)
@expand
def inspect(
    path: Annotated[str, typer.Argument(metavar="NAME|PATH", autocompletion=completion.datasets)],
    images: Annotated[options.Images, Without("dataset")],
    reading: options.Reading,
    stored: options.Database,
    output: options.Output,
) -> None:
    """Prepare a data set and describe it.

    Printed are classes, counts, native pixels, notes and fingerprint. The images are decoded once
    into the cache, as for a sweep; nothing is trained. A registered name is read in the way that
    was registered with it.

    Examples:
      scaling-search datasets inspect ~/photos
      scaling-search datasets inspect ~/vehicles --set data.layout=classes
    """
    from scaling_search.cli import inputs
    from scaling_search.cli.views import datasets as view
    from scaling_search.cli.views.progress import Display

    spec = inputs.data_spec(path, reading.settings, stored.database, **images.changes())
    data = inputs.prepared(spec, Display(quiet=output.json))
    output.present(view.dataset_document(data), lambda out: view.show_dataset(out, data))


@datasets.command(cls=PanelCommand)
@expand
def add(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name for submitted sweeps, such as photos.")
    ],
    path: Annotated[
        str,
        typer.Argument(
            metavar="PATH", help="A folder, a Parquet file or folder, or hub:owner/name."
        ),
    ],
    images: Annotated[options.Images, Without("dataset")],
    reading: options.Reading,
    stored: options.Database,
    output: options.Output,
) -> None:
    """Register a data set, for submitted sweeps to name.

    Over HTTP a sweep cannot name any path of the server's, only what is registered. The images are
    prepared once, which settles classes, channels and fingerprint; runners on other machines need
    them at the same place. How they are read is registered with them. Adding the name again
    registers the images as they are by then. On this machine every command takes the name, too.

    Examples:
      scaling-search datasets add photos ~/photos
      scaling-search datasets add vehicles ~/vehicles --set data.layout=classes
    """
    from results.store import Store
    from scaling_search.cli.inputs import data_spec
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.service import service_database
    from scaling_search.cli.views import datasets as view
    from scaling_search.cli.views.progress import Display
    from scaling_search.sweeps.registration import register

    url = service_database(stored.database)
    spec = data_spec(path, reading.settings, url, **images.changes())
    with Store.open(url) as store, Display(quiet=output.json).preparing() as progress:
        data = register(store, name, spec, progress)
    if output.json:
        print_json(view.dataset_document(data) | {"name": name, "source": spec.name})
        return
    view.show_dataset(console(), data)
    console().print(f"\nregistered as {name}", markup=False)
