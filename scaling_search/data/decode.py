"""From the bytes of an image to a square uint8 array: the only reader of images.

Rules, the same for every source and command (`docs/datasets.md` tells them to users):

- The orientation that a file states (EXIF) is applied; of several frames the first is taken.
- Transparency is composited on white.
- More than 8 bits per channel become 8 by the number of bits that the data set uses (`bit_depth`);
  float images are refused, because their range is not known.
- Colour becomes grey by ITU-R 601 luma; CMYK, YCbCr, LAB and HSV become RGB. Colour profiles and
  gamma are not applied.
- The largest centred square is kept and resized, antialiased, where its side differs.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from scaling_search.data.deep_images import (
    FULL_BITS,
    UnreadableImageError,
    narrowed,
    raw_mode,
    read_deep,
)

__all__ = [
    "Header",
    "Layout",
    "Raw",
    "UnreadableImageError",
    "decode",
    "decode_mask",
    "read_header",
    "read_layout",
]

Raw = bytes | NDArray[np.uint8]
"""An image before decoding: the bytes of a file, or an (H, W) or (H, W, 3) uint8 array."""

_GREY_MODES: Final = frozenset({"1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "I;16N"})
_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes an image of each EXIF orientation upright; 1 is upright."""
_ON_ITS_SIDE: Final = (5, 6, 7, 8)
_FEWER_BITS: Final = {"L;2": 85, "L;4": 17}
"""What Pillow multiplies grey values of 2 and 4 bits by, but not the transparent one of them."""
_HALF: Final = 127
_TIFF: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


@dataclass(frozen=True)
class Header:
    """What is known of an image before it is decoded.

    Attributes:
        short_px: its shorter side in pixels.
        grey: whether it has no colour channels.
        largest: the largest value where a channel has more than 8 bits, for which the pixels are
            read; None for all others.
    """

    short_px: int
    grey: bool
    largest: int | None = None


