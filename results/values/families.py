"""Families b0, b1, … that coefficients imply for larger networks."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from results.values.json import documented
from search_spaces.coefficients import Coefficients
from search_spaces.families import Convention, FamilyMember
from search_spaces.families.member import EXAMPLE as MEMBER

_EXAMPLE: dict[str, Any] = {
    "baseline": "efficientnet_b0",
    "coefficients": {"alpha": 1.0, "beta": 1.19, "gamma": 1.19},
    "sweep": 1,
    "convention": "fitted",
    "resolution_px": 224,
    "classes": 1000,
    "in_channels": 3,
    "members": [MEMBER],
}


@dataclass(frozen=True, kw_only=True)
class Family:
    """What coefficients imply for larger networks."""

    __pydantic_config__ = documented(_EXAMPLE)

    baseline: str
    coefficients: Annotated[Coefficients | None, Field(description="Null for the official table.")]
    sweep: Annotated[
        int | None,
        Field(description="The sweep that found the coefficients; null for the official table."),
    ]
    convention: Convention
    resolution_px: Annotated[int, Field(description="Base resolution.")]
    classes: int
    in_channels: int
    members: tuple[FamilyMember, ...]


@dataclass(frozen=True, kw_only=True)
class StoredMember:
    """A member of the family of a sweep's leader, counted by fvcore."""

    id: int
    coefficients_id: int
    convention: Annotated[str, Field(description="fitted, integer or published.")]
    name: Annotated[str, Field(description="b0, b1, …")]
    phi: Annotated[
        float | None,
        Field(description="The compound exponent; null where a table was followed."),
    ]
    depth: Annotated[float, Field(description="Multiplier of depth.")]
    width: Annotated[float, Field(description="Multiplier of width.")]
    resolution: Annotated[float, Field(description="Multiplier of resolution.")]
    resolution_px: int
    classes: int
    params: int
    flops: Annotated[int, Field(description="Multiply-adds of one image.")]
    residual: Annotated[
        float | None, Field(description="Distance of the FLOPs to the target, relative to it.")
    ]
    inherited: Annotated[dict[str, Any], Field(description="Settings that no search chose.")]
    spec: Annotated[dict[str, Any], Field(description="The realised network.")]
