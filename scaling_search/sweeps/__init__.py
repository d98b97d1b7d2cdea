"""A sweep from its spec to its outcome: create, drive, conclude."""

from scaling_search.execution import Execution
from scaling_search.sweeps.creation import confirm, create_sweep
from scaling_search.sweeps.driver import drive, drive_claimed
from scaling_search.sweeps.progress import Snapshot
from scaling_search.watch import Interrupted

__all__ = [
    "Execution",
    "Interrupted",
    "Snapshot",
    "confirm",
    "create_sweep",
    "drive",
    "drive_claimed",
]
