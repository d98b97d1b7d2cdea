"""The images of a search, their splits and their size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field

from search_spaces.models import StrictModel

Layout = Literal["auto", "classes"]
"""Meaning of the sub-folders of a folder."""


class DataSpec(StrictModel):
    """A data set by name, and the choices that decide which images a trial uses.

    A spec only says where the images are and how they are split. Their identity is the fingerprint
    of their content, which is taken when they are prepared.
    """

    name: str = Field(
        default="digits",
        min_length=1,
        description="`digits`; a path to a folder of images (one sub-folder per class, with or "
        "without train/, val/ and test/), to a Parquet file or to a folder of Parquet files; or "
        "`hub:owner/name` for a data set of the Hugging Face Hub.",
    )
    validation_fraction: float = Field(
        default=0.2,
        ge=0.01,
        le=0.9,
        description="Fraction (0.01 to 0.9) of each class's training images held out for "
        "validation.",
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
        description="Fraction (0 to 0.9) of each class held out as the test split, if the data "
        "have none of their own. The choice is fixed and ignores split_seed. 0: no test split.",
    )
    source_px: int | None = Field(
        default=None,
        ge=1,
        le=4096,
        description="Side in pixels of the square images in the cache. Absent: the shorter side "
        "of the images if all have the same (512 at most), otherwise its median (256 at most).",
    )
    max_train_images: int | None = Field(
        default=None,
        ge=2,
        description="Number of training images to keep, evenly from the classes, after the "
        "validation split: fewer images make a harder task. Absent: all of them.",
    )
    skip_corrupt: bool = Field(
        default=False,
        description="Leave out images that cannot be decoded, and report them.",
    )
    strict: bool = Field(
        default=False,
        description="Refuse data with exact copies of an image in two splits or with two labels; "
        "they are only counted and reported otherwise.",
    )
    depth_bits: int | None = Field(
        default=None,
        ge=1,
        le=31,
        description="Bits used (1 to 31) by images of more than 8 bits per channel, the same for "
        "all: the largest value of this many bits is white. Absent: the fewest of 8, 10, 12, 14 "
        "and 16 that hold every value of the data set.",
    )
    in_channels: Literal[1, 3] | None = Field(
        default=None,
        description="Channels of the images: 1 (grey) or 3 (RGB). Absent: 1 if every image is "
        "grey, otherwise 3.",
    )
    layout: Layout = Field(
        default="auto",
        description="Folders only: `classes` takes every sub-folder as a class, even if it is "
        "called train or all have the same sub-folders. `auto` recognises splits by their names.",
    )
    image_column: str | None = Field(
        default=None,
        description="Parquet and Hub only: column of images. Absent: recognised by its type.",
    )
    label_column: str | None = Field(
        default=None,
        description="Parquet and Hub only: column of labels. Absent: recognised by type or name.",
    )
    hub_config: str | None = Field(
        default=None,
        description="Configuration (subset) of a data set of the Hub, or of a local folder of "
        "Parquet files whose README.md has configurations.",
    )
    hub_revision: str | None = Field(
        default=None,
        description="Hub only: commit, tag or branch to read; a commit pins the data.",
    )

    def choices(self) -> dict[str, Any]:
        """Values other than the defaults, without the name; stored with registered images."""
        return self.model_dump(mode="json", exclude={"name"}, exclude_defaults=True)

    def registered_as(self, source: str, choices: Mapping[str, Any]) -> Self:
        """This spec for registered images, which it refers to by their name.

        Args:
            source: location of the images.
            choices: values chosen at registration, used where this spec has the default.
        """
        return type(self).model_validate({**choices, **self.choices(), "name": source})
