"""Small files of every kind that people have, each with the pixels that are right, or the message.

One function a case. The arrays are written down here, not computed by the reader that they test;
files that Pillow cannot write are put together from bytes by their specifications.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 4
WHITE = 255

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Case:
    """A file and what must become of it.

    Attributes:
        content, ending: the file.
        pixels: (4, 4, 3) uint8 that it becomes; None where it is refused.
        problem: why it is refused.
        tolerance: how far a pixel may be off, for codecs that lose.
        bits: what the data set of such files is read with.
    """

    content: bytes
    ending: str
    pixels: Pixels | None = None
    problem: str | None = None
    tolerance: int = 0
    bits: int | None = None


CASES: dict[str, Callable[[], Case]] = {}


def case(function: Callable[[], Case]) -> Callable[[], Case]:
    CASES[function.__name__] = function
    return function


def grid(top: int = 255) -> NDArray[np.int64]:
    """(4, 4) values from 0 to `top`, all different where `top` allows."""
    return np.arange(SIDE * SIDE).reshape(SIDE, SIDE) * top // (SIDE * SIDE - 1)


def colours(top: int = 255) -> NDArray[np.int64]:
    """(4, 4, 3) values: every channel another arrangement of `grid`."""
    plain = grid(top)
    return np.stack([plain, plain.T, plain[::-1]], axis=2)


def grey(values: Any) -> Pixels:
    """(4, 4) as (4, 4, 3) uint8."""
    return np.repeat(np.asarray(values)[..., None], 3, axis=2).astype(np.uint8)


def rgb(values: Any) -> Pixels:
    return np.asarray(values).astype(np.uint8)


def encode(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png(
    values: NDArray[Any],
    depth: int,
    colour_type: int,
    transparent: Sequence[int] | bytes | None = None,
    palette: bytes | None = None,
    more: bytes = b"",
) -> bytes:
    """A PNG by its specification: every bit depth, and a transparent value of it."""
    height, width = values.shape[:2]
    rows = b""
    for row in values:
        flat = np.asarray(row).reshape(-1)
        if depth == 16:
            packed = flat.astype(">u2").tobytes()
        elif depth == 8:
            packed = flat.astype("u1").tobytes()
        else:
            bits = np.unpackbits(flat.astype("u1")[:, None], axis=1)[:, 8 - depth :]
            packed = np.packbits(bits.ravel()).tobytes()
        rows += b"\0" + packed
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    made = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more
    if palette is not None:
        made += chunk(b"PLTE", palette)
    if transparent is not None:
        if not isinstance(transparent, bytes):
            transparent = struct.pack(f">{len(transparent)}H", *transparent)
        made += chunk(b"tRNS", transparent)
    return made + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def chunk(kind: bytes, content: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + crc


def tiff(
    values: NDArray[Any],
    kind: str,
    *,
    photometric: int = 1,
    big: bool = False,
    deflated: bool = False,
    extra: int | None = None,
    planes: bool = False,
    orientation: int | None = None,
) -> bytes:
    """A TIFF by its specification. `kind` is numpy's: u2, i2, i4, f4 and so on."""
    order = ">" if big else "<"
    sample_format = {"u": 1, "i": 2, "f": 3}[kind[0]]
    height, width = values.shape[:2]
    samples = 1 if values.ndim == 2 else values.shape[2]
    pixels = (np.moveaxis(values, 2, 0) if planes else values).astype(order + kind).tobytes()
    pixels = zlib.compress(pixels) if deflated else pixels
    place = "place of the pixels"
    tags: list[tuple[int, str, Any]] = [
        (256, "I", [width]),
        (257, "I", [height]),
        (258, "H", [int(kind[1]) * 8] * samples),
        (259, "H", [8 if deflated else 1]),
        (262, "H", [photometric]),
        (273, "I", place),
        (277, "H", [samples]),
        (278, "I", [height]),
        (279, "I", [len(pixels)]),
        (284, "H", [2 if planes else 1]),
        (339, "H", [sample_format] * samples),
    ]
    if orientation is not None:
        tags.append((274, "H", [orientation]))
    if extra is not None:
        tags.append((338, "H", [extra]))
    tags.sort(key=lambda tag: tag[0])
    start = 8 + 2 + 12 * len(tags) + 4
    entries, more = b"", b""
    long = sum(2 * len(v) for _, f, v in tags if f == "H" and len(v) > 2)
    for number, form, content in tags:
        content = [start + long] if content is place else content
        raw = struct.pack(order + form * len(content), *content)
        if len(raw) > 4:
            where, more = start + len(more), more + raw
            raw = struct.pack(order + "I", where)
        code = {"H": 3, "I": 4}[form]
        entries += struct.pack(order + "HHI", number, code, len(content)) + raw.ljust(4, b"\0")
    mark = b"MM\0*" if big else b"II*\0"
    head = mark + struct.pack(order + "IH", 8, len(tags))
    return head + entries + b"\0\0\0\0" + more + pixels


