"""Every kind of image becomes the square uint8 array that was promised."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scaling_search.data.decode import UnreadableImageError, decode, read_header
from scaling_search.data.prepare import prepare
from search_spaces.specs.data import DataSpec

from .conftest import MakeFolder, picture


def encode(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def filled(mode: str, color: Any) -> Image.Image:
    return Image.new(mode, (4, 4), color)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (filled("RGB", (10, 20, 30)), [10, 20, 30]),
        (filled("L", 7), [7, 7, 7]),
        (filled("1", 1), [255, 255, 255]),
        (filled("RGBA", (10, 20, 30, 255)), [10, 20, 30]),
        (filled("RGBA", (10, 20, 30, 0)), [255, 255, 255]),
        (filled("LA", (0, 51)), [204, 204, 204]),
        (filled("RGB", (204, 0, 0)).convert("P"), [204, 0, 0]),
        (Image.fromarray(np.full((4, 4), 513, dtype=np.uint16)), [2, 2, 2]),
        (Image.fromarray(np.full((4, 4), 65535, dtype=np.uint16)), [255, 255, 255]),
    ],
    ids=["rgb", "grey", "bitmap", "rgba", "clear", "grey-alpha", "palette", "16-bit", "16-bit-max"],
)
def test_modes_become_rgb(image: Image.Image, expected: list[int]) -> None:
    pixels = decode(encode(image), 4, 3)
    assert pixels.shape == (4, 4, 3)
    np.testing.assert_allclose(pixels[1, 2], expected, atol=1)


def test_transparent_palette_entry_becomes_white() -> None:
    image = Image.new("P", (4, 4), 0)
    image.putpalette([200, 0, 0])
    assert decode(encode(image, transparency=0), 4, 3)[0, 0].tolist() == [255, 255, 255]


def test_cmyk_jpeg_becomes_rgb() -> None:
    image = filled("CMYK", (255, 0, 0, 0))
    np.testing.assert_allclose(decode(encode(image, "JPEG"), 4, 3)[0, 0], [0, 255, 255], atol=3)


def test_colour_becomes_grey_by_luma() -> None:
    assert decode(encode(filled("RGB", (255, 0, 0))), 4, 1).tolist() == [[[76]] * 4] * 4


def test_camera_orientation_is_applied() -> None:
    image = Image.new("RGB", (8, 8), "black")
    image.paste((255, 255, 255), (0, 0, 8, 4))
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = decode(encode(image, exif=exif), 8, 3)
    assert upright[:, 0].max() == 0
    assert upright[:, 7].min() == 255


def test_first_frame_of_an_animation_is_taken() -> None:
    frames = [filled("RGB", (250, 0, 0)), filled("RGB", (0, 250, 0))]
    data = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert decode(data, 4, 3)[0, 0].tolist() == [250, 0, 0]


def test_centre_square_is_kept() -> None:
    image = Image.new("RGB", (12, 4), "black")
    image.paste((255, 255, 255), (4, 0, 8, 4))
    assert decode(encode(image), 4, 3).min() == 255


def test_resizing_is_antialiased() -> None:
    stripes = np.zeros((64, 64), dtype=np.uint8)
    stripes[:, ::2] = 255
    small = decode(encode(Image.fromarray(stripes)), 8, 1)
    assert np.abs(small.astype(int) - 127).max() < 6


def test_large_jpegs_decode_at_reduced_scale_to_the_same_picture() -> None:
    smooth = picture(1, (8, 8)).resize((800, 800), Image.Resampling.BICUBIC)
    pixels = decode(encode(smooth, "JPEG", quality=95), 64, 3).astype(int)
    reference = np.asarray(smooth.resize((64, 64), Image.Resampling.BICUBIC)).astype(int)
    assert np.abs(pixels - reference).mean() < 2


def test_header_is_of_the_upright_shorter_side() -> None:
    header = read_header(encode(picture(1, (30, 20), "L")))
    assert (header.short_px, header.grey) == (20, True)
    assert not read_header(encode(picture(1))).grey


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not an image, or damaged at its start"),
        (b"GIF89a", "not an image, or damaged at its start"),
        (encode(picture(1, (64, 64)), "JPEG")[:900], "truncated"),
        (encode(picture(1, (64, 64)))[:900], "truncated"),
    ],
    ids=["empty", "header only", "jpeg", "png"],
)
def test_damaged_data_is_told_in_words(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableImageError) as caught:
        decode(data, 8, 3)
    assert str(caught.value) == reason


def test_float_images_are_refused() -> None:
    image = Image.fromarray(np.ones((4, 4), dtype=np.float32))
    with pytest.raises(UnreadableImageError) as caught:
        decode(encode(image, "TIFF"), 4, 1)
    assert str(caught.value) == "a float image, whose range of values is not known"


@pytest.mark.parametrize(
    ("sizes", "native", "source_px"),
    [
        ([(12, 12)] * 10, (12, 12), 12),
        ([(20, 12)] * 5 + [(12, 30)] * 5, (12, 12), 12),
        ([(20, 20)] * 3 + [(30, 40)] * 7, (20, 30), 30),
        ([(300, 300)] * 3 + [(310, 400)] * 7, (300, 310), 256),
        ([(600, 600)] * 10, (600, 600), 512),
    ],
    ids=["one size", "one shorter side", "sizes differ", "large", "one large size"],
)
def test_automatic_size(
    make_folder: MakeFolder,
    sizes: list[tuple[int, int]],
    native: tuple[int, int],
    source_px: int,
) -> None:
    folder = make_folder("pets", cat=0, dog=0)
    for number, size in enumerate(sizes):
        for name in ("cat", "dog"):
            picture(number, (8, 8)).resize(size).save(folder / name / f"{number}.jpg")
    prepared = prepare(DataSpec(name=str(folder)))
    assert (prepared.native_min_px, prepared.native_median_px) == native
    assert prepared.source_px == source_px
    assert prepared.open_split("train").images.shape[1:] == (source_px, source_px, 3)


def test_enlarged_images_are_noted(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", cat=10, dog=10)
    prepared = prepare(DataSpec(name=str(folder), source_px=16, test_fraction=0))
    assert prepared.notes == (
        "20 images are smaller than the 16 px of the cache and were enlarged: that adds no detail",
    )


def test_grey_stays_grey_unless_mixed_or_asked(make_folder: MakeFolder) -> None:
    folder = make_folder("pets", mode="L", cat=10, dog=10)
    assert prepare(DataSpec(name=str(folder))).channels == 1
    assert prepare(DataSpec(name=str(folder), in_channels=3)).channels == 3
    picture(1).save(folder / "cat" / "colour.png")
    assert prepare(DataSpec(name=str(folder))).channels == 3


def test_lab_becomes_grey_by_way_of_rgb() -> None:
    content = encode(filled("RGB", (204, 0, 0)).convert("LAB"), "TIFF")
    colour = decode(content, 4, 3)
    assert np.abs(colour.astype(int) - (204, 0, 0)).max() <= 12  # 8 bits of LAB are coarse
    grey = np.asarray(Image.fromarray(colour).convert("L"))
    assert decode(content, 4, 1)[..., 0].tolist() == grey.tolist()


def test_images_of_too_many_pixels_are_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    content = encode(picture(1, (20, 11)), "PNG")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for read in (read_header, lambda raw: decode(raw, 8, 3)):
        with pytest.raises(UnreadableImageError) as caught:
            read(content)
        assert str(caught.value) == "more than 200 pixels: make it smaller"


def test_large_images_are_read_without_a_warning() -> None:
    program = (
        "import sys; from PIL import Image; "
        "from scaling_search.data.decode import read_header; "
        "Image.MAX_IMAGE_PIXELS = 150; print(read_header(sys.stdin.buffer.read()).short_px)"
    )
    content = encode(picture(1, (20, 11)), "PNG")
    done = subprocess.run(
        [sys.executable, "-c", program], input=content, capture_output=True, check=True
    )
    assert (done.stdout.strip(), done.stderr) == (b"11", b"")
