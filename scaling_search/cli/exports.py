"""Files that commands write, and the formats of sweeps."""

from __future__ import annotations

import io
import json
import os
import sys
import uuid
from pathlib import Path
from typing import Any

import yaml

from results.reader import Reader
from scaling_search.cli.documents import SweepRecord
from search_spaces.errors import InputError, suggest
from search_spaces.exports import FORMATS as NETWORKS
from search_spaces.exports import PLAIN

FORMATS = ("json", "yaml", "csv", "parquet", *(name for name in NETWORKS if name not in PLAIN))
"""Of the sweep itself, and of the networks of its family."""
_SUFFIXES = {".json": "json", ".yaml": "yaml", ".yml": "yaml", ".csv": "csv", ".parquet": "parquet"}


def choose_format(name: str | None, output: str | None) -> str:
    """The format asked for, else that of the file's name, else json.

    Raises:
        InputError: it is unknown, or parquet is to go to stdout.
    """
    to_stdout = output is None or output == "-"
    ending = "" if output is None or as_folder(output) else Path(output).suffix.lower()
    chosen = name or _SUFFIXES.get(ending, "json")
    if chosen not in FORMATS:
        raise InputError(f"format {chosen!r} is unknown: {suggest(chosen, FORMATS)}")
    if chosen == "parquet" and to_stdout:
        raise InputError("parquet is no text: name a file with -o, for example -o trials.parquet")
    return chosen


def as_folder(output: str) -> Path | None:
    """The folder that `-o` means: one that exists, or a name that ends in a slash."""
    path = Path(output)
    return path if output.endswith(("/", os.sep)) or path.is_dir() else None


def make_folder(folder: Path) -> None:
    """Make the folder that `-o` names, unless it exists.

    Raises:
        InputError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the folder {folder} cannot be made ({error.strerror or error}): name another one"
        ) from error


def place(output: str | None, name: str, *, force: bool) -> Path | None:
    """Where one file goes.

    Args:
        output: a file, a folder, or `-`, as the user wrote it.
        name: the file's name in a folder.
        force: the file may exist.

    Returns:
        The file, whose folder is made where the user wrote a slash; None for stdout.

    Raises:
        InputError: the folder cannot be made, or as `check_target`.
    """
    if output is None or output == "-":
        return None
    target = in_folder(output, name)
    check_target(target, force=force)
    return target


def in_folder(output: str, name: str) -> Path:
    """The file that `-o` means; where that is a folder, the one of this name in it.

    Raises:
        InputError: the folder cannot be made.
    """
    folder = as_folder(output)
    if folder is None:
        return Path(output)
    make_folder(folder)
    return folder / name


def check_target(target: Path, *, force: bool) -> None:
    """Refuse a file that exists, or cannot exist.

    Raises:
        InputError: with the remedy.
    """
    if target.is_dir():
        raise InputError(f"{target} is a folder: name a file in it")
    if target.exists() and not force:
        raise InputError(f"{target} exists: add --force to overwrite it, or name another file")
    if not target.parent.is_dir():
        raise InputError(f"the folder {target.parent} does not exist: create it first (mkdir -p)")


def render(reader: Reader, sweep_id: int, chosen: str) -> bytes:
    """A sweep in a format.

    Raises:
        NotFoundError: there is no such sweep.
    """
    record = SweepRecord.read(reader, sweep_id)
    if chosen in ("json", "yaml"):
        # Through JSON in both cases, so that YAML holds plain values too.
        text = json.dumps(record.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
        if chosen == "yaml":
            text = yaml.safe_dump(json.loads(text), sort_keys=False, allow_unicode=True)
        return text.rstrip("\n").encode() + b"\n"
    from results import frames

    table: Any = frames.trials(reader, sweep_id)
    table["roles"] = ["+".join(roles) for roles in table["roles"]]
    table["state"] = [str(state) for state in table["state"]]
    if chosen == "csv":
        return str(table.to_csv(index=False)).encode()
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def write(content: bytes, target: Path | None) -> None:
    """Write to stdout, or to a file that appears whole or not at all.

    Raises:
        InputError: the file cannot be written.
    """
    if target is None:
        sys.stdout.write(content.decode())
        return
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise InputError(
            f"{target} cannot be written ({error.strerror or error}): name a file in a folder that "
            "is writable and has space"
        ) from error
