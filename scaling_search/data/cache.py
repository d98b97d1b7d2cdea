"""The folder of decoded images, and writing to it: files appear whole, once, or not at all."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import platformdirs
from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from search_spaces.errors import InputError, WorkError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")

CACHE_VARIABLE = "SCALING_SEARCH_CACHE_DIR"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_MARGIN_BYTES = 16 * 2**20


def cache_folder() -> Path:
    """The folder of all prepared data sets, created where absent.

    `$SCALING_SEARCH_CACHE_DIR/datasets`, or `datasets` in the user's cache folder.

    Raises:
        InputError: it cannot be written to.
    """
    root = os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_dir("scaling-search")
    folder = Path(root).expanduser().absolute() / "datasets"
    with readable_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def readable_errors(folder: Path) -> Iterator[None]:
    """Turn a full disk into a WorkError, and a folder that cannot be written to into InputError."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise WorkError(
                f"the disk of {folder} is full: free some space, or set {CACHE_VARIABLE} to a "
                "folder on a larger disk"
            ) from error
        raise InputError(
            f"{folder} cannot be written to ({error.strerror or error}): prepared data sets are "
            f"kept there; set {CACHE_VARIABLE} to a folder that can be"
        ) from error


def require_space(folder: Path, needed_bytes: int, remedy: str) -> None:
    """Check that a disk has room for so many bytes, before anything is written.

    Raises:
        WorkError: naming the bytes needed and free.
    """
    free = shutil.disk_usage(folder).free
    if needed_bytes + _MARGIN_BYTES > free:
        raise WorkError(
            f"{folder} needs {needed_bytes:,} bytes and its disk has {free:,} free: free some "
            f"space, set {CACHE_VARIABLE} to a folder on a larger disk, or {remedy}"
        )


@contextlib.contextmanager
def exclusively(target: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock of `target` among all processes of the machine; it ends with the process.

    Args:
        target: what is about to be written.
        waiting: called once where another process holds the lock.
    """
    with readable_errors(target.parent):
        lock = FileLock(target.with_name(target.name + ".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting()
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


def publish(target: Path, write: Callable[[Path], None]) -> None:
    """Fill a folder, which gets its name only when all of it is on the disk.

    If another process was first with the same name, its folder stays.

    Args:
        target: the folder to appear.
        write: fills the folder it is given.
    """
    temporary = target.with_name(f"{target.name}.{uuid.uuid4().hex}.tmp")
    with readable_errors(target.parent):
        temporary.mkdir()
    try:
        write(temporary)
        with readable_errors(target.parent):
            for file in temporary.iterdir():
                with file.open("rb+") as handle:
                    os.fsync(handle.fileno())
            try:
                temporary.rename(target)
            except OSError:
                if not target.is_dir():
                    raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def discard_remains(target: Path) -> None:
    """Remove a damaged `target` and what killed processes left of it; needs its lock."""
    for remains in target.parent.glob(f"{target.name}.*.tmp"):
        shutil.rmtree(remains, ignore_errors=True)
    shutil.rmtree(target, ignore_errors=True)


def write_value(path: Path, value: DataclassInstance) -> None:
    """Write a value as JSON in one step: readers see the old file or the new one."""
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")
    with readable_errors(path.parent):
        temporary.write_text(json.dumps(dataclasses.asdict(value), indent=1), encoding="utf-8")
        temporary.replace(path)


def read_value(path: Path, kind: type[T]) -> T | None:
    """The value that `write_value` wrote, or None where there is none or it is damaged."""
    try:
        return adapter(kind).validate_python(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def adapter(kind: type[T]) -> TypeAdapter[T]:
    """Reads and writes a dataclass as plain JSON values; made once, which takes a millisecond."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
