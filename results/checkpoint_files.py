"""Where the weights of trials lie: one folder, whose files the database knows by name."""

import os
from collections.abc import Container, Iterable
from pathlib import Path
from typing import Final

from platformdirs import user_data_path

CHECKPOINT_VARIABLE: Final = "SCALING_SEARCH_CHECKPOINT_DIR"


def checkpoint_folder() -> Path:
    """`$SCALING_SEARCH_CHECKPOINT_DIR`, or `checkpoints` in the user's data folder.

    On several machines it must be a folder that all of them share.
    """
    named = os.environ.get(CHECKPOINT_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    return user_data_path("scaling-search", appauthor=False) / "checkpoints"


def checkpoint_path(name: str) -> Path:
    """The file of that name in the folder, wherever the name came from."""
    return checkpoint_folder() / Path(name).name


def remove_marked(sweep_id: int, marks: Iterable[str], recorded: Container[str] = ()) -> None:
    """Delete the files of a sweep whose names bear one of these marks, half-written ones too.

    Args:
        sweep_id: the sweep.
        marks: each of one run of a driver: as long as no other one shares them, neither do files.
        recorded: names that stay.
    """
    for mark in marks:
        written = f"sweep-{sweep_id}-trial-*-{mark}*"  # as in `checkpoints.keeping`
        for pattern in (written, f".{written}.tmp"):
            found = [path.name for path in checkpoint_folder().glob(pattern)]
            remove_checkpoints(name for name in found if name not in recorded)


def remove_checkpoints(names: Iterable[str]) -> None:
    """Delete files that are there; one that cannot be deleted stays, and nothing refers to it."""
    for name in names:
        try:
            checkpoint_path(name).unlink(missing_ok=True)
        except OSError:
            continue