# 8 bits per channel and fewer


@case
def grey_png() -> Case:
    return Case(png(grid(), 8, 0), ".png", grey(grid()))


@case
def colour_png() -> Case:
    return Case(png(colours(), 8, 2), ".png", rgb(colours()))


@case
def one_bit_png() -> Case:
    return Case(png(grid() % 2, 1, 0), ".png", grey(grid() % 2 * 255))


@case
def two_bit_png() -> Case:
    return Case(png(grid(15) % 4, 2, 0), ".png", grey(grid(15) % 4 * 85))


@case
def four_bit_png() -> Case:
    return Case(png(grid(15), 4, 0), ".png", grey(grid(15) * 17))


@case
def palette_png() -> Case:
    palette = colours().reshape(-1, 3).astype("u1").tobytes()
    return Case(png(grid(15), 4, 3, palette=palette), ".png", rgb(colours()))


@case
def grey_bmp() -> Case:
    image = Image.fromarray(grid().astype("u1"))
    return Case(encode(image, "BMP"), ".bmp", grey(grid()))


@case
def pgm_with_a_maximum() -> Case:
    """PGM says what is white: 300 here."""
    values = grid(300).astype(">u2")
    right = (grid(300) * 65535 + 150) // 300 >> 8
    return Case(b"P5 4 4 300\n" + values.tobytes(), ".pgm", grey(right))


@case
def ppm_with_a_maximum() -> Case:
    values = colours(4095).astype(">u2")
    right = np.rint(colours(4095) * 255 / 4095)
    return Case(b"P6 4 4 4095\n" + values.tobytes(), ".ppm", rgb(right))


# Transparency, on white


def over_white(values: Any, alpha: Any) -> Pixels:
    over = np.asarray(alpha, dtype=float)[..., None] / 255
    return np.rint(np.asarray(values) * over + WHITE * (1 - over)).astype(np.uint8)


ALPHA = np.array([[0, 255, 0, 255], [255, 0, 255, 0], [51, 51, 51, 51], [204, 204, 204, 204]])


@case
def colour_with_alpha() -> Case:
    values = np.concatenate([colours(), ALPHA[..., None]], axis=2)
    return Case(png(values, 8, 6), ".png", over_white(colours(), ALPHA), tolerance=1)


@case
def grey_with_alpha() -> Case:
    values = np.stack([grid(), ALPHA], axis=2)
    return Case(png(values, 8, 4), ".png", over_white(grey(grid()), ALPHA), tolerance=1)


@case
def colour_with_a_transparent_value() -> Case:
    right = rgb(colours())
    right[1, 2] = WHITE
    return Case(png(colours(), 8, 2, transparent=colours()[1, 2].tolist()), ".png", right)


@case
def grey_with_a_transparent_value() -> Case:
    right = grey(grid())
    right[0, 1] = WHITE
    return Case(png(grid(), 8, 0, transparent=[17]), ".png", right)


@case
def one_bit_with_a_transparent_value() -> Case:
    return Case(png(grid() % 2, 1, 0, transparent=[0]), ".png", grey(np.full((4, 4), WHITE)))


@case
def two_bit_with_a_transparent_value() -> Case:
    values = grid(15) % 4
    right = np.where(values == 2, WHITE, values * 85)
    return Case(png(values, 2, 0, transparent=[2]), ".png", grey(right))


@case
def four_bit_with_a_transparent_value() -> Case:
    right = np.where(grid(15) == 5, WHITE, grid(15) * 17)
    return Case(png(grid(15), 4, 0, transparent=[5]), ".png", grey(right))


@case
def palette_with_a_transparent_entry() -> Case:
    palette = colours().reshape(-1, 3).astype("u1").tobytes()
    right = rgb(colours())
    right[0, 0] = WHITE
    made = png(grid(15), 4, 3, palette=palette, transparent=b"\0")
    return Case(made, ".png", right)


