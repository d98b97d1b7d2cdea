"""A sweep from its spec to its outcome: create, drive, conclude."""

from scaling_search.sweeps.creation import confirm, create_sweep
from scaling_search.sweeps.driver import Execution, Interrupted, drive
from scaling_search.sweeps.progress import Snapshot

__all__ = ["Execution", "Interrupted", "Snapshot", "confirm", "create_sweep", "drive"]
