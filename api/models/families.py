"""Families b0, b1, … and their members."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from api.models.candidates import ComplexitySource
from api.models.common import Answer, Coefficients
from search_spaces.families import Convention

MOST_MEMBERS: Final = 16

_MEMBER: Final[dict[str, Any]] = {
    "name": "b1",
    "k": 1,
    "phi": 0.98,
    "depth": 1.0,
    "width": 1.18,
    "resolution": 1.18,
    "resolution_px": 265,
    "flops": 801_000_000,
    "params": 7_100_000,
    "activations": 12_000_000,
    "complexity_source": "fvcore",
    "target_flops": 803_318_784.0,
    "flops_ratio": 1.99,
    "residual": -0.003,
    "dropout": 0.2,
    "stochastic_depth": 0.2,
    "base_resolution_px": 224,
    "inherited": ["dropout", "stochastic_depth", "base_resolution_px"],
    "note": "",
    "python": "from search_spaces.modules import network; model = network(…)",
    "spec": {"baseline": "efficientnet_b0", "resolution_px": 265},
}


class FrameQuery(BaseModel):
    """For which images a family is derived."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    resolution_px: int | None = Field(
        None, ge=8, le=2048, description="Base resolution; the baseline's own by default."
    )
    classes: int | None = Field(
        None,
        ge=1,
        le=1_000_000,
        description="Classes to tell apart; the baseline's own by default.",
    )


class FamilyQuery(FrameQuery):
    """By which convention a family is derived, and for which images."""

    convention: Convention = Field(
        "fitted",
        description="fitted: φ such that FLOPs come nearest 2^k × the baseline's; integer: φ = k; "
        "published: the official table.",
    )
    members: int = Field(8, ge=1, le=MOST_MEMBERS, description="How many; 8 makes b0 to b7.")


class MemberQuery(FrameQuery):
    """A member of a family, in which format."""

    convention: Convention = Field("fitted", description="As for the family.")
    format: str = Field("json", max_length=50, description="How it is written.")


class PublishedQuery(FrameQuery):
    """Whose official family, and for which images."""

    baseline: str = Field("efficientnet_b0", max_length=200, description="The unscaled network.")


class PublishedMemberQuery(PublishedQuery):
    """A member of an official family, in which format."""

    format: str = Field("json", max_length=50, description="How it is written.")


class Member(Answer):
    """One member of a family: what it is, what it costs, and what it inherits."""

    model_config = ConfigDict(json_schema_extra={"example": _MEMBER})

    name: str = Field(description="b0, b1, …")
    k: int = Field(description="It aims at 2^k × the baseline's FLOPs.")
    phi: float | None = Field(description="The compound exponent; null where a table was followed.")
    depth: float = Field(description="Multiplier of depth.")
    width: float = Field(description="Multiplier of width.")
    resolution: float = Field(description="Multiplier of resolution.")
    resolution_px: int
    flops: int = Field(description="Multiply-adds of one image.")
    params: int
    activations: int
    complexity_source: ComplexitySource = Field(description="What counted the FLOPs.")
    target_flops: float
    flops_ratio: float = Field(description="FLOPs over the baseline's.")
    residual: float = Field(description="Distance of the FLOPs to the target, relative to it.")
    dropout: float
    stochastic_depth: float
    base_resolution_px: int
    inherited: list[str] = Field(description="Fields that no search chose.")
    note: str = Field(description="What a reader must know, or empty.")
    python: str = Field(description="One line of Python that builds it.")
    spec: dict[str, Any] = Field(description="The realised network.")


class Family(Answer):
    """What coefficients imply for larger networks."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "baseline": "efficientnet_b0",
                "coefficients": {"alpha": 1.0, "beta": 1.19, "gamma": 1.19},
                "sweep": 1,
                "convention": "fitted",
                "resolution_px": 224,
                "classes": 1000,
                "in_channels": 3,
                "members": [_MEMBER],
            }
        }
    )

    baseline: str
    coefficients: Coefficients | None = Field(description="Null for the official table.")
    sweep: int | None = Field(description="The sweep that found them; null for the official table.")
    convention: Convention
    resolution_px: int = Field(description="Base resolution.")
    classes: int
    in_channels: int
    members: list[Member]
