"""Which columns of a Hugging Face `datasets` table hold the images and their labels."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scaling_search.data.sources.values import problem_of
from search_spaces.errors import InputError, suggest
from search_spaces.names import composed
from search_spaces.specs.data import DataSpec

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

    features: dict[str, Any] = {}
    for field in schema:
        try:
            one = pyarrow.schema([field], metadata=schema.metadata)
            features[field.name] = datasets.Features.from_arrow_schema(one)[field.name]
        except ValueError:
            features[field.name] = field.type
    return features


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
    """Choose the columns by the spec, else by their types, else (labels) by their names.

    Args:
        features: the type of each column.
        spec: the columns to read.
        sample: the first row.

    Raises:
        InputError: none or several fit (the columns are listed), or the column of images holds
            something else.
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
    number = f"several {kind} columns" if fitting else f"no {kind} column"
    raise InputError(
        f"{where} has {number}: set {kind}_column to one of its columns: {listed}{hint}"
    )


def _type_of(feature: Any) -> str:
    import pyarrow

    if isinstance(feature, pyarrow.DataType):
        return str(feature)
    return str(getattr(feature, "dtype", None) or type(feature).__name__)


@contextlib.contextmanager
def quiet_library() -> Iterator[None]:
    """Keep the library's progress bars and log off stderr, which is ours to write on."""
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
