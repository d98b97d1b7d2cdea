"""A Hugging Face `DatasetDict` as a source: shared by Parquet files and the Hub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scaling_search.data.sources.base import Part, Source
from scaling_search.data.sources.columns import (
    Columns,
    as_part,
    order_classes,
    read_labels,
)
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
        InputError: where several splits are stored and none is called train.
    """
    train = roles(names).train
    if train is None and len(names) > 1:
        raise InputError(
            f"{where} has the splits {', '.join(sorted(names))} but no train: one must be called "
            "train"
        )
    return train or names[0]


def as_source(
    splits: Mapping[str, Any], columns: Columns, where: str, links: Mapping[str, Links]
) -> Source:
    """Gives each stored split its part and reads all labels.

    Args:
        splits: `datasets.Dataset` of each stored split, images undecoded.
        columns: what to read.
        where: the data set as messages name it.
        links: where the paths of each stored split lead.

    Raises:
        InputError: for missing labels, classes without a usable name, one class or no rows in the
            training split.
    """
    train_name = pick_train(list(splits), where)
    train = splits[train_name]
    place = f"{where} ({train_name})"
    found = read_labels(train, columns, place)
    class_names = order_classes(found, columns)
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
    part, linked = as_part(train, columns, found, class_names, place, links[train_name])
    test: Part | None = None
    used = ""
    split = roles(name for name in splits if name != train_name)
    notes += [f"{name} is not used: it is no split" for name in split.other]
    for name in split.test:
        if test is not None:
            notes.append(note_on_unused(name, role_of(name), used))
            continue
        try:
            labels = read_labels(splits[name], columns, f"{where} ({name})")
            test, more = as_part(
                splits[name], columns, labels, class_names, f"{where} ({name})", links[name]
            )
            linked += more
        except InputError as error:
            notes.append(f"{name} cannot be a test split: {error}")
            continue
        used = name
        notes += filter(None, [note_on_test(name, role_of(name))])
    return Source(
        class_names=class_names,
        train=part,
        test=test,
        notes=tuple(notes),
        linked=linked,
    )
