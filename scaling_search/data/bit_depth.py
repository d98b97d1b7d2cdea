"""How many bits the images of more than 8 bits per channel use: one number for a data set.

It is decided over all images of the data set, those of the test split included: which bits a camera
writes is a property of the recording, and one number keeps all splits alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scaling_search.data.deep_images import FULL_BITS, KNOWN_BITS, used_bits
from scaling_search.data.scan import NOT_DEEP, Scan
from search_spaces.errors import InputError
from search_spaces.specs.data import DataSpec

_DARK_BITS = 4
"""Upper bits that an image leaves unused before a note calls it dark."""


def choose_bits(scans: Sequence[Scan], spec: DataSpec) -> int | None:
    """The number of used bits; None where no image has more than 8 bits per channel.

    Follows the spec, else the largest value: the fewest of 8, 10, 12, 14 and 16 bits that hold it.

    Args:
        scans: all images of the data set.
        spec: may give the number.

    Raises:
        InputError: the range is not known, or values are above the range that the spec gives.
    """
    largest, where = max(
        (
            (int(scan.largest.max()), scan.images.where(int(scan.largest.argmax())))
            for scan in scans
            if len(scan.largest)
        ),
        default=(NOT_DEEP, ""),
    )
    if largest == NOT_DEEP:
        return None
    if spec.depth_bits is not None:
        if largest >= 2**spec.depth_bits:
            raise InputError(
                f"depth_bits is {spec.depth_bits}: values go up to {2**spec.depth_bits - 1:,} "
                f"then, and {where} holds {largest:,}; use at least {largest.bit_length()}"
            )
        return spec.depth_bits
    bits = used_bits(largest)
    if bits is None:
        known = ", ".join(f"0 to {2**one - 1:,}" for one in KNOWN_BITS)
        raise InputError(
            f"the images of {spec.name} with more than 8 bits per channel hold values up to "
            f"{largest:,} ({where}), and which value is white is not known; known are ranges that "
            f"are at least half used: {known}. Save them with 8 bits per channel, or set "
            f"depth_bits to the number of bits of white (at least {max(1, largest.bit_length())})"
        )
    return bits


def depth_notes(scans: Sequence[Scan], bits: int | None, spec: DataSpec) -> tuple[str, ...]:
    """Notes on the scale, and on images that are dark on it."""
    if bits is None and spec.depth_bits is not None:
        return (
            f"depth_bits is {spec.depth_bits}, and no image has more than 8 bits per channel: it "
            "changes nothing",
        )
    if bits is None:
        return ()
    largest = np.concatenate([scan.largest for scan in scans])
    deep = largest[largest != NOT_DEEP]
    notes = []
    if bits != FULL_BITS:
        notes.append(
            f"{len(deep):,} images with more than 8 bits per channel hold no value above "
            f"{int(deep.max()):,}: all are read as images of {bits} bits, {2**bits - 1:,} is white"
        )
    dark = int((deep < 2 ** max(0, bits - _DARK_BITS)).sum())
    if dark:
        notes.append(
            f"{dark:,} of {len(deep):,} images with more than 8 bits per channel use less than a "
            f"16th of the {bits} bits and come out dark: if they were recorded with fewer bits "
            "than the others, save them with 8 bits per channel"
        )
    return tuple(notes)
