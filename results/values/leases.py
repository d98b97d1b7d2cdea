"""Who may write to a sweep."""

from dataclasses import dataclass

from results.states import SweepState
from results.values.json import Moment


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to write to a sweep, until another process claims it.

    It lapses at `expires_at` (the database's clock) unless renewed. A lapsed lease can be taken
    over, and only then do writes under it fail, with `LeaseLostError`.
    """

    sweep_id: int
    owner: str
    epoch: int
    expires_at: Moment
    cancel_requested: bool
    """As of the last claim or renewal: the driver should stop and set the state `cancelled`."""


@dataclass(frozen=True, kw_only=True)
class RecordedSweep:
    """State and lease of a sweep as recorded: `running` also where nobody drives it any more."""

    state: SweepState
    lease_owner: str | None
    lease_epoch: int
    lease_expires_at: Moment | None
    cancel_requested: bool
    error: str | None
