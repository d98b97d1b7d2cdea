"""Which images a search trains on, and how they are split and sized."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

Layout = Literal["auto", "classes"]
"""How the sub-folders of a folder are read."""


class DataSpec(BaseModel):
    """A data set by name, and the choices that decide which images a trial sees.

    The identity of the images themselves is the content fingerprint taken when they are
    prepared; a spec only says where to find them and how to split them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1)] = Field(
        default="digits",
        description=(
            "`digits`; a path to a folder of images (one sub-folder a class, with or without "
            "train/, val/ and test/), to a Parquet file or to a folder of Parquet files; or "
            "`hub:owner/name` for a data set of the Hugging Face Hub."
        ),
    )
    validation_fraction: float = Field(
        default=0.2,
        ge=0.01,
        le=0.9,
        description="Fraction (0.01 to 0.9) of each class's training images kept for validation.",
    )
    split_seed: int = Field(
        default=0,
        ge=0,
        lt=2**63,
        description="Seed of the choice of validation images and of max_train_images.",
    )
    test_fraction: float = Field(
        default=0.2,
        ge=0.0,
        le=0.9,
        description=(
            "Fraction (0 to 0.9) of each class held apart as the test split, only where the data "
            "have no test split of their own; the choice is fixed and ignores split_seed. "
            "0 for none."
        ),
    )
    source_px: int | None = Field(
        default=None,
        ge=1,
        le=4096,
        description=(
            "Side in pixels of the square images kept in the cache. Automatic by default: the "
            "native shorter side where all images share it (512 at most), otherwise the median "
            "shorter side (256 at most)."
        ),
    )
    max_train_images: int | None = Field(
        default=None,
        ge=2,
        description=(
            "Number of training images to keep, taken evenly from the classes after validation "
            "has been split off: fewer images make a harder task. All of them by default."
        ),
    )
    skip_corrupt: bool = Field(
        default=False,
        description="Leave out images that cannot be decoded (counted and named) and go on.",
    )
    strict: bool = Field(
        default=False,
        description=(
            "Refuse images that are exact copies between training, validation and test split, and "
            "copies with contradicting labels; they are counted and noted otherwise."
        ),
    )
    depth_bits: int | None = Field(
        default=None,
        ge=1,
        le=31,
        description=(
            "How many bits are used (1 to 31) by images of more than 8 bits a channel, one number "
            "for all of them: the largest value of so many bits is white. By default the fewest of "
            "8, 10, 12, 14 and 16 that hold every value of the data set."
        ),
    )
    in_channels: Literal[1, 3] | None = Field(
        default=None,
        description=(
            "Channels of the images: 1 (grey) or 3 (RGB). By default as the data: 1 where every "
            "image is grey, otherwise 3."
        ),
    )
    layout: Layout = Field(
        default="auto",
        description=(
            "Folders only: `classes` takes every sub-folder as a class, even where one is called "
            "train or all hold the same sub-folders. By default splits are told by their names."
        ),
    )
    image_column: str | None = Field(
        default=None,
        description="Parquet and Hub only: the column of images. Found by its type by default.",
    )
    label_column: str | None = Field(
        default=None,
        description="Parquet and Hub only: the column of labels. Found by type or name by default.",
    )
    hub_config: str | None = Field(
        default=None,
        description=(
            "The configuration (subset) of a data set of the Hub, or of a local folder of Parquet "
            "files whose README.md has configurations."
        ),
    )
    hub_revision: str | None = Field(
        default=None,
        description="Hub only: the commit, tag or branch to read; name a commit to pin the data.",
    )

    def choices(self) -> dict[str, Any]:
        """What differs from the defaults, but for the name; stored with registered images."""
        return self.model_dump(mode="json", exclude={"name"}, exclude_defaults=True)

    def registered_as(self, source: str, choices: Mapping[str, Any]) -> Self:
        """The registered images that this names.

        Args:
            source: where they are.
            choices: what was chosen when they were registered; it holds wherever this spec leaves
                the default.
        """
        return type(self).model_validate({**choices, **self.choices(), "name": source})
