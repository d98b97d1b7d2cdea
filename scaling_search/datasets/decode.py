"""From the bytes of an image to a square uint8 array.

Rules, the same for every source:

- EXIF orientation is applied; of several frames the first is taken.
- Transparency is composited on white.
- 16 bits a channel become 8 by dropping the lower byte; float images are refused, because
  their range is not known.
- Colour becomes grey by ITU-R 601 luma; CMYK, YCbCr, LAB and HSV become RGB.
- The largest centred square is kept and resized, antialiased, where its side differs.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

Raw = bytes | NDArray[np.uint8]
"""An image before decoding: the bytes of a file, or an (H, W) or (H, W, 3) uint8 array."""

_GREY_MODES = frozenset({"1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "I;16N"})


class UnreadableImageError(Exception):
    """An image that cannot be decoded; the message says why, the caller knows which."""


@dataclass(frozen=True)
class Header:
    """What is known of an image before its pixels are decoded.

    Attributes:
        short_px: its shorter side in pixels.
        grey: whether it has no colour channels.
    """

    short_px: int
    grey: bool


def read_header(raw: Raw) -> Header:
    """Size and kind of an image, without decoding its pixels.

    Raises:
        UnreadableImageError: if it is no image that Pillow can read.
    """
    try:
        with _open(raw) as image:
            return Header(min(image.size), image.mode in _GREY_MODES)
    except Exception as error:  # Pillow's plugins raise almost anything on damaged files
        raise UnreadableImageError(_reason(error)) from error


def decode(raw: Raw, px: int, channels: int) -> NDArray[np.uint8]:
    """Decodes one image to a (px, px, channels) uint8 array.

    Raises:
        UnreadableImageError: if it is corrupt, truncated, or of a kind that is refused.
    """
    try:
        with _open(raw) as image:
            # JPEG only: decode at a reduced scale that still leaves twice the pixels needed.
            image.draft(None, (2 * px, 2 * px))
            upright = ImageOps.exif_transpose(image)
            pixels = np.asarray(_square(_with_channels(upright, channels), px))
    except Exception as error:  # as above
        raise UnreadableImageError(_reason(error)) from error
    return pixels.reshape(px, px, channels)


def _open(raw: Raw) -> Image.Image:
    return Image.open(io.BytesIO(raw)) if isinstance(raw, bytes) else Image.fromarray(raw)


def _with_channels(image: Image.Image, channels: int) -> Image.Image:
    if image.mode == "F":
        raise UnreadableImageError("a float image, whose range of values is not known")
    if image.mode.startswith("I"):
        wide = np.asarray(image).astype(np.int64).clip(0, 2**16 - 1)
        image = Image.fromarray((wide >> 8).astype(np.uint8))
    if image.has_transparency_data:
        opaque = image.convert("RGBA")
        white = Image.new("RGBA", opaque.size, "white")
        image = Image.alpha_composite(white, opaque).convert("RGB")
    mode = "L" if channels == 1 else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _square(image: Image.Image, px: int) -> Image.Image:
    width, height = image.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    box = (left, top, left + side, top + side)
    if side == px:
        return image if width == height else image.crop(box)
    return image.resize((px, px), Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)


def _reason(error: Exception) -> str:
    if isinstance(error, UnreadableImageError):
        return str(error)
    if isinstance(error, UnidentifiedImageError):
        return "not an image, or damaged at its start"
    if "truncated" in str(error).lower() or isinstance(error, EOFError):
        return "truncated"
    return str(error) or type(error).__name__
