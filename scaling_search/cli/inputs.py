"""Space files, data sets and stores by what the user typed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from results.database import Database
from results.errors import NotFoundError
from results.store import Store
from results.values import SweepDetail
from scaling_search.cli import options, user_code
from scaling_search.cli.parsing import merge, parse_settings
from scaling_search.cli.views.progress import Display
from scaling_search.data import PreparedDataset, built_ins
from scaling_search.data.prepare import prepare
from scaling_search.environment import machine_name
from search_spaces.errors import InputError
from search_spaces.names import is_text, printable
from search_spaces.specs.data import DataSpec
from search_spaces.specs.reading import parse
from search_spaces.specs.sweep import SweepSpec, load_sweep


def existing_store(database: str | None) -> Store:
    """The store, without creating an embedded one.

    Raises:
        FileNotFoundError: there is none yet.
    """
    target = Database(database)
    if target.is_sqlite and not Path(str(target.url.database)).exists():
        raise FileNotFoundError(str(target))
    return Store.open(database)


def dataset_name(name: str) -> str:
    """A data set's name as it is stored: paths absolute, so that any folder can resume.

    Raises:
        InputError: the path cannot be stored.
    """
    known = {entry.name for entry in built_ins()}
    if name in known or name.startswith("hub:"):
        return name
    try:
        path = Path(name).expanduser()
        stored = str(path.absolute()) if path.exists() else name
    except (OSError, RuntimeError, ValueError):
        return name  # reported where the images are read
    if not is_text(stored):
        raise InputError(
            f"the path {printable(stored)} is not UTF-8: paths of images are stored as UTF-8; "
            "rename the folder, or name it by a symbolic link"
        )
    return stored


def located(spec: DataSpec, database: str | None) -> DataSpec:
    """A description of images with an absolute path, or what is registered under its name.

    A folder or file of that name comes before a registered one.
    """
    name = dataset_name(spec.name)
    bare = name == spec.name and "/" not in name and not name.startswith(("hub:", "~"))
    if bare and name not in {entry.name for entry in built_ins()}:
        try:
            with existing_store(database) as store:
                row = store.dataset(name)
        except (FileNotFoundError, NotFoundError):
            return spec  # reported where the images are read
        return spec.registered_as(row.source, row.choices)
    # Only where it differs, so that what a file left out still counts as left out.
    return spec if name == spec.name else spec.model_copy(update={"name": name})


def is_known(name: str, database: str | None) -> bool:
    """Whether a data set comes with the installation, was registered, or was used by a sweep."""
    if name in {entry.name for entry in built_ins()}:
        return True
    try:
        with existing_store(database) as store:
            return name in {entry.name for entry in store.datasets()}
    except FileNotFoundError:
        return False


def data_spec(
    name: str, settings: Iterable[str] = (), database: str | None = None, **given: Any
) -> DataSpec:
    """The images of a command that is not about a sweep, with its `--set data.KEY=VALUE`.

    Raises:
        InputError: a key is not one of data, or a value breaks a rule.
    """
    changes = parse_settings(settings)
    chosen = changes.pop("data", {})
    if changes or not isinstance(chosen, dict):
        wrong = next(iter(changes), "data")
        raise InputError(
            f"--set {wrong}: this command reads images alone; set keys of data, for example --set "
            "data.layout=classes"
        )
    if "name" in chosen:
        raise InputError("--set data.name: the images are named by the command; leave it out")
    dataset_name(name)  # refuses what no spec can hold
    return located(parse(DataSpec, {"name": name, **given, **chosen}, "data set"), database)


def prepared(spec: DataSpec, display: Display) -> PreparedDataset:
    """The images, decoded into the cache unless they are there."""
    with display.preparing() as progress:
        return prepare(spec, progress=progress)


def read_sweep(
    space: str,
    search: options.Search,
    images: options.Images,
    database: str | None = None,
    *,
    compare: dict[str, Any] | None = None,
    local: bool = True,
) -> SweepSpec:
    """The sweep of a preset or file, with the changes of the options.

    Args:
        space: the preset or file.
        search: changes of its keys.
        images: changes of its data set.
        database: where registered data sets are looked up.
        compare: keys of a comparison, which replaces the file's search. Keys that are left out are
            those of a comparison in the file, else the defaults.
        local: the sweep is trained on this machine: paths become absolute, names of registered
            data sets are looked up, and latencies are this machine's. Otherwise names are those of
            a service.

    Raises:
        InputError: the file cannot be read, or a value breaks a rule.
    """
    changes = search.changes()
    if of_images := images.changes():
        changes["data"] = of_images
    if compare is not None:
        replaced = {"axes": None, "lattice": None, "compare": compare}
        changes["space"] = changes.get("space", {}) | replaced
    settings = parse_settings(search.settings)
    if local and isinstance(settings.get("space"), dict):
        user_code.allow(settings["space"].get("baseline"))
    spec = load_sweep(space, merge(settings, changes))
    if not local:
        return spec
    if spec.space.target.timed:
        target = spec.space.target.on(machine_name())
        held = spec.space.model_copy(update={"target": target})
        spec = spec.model_copy(update={"space": held})
    data = located(spec.data, database)
    return spec if data == spec.data else spec.model_copy(update={"data": data})


def stored_spec(sweep: SweepDetail) -> SweepSpec:
    """The spec that a sweep was stored with.

    Raises:
        InputError: another version stored it, in a form that this one does not know.
    """
    return parse(SweepSpec, sweep.spec, f"sweep {sweep.id}")
