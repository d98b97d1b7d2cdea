"""Which size and channels the cached images get."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scaling_search.data.entry import Manifest
from scaling_search.data.survey import Survey
from search_spaces.errors import InputError
from search_spaces.specs.data import DataSpec

LARGEST_NATIVE_PX = 512
LARGEST_RESIZED_PX = 256


@dataclass(frozen=True)
class Geometry:
    """Size and channels in the cache, and the native sizes they were chosen from (pixels)."""

    source_px: int
    channels: int
    native_min_px: int
    native_median_px: int
    enlarged: int


def choose_geometry(found: Survey, spec: DataSpec) -> Geometry:
    """Follows the spec, else the images.

    Side: the shorter side that all images share (512 px at most), otherwise the median shorter
    side (256 px at most). Channels: 1 where every image is grey, otherwise 3.

    Raises:
        InputError: where no image is readable.
    """
    short = found.short_px[found.readable]
    if not len(short):
        raise InputError(
            f"{spec.name} holds no image that can be read: all {len(found.short_px)} are damaged "
            "or no images at all"
        )
    smallest, median = int(short.min()), int(np.median(short))
    uniform = smallest == int(short.max())
    px = spec.source_px or min(median, LARGEST_NATIVE_PX if uniform else LARGEST_RESIZED_PX)
    channels = spec.in_channels or (1 if found.grey[found.readable].all() else 3)
    return Geometry(px, channels, smallest, median, int((short < px).sum()))


def geometry_notes(manifest: Manifest) -> tuple[str, ...]:
    """What to say of images that were enlarged."""
    if not manifest.enlarged:
        return ()
    return (
        f"{manifest.enlarged:,} images are smaller than the {manifest.source_px} px of the cache "
        "and were enlarged: that adds no detail",
    )
