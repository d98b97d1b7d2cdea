"""Data sets that are known by name, without a path."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class BuiltIn:
    """A data set that comes with the installation.

    `images` are those to train and validate on, as of every other data set in lists; `native_px` is
    the shorter side of its images in pixels.
    """

    name: str
    description: str
    images: int
    classes: int
    channels: int
    native_px: int


_DIGITS = BuiltIn(
    name="digits",
    description="real handwritten digits (UCI, shipped with scikit-learn), grey",
    images=1_438,
    classes=10,
    channels=1,
    native_px=8,
)


def built_ins() -> tuple[BuiltIn, ...]:
    """Every data set that is known by name, in the order to show them."""
    return (_DIGITS,)
