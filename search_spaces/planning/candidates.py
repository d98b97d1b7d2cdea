"""What planning produces: candidates, and the plan they belong to."""

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
"""Why a candidate is in a plan: `search`, `baseline`, `published`, `published_matched`, or the role
of an `Aim` of a comparison, such as `depth only φ=1`."""


@dataclass(frozen=True)
class Candidate:
    """One distinct network of a plan, with every coefficient triple that realises it.

    `representative` is the triple whose αβ²γ² is nearest the target (ties: the smallest α, then β,
    then γ). They realise the network at `phi`: 1, or −1 for networks smaller than the baseline.
    Ratios are to the baseline's FLOPs: `measured_ratio` of the realised network, `nominal_ratio` of
    the representative. `residual` is the constrained ratio minus the target. Only eligible
    candidates, those that satisfy the constraint, can win. `latency` is measured only where the
    constraint names it.
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
        """Direction of the representative; None for the baseline, which has none."""
        scales = self.representative.nominal_flops_ratio > 1
        return self.representative.shares() if scales else None

    def to_dict(self) -> dict[str, Any]:
        """JSON values; `coefficients` and `representative` as [α, β, γ]."""
        shares = self.shares
        return {
            "index": self.index,
            "roles": list(self.roles),
            "representative": triple(self.representative),
            "coefficients": [triple(c) for c in self.coefficients],
            "shares": shares and [shares.depth, shares.width, shares.resolution],
            "spec": self.spec.to_dict(),
            "spec_key": self.spec.key,
            "flops": self.complexity.flops,
            "params": self.complexity.params,
            "activations": self.complexity.activations,
            "complexity_source": "closed_form",
            "nominal_ratio": self.nominal_ratio,
            "measured_ratio": self.measured_ratio,
            "residual": self.residual,
            "eligible": self.eligible,
            "latency": self.latency and asdict(self.latency),
        }


def triple(coefficients: Coefficients) -> list[float]:
    """[α, β, γ]."""
    return [coefficients.alpha, coefficients.beta, coefficients.gamma]


@dataclass(frozen=True)
class Direction:
    """Where a direction of the triangle ends up: the network nearest the target along it.

    `ratio` is of what the target constrains, `flops_ratio` of FLOPs; both to the baseline's.
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
            "shares": [self.shares.depth, self.shares.width, self.shares.resolution],
            "coefficients": triple(self.coefficients),
            "spec_key": self.spec.key,
            "flops_ratio": self.flops_ratio,
            "ratio": self.ratio,
            "reachable": self.reachable,
        }


@dataclass(frozen=True)
class Plan:
    """Everything that a sweep over a space would train, before anything is trained.

    `points` were enumerated, `points_within` satisfied the constraint, `networks` distinct networks
    remained of those. `directions` shows which regions of the triangle are reachable.
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
