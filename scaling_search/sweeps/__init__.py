"""A sweep from its spec to its outcome: create, drive, conclude.

Each name is imported when it is first used: what only follows a sweep need not wait for torch and
Ray, which driving one takes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from scaling_search.sweeps.creation import confirm, create_sweep
    from scaling_search.sweeps.driver import drive, drive_claimed
    from scaling_search.sweeps.progress import Snapshot
    from scaling_search.sweeps.signals import Interrupted
    from scaling_search.tune.execution import Execution

_HOMES: Final = {
    "Execution": "scaling_search.tune.execution",
    "Interrupted": "scaling_search.sweeps.signals",
    "Snapshot": "scaling_search.sweeps.progress",
    "confirm": "scaling_search.sweeps.creation",
    "create_sweep": "scaling_search.sweeps.creation",
    "drive": "scaling_search.sweeps.driver",
    "drive_claimed": "scaling_search.sweeps.driver",
}

__all__ = [
    "Execution",
    "Interrupted",
    "Snapshot",
    "confirm",
    "create_sweep",
    "drive",
    "drive_claimed",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
