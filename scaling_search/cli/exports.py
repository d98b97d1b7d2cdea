"""Sweeps as files."""

from __future__ import annotations

import io
import json
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


def choose_format(name: str | None, target: Path | None) -> str:
    """The format asked for, else that of the file's name, else json.

    Raises:
        InputError: it is unknown, or parquet is to go to stdout.
    """
    chosen = name or (_SUFFIXES.get(target.suffix.lower()) if target else None) or "json"
    if chosen not in FORMATS:
        raise InputError(f"format {chosen!r} is unknown: {suggest(chosen, FORMATS)}")
    if chosen == "parquet" and target is None:
        raise InputError("parquet is no text: name a file with -o, for example -o trials.parquet")
    return chosen


def check_target(target: Path, *, force: bool) -> None:
    """Refuse a file that is there, or cannot be.

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
    """To stdout, or to a file that appears whole or not at all.

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
