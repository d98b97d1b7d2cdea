"""The tables. Every column of a record in `results.records` has the same name and meaning there.

Rows of a sweep refer to it with ON DELETE CASCADE: deleting the sweep deletes all that it holds.
"""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from results.columns import ID, CleanText, Measured, Tuples, UTCDateTime, choice
from results.states import AccessScope, AttemptState, SweepState, TrialState, Verdict

Id = Annotated[int, mapped_column(ID, primary_key=True)]
Figure = Annotated[float, mapped_column(Measured)]


def _owned_by(column: str) -> Any:
    return mapped_column(ID, ForeignKey(column, ondelete="CASCADE"))


class Base(DeclarativeBase):
    """All tables, with constraint names that migrations can refer to on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger,
        str: CleanText,
        tuple[Any, ...]: Tuples,
        float: Double,
        datetime: UTCDateTime,
        dict[str, Any]: JSON(none_as_null=True),
        SweepState: choice(SweepState),
        TrialState: choice(TrialState),
        AttemptState: choice(AttemptState),
        Verdict: choice(Verdict),
        AccessScope: choice(AccessScope),
    }


class SweepRow(Base):
    """A plan being trained."""

    __tablename__ = "sweeps"
    __table_args__ = (
        Index(None, "state"),
        Index(None, "baseline", "dataset"),
        Index(None, "protocol"),
        # Without it SQLite gives the number of a deleted sweep to the next one.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    name: Mapped[str]
    state: Mapped[SweepState]
    spec: Mapped[dict[str, Any]]
    protocol: Mapped[str]
    baseline: Mapped[str]
    dataset: Mapped[str]
    dataset_fingerprint: Mapped[str]
    target_ratio: Mapped[float]
    target_quantity: Mapped[str] = mapped_column(server_default="flops")
    seeds: Mapped[tuple[Any, ...]]
    versions: Mapped[dict[str, Any]]
    hardware: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    lease_owner: Mapped[str | None]
    lease_epoch: Mapped[int]
    lease_expires_at: Mapped[datetime | None]
    cancel_requested: Mapped[bool]
    outcome: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    idempotency_key: Mapped[str | None] = mapped_column(unique=True)


class CandidateRow(Base):
    """One network of a sweep's plan."""

    __tablename__ = "candidates"
    __table_args__ = (
        UniqueConstraint("sweep_id", "index"),
        UniqueConstraint("sweep_id", "spec_key"),
    )

    id: Mapped[Id]
    sweep_id: Mapped[int] = _owned_by("sweeps.id")
    index: Mapped[int]
    roles: Mapped[tuple[Any, ...]]
    spec: Mapped[dict[str, Any]]
    spec_key: Mapped[str]
    coefficients: Mapped[tuple[Any, ...]]
    alpha: Mapped[float]
    beta: Mapped[float]
    gamma: Mapped[float]
    intervals: Mapped[dict[str, Any] | None]
    shares: Mapped[dict[str, Any] | None]
    flops: Mapped[int]
    params: Mapped[int]
    activations: Mapped[int]
    nominal_ratio: Mapped[float]
    measured_ratio: Mapped[float]
    residual: Mapped[float | None]
    eligible: Mapped[bool]
    latency: Mapped[dict[str, Any] | None]
    notes: Mapped[tuple[Any, ...]]


class TrialRow(Base):
    """One candidate trained with one seed."""

    __tablename__ = "trials"
    __table_args__ = (
        UniqueConstraint("sweep_id", "candidate_id", "seed"),
        Index(None, "candidate_id"),
        Index(None, "sweep_id", "id"),  # pages of a sweep's trials
        Index(None, "sweep_id", "state"),  # progress, without reading the trials
    )

    id: Mapped[Id]
    sweep_id: Mapped[int] = _owned_by("sweeps.id")
    candidate_id: Mapped[int] = _owned_by("candidates.id")
    seed: Mapped[int]
    state: Mapped[TrialState]
    attempts: Mapped[int]
    worker: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    accuracy: Mapped[Figure | None]
    top5_accuracy: Mapped[Figure | None]
    loss: Mapped[Figure | None]
    images: Mapped[int | None]
    steps: Mapped[int | None]
    train_seconds: Mapped[Figure | None]
    images_per_second: Mapped[Figure | None]
    peak_memory_bytes: Mapped[int | None]
    error: Mapped[str | None]
    n_validation: Mapped[int | None]
    rung: Mapped[int | None]
    correct: Mapped[bytes | None] = mapped_column(LargeBinary)


class AttemptRow(Base):
    """One attempt at a trial."""

    __tablename__ = "attempts"
    __table_args__ = (UniqueConstraint("trial_id", "number"),)

    id: Mapped[Id]
    trial_id: Mapped[int] = _owned_by("trials.id")
    number: Mapped[int]
    state: Mapped[AttemptState]
    worker: Mapped[str | None]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]


