"""What must be said beside a candidate, because the data do not support more."""

from __future__ import annotations


def upsampling_note(resolution_px: int, native_px: int, kept_px: int) -> str | None:
    """The caution for a candidate that is trained above the resolution of its images.

    Args:
        resolution_px: side of the candidate's input, in pixels.
        native_px: shorter side of the images as they were found, in pixels.
        kept_px: side of the images that training gets, in pixels.

    Returns:
        The sentence to show, or None where the images have at least that many pixels.
    """
    detail_px = min(native_px, kept_px)
    if resolution_px <= detail_px:
        return None
    note = (
        f"{resolution_px} px exceeds the {detail_px} px of the images: upsampling adds no detail, "
        "so a difference there comes from the network's strides and no effect of resolution is "
        "claimed"
    )
    if kept_px < native_px:
        note += f" (the originals have {native_px} px: a larger source_px would keep more of them)"
    return note