@dataclass(frozen=True)
class Layout:
    """How a file stores an image: size in pixels, and the EXIF orientation (1 to 8)."""

    width: int
    height: int
    orientation: int

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height as the image is shown."""
        turned = self.orientation in _ON_ITS_SIDE
        return (self.height, self.width) if turned else (self.width, self.height)


def read_header(raw: Raw) -> Header:
    """Size and kind of an image, and the largest value of one with more than 8 bits per channel.

    Raises:
        UnreadableImageError: if it is no image that Pillow can read, or of a kind that is refused.
    """
    try:
        with _open(raw) as image:
            grey = image.mode in _GREY_MODES or _is_grey_with_alpha(image)
            deep = read_deep(image, lambda: _open(raw))
            return Header(min(image.size), grey, None if deep is None else deep.largest)
    except Exception as error:  # Pillow's plugins raise almost anything on damaged files
        raise UnreadableImageError(_reason(error, raw)) from error


def read_layout(raw: Raw) -> Layout:
    """Size and orientation as stored.

    Raises:
        UnreadableImageError: if it is no image that Pillow can read.
    """
    try:
        with _open(raw) as image:
            orientation = _orientation(image)
            width, height = image.size
            # Pillow tells the upright size of a TIFF, and the stored one of all others.
            if image.format == "TIFF" and orientation in _ON_ITS_SIDE:
                width, height = height, width
            return Layout(width, height, orientation)
    except Exception as error:  # as above
        raise UnreadableImageError(_reason(error, raw)) from error


def decode(raw: Raw, px: int, channels: int, bits: int | None = FULL_BITS) -> NDArray[np.uint8]:
    """Decode one image to a (px, px, channels) uint8 array.

    Args:
        raw: the image.
        px: side of the square.
        channels: 1 (grey) or 3 (RGB).
        bits: how many bits are used of images with more than 8 per channel; None where that was
            never decided, because no image of the data set has more.

    Raises:
        UnreadableImageError: if it is corrupt, truncated, or of a kind that is refused.
    """
    try:
        with _open(raw) as image:
            # JPEG only: decode at a reduced scale that still leaves twice the pixels needed.
            image.draft(None, (2 * px, 2 * px))
            flat = _in_eight_bits(image, raw, bits)
            whole = _with_channels(_opaque(flat, "white"), channels)
            pixels = np.asarray(_square(_turned(whole, _orientation(image)), px))
    except Exception as error:  # as above
        raise UnreadableImageError(_reason(error, raw)) from error
    return pixels.reshape(px, px, channels)


def decode_mask(raw: Raw, px: int, orientation: int) -> NDArray[np.bool_]:
    """Where a mask is white, as (px, px): cropped and resized as `decode` does with its image.

    Args:
        raw: the mask: white on the object; what is transparent is not on it.
        px: side of the square.
        orientation: EXIF's, of the image whose stored pixels the mask is of; 1: it is upright.

    Raises:
        UnreadableImageError: if it cannot be read, or none of it is white.
    """
    try:
        with _open(raw) as image:
            grey = _with_channels(_opaque(_in_eight_bits(image, raw, None), "black"), 1)
            own = _orientation(image)
            upright = _turned(grey, own if own != 1 else orientation)
            brightest = upright.getextrema()[1]
            square = np.asarray(_square(upright, px))
    except Exception as error:  # as above
        raise UnreadableImageError(f"its mask: {_reason(error, raw)}") from error
    if not isinstance(brightest, (int, float)) or brightest <= _HALF:
        raise UnreadableImageError(
            f"its mask has no value above {brightest}: the object must be white (255), and the "
            "rest black"
        )
    return square > _HALF


# Half as many pixels as are refused: photographs and scans have that, and a warning helps nobody.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


def _open(raw: Raw) -> Image.Image:
    return Image.open(io.BytesIO(raw)) if isinstance(raw, bytes) else Image.fromarray(raw)


def _orientation(image: Image.Image) -> int:
    """1 to 8; of a TIFF that is loaded 1, because Pillow turns those itself."""
    try:
        stated = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # damaged EXIF leaves the pixels as good as they are
        return 1
    return stated if stated in _TURNS else 1


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image


def _is_grey_with_alpha(image: Image.Image) -> bool:
    """A PNG of 16-bit grey with alpha, which Pillow opens as RGBA."""
    return raw_mode(image).startswith("LA")


def _in_eight_bits(image: Image.Image, raw: Raw, bits: int | None) -> Image.Image:
    """The loaded image, not yet upright, with at most 8 bits per channel."""
    deep = read_deep(image, lambda: _open(raw))
    if deep is not None:
        return deep.in_eight_bits(bits)
    factor = _FEWER_BITS.get(raw_mode(image))
    if factor is not None and "transparency" in image.info:
        image.info["transparency"] *= factor
    flat = narrowed(image)
    flat.load()
    return flat


def _opaque(image: Image.Image, background: str) -> Image.Image:
    if not image.has_transparency_data:
        return image
    over = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", over.size, background), over).convert("RGB")


def _with_channels(image: Image.Image, channels: int) -> Image.Image:
    mode = "L" if channels == 1 else "RGB"
    if image.mode == "LAB":  # Pillow knows the way to RGB alone
        image = image.convert("RGB")
    return image if image.mode == mode else image.convert(mode)


def _square(image: Image.Image, px: int) -> Image.Image:
    width, height = image.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    box = (left, top, left + side, top + side)
    if side == px:
        return image if width == height else image.crop(box)
    return image.resize((px, px), Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)


def _reason(error: Exception, raw: Raw) -> str:
    if isinstance(error, UnreadableImageError):
        return str(error)
    if isinstance(error, Image.DecompressionBombError):
        return f"more than {2 * (Image.MAX_IMAGE_PIXELS or 0):,} pixels: make it smaller"
    if isinstance(error, UnidentifiedImageError):
        if isinstance(raw, bytes) and raw.startswith(_TIFF):
            return "a TIFF that is damaged or of a kind that is not read: save it as 8-bit PNG"
        return "not an image, or damaged at its start"
    if "truncated" in str(error).lower() or isinstance(error, EOFError):
        return "truncated"
    return str(error) or type(error).__name__