@case
def palette_with_half_transparent_entries() -> Case:
    palette = colours().reshape(-1, 3).astype("u1").tobytes()
    alpha = ALPHA.astype("u1")
    right = over_white(colours(), alpha)
    made = png(grid(15), 4, 3, palette=palette, transparent=alpha.tobytes())
    return Case(made, ".png", right, tolerance=1)


@case
def wide_grey_with_a_transparent_value() -> Case:
    values = grid(65535)
    right = np.where(values == values[2, 1], WHITE, values >> 8)
    return Case(png(values, 16, 0, transparent=[int(values[2, 1])]), ".png", grey(right), bits=16)


@case
def twelve_bits_grey_with_a_transparent_value() -> Case:
    values = grid(4095)
    right = np.where(values == values[2, 1], WHITE, values >> 4)
    return Case(png(values, 16, 0, transparent=[int(values[2, 1])]), ".png", grey(right), bits=12)


@case
def wide_colour_with_a_transparent_value() -> Case:
    values = colours(65535)
    right = rgb(values >> 8)
    right[1, 2] = WHITE
    return Case(png(values, 16, 2, transparent=values[1, 2].tolist()), ".png", right, bits=16)


@case
def wide_colour_with_alpha() -> Case:
    values = np.concatenate([colours(65535), ALPHA[..., None] * 257], axis=2)
    right = over_white(colours(65535) >> 8, ALPHA)
    return Case(png(values, 16, 6), ".png", right, tolerance=1, bits=16)


@case
def wide_grey_with_alpha() -> Case:
    values = np.stack([grid(65535), ALPHA * 257], axis=2)
    right = over_white(grey(grid(65535) >> 8), ALPHA)
    return Case(png(values, 16, 4), ".png", right, tolerance=1, bits=16)


@case
def twelve_bits_with_alpha_of_sixteen() -> Case:
    values = np.concatenate([colours(4095), ALPHA[..., None] * 257], axis=2)
    right = over_white(colours(4095) >> 4, ALPHA)
    return Case(png(values, 16, 6), ".png", right, tolerance=1, bits=12)


@case
def twelve_bits_with_alpha_of_twelve() -> Case:
    values = np.stack([grid(4095), np.full((4, 4), 4095)], axis=2)
    return Case(png(values, 16, 4), ".png", grey(grid(4095) >> 4), bits=12)


@case
def transparent_webp() -> Case:
    image = Image.fromarray(np.concatenate([colours(), ALPHA[..., None]], axis=2).astype("u1"))
    content = encode(image, "WEBP", lossless=True, exact=True)
    return Case(content, ".webp", over_white(colours(), ALPHA), tolerance=1)


# More than 8 bits per channel


@case
def full_grey_png() -> Case:
    return Case(png(grid(65535), 16, 0), ".png", grey(grid(65535) >> 8), bits=16)


@case
def fourteen_bits_grey_png() -> Case:
    return Case(png(grid(16383), 16, 0), ".png", grey(grid(16383) >> 6), bits=14)


@case
def twelve_bits_grey_png() -> Case:
    return Case(png(grid(4095), 16, 0), ".png", grey(grid(4095) >> 4), bits=12)


@case
def ten_bits_grey_png() -> Case:
    return Case(png(grid(1023), 16, 0), ".png", grey(grid(1023) >> 2), bits=10)


@case
def eight_bits_in_a_wide_png() -> Case:
    return Case(png(grid(), 16, 0), ".png", grey(grid()), bits=8)


@case
def few_values_in_a_wide_png() -> Case:
    return Case(png(grid(15) % 2, 16, 0), ".png", problem="hold values up to 1 ")


@case
def full_colour_png() -> Case:
    return Case(png(colours(65535), 16, 2), ".png", rgb(colours(65535) >> 8), bits=16)


@case
def twelve_bits_colour_png() -> Case:
    return Case(png(colours(4095), 16, 2), ".png", rgb(colours(4095) >> 4), bits=12)


@case
def eight_bits_in_a_wide_colour_png() -> Case:
    return Case(png(colours(), 16, 2), ".png", rgb(colours()), bits=8)


@case
def full_grey_tiff() -> Case:
    return Case(tiff(grid(65535), "u2"), ".tif", grey(grid(65535) >> 8), bits=16)


