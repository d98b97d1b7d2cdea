"""A Hugging Face `DatasetDict` as a source: shared by Parquet files and the Hub."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scaling_search.data.decode import UnreadableImageError
from scaling_search.data.sources.base import RawImages, Source
from scaling_search.data.sources.columns import Columns
from scaling_search.data.sources.labels import order_classes, read_labels
from scaling_search.data.sources.layout import (
    note_on_test,
    note_on_unused,
    role_of,
    roles,
)
from scaling_search.data.sources.links import Links
from search_spaces.errors import InputError
from search_spaces.names import case_note, check_class_names


def pick_train(names: list[str], where: str) -> str:
    """The stored split to train on: the one called so, or the only one.

    Raises:
        InputError: several splits are stored and none is called train.
    """
    train = roles(names).train
    if train is None and len(names) > 1:
        raise InputError(
            f"{where} has the splits {', '.join(sorted(names))} but no train: one must be called "
            "train"
        )
    return train or names[0]


@dataclass(frozen=True)
class Tables:
    """The stored splits of a data set.

    Attributes:
        splits: `datasets.Dataset` of each stored split, images undecoded.
        columns: what to read.
        where: the data set as messages name it.
        links: where the paths of each stored split lead.
    """

    splits: Mapping[str, Any]
    columns: Columns
    where: str
    links: Mapping[str, Links]

    def place(self, split: str) -> str:
        """A split as messages name it."""
        return f"{self.where} ({split})"

    def labels(self, split: str) -> NDArray[Any]:
        """The class name of each row of a split, (N,); raises as `read_labels`."""
        return read_labels(self.splits[split], self.columns, self.place(split))

    def images(
        self, split: str, labels: NDArray[Any], class_names: Sequence[str]
    ) -> tuple[RawImages, tuple[str, ...]]:
        """The images of a split, and the files that it names.

        Raises:
            InputError: a label is not among the classes, or a file is not there or not part of the
                data set.
        """
        index = {name: label for label, name in enumerate(class_names)}
        place = self.place(split)
        for row, name in enumerate(labels):
            if name not in index:
                raise InputError(
                    f"{place} row {row} is of class {name!r}, which the training split does not "
                    "have"
                )
        column = self.splits[split].data.column(self.columns.image)
        linked = _linked(column, place, self.links[split])
        images = RawImages(
            labels=np.array([index[name] for name in labels], dtype=np.int64),
            names=[f"row {row}" for row in range(len(labels))],
            place=f"{place} ",
            load=_loader(column, linked),
        )
        return images, tuple(linked.values())


def as_source(tables: Tables) -> Source:
    """Give each stored split its role and read all labels.

    Raises:
        InputError: labels are missing, classes have no usable name, or the training split has one
            class or no rows.
    """
    columns = tables.columns
    train = pick_train(list(tables.splits), tables.where)
    place = tables.place(train)
    labels = tables.labels(train)
    class_names = order_classes(labels, columns)
    if not class_names:
        raise InputError(f"{place} holds no images: it has no rows")
    if len(class_names) == 1:
        raise InputError(
            f"{place} has one class ({class_names[0]!r}): telling classes apart needs at least "
            f"two; name another label_column than {columns.label!r} or another data set"
        )
    check_class_names(class_names, f"{place}: class ", f"rename it in column {columns.label!r}")
    notes: list[str] = list(filter(None, [case_note(class_names)]))
    if columns.class_names is not None and len(class_names) < len(columns.class_names):
        notes.append(
            f"{len(columns.class_names) - len(class_names)} of the {len(columns.class_names)} "
            "classes that the table names have no training image and are left out"
        )
    images, linked = tables.images(train, labels, class_names)
    test, linked_by_test, test_notes = _choose_test(tables, train, class_names)
    return Source(
        class_names=class_names,
        train=images,
        test=test,
        notes=(*notes, *test_notes),
        linked=(*linked, *linked_by_test),
    )


def _choose_test(
    tables: Tables, train: str, class_names: Sequence[str]
) -> tuple[RawImages | None, tuple[str, ...], list[str]]:
    """The test split, the files that it names, and what to say of the splits beside train."""
    test: RawImages | None = None
    linked: tuple[str, ...] = ()
    used = ""
    others = roles(name for name in tables.splits if name != train)
    notes = [f"{name} is not used: it is no split" for name in others.other]
    for name in others.test:
        if test is not None:
            notes.append(note_on_unused(name, role_of(name), used))
            continue
        try:
            test, linked = tables.images(name, tables.labels(name), class_names)
        except InputError as error:
            notes.append(f"{name} cannot be a test split: {error}")
            continue
        used = name
        notes += filter(None, [note_on_test(name, role_of(name))])
    return test, linked, notes


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
