"""The record: sweeps and all they found, kept in SQLite or PostgreSQL.

`Store` is the way in and out; `values` are the values it takes and gives; `states` names what may
become what; `errors` what can go wrong. `results.frames`, pandas views for notebooks, is imported
by itself: pandas takes longer to import than a query to answer. `Store` is imported when it is
first used: whoever needs the values alone does not wait for SQLAlchemy.
"""

from typing import TYPE_CHECKING, Any

from results import values
from results.errors import (
    ConflictError,
    DatabaseUnavailableError,
    LeaseHeldError,
    LeaseLostError,
    NotFoundError,
)
from results.states import AttemptState, SweepState, TrialState, Verdict

if TYPE_CHECKING:
    from results.store import Store

__all__ = [
    "AttemptState",
    "ConflictError",
    "DatabaseUnavailableError",
    "LeaseHeldError",
    "LeaseLostError",
    "NotFoundError",
    "Store",
    "SweepState",
    "TrialState",
    "Verdict",
    "values",
]


def __getattr__(name: str) -> Any:
    if name == "Store":
        from results.store import Store

        return Store
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
