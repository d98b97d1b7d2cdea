"""Images of more than 8 bits per channel: their values, and what they become in 8 bits.

A file of 16 or 32 bits per channel does not say which of its bits are used: cameras and scanners
write 10, 12 or 14 bits into 16. So values are read whole here, and how many bits they have is
decided over a data set (`choose_bits`), one number for all of its images. Files that do declare
their range (PGM and PPM with a maximum below 65,535, TIFFs of 12 bits) are no concern of this
module: they are scaled by what they declare.

Pillow keeps the upper byte alone of colour images with 16 bits per channel. The lower byte is read
by decoding once more as if the order of bytes were the other one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FULL_BITS: Final = 16
KNOWN_BITS: Final = (8, 10, 12, 14, FULL_BITS)
"""Numbers of used bits that are recognised; sensors have these."""
LEAST_KNOWN: Final = 128
"""A largest value below this could be of any range: masks and indices look like that."""

_SWAPPED: Final = {
    ";16L": ";16B",
    ";16B": ";16L",
    ";16N": ";16B" if sys.byteorder == "little" else ";16L",
}
_BITS_PER_SAMPLE, _PHOTOMETRIC, _PLANAR, _SAMPLE_FORMAT = 258, 262, 284, 339
_WHITE_IS_ZERO, _SIGNED = 0, 2


class UnreadableImageError(Exception):
    """An image that cannot be decoded; the message says why, the caller knows which."""


@dataclass(frozen=True)
class Deep:
    """An image of more than 8 bits per channel.

    Attributes:
        mode: of the same image with 8 bits: L, RGB or CMYK.
        values: (H, W, C) integers of 16 or 32 bits, none negative.
        alpha: (H, W) uint16, 0 transparent to 65535 opaque; None where all is opaque.
        inverted: whether 0 is white.
    """

    mode: str
    values: NDArray[np.integer]
    alpha: NDArray[np.uint16] | None = None
    inverted: bool = False

    @property
    def largest(self) -> int:
        """The largest value of a colour channel."""
        return int(self.values.max())

    def in_eight_bits(self, bits: int | None) -> Image.Image:
        """The same image with 8 bits per channel: L, LA, RGB, RGBA or CMYK.

        Args:
            bits: how many bits of each value are used; None: the image alone must show it, which it
                does where it uses the upper two of 16.

        Raises:
            UnreadableImageError: a value is outside that range, or the range is not known.
        """
        largest = self.largest
        if bits is None:
            if not 2 ** (FULL_BITS - 2) <= largest < 2**FULL_BITS:
                raise UnreadableImageError(
                    f"more than 8 bits per channel, no value above {largest:,}, and no range is "
                    "known for it: save it with 8 bits per channel"
                )
            bits = FULL_BITS
        if largest >= 2**bits:
            raise UnreadableImageError(
                f"holds the value {largest:,}, above the {2**bits - 1:,} of images of {bits} bits: "
                "save it as they are, or with 8 bits per channel"
            )
        pixels = _scaled(self.values, bits)
        if self.inverted:
            pixels = 255 - pixels
        mode = self.mode
        if self.alpha is not None:
            # Files of 12 bits may mean 4095 by opaque, or 65535.
            of_alpha = bits if bits < FULL_BITS and self.alpha.max() < 2**bits else FULL_BITS
            pixels = np.concatenate([pixels, _scaled(self.alpha, of_alpha)[..., None]], axis=2)
            mode += "A"
        height, width = pixels.shape[:2]
        return Image.frombytes(mode, (width, height), pixels.tobytes())


def _scaled(values: NDArray[np.integer], bits: int) -> NDArray[np.uint8]:
    """The upper 8 of so many bits; fewer than 8 are spread over 0 to 255."""
    eight = values >> (bits - 8) if bits >= 8 else values * 255 // (2**bits - 1)
    return eight.astype(np.uint8)


def used_bits(largest: int) -> int | None:
    """How many bits values up to `largest` were recorded with; None where that is not known."""
    if largest < LEAST_KNOWN:
        return None
    return next((bits for bits in KNOWN_BITS if largest < 2**bits), None)


def is_deep(image: Image.Image) -> bool:
    """Whether a channel of an image has more than 8 bits, of a range that the file does not say."""
    raw = raw_mode(image)
    if image.mode == "F" or raw == "I;12" or _declared(image):
        return False
    return image.mode.startswith("I") or ";16" in raw or _is_wide_ppm(image)


def read_deep(image: Image.Image, again: Callable[[], Image.Image]) -> Deep | None:
    """The values of an image with more than 8 bits per channel; None for any other.

    Args:
        image: opened, not yet loaded.
        again: opens it once more.

    Raises:
        UnreadableImageError: it is of a kind whose values cannot be known.
    """
    _refuse_unknown(image)
    if not is_deep(image):
        return None
    if image.mode.startswith("I"):
        inverted = _tag(image, _PHOTOMETRIC) == _WHITE_IS_ZERO
        values = np.asarray(image)[..., None]
        if (least := int(values.min())) < 0:
            raise UnreadableImageError(
                f"holds the negative value {least:,}: values must be 0 or more; shift them and "
                "save it with 8 bits per channel"
            )
        return _with_transparent_value(Deep("L", values, inverted=inverted), image)
    both = _both_bytes(image, again)
    if image.mode == "CMYK":
        return Deep("CMYK", both)
    if both.shape[2] in (2, 4):
        return Deep("L" if both.shape[2] == 2 else "RGB", both[..., :-1], both[..., -1])
    return _with_transparent_value(Deep("RGB", both), image)


def narrowed(image: Image.Image) -> Image.Image:
    """An image of mode I whose file declares its range, in 8 bits; any other as it is."""
    if not image.mode.startswith("I"):
        return image
    bits = 12 if raw_mode(image) == "I;12" else FULL_BITS  # Pillow scales PGM to 16 bits
    return Deep("L", np.asarray(image)[..., None]).in_eight_bits(bits)


def _both_bytes(image: Image.Image, again: Callable[[], Image.Image]) -> NDArray[np.uint16]:
    """(H, W, C) of all 16 bits, the alpha channel included."""
    if raw_mode(image).startswith("LA"):
        # As four bytes per pixel: the two of grey, then the two of alpha.
        _read_as(image, "RGBA")
        bytes_ = np.asarray(image).astype(np.uint16)
        return (bytes_[..., 0::2] << 8 | bytes_[..., 1::2]).astype(np.uint16)
    if _is_wide_ppm(image):
        upper, lower = "RGB;16B", "RGB;16L"
        _read_as(image, upper, codec="raw")
    else:
        upper = raw_mode(image)
        lower = next(upper.replace(end, other) for end, other in _SWAPPED.items() if end in upper)
    second = again()
    _read_as(second, lower, codec="raw" if _is_wide_ppm(second) else None)
    with second:
        values: NDArray[np.uint16] = np.asarray(image).astype(np.uint16) << 8 | np.asarray(second)
    return values


def _read_as(image: Image.Image, raw_mode: str, codec: str | None = None) -> None:
    """Lets an image be unpacked another way when it is loaded."""
    tiles = getattr(image, "tile", [])

    def changed(tile: Any) -> Any:
        if codec is not None:
            return tile._replace(codec_name=codec, args=(raw_mode, 0, 1))
        args = tile.args
        return tile._replace(args=raw_mode if isinstance(args, str) else (raw_mode, *args[1:]))

    image.tile = [changed(tile) for tile in tiles]  # type: ignore[attr-defined]


def _with_transparent_value(deep: Deep, image: Image.Image) -> Deep:
    """With alpha 0 where a pixel has the one value that a PNG calls transparent."""
    value = image.info.get("transparency")
    if value is None:
        return deep
    clear = (deep.values == np.array(value).reshape(1, 1, -1)).all(axis=2)
    alpha = np.where(clear, 0, 2**FULL_BITS - 1).astype(np.uint16)
    return Deep(deep.mode, deep.values, alpha, deep.inverted)


def _refuse_unknown(image: Image.Image) -> None:
    raw, remedy = raw_mode(image), "save it with 8 bits per channel"
    if image.mode == "F":
        raise UnreadableImageError("a float image, whose range of values is not known")
    if raw.startswith("RGBa;16"):
        raise UnreadableImageError(
            f"16 bits per channel with colours multiplied by their transparency: {remedy}"
        )
    formats = _tag(image, _SAMPLE_FORMAT)
    if image.mode == "L" and (formats in (_SIGNED, (_SIGNED,))):
        raise UnreadableImageError(f"8-bit values with a sign, whose range is not known: {remedy}")
    bits = _tag(image, _BITS_PER_SAMPLE) or ()
    if _tag(image, _PLANAR) == 2 and max(np.atleast_1d(bits), default=8) > 8:
        raise UnreadableImageError(f"more than 8 bits per channel in separate planes: {remedy}")


def raw_mode(image: Image.Image) -> str:
    """How the first tile of a file packs its pixels; empty once the image is loaded."""
    for tile in getattr(image, "tile", ()):
        args = tile.args if isinstance(tile.args, tuple) else (tile.args,)
        return args[0] if args and isinstance(args[0], str) else ""
    return ""


def _ppm_maximum(image: Image.Image) -> int | None:
    """What a PPM or PGM that Pillow scales says its largest value is."""
    for tile in getattr(image, "tile", ()):
        if tile.codec_name in ("ppm", "ppm_plain") and isinstance(tile.args, tuple):
            return int(tile.args[1])
    return None


def _is_wide_ppm(image: Image.Image) -> bool:
    plain = any(tile.codec_name == "ppm_plain" for tile in getattr(image, "tile", ()))
    return image.mode == "RGB" and _ppm_maximum(image) == 2**FULL_BITS - 1 and not plain


def _declared(image: Image.Image) -> bool:
    maximum = _ppm_maximum(image)
    return maximum is not None and maximum < 2**FULL_BITS - 1


def _tag(image: Image.Image, number: int) -> Any:
    """A tag of a TIFF; None of any other file."""
    return getattr(image, "tag_v2", {}).get(number)