class EpochRow(Base):
    """What one attempt reported after one epoch."""

    __tablename__ = "epochs"
    __table_args__ = (UniqueConstraint("attempt_id", "epoch"),)

    id: Mapped[Id]
    attempt_id: Mapped[int] = _owned_by("attempts.id")
    epoch: Mapped[int]
    steps: Mapped[int]
    images: Mapped[int]
    train_loss: Mapped[Figure | None]
    validation_loss: Mapped[Figure | None]
    accuracy: Mapped[Figure | None]
    top5_accuracy: Mapped[Figure | None]
    train_seconds: Mapped[Figure | None]
    images_per_second: Mapped[Figure | None]
    peak_memory_bytes: Mapped[int | None]
    reported_at: Mapped[datetime]


class EventRow(Base):
    """Something that happened to a sweep; rows are only ever appended."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("sweep_id", "seq"),)

    id: Mapped[Id]
    sweep_id: Mapped[int] = _owned_by("sweeps.id")
    seq: Mapped[int]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class CheckpointRow(Base):
    """The file in which a trial left its weights; its name in the folder of checkpoints."""

    __tablename__ = "checkpoints"
    __table_args__ = (UniqueConstraint("trial_id"), Index(None, "sweep_id", "id"))

    id: Mapped[Id]
    sweep_id: Mapped[int] = _owned_by("sweeps.id")
    trial_id: Mapped[int] = _owned_by("trials.id")
    name: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    created_at: Mapped[datetime]


class GalleryRow(Base):
    """Where a sweep's networks look: the latest gallery of class activation maps."""

    __tablename__ = "galleries"
    __table_args__ = (UniqueConstraint("sweep_id"),)

    id: Mapped[Id]
    sweep_id: Mapped[int] = _owned_by("sweeps.id")
    networks: Mapped[tuple[Any, ...]]
    page: Mapped[bytes] = mapped_column(LargeBinary)
    picture: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class CoefficientsRow(Base):
    """The coefficients of a sweep's leader, with the verdict on them."""

    __tablename__ = "coefficients"
    __table_args__ = (
        UniqueConstraint("sweep_id"),
        Index(None, "candidate_id"),
        Index(None, "baseline", "dataset", "target_quantity", "target_ratio"),
    )

    id: Mapped[Id]
    sweep_id: Mapped[int] = _owned_by("sweeps.id")
    candidate_id: Mapped[int] = _owned_by("candidates.id")
    alpha: Mapped[float]
    beta: Mapped[float]
    gamma: Mapped[float]
    intervals: Mapped[dict[str, Any]]
    shares: Mapped[dict[str, Any] | None]
    verdict: Mapped[Verdict]
    accuracy: Mapped[float]
    evidence: Mapped[dict[str, Any]]
    baseline: Mapped[str]
    dataset: Mapped[str]
    target_ratio: Mapped[float]
    target_quantity: Mapped[str] = mapped_column(server_default="flops")
    protocol: Mapped[str]
    created_at: Mapped[datetime]


class FamilyMemberRow(Base):
    """One member, b0 to b7, of the family that coefficients imply."""

    __tablename__ = "family_members"
    __table_args__ = (UniqueConstraint("coefficients_id", "convention", "name"),)

    id: Mapped[Id]
    coefficients_id: Mapped[int] = _owned_by("coefficients.id")
    convention: Mapped[str]
    name: Mapped[str]
    phi: Mapped[float | None]
    depth: Mapped[float]
    width: Mapped[float]
    resolution: Mapped[float]
    resolution_px: Mapped[int]
    classes: Mapped[int]
    spec: Mapped[dict[str, Any]]
    params: Mapped[int]
    flops: Mapped[int]
    residual: Mapped[float | None]
    inherited: Mapped[dict[str, Any]]


class MeasurementRow(Base):
    """What fvcore counted for a network, paid for once."""

    __tablename__ = "measurements"
    __table_args__ = (UniqueConstraint("spec_key", "classes", "in_channels", "mode", "versions"),)

    id: Mapped[Id]
    spec_key: Mapped[str]
    classes: Mapped[int]
    in_channels: Mapped[int]
    mode: Mapped[str]
    versions: Mapped[str]
    flops: Mapped[int]
    params: Mapped[int]
    activations: Mapped[int]
    uncounted: Mapped[dict[str, Any]]
    seconds: Mapped[float]


class EdgeRow(Base):
    """What one network took on one machine: the latest measurement of its kind."""

    __tablename__ = "edge_measurements"
    __table_args__ = (
        UniqueConstraint("spec_key", "machine", "threads", "batch", "backend"),
        Index(None, "measured_at", "id"),
    )

    id: Mapped[Id]
    spec_key: Mapped[str]
    machine: Mapped[str]
    threads: Mapped[int]
    batch: Mapped[int]
    backend: Mapped[str]
    label: Mapped[str]
    spec: Mapped[dict[str, Any]]
    flops: Mapped[int]
    params: Mapped[int]
    p50_ms: Mapped[float]
    p95_ms: Mapped[float]
    runs: Mapped[int]
    file_bytes: Mapped[int]
    peak_memory_bytes: Mapped[int | None]
    versions: Mapped[dict[str, Any]]
    measured_at: Mapped[datetime]


