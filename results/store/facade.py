"""`Store`: the one way in and out of the record, and its contract."""

from types import TracebackType
from typing import Self

from results.database import Database
from results.migrations import prepare
from results.store.access import AccessSection
from results.store.candidates import CandidateSection
from results.store.checkpoints import CheckpointSection
from results.store.coefficients import CoefficientsSection
from results.store.datasets import DatasetSection
from results.store.details import DetailSection
from results.store.driver_log import DriverLogSection
from results.store.edge import EdgeSection
from results.store.events import EventSection
from results.store.galleries import GallerySection
from results.store.growth import GrowthSection
from results.store.leases import LeaseSection
from results.store.lifecycle import LifecycleSection
from results.store.measurements import MeasurementSection
from results.store.outcomes import OutcomeSection
from results.store.pace import PaceSection
from results.store.statistics import StatisticsSection
from results.store.sweeps import SweepSection
from results.store.transfers import TransferSection
from results.store.trial_reads import TrialReadSection
from results.store.trials import TrialSection
from results.store.validations import ValidationSection
from results.store.withholding import WithholdingSection


class Store(
    SweepSection,
    CandidateSection,
    LeaseSection,
    LifecycleSection,
    TrialSection,
    TrialReadSection,
    GrowthSection,
    CheckpointSection,
    GallerySection,
    EventSection,
    OutcomeSection,
    CoefficientsSection,
    MeasurementSection,
    EdgeSection,
    DatasetSection,
    DetailSection,
    PaceSection,
    DriverLogSection,
    StatisticsSection,
    AccessSection,
    ValidationSection,
    TransferSection,
    WithholdingSection,
):
    """The record of sweeps, on SQLite or PostgreSQL with the same behaviour.

    **Transactions.** Each method is one short transaction: when it returns, all of what it writes
    is committed and visible to every process; when it raises, nothing is.

    **Threads and processes.** All methods may be called from any threads at once, and from several
    processes with a `Store` each. A `Store` must not be carried across a fork.

    **Drivers.** Methods that take a `Lease` are a driver's. They check, in the transaction that
    they write in, that the lease has not been taken over, and raise `LeaseLostError` if it has. A
    lease that has lapsed but that nobody took over still writes. Threads may share a lease.

    **Immutability.** A trial that is `finished` or `diverged` never changes again, nor does one
    that is `stopped` until `add_trials` asks for it; epochs, attempts and events are never
    rewritten, nor are the candidates of a sweep: `extend` adds further ones. Records are frozen
    copies: they do not follow later changes.

    **Figures.** NaN and infinity in measured figures are stored as None. Times are aware, in UTC,
    and by the database's clock.

    **Events.** Every change of a sweep appends an event in the same transaction: `created`,
    `claimed`, `released`, `state`, `cancel_requested`, `trial_started`, `epochs`,
    `trial_finished`, `trial_stopped`, `trial_failed`, `trials_added`, `extended`, `retried`,
    `checkpoint`, `keeping`, `outcome`, `edge_measured`.
    Drivers append `images` (how they are split), `calibrated`, `execution`, `checkpoint_lost`, and
    `decision` (why a strategy trains what it does).

    **Errors.** Besides what each method names: `InputError` if a value cannot be stored, and
    `WorkError` (`DatabaseUnavailableError` if trying again may help) if the database fails. Errors
    of the database driver never get out, and no message holds a password.
    """

    @classmethod
    def open(cls, url: str | None = None, *, timeout_seconds: float = 30.0) -> Self:
        """Open the record, creating or migrating an embedded one.

        Args:
            url: `sqlite:///…` or `postgresql://…`; else SCALING_SEARCH_DATABASE_URL is used, else
                `results.db` in the user's data folder (`results.urls.default_path`).
            timeout_seconds: how long a write waits for another writer.

        Raises:
            InputError: if the URL is wrong, the place is not usable, the file is not a database,
                it is newer than this version, or a shared one needs `scaling-search db upgrade`.
            WorkError: if the server cannot be reached, the disk is full, or the file is damaged.
        """
        database = Database(url, timeout_seconds=timeout_seconds)
        try:
            prepare(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    @property
    def location(self) -> str:
        """Where the record is, fit for messages: a path, or a URL without its password."""
        return str(self._database)

    def close(self) -> None:
        """Close every connection; the store can no longer be used."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
