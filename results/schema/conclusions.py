"""What a sweep concluded: coefficients, their family, and what narrows them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from results.schema.base import Base, Id, owned_by
from results.states import Verdict
from results.values.outcome import NarrowedCoefficients


class CoefficientsRow(Base):
    """The coefficients of a sweep's leader, with the verdict on them."""

    __tablename__ = "coefficients"
    __table_args__ = (
        UniqueConstraint("sweep_id"),
        Index(None, "candidate_id"),
        Index(None, "baseline", "dataset", "target_quantity", "target_ratio"),
    )

    id: Mapped[Id]
    sweep_id: Mapped[int] = owned_by("sweeps.id")
    candidate_id: Mapped[int] = owned_by("candidates.id")
    alpha: Mapped[float]
    beta: Mapped[float]
    gamma: Mapped[float]
    intervals: Mapped[dict[str, Any]]
    shares: Mapped[dict[str, Any] | None]
    verdict: Mapped[Verdict]
    accuracy: Mapped[float]
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
    coefficients_id: Mapped[int] = owned_by("coefficients.id")
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


class IdentificationRow(Base):
    """A sweep that trains what a winner's coefficients part into at φ = 2, and what it found."""

    __tablename__ = "identifications"
    __table_args__ = (UniqueConstraint("sweep_id"), Index(None, "candidate_id"))

    id: Mapped[Id]
    candidate_id: Mapped[int] = owned_by("candidates.id")
    sweep_id: Mapped[int] = owned_by("sweeps.id")
    found: Mapped[NarrowedCoefficients | None]
    created_at: Mapped[datetime]
