"""A stranger with the file alone, Pillow and NumPy feeds it as we do."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from PIL import Image, ImageOps

from scaling_search.networks.checkpoints import About, Checkpoint
from scaling_search.uses.edge.deployment import deploy
from scaling_search.uses.edge.onnx_files import random_network
from scaling_search.uses.predicting import inputs, read_image
from search_spaces.baselines import ProxyForm, get_baseline, realise

FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}


class Stranger:
    """Knows the words of the metadata, and nothing of this program."""

    def __init__(self, path: Path) -> None:
        texts = {one.key: one.value for one in onnx.load(path).metadata_props}
        self.how = json.loads(texts["preprocessing"])
        self.labels = json.loads(texts["labels"])
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def pixels(self, path: Path) -> Any:
        found: Any = path
        for step in self.how["steps"]:
            found = getattr(self, step["op"])(found, step)
        assert self.how["layout"] == "NCHW"
        array = np.atleast_3d(found).transpose(2, 0, 1)[None].astype(self.how["dtype"])
        assert array.shape[1:] == tuple(self.how["shape"][1:])
        return array

    def logits(self, path: Path) -> Any:
        (found,) = self.session.run(None, {self.how["input"]: self.pixels(path)})
        return found

    def decode(self, path: Path, step: Any) -> Image.Image:
        image = Image.open(path)
        image.seek(step["frame"])
        image.draft(None, (step["jpeg_at_least_px"],) * 2)
        return image

    def to_8_bits(self, image: Image.Image, step: Any) -> Image.Image:
        assert step["keep"] == "upper"
        if not image.mode.startswith("I"):
            return image
        return Image.fromarray((np.asarray(image) >> (step["used_bits"] - 8)).astype(np.uint8))

    def orient(self, image: Image.Image, step: Any) -> Image.Image:
        assert step["by"] == "exif"
        return ImageOps.exif_transpose(image)

    def composite(self, image: Image.Image, step: Any) -> Image.Image:
        if not image.has_transparency_data:
            return image
        behind = Image.new("RGBA", image.size, tuple(step["background"]))
        return Image.alpha_composite(behind, image.convert("RGBA")).convert("RGB")

    def convert(self, image: Image.Image, step: Any) -> Image.Image:
        return image.convert(step["to"])  # Pillow's grey is ITU-R 601-2 luma

    def resize_box(self, image: Image.Image, step: Any) -> Image.Image:
        assert step["box"] == "largest centred square, offsets rounded down"
        side = min(image.size)
        left, top = ((length - side) // 2 for length in image.size)
        box = (left, top, left + side, top + side)
        size, gap = (step["px"],) * 2, step["reducing_gap"]
        return image.resize(size, FILTERS[step["filter"]], box=box, reducing_gap=gap)

    def resize(self, image: Image.Image, step: Any) -> Image.Image:
        return image.resize((step["px"],) * 2, FILTERS[step["filter"]])

    def scale(self, image: Image.Image, step: Any) -> Any:
        scaled = np.asarray(image) * step["by"]
        low, high = step["range"]
        assert low <= scaled.min() <= scaled.max() <= high
        return scaled

    def normalise(self, array: Any, step: Any) -> Any:
        return (array - np.array(step["mean"])) / np.array(step["std"])


def small(channels: int, side_px: int) -> Any:
    whole = realise(
        get_baseline("efficientnet_b0"),
        form=ProxyForm(width=0.25),
        resolution_px=side_px,
        in_channels=channels,
        classes=3,
    )
    return replace(whole, stages=whole.stages[:1], head_width=16)


def exported(
    folder: Path, channels: int, source_px: int, side_px: int, bits: int | None = None
) -> tuple[Path, Checkpoint]:
    spec = small(channels, side_px)
    about = About(
        network=spec,
        class_names=("cat", "dog", "fox"),
        channels=1 if channels == 1 else 3,
        source_px=source_px,
        depth_bits=bits,
        mean=(0.5, 0.4, 0.3)[:channels],
        std=(0.2, 0.25, 0.3)[:channels],
    )
    checkpoint = Checkpoint(about, random_network(spec))
    deploy(checkpoint, folder / "net.onnx")
    return folder / "net.onnx", checkpoint


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    """Files as people have them: none is square, each in need of another of the steps."""
    random = np.random.default_rng(0)

    def picture(*shape: int) -> Any:
        coarse = random.integers(0, 256, (7, 9, *shape[2:]), dtype=np.uint8)
        size = (shape[1], shape[0])
        bands = coarse.reshape(7, 9, -1)
        channels = [Image.fromarray(bands[..., i]).resize(size) for i in range(bands.shape[2])]
        noise = random.integers(0, 40, shape, dtype=np.uint8)
        return (np.stack(channels, -1).reshape(shape) // 2 + noise).astype(np.uint8)

    rotated = Image.Exif()
    rotated[0x0112] = 6
    files = {
        "large.jpg": (Image.fromarray(picture(333, 500, 3)), {"exif": rotated}),
        "cmyk.jpg": (Image.fromarray(picture(97, 61, 4), "CMYK"), {}),
        "small.png": (Image.fromarray(picture(20, 31, 3)), {}),
        "grey.png": (Image.fromarray(picture(150, 64)), {}),
        "clear.png": (Image.fromarray(picture(71, 50, 4), "RGBA"), {}),
        "palette.gif": (Image.fromarray(picture(90, 130, 3)).quantize(16), {"transparency": 3}),
    }
    for name, (image, options) in files.items():
        image.save(tmp_path / name, **options)
    return [tmp_path / name for name in files]


@pytest.mark.parametrize(
    ("channels", "source_px", "side_px"), [(3, 48, 33), (3, 33, 33), (1, 20, 33)]
)
def test_the_file_alone_says_how_it_is_fed(
    tmp_path: Path, images: list[Path], channels: int, source_px: int, side_px: int
) -> None:
    path, checkpoint = exported(tmp_path, channels, source_px, side_px)
    stranger = Stranger(path)
    assert stranger.labels == ["cat", "dog", "fox"]
    assert len(stranger.how["channel_order"]) == channels
    # The second resize is torch's: Pillow's of the same name rounds some values to the next level.
    level = 1 / 255 / min(checkpoint.about.std)
    off = 1e-5 if source_px == side_px else level + 1e-5
    for file in images:
        ours = inputs(read_image(file, checkpoint.about)[None], checkpoint.about)
        theirs = stranger.pixels(file)
        np.testing.assert_allclose(theirs, ours.numpy(), rtol=0, atol=off, err_msg=file.name)
        assert (np.abs(theirs - ours.numpy()) > 1e-5).mean() < 0.1
        with torch.inference_mode():
            expected = checkpoint.network(ours).numpy()
        near = (1e-4 if source_px == side_px else 2e-2) * np.abs(expected).max()
        np.testing.assert_allclose(stranger.logits(file), expected, rtol=0, atol=near)


@pytest.mark.parametrize("bits", [None, 12])
def test_images_of_more_than_8_bits_are_fed_by_the_bits_in_use(
    tmp_path: Path, bits: int | None
) -> None:
    path, checkpoint = exported(tmp_path, 1, 33, 33, bits)
    values = np.random.default_rng(1).integers(0, 2 ** (bits or 16), (41, 33), dtype=np.uint16)
    Image.fromarray(values).save(tmp_path / "deep.png")
    ours = inputs(read_image(tmp_path / "deep.png", checkpoint.about)[None], checkpoint.about)
    theirs = Stranger(path).pixels(tmp_path / "deep.png")
    np.testing.assert_allclose(theirs, ours.numpy(), rtol=0, atol=1e-5)
    assert np.ptp(theirs) > 0.9 / checkpoint.about.std[0]


def test_the_steps_are_named_with_everything_that_decides_their_numbers(tmp_path: Path) -> None:
    stranger = Stranger(exported(tmp_path, 3, 40, 33)[0])
    assert stranger.how == {
        "input": "images",
        "layout": "NCHW",
        "dtype": "float32",
        "shape": [None, 3, 33, 33],
        "channel_order": ["red", "green", "blue"],
        "steps": [
            {"op": "decode", "jpeg_at_least_px": 80, "frame": 0},
            {"op": "to_8_bits", "used_bits": 16, "keep": "upper"},
            {"op": "orient", "by": "exif"},
            {"op": "composite", "background": [255, 255, 255]},
            {"op": "convert", "to": "RGB", "grey": "ITU-R 601-2 luma"},
            {
                "op": "resize_box",
                "box": "largest centred square, offsets rounded down",
                "px": 40,
                "filter": "bicubic",
                "antialias": True,
                "reducing_gap": 2.0,
            },
            {"op": "resize", "px": 33, "filter": "bilinear", "antialias": True},
            {"op": "scale", "by": 1 / 255, "range": [0.0, 1.0]},
            {"op": "normalise", "mean": [0.5, 0.4, 0.3], "std": [0.2, 0.25, 0.3]},
        ],
    }
