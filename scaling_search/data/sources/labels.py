"""The class of each row of a table."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scaling_search.data.sources.columns import Columns
from search_spaces.errors import InputError
from search_spaces.names import composed

_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def read_labels(table: Any, columns: Columns, where: str) -> NDArray[Any]:
    """The label of each row, as its class name: (N,) of str.

    Integers, booleans, whole floating-point numbers (what pandas makes of integers), strings and
    UTF-8 bytes name classes.

    Raises:
        InputError: for missing labels and for columns that hold no classes.
    """
    values: list[Any] = table.data.column(columns.label).to_pylist()
    names = columns.class_names
    labels: list[str] = []
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
        labels.append(name if names is None else names[value])
    return np.array(labels, dtype=object)


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


def order_classes(labels: NDArray[Any], columns: Columns) -> tuple[str, ...]:
    """The classes that occur: as the table orders them, by value if all are integers, by name."""
    present = set(labels)
    if columns.class_names is not None:
        return tuple(dict.fromkeys(name for name in columns.class_names if name in present))
    if all(_INTEGER.fullmatch(name) for name in present):
        return tuple(sorted(present, key=lambda name: (int(name), name)))
    return tuple(sorted(present))