class DatasetRow(Base):
    """A data set as it was when its content had this fingerprint."""

    __tablename__ = "datasets"
    __table_args__ = (UniqueConstraint("name", "fingerprint"),)

    id: Mapped[Id]
    name: Mapped[str]
    fingerprint: Mapped[str]
    source: Mapped[str]
    classes: Mapped[int]
    images: Mapped[int]
    channels: Mapped[int]
    native_resolution_px: Mapped[int | None]
    details: Mapped[dict[str, Any]]
    seen_at: Mapped[datetime]


class ValidationRow(Base):
    """A check of a proxy: sweeps over one sample at several budgets and learning rates."""

    __tablename__ = "validations"

    id: Mapped[Id]
    name: Mapped[str]
    spec: Mapped[dict[str, Any]]
    baseline: Mapped[str]
    dataset: Mapped[str]
    dataset_fingerprint: Mapped[str]
    target_ratio: Mapped[float]
    report: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ValidationSweepRow(Base):
    """A sweep that a validation is made of."""

    __tablename__ = "validation_sweeps"
    __table_args__ = (
        UniqueConstraint("sweep_id"),
        UniqueConstraint("validation_id", "images", "learning_rate"),
    )

    id: Mapped[Id]
    validation_id: Mapped[int] = _owned_by("validations.id")
    sweep_id: Mapped[int] = _owned_by("sweeps.id")
    images: Mapped[int]
    learning_rate: Mapped[float]


class TransferRow(Base):
    """Weights × data sets × methods × seeds."""

    __tablename__ = "transfers"

    id: Mapped[Id]
    name: Mapped[str]
    spec: Mapped[dict[str, Any]]
    weights: Mapped[tuple[Any, ...]]
    datasets: Mapped[tuple[Any, ...]]
    versions: Mapped[dict[str, Any]]
    hardware: Mapped[dict[str, Any]]
    report: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class TransferRunRow(Base):
    """One training of a transfer."""

    __tablename__ = "transfer_runs"
    __table_args__ = (
        UniqueConstraint(
            "transfer_id",
            *("weights", "dataset", "method", "seed", "learning_rate", "role"),
            name="uq_transfer_runs_run",  # PostgreSQL's names have 63 bytes at most
        ),
    )

    id: Mapped[Id]
    transfer_id: Mapped[int] = _owned_by("transfers.id")
    weights: Mapped[str]
    dataset: Mapped[str]
    method: Mapped[str]
    seed: Mapped[int]
    learning_rate: Mapped[float]
    role: Mapped[str]
    spec_key: Mapped[str]
    resolution_px: Mapped[int]
    params: Mapped[int]
    flops: Mapped[int]
    trained_params: Mapped[int]
    accuracy: Mapped[float | None] = mapped_column(Measured)
    validation_accuracy: Mapped[float | None] = mapped_column(Measured)
    correct: Mapped[bytes | None] = mapped_column(LargeBinary)
    n_images: Mapped[int]
    steps: Mapped[int]
    images: Mapped[int]
    train_seconds: Mapped[Figure]
    seconds: Mapped[Figure]
    diverged: Mapped[bool]
    curve: Mapped[tuple[Any, ...]]
    checkpoint: Mapped[str | None]
    sha256: Mapped[str | None]
    size_bytes: Mapped[int | None]
    created_at: Mapped[datetime]


class IdentificationRow(Base):
    """A sweep that trains what a winner's coefficients part into at φ = 2, and what it found."""

    __tablename__ = "identifications"
    __table_args__ = (UniqueConstraint("sweep_id"), Index(None, "candidate_id"))

    id: Mapped[Id]
    candidate_id: Mapped[int] = _owned_by("candidates.id")
    sweep_id: Mapped[int] = _owned_by("sweeps.id")
    found: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


class DriverLogRow(Base):
    """A line that a sweep's driver wrote; only the last ones are kept."""

    __tablename__ = "driver_log"
    __table_args__ = (Index(None, "sweep_id", "id"),)

    id: Mapped[Id]
    sweep_id: Mapped[int] = _owned_by("sweeps.id")
    text: Mapped[str]
    at: Mapped[datetime]


class TokenRow(Base):
    """Who may use the service for what. The secret itself is not stored, only its hash."""

    __tablename__ = "tokens"
    __table_args__ = (UniqueConstraint("name"), UniqueConstraint("hash"))

    id: Mapped[Id]
    name: Mapped[str]
    hash: Mapped[str]
    hint: Mapped[str]
    scope: Mapped[AccessScope]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SessionRow(Base):
    """A browser that signed in with a token; its secret is stored as a hash too."""

    __tablename__ = "sessions"
    __table_args__ = (UniqueConstraint("hash"), Index(None, "token_id"))

    id: Mapped[Id]
    token_id: Mapped[int] = _owned_by("tokens.id")
    hash: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
