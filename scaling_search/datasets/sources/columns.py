"""Images and labels from the columns of a Hugging Face `datasets` table."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scaling_search.datasets.sources.base import Part
from search_spaces.data_spec import DataSpec
from search_spaces.errors import InputError, suggest

_LABEL_NAMES = ("label", "labels", "fine_label", "class", "category", "target", "y")


@dataclass(frozen=True)
class Columns:
    """The column of images and the column of labels, and the names of the label's classes.

    Attributes:
        class_names: where the table knows them (`ClassLabel`); None: the values are the names.
    """

    image: str
    label: str
    class_names: tuple[str, ...] | None


def choose_columns(features: Mapping[str, Any], spec: DataSpec) -> Columns:
    """Finds the columns by the spec, else by their types, else (labels) by their names.

    Raises:
        InputError: where none or several fit, listing the columns.
    """
    import datasets

    def is_image(feature: Any) -> bool:
        if isinstance(feature, Mapping):
            return "bytes" in feature
        dtype = getattr(feature, "dtype", "")
        return isinstance(feature, datasets.Image) or dtype in ("binary", "large_binary")

    images = [name for name, feature in features.items() if is_image(feature)]
    labels = [n for n, feature in features.items() if isinstance(feature, datasets.ClassLabel)]
    labels = labels or [name for name in _LABEL_NAMES if name in features][:1]
    image = _one("image", spec.image_column, images, features, spec.name)
    label = _one("label", spec.label_column, labels, features, spec.name)
    feature = features[label]
    names = tuple(feature.names) if isinstance(feature, datasets.ClassLabel) else None
    return Columns(image, label, names)


def _one(
    kind: str, named: str | None, fitting: Sequence[str], features: Mapping[str, Any], where: str
) -> str:
    listed = ", ".join(f"{name} ({_type_of(f)})" for name, f in features.items()) or "none"
    if named is not None:
        if named not in features:
            raise InputError(
                f"{kind}_column is {named!r}: {where} has no such column; "
                f"{suggest(named, features)} Its columns: {listed}"
            )
        return named
    if len(fitting) == 1:
        return fitting[0]
    found = f"several {kind} columns" if fitting else f"no {kind} column"
    raise InputError(f"{where} has {found}: set {kind}_column to one of its columns: {listed}")


def _type_of(feature: Any) -> str:
    return str(getattr(feature, "dtype", None) or type(feature).__name__)


def read_labels(table: Any, columns: Columns, where: str) -> NDArray[Any]:
    """The label of each row, as its class name: (N,) of str.

    Raises:
        InputError: for missing labels and for columns that hold no classes.
    """
    values: list[Any] = table.data.column(columns.label).to_pylist()
    names = columns.class_names
    for row, value in enumerate(values):
        at = f"{where} row {row} has"
        if value is None or (names is not None and value == -1):
            raise InputError(
                f"{at} no label in column {columns.label!r}: every image needs one; remove the "
                "row or name another label_column"
            )
        if not isinstance(value, (int, str) if names is None else int):
            raise InputError(
                f"{at} {value!r} in column {columns.label!r}: a label must be an integer or a "
                "string; name another label_column"
            )
        if names is not None and isinstance(value, int) and not 0 <= value < len(names):
            raise InputError(
                f"{at} {value} in column {columns.label!r}: the table names {len(names)} classes, "
                f"so a label must be 0 to {len(names) - 1}; repair it or name another label_column"
            )
    if names is not None:
        return np.array(names, dtype=object)[np.array(values, dtype=np.int64)]
    return np.array([str(value) for value in values], dtype=object)


def order_classes(found: NDArray[Any], columns: Columns) -> tuple[str, ...]:
    """The classes that occur, in the order of the table where it has one."""
    present = set(found)
    if columns.class_names is not None:
        return tuple(name for name in columns.class_names if name in present)
    numeric = all(name.lstrip("-").isdigit() for name in present)
    return tuple(sorted(present, key=int if numeric else None))


def as_part(
    table: Any, columns: Columns, found: NDArray[Any], class_names: Sequence[str], where: str
) -> Part:
    """One split of a table as a part.

    Raises:
        InputError: for a label that is not among the classes.
    """
    index = {name: label for label, name in enumerate(class_names)}
    for row, name in enumerate(found):
        if name not in index:
            raise InputError(
                f"{where} row {row} is of class {name!r}, which the training split does not have"
            )
    return Part(
        labels=np.array([index[name] for name in found], dtype=np.int64),
        names=[f"row {row}" for row in range(len(found))],
        place=f"{where} ",
        load=_loader(table.data.column(columns.image)),
    )


def _loader(column: Any) -> Callable[[int], bytes]:
    def load(row: int) -> bytes:
        value = column[row].as_py()
        content = value.get("bytes") if isinstance(value, dict) else value
        if content is None and isinstance(value, dict) and value.get("path"):
            with open(value["path"], "rb") as file:
                content = file.read()
        if not isinstance(content, bytes):
            raise OSError("there is no image in it")
        return content

    return load


@contextlib.contextmanager
def quiet_library() -> Iterator[None]:
    """Keeps the library's progress bars and log off stderr, which is ours to write on."""
    import datasets

    shown = not datasets.are_progress_bars_disabled()
    verbosity = datasets.logging.get_verbosity()
    datasets.disable_progress_bars()
    datasets.logging.set_verbosity(datasets.logging.CRITICAL)
    try:
        yield
    finally:
        datasets.logging.set_verbosity(verbosity)
        if shown:
            datasets.enable_progress_bars()