@case
def twelve_bits_grey_tiff_big_endian() -> Case:
    return Case(tiff(grid(4095), "u2", big=True), ".tif", grey(grid(4095) >> 4), bits=12)


@case
def twelve_bits_grey_tiff_deflated() -> Case:
    content = tiff(grid(4095), "u2", big=True, deflated=True)
    return Case(content, ".tif", grey(grid(4095) >> 4), bits=12)


@case
def white_is_zero_in_a_wide_tiff() -> Case:
    right = 255 - (grid(65535) >> 8)
    return Case(tiff(grid(65535), "u2", photometric=0), ".tiff", grey(right), bits=16)


@case
def white_is_zero_in_a_tiff() -> Case:
    return Case(tiff(grid(), "u1", photometric=0), ".tiff", grey(255 - grid()))


@case
def twelve_bits_colour_tiff() -> Case:
    content = tiff(colours(4095), "u2", photometric=2)
    return Case(content, ".tiff", rgb(colours(4095) >> 4), bits=12)


@case
def twelve_bits_colour_tiff_big_endian() -> Case:
    content = tiff(colours(4095), "u2", photometric=2, big=True)
    return Case(content, ".tiff", rgb(colours(4095) >> 4), bits=12)


@case
def twelve_bits_colour_tiff_deflated() -> Case:
    content = tiff(colours(4095), "u2", photometric=2, big=True, deflated=True)
    return Case(content, ".tiff", rgb(colours(4095) >> 4), bits=12)


@case
def full_colour_ppm() -> Case:
    values = colours(65535).astype(">u2")
    right = rgb(colours(65535) >> 8)
    return Case(b"P6 4 4 65535\n" + values.tobytes(), ".ppm", right, bits=16)


@case
def twelve_bits_colour_ppm() -> Case:
    values = colours(4095).astype(">u2")
    right = rgb(colours(4095) >> 4)
    return Case(b"P6 4 4 65535\n" + values.tobytes(), ".ppm", right, bits=12)


@case
def bytes_in_an_int32_tiff() -> Case:
    return Case(tiff(grid(), "i4"), ".tif", grey(grid()), bits=8)


@case
def twelve_bits_in_an_int32_tiff() -> Case:
    return Case(tiff(grid(4095), "i4"), ".tif", grey(grid(4095) >> 4), bits=12)


@case
def twelve_bits_in_an_unsigned_int32_tiff() -> Case:
    return Case(tiff(grid(4095), "u4"), ".tif", grey(grid(4095) >> 4), bits=12)


@case
def large_values_in_an_int32_tiff() -> Case:
    return Case(tiff(grid(10**6), "i4"), ".tif", problem="hold values up to 1,000,000 ")


@case
def negative_values() -> Case:
    return Case(
        tiff(grid(4095) - 5, "i2"),
        ".tif",
        problem="holds the negative value -5: values must be 0 or more; shift them and save it "
        "with 8 bits per channel",
    )


@case
def negative_values_in_an_int32_tiff() -> Case:
    problem = "holds the negative value -5: values must be 0 or more"
    return Case(tiff(grid(4095) - 5, "i4"), ".tif", problem=problem)


@case
def signed_bytes() -> Case:
    problem = "8-bit values with a sign, whose range is not known: save it with 8 bits per channel"
    return Case(tiff(grid() - 128, "i1"), ".tif", problem=problem)


@case
def float_tiff() -> Case:
    problem = "a float image, whose range of values is not known"
    return Case(tiff(grid() / 255, "f4"), ".tif", problem=problem)


@case
def float_colour_tiff() -> Case:
    problem = "a TIFF that is damaged or of a kind that is not read: save it as 8-bit PNG"
    return Case(tiff(colours() / 255, "f4", photometric=2), ".tif", problem=problem)


@case
def wide_planes_in_a_tiff() -> Case:
    problem = "more than 8 bits per channel in separate planes: save it with 8 bits per channel"
    content = tiff(colours(65535), "u2", photometric=2, planes=True)
    return Case(content, ".tif", problem=problem)


# Colour models, frames, profiles


@case
def inverted_cmyk_jpeg() -> Case:
    """Adobe's programs, and Pillow, store CMYK upside down; the APP14 marker says so."""
    image = Image.new("CMYK", (4, 4), (0, 255, 255, 0))
    content = encode(image, "JPEG", quality=100)
    return Case(content, ".jpg", rgb(np.full((4, 4, 3), (255, 0, 0))), tolerance=3)


