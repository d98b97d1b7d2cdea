"""Where the weights of trials lie: one folder, whose files the database knows by name."""

import os
from collections.abc import Iterable
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


def remove_checkpoints(names: Iterable[str]) -> None:
    """Delete files that are there; one that cannot be deleted stays, and nothing refers to it."""
    for name in names:
        try:
            checkpoint_path(name).unlink(missing_ok=True)
        except OSError:
            continue
