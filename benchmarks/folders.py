"""Image folders of a known size, so that two ways of reading can be given the same files."""

from __future__ import annotations

import shutil
from pathlib import Path

from PIL import Image
from sklearn.datasets import load_digits

_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}


def write_digits(target: Path, per_class: int, side_px: int = 32) -> None:
    """scikit-learn's digits (8 px, grey) as RGB JPEG files, one sub-folder per class."""
    digits = load_digits()
    for label in range(10):
        images = digits.images[digits.target == label][:per_class]
        if len(images) < per_class:
            raise SystemExit(
                f"{per_class} images a class are wanted, but there are only {len(images)} "
                f"handwritten digits {label}: give --images FOLDER, or a smaller --train-images"
            )
        folder = target / str(label)
        folder.mkdir(parents=True)
        for number, pixels in enumerate(images):
            image = Image.fromarray((pixels * (255 / 16)).astype("uint8"))
            image = image.resize((side_px, side_px), Image.Resampling.BICUBIC).convert("RGB")
            image.save(folder / f"{number:04d}.jpg", quality=90)


def copy_images(source: Path, target: Path, per_class: int) -> int:
    """The first images of every class sub-folder; returns how many classes there are."""
    folders = sorted(path for path in source.iterdir() if path.is_dir())
    if not folders:
        raise SystemExit(f"{source} has no sub-folders: one a class is expected")
    for folder in folders:
        files = sorted(p for p in folder.iterdir() if p.suffix.lower() in _SUFFIXES)[:per_class]
        if len(files) < per_class:
            raise SystemExit(
                f"{folder} holds {len(files)} images and {per_class} are wanted: give a larger "
                "folder, or a smaller --train-images"
            )
        (target / folder.name).mkdir(parents=True)
        for file in files:
            shutil.copy(file, target / folder.name)
    return len(folders)