@case
def cmyk_tiff() -> Case:
    values = np.full((4, 4, 4), (0, 255, 255, 0))
    right = rgb(np.full((4, 4, 3), (255, 0, 0)))
    return Case(tiff(values, "u1", photometric=5), ".tif", right)


@case
def twelve_bits_cmyk_tiff() -> Case:
    values = np.full((4, 4, 4), (0, 4095, 4095, 0))
    right = rgb(np.full((4, 4, 3), (255, 0, 0)))
    return Case(tiff(values, "u2", photometric=5), ".tif", right, bits=12)


@case
def subsampled_jpeg() -> Case:
    image = Image.new("RGB", (4, 4), (200, 40, 90))
    content = encode(image, "JPEG", quality=95, subsampling="4:2:0")
    return Case(content, ".jpg", rgb(np.full((4, 4, 3), (200, 40, 90))), tolerance=4)


def _frames(kind: str, ending: str, tolerance: int = 0, **options: Any) -> Case:
    first = Image.new("RGB", (4, 4), (200, 40, 90))
    second = Image.new("RGB", (4, 4), (0, 250, 0))
    content = encode(first, kind, save_all=True, append_images=[second], **options)
    return Case(content, ending, rgb(np.full((4, 4, 3), (200, 40, 90))), tolerance=tolerance)


@case
def animated_gif() -> Case:
    return _frames("GIF", ".gif")


@case
def animated_webp() -> Case:
    return _frames("WEBP", ".webp", lossless=True)


@case
def animated_png() -> Case:
    return _frames("PNG", ".png")


@case
def tiff_of_several_pages() -> Case:
    return _frames("TIFF", ".tif")


@case
def mpo_of_a_stereo_camera() -> Case:
    return _frames("MPO", ".jpg", tolerance=4)


@case
def gamma_is_not_applied() -> Case:
    more = chunk(b"gAMA", struct.pack(">I", 100000))
    return Case(png(grid(), 8, 0, more=more), ".png", grey(grid()))


@case
def profile_is_not_applied() -> Case:
    from PIL import ImageCms

    image = Image.fromarray(rgb(colours()))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    return Case(encode(image, "PNG", icc_profile=profile), ".png", rgb(colours()))


@case
def damaged_exif_is_ignored() -> Case:
    more = chunk(b"eXIf", b"no EXIF at all")
    return Case(png(grid(), 8, 0, more=more), ".png", grey(grid()))


# Orientation

TURNED: dict[int, Callable[[NDArray[Any]], NDArray[Any]]] = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: np.swapaxes(upright, 0, 1),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: np.swapaxes(upright, 0, 1)[::-1, ::-1],
    8: lambda upright: np.rot90(upright, -1),
}
"""How each EXIF orientation stores an image: `TURNED[n](upright)` is what is in the file."""


def exif(orientation: int) -> bytes:
    made = Image.Exif()
    made[0x0112] = orientation
    return made.tobytes()


def _oriented(orientation: int) -> None:
    @case
    def oriented_png() -> Case:
        stored = Image.fromarray(np.ascontiguousarray(rgb(TURNED[orientation](colours()))))
        return Case(encode(stored, "PNG", exif=exif(orientation)), ".png", rgb(colours()))

    @case
    def oriented_tiff() -> Case:
        stored = TURNED[orientation](colours())
        content = tiff(stored, "u1", photometric=2, orientation=orientation)
        return Case(content, ".tif", rgb(colours()))

    @case
    def oriented_deep_tiff() -> Case:
        stored = TURNED[orientation](colours(4095))
        content = tiff(stored, "u2", photometric=2, orientation=orientation)
        return Case(content, ".tif", rgb(colours(4095) >> 4), bits=12)

    @case
    def oriented_deep_png() -> Case:
        more = chunk(b"eXIf", exif(orientation).removeprefix(b"Exif\0\0"))
        content = png(TURNED[orientation](grid(4095)), 16, 0, more=more)
        return Case(content, ".png", grey(grid(4095) >> 4), bits=12)

    for made in (oriented_png, oriented_tiff, oriented_deep_tiff, oriented_deep_png):
        del CASES[made.__name__]
        CASES[f"{made.__name__}_{orientation}"] = made


for _number in TURNED:
    _oriented(_number)
