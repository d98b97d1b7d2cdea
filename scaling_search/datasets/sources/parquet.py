"""Parquet files: one, or a folder of them whose names say the split (train-0001.parquet)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scaling_search.datasets.cache import exclusively, readable_errors, require_space
from scaling_search.datasets.sources.base import Located, Source
from scaling_search.datasets.sources.columns import choose_columns, quiet_library
from scaling_search.datasets.sources.layout import role_of
from scaling_search.datasets.sources.table import as_source, pick_train
from search_spaces.data_spec import DataSpec
from search_spaces.errors import InputError


def find_files(path: Path) -> list[Path]:
    """The Parquet files of a folder, at any depth, hidden ones left out, sorted."""
    return sorted(
        Path(folder, file)
        for folder, _, files in os.walk(path)
        for file in files
        if file.lower().endswith(".parquet") and not file.startswith(".")
    )


def locate(spec: DataSpec, path: Path, scratch: Path) -> Located:
    """Finds the files and the split each belongs to.

    Args:
        spec: the columns to read.
        path: a file, or a folder with at least one.
        scratch: where the table is unpacked while it is open.

    Raises:
        InputError: for several splits of which none is train.
    """
    files = [path] if path.is_file() else find_files(path)
    splits: dict[str, list[str]] = {}
    for file in files:
        splits.setdefault(_split_of(file, path), []).append(str(file))
    pick_train(list(splits), spec.name)
    digest = hashlib.sha256()
    newest = 0.0
    for file in files:
        stat = file.stat()
        newest = max(newest, stat.st_mtime)
        digest.update(repr((str(file), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)).encode())

    @contextlib.contextmanager
    def open_() -> Iterator[Source]:
        folder = scratch / f"{stamp[:32]}.table"
        with exclusively(folder, waiting=lambda: None):
            shutil.rmtree(folder, ignore_errors=True)  # what a killed process left
            size = sum(file.stat().st_size for file in files)
            require_space(scratch, size, "name fewer files")
            try:
                with quiet_library():
                    yield _read(spec, splits, folder)
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    stamp = digest.hexdigest()
    return Located(stamp, newest, open_)


def _split_of(file: Path, root: Path) -> str:
    """`train`, `test` or `validation` by the words of the file's name or its folder's."""
    parts = [file.stem] if file == root else [file.stem, *reversed(file.relative_to(root).parts)]
    for part in parts:
        for word in re.split(r"[^A-Za-z]+", part):
            if role := role_of(word):
                return role
    return "train"


def _read(spec: DataSpec, splits: dict[str, list[str]], folder: Path) -> Source:
    import datasets
    import pyarrow
    from pyarrow import parquet

    features: Any = None
    filled: dict[str, list[str]] = {}
    for split, files in splits.items():
        for file in files:
            try:
                metadata = parquet.read_metadata(file)
            except (pyarrow.ArrowException, OSError, ValueError) as error:
                raise InputError(
                    f"{file} is not a readable Parquet file ({_first_line(error)}): copy it again "
                    "or remove it"
                ) from error
            if features is None:
                features = datasets.Features.from_arrow_schema(metadata.schema.to_arrow_schema())
            if metadata.num_rows:
                filled.setdefault(split, []).append(file)
    columns = choose_columns(features, spec)
    train = pick_train(list(splits), spec.name)
    if train not in filled:
        raise InputError(f"{spec.name} ({train}) holds no images: it has no rows")
    try:
        with readable_errors(folder.parent):
            table = datasets.DatasetDict.from_parquet(
                filled, cache_dir=str(folder), columns=[columns.image, columns.label]
            )
    except datasets.exceptions.DatasetsError as error:
        cause = error.__cause__ or error
        if isinstance(cause, OSError):
            with readable_errors(folder.parent):
                raise cause from error
        raise InputError(
            f"{spec.name} cannot be read as one table ({_first_line(cause)}): every file needs "
            f"the columns {columns.image!r} and {columns.label!r} with the same types"
        ) from error
    return as_source(table, columns, spec.name)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
