"""What must be said beside a result, because the data do not support more."""

from __future__ import annotations


def upsampling_note(native_px: int, resolution_px: int) -> str | None:
    """The caution for a candidate that is trained above the resolution of its images.

    Args:
        native_px: shorter side of the images that hold the detail, in pixels.
        resolution_px: side of the candidate's input, in pixels.

    Returns:
        The sentence to show, or None where the images have at least that many pixels.
    """
    if resolution_px <= native_px:
        return None
    return (
        f"{resolution_px} px exceeds the {native_px} px of the images: upsampling adds no detail, "
        "so a difference there comes from the network's strides and no effect of resolution is "
        "claimed"
    )
