"""Results of planning: candidates, directions and the plan."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import Coefficients, Shares
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.latency import RelativeLatency
from search_spaces.networks.spec import NetworkSpec
from search_spaces.specs.space import SearchSpace

Role = str
"""Purpose of a candidate: `search`, `baseline`, `published`, `published_matched`, or the role of an
`Aim` of a comparison, such as `depth only φ=1`."""


@dataclass(frozen=True)
class Candidate:
    """One distinct network of a plan, with every coefficient triple that gives it.

    Attributes:
        coefficients: the triples, which give the network at `phi`.
        representative: the triple whose αβ²γ² is nearest the target (ties: the smallest α, then β,
            then γ).
        nominal_ratio: αβ²γ² of the representative, relative to the baseline.
        measured_ratio: FLOPs of the network, relative to the baseline's.
        residual: the ratio that the target limits, minus the target.
        eligible: whether it satisfies the constraint, so that it can win.
        phi: 1, or −1 for networks smaller than the baseline.
        latency: measured only if the constraint limits it.
    """

    index: int
    roles: tuple[Role, ...]
    spec: NetworkSpec
    coefficients: tuple[Coefficients, ...]
    representative: Coefficients
    complexity: Complexity
    nominal_ratio: float
    measured_ratio: float
    residual: float
    eligible: bool
    phi: int = 1
    latency: RelativeLatency | None = None

    @property
    def shares(self) -> Shares | None:
        """Direction of the representative; None for the baseline."""
        scales = self.representative.nominal_flops_ratio > 1
        return self.representative.shares() if scales else None

    def to_dict(self) -> dict[str, Any]:
        """JSON values; `coefficients` and `representative` as [α, β, γ]."""
        shares = self.shares
        return {
            "index": self.index,
            "roles": list(self.roles),
            "representative": list(self.representative),
            "coefficients": [list(triple) for triple in self.coefficients],
            "shares": shares and list(shares),
            "spec": self.spec.to_dict(),
            "spec_key": self.spec.key,
            **asdict(self.complexity),
            "complexity_source": "closed_form",
            "nominal_ratio": self.nominal_ratio,
            "measured_ratio": self.measured_ratio,
            "residual": self.residual,
            "eligible": self.eligible,
            "latency": self.latency and asdict(self.latency),
        }


@dataclass(frozen=True)
class Direction:
    """A direction of the triangle, and the network nearest the target along it.

    `ratio` is that of the quantity that the target limits, `flops_ratio` that of FLOPs; both are
    relative to the baseline.
    """

    shares: Shares
    coefficients: Coefficients
    spec: NetworkSpec
    flops_ratio: float
    ratio: float
    reachable: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON values; shares as [depth, width, resolution]."""
        return {
            "shares": list(self.shares),
            "coefficients": list(self.coefficients),
            "spec_key": self.spec.key,
            "flops_ratio": self.flops_ratio,
            "ratio": self.ratio,
            "reachable": self.reachable,
        }


@dataclass(frozen=True)
class Plan:
    """The candidates of a search space, before anything is trained.

    Attributes:
        points: points or directions that were enumerated.
        points_within: those that satisfy the constraint.
        networks: distinct networks among those.
        directions: the reachable and unreachable regions of the triangle.
    """

    space: SearchSpace
    frame: Frame
    points: int
    points_within: int
    networks: int
    candidates: tuple[Candidate, ...]
    directions: tuple[Direction, ...]
    warnings: tuple[str, ...]

    @property
    def base_flops(self) -> int:
        """FLOPs of the unscaled baseline in this form, for one image."""
        return self.frame.base_flops

    def to_dict(self) -> dict[str, Any]:
        """JSON values, without the cost estimates that depend on a budget."""
        return {
            "baseline": self.space.baseline,
            "target": self.space.target.model_dump(),
            "base_flops": self.base_flops,
            "points": self.points,
            "points_within": self.points_within,
            "networks": self.networks,
            "candidates": [candidate.to_dict() for candidate in self.candidates],
            "directions": [direction.to_dict() for direction in self.directions],
            "warnings": list(self.warnings),
        }
