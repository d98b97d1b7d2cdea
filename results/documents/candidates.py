"""Candidates: the networks of a plan, and what their trials reached."""

from __future__ import annotations

from typing import Any, Final, Literal, Self

from pydantic import ConfigDict, Field

from results.documents.common import Document, Shares
from results.values import Candidate, CandidateSummary

ComplexitySource = Literal["fvcore", "closed_form"]


CANDIDATE: Final[dict[str, Any]] = {
    "index": 4,
    "roles": ["search"],
    "representative": [1.0, 1.19, 1.19],
    "coefficients": [[1.0, 1.19, 1.19]],
    "shares": {"depth": 0.0, "width": 0.5, "resolution": 0.5},
    "spec": {"baseline": "efficientnet_b0", "resolution_px": 19},
    "spec_key": "9f3b6a1c0d2e4f58",
    "flops": 3_401_600,
    "params": 512_000,
    "activations": 160_000,
    "complexity_source": "fvcore",
    "nominal_ratio": 2.0,
    "measured_ratio": 1.98,
    "residual": -0.02,
    "eligible": True,
    "latency": None,
    "notes": [],
}


REACHED: Final = {
    "id": 5,
    "intervals": {"alpha": [1.0, 1.0], "beta": [1.16, 1.22], "gamma": [1.17, 1.21]},
    "finished": 3,
    "diverged": 0,
    "stopped": 0,
    "failed": 0,
    "accuracy_mean": 0.868,
    "accuracy_std": 0.006,
}


class RelativeLatency(Document):
    """A network's latency beside its baseline's, the two taking turns on one machine."""

    ratio: float = Field(description="The network's over the baseline's.")
    p50_ms: float = Field(description="Median time of a run, in milliseconds.")
    base_p50_ms: float = Field(description="The baseline's in the same rounds.")
    noise: float = Field(description="Standard error of the ratio, as a fraction of it.")
    machine: str = Field(description="Where: processor, cores, memory.")
    threads: int
    batch: int = Field(description="Images of a run.")
    backend: str
    runs: int


class Network(Document):
    """One network of a plan, with every coefficient triple that realises it."""

    index: int = Field(description="Its place in the plan, from 0.")
    roles: list[str] = Field(
        description="search, baseline, published, published_matched, or a compared method with its "
        "φ, such as `depth only φ=1`."
    )
    representative: list[float] = Field(description="α, β, γ that stand for it.")
    coefficients: list[list[float]] = Field(description="Each [α, β, γ] that rounds to it.")
    shares: Shares | None = Field(description="How it spends a doubling; null for the baseline.")
    spec: dict[str, Any] = Field(description="The realised network.")
    spec_key: str = Field(description="Identity of the network.")
    flops: int = Field(description="Multiply-adds of one image.")
    params: int
    activations: int
    complexity_source: ComplexitySource = Field(description="What counted the FLOPs.")
    nominal_ratio: float = Field(
        description="α·β²·γ², or its inverse where smaller networks than the baseline are sought."
    )
    measured_ratio: float = Field(description="FLOPs over the baseline's.")
    residual: float | None = Field(description="Distance of the ratio to the target.")
    eligible: bool = Field(description="Whether it may win.")
    latency: RelativeLatency | None = Field(
        description="Its median time of a run beside the baseline's, where the constraint names "
        "latency; else null."
    )
    notes: list[str] = Field(description="What a reader must know.")


class CandidateItem(Network):
    """A candidate of a stored sweep, with what its trials reached."""

    model_config = ConfigDict(json_schema_extra={"example": CANDIDATE | REACHED})

    id: int
    intervals: dict[str, Any] | None = Field(
        description="From where to where each coefficient realises the network."
    )
    finished: int = Field(description="Finished trials of the search.")
    diverged: int
    stopped: int = Field(description="Trials that the strategy ended early.")
    failed: int
    accuracy_mean: float | None = Field(description="Over finished trials.")
    accuracy_std: float | None = Field(description="Sample standard deviation over them.")

    @classmethod
    def from_summary(cls, row: CandidateSummary) -> Self:
        """From what a list reads."""
        return cls.of(
            row,
            roles=list(row.roles),
            representative=[row.alpha, row.beta, row.gamma],
            coefficients=[list(triple) for triple in row.coefficients],
            notes=list(row.notes),
            complexity_source="fvcore" if row.confirmed else "closed_form",
        )

    def to_summary(self, sweep_id: int) -> CandidateSummary:
        """The record of the list."""
        return self.fill(CandidateSummary, **self._known(sweep_id), confirmed=self._confirmed)

    def to_record(self, sweep_id: int) -> Candidate:
        """The candidate without what its trials reached."""
        return self.fill(Candidate, **self._known(sweep_id))

    @property
    def _confirmed(self) -> bool:
        return self.complexity_source == "fvcore"

    def _known(self, sweep_id: int) -> dict[str, Any]:
        alpha, beta, gamma = self.representative
        return {
            "sweep_id": sweep_id,
            "roles": tuple(self.roles),
            "coefficients": tuple((a, b, c) for a, b, c in self.coefficients),
            "alpha": alpha,
            "beta": beta,
            "gamma": gamma,
            "shares": self.shares and self.shares.model_dump(),
            "latency": self.latency and self.latency.model_dump(),
            "notes": tuple(self.notes),
        }
