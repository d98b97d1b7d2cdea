"""Parquet files: one, or a folder of them whose names say the split (train-0001.parquet)."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scaling_search.data.cache import exclusively, readable_errors, require_space
from scaling_search.data.dataset import LeftOut
from scaling_search.data.sources.base import Located, Source, stamp_of
from scaling_search.data.sources.columns import (
    Columns,
    choose_columns,
    features_of,
    quiet_library,
)
from scaling_search.data.sources.endings import ending, left_out
from scaling_search.data.sources.layout import role_of
from scaling_search.data.sources.links import Links
from scaling_search.data.sources.shards import has_configurations, splits_of
from scaling_search.data.sources.table import Tables, as_source, pick_train
from scaling_search.data.sources.tree import Folder
from search_spaces.errors import InputError
from search_spaces.names import printable
from search_spaces.specs.data import DataSpec

_BESIDE = "beside Parquet files, which are read"


def find_files(root: Folder) -> list[Path]:
    """The Parquet files of a folder, at any depth, hidden ones and hidden folders left out."""
    return sorted(Path(one.path) for one in root.walk_others() if ending(one.name) == ".parquet")


def holds_images(file: Path) -> bool:
    """Whether a file has a column that may hold images, rather than facts about images."""
    import pyarrow
    from pyarrow import parquet

    try:
        with file.open("rb") as opened:
            kinds = parquet.read_schema(opened).types
    except (pyarrow.ArrowException, OSError, ValueError):
        return True
    return any(
        pyarrow.types.is_binary(kind)
        or pyarrow.types.is_large_binary(kind)
        or (pyarrow.types.is_struct(kind) and kind.get_field_index("bytes") >= 0)
        for kind in kinds
    )


def locate(spec: DataSpec, named: Path | Folder, scratch: Path) -> Located:
    """Finds the files and the split each belongs to.

    Args:
        spec: the columns to read.
        named: a file, or a folder with at least one.
        scratch: where the table is unpacked while it is open.

    Raises:
        InputError: for several splits of which none is train.
    """
    splits: dict[str, list[Path]]
    others: tuple[LeftOut, ...] = ()
    about: list[Path] = []
    if isinstance(named, Path):
        splits, root = {"train": [named]}, named.parent
    else:
        root = named.path
        every = find_files(named)
        splits = splits_of(root, every, spec.hub_config)
        others = _left_out(named, every, splits)
        about = [root / "README.md"]
    train = pick_train(list(splits), spec.name)
    unsaid = any(one.ending == ".parquet" for one in others)
    if role_of(train) in ("test", "validation") and unsaid:
        raise InputError(
            f"{spec.name} has Parquet files called {train} and others whose names say no split: "
            "put the word train into the names of those to train on"
        )
    files = [file for of_split in splits.values() for file in of_split]
    stamp = hashlib.sha256(repr((stamp_of([*about, *files]), splits, others)).encode()).hexdigest()

    @contextlib.contextmanager
    def open_() -> Iterator[Source]:
        folder = scratch / f"{stamp[:32]}.table"
        with exclusively(folder, waiting=lambda: None):
            shutil.rmtree(folder, ignore_errors=True)  # what a killed process left
            size = sum(file.stat().st_size for file in files)
            require_space(scratch, size, "name fewer files")
            try:
                with quiet_library():
                    source = _read(spec, splits, folder, root)
                    yield replace(source, left_out=_without_linked(others, source))
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    return Located(stamp, max(file.stat().st_mtime for file in files), open_)


def _left_out(
    root: Folder, files: Sequence[Path], splits: Mapping[str, Sequence[Path]]
) -> tuple[LeftOut, ...]:
    """What else is in the folder, images too: whether tables name them is not known yet."""
    unsaid = set(files) - {file for of_split in splits.values() for file in of_split}
    images = left_out([], (one.name for one in root.walk_images()))
    rest = (one.name for one in root.walk_others())
    others = [
        *(
            replace(one, reason=_BESIDE, remedy="put them into class folders of their own")
            for one in images
        ),
        *left_out(name for name in rest if ending(name) != ".parquet"),
    ]
    if unsaid:
        reason = "their names do not say the split as those of others do"
        remedy = "name them as those, or move them away"
        if has_configurations(root.path):
            reason = "README.md does not name them in this configuration"
            remedy = "add them to its data_files, or move them away"
        others.append(LeftOut(ending=".parquet", count=len(unsaid), reason=reason, remedy=remedy))
    return tuple(others)


def _without_linked(others: Sequence[LeftOut], source: Source) -> tuple[LeftOut, ...]:
    return tuple(one for one in others if not (source.linked and one.reason == _BESIDE))


@dataclass(frozen=True)
class _Heads:
    """What the Parquet files say of themselves, before their rows are read.

    Attributes:
        schemas: of each file.
        filled: of each split the files that have rows, and how many.
        sample: the first row to train on; empty where there is none.
    """

    schemas: dict[Path, Any]
    filled: dict[str, list[tuple[Path, int]]]
    sample: dict[str, Any]


def _read_heads(
    splits: Mapping[str, Sequence[Path]], train: str, plain: Mapping[Path, str]
) -> _Heads:
    import pyarrow
    from pyarrow import parquet

    heads = _Heads({}, {}, {})
    for split, files in splits.items():
        for file in files:
            try:
                with parquet.ParquetFile(plain[file]) as opened:
                    heads.schemas[file] = opened.schema_arrow
                    rows = opened.metadata.num_rows
                    if rows and not heads.sample and split == train:
                        batch = next(opened.iter_batches(batch_size=1))
                        heads.sample.update(batch.slice(0, 1).to_pylist()[0])
            except (pyarrow.ArrowException, OSError, ValueError) as error:
                raise InputError(
                    f"{printable(str(file))} is not a readable Parquet file "
                    f"({_first_line(error)}): copy it again or remove it"
                ) from error
            if rows:
                heads.filled.setdefault(split, []).append((file, rows))
    return heads


def _drop_unfit(heads: _Heads, columns: Columns, train: str, where: str) -> list[str]:
    """Leave out test splits whose files have other columns; the reasons as notes.

    Raises:
        InputError: a file to train on has other columns than the first.
    """
    notes = []
    first = heads.schemas[heads.filled[train][0][0]]
    for split, files in list(heads.filled.items()):
        for file, _ in files:
            if (problem := columns.problem_with(heads.schemas[file], first)) is None:
                continue
            if split == train:
                raise InputError(
                    f"{where} cannot be read as one table: {printable(file.name)} {problem}; "
                    f"{_same_columns(columns)}"
                )
            notes.append(f"{split} cannot be a test split: {printable(file.name)} {problem}")
            del heads.filled[split]
            break
    return notes


def _same_columns(columns: Columns) -> str:
    return (
        f"every file needs the columns {columns.image!r} and {columns.label!r} with the same types"
    )


def _read(spec: DataSpec, splits: Mapping[str, Sequence[Path]], folder: Path, root: Path) -> Source:
    import datasets

    plain = _plainly_named([file for files in splits.values() for file in files], folder)
    train = pick_train(list(splits), spec.name)
    heads = _read_heads(splits, train, plain)
    features = features_of(heads.schemas[splits[train][0]])
    columns = choose_columns(features, spec, heads.sample)
    if train not in heads.filled:
        raise InputError(f"{spec.name} ({train}) holds no images: it has no rows")
    notes = _drop_unfit(heads, columns, train, spec.name)
    read = [columns.image, columns.label]
    files = {split: [plain[file] for file, _ in pairs] for split, pairs in heads.filled.items()}
    try:
        with readable_errors(folder.parent):
            table = datasets.DatasetDict.from_parquet(
                files,
                cache_dir=str(folder / "arrow"),
                columns=read,
                features=datasets.Features({name: features[name] for name in read}),
            )
    except datasets.exceptions.DatasetsError as error:
        cause = error.__cause__ or error
        if isinstance(cause, OSError):
            with readable_errors(folder.parent):
                raise cause from error
        raise InputError(
            f"{spec.name} cannot be read as one table ({_first_line(cause)}): "
            f"{_same_columns(columns)}"
        ) from error
    links = {
        split: Links((root,), [(file.parent, rows) for file, rows in pairs])
        for split, pairs in heads.filled.items()
    }
    source = as_source(Tables(table, columns, spec.name, links))
    return replace(source, notes=(*notes, *source.notes))


def _plainly_named(files: Sequence[Path], folder: Path) -> dict[Path, str]:
    """Links with plain names: the library takes brackets in a path for a pattern."""
    with readable_errors(folder.parent):
        folder.mkdir()
        plain = {file: folder / f"{number}.parquet" for number, file in enumerate(files)}
        for file, link in plain.items():
            link.symlink_to(file)
    return {file: str(link) for file, link in plain.items()}


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
