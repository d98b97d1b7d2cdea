"""Families b0, b1, … and their members."""

from __future__ import annotations

from typing import Any, Final

from pydantic import ConfigDict, Field

from results.documents.candidates import ComplexitySource
from results.documents.common import Coefficients, Document
from search_spaces.coefficients import Scaling
from search_spaces.families import Convention, FamilyMember
from search_spaces.networks.complexity import Complexity
from search_spaces.networks.spec import NetworkSpec

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
    "python": "from scaling_search import network; model = network(…)",
    "spec": {"baseline": "efficientnet_b0", "resolution_px": 265},
}


class Member(Document):
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

    def to_member(self) -> FamilyMember:
        """The value that it was made from."""
        return self.fill(
            FamilyMember,
            scaling=self.fill(Scaling),
            complexity=self.fill(Complexity),
            spec=NetworkSpec.from_dict(self.spec),
            base_flops=round(self.target_flops / 2**self.k),
        )


class StoredMember(Document):
    """A member of the family that a sweep ended with, counted by fvcore."""

    id: int
    coefficients_id: int
    convention: str
    name: str = Field(description="b0, b1, …")
    phi: float | None = Field(description="The compound exponent.")
    depth: float = Field(description="Multiplier of depth.")
    width: float = Field(description="Multiplier of width.")
    resolution: float = Field(description="Multiplier of resolution.")
    resolution_px: int
    classes: int
    params: int
    flops: int = Field(description="Multiply-adds of one image.")
    residual: float | None = Field(description="Distance of the FLOPs to the target.")
    inherited: dict[str, Any] = Field(description="Settings that no search chose.")
    spec: dict[str, Any] = Field(description="The realised network.")


class Family(Document):
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
