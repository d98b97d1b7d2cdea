"""Data sets in the record: those that sweeps have used, and those that one may submit sweeps for.

A submitted sweep names a registered data set; what is registered is its source, classes, channels
and fingerprint, from which the service plans. Runners prepare the images again from the source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from results.store import Store
from results.values import NewDataset
from scaling_search.data import PreparedDataset, built_ins
from scaling_search.data.parallel import Progress, quiet
from scaling_search.data.prepare import prepare
from search_spaces.errors import InputError
from search_spaces.specs.data import DataSpec

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def as_record(
    data: PreparedDataset, *, name: str, source: str, choices: Mapping[str, Any] | None = None
) -> NewDataset:
    """Prepared images as they are stored: under a name, with their source.

    Args:
        data: the images.
        name: what they are called.
        source: where they are.
        choices: how they are to be read, where that is not the default.
    """
    return NewDataset(
        name=name,
        fingerprint=data.fingerprint,
        source=source,
        classes=len(data.class_names),
        images=data.n_train + data.n_validation,
        channels=data.channels,
        native_px=data.native_median_px,
        details=data.to_dict() | ({"choices": dict(choices)} if choices else {}),
    )


def register(
    store: Store, name: str, spec: DataSpec, progress: Progress = quiet
) -> PreparedDataset:
    """Prepare a data set and store it under a name that submitted sweeps may use.

    A name that is registered already stands for the new images from now on.

    Raises:
        InputError: the name is that of a built-in data set or breaks the rule; the images are not
            as they must be.
    """
    if name in {entry.name for entry in built_ins()}:
        raise InputError(f"name is {name!r}: it is built in, and registered as it is; use another")
    if _NAME.fullmatch(name) is None:
        raise InputError(
            f"name is {name!r}: it must have 1 to 100 letters, digits, dots, dashes and "
            "underscores and begin with a letter or digit; use for example photos"
        )
    data = prepare(spec, progress=progress)
    source = _source(spec.name)
    store.put_dataset(as_record(data, name=name, source=source, choices=spec.choices()))
    return data


def register_built_ins(store: Store) -> None:
    """Let submitted sweeps use the data sets that come with the installation."""
    known = {entry.name for entry in store.datasets()}
    for entry in built_ins():
        if entry.name not in known:
            data = prepare(DataSpec(name=entry.name))
            store.put_dataset(as_record(data, name=entry.name, source=entry.name))


def _source(name: str) -> str:
    """A path as it means the same from everywhere."""
    return name if name.startswith("hub:") else str(Path(name).expanduser().absolute())
