from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

MakeFolder = Callable[..., Path]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own for every test."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("SCALING_SEARCH_CACHE_DIR", str(folder))
    return folder / "datasets"


def picture(seed: int, size: tuple[int, int] = (12, 12), mode: str = "RGB") -> Image.Image:
    """A different image for every seed; size is (width, height)."""
    rng = np.random.default_rng(seed)
    shape = (size[1], size[0]) if mode == "L" else (size[1], size[0], len(mode))
    return Image.fromarray(rng.integers(0, 256, shape, dtype=np.uint8))


def age(folder: Path, seconds: float = 3600.0) -> None:
    """Makes every file of a folder look as if it was written a while ago."""
    for file in folder.rglob("*"):
        if file.is_file():
            then = file.stat().st_mtime - seconds
            os.utime(file, (then, then))


@pytest.fixture
def make_folder(tmp_path: Path) -> MakeFolder:
    """Writes an image folder: make("pets", cat=10, dog=10, size=(12, 12))."""
    seeds = iter(range(1, 1_000_000))

    def make(
        name: str, size: tuple[int, int] = (12, 12), mode: str = "RGB", **classes: int
    ) -> Path:
        folder = tmp_path / name
        for class_name, count in classes.items():
            (folder / class_name).mkdir(parents=True, exist_ok=True)
            for number in range(count):
                image = picture(next(seeds), size, mode)
                image.save(folder / class_name / f"{number:03d}.png")
        age(folder)
        return folder

    return make
