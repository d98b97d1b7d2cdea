"""Which size and channels the cached images get."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scaling_search.data.scan import Scan
from search_spaces.errors import InputError
from search_spaces.specs.data import DataSpec

LARGEST_NATIVE_PX = 512
LARGEST_RESIZED_PX = 256


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """Shape of the cached images, and the sizes that it was chosen from.

    Attributes:
        channels, source_px: shape of each: (source_px, source_px, channels).
        native_min_px, native_median_px: shorter side before resizing.
        enlarged: images whose shorter side was below source_px.
    """

    channels: int
    source_px: int
    native_min_px: int
    native_median_px: int
    enlarged: int

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of a decoded image."""
        return self.source_px, self.source_px, self.channels

    @property
    def notes(self) -> tuple[str, ...]:
        """What to say of images that were enlarged."""
        if not self.enlarged:
            return ()
        return (
            f"{self.enlarged:,} images are smaller than the {self.source_px} px of the cache "
            "and were enlarged: that adds no detail",
        )


def choose_geometry(scan: Scan, spec: DataSpec) -> Geometry:
    """Follow the spec, else the images.

    Side: the shorter side that all images share (512 px at most), otherwise the median shorter
    side (256 px at most). Channels: 1 where every image is grey, otherwise 3.

    Raises:
        InputError: no image is readable.
    """
    short = scan.short_px[scan.readable]
    if not len(short):
        raise InputError(
            f"{spec.name} holds no image that can be read: all {len(scan.short_px)} are damaged "
            "or no images at all"
        )
    smallest, median = int(short.min()), int(np.median(short))
    uniform = smallest == int(short.max())
    px = spec.source_px or min(median, LARGEST_NATIVE_PX if uniform else LARGEST_RESIZED_PX)
    return Geometry(
        channels=spec.in_channels or (1 if scan.grey[scan.readable].all() else 3),
        source_px=px,
        native_min_px=smallest,
        native_median_px=median,
        enlarged=int((short < px).sum()),
    )
