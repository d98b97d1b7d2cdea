"""Images and labels from the columns of a Hugging Face `datasets` table."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scaling_search.data.decode import UnreadableImageError
from scaling_search.data.sources.base import Part
from scaling_search.data.sources.links import Links
from scaling_search.data.sources.values import problem_of
from search_spaces.errors import InputError, suggest
from search_spaces.names import composed
from search_spaces.specs.data import DataSpec

_LABEL_NAMES = ("label", "labels", "fine_label", "class", "category", "target", "y")
_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True)
class Columns:
    """The column of images and the column of labels, and the names of the label's classes.

    Attributes:
        class_names: where the table knows them (`ClassLabel`); None: the values are the names.
    """

    image: str
    label: str
    class_names: tuple[str, ...] | None

    def problem_with(self, schema: Any, first: Any) -> str | None:
        """Why a file cannot be read with these columns; None where it can.

        Numbers and text are not the same labels, though the library would make text of both.

        Args:
            schema: of the file.
            first: of the first file to train on.
        """
        for name in (self.image, self.label):
            if name not in schema.names:
                return f"has no column {name!r}"
        kind, wanted = (_family(one.field(self.label).type) for one in (schema, first))
        if kind != wanted:
            return f"has {kind} in column {self.label!r}, and the first file has {wanted}"
        return None


def features_of(schema: Any) -> dict[str, Any]:
    """The library's type of each column, Arrow's own where the library has none (maps)."""
    import datasets
    import pyarrow

    found: dict[str, Any] = {}
    for field in schema:
        try:
            one = pyarrow.schema([field], metadata=schema.metadata)
            found[field.name] = datasets.Features.from_arrow_schema(one)[field.name]
        except ValueError:
            found[field.name] = field.type
    return found


def _family(kind: Any) -> str:
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_integer(kind) or types.is_floating(kind):
        return "numbers"
    return "text" if "string" in str(kind) or "binary" in str(kind) else str(kind)


def choose_columns(
    features: Mapping[str, Any], spec: DataSpec, sample: Mapping[str, Any]
) -> Columns:
    """Finds the columns by the spec, else by their types, else (labels) by their names.

    Args:
        features: the type of each column.
        spec: the columns to read.
        sample: the first row.

    Raises:
        InputError: where none or several fit, listing the columns; where the column of images
            holds something else.
    """
    import datasets

    def is_image(feature: Any) -> bool:
        if isinstance(feature, Mapping):
            return "bytes" in feature
        dtype = getattr(feature, "dtype", "")
        return isinstance(feature, datasets.Image) or dtype in ("binary", "large_binary")

    labels = [n for n, feature in features.items() if isinstance(feature, datasets.ClassLabel)]
    labels = labels or [name for name in _LABEL_NAMES if name in features][:1]
    images = [n for n, feature in features.items() if is_image(feature) and n != spec.label_column]
    if len(images) > 1:  # labels may be binary, too
        images = [name for name in images if name not in labels] or images
    held = {
        name: problem
        for name, value in sample.items()
        if name not in labels and (problem := problem_of(value)) is not None
    }
    hints = [f"{name!r} holds {problem}" for name, problem in held.items()]
    hint = f"; {'; '.join(hints)}" if hints else ""
    image = _one("image", spec.image_column, images, features, spec.name, hint)
    if not labels and spec.label_column is None and set(features) == {image}:
        raise InputError(
            f"{spec.name} has no column but {image!r}: a table needs a column with the label of "
            "each image; add one"
        )
    label = _one("label", spec.label_column, labels, features, spec.name)
    if image in held:
        raise InputError(
            f"column {image!r} of {spec.name} does not hold image files but {held[image]}"
        )
    if not is_image(features[image]):
        raise InputError(
            f"column {image!r} of {spec.name} is of type {_type_of(features[image])}: images must "
            "be the bytes of image files (a binary column, or a struct of bytes and path)"
        )
    feature = features[label]
    names = (
        tuple(map(composed, feature.names)) if isinstance(feature, datasets.ClassLabel) else None
    )
    return Columns(image, label, names)


def _one(
    kind: str,
    named: str | None,
    fitting: Sequence[str],
    features: Mapping[str, Any],
    where: str,
    hint: str = "",
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
    raise InputError(
        f"{where} has {found}: set {kind}_column to one of its columns: {listed}{hint}"
    )


def _type_of(feature: Any) -> str:
    import pyarrow

    if isinstance(feature, pyarrow.DataType):
        return str(feature)
    return str(getattr(feature, "dtype", None) or type(feature).__name__)


def read_labels(table: Any, columns: Columns, where: str) -> NDArray[Any]:
    """The label of each row, as its class name: (N,) of str.

    Integers, booleans, whole floating-point numbers (what pandas makes of integers), strings and
    UTF-8 bytes name classes.

    Raises:
        InputError: for missing labels and for columns that hold no classes.
    """
    values: list[Any] = table.data.column(columns.label).to_pylist()
    names = columns.class_names
    found: list[str] = []
    for row, value in enumerate(values):
        at = f"{where} row {row} has"
        if _is_missing(value) or (names is not None and value == -1):
            raise InputError(
                f"{at} no label in column {columns.label!r}: every image needs one; remove the "
                "row or name another label_column"
            )
        name = _name_of(value) if names is None or isinstance(value, int) else None
        if name is None:
            raise InputError(
                f"{at} {value!r} in column {columns.label!r}: a label must be an integer or a "
                "string; name another label_column"
            )
        if names is not None and not 0 <= value < len(names):
            raise InputError(
                f"{at} {value} in column {columns.label!r}: the table names {len(names)} classes, "
                f"so a label must be 0 to {len(names) - 1}; repair it or name another label_column"
            )
        found.append(name if names is None else names[value])
    return np.array(found, dtype=object)


def _is_missing(value: Any) -> bool:
    if isinstance(value, str | bytes):
        return not value.strip()
    return value is None or value != value  # NaN


def _name_of(value: Any) -> str | None:
    """The class that a value names; None where it names none."""
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError:
            return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return composed(str(value)) if isinstance(value, int | str) else None


def order_classes(found: NDArray[Any], columns: Columns) -> tuple[str, ...]:
    """The classes that occur: as the table orders them, by value if all are integers, by name."""
    present = set(found)
    if columns.class_names is not None:
        return tuple(dict.fromkeys(name for name in columns.class_names if name in present))
    if all(_INTEGER.fullmatch(name) for name in present):
        return tuple(sorted(present, key=lambda name: (int(name), name)))
    return tuple(sorted(present))


def as_part(
    table: Any,
    columns: Columns,
    found: NDArray[Any],
    class_names: Sequence[str],
    where: str,
    links: Links,
) -> tuple[Part, tuple[str, ...]]:
    """One split of a table as a part, and the files that it names.

    Raises:
        InputError: for a label that is not among the classes, and for a file that is not there or
            not part of the data set.
    """
    index = {name: label for label, name in enumerate(class_names)}
    for row, name in enumerate(found):
        if name not in index:
            raise InputError(
                f"{where} row {row} is of class {name!r}, which the training split does not have"
            )
    column = table.data.column(columns.image)
    linked = _linked(column, where, links)
    part = Part(
        labels=np.array([index[name] for name in found], dtype=np.int64),
        names=[f"row {row}" for row in range(len(found))],
        place=f"{where} ",
        load=_loader(column, linked),
    )
    return part, tuple(linked.values())


def _linked(column: Any, where: str, links: Links) -> dict[int, str]:
    """The file of each row that has a path and no bytes."""
    import pyarrow
    import pyarrow.compute

    kind = column.type
    if not pyarrow.types.is_struct(kind) or kind.get_field_index("path") < 0:
        return {}
    empty = pyarrow.compute.is_null(pyarrow.compute.struct_field(column, "bytes"))
    rows = np.flatnonzero(empty.to_numpy(zero_copy_only=False))
    paths = pyarrow.compute.struct_field(column, "path").take(rows).to_pylist()
    return {
        int(row): links.file(int(row), path, f"{where} row {row}")
        for row, path in zip(rows, paths, strict=True)
        if path
    }


def _loader(column: Any, linked: Mapping[int, str]) -> Callable[[int], bytes]:
    def load(row: int) -> bytes:
        if row in linked:
            with open(linked[row], "rb") as file:
                return file.read()
        value = column[row].as_py()
        content = value.get("bytes") if isinstance(value, dict) else value
        if not isinstance(content, bytes):
            raise UnreadableImageError("there is no image in it")
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
