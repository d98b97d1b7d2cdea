"""`scaling-search datasets`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import completion
from scaling_search.cli.options import DatabaseOption, DataSetOption, JsonOption, StrictOption

datasets = typer.Typer(rich_markup_mode=None, invoke_without_command=True)

SkipOption = Annotated[
    bool, typer.Option("--skip-corrupt", help="Leave out images that cannot be decoded.")
]


@datasets.callback()
def listing(
    context: typer.Context, database: DatabaseOption = None, json: JsonOption = False
) -> None:
    """List data sets, inspect one, or register one for the service.

    Listed are those that come with the installation and those that sweeps have used.
    Any folder of images works without being listed: one sub-folder a class, with or without
    train/, val/ and test/; so do Parquet files and hub:owner/name.

    \b
    Examples:
      scaling-search datasets
      scaling-search datasets inspect ~/photos
    """  # noqa: D301 - \b keeps the lines of the examples apart
    if context.invoked_subcommand is not None:
        return
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.views import datasets as view

    rows = view.known_datasets(database)
    if json:
        print_json({"datasets": rows})
    else:
        view.show_datasets(console(), rows)


@datasets.command()
def inspect(
    path: Annotated[str, typer.Argument(metavar="NAME|PATH", autocompletion=completion.datasets)],
    skip_corrupt: SkipOption = False,
    strict: StrictOption = False,
    settings: DataSetOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Prepare a data set and describe it: classes, counts, native pixels, notes, fingerprint.

    The images are decoded once into the cache, as a sweep would do; nothing is trained. A name that
    was registered is read as it was then.

    \b
    Examples:
      scaling-search datasets inspect ~/photos
      scaling-search datasets inspect ~/vehicles --set data.layout=classes
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from scaling_search.cli.inputs import data_spec
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.views import datasets as view
    from scaling_search.cli.views.progress import Display
    from scaling_search.data.prepare import prepare

    asked = {"skip_corrupt": skip_corrupt, "strict": strict}
    given = {key: True for key, value in asked.items() if value}
    spec = data_spec(path, settings or (), database, **given)
    with Display(quiet=json).preparing() as progress:
        data = prepare(spec, progress=progress)
    if json:
        print_json(view.dataset_document(data))
    else:
        view.show_dataset(console(), data)


@datasets.command()
def add(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What submitted sweeps call it, as photos.")
    ],
    path: Annotated[
        str,
        typer.Argument(
            metavar="PATH", help="A folder, a Parquet file or folder, or hub:owner/name."
        ),
    ],
    skip_corrupt: SkipOption = False,
    strict: StrictOption = False,
    settings: DataSetOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Register a data set with the service, so that submitted sweeps may name it.

    Over HTTP a sweep cannot name any path of the server's, only what is registered. The images are
    prepared once, which settles classes, channels and fingerprint; runners on other machines need
    them at the same place. How they are read is registered with them. Adding the name again
    registers the images as they are by then. On this machine every command takes the name, too.

    \b
    Examples:
      scaling-search datasets add photos ~/photos
      scaling-search datasets add vehicles ~/vehicles --set data.layout=classes
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from results.store import Store
    from scaling_search.cli.inputs import data_spec
    from scaling_search.cli.output import console, print_json
    from scaling_search.cli.service import service_database
    from scaling_search.cli.views import datasets as view
    from scaling_search.cli.views.progress import Display
    from scaling_search.sweeps.registration import register

    asked = {"skip_corrupt": skip_corrupt, "strict": strict}
    given = {key: True for key, value in asked.items() if value}
    url = service_database(database)
    spec = data_spec(path, settings or (), url, **given)
    with (
        Store.open(url) as store,
        Display(quiet=json).preparing() as progress,
    ):
        data = register(store, name, spec, progress)
    if json:
        print_json(view.dataset_document(data) | {"name": name, "source": spec.name})
        return
    view.show_dataset(console(), data)
    console().print(f"\nregistered as {name}", markup=False)
