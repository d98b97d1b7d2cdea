"""Parameters of families and members."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from search_spaces.exports import FORMATS
from search_spaces.families import Convention

MOST_MEMBERS: Final = 16
FORMAT: Final[Any] = Field("json", max_length=50, description=f"One of {', '.join(FORMATS)}.")


class Images(NamedTuple):
    """Images that a family is derived for; None stands for the baseline's values."""

    resolution_px: int | None = None
    classes: int | None = None
    resolution_multiple: int = 1


class FrameQuery(BaseModel):
    """Images that a family is derived for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    resolution_px: int | None = Field(
        None, ge=8, le=2048, description="Base resolution; the baseline's by default."
    )
    classes: int | None = Field(
        None,
        ge=1,
        le=1_000_000,
        description="Number of classes; the baseline's by default.",
    )
    resolution_multiple: int = Field(
        1,
        ge=1,
        le=256,
        description="Resolutions are rounded to multiples of it; transformers needs even ones (2).",
    )

    @property
    def images(self) -> Images:
        """The same, as a key of caches."""
        return Images(self.resolution_px, self.classes, self.resolution_multiple)


class FamilyQuery(FrameQuery):
    """Convention and images that a family is derived for."""

    convention: Convention = Field(
        "fitted",
        description="fitted: φ such that FLOPs come nearest 2^k × the baseline's; integer: φ = k; "
        "published: the official table.",
    )
    members: int = Field(8, ge=1, le=MOST_MEMBERS, description="How many; 8 makes b0 to b7.")


class WrittenFamilyQuery(FamilyQuery):
    """A family and its format."""

    format: str = FORMAT


class MemberQuery(FrameQuery):
    """A member of a family and its format."""

    convention: Convention = Field("fitted", description="As for the family.")
    format: str = FORMAT


class PublishedQuery(FrameQuery):
    """The baseline of an official family, and its images."""

    baseline: str = Field("efficientnet_b0", max_length=200, description="The unscaled network.")


class WrittenPublishedQuery(PublishedQuery):
    """An official family or a member of it, and its format."""

    format: str = FORMAT
