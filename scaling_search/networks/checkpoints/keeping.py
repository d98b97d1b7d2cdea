"""How a worker keeps the weights of a trial: in the folder that its driver names."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from scaling_search.networks.checkpoints.about import About
from scaling_search.networks.checkpoints.files import SUFFIX, save
from search_spaces.errors import InputError, WorkError


@dataclass(frozen=True)
class Keeping:
    """Where the trials of a sweep leave their weights, and what every file says of the sweep.

    `mark` is of this run of its driver: by it the next one finds files that were never recorded.
    """

    folder: str
    sweep_id: int
    protocol: str
    mark: str


@dataclass(frozen=True)
class Kept:
    """A file that a trial left: its name in the folder; or why there is none."""

    name: str = ""
    sha256: str = ""
    size_bytes: int = 0
    problem: str | None = None


def keep(keeping: Keeping, trial_id: int, network: nn.Module, about: About) -> Kept:
    """Write the weights of a trial that came to its end.

    A name is used once, so that databases may share a folder. A problem is returned and not
    raised: the trial itself went well.
    """
    once = f"{keeping.mark}{uuid.uuid4().hex[:8]}"
    name = f"sweep-{keeping.sweep_id}-trial-{trial_id}-{once}{SUFFIX}"
    try:
        written = save(Path(keeping.folder) / name, network, about)
    except (InputError, WorkError) as error:
        return Kept(problem=str(error))
    return Kept(name, written.sha256, written.size_bytes)
