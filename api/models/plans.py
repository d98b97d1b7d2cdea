"""A plan before anything is trained, and the specification that asks for it."""

from __future__ import annotations

from typing import Annotated, Any, Final, Self

from fastapi import Body
from fastapi.openapi.models import Example
from pydantic import ConfigDict, Field

from api.models.common import Document
from api.submission.planning import Planned
from results.values import Network
from results.values.candidates import NETWORK
from search_spaces.coefficients import Shares
from search_spaces.planning import Direction
from search_spaces.specs.sweep import SweepSpec

SMALL_SPEC: Final[dict[str, Any]] = {
    "name": "digits, five directions",
    "space": {
        "baseline": "efficientnet_b0",
        "form": {"width": 0.35, "stem_stride": 1, "strides": [1, 2, 1, 2, 1, 1, 1]},
        "resolution_px": 16,
        "rounding": {"width_divisor": 4},
        "target": {"flops_ratio": 2.0, "by": "measured", "tolerance": 0.25},
        "lattice": {"directions": [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0.5, 0.5], [0.5, 0.5, 0]]},
    },
    "proxy": {"images": 4000, "batch_size": 32, "learning_rate": 0.05},
    "data": {"name": "digits"},
    "seeds": [0, 1, 2],
}
_GRID_SPEC: Final[dict[str, Any]] = {
    "name": "a grid by the paper's rule",
    "space": {
        "baseline": "efficientnet_b0",
        "resolution_px": 224,
        "target": {"flops_ratio": 2.0, "by": "nominal", "tolerance": 0.1},
        "axes": {
            "alpha": {"min": 1.0, "max": 2.0, "step": 0.1},
            "beta": {"min": 1.0, "max": 1.4, "step": 0.1},
            "gamma": {"min": 1.0, "max": 1.4, "step": 0.1},
        },
    },
    "proxy": {"images": 100000, "batch_size": 128, "learning_rate": 0.1},
    "seeds": [0],
}

SpecBody = Annotated[
    SweepSpec,
    Body(
        description="The whole sweep: where to look, how to train, on what, how often, how to "
        "decide. docs/search-spaces.md explains every key.",
        openapi_examples={
            "directions": Example(summary="Directions on the triangle", value=SMALL_SPEC),
            "grid": Example(summary="A grid over α, β, γ", value=_GRID_SPEC),
        },
    ),
]


class PlannedDirection(Document):
    """Where a direction of the triangle ends up: the network nearest the target along it."""

    shares: Shares
    coefficients: list[float] = Field(description="[α, β, γ].")
    spec_key: str
    flops_ratio: float = Field(description="FLOPs over the baseline's.")
    ratio: float = Field(description="What the target is about, over the baseline's.")
    reachable: bool = Field(description="Whether that is within the tolerance.")

    @classmethod
    def from_plan(cls, row: Direction) -> Self:
        """From a plan."""
        return cls(**row.to_dict() | {"shares": row.shares})


class Training(Document):
    """What training the plan comes to: at most, unless the strategy is `grid`."""

    strategy: str = Field(description="What decides on the trials.")
    trials: int
    images: int = Field(description="Training images of all trials, repeats counted.")
    first_images: int = Field(
        description="Training images before any result decides what else is trained."
    )
    seeds: list[int]


class PlanAnswer(Document):
    """What a sweep would train; complexity is in closed form, which fvcore later confirms."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "digits, five directions",
                "dataset": "digits",
                "baseline": "efficientnet_b0",
                "in_channels": 1,
                "classes": 10,
                "resolution_px": 16,
                "target": {"flops_ratio": 2.0, "by": "measured", "tolerance": 0.25},
                "base_flops": 1_717_000,
                "points": 5,
                "points_within": 5,
                "networks": 5,
                "candidates": [NETWORK],
                "directions": [],
                "warnings": [],
                "training": {
                    "strategy": "grid",
                    "trials": 24,
                    "images": 96_000,
                    "first_images": 96_000,
                    "seeds": [0, 1, 2],
                },
            }
        }
    )

    name: str
    dataset: str | None = Field(description="Null where none was named.")
    baseline: str
    in_channels: int
    classes: int
    resolution_px: int = Field(description="Base resolution.")
    target: dict[str, Any] = Field(description="The constraint.")
    base_flops: int = Field(description="FLOPs of the unscaled baseline in this form.")
    points: int = Field(description="How many points or directions were enumerated.")
    points_within: int = Field(description="How many of them satisfy the constraint.")
    networks: int = Field(description="How many distinct networks those are.")
    candidates: tuple[Network, ...] = Field(
        description="The networks to train, references included."
    )
    directions: list[PlannedDirection] = Field(description="What the triangle can reach.")
    warnings: list[str] = Field(description="What to change, or to know, before training.")
    training: Training

    @classmethod
    def from_planned(cls, planned: Planned) -> Self:
        """From a plan."""
        plan, spec = planned.plan, planned.spec
        eligible = sum(one.eligible for one in plan.candidates)
        trials = spec.most_trials(len(plan.candidates), eligible)
        return cls(
            name=spec.name,
            dataset=planned.data and planned.data.name,
            baseline=spec.space.baseline,
            in_channels=plan.frame.in_channels,
            classes=plan.frame.classes,
            resolution_px=plan.frame.resolution_px,
            target=spec.space.target.model_dump(),
            base_flops=plan.base_flops,
            points=plan.points,
            points_within=plan.points_within,
            networks=plan.networks,
            candidates=tuple(planned.candidates),
            directions=[PlannedDirection.from_plan(one) for one in plan.directions],
            warnings=list(planned.warnings),
            training=Training(
                strategy=spec.strategy.name,
                trials=trials,
                images=trials * spec.proxy.total_images,
                first_images=spec.first_images(len(plan.candidates), eligible),
                seeds=list(spec.seeds),
            ),
        )
