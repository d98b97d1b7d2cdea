"""What can be read alike from the database (`results.Store`) and over HTTP (a client).

Whoever looks at sweeps takes a `Reader`, and shows the same wherever they are kept.
"""

from collections.abc import Collection, Iterable
from typing import Protocol, Unpack

from results.states import SweepState, TrialState
from results.values import (
    BestCoefficients,
    Candidate,
    CheckpointRecord,
    CoefficientsFilters,
    CoefficientsRecord,
    EdgeMeasurement,
    Epoch,
    Sweep,
    SweepDetail,
    Transfer,
    TransferRun,
    Trial,
    Validation,
)
from search_spaces.specs.target import Quantity


class Reader(Protocol):
    """Sweeps as records.

    All methods raise `InputError` for what is asked wrongly (`NotFoundError` if there is no such
    sweep) and `WorkError` if the database or the service does not answer.
    """

    def sweep(self, sweep_id: int) -> SweepDetail:
        """Everything of a sweep but its candidates, trials, epochs, events and log."""
        ...

    def sweeps(
        self,
        *,
        states: Iterable[SweepState] | None = None,
        baseline: str | None = None,
        dataset: str | None = None,
        protocol: str | None = None,
        name: str | None = None,
        sort: str = "-id",
        limit: int | None = 100,
    ) -> list[Sweep]:
        """Sweeps that match every filter given, newest first; at most `limit` (None: all)."""
        ...

    def candidates(self, sweep_id: int) -> list[Candidate]:
        """The plan of a sweep, in its order, with what its trials reached."""
        ...

    def trials(
        self,
        sweep_id: int,
        *,
        states: Iterable[TrialState] | None = None,
        candidate: int | None = None,
        seed: int | None = None,
        sort: str = "id",
        limit: int | None = None,
    ) -> list[Trial]:
        """Trials of a sweep that match every filter given, by id; at most `limit` (None: all)."""
        ...

    def epochs(self, sweep_id: int, *, trial_ids: Collection[int] | None = None) -> list[Epoch]:
        """Epochs of a sweep, or of these of its trials, of every attempt, as they came in."""
        ...

    def checkpoints(self, sweep_id: int) -> list[CheckpointRecord]:
        """The files that trials of a sweep left, by accuracy, best first."""
        ...

    def coefficients(
        self, *, limit: int | None = 100, **filters: Unpack[CoefficientsFilters]
    ) -> list[CoefficientsRecord]:
        """Coefficients that match every filter given, newest first; at most `limit` (None: all)."""
        ...

    def validations(
        self, *, limit: int | None = 100, protocol: str | None = None
    ) -> list[Validation]:
        """Validations, newest first; of those with a sweep of this protocol, if one is given."""
        ...

    def transfer(self, transfer_id: int) -> Transfer:
        """One transfer."""
        ...

    def transfers(self, *, limit: int | None = 100) -> list[Transfer]:
        """Transfers, newest first; at most `limit` (None: all)."""
        ...

    def transfer_runs(self, transfer_id: int) -> list[TransferRun]:
        """The runs of a transfer, in the order in which they ended."""
        ...

    def best(
        self,
        baseline: str | None = None,
        dataset: str | None = None,
        target_ratio: float | None = None,
        *,
        target_quantity: Quantity = "flops",
        protocol: str | None = None,
    ) -> BestCoefficients | None:
        """The best conclusive coefficients for these filters, or None."""
        ...

    def edge_measurements(
        self, spec_keys: Iterable[str] | None = None, *, limit: int | None = None
    ) -> list[EdgeMeasurement]:
        """What these networks, or all, took on machines; the newest measurements first."""
        ...
