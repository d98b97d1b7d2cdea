"""Candidates: the networks of a plan, and what their trials reached."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field

from results.values.common import ComplexitySource, RelativeLatency, Triple

NETWORK: Final[dict[str, Any]] = {
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
    "complexity_source": "closed_form",
    "nominal_ratio": 2.0,
    "measured_ratio": 1.98,
    "residual": -0.02,
    "eligible": True,
    "latency": None,
    "notes": [],
}
"""An example for the API's documentation."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """One network of a plan, with every coefficient triple that realises it."""

    index: Annotated[int, Field(description="Its place in the plan, from 0.")]
    roles: Annotated[
        tuple[str, ...],
        Field(
            description="search, baseline, published, published_matched, or a compared method with "
            "its φ, such as `depth only φ=1`."
        ),
    ]
    representative: Annotated[Triple, Field(description="α, β, γ that stand for it.")]
    coefficients: Annotated[
        tuple[Triple, ...], Field(description="Each [α, β, γ] that rounds to it.")
    ]
    shares: Annotated[
        dict[str, float] | None,
        Field(description="Fractions of a doubling of FLOPs, by dimension; null for the baseline."),
    ] = None
    spec: Annotated[dict[str, Any], Field(description="The realised network.")]
    spec_key: Annotated[str, Field(description="Identity of the network.")]
    flops: Annotated[int, Field(description="Multiply-adds of one image.")]
    params: int
    activations: int
    complexity_source: Annotated[ComplexitySource, Field(description="What counted the FLOPs.")] = (
        "closed_form"
    )
    nominal_ratio: Annotated[
        float,
        Field(
            description="α·β²·γ², or its inverse where smaller networks than the baseline are "
            "sought."
        ),
    ]
    measured_ratio: Annotated[float, Field(description="FLOPs over the baseline's.")]
    residual: Annotated[float | None, Field(description="Distance of the ratio to the target.")] = (
        None
    )
    eligible: Annotated[bool, Field(description="Whether it may win.")] = True
    latency: Annotated[
        RelativeLatency | None,
        Field(
            description="Its median time of a run beside the baseline's, where the constraint "
            "names latency; else null."
        ),
    ] = None
    notes: Annotated[tuple[str, ...], Field(description="What a reader must know.")] = ()

    @property
    def alpha(self) -> float:
        """α of the triple that stands for it."""
        return self.representative[0]

    @property
    def beta(self) -> float:
        """β of the triple that stands for it."""
        return self.representative[1]

    @property
    def gamma(self) -> float:
        """γ of the triple that stands for it."""
        return self.representative[2]


@dataclass(frozen=True, kw_only=True)
class NewCandidate(Network):
    """A network of a plan, to be stored."""

    intervals: Annotated[
        dict[str, Any] | None,
        Field(description="From where to where each coefficient realises the network."),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Candidate(NewCandidate):
    """A candidate of a stored sweep, with what its trials reached."""

    __pydantic_config__ = ConfigDict(
        json_schema_extra={
            "example": NETWORK
            | {
                "complexity_source": "fvcore",
                "intervals": {"alpha": [1.0, 1.0], "beta": [1.16, 1.22], "gamma": [1.17, 1.21]},
                "id": 5,
                "finished": 3,
                "diverged": 0,
                "stopped": 0,
                "failed": 0,
                "accuracy_mean": 0.868,
                "accuracy_std": 0.006,
            }
        }
    )

    id: int
    finished: Annotated[int, Field(description="Finished trials of the search.")]
    diverged: int
    stopped: Annotated[int, Field(description="Trials that the strategy ended early.")]
    failed: int
    accuracy_mean: Annotated[float | None, Field(description="Over finished trials.")]
    accuracy_std: Annotated[
        float | None, Field(description="Sample standard deviation over them; null below two.")
    ]
