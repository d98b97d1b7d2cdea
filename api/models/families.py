"""Which families and members are asked for."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from search_spaces.families import Convention

MOST_MEMBERS: Final = 16


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
